/**
 * The Events a kubelet records about a pod, with the container they are about as involvedObject.fieldPath
 * (pkg/kubelet/container/ref.go, fieldPath).
 */
import type { V1Pod } from '../apis/generated/types.ts'
import type { Action } from './lifecycle/pod-life.ts'
import { specOf } from './lifecycle/pod-life.ts'

/** client's EventsRecorder does; `fieldPath` is for involvedObject. */
export interface PodEvents {
  record(pod: V1Pod, type: 'Normal' | 'Warning', reason: string, message: string, fieldPath?: string): Promise<void>
}

export function recordEvent(events: PodEvents, pod: V1Pod, action: Extract<Action, { type: 'event' }>): Promise<void> {
  const { eventType, reason, message, container } = action
  const path = container === undefined ? undefined : fieldPathOf(pod, container)
  return events.record(pod, eventType, reason, message, path)
}

function fieldPathOf(pod: V1Pod, container: string): string {
  const isInit = (specOf(pod).initContainers ?? []).some(({ name }) => name === container)
  return `spec.${isInit ? 'initContainers' : 'containers'}{${container}}`
}
