/**
 * How Event objects behave on writes, beyond their schema: what users may not set, and what a write may change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/core/event/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { CoreV1Event } from '../../generated/types.ts'
import { validateCoreEvent } from './validation.ts'

export const eventStrategy: Strategy<CoreV1Event> = {
  allowsCreateOnUpdate: true,
  allowsUnconditionalUpdate: true,
  defaultPropagation: 'None',
  validate: validateCoreEvent,
  judgesBeforeMetadata: true,
  validateUpdate: validateCoreEvent,
}
