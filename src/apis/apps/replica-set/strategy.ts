/**
 * How ReplicaSet objects behave on writes, beyond their schema: what users may not set, and what a write may
 * change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/apps/replicaset/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1ReplicaSet } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import { templateWarnings } from '../../core/pod/warnings/pod-warnings.ts'
import { validateReplicaSet, validateReplicaSetStatusUpdate, validateReplicaSetUpdate } from './validation.ts'

const base = specAndStatusStrategy<V1ReplicaSet>('V1ReplicaSet', {
  countsGenerations: true,
  allowsUnconditionalUpdate: true,
})

export const replicaSetStrategy: Strategy<V1ReplicaSet> = {
  ...base,
  validate: (next) => validateReplicaSet(next),
  validateUpdate: validateReplicaSetUpdate,
  warnings: (next, previous) => templateWarnings(next, previous, 'spec.template'),
  status: { ...base.status, validateUpdate: validateReplicaSetStatusUpdate },
}
