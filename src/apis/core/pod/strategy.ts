/**
 * How Pod objects behave on writes, beyond their schema: what users may not set, and what a write may change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/core/pod/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1Pod } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import { qosClassOf } from './qos-class.ts'
import { validatePod, validatePodStatusUpdate, validatePodUpdate } from './validation.ts'

const base = specAndStatusStrategy<V1Pod>('V1Pod', {
  countsGenerations: true,
  allowsUnconditionalUpdate: true,
})

export const podStrategy: Strategy<V1Pod> = {
  ...base,
  prepareForCreate(next, context) {
    base.prepareForCreate?.(next, context)
    next.status = { phase: 'Pending', qosClass: qosClassOf(next) }
    if ((next.spec?.schedulingGates ?? []).length === 0) return
    next.status.conditions = [
      {
        type: 'PodScheduled',
        status: 'False',
        reason: 'SchedulingGated',
        message: 'Scheduling is blocked due to non-empty scheduling gates',
      },
    ]
  },
  validate: validatePod,
  validateUpdate: validatePodUpdate,
  gracePeriodSeconds({ spec, status }, asked) {
    // Nobody is there to end it, or nothing of it runs any more.
    const isAtRest = status?.phase === 'Succeeded' || status?.phase === 'Failed'
    if ((spec?.nodeName ?? '') === '' || isAtRest) return 0
    return asked ?? spec?.terminationGracePeriodSeconds ?? 0
  },
  status: { ...base.status, validateUpdate: validatePodStatusUpdate },
}
