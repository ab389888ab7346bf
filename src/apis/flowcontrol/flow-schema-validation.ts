/**
 * Validation of FlowSchema: precedence, the level it names, and its rules. Those that the system depends on must be
 * what they are. Pure. Upstream: kubernetes/kubernetes pkg/apis/flowcontrol/validation/validation.go.
 */
import {
  childPath, duplicate, forbidden, indexPath, invalid, notSupported, ofNamedType, required, type FieldError,
} from '../../apimachinery/field-path.ts'
import type {
  FlowcontrolV1Subject,
  V1FlowSchema,
  V1FlowSchemaSpec,
  V1NonResourcePolicyRule,
  V1PolicyRulesWithSubjects,
  V1ResourcePolicyRule,
} from '../generated/types.ts'
import { internalForm } from '../validation/internal-form.ts'
import { dnsLabel, dnsSubdomain, isEqual, itemsOf } from '../validation/rules.ts'
import { isDns1123Label } from '../../apimachinery/names.ts'
import { EXEMPT, mandatorySchemas } from './bootstrap-objects.ts'

const MAX_PRECEDENCE = 10_000
const METHODS = ['ByNamespace', 'ByUser']
const VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'proxy', 'update', 'watch']
const SUBJECT_KINDS = ['Group', 'ServiceAccount', 'User']

type Condition = { readonly type?: string }

export function validateFlowSchema(next: V1FlowSchema): FieldError[] {
  const { name = '' } = next.metadata
  const spec: V1FlowSchemaSpec = next.spec ?? { priorityLevelConfiguration: { name: '' } }
  const errors = validateSpec(name, spec)
  const fixed = mandatorySchemas().find(({ metadata }) => metadata.name === name)?.spec
  if (fixed !== undefined && !isEqual(spec, fixed)) {
    errors.push(invalid('spec', internalForm('FlowSchemaSpec', spec), `spec of '${name}' must equal the fixed value`))
  }
  return [...errors, ...validateConditions(next.status?.conditions)]
}

/** Of each type one, and each has a type; of levels' status as well. */
export function validateConditions(conditions: readonly Condition[] | undefined): FieldError[] {
  const known = new Set<string>()
  return itemsOf(conditions).flatMap(({ type = '' }, index) => {
    const at = childPath(indexPath('status.conditions', index), 'type')
    const errors = known.has(type) ? [duplicate(at, ofNamedType(type))] : []
    known.add(type)
    return type === '' ? [...errors, required(at)] : errors
  })
}

function validateSpec(name: string, spec: V1FlowSchemaSpec): FieldError[] {
  const { matchingPrecedence = 0, distinguisherMethod, priorityLevelConfiguration, rules } = spec
  const errors: FieldError[] = []
  const refuse = (why: string) => errors.push(invalid('spec.matchingPrecedence', matchingPrecedence, why))
  if (matchingPrecedence <= 0) refuse('must be a positive value')
  if (matchingPrecedence > MAX_PRECEDENCE) refuse(`must not be greater than ${String(MAX_PRECEDENCE)}`)
  if (matchingPrecedence === 1 && name !== EXEMPT) {
    refuse("only the schema named 'exempt' may have matchingPrecedence 1")
  }
  if (distinguisherMethod !== undefined && !METHODS.includes(distinguisherMethod.type)) {
    const printed = internalForm('FlowDistinguisherMethod', distinguisherMethod)
    errors.push(notSupported('spec.distinguisherMethod.type', printed, METHODS))
  }
  const levelAt = 'spec.priorityLevelConfiguration.name'
  if (priorityLevelConfiguration.name === '') errors.push(required(levelAt, 'must reference a priority level'))
  else errors.push(...dnsSubdomain(levelAt, priorityLevelConfiguration.name))
  return [...errors, ...itemsOf(rules).flatMap((rule, index) => validateRule(rule, indexPath('spec.rules', index)))]
}

function validateRule(rule: V1PolicyRulesWithSubjects, at: string): FieldError[] {
  const subjects = itemsOf(rule.subjects)
  const resources = itemsOf(rule.resourceRules)
  const paths = itemsOf(rule.nonResourceRules)
  const subjectsAt = childPath(at, 'subjects')
  const errors = subjects.flatMap((subject, index) => validateSubject(subject, indexPath(subjectsAt, index)))
  if (subjects.length === 0) errors.push(required(subjectsAt, 'subjects must contain at least one value'))
  if (resources.length + paths.length === 0) {
    errors.push(required(at, 'at least one of resourceRules and nonResourceRules has to be non-empty'))
  }
  return [
    ...errors,
    ...resources.flatMap((one, index) => validateResourceRule(one, indexPath(childPath(at, 'resourceRules'), index))),
    ...paths.flatMap((one, index) => validatePathRule(one, indexPath(childPath(at, 'nonResourceRules'), index))),
  ]
}

const MEMBERS = { ServiceAccount: 'serviceAccount', User: 'user', Group: 'group' } as const

function validateSubject(subject: FlowcontrolV1Subject, at: string): FieldError[] {
  const { kind } = subject
  if (!isSubjectKind(kind)) return [notSupported(childPath(at, 'kind'), kind, SUBJECT_KINDS)]
  const own = MEMBERS[kind]
  const errors =
    kind === 'ServiceAccount' ? validateAccount(subject, at) : validateNamed(own, subject[own], kind, childPath(at, own))
  for (const [other, member] of Object.entries(MEMBERS)) {
    if (other === kind || subject[member] === undefined) continue
    errors.push(forbidden(childPath(at, member), `${member} is forbidden when subject kind is not '${other}'`))
  }
  return errors
}

function isSubjectKind(kind: string): kind is keyof typeof MEMBERS {
  return SUBJECT_KINDS.includes(kind)
}

function validateNamed(member: string, value: { name: string } | undefined, kind: string, at: string): FieldError[] {
  if (value === undefined) return [required(at, `${member} is required when subject kind is '${kind}'`)]
  return value.name === '' ? [required(childPath(at, 'name'))] : []
}

function validateAccount({ serviceAccount }: FlowcontrolV1Subject, subjectAt: string): FieldError[] {
  const at = childPath(subjectAt, 'serviceAccount')
  const errors = validateNamed('serviceAccount', serviceAccount, 'ServiceAccount', at)
  if (serviceAccount === undefined) return errors
  const { name, namespace } = serviceAccount
  if (name !== '' && name !== '*') errors.push(...dnsSubdomain(childPath(at, 'name'), name))
  const namespaceAt = childPath(at, 'namespace')
  if (namespace === '') return [...errors, required(namespaceAt, 'must specify namespace for service account')]
  return [...errors, ...dnsLabel(namespaceAt, namespace)]
}

function validateVerbs(verbs: readonly string[], ruleAt: string): FieldError[] {
  const at = childPath(ruleAt, 'verbs')
  if (verbs.length === 0) return [required(at, 'verbs must contain at least one value')]
  if (verbs.includes('*')) return onlyStar(verbs, at, 'verbs')
  return verbs.every((verb) => VERBS.includes(verb)) ? [] : [notSupported(at, verbs, VERBS)]
}

function onlyStar(values: readonly string[], at: string, what: string): FieldError[] {
  if (values.length === 1 || !values.includes('*')) return []
  return [invalid(at, values, `if '*' is present, must not specify other ${what}`)]
}

function validatePathRule(rule: V1NonResourcePolicyRule, at: string): FieldError[] {
  const errors = validateVerbs(itemsOf(rule.verbs), at)
  const urls = itemsOf(rule.nonResourceURLs)
  const urlsAt = childPath(at, 'nonResourceURLs')
  if (urls.length === 0) return [...errors, required(urlsAt, 'nonResourceURLs must contain at least one value')]
  if (urls.includes('*')) return [...errors, ...onlyStar(urls, urlsAt, 'non-resource URLs')]
  return [
    ...errors,
    ...urls.flatMap((url, index) => {
      const why = pathFault(url)
      return why === undefined ? [] : [invalid(indexPath(urlsAt, index), url, why)]
    }),
  ]
}

function pathFault(path: string): string | undefined {
  if (path === '') return 'must not be empty'
  if (path === '/') return undefined
  if (!path.startsWith('/')) return 'must start with slash'
  if (path.includes(' ')) return 'must not contain white-space'
  if (path.includes('//')) return 'must not contain double slash'
  const stars = path.split('*').length - 1
  return stars > 1 || (stars === 1 && !path.endsWith('/*')) ? 'wildcard can only do suffix matching' : undefined
}

function validateResourceRule(rule: V1ResourcePolicyRule, at: string): FieldError[] {
  const errors = validateVerbs(itemsOf(rule.verbs), at)
  const listed = (field: 'apiGroups' | 'resources', one: string, many: string): void => {
    const values = itemsOf(rule[field])
    const fieldAt = childPath(at, field)
    if (values.length === 0) errors.push(required(fieldAt, `resource rules must supply at least one ${one}`))
    else errors.push(...onlyStar(values, fieldAt, many))
  }
  listed('apiGroups', 'api group', 'api groups')
  listed('resources', 'resource', 'resources')
  const namespaces = itemsOf(rule.namespaces)
  const namespacesAt = childPath(at, 'namespaces')
  if (namespaces.length === 0 && rule.clusterScope !== true) {
    const why = 'resource rules that are not cluster scoped must supply at least one namespace'
    return [...errors, required(namespacesAt, why)]
  }
  if (namespaces.includes('*')) return [...errors, ...onlyStar(namespaces, namespacesAt, 'namespaces')]
  return [
    ...errors,
    ...namespaces.flatMap((name, index) =>
      isDns1123Label(name).map((message) =>
        invalid(
          indexPath(namespacesAt, index),
          name,
          `each member of this list must be '*' or a DNS-1123 label; ${message}`,
        ),
      ),
    ),
  ]
}
