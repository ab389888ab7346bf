/**
 * The scheduler's hands: bindings, PodScheduled conditions and events as batches of API operations, one hop per
 * namespace, under the scheduler's own identity.
 */
import type { KindRef } from '../../apis/define-kind.ts'
import { binding } from '../../apis/core/binding.ts'
import { event } from '../../apis/core/event/event.ts'
import { pod as podKind } from '../../apis/core/pod/pod.ts'
import type { V1Pod } from '../../apis/generated/types.ts'
import type { KubeObject } from '../../apimachinery/meta.ts'
import { formatMicroTime, formatTime } from '../../apimachinery/meta.ts'
import type { UserInfo } from '../../auth/user.ts'
import { AUTHENTICATED_GROUP } from '../../auth/user.ts'
import type { Operation, OperationResult } from '../../client/client.ts'
import { eventName } from '../../client/events-recorder.ts'
import { plainOperation } from './remote-client.ts'
import { systemClock } from '../../lib/clock.ts'
import { systemRandom } from '../../lib/random.ts'
import type { Bind, Binder, BindOutcome } from '../../scheduler/scheduler.ts'
import { DEFAULT_SCHEDULER_NAME } from '../../scheduler/profile.ts'

export const SCHEDULER_USER: UserInfo = { username: 'system:kube-scheduler', groups: [AUTHENTICATED_GROUP] }

/** The part of a scope's object that actors elsewhere write through. */
export interface BatchTarget {
  batch(user: UserInfo, operations: readonly Operation[]): Promise<readonly OperationResult[]>
}

export function storeBinder(storeOf: (namespace: string) => BatchTarget): Binder {
  return {
    async bind(namespace, binds) {
      const operations = binds.map(bindOperation)
      const results = await storeOf(namespace).batch(SCHEDULER_USER, operations.map(plainOperation))
      return binds.map((_, index) => outcomeOf(results[index]))
    },
    async announce(namespace, bound) {
      await storeOf(namespace).batch(SCHEDULER_USER, bound.map(scheduledEvent).map(plainOperation))
    },
    async report(namespace, failures) {
      const news = failures.filter(({ pod, message }) => messageOf(pod) !== message)
      if (news.length === 0) return
      const operations = news.flatMap(({ name, namespace: where, uid, pod, reason, message }) => [
        conditionOperation(pod, { reason, message }),
        eventOperation({ name, namespace: where, uid }, 'Warning', 'FailedScheduling', message),
      ])
      await storeOf(namespace).batch(SCHEDULER_USER, operations.map(plainOperation))
    },
  }
}

function messageOf({ status }: { status?: { conditions?: { type: string; message?: string }[] } }): string | undefined {
  return status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message
}

function outcomeOf(result: OperationResult | undefined): BindOutcome {
  if (result?.error === undefined) return result === undefined ? 'failed' : 'bound'
  return result.error.code === 404 || result.error.code === 409 ? 'gone' : 'failed'
}

const bindingRef: KindRef = binding

function bindOperation({ namespace, name, uid, nodeName }: Bind): Operation {
  const object = {
    apiVersion: 'v1',
    kind: bindingRef.kind,
    metadata: { name, namespace, uid },
    target: { kind: 'Node', name: nodeName },
  } as KubeObject
  return { verb: 'create', kind: podKind, object, options: { subresource: 'binding', name } }
}

function scheduledEvent({ namespace, name, uid, nodeName }: Bind): Operation {
  const message = `Successfully assigned ${namespace}/${name} to ${nodeName}`
  return eventOperation({ namespace, name, uid }, 'Normal', 'Scheduled', message)
}

function conditionOperation(
  { metadata: { name = '', uid, generation } }: V1Pod,
  said: { readonly reason: string; readonly message: string },
): Operation {
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    ...said,
    lastTransitionTime: formatTime(systemClock.now()),
    ...(generation === undefined ? {} : { observedGeneration: generation }),
  }
  const patch = { metadata: { uid }, status: { conditions: [condition] } }
  return { verb: 'patch', kind: podKind, name, type: 'strategic', patch, options: { subresource: 'status' } }
}

/** Upstream cuts notes so, that a pod with many reasons still gets its Event (schedule_one.go, truncateMessage). */
const MAX_NOTE_BYTES = 1_024
const CUT = ' ...'

function cutNote(message: string): string {
  const bytes = new TextEncoder().encode(message)
  if (bytes.length <= MAX_NOTE_BYTES) return message
  // `stream` leaves out a character that the cut goes through.
  return new TextDecoder().decode(bytes.subarray(0, MAX_NOTE_BYTES - CUT.length), { stream: true }) + CUT
}

/** As an events.k8s.io recorder writes it: a time and an action, no count and no source. */
function eventOperation(
  pod: { readonly namespace: string; readonly name: string; readonly uid: string },
  type: 'Normal' | 'Warning',
  reason: string,
  message: string,
): Operation {
  const nowMs = systemClock.now()
  const nanoseconds = BigInt(nowMs) * 1_000_000n + BigInt(Math.floor(systemRandom.next() * 1_000_000))
  const object = {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: eventName(pod.name, nanoseconds, systemRandom), namespace: pod.namespace },
    involvedObject: { apiVersion: 'v1', kind: 'Pod', ...pod },
    type,
    reason,
    message: cutNote(message),
    action: type === 'Normal' ? 'Binding' : 'Scheduling',
    eventTime: formatMicroTime(nowMs),
    reportingComponent: DEFAULT_SCHEDULER_NAME,
    reportingInstance: DEFAULT_SCHEDULER_NAME,
  }
  return { verb: 'create', kind: event, object }
}
