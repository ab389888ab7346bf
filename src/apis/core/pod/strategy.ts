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
  gracePeriodSeconds(subject, asked) {
    const isDone = subject.status?.phase === 'Failed' || subject.status?.phase === 'Succeeded'
    // Nobody runs it: there is nothing to wait for.
    if (isDone || (subject.spec?.nodeName ?? '') === '') return 0
    return asked ?? subject.spec?.terminationGracePeriodSeconds ?? 0
  },
  validate: validatePod,
  validateUpdate: validatePodUpdate,
  status: { ...base.status, validateUpdate: validatePodStatusUpdate },
}
