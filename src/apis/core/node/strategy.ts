/**
 * How Node objects behave on writes, beyond their schema: what users may not set, and what a write may change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/core/node/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1Node } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import { validateNode, validateNodeUpdate } from './validation.ts'

const { prepareForCreate: _clearsStatus, ...shared } = specAndStatusStrategy<V1Node>('V1Node', {
  allowsUnconditionalUpdate: true,
})

/** A kubelet registers with its status: on creation nothing of it is dropped. */
export const nodeStrategy: Strategy<V1Node> = {
  ...shared,
  validate: validateNode,
  validateUpdate: validateNodeUpdate,
}
