/** A pod with scheduling gates stays out of the queue (upstream: plugins/schedulinggates). */
import type { Plugin } from '../framework.ts'

/** Of the PodScheduled condition (upstream: pkg/registry/core/pod/strategy.go, applySchedulingGatedCondition). */
const MESSAGE = 'Scheduling is blocked due to non-empty scheduling gates'

export const schedulingGates: Plugin = {
  name: 'SchedulingGates',
  events: ['podUpdated'],
  preEnqueue(pod) {
    return (pod.spec?.schedulingGates ?? []).length === 0 ? undefined : MESSAGE
  },
}
