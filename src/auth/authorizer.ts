/**
 * The question every request is asked after who it is: may they? Attributes are upstream's
 * (k8s.io/apiserver pkg/authorization/authorizer).
 */
import type { PolicyRule, RoleRef } from './rbac/rbac-kinds.ts'
import type { UserInfo } from './user.ts'

export type Attributes =
  | {
      readonly isResource: true
      readonly user: UserInfo
      readonly verb: string
      readonly group: string
      readonly version: string
      readonly resource: string
      readonly subresource: string
      /** '' for the cluster scope and for all namespaces. */
      readonly namespace: string
      readonly name: string
    }
  | { readonly isResource: false; readonly user: UserInfo; readonly verb: string; readonly path: string }

export interface Decision {
  readonly isAllowed: boolean
  /** `RBAC: allowed by …`, or why not; goes into reviews and 403 messages. */
  readonly reason: string
}

export interface Authorizer {
  authorize(attributes: Attributes): Decision
}

/** What somebody may do, as rules: for SelfSubjectRulesReview and for the escalation checks. */
export interface RuleResolver {
  /** The user's rules in `namespace` ('' for the cluster scope), and what could not be resolved. */
  rulesFor(
    user: UserInfo,
    namespace: string,
  ): { readonly rules: readonly PolicyRule[]; readonly errors: readonly string[] }
  /** The rules of the role that a binding refers to; undefined when there is no such role. */
  rulesOfRole(roleRef: RoleRef): readonly PolicyRule[] | undefined
}
