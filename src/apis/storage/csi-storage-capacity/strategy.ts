/**
 * How CSIStorageCapacity objects behave on writes, beyond their schema: what a driver was asked stays, what it
 * answered may change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/storage/csistoragecapacity/strategy.go;
 * pkg/apis/storage/validation/validation.go, ValidateCSIStorageCapacity; pkg/api/storage/util.go.
 */
import { invalid, type FieldError } from '../../../apimachinery/field-path.ts'
import { compareQuantities } from '../../../apimachinery/quantity.ts'
import { keyWarnings, labelDeprecation } from '../../core/pod/warnings/node-labels.ts'
import type { Strategy } from '../../define-kind.ts'
import type { V1CSIStorageCapacity } from '../../generated/types.ts'
import { dnsSubdomain, immutable, immutableSelector, validateLabelSelector } from '../../validation/rules.ts'

function validateCsiStorageCapacity(subject: V1CSIStorageCapacity): FieldError[] {
  const { nodeTopology, storageClassName, capacity } = subject
  const isNegative = capacity !== undefined && compareQuantities(capacity, 0) < 0
  return [
    ...(nodeTopology === undefined ? [] : validateLabelSelector(nodeTopology, 'nodeTopology')),
    ...dnsSubdomain('storageClassName', storageClassName),
    ...(isNegative ? [invalid('capacity', capacity, 'must be greater than or equal to 0')] : []),
  ]
}

export const csiStorageCapacityStrategy: Strategy<V1CSIStorageCapacity> = {
  validate: validateCsiStorageCapacity,
  validateUpdate: (next, previous, facts) => [
    ...validateCsiStorageCapacity(next),
    ...(facts?.metadataAgain() ?? []),
    ...immutableSelector('nodeTopology', next.nodeTopology, previous.nodeTopology),
    ...immutable('storageClassName', next.storageClassName, previous.storageClassName),
  ],
  warnings({ nodeTopology = {} }) {
    return [
      ...keyWarnings(nodeTopology, 'nodeTopology'),
      ...Object.keys(nodeTopology.matchLabels ?? {}).flatMap((label) => {
        const message = labelDeprecation(label)
        return message === undefined ? [] : [`nodeTopology.matchLabels.${label}: ${message}`]
      }),
    ]
  },
}
