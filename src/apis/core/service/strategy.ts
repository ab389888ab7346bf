/**
 * How Service objects behave on writes, beyond their schema: what users may not set, and what a write may change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/core/service/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1Service } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import { normalizeClusterIps } from './families.ts'
import { dropTypeDependentFields } from './service-type.ts'
import { validateServiceStatusUpdate } from './status-validation.ts'
import { validateService, validateServiceUpdate } from './validation.ts'
import { loadBalancerWarnings, serviceWarnings } from './warnings.ts'

const base = specAndStatusStrategy<V1Service>('V1Service', {
  allowsCreateOnUpdate: true,
  allowsUnconditionalUpdate: true,
})

export const serviceStrategy: Strategy<V1Service> = {
  ...base,
  prepareForCreate(next, context) {
    base.prepareForCreate?.(next, context)
    normalizeClusterIps(next.spec ?? {}, undefined)
  },
  validate: validateService,
  prepareForUpdate(next, previous, context) {
    base.prepareForUpdate?.(next, previous, context)
    normalizeClusterIps(next.spec ?? {}, previous.spec)
    dropTypeDependentFields(next, previous)
  },
  validateUpdate: validateServiceUpdate,
  warnings: serviceWarnings,
  status: { ...base.status, validateUpdate: validateServiceStatusUpdate, warnings: loadBalancerWarnings },
}
