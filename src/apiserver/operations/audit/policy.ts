/**
 * Which requests are audited, how much of them, and when: the first rule that matches decides (k8s.io/apiserver
 * pkg/audit/policy/checker.go). Pure.
 */
import type { UserInfo } from '../../../auth/user.ts'
import type { RequestInfo, ResourceRequest } from '../../request-info.ts'

export const LEVELS = ['None', 'Metadata', 'Request', 'RequestResponse'] as const
export type Level = (typeof LEVELS)[number]

export const STAGES = ['RequestReceived', 'ResponseStarted', 'ResponseComplete', 'Panic'] as const
export type Stage = (typeof STAGES)[number]

export interface GroupResources {
  readonly group?: string
  readonly resources?: readonly string[]
  readonly resourceNames?: readonly string[]
}

/** audit.k8s.io/v1 PolicyRule. */
export interface PolicyRule {
  readonly level: Level
  readonly users?: readonly string[]
  readonly userGroups?: readonly string[]
  readonly verbs?: readonly string[]
  readonly resources?: readonly GroupResources[]
  readonly namespaces?: readonly string[]
  readonly nonResourceURLs?: readonly string[]
  readonly omitStages?: readonly Stage[]
  readonly omitManagedFields?: boolean
}

/** audit.k8s.io/v1 Policy, checked (policy-file.ts). */
export interface AuditPolicy {
  readonly rules: readonly PolicyRule[]
  readonly omitStages?: readonly Stage[]
  readonly omitManagedFields?: boolean
}

export interface AuditConfig {
  readonly level: Level
  readonly omitStages: readonly Stage[]
  readonly omitManagedFields: boolean
}

/** What is audited of a request; `user` is undefined for one that could not be authenticated. */
export function auditConfig(policy: AuditPolicy, user: UserInfo | undefined, info: RequestInfo): AuditConfig {
  const { omitStages = [], omitManagedFields = false } = policy
  const rule = policy.rules.find((one) => matches(one, user, info))
  if (rule === undefined) return { level: 'None', omitStages, omitManagedFields }
  return {
    level: rule.level,
    omitStages: [...omitStages, ...(rule.omitStages ?? [])],
    omitManagedFields: rule.omitManagedFields ?? omitManagedFields,
  }
}

const isSaid = <T>(list: readonly T[] | undefined): list is readonly T[] => list !== undefined && list.length > 0

function matches(rule: PolicyRule, user: UserInfo | undefined, info: RequestInfo): boolean {
  const { users, userGroups, verbs, namespaces, resources, nonResourceURLs } = rule
  if (isSaid(users) && (user === undefined || !users.includes(user.username))) return false
  if (isSaid(userGroups) && user?.groups.some((group) => userGroups.includes(group)) !== true) return false
  if (isSaid(verbs) && !verbs.includes(info.verb)) return false
  if (isSaid(namespaces) || isSaid(resources)) return info.isResource && matchesResource(rule, info)
  if (!isSaid(nonResourceURLs)) return true
  return !info.isResource && nonResourceURLs.some((url) => matchesPath(info.path, url))
}

function matchesPath(path: string, url: string): boolean {
  return url === '*' || url === path || (url.endsWith('*') && path.startsWith(url.replace(/\*+$/, '')))
}

function matchesResource({ namespaces, resources }: PolicyRule, info: ResourceRequest): boolean {
  if (isSaid(namespaces) && !namespaces.includes(info.namespace)) return false
  return !isSaid(resources) || resources.some((one) => isAmong(one, info))
}

function isAmong({ group = '', resources, resourceNames }: GroupResources, info: ResourceRequest): boolean {
  if (group !== '*' && group !== info.group) return false
  if (!isSaid(resources)) return true
  if (isSaid(resourceNames) && !resourceNames.includes(info.name)) return false
  const { resource, subresource } = info
  const whole = subresource === '' ? resource : `${resource}/${subresource}`
  return resources.some(
    (one) =>
      one === '*' || one === whole || one === `${resource}/*` || (subresource !== '' && one === `*/${subresource}`),
  )
}
