/**
 * How Service objects behave on writes, beyond their schema: what users may not set, and what a write may change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/core/service/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1Service } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import { validateService, validateServiceUpdate } from './validation.ts'

export const serviceStrategy: Strategy<V1Service> = {
  ...specAndStatusStrategy<V1Service>('V1Service', {
    allowsCreateOnUpdate: true,
    allowsUnconditionalUpdate: true,
  }),
  validate: validateService,
  validateUpdate: validateServiceUpdate,
}
