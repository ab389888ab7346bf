/**
 * Validation of requests, limits and claims: of containers, of pods as a whole, and of a pod's overhead.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, validateResourceRequirements,
 * ValidateResourceQuantityValue, validatePodResources.
 */
import { ownValue } from '../../../../lib/own-value.ts'
import {
  addErrors, childPath, duplicate, forbidden, indexPath, invalid, keyPath, notFound, notSupported, required,
  type FieldError,
} from '../../../../apimachinery/field-path.ts'
import { isQualifiedName } from '../../../../apimachinery/names.ts'
import { canonicalQuantity, compareQuantities, isWhole } from '../../../../apimachinery/quantity.ts'
import { givenEmpty } from '../../../../apimachinery/schema/given-empty.ts'
import type { CoreV1ResourceClaim, V1PodSpec, V1ResourceRequirements } from '../../../generated/types.ts'
import { dnsLabel, invalidFor, itemsOf, unlessEmpty } from '../../../validation/rules.ts'
import { aggregateResources, isPodLevelResource } from '../aggregate-resources.ts'
import {
  allowsOvercommit,
  isContainerResource,
  isCountedResource,
  isExtendedResource,
  isHugePages,
  isNativeResource,
  isStandardResource,
  isWholePages,
} from './resource-names.ts'

type NameRule = (name: string, field: string) => FieldError[]

export function validateResourceName(name: string, field: string): FieldError[] {
  const errors = invalidFor(field, name, isQualifiedName(name))
  if (errors.length > 0 || name.includes('/') || isStandardResource(name)) return errors
  return [invalid(field, name, 'must be a standard resource type or fully qualified')]
}

export const validateContainerResourceName: NameRule = (name, field) => {
  const errors = validateResourceName(name, field)
  if (!name.includes('/')) {
    return isContainerResource(name)
      ? errors
      : [...errors, invalid(field, name, 'must be a standard resource for containers')]
  }
  if (isNativeResource(name) || isExtendedResource(name)) return errors
  return [...errors, invalid(field, name, "doesn't follow extended resource name standard")]
}

const nameInPod: NameRule = (name, field) => {
  const errors = validateResourceName(name, field)
  if (errors.length > 0 || isPodLevelResource(name)) return errors
  return [notSupported(field, name, ['cpu', 'hugepages-', 'memory'])]
}

/** Not negative; whole where it is counted. */
export function validateResourceQuantity(name: string, written: string, field: string): FieldError[] {
  const errors = compareQuantities(written, 0) < 0
    ? [invalid(field, canonicalQuantity(written), 'must be greater than or equal to 0')]
    : []
  const isBroken = isCountedResource(name) && !isWhole(written)
  return isBroken ? [...errors, invalid(field, canonicalQuantity(written), 'must be an integer')] : errors
}

function validatePages(name: string, written: string, at: string): FieldError[] {
  if (!isHugePages(name) || isWholePages(name, written)) return []
  const text = canonicalQuantity(written)
  return [invalid(at, text, `${text} is not positive integer multiple of ${name}`)]
}

/** A request beside the limit of the same resource; upstream places such errors at all requests. */
function validateAgainstLimit(name: string, request: string, limit: string | undefined, at: string): FieldError[] {
  if (limit === undefined) {
    if (allowsOvercommit(name)) return []
    return [required(childPath(at, 'limits'), 'Limit must be set for non overcommitable resources')]
  }
  const order = compareQuantities(request, limit)
  const relation = allowsOvercommit(name) ? 'less than or equal' : 'equal'
  if (order === 0 || (order < 0 && allowsOvercommit(name))) return []
  const why = `must be ${relation} to ${name} limit of ${canonicalQuantity(limit)}`
  return [invalid(childPath(at, 'requests'), canonicalQuantity(request), why)]
}

function validateRequirements(
  { limits = {}, requests = {} }: V1ResourceRequirements,
  nameRule: NameRule,
  at: string,
): FieldError[] {
  const errors: FieldError[] = []
  for (const [name, limit] of Object.entries(limits)) {
    const limitAt = keyPath(childPath(at, 'limits'), name)
    errors.push(
      ...nameRule(name, limitAt),
      ...validateResourceQuantity(name, limit, limitAt),
      ...validatePages(name, limit, limitAt),
    )
  }
  for (const [name, request] of Object.entries(requests)) {
    const requestAt = keyPath(childPath(at, 'requests'), name)
    errors.push(
      ...nameRule(name, requestAt),
      ...validateResourceQuantity(name, request, requestAt),
      ...validateAgainstLimit(name, request, ownValue(limits, name), at),
      ...validatePages(name, request, requestAt),
    )
  }
  const names = [...Object.keys(limits), ...Object.keys(requests)]
  if (names.some(isHugePages) && !names.some((name) => name === 'cpu' || name === 'memory')) {
    errors.push(forbidden(at, 'HugePages require cpu or memory'))
  }
  return errors
}

/** How all containers of a pod are told of its claims. */
const listedClaims = new WeakMap<ReadonlySet<string>, string>()

function listed(known: ReadonlySet<string>): string {
  const before = listedClaims.get(known)
  if (before !== undefined) return before
  const text = known.size === 0 ? ' which is empty' : `: ${[...known].toSorted().join(', ')}`
  listedClaims.set(known, text)
  return text
}

/** Names with a slash, which none may have, that are looked for among the others. */
const MAX_SLASHED = 1_000

/** What claims name, with or without a request in it. */
class NamedClaims {
  readonly #keys = new Set<string>()
  readonly #partsByName = new Map<string, number>()
  #slashed = 0

  has(key: string): boolean {
    return this.#keys.has(key)
  }

  add(key: string): void {
    const slash = key.indexOf('/')
    if (slash >= 0 && !this.#keys.has(key)) {
      const name = key.slice(0, slash)
      this.#partsByName.set(name, (this.#partsByName.get(name) ?? 0) + 1)
    }
    this.#keys.add(key)
  }

  /** How many of them are requests in the claim of that name. */
  partsOf(name: string): number {
    if (!name.includes('/')) return this.#partsByName.get(name) ?? 0
    this.#slashed++
    if (this.#slashed > MAX_SLASHED) return 0
    return [...this.#keys].filter((other) => other.startsWith(`${name}/`)).length
  }
}

/** Claims of a container name those of its pod, each once, or once per request in it. */
function validateClaims(claims: readonly CoreV1ResourceClaim[], known: ReadonlySet<string>, at: string): FieldError[] {
  const seen = new NamedClaims()
  return claims.flatMap(({ name, request = '' }, index) => {
    const claimAt = indexPath(at, index)
    if (name === '') return [required(claimAt)]
    const errors: FieldError[] = []
    if (seen.has(name)) errors.push(duplicate(claimAt, name))
    else {
      errors.push(...unlessEmpty(childPath(claimAt, 'request'), request, dnsLabel))
      const key = request === '' ? name : `${name}/${request}`
      if (seen.has(key)) errors.push(duplicate(claimAt, key))
      else if (request === '') {
        addErrors(errors, Array.from({ length: seen.partsOf(name) }, () => duplicate(claimAt, name)))
      }
      seen.add(key)
    }
    if (!known.has(name)) {
      errors.push(notFound(claimAt, name, `must be one of the names in pod.spec.resourceClaims${listed(known)}`))
    }
    return errors
  })
}

export function validateContainerResources(
  resources: V1ResourceRequirements | undefined,
  claims: ReadonlySet<string>,
  at: string,
): FieldError[] {
  return [
    ...validateRequirements(resources ?? {}, validateContainerResourceName, at),
    ...validateClaims(resources?.claims ?? [], claims, childPath(at, 'claims')),
  ]
}

/** The pod as a whole has at least what its containers have together. */
function validateConsistency(
  spec: V1PodSpec,
  { limits = {}, requests = {} }: V1ResourceRequirements,
  at: string,
): FieldError[] {
  const errors: FieldError[] = []
  const atLeast = (which: 'limits' | 'requests', name: string, said: string, together: string): void => {
    if (compareQuantities(together, said) <= 0) return
    const why = `must be greater than or equal to aggregate container ${which} of ${canonicalQuantity(together)}`
    errors.push(invalid(keyPath(childPath(at, which), name), canonicalQuantity(said), why))
  }
  for (const [name, together] of Object.entries(aggregateResources(spec, 'requests'))) {
    const said = ownValue(requests, name)
    if (said !== undefined) atLeast('requests', name, said, together)
  }
  for (const [name, together] of Object.entries(aggregateResources(spec, 'limits'))) {
    const said = ownValue(limits, name)
    if (said !== undefined && isHugePages(name)) atLeast('limits', name, said, together)
  }
  for (const [index, { resources }] of itemsOf(spec.containers).entries()) {
    for (const [name, limit] of Object.entries(resources?.limits ?? {})) {
      const most = ownValue(limits, name)
      if (most === undefined || compareQuantities(limit, most) <= 0) continue
      const place = childPath(keyPath(indexPath(childPath(at, 'containers'), index), name), 'limits')
      const why = `must be less than or equal to pod limits of ${canonicalQuantity(most)}`
      errors.push(invalid(place, canonicalQuantity(limit), why))
    }
  }
  return errors
}

export function validatePodResources(spec: V1PodSpec, claims: ReadonlySet<string>, at: string): FieldError[] {
  const { resources, os } = spec
  if (resources === undefined) return []
  if (os?.name === 'windows') return [forbidden(at, 'may not be set for a windows pod')]
  return [
    ...((resources.claims ?? givenEmpty(resources, 'claims')) === undefined
      ? []
      : [forbidden(childPath(at, 'claims'), 'claims may not be set for Resources at pod-level')]),
    ...validateRequirements(resources, nameInPod, at),
    ...validateClaims(resources.claims ?? [], claims, childPath(at, 'claims')),
    ...validateConsistency(spec, resources, at),
  ]
}

/** What running the pod costs beside its containers. */
export function validateOverhead(overhead: Record<string, string>, at: string): FieldError[] {
  return validateRequirements({ limits: overhead }, validateContainerResourceName, at)
}
