/**
 * How CSINode objects behave on writes, beyond their schema.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/storage/csinode/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1CSINode } from '../../generated/types.ts'
import { validateCsiNode, validateCsiNodeUpdate } from './validation.ts'

export const csiNodeStrategy: Strategy<V1CSINode> = {
  validate: validateCsiNode,
  validateUpdate: validateCsiNodeUpdate,
}
