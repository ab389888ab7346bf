/**
 * The question every request is asked after who it is: may they? Attributes are upstream's
 * (k8s.io/apiserver pkg/authorization/authorizer).
 */
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
