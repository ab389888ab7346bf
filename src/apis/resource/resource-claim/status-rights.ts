/**
 * What else the writer of a claim's status must be allowed, beyond resourceclaims/status: to bind, in order to change
 * what is allocated and for whom; and to speak for each driver whose devices it says something of, from the node of the
 * devices or from anywhere. Both are asked of subresources that are no endpoints.
 * Upstream: kubernetes/kubernetes pkg/registry/resource/utils.go, AuthorizedForBinding, AuthorizedForDeviceStatus.
 */
import { forbidden, type FieldError } from '../../../apimachinery/field-path.ts'
import { isDns1123Subdomain } from '../../../apimachinery/names.ts'
import type { Facts, Rights } from '../../define-kind.ts'
import type { ResourceV1ResourceClaim, V1AllocationResult, V1ResourceClaimStatus } from '../../generated/types.ts'
import { isEqual, itemsOf } from '../../validation/rules.ts'
import { deviceIdOf } from './status-validation.ts'

type Claim = ResourceV1ResourceClaim

/** The one node that the selector names, if that is all it does. */
function nodeOf(allocation: V1AllocationResult): string | undefined {
  const [term, ...others] = allocation.nodeSelector?.nodeSelectorTerms ?? []
  const [field, ...otherFields] = term?.matchFields ?? []
  if (others.length + otherFields.length + (term?.matchExpressions?.length ?? 0) > 0) return undefined
  const names = field?.key === 'metadata.name' && field.operator === 'In' ? (field.values ?? []) : []
  return names.length === 1 ? names[0] : undefined
}

/** Those of which an entry is new, gone, or says something else. */
function changedDrivers(next: V1ResourceClaimStatus, previous: V1ResourceClaimStatus | undefined): string[] {
  const before = new Map(itemsOf(previous?.devices).map((device) => [JSON.stringify(deviceIdOf(device)), device]))
  const drivers = new Set<string>()
  for (const device of itemsOf(next.devices)) {
    const id = JSON.stringify(deviceIdOf(device))
    if (!isEqual(device, before.get(id))) drivers.add(device.driver)
    before.delete(id)
  }
  for (const { driver } of before.values()) drivers.add(driver)
  return [...drivers].toSorted()
}

function bindingErrors(next: Claim, previous: Claim, { verb, refusalOf }: Rights): FieldError[] {
  const [now, before] = [next.status ?? {}, previous.status ?? {}]
  if (isEqual(now.allocation, before.allocation) && isEqual(now.reservedFor, before.reservedFor)) return []
  const why = refusalOf({ verb, subresource: 'binding', namespace: '', name: '' })
  if (why === undefined) return []
  const right = `resource="resourceclaims/binding", verb="${verb}" permission`
  return [forbidden('status.allocation', `changing status.allocation or status.reservedFor requires ${right}: ${why}`)]
}

function driverErrors(next: Claim, previous: Claim, { verb, nodeName, refusalOf }: Rights): FieldError[] {
  // Of what is not allocated, nothing is kept of its devices either.
  if (next.status?.allocation === undefined) return []
  const isNode = nodeName !== undefined && isDns1123Subdomain(nodeName).length === 0
  const isThere = isNode && nodeName === nodeOf(next.status.allocation)
  const verbs = [...(isThere ? [`associated-node:${verb}`] : []), `arbitrary-node:${verb}`]
  const namespace = next.metadata.namespace ?? ''
  return changedDrivers(next.status, previous.status).flatMap((driver) => {
    const [first, ...others] = verbs.map((one) => () =>
      refusalOf({ verb: one, subresource: 'driver', namespace, name: driver }))
    const why = first?.()
    if (why === undefined || others.some((ask) => ask() === undefined)) return []
    const right = `resource="resourceclaims/driver", verb="[${verbs.join(' ')}]" permission`
    return [forbidden('status.devices', `changing status.devices requires ${right}: ${why}`)]
  })
}

export function validateStatusRights(next: Claim, previous: Claim, facts: Facts | undefined): FieldError[] {
  if (facts === undefined) return []
  return [...bindingErrors(next, previous, facts.rights), ...driverErrors(next, previous, facts.rights)]
}
