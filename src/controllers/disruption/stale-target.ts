/**
 * Pods that were to be disrupted and were not: after a while their condition DisruptionTarget says so
 * (syncStalePodDisruption, kubernetes pkg/controller/disruption/disruption.go). What their kubelet said stays, as does
 * what a pod that has ended says.
 */
import { pod } from '../../apis/core/pod/pod.ts'
import type { V1Pod, V1PodCondition } from '../../apis/generated/types.ts'
import { formatTime } from '../../apimachinery/meta.ts'
import type { Controller } from '../../reconcile/define-controller.ts'
import { again, defineController, done } from '../../reconcile/define-controller.ts'
import { isPodFinished, podCondition } from '../pods/readiness.ts'

const TYPE = 'DisruptionTarget'

/** How long a pod may be about to be deleted. */
const STALE_AFTER_MS = 120_000

export const staleDisruptionController: Controller = defineController({
  name: 'stale-pod-disruption',
  actsAs: 'disruption',
  scope: 'namespace',
  for: pod,
  ignoresFor: true,
  // Of all the pods that change only those that have the condition are looked at.
  watches: [{ kind: pod, keysOf: ({ name, text }) => (text.includes(`"${TYPE}"`) ? [name] : []) }],
  async reconcile({ lister, clock, client, namespace }, key) {
    const subject = lister.get(pod, key)
    const condition = subject === undefined ? undefined : pendingTarget(subject)
    if (subject === undefined || condition === undefined) return done
    const leftMs = Date.parse(condition.lastTransitionTime ?? '') + STALE_AFTER_MS - clock.now()
    if (leftMs > 0) return again(leftMs)
    const { uid, generation } = subject.metadata
    const conditions = [
      {
        type: TYPE,
        ...(generation === undefined ? {} : { observedGeneration: generation }),
        status: 'False',
        lastTransitionTime: formatTime(clock.now()),
        reason: null,
        message: null,
      },
    ]
    const patch = { metadata: { uid }, status: { conditions } }
    await client.patch(pod, { namespace, name: key }, 'strategic', patch, { subresource: 'status' })
    return done
  },
})

function pendingTarget(subject: V1Pod): V1PodCondition | undefined {
  if (subject.metadata.deletionTimestamp !== undefined || isPodFinished(subject)) return undefined
  const condition = podCondition(subject, TYPE)
  return condition?.status === 'True' && condition.reason !== 'TerminationByKubelet' ? condition : undefined
}
