/**
 * Validation of ResourceQuotas: what can be counted, and of which objects.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateResourceQuota;
 * pkg/registry/core/resourcequota/strategy.go, WarningsOnCreate.
 */
import { childPath, invalid, keyPath, required, type FieldError } from '../../../apimachinery/field-path.ts'
import { FIELD_IMMUTABLE_MESSAGE } from '../../../apimachinery/metadata-validation.ts'
import { canonicalQuantity, compareQuantities } from '../../../apimachinery/quantity.ts'
import { givenEmpty } from '../../../apimachinery/schema/given-empty.ts'
import type { V1ResourceQuota, V1ResourceQuotaSpec, V1ScopeSelector } from '../../generated/types.ts'
import { itemsOf } from '../../validation/rules.ts'
import { isStandardResource } from '../pod/containers/resource-names.ts'
import { validateResourceName, validateResourceQuantity } from '../pod/containers/resources.ts'

type Quantities = Readonly<Record<string, string>>

const COMPUTE = ['pods', 'cpu', 'memory', 'limits.cpu', 'limits.memory', 'requests.cpu', 'requests.memory']
/** By scope, the resources of Kubernetes' own that it can narrow. */
const SCOPES: Readonly<Record<string, readonly string[]>> = {
  Terminating: COMPUTE,
  NotTerminating: COMPUTE,
  BestEffort: ['pods'],
  NotBestEffort: COMPUTE,
  PriorityClass: COMPUTE,
  CrossNamespacePodAffinity: COMPUTE,
  VolumeAttributesClass: ['persistentvolumeclaims', 'requests.storage'],
}
const BARE_SCOPES = ['BestEffort', 'NotBestEffort', 'Terminating', 'NotTerminating', 'CrossNamespacePodAffinity']
const CONFLICTS = [['BestEffort', 'NotBestEffort'], ['Terminating', 'NotTerminating']]
const EXISTS_ONLY =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, " +
  'ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity'
const WARNED = ['cpu', 'memory', 'storage', 'ephemeral-storage']

/** `storage` alone means nothing to a quota: claims are counted by what they request. */
function isCountable(name: string): boolean {
  return isStandardResource(name) && name !== 'storage'
}

function validateAmounts(amounts: Quantities | undefined, field: string): FieldError[] {
  return Object.entries(amounts ?? {}).flatMap(([name, quantity]) => {
    const at = keyPath(field, name)
    const errors = validateResourceName(name, at)
    if (!name.includes('/') && !isCountable(name)) errors.push(invalid(at, name, 'must be a standard resource for quota'))
    return [...errors, ...validateResourceQuantity(name, quantity, at)]
  })
}

/** Each of the resources that the scope cannot narrow is told of. */
function unfit(scope: string, { hard }: V1ResourceQuotaSpec, error: FieldError): FieldError[] {
  const narrowed = SCOPES[scope]
  if (narrowed === undefined) return []
  const names = Object.keys(hard ?? {}).filter((name) => isCountable(name) && !narrowed.includes(name))
  return names.map(() => error)
}

function conflicts(scopes: readonly string[], { scopes: printed }: V1ResourceQuotaSpec, at: string): FieldError[] {
  const pairs = CONFLICTS.filter((pair) => pair.every((scope) => scopes.includes(scope)))
  return pairs.map(() => invalid(at, printed, 'conflicting scopes'))
}

function validateScopes(spec: V1ResourceQuotaSpec): FieldError[] {
  const at = 'spec.scopes'
  const scopes = itemsOf(spec.scopes)
  return [
    ...scopes.flatMap((scope) => [
      ...(SCOPES[scope] === undefined ? [invalid(at, scopes, 'unsupported scope')] : []),
      ...unfit(scope, spec, invalid(at, scopes, 'unsupported scope applied to resource')),
    ]),
    ...conflicts(scopes, spec, at),
  ]
}

function validateOperator(operator: string, values: readonly string[], at: string): FieldError[] {
  const valuesAt = childPath(at, 'values')
  switch (operator) {
    case 'In':
    case 'NotIn': {
      const why = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector"
      return values.length === 0 ? [required(valuesAt, why)] : []
    }
    case 'Exists':
    case 'DoesNotExist': {
      const why = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector"
      return values.length > 0 ? [invalid(valuesAt, values, why)] : []
    }
    default:
      return [invalid(childPath(at, 'operator'), operator, 'not a valid selector operator')]
  }
}

function validateSelector(selector: V1ScopeSelector, spec: V1ResourceQuotaSpec): FieldError[] {
  const at = 'spec.scopeSelector.matchExpressions'
  const expressions = itemsOf(selector.matchExpressions)
  const printed = {
    MatchExpressions: selector.matchExpressions?.map(({ scopeName, operator, values }) =>
      ({ ScopeName: scopeName, Operator: operator, Values: values ?? null })) ?? null,
  }
  return [
    ...expressions.flatMap(({ scopeName, operator, values = [] }) => [
      ...(SCOPES[scopeName] === undefined
        ? [invalid(childPath(at, 'scopeName'), scopeName, 'unsupported scope')]
        : []),
      ...unfit(scopeName, spec, invalid(at, printed, 'unsupported scope applied to resource')),
      ...(BARE_SCOPES.includes(scopeName) && operator !== 'Exists'
        ? [invalid(childPath(at, 'operator'), operator, EXISTS_ONLY)]
        : []),
      ...validateOperator(operator, values, at),
    ]),
    ...conflicts(expressions.map(({ scopeName }) => scopeName), spec, at),
  ]
}

export function validateResourceQuota({ spec = {} }: V1ResourceQuota): FieldError[] {
  return [
    ...validateAmounts(spec.hard, 'spec.hard'),
    ...validateScopes(spec),
    ...(spec.scopeSelector === undefined ? [] : validateSelector(spec.scopeSelector, spec)),
  ]
}

export function validateResourceQuotaUpdate(next: V1ResourceQuota, previous: V1ResourceQuota): FieldError[] {
  const [scopes, before] = [new Set(itemsOf(next.spec?.scopes)), new Set(itemsOf(previous.spec?.scopes))]
  const errors = validateResourceQuota(next)
  if (scopes.size === before.size && [...scopes].every((scope) => before.has(scope))) return errors
  const printed = next.spec?.scopes ?? givenEmpty(next.spec, 'scopes')
  return [...errors, invalid('spec.scopes', printed, FIELD_IMMUTABLE_MESSAGE)]
}

export function validateResourceQuotaStatusUpdate({ status }: V1ResourceQuota): FieldError[] {
  return [...validateAmounts(status?.hard, 'status.hard'), ...validateAmounts(status?.used, 'status.used')]
}

/** More requested than may be used can never be had. */
export function resourceQuotaWarnings({ spec }: V1ResourceQuota): string[] {
  const hard = spec?.hard ?? {}
  return WARNED.flatMap((resource) => {
    const names = resource.endsWith('storage') ? [`requests.${resource}`] : [`requests.${resource}`, resource]
    const name = names.find((candidate) => hard[candidate] !== undefined) ?? ''
    const [request, limit] = [hard[name], hard[`limits.${resource}`]]
    if (request === undefined || limit === undefined || compareQuantities(request, limit) <= 0) return []
    const [asked, most] = [canonicalQuantity(request), canonicalQuantity(limit)]
    return [`ResourceQuota ${name} (${asked}) should be less than limits.${resource} (${most})`]
  })
}
