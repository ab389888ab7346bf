/**
 * What a kubelet remembers of one pod between two looks at it: plain JSON, so that a Durable Object can keep it and an
 * evicted kubelet goes on where it was. Times are milliseconds since the Unix epoch.
 *
 * Invariants: restart counts only grow; once `terminalPhase` is set it stays.
 */
import { cloneJson } from '../../apimachinery/patch/json-value.ts'
import type { V1Container, V1Pod, V1PodSpec } from '../../apis/generated/types.ts'

export type ProbeKind = 'startup' | 'readiness' | 'liveness'

export const PROBE_KINDS: readonly ProbeKind[] = ['startup', 'readiness', 'liveness']

/** How a container's process ended. */
export interface Exit {
  readonly exitCode: number
  /** Left out: Completed for 0, Error otherwise. */
  readonly reason?: string
  readonly message?: string
  readonly containerID?: string
  readonly startedAtMs?: number
  readonly finishedAtMs: number
}

export interface ProbeLife {
  nextAtMs: number
  isRunning: boolean
  /** What the pod's status is told; changes only after as many answers in a row as the threshold says. */
  result: 'unknown' | 'success' | 'failure'
  lastAnswer?: 'success' | 'failure'
  answersInARow: number
}

export interface ContainerLife {
  /**
   * waiting: not started in this attempt; starting: the runtime was asked; running; stopping: was running and was asked
   * to end; exited: ended, see `exit`.
   */
  state: 'waiting' | 'starting' | 'running' | 'stopping' | 'exited'
  restartCount: number
  /** Why it waits, where that is not the usual ContainerCreating or PodInitializing. */
  waiting?: { reason: string; message?: string }
  /** When a refused start is tried again. */
  retryAtMs?: number
  containerID?: string
  imageID?: string
  startedAtMs?: number
  exit?: Exit
  /** How the attempt before this one ended. */
  lastExit?: Exit
  backOff?: { delayMs: number; updatedAtMs: number }
  /** The delay before the next try of a refused start. */
  retryDelayMs?: number
  /** It was stopped in order to be started anew, whatever its exit code says. */
  mustRestart?: boolean
  stopDeadlineMs?: number
  isKilled?: boolean
  probes: Partial<Record<ProbeKind, ProbeLife>>
}

export type TerminalPhase = 'Succeeded' | 'Failed'

export interface PodLife {
  readonly uid: string
  readonly startedAtMs: number
  sandbox: 'none' | 'preparing' | 'ready' | 'released'
  sandboxRetryAtMs?: number
  sandboxRetryDelayMs?: number
  podIPs: string[]
  hostIPs: string[]
  containers: Record<string, ContainerLife>
  /** Nothing is started any more; all that runs is stopped within `graceMs` of `sinceMs`. */
  ending?: { sinceMs: number; graceMs: number }
  /** Why the pod as a whole failed: DeadlineExceeded, …. */
  failure?: { reason: string; message: string }
  terminalPhase?: TerminalPhase
  /** The final DELETE was asked for; it is asked again if the pod is still there then. */
  deleteAgainAtMs?: number
}

/** What a runtime, a probe or the passing of time has shown. */
export type Observation =
  | { readonly type: 'prepared'; readonly podIPs: readonly string[]; readonly hostIPs: readonly string[] }
  | { readonly type: 'prepareFailed'; readonly reason: string; readonly message: string }
  | {
      readonly type: 'started'
      readonly container: string
      readonly attempt: number
      readonly containerID: string
      readonly imageID: string
      readonly atMs: number
    }
  | {
      readonly type: 'startFailed'
      readonly container: string
      readonly attempt: number
      readonly reason: string
      readonly message: string
    }
  | { readonly type: 'exited'; readonly container: string; readonly attempt: number; readonly exit: Exit }
  | {
      readonly type: 'probed'
      readonly container: string
      readonly attempt: number
      readonly probe: ProbeKind
      readonly isSuccess: boolean
      readonly message: string
    }

/** What is to be done next. */
export type Action =
  /** Volumes, address: everything that comes before the first container. */
  | { readonly type: 'prepare' }
  | { readonly type: 'start'; readonly container: string; readonly attempt: number }
  /** Ask the container to end within the grace period; the runtime reports `exited`. */
  | { readonly type: 'stop'; readonly container: string; readonly graceMs: number }
  /** The grace period is over: end it now. */
  | { readonly type: 'kill'; readonly container: string }
  | { readonly type: 'probe'; readonly container: string; readonly attempt: number; readonly probe: ProbeKind }
  /** Nothing runs any more: give back what `prepare` took. */
  | { readonly type: 'release' }
  /** The last DELETE, grace period 0, on condition of the uid. */
  | { readonly type: 'delete' }
  | {
      readonly type: 'event'
      readonly eventType: 'Normal' | 'Warning'
      readonly reason: string
      readonly message: string
      /** The container it is about, for involvedObject.fieldPath. */
      readonly container?: string
    }

export function newPodLife(pod: V1Pod, nowMs: number): PodLife {
  const containers: Record<string, ContainerLife> = {}
  for (const { name } of allContainers(pod)) containers[name] = newContainerLife()
  return { uid: pod.metadata.uid ?? '', startedAtMs: nowMs, sandbox: 'none', podIPs: [], hostIPs: [], containers }
}

function newContainerLife(): ContainerLife {
  return { state: 'waiting', restartCount: 0, probes: {} }
}

/**
 * The life after its kubelet was away: what was asked of the runtime without an answer is asked again, and probes
 * that were under way are made anew. Starts of `lost` containers are not: they were what took the kubelet down, and
 * their end is about to be observed.
 */
export function resumedLife(life: PodLife, lost: readonly string[] = []): PodLife {
  const resumed = cloneJson(life)
  if (resumed.sandbox === 'preparing') resumed.sandbox = 'none'
  for (const [name, container] of Object.entries(resumed.containers)) {
    if (container.state === 'starting' && !lost.includes(name)) container.state = 'waiting'
    if (container.state === 'stopping') container.isKilled = false
    for (const probe of Object.values(container.probes)) probe.isRunning = false
  }
  return resumed
}

/** The runtime owes an answer: should the kubelet end before it comes, it must be asked again. */
export function isAnswerOwed({ sandbox, containers }: PodLife): boolean {
  if (sandbox === 'preparing') return true
  return Object.values(containers).some(
    ({ state, probes }) => state === 'starting' || Object.values(probes).some(({ isRunning }) => isRunning),
  )
}

export function specOf(pod: V1Pod): V1PodSpec {
  return pod.spec ?? { containers: [] }
}

/** Init containers first, in the order they start. */
export function allContainers(pod: V1Pod): V1Container[] {
  const { initContainers = [], containers } = specOf(pod)
  return [...initContainers, ...containers]
}

/** An init container that keeps running beside the others: a sidecar. */
export function isSidecar(container: V1Container): boolean {
  return container.restartPolicy === 'Always'
}

export function containerLife(life: PodLife, name: string): ContainerLife {
  return (life.containers[name] ??= newContainerLife())
}

export function isActive({ state }: ContainerLife): boolean {
  return state === 'starting' || state === 'running' || state === 'stopping'
}

/** `name_namespace(uid)`, as pkg/kubelet/util/format/pod.go prints a pod. */
export function formatPod({ metadata }: V1Pod): string {
  return `${metadata.name ?? ''}_${metadata.namespace ?? ''}(${metadata.uid ?? ''})`
}
