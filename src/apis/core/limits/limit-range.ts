/**
 * LimitRange: smallest, largest and default resources of pods and claims in a namespace.
 * This is the kind's one entry (core/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/core/limitrange.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1LimitRange } from '../../generated/types.ts'
import { validateLimitRange } from './limit-range-validation.ts'

export const limitRange = defineKind<V1LimitRange>({
  group: '',
  version: 'v1',
  kind: 'LimitRange',
  resource: 'limitranges',
  scope: 'Namespaced',
  type: 'V1LimitRange',
  shortNames: ['limits'],
  strategy: {
    allowsCreateOnUpdate: true,
    allowsUnconditionalUpdate: true,
    prepareForCreate(next, context) {
      if ((next.metadata.name ?? '') === '') next.metadata.name = context.uuid()
    },
    validate: validateLimitRange,
    validateUpdate: validateLimitRange,
  },
})
