/**
 * FlowSchemas made ready for matching: in their order, without those whose level is not there, with the mandatory ones
 * whether or not they exist (k8s.io/apiserver pkg/util/flowcontrol/{rule,apf_controller}.go). Pure.
 */
import {
  CATCH_ALL, EXEMPT, mandatoryLevels, mandatorySchemas,
} from '../../../apis/flowcontrol/bootstrap-objects.ts'
import type {
  FlowcontrolV1Subject,
  V1FlowSchema,
  V1NonResourcePolicyRule,
  V1PolicyRulesWithSubjects,
  V1PriorityLevelConfiguration,
  V1ResourcePolicyRule,
} from '../../../apis/generated/types.ts'
import type { ClusterPolicy } from '../../../auth/cluster-policy.ts'
import type { UserInfo } from '../../../auth/user.ts'
import { SERVICE_ACCOUNT_PREFIX } from '../../../auth/user.ts'
import type { RequestInfo, ResourceRequest } from '../../request-info.ts'

export interface FlowConfiguration {
  /** The first that matches is the one. */
  readonly schemas: readonly V1FlowSchema[]
  readonly levels: readonly V1PriorityLevelConfiguration[]
}

export function flowConfiguration(policy: ClusterPolicy): FlowConfiguration {
  const levels = withMandatory(
    [...policy.all<V1PriorityLevelConfiguration>('prioritylevelconfigurations.flowcontrol.apiserver.k8s.io')],
    mandatoryLevels(),
  )
  const known = new Set(levels.map(({ metadata }) => metadata.name))
  const given = [...policy.all<V1FlowSchema>('flowschemas.flowcontrol.apiserver.k8s.io')].filter(({ spec }) =>
    known.has(spec?.priorityLevelConfiguration.name),
  )
  const schemas = withMandatory(given, mandatorySchemas()).toSorted(
    (one, other) => rankOf(one) - rankOf(other) || (nameOf(one) < nameOf(other) ? -1 : 1),
  )
  return { schemas, levels }
}

/** Of those that are missing, exempt comes before all others and catch-all after them, as their precedence has it. */
function withMandatory<T extends V1FlowSchema | V1PriorityLevelConfiguration>(given: T[], mandatory: T[]): T[] {
  const missing = mandatory.filter((one) => !given.some((other) => nameOf(one) === nameOf(other)))
  return [...given, ...missing]
}

function nameOf({ metadata }: V1FlowSchema | V1PriorityLevelConfiguration): string {
  return metadata.name ?? ''
}

function rankOf(schema: V1FlowSchema): number {
  const precedence = schema.spec?.matchingPrecedence ?? 0
  if (nameOf(schema) === EXEMPT) return Math.min(precedence, 1)
  return nameOf(schema) === CATCH_ALL ? Number.MAX_SAFE_INTEGER : precedence
}

/** The schema that a request belongs to; catch-all takes what nobody else does. */
export function schemaOf({ schemas }: FlowConfiguration, user: UserInfo, info: RequestInfo): V1FlowSchema | undefined {
  return (
    schemas.find(({ spec }) => spec?.rules?.some((rule) => matchesRule(rule, user, info)) === true) ?? schemas.at(-1)
  )
}

function matchesRule(
  { subjects, resourceRules = [], nonResourceRules = [] }: V1PolicyRulesWithSubjects,
  user: UserInfo,
  info: RequestInfo,
): boolean {
  if (!subjects.some((subject) => matchesSubject(subject, user))) return false
  return info.isResource
    ? resourceRules.some((rule) => matchesResource(rule, info))
    : nonResourceRules.some((rule) => matchesPath(rule, info))
}

function matchesSubject({ kind, ...subject }: FlowcontrolV1Subject, { username, groups }: UserInfo): boolean {
  switch (kind) {
    case 'User':
      return subject.user?.name === '*' || subject.user?.name === username
    case 'Group':
      return subject.group?.name === '*' || groups.includes(subject.group?.name ?? '')
    case 'ServiceAccount': {
      const prefix = `${SERVICE_ACCOUNT_PREFIX}${subject.serviceAccount?.namespace ?? ''}:`
      const { name } = subject.serviceAccount ?? { name: '' }
      return name === '*' ? username.startsWith(prefix) : username === prefix + name
    }
    default:
      return false
  }
}

/** `*` stands for everything where it is alone, which validation sees to. */
function includes(values: readonly string[] | undefined, value: string): boolean {
  return values !== undefined && ((values.length === 1 && values[0] === '*') || values.includes(value))
}

function matchesResource(rule: V1ResourcePolicyRule, info: ResourceRequest): boolean {
  const { verb, group, resource, subresource, namespace } = info
  return (
    includes(rule.verbs, verb) &&
    includes(rule.resources, subresource === '' ? resource : `${resource}/${subresource}`) &&
    includes(rule.apiGroups, group) &&
    (namespace === '' ? rule.clusterScope === true : includes(rule.namespaces, namespace))
  )
}

function matchesPath(rule: V1NonResourcePolicyRule, { verb, path }: { verb: string; path: string }): boolean {
  if (!includes(rule.verbs, verb)) return false
  return rule.nonResourceURLs.some((url) => {
    if (url === '*' || url === path) return true
    const prefix = url.replace(/\*$/, '')
    return path.startsWith(prefix.endsWith('/') ? prefix : `${prefix}/`)
  })
}
