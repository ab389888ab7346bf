/**
 * How ReplicationController objects behave on writes, beyond their schema.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/core/replicationcontroller/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1ReplicationController } from '../../generated/types.ts'
import { podNameWarnings, podTemplateWarnings } from '../pod/warnings/pod-warnings.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import { validateReplicationController, validateReplicationControllerStatusUpdate } from './validation.ts'

const base = specAndStatusStrategy<V1ReplicationController>('V1ReplicationController', {
  countsGenerations: true,
  allowsUnconditionalUpdate: true,
  defaultPropagation: 'Orphan',
})

export const replicationControllerStrategy: Strategy<V1ReplicationController> = {
  ...base,
  validate: (next) => validateReplicationController(next),
  validateUpdate: validateReplicationController,
  warnings(next, previous) {
    if (previous === undefined) {
      return [...podNameWarnings(next), ...podTemplateWarnings(next.spec?.template, 'spec.template')]
    }
    // Upstream warns of what the template was before the update.
    const isAsBefore = next.metadata.generation === previous.metadata.generation
    return isAsBefore ? [] : podTemplateWarnings(previous.spec?.template, 'spec.template')
  },
  status: { ...base.status, validateUpdate: validateReplicationControllerStatusUpdate },
}
