/**
 * The node controllers of the cluster scope: pod CIDRs, nodes that are ready by assertion, taints by condition, and
 * the pods of a node that is not ready (kubernetes pkg/controller/nodelifecycle, nodeipam).
 */
import { equalJson } from '../../apimachinery/patch/json-value.ts'
import { node } from '../../apis/core/node/node.ts'
import { pod } from '../../apis/core/pod/pod.ts'
import type { V1Node, V1Pod } from '../../apis/generated/types.ts'
import { formatTime } from '../../apimachinery/meta.ts'
import { hasReason } from '../../apimachinery/status-error.ts'
import type { Controller, ReconcileContext } from '../../reconcile/define-controller.ts'
import { again, defineController, done } from '../../reconcile/define-controller.ts'
import { isPodFinished, isPodReady } from '../pods/readiness.ts'
import { recheckTimeMs } from './eviction.ts'
import { assertedStatus, isAsserted, planCidrs, planTaints } from './plan.ts'

const ALL = 'all'

/** One key for all nodes, so that no two runs give out the same range. */
export const podCidrController: Controller = defineController({
  name: 'node-ipam',
  actsAs: 'node',
  eventSource: 'cidrAllocator',
  scope: 'cluster',
  for: node,
  ignoresFor: true,
  watches: [{ kind: node, keysOf: ({ type }) => (type === 'DELETED' ? [] : [ALL]) }],
  startKeys: [ALL],
  resyncSeconds: 600,
  async reconcile({ lister, client, events }) {
    for (const { node: subject, cidr } of planCidrs(lister.list(node))) {
      const { name = '', uid } = subject.metadata
      if (cidr === undefined) {
        await events.record(subject, 'Normal', 'CIDRNotAvailable', `Node ${name} status is now: CIDRNotAvailable`)
        continue
      }
      const patch = { metadata: { uid }, spec: { podCIDR: cidr, podCIDRs: [cidr] } }
      await client.patch(node, { name }, 'merge', patch)
    }
    return done
  },
})

/** `version`: what the platform's own nodes say they run (`v1.36.0+…`). */
export function nodeController(version: string): Controller {
  return defineController({
    name: 'node',
    scope: 'cluster',
    for: node,
    resyncSeconds: 600,
    async reconcile(context, key) {
      const { lister, client, clock } = context
      let subject = lister.get(node, key)
      if (subject === undefined || subject.metadata.deletionTimestamp !== undefined) return done
      if (isAsserted(subject)) {
        const status = assertedStatus(subject, version, clock.now())
        const isNew = subject.status?.conditions?.some(({ type }) => type === 'Ready') !== true
        if (!equalJson(subject.status, status)) subject = await client.updateStatus(node, { ...subject, status })
        if (isNew) await recordRegistered(context, subject)
      }
      const taints = planTaints(subject, clock.now())
      if (!equalJson(subject.spec?.taints ?? [], taints)) {
        const { taints: _before, ...spec } = subject.spec ?? {}
        subject = await client.update(node, { ...subject, spec: taints.length === 0 ? spec : { ...spec, taints } })
      }
      const ready = subject.status?.conditions?.find(({ type }) => type === 'Ready')
      if (ready === undefined || ready.status === 'True') return done
      await markPodsNotReady(context, subject)
      const nextMs = recheckTimeMs(taints, clock.now())
      return nextMs === undefined ? done : again(nextMs - clock.now())
    },
  })
}

function recordRegistered({ events }: ReconcileContext, subject: V1Node): Promise<void> {
  const { name = '' } = subject.metadata
  const message = `Node ${name} event: Registered Node ${name} in Controller`
  return events.record(subject, 'Normal', 'RegisteredNode', message)
}

/** Pods on a node that is not ready are not ready either. */
async function markPodsNotReady(context: ReconcileContext, { metadata: { name = '' } }: V1Node): Promise<void> {
  const { items } = await context.client.list(pod, { fieldSelector: `spec.nodeName=${name}` })
  for (const one of items) {
    if (isPodFinished(one) || one.metadata.deletionTimestamp !== undefined || !isPodReady(one)) continue
    await markNotReady(context, one)
  }
}

async function markNotReady({ client, clock, events }: ReconcileContext, one: V1Pod): Promise<void> {
  const { name = '', namespace = '', generation } = one.metadata
  const observed = generation === undefined ? {} : { observedGeneration: generation }
  const conditions = (one.status?.conditions ?? []).map((condition) =>
    condition.type === 'Ready'
      ? { ...condition, ...observed, status: 'False', lastTransitionTime: formatTime(clock.now()) }
      : condition,
  )
  await events.record(one, 'Warning', 'NodeNotReady', 'Node is not ready')
  try {
    await client.patch(
      pod,
      { namespace, name },
      'merge',
      { metadata: { uid: one.metadata.uid }, status: { conditions } },
      { subresource: 'status' },
    )
  } catch (error) {
    if (!hasReason(error, 'NotFound')) throw error
  }
}
