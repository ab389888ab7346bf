/**
 * A resize as these nodes carry it out: what a container asks for counts from the moment at which it is reported, as
 * nothing of it is a limit that the runtime would have to move. Only a container whose policy says so is started anew
 * (computePodResizeAction of pkg/kubelet/kuberuntime/kuberuntime_manager.go).
 */
import { near } from '../../lib/exact-json.ts'
import type { V1Container, V1Pod } from '../../apis/generated/types.ts'
import type { ContainerLife } from './pod-life.ts'
import { specOf } from './pod-life.ts'
import type { Planned } from './planned.ts'

/** Whether a resource that may not change under the container differs from what was reported of it. */
function needsRestart({ status }: V1Pod, { name, resources, resizePolicy = [] }: V1Container): boolean {
  const restarting = resizePolicy.filter(({ restartPolicy }) => restartPolicy === 'RestartContainer')
  if (restarting.length === 0) return false
  const reported = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].find(
    (one) => one.name === name,
  )?.resources
  if (reported === undefined) return false
  return restarting.some(({ resourceName }) =>
    (['requests', 'limits'] as const).some(
      (kind) => resources?.[kind]?.[resourceName] !== reported[kind]?.[resourceName],
    ),
  )
}

export function planResize(
  pod: V1Pod,
  container: V1Container,
  one: ContainerLife,
  nowMs: number,
  planned: Planned,
): void {
  if (one.state !== 'running' || !needsRestart(pod, container)) return
  const graceMs = near(specOf(pod).terminationGracePeriodSeconds ?? 30) * 1_000
  one.state = 'stopping'
  one.stopDeadlineMs = nowMs + graceMs
  one.mustRestart = true
  const message = `Container ${container.name} resize requires restart`
  planned.actions.push(
    { type: 'event', eventType: 'Normal', reason: 'Killing', message, container: container.name },
    { type: 'stop', container: container.name, graceMs },
  )
}
