/**
 * Validation of what a claim asks for: requests of devices, constraints between them, configuration.
 * Upstream: kubernetes/kubernetes pkg/apis/resource/validation/validation.go, validateDeviceClaim.
 */
import {
  childPath, indexPath, invalid, notSupported, required, type FieldError,
} from '../../apimachinery/field-path.ts'
import type {
  V1DeviceClaim, V1DeviceConstraint, V1DeviceRequest, V1DeviceSubRequest, V1ExactDeviceRequest,
} from '../generated/types.ts'
import { dnsLabel, dnsSubdomain, itemsOf, requiredAnd } from '../validation/rules.ts'
import { MAX_CONFIGURATIONS, validateConfiguration } from './configuration.ts'
import { validateSelectors } from './device-selector.ts'
import { validateList, validateSet } from './lists.ts'
import { validateFullyQualifiedName, validateRequestReference, type RequestNames } from './names.ts'
import { validateToleration } from './taints.ts'

export const MAX_REQUESTS = 32
const MAX_CONSTRAINTS = 32
const MAX_ALTERNATIVES = 8
const MODES = ['All', 'ExactCount']
const ONE_OF_TWO = 'exactly one of `exactly` or `firstAvailable` is required'

function validateMode({ allocationMode = '', count = 0 }: Partial<V1ExactDeviceRequest>, at: string): FieldError[] {
  const countAt = childPath(at, 'count')
  if (!MODES.includes(allocationMode)) return [notSupported(childPath(at, 'allocationMode'), allocationMode, MODES)]
  if (allocationMode === 'ExactCount') return count <= 0 ? [invalid(countAt, count, 'must be greater than zero')] : []
  return count === 0 ? [] : [invalid(countAt, count, "must not be specified when allocationMode is 'All'")]
}

function validateExact(request: V1ExactDeviceRequest | V1DeviceSubRequest, at: string): FieldError[] {
  const { deviceClassName, selectors = [], tolerations = [] } = request
  const tolerationsAt = childPath(at, 'tolerations')
  return [
    ...requiredAnd(childPath(at, 'deviceClassName'), deviceClassName, dnsSubdomain),
    ...validateSelectors(selectors, at),
    ...validateMode(request, at),
    ...tolerations.flatMap((toleration, index) => validateToleration(toleration, indexPath(tolerationsAt, index))),
  ]
}

function validateRequest({ name, exactly, firstAvailable = [] }: V1DeviceRequest, at: string): FieldError[] {
  const errors = dnsLabel(childPath(at, 'name'), name)
  const hasAlternatives = firstAvailable.length > 0
  if (!hasAlternatives && exactly === undefined) return [...errors, required(at, ONE_OF_TWO)]
  if (exactly === undefined) {
    const validateAlternative = (request: V1DeviceSubRequest, requestAt: string): FieldError[] => [
      ...dnsLabel(childPath(requestAt, 'name'), request.name),
      ...validateExact(request, requestAt),
    ]
    const alternativesAt = childPath(at, 'firstAvailable')
    const keyOf = (request: V1DeviceSubRequest): string => request.name
    return [...errors, ...validateSet(firstAvailable, MAX_ALTERNATIVES, validateAlternative, keyOf, alternativesAt)]
  }
  if (hasAlternatives) return [...errors, invalid(at, undefined, `${ONE_OF_TWO}, but multiple fields are set`)]
  return [...errors, ...validateExact(exactly, childPath(at, 'exactly'))]
}

export function validateReferences(names: readonly string[], known: RequestNames, at: string): FieldError[] {
  const check = (name: string, nameAt: string): FieldError[] => validateRequestReference(name, known, nameAt)
  return validateSet(names, MAX_REQUESTS, check, (name) => name, childPath(at, 'requests'))
}

function validateConstraint(constraint: V1DeviceConstraint, known: RequestNames, at: string): FieldError[] {
  const { requests = [], matchAttribute, distinctAttribute } = constraint
  const errors = validateReferences(requests, known, at)
  if (matchAttribute !== undefined) {
    return [...errors, ...validateFullyQualifiedName(matchAttribute, childPath(at, 'matchAttribute'))]
  }
  if (distinctAttribute !== undefined) {
    return [...errors, ...validateFullyQualifiedName(distinctAttribute, childPath(at, 'distinctAttribute'))]
  }
  const why = 'exactly one of "matchAttribute" or "distinctAttribute" is required, but multiple fields are set'
  return [...errors, required(at, why)]
}

export function requestNamesOf({ requests }: V1DeviceClaim): RequestNames {
  return new Set(
    itemsOf(requests).flatMap(({ name, firstAvailable = [] }) => {
      return [name, ...firstAvailable.map((one) => `${name}/${one.name}`)]
    }),
  )
}

export function validateDeviceClaim(claim: V1DeviceClaim, at: string): FieldError[] {
  const { requests, constraints = [], config = [] } = claim
  const known = requestNamesOf(claim)
  return [
    ...validateSet(itemsOf(requests), MAX_REQUESTS, validateRequest, ({ name }) => name, childPath(at, 'requests')),
    ...validateList(
      constraints,
      MAX_CONSTRAINTS,
      (constraint, constraintAt) => validateConstraint(constraint, known, constraintAt),
      childPath(at, 'constraints'),
    ),
    ...validateList(
      config,
      MAX_CONFIGURATIONS,
      (one, configAt) => [
        ...validateReferences(one.requests ?? [], known, configAt),
        ...validateConfiguration(one, false, configAt),
      ],
      childPath(at, 'config'),
    ),
  ]
}
