/**
 * Validation of webhook configurations, validating and mutating ones alike: names, rules, and how each is called. What
 * an object had already when it was not refused yet stays allowed.
 * Upstream: kubernetes/kubernetes pkg/apis/admissionregistration/validation/validation.go,
 * ValidateValidatingWebhookConfiguration, ValidateMutatingWebhookConfiguration and their updates.
 * Differs: match conditions are not compiled; that comes with the policies whose language they share.
 */
import {
  childPath, duplicate, indexPath, invalid, notSupported, required, tooMany, type FieldError,
} from '../../apimachinery/field-path.ts'
import { isFullyQualifiedName } from '../../apimachinery/names.ts'
import type { Strategy } from '../define-kind.ts'
import type {
  V1MatchCondition, V1MutatingWebhook, V1MutatingWebhookConfiguration, V1RuleWithOperations,
  V1ValidatingWebhookConfiguration,
} from '../generated/types.ts'
import {
  itemsOf, orUnset, qualifiedName, requiredText, supportedIfSet, validateLabelSelector,
} from '../validation/rules.ts'
import {
  hasKnownReviewVersion, REVIEW_VERSIONS, validateReviewVersions, validateWebhookTarget,
} from '../validation/webhook-client.ts'

type Configuration = V1ValidatingWebhookConfiguration | V1MutatingWebhookConfiguration
/** A validating one has no policy of reinvocation. */
type Webhook = Omit<Partial<V1MutatingWebhook>, 'rules'> & { readonly rules?: readonly V1RuleWithOperations[] }

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE']
const SCOPES = ['*', 'Cluster', 'Namespaced']
const NO_SIDE_EFFECTS = ['None', 'NoneOnDryRun']
const SIDE_EFFECTS = [...NO_SIDE_EFFECTS, 'Some', 'Unknown']
const MAX_TIMEOUT_SECONDS = 30
const MAX_MATCH_CONDITIONS = 64
const STATIC_SUFFIX = '.static.k8s.io'

interface Leniency {
  readonly allowsSideEffects: boolean
  readonly allowsUnknownReviews: boolean
  readonly allowsSameNames: boolean
}

function hooksOf(configuration: Configuration): readonly Webhook[] {
  return itemsOf<Webhook>(configuration.webhooks)
}

/** What an older object had already. */
function leniencyOf(previous: Configuration | undefined): Leniency {
  const hooks = previous === undefined ? [] : hooksOf(previous)
  const names = hooks.map(({ name }) => name ?? '')
  return {
    allowsSideEffects: hooks.some(({ sideEffects }) => !NO_SIDE_EFFECTS.includes(orUnset(sideEffects) ?? '')),
    allowsUnknownReviews: hooks.some(({ admissionReviewVersions }) => {
      const versions = itemsOf(admissionReviewVersions)
      return versions.length > 0 && !hasKnownReviewVersion(versions)
    }),
    allowsSameNames: new Set(names).size < names.length,
  }
}

/** `*` stands alone. */
function alone(list: readonly string[], at: string, what: string): FieldError[] {
  if (list.length < 2 || !list.includes('*')) return []
  return [invalid(at, list, `if '*' is present, must not specify other ${what}`)]
}

function validateResources(resources: readonly string[], field: string): FieldError[] {
  const errors = resources.length === 0 ? [required(field)] : []
  const wholes = new Set<string>()
  let isLastWhole = false
  for (const [index, resource] of resources.entries()) {
    const at = indexPath(field, index)
    if (resource === '') {
      errors.push(required(at))
      continue
    }
    const slash = resource.indexOf('/')
    if (slash < 0) {
      // As upstream has it, the last one decides.
      isLastWhole = resource !== '*'
      continue
    }
    const [owner, part] = [resource.slice(0, slash), resource.slice(slash + 1)]
    for (const whole of [`${owner}/*`, `*/${part}`]) {
      if (!wholes.has(whole)) continue
      errors.push(invalid(at, resource, `if '${whole}' is present, must not specify ${resource}`))
    }
    if (owner === '*' || part === '*') wholes.add(resource)
  }
  if (resources.length > 1 && resources.includes('*/*')) {
    errors.push(invalid(field, resources, "if '*/*' is present, must not specify other resources"))
  }
  if (!resources.includes('*') || !isLastWhole) return errors
  const why = "if '*' is present, must not specify other resources without subresources"
  return [...errors, invalid(field, resources, why)]
}

function validateRule(rule: V1RuleWithOperations, field: string): FieldError[] {
  const at = (name: keyof V1RuleWithOperations): string => childPath(field, name)
  const { operations = [], apiGroups = [], apiVersions = [], resources = [], scope } = rule
  const needed = (list: readonly string[], place: string): FieldError[] => (list.length === 0 ? [required(place)] : [])
  return [
    ...needed(operations, at('operations')),
    ...alone(operations, at('operations'), 'operations'),
    ...operations.flatMap((operation, index) =>
      OPERATIONS.includes(operation) ? [] : [notSupported(indexPath(at('operations'), index), operation, OPERATIONS)]),
    ...needed(apiGroups, at('apiGroups')),
    ...alone(apiGroups, at('apiGroups'), 'API groups'),
    ...needed(apiVersions, at('apiVersions')),
    ...alone(apiVersions, at('apiVersions'), 'API versions'),
    ...apiVersions.flatMap((version, index) => (version === '' ? [required(indexPath(at('apiVersions'), index))] : [])),
    ...validateResources(resources, at('resources')),
    ...supportedIfSet(at('scope'), scope, SCOPES),
  ]
}

function validateMatchConditions(conditions: readonly V1MatchCondition[], field: string): FieldError[] {
  const names = new Set<string>()
  const errors = conditions.length > MAX_MATCH_CONDITIONS
    ? [tooMany(field, conditions.length, MAX_MATCH_CONDITIONS)]
    : []
  for (const [index, { name, expression }] of conditions.entries()) {
    const at = indexPath(field, index)
    const nameAt = childPath(at, 'name')
    errors.push(...requiredText(childPath(at, 'expression'), expression.trim()))
    errors.push(...(name === '' ? [required(nameAt)] : qualifiedName(nameAt, name)))
    if (name !== '' && names.has(name)) errors.push(duplicate(nameAt, name))
    names.add(name)
  }
  return errors
}

function validateWebhook(hook: Webhook, { allowsSideEffects }: Leniency, field: string): FieldError[] {
  const at = (name: keyof Webhook): string => childPath(field, name)
  const { timeoutSeconds: timeout, namespaceSelector, objectSelector, clientConfig } = hook
  const sideEffects = orUnset(hook.sideEffects)
  const effects = allowsSideEffects ? SIDE_EFFECTS : NO_SIDE_EFFECTS
  const isWithinTime = timeout === undefined || (timeout >= 1 && timeout <= MAX_TIMEOUT_SECONDS)
  return [
    ...isFullyQualifiedName(at('name'), hook.name ?? ''),
    ...itemsOf(hook.rules).flatMap((rule, index) => validateRule(rule, indexPath(at('rules'), index))),
    ...supportedIfSet(at('failurePolicy'), hook.failurePolicy, ['Fail', 'Ignore']),
    ...supportedIfSet(at('matchPolicy'), hook.matchPolicy, ['Equivalent', 'Exact']),
    ...(sideEffects === undefined ? [required(at('sideEffects'), `must specify one of ${effects.join(', ')}`)] : []),
    ...supportedIfSet(at('sideEffects'), sideEffects, effects),
    ...(isWithinTime
      ? []
      : [invalid(at('timeoutSeconds'), timeout, 'the timeout value must be between 1 and 30 seconds')]),
    ...(namespaceSelector === undefined ? [] : validateLabelSelector(namespaceSelector, at('namespaceSelector'))),
    ...(objectSelector === undefined ? [] : validateLabelSelector(objectSelector, at('objectSelector'))),
    ...supportedIfSet(at('reinvocationPolicy'), hook.reinvocationPolicy, ['IfNeeded', 'Never']),
    ...validateWebhookTarget(orUnset(clientConfig) ?? {}, at('clientConfig')),
    ...validateMatchConditions(hook.matchConditions ?? [], at('matchConditions')),
  ]
}

function validateConfiguration(configuration: Configuration, previous: Configuration | undefined): FieldError[] {
  const leniency = leniencyOf(previous)
  const names = new Set<string>()
  const needsVersion = `must specify one of ${REVIEW_VERSIONS.join(', ')}`
  return hooksOf(configuration).flatMap((hook, index) => {
    const at = indexPath('webhooks', index)
    const { name = '' } = hook
    const versions = itemsOf(hook.admissionReviewVersions)
    const isTaken = name !== '' && names.has(name) && !leniency.allowsSameNames
    names.add(name)
    const versionsAt = childPath(at, 'admissionReviewVersions')
    return [
      ...validateWebhook(hook, leniency, at),
      ...validateReviewVersions(versions, versionsAt, !leniency.allowsUnknownReviews, needsVersion),
      ...(isTaken ? [duplicate(childPath(at, 'name'), name)] : []),
    ]
  })
}

export const webhookConfigurationStrategy: Strategy<Configuration> = {
  countsGenerations: true,
  validate: (next) => validateConfiguration(next, undefined),
  validateUpdate: validateConfiguration,
  warnings({ metadata: { name = '' } }) {
    if (!name.endsWith(STATIC_SUFFIX)) return []
    const why = 'are reserved for static manifest-based configurations and cannot be managed via the API'
    return [`metadata.name: names ending with "${STATIC_SUFFIX}" ${why}`]
  },
}
