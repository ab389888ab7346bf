/**
 * How PriorityClass objects behave on writes, beyond their schema: what users may not set, and what a write may
 * change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/scheduling/priorityclass/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1PriorityClass } from '../../generated/types.ts'
import { validatePriorityClass, validatePriorityClassUpdate } from './validation.ts'

export const priorityClassStrategy: Strategy<V1PriorityClass> = {
  // The first is the only one: upstream counts no changes of it.
  prepareForCreate({ metadata }) {
    metadata.generation = 1
  },
  validate: validatePriorityClass,
  validateUpdate: validatePriorityClassUpdate,
  allowsUnconditionalUpdate: true,
}
