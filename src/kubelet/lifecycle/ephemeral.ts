/**
 * What a node says of ephemeral containers: that it cannot run them. Isolates have no processes that another container
 * could look at, and simulated nodes have none at all, so they end before they began, with the reason in their status,
 * where `kubectl debug` finds it.
 */
import type { V1ContainerStatus, V1Pod } from '../../apis/generated/types.ts'
import { formatTime } from '../../apimachinery/meta.ts'

/** What container runtimes answer when nothing was started. */
const NOT_STARTED_CODE = 128

const NO_EPHEMERAL_CONTAINERS =
  'ephemeral containers are not supported by this node: isolates and simulated pods have no processes to join'

/** One that was told of before stays as it was told. */
export function ephemeralStatuses({ spec, status }: V1Pod, nowMs: number): V1ContainerStatus[] {
  const before = status?.ephemeralContainerStatuses ?? []
  return (spec?.ephemeralContainers ?? []).map(({ name, image = '' }) => {
    const known = before.find((one) => one.name === name)
    if (known !== undefined) return known
    const atNow = formatTime(nowMs)
    const terminated = {
      exitCode: NOT_STARTED_CODE,
      reason: 'StartError',
      message: NO_EPHEMERAL_CONTAINERS,
      startedAt: atNow,
      finishedAt: atNow,
    }
    return { name, image, imageID: '', lastState: {}, ready: false, restartCount: 0, state: { terminated } }
  })
}
