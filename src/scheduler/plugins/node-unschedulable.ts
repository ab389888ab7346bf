/** A cordoned node takes only pods that tolerate it (upstream: plugins/nodeunschedulable). */
import type { Plugin } from '../framework.ts'
import { unresolvable } from '../framework.ts'
import { tolerates } from './taint-toleration.ts'

const UNSCHEDULABLE_TAINT = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' }

export const nodeUnschedulable: Plugin = {
  name: 'NodeUnschedulable',
  events: ['nodeAdded', 'nodeChanged', 'podUpdated'],
  filter(_state, pod, { node }) {
    if (node.spec?.unschedulable !== true || tolerates(pod.spec?.tolerations ?? [], UNSCHEDULABLE_TAINT)) return []
    return [unresolvable('node(s) were unschedulable')]
  },
}
