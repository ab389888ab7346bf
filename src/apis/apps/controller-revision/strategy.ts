/**
 * How ControllerRevision objects behave on writes, beyond their schema.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/apps/controllerrevision/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1ControllerRevision } from '../../generated/types.ts'
import { validateControllerRevision, validateControllerRevisionUpdate } from './validation.ts'

export const controllerRevisionStrategy: Strategy<V1ControllerRevision> = {
  allowsUnconditionalUpdate: true,
  validate: validateControllerRevision,
  validateUpdate: validateControllerRevisionUpdate,
}
