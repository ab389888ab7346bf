/**
 * How EndpointSlice objects behave on writes, beyond their schema: what users may not set, and what a write may
 * change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/discovery/endpointslice/strategy.go.
 */
import { successor } from '../../../lib/exact-json.ts'
import { childPath, indexPath } from '../../../apimachinery/field-path.ts'
import { ipWarnings } from '../../../apimachinery/ip-validation.ts'
import type { Strategy } from '../../define-kind.ts'
import type { V1EndpointSlice } from '../../generated/types.ts'
import { itemsOf, isEqual } from '../../validation/rules.ts'
import { validateEndpointSlice, validateEndpointSliceUpdate } from './validation.ts'

const MANAGED_BY = 'endpointslice.kubernetes.io/managed-by'
const CONTROLLERS = ['endpointslice-controller.k8s.io', 'endpointslicemirroring-controller.k8s.io']

/**
 * Zone and node have fields of their own; this form of them is of the beta version.
 * @returns whether there was any
 */
function dropTopology(next: V1EndpointSlice): boolean {
  let isThere = false
  for (const endpoint of itemsOf(next.endpoints)) {
    isThere ||= Object.keys(endpoint.deprecatedTopology ?? {}).length > 0
    delete endpoint.deprecatedTopology
  }
  return isThere
}

function warnings(
  { addressType, metadata, endpoints }: V1EndpointSlice,
  previous: V1EndpointSlice | undefined,
): string[] {
  const isOld = addressType === 'FQDN' && previous === undefined
  const found = isOld ? ['spec.addressType: FQDN endpoints are deprecated'] : []
  if (CONTROLLERS.includes(metadata.labels?.[MANAGED_BY] ?? '')) return found
  const ofAddresses = itemsOf(endpoints).flatMap(({ addresses }, index) => {
    const list = childPath(indexPath('endpoints', index), 'addresses')
    return itemsOf(addresses).flatMap((address, place) => ipWarnings(indexPath(list, place), address))
  })
  return [...found, ...ofAddresses]
}

export const endpointSliceStrategy: Strategy<V1EndpointSlice> = {
  countsGenerations: true,
  prepareForCreate(next) {
    dropTopology(next)
  },
  prepareForUpdate(next, previous) {
    // Labels count here as well, unlike anywhere else, and what is dropped; the rest is counted by the registry.
    const isRelabelled = !isEqual(next.metadata.labels ?? {}, previous.metadata.labels ?? {})
    if (dropTopology(next) || isRelabelled) next.metadata.generation = successor(previous.metadata.generation ?? 0)
  },
  allowsUnconditionalUpdate: true,
  validate: validateEndpointSlice,
  validateUpdate: validateEndpointSliceUpdate,
  warnings,
}
