/**
 * How Endpoints objects behave on writes, beyond their schema: what users may not set, and what a write may
 * change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/core/endpoint/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1Endpoints } from '../../generated/types.ts'
import { endpointsWarnings, validateEndpoints, validateEndpointsUpdate } from './validation.ts'

export const endpointsStrategy: Strategy<V1Endpoints> = {
  allowsCreateOnUpdate: true,
  allowsUnconditionalUpdate: true,
  validate: validateEndpoints,
  validateUpdate: validateEndpointsUpdate,
  warnings: endpointsWarnings,
}
