/**
 * How Node objects behave on writes, beyond their schema: what users may not set, and what a write may change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/core/node/strategy.go.
 */
import { indexPath } from '../../../apimachinery/field-path.ts'
import { cidrWarnings } from '../../../apimachinery/ip-validation.ts'
import type { Strategy } from '../../define-kind.ts'
import type { V1Node } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import { validateNode, validateNodeStatusUpdate, validateNodeUpdate } from './validation.ts'

const base = specAndStatusStrategy<V1Node>('V1Node', {
  allowsUnconditionalUpdate: true,
})

/** Kubelets' configuration through the API is a removed feature; its fields are understood, and forgotten. */
function dropRemovedFields(next: V1Node): void {
  delete next.spec?.configSource
  delete next.status?.config
}

function warnings({ spec }: V1Node): string[] {
  const ranges = spec?.podCIDRs ?? []
  return [
    ...((spec?.externalID ?? '') === ''
      ? []
      : ['spec.externalID: this field is deprecated, and is unused by Kubernetes']),
    ...ranges.flatMap((range, index) => cidrWarnings(indexPath('spec.podCIDRs', index), range)),
  ]
}

/** A kubelet registers with its status: on creation nothing of it is dropped. */
export const nodeStrategy: Strategy<V1Node> = {
  ...base,
  prepareForCreate: dropRemovedFields,
  validate: validateNode,
  prepareForUpdate(next, previous, context) {
    base.prepareForUpdate?.(next, previous, context)
    dropRemovedFields(next)
  },
  validateUpdate: validateNodeUpdate,
  // Who says that nothing is allocatable is believed until that is read again, where it is the default.
  canonicalize({ status }) {
    if (status?.capacity === undefined || status.allocatable !== undefined) return false
    status.allocatable = { ...status.capacity }
    return true
  },
  warnings,
  status: {
    ...base.status,
    prepareForUpdate(next, previous, context) {
      base.status?.prepareForUpdate?.(next, previous, context)
      dropRemovedFields(next)
    },
    validateUpdate: validateNodeStatusUpdate,
  },
}
