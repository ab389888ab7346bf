/**
 * Nobody grants what they do not have: checks on writes of roles and bindings (upstream:
 * pkg/registry/rbac/{clusterrole,role,clusterrolebinding,rolebinding}/policybased/storage.go,
 * pkg/registry/rbac/validation/rule.go). Exempt are system:masters, whoever may `escalate` the role, and whoever may
 * `bind` the role referred to.
 */
import { byKey } from '../../lib/order.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import type { ApiStatusError } from '../../apimachinery/status-error.ts'
import { forbiddenError, notFoundError } from '../../apimachinery/status-error.ts'
import type { Authorizer, RuleResolver } from '../authorizer.ts'
import type { ClusterRole, PolicyRule, Role, RoleBinding } from './rbac-kinds.ts'
import { RBAC_GROUP, rulesOf } from './rbac-kinds.ts'
import { compactRules, describeRule, uncoveredRules } from './rules/rule-cover.ts'
import type { UserInfo } from '../user.ts'
import { MASTERS_GROUP } from '../user.ts'

/** What is known of the write; an AdmissionAttributes has all of it. */
export interface EscalationRequest {
  readonly operation: string
  readonly definition: { readonly group: string; readonly resource: string }
  readonly user: UserInfo
  readonly namespace: string
  readonly name: string
  readonly object: AnyObject | undefined
  readonly oldObject: AnyObject | undefined
}

/** What an aggregation rule may gather: anything. */
const FULL_AUTHORITY: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
]

/** Throws 403 when the write grants more than its author holds, 404 for a binding to a role that is not there. */
export function checkEscalation(resolver: Authorizer & RuleResolver, request: EscalationRequest): void {
  const { operation, definition, object, user } = request
  if (definition.group !== RBAC_GROUP || object === undefined) return
  if (operation !== 'CREATE' && operation !== 'UPDATE') return
  if (user.groups.includes(MASTERS_GROUP) || isForGarbageCollection(request)) return
  switch (definition.resource) {
    case 'roles':
    case 'clusterroles':
      checkRole(resolver, request, object)
      break
    case 'rolebindings':
    case 'clusterrolebindings':
      checkBinding(resolver, request, object as AnyObject & RoleBinding)
      break
    default:
  }
}

function checkRole(
  resolver: Authorizer & RuleResolver,
  request: EscalationRequest,
  role: AnyObject & ClusterRole,
): void {
  if (mayDo(resolver, request, 'escalate', request.definition.resource, request.name)) return
  const missing = missingRights(resolver, request, rulesOf(role))
  if (missing !== undefined) throw refusal(request, missing)
  if (!hasAggregation(role) && !hasAggregation(request.oldObject)) return
  if (missingRights(resolver, request, FULL_AUTHORITY) === undefined) return
  throw refusal(request, 'must have cluster-admin privileges to use the aggregationRule')
}

function checkBinding(resolver: Authorizer & RuleResolver, request: EscalationRequest, { roleRef }: RoleBinding): void {
  const resource = roleRef.kind === 'ClusterRole' ? 'clusterroles' : 'roles'
  if (mayDo(resolver, request, 'bind', resource, roleRef.name)) return
  const rules = resolver.rulesOfRole(roleRef)
  if (rules === undefined) throw notFoundError({ group: RBAC_GROUP, resource }, roleRef.name)
  const missing = missingRights(resolver, request, rules)
  if (missing !== undefined) throw refusal(request, missing)
}

function mayDo(
  authorizer: Authorizer,
  { user, namespace }: EscalationRequest,
  verb: string,
  resource: string,
  name: string,
): boolean {
  const attributes = {
    isResource: true,
    user,
    verb,
    group: RBAC_GROUP,
    version: '*',
    resource,
    subresource: '',
    namespace,
    name,
  } as const
  return authorizer.authorize(attributes).isAllowed
}

function refusal({ definition, object, name }: EscalationRequest, why: string): ApiStatusError {
  return forbiddenError(definition, object?.metadata.name ?? name, why)
}

/** The refusal's text, or undefined when the user holds all of `wanted`. */
function missingRights(
  resolver: RuleResolver,
  { user, namespace }: EscalationRequest,
  wanted: readonly PolicyRule[],
): string | undefined {
  const { rules, errors } = resolver.rulesFor(user, namespace)
  const missing = uncoveredRules(rules, wanted)
  if (missing.length === 0) return undefined
  const groups = user.groups.map((group) => JSON.stringify(group)).join(' ')
  const lines = [...new Set(compactRules(missing).map(describeRule))].sort()
  const tail = errors.length === 0 ? '' : `; resolution errors: [${errors.join(', ')}]`
  return `user ${JSON.stringify(user.username)} (groups=[${groups}]) is attempting to grant RBAC permissions not ` +
    `currently held:\n${lines.join('\n')}${tail}`
}

function hasAggregation(role: AnyObject | Role | undefined): boolean {
  const rule = role === undefined ? undefined : (role as ClusterRole).aggregationRule
  return (rule?.clusterRoleSelectors ?? []).length > 0
}

/** An update that only takes away finalizers or owner references, so that a role can go (IsOnlyMutatingGCFields). */
function isForGarbageCollection({ operation, object, oldObject }: EscalationRequest): boolean {
  if (operation !== 'UPDATE' || object === undefined || oldObject === undefined) return false
  return withoutGarbageFields(object) === withoutGarbageFields(oldObject)
}

function withoutGarbageFields(subject: AnyObject): string {
  const { finalizers: _finalizers, ownerReferences: _owners, managedFields: _managed, ...metadata } = subject.metadata
  return canonicalText({ ...subject, metadata })
}

/** JSON with sorted keys and without nulls: equal for equal objects. */
function canonicalText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part
    const entries = Object.entries(part).filter(([, field]) => field !== null)
    return Object.fromEntries(entries.sort(byKey))
  })
}
