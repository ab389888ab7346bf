/**
 * Validation of LimitRanges: bounds of resources that agree with one another.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateLimitRange.
 */
import {
  childPath, duplicate, forbidden, indexPath, invalid, keyPath, required, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { canonicalQuantity, compareQuantities, milliValue, quantityValue } from '../../../apimachinery/quantity.ts'
import type { V1LimitRange, V1LimitRangeItem } from '../../generated/types.ts'
import { itemsOf, qualifiedName } from '../../validation/rules.ts'
import { allowsOvercommit } from '../pod/containers/resource-names.ts'
import { validateContainerResourceName, validateResourceName } from '../pod/containers/resources.ts'

const TYPES = ['Pod', 'Container', 'PersistentVolumeClaim']
/** Beyond it, thousandths do not fit into 64 bits, and whole numbers are compared. */
const MAX_MILLI_VALUE = Number((2n ** 63n - 1n) / 1000n)
const BOUNDS = ['max', 'min', 'default', 'defaultRequest', 'maxLimitRequestRatio'] as const

type Bound = (typeof BOUNDS)[number]

function validateType(type: string, at: string): FieldError[] {
  const errors = qualifiedName(at, type)
  if (errors.length > 0 || type.includes('/') || TYPES.includes(type)) return errors
  return [invalid(at, type, 'must be a standard limit type or fully qualified')]
}

/** Of bounds of one resource, which must not be beyond which, and at which of them upstream says so. */
const ORDERS: readonly (readonly [low: Bound, high: Bound, placed: Bound, printed: Bound, text: string])[] = [
  ['min', 'max', 'min', 'min', 'min value LOW is greater than max value HIGH'],
  [
    'min', 'defaultRequest', 'defaultRequest', 'defaultRequest',
    'min value LOW is greater than default request value HIGH',
  ],
  [
    'defaultRequest', 'max', 'defaultRequest', 'defaultRequest',
    'default request value LOW is greater than max value HIGH',
  ],
  [
    'defaultRequest', 'default', 'defaultRequest', 'defaultRequest',
    'default request value LOW is greater than default limit value HIGH',
  ],
  ['min', 'default', 'default', 'min', 'min value LOW is greater than default value HIGH'],
  ['default', 'max', 'default', 'max', 'default value LOW is greater than max value HIGH'],
]

function validateRatio(ratio: string, min: string | undefined, max: string | undefined, at: string): FieldError[] {
  const errors: FieldError[] = []
  const printed = canonicalQuantity(ratio)
  if (compareQuantities(ratio, 1) < 0) errors.push(invalid(at, printed, `ratio ${printed} is less than 1`))
  if (min === undefined || max === undefined) return errors
  const areSmall = [ratio, min, max].every((quantity) => quantityValue(quantity) < MAX_MILLI_VALUE)
  const [value, least, most] = areSmall
    ? [milliValue(ratio) / 1000, milliValue(min), milliValue(max)]
    : [quantityValue(ratio), quantityValue(min), quantityValue(max)]
  const limit = most / least
  if (!(value > limit)) return errors
  return [...errors, invalid(at, printed, `ratio ${printed} is greater than max/min = ${limit.toFixed(6)}`)]
}

function validateBounds(of: (bound: Bound) => string | undefined, name: string, at: string): FieldError[] {
  const place = (bound: Bound): string => keyPath(childPath(at, bound), name)
  const errors = ORDERS.flatMap(([low, high, placed, printed, text]) => {
    const [lower, higher] = [of(low), of(high)]
    if (lower === undefined || higher === undefined || compareQuantities(lower, higher) <= 0) return []
    const why = text.replace('LOW', canonicalQuantity(lower)).replace('HIGH', canonicalQuantity(higher))
    return [invalid(place(placed), canonicalQuantity(of(printed) ?? '0'), why)]
  })
  const ratio = of('maxLimitRequestRatio')
  if (ratio !== undefined) errors.push(...validateRatio(ratio, of('min'), of('max'), place('maxLimitRequestRatio')))
  const [limit, request] = [of('default'), of('defaultRequest')]
  if (limit === undefined || request === undefined || allowsOvercommit(name)) return errors
  if (compareQuantities(limit, request) === 0) return errors
  const [shown, asked] = [canonicalQuantity(limit), canonicalQuantity(request)]
  const why = `default value ${shown} must equal to defaultRequest value ${asked} in ${name}`
  return [...errors, invalid(place('defaultRequest'), asked, why)]
}

function validateItem(item: Partial<V1LimitRangeItem>, at: string): FieldError[] {
  const { type = '' } = item
  const isPod = type === 'Pod'
  const nameRule = isPod || type === 'Container' ? validateContainerResourceName : validateResourceName
  const errors: FieldError[] = []
  const names = new Set<string>()
  const isUsed = (bound: Bound): boolean => !isPod || !bound.startsWith('default')
  for (const bound of BOUNDS) {
    const boundAt = childPath(at, bound)
    const said = Object.keys(item[bound] ?? {}).toSorted()
    if (!isUsed(bound)) {
      if (said.length > 0) errors.push(forbidden(boundAt, "may not be specified when `type` is 'Pod'"))
      continue
    }
    if (bound === 'maxLimitRequestRatio') errors.push(...validateClaimBounds(item, at))
    for (const name of said) {
      errors.push(...nameRule(name, keyPath(boundAt, name)))
      names.add(name)
    }
  }
  const of = (name: string) => (bound: Bound): string | undefined => (isUsed(bound) ? item[bound]?.[name] : undefined)
  return [...errors, ...[...names].toSorted().flatMap((name) => validateBounds(of(name), name, at))]
}

function validateClaimBounds({ type, min, max }: Partial<V1LimitRangeItem>, at: string): FieldError[] {
  if (type !== 'PersistentVolumeClaim' || min?.['storage'] !== undefined || max?.['storage'] !== undefined) return []
  const why = 'either minimum or maximum storage value is required, but neither was provided'
  return [required(childPath(at, 'limits'), why)]
}

export function validateLimitRange({ spec }: V1LimitRange): FieldError[] {
  const types = new Set<string>()
  return itemsOf(spec?.limits).flatMap((item, index) => {
    const at = indexPath('spec.limits', index)
    const { type } = item
    const typeAt = childPath(at, 'type')
    const errors = validateType(type, typeAt)
    if (types.has(type)) errors.push(duplicate(typeAt, type))
    types.add(type)
    return [...errors, ...validateItem(item, at)]
  })
}
