/**
 * Pods of a node that is gone: nobody is left to end them, so they are marked Failed and removed
 * (kubernetes pkg/controller/podgc/gc_controller.go, gcOrphaned). Upstream's other duties have no work here: a pod
 * without a node is removed by its DELETE, and what has ended stays until its owner or a user removes it.
 */
import { node } from '../../apis/core/node/node.ts'
import { pod } from '../../apis/core/pod/pod.ts'
import type { V1Pod } from '../../apis/generated/types.ts'
import { hasReason } from '../../apimachinery/status-error.ts'
import type { Controller, ReconcileContext } from '../../reconcile/define-controller.ts'
import { again, defineController, done } from '../../reconcile/define-controller.ts'
import { disruptionTarget } from '../pods/disruption.ts'
import { isPodFinished } from '../pods/readiness.ts'

/** A node that comes back in this time keeps its pods (quarantineTime). */
export const QUARANTINE_MS = 40_000

/** Since when the node is gone is part of the key, as nothing else remembers it. */
export const podGarbageCollector: Controller = defineController({
  name: 'pod-garbage-collector',
  scope: 'cluster',
  for: node,
  ignoresFor: true,
  watches: [
    { kind: node, keysOf: ({ type, name, timeMs }) => (type === 'DELETED' ? [`${name} ${String(timeMs)}`] : []) },
  ],
  async reconcile(context, key) {
    const [name = '', goneMs = ''] = key.split(' ')
    if (context.lister.get(node, name) !== undefined) return done
    const leftMs = Number(goneMs) + QUARANTINE_MS - context.clock.now()
    if (leftMs > 0) return again(leftMs)
    const { items } = await context.client.list(pod, { fieldSelector: `spec.nodeName=${name}` })
    for (const one of items) await remove(context, one)
    return done
  },
})

async function remove({ client, clock }: ReconcileContext, one: V1Pod): Promise<void> {
  const { name = '', namespace = '', uid } = one.metadata
  try {
    if (!isPodFinished(one)) {
      const disruption = disruptionTarget(one, 'DeletionByPodGC', 'PodGC: node no longer exists', clock.now())
      const status = { phase: 'Failed', conditions: [disruption] }
      const patch = { metadata: { uid }, status }
      await client.patch(pod, { namespace, name }, 'strategic', patch, { subresource: 'status' })
    }
    const preconditions = uid === undefined ? {} : { preconditions: { uid } }
    await client.delete(pod, { namespace, name }, { gracePeriodSeconds: 0, ...preconditions })
  } catch (error) {
    if (!hasReason(error, 'NotFound')) throw error
  }
}
