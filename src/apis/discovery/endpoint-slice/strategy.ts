/**
 * How EndpointSlice objects behave on writes, beyond their schema: what users may not set, and what a write may
 * change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/discovery/endpointslice/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1EndpointSlice } from '../../generated/types.ts'
import { startGeneration } from '../../status-strategy.ts'
import { validateEndpointSlice, validateEndpointSliceUpdate } from './validation.ts'

export const endpointSliceStrategy: Strategy<V1EndpointSlice> = {
  prepareForCreate: startGeneration,
  allowsUnconditionalUpdate: true,
  validate: validateEndpointSlice,
  validateUpdate: validateEndpointSliceUpdate,
}
