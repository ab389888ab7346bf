/**
 * How Deployment objects behave on writes, beyond their schema: what users may not set, and what a write may
 * change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/apps/deployment/strategy.go.
 */
import { successor } from '../../../lib/exact-json.ts'
import type { Strategy } from '../../define-kind.ts'
import type { V1Deployment } from '../../generated/types.ts'
import { copyMetadata, specAndStatusStrategy } from '../../status-strategy.ts'
import { isEqual } from '../../validation/rules.ts'
import { templateWarnings } from '../../core/pod/warnings/pod-warnings.ts'
import { validateDeployment, validateDeploymentStatusUpdate, validateDeploymentUpdate } from './validation.ts'

const base = specAndStatusStrategy<V1Deployment>('V1Deployment', {
  countsGenerations: true,
  allowsUnconditionalUpdate: true,
})

export const deploymentStrategy: Strategy<V1Deployment> = {
  ...base,
  validate: (next) => validateDeployment(next),
  prepareForUpdate(next, previous, context) {
    base.prepareForUpdate?.(next, previous, context)
    // Annotations go on to the ReplicaSets, so a change of them is to be observed, too.
    const isAnnotated = !isEqual(next.metadata.annotations ?? {}, previous.metadata.annotations ?? {})
    if (isAnnotated) next.metadata.generation = successor(previous.metadata.generation ?? 0)
  },
  validateUpdate: validateDeploymentUpdate,
  warnings: (next, previous) => templateWarnings(next, previous, 'spec.template'),
  status: {
    ...base.status,
    prepareForUpdate(next, previous, context) {
      base.status?.prepareForUpdate?.(next, previous, context)
      copyMetadata(next, previous, 'labels')
    },
    validateUpdate: validateDeploymentStatusUpdate,
  },
}
