/** A pod with scheduling gates stays out of the queue (upstream: plugins/schedulinggates). */
import type { Plugin } from '../framework.ts'

export const schedulingGates: Plugin = {
  name: 'SchedulingGates',
  events: ['podUpdated'],
  preEnqueue(pod) {
    const gates = (pod.spec?.schedulingGates ?? []).map(({ name }) => name)
    return gates.length === 0 ? undefined : `waiting for scheduling gates: [${gates.join(' ')}]`
  },
}
