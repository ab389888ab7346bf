/**
 * Pods leave a node with NoExecute taints that they do not tolerate, or no longer
 * (kubernetes pkg/controller/tainteviction/taint_eviction.go). No Event says that a pod may stay after all, as nothing
 * remembers what was to go.
 */
import { node } from '../../apis/core/node/node.ts'
import { pod } from '../../apis/core/pod/pod.ts'
import type { V1Pod } from '../../apis/generated/types.ts'
import { hasReason } from '../../apimachinery/status-error.ts'
import type { Controller, ReconcileContext } from '../../reconcile/define-controller.ts'
import { again, defineController, done } from '../../reconcile/define-controller.ts'
import { disruptionTarget } from '../pods/disruption.ts'
import { isPodFinished } from '../pods/readiness.ts'
import { evictionTimeMs, recheckTimeMs } from './eviction.ts'

export const taintEvictionController: Controller = defineController({
  name: 'taint-eviction',
  actsAs: 'node',
  scope: 'cluster',
  for: node,
  resyncSeconds: 600,
  async reconcile(context, key) {
    const { lister, client, clock } = context
    const taints = lister.get(node, key)?.spec?.taints?.filter(({ effect }) => effect === 'NoExecute') ?? []
    if (taints.length === 0) return done
    const { items } = await client.list(pod, { fieldSelector: `spec.nodeName=${key}` })
    let nextMs = recheckTimeMs(taints, clock.now()) ?? Infinity
    for (const one of items) {
      if (isPodFinished(one) || one.metadata.deletionTimestamp !== undefined) continue
      const dueMs = evictionTimeMs(one, taints)
      if (dueMs === undefined) continue
      if (dueMs > clock.now()) nextMs = Math.min(nextMs, dueMs)
      else await evict(context, one)
    }
    return nextMs === Infinity ? done : again(nextMs - clock.now())
  },
})

async function evict({ client, clock, events }: ReconcileContext, one: V1Pod): Promise<void> {
  const { name = '', namespace = '', uid } = one.metadata
  await events.record(one, 'Normal', 'TaintManagerEviction', `Marking for deletion Pod ${namespace}/${name}`)
  const message = 'Taint manager: deleting due to NoExecute taint'
  const conditions = [disruptionTarget(one, 'DeletionByTaintManager', message, clock.now())]
  try {
    const patch = { metadata: { uid }, status: { conditions } }
    await client.patch(pod, { namespace, name }, 'strategic', patch, { subresource: 'status' })
    await client.delete(pod, { namespace, name }, uid === undefined ? {} : { preconditions: { uid } })
  } catch (error) {
    if (!hasReason(error, 'NotFound')) throw error
  }
}
