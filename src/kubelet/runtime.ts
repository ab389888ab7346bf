/**
 * The contract of everything that can run a pod. A runtime runs what it is told and reports what happens; when to
 * start, probe, restart or end is decided by the pod's life (lifecycle/), the same for every runtime.
 * `podRuntimeSuite` in the tests is this contract as code.
 */
import type { V1Container, V1Pod, V1Probe } from '../apis/generated/types.ts'
import type { Exit } from './lifecycle/pod-life.ts'
import type { LogOptions } from './logs/log-options.ts'

export interface PodRuntime {
  /** The value of a node's label `workernetes.dev/runtime`. */
  readonly name: string
  /** What a node of this runtime offers by default, as quantities by resource name: `{ cpu: '8', pods: '110' }`. */
  capacity(): Readonly<Record<string, string>>
  /**
   * Takes charge of one pod, also of one whose containers run since before this kubelet woke up; nothing is started
   * by it. `listener` is told of every end of a container from now on, at most once per attempt.
   */
  open(pod: V1Pod, listener: RuntimeListener): PodSandbox
}

export interface RuntimeListener {
  /** A container has ended by itself, because it was stopped, or because whatever it ran in is gone. */
  exited(container: string, attempt: number, exit: Exit): void
}

export interface Prepared {
  readonly podIPs: readonly string[]
  readonly hostIPs: readonly string[]
}

export interface Started {
  /** `type://id`; different for every attempt. */
  readonly containerID: string
  readonly imageID: string
}

export interface ProbeAnswer {
  readonly isSuccess: boolean
  /** Why it failed, in upstream's words; unused on success. */
  readonly message: string
}

export interface ContainerStats {
  readonly container: string
  /** Total processor time so far, in nanoseconds; undefined where the platform does not say. */
  readonly cpuNanoseconds?: number
  readonly memoryBytes?: number
  readonly logBytes: number
}

/** A container that ended while its kubelet was away. */
export interface LostContainer {
  readonly container: string
  readonly attempt: number
  readonly exit: Exit
  /** For one that was lost while it started. */
  readonly started: Started
}

export interface PodSandbox {
  /** Containers that ended unseen, because what they ran in is gone. Asked once, right after `open`. */
  lost(): readonly LostContainer[]
  /**
   * Volumes and addresses, before the first container. Throws RuntimeError (FailedMount, FailedCreatePodSandBox); it is
   * called again later then, so it takes back what it had begun. Calling it twice is harmless.
   */
  prepare(pod: V1Pod): Promise<Prepared>
  /**
   * Starts attempt `attempt` of a container; resolves when its code runs, not when it is ready. Throws RuntimeError
   * (CreateContainerConfigError, ErrImagePull, RunContainerError, …) when nothing was started. A program that ends at
   * once has started: it is reported by `exited`.
   */
  start(pod: V1Pod, container: V1Container, attempt: number): Promise<Started>
  /** Asks a container to end within `graceMs`; resolves when asked. Its end is reported by `exited`. */
  stop(container: string, graceMs: number): Promise<void>
  /** Ends a container now; `exited` follows, with exit code 137 unless it ended by itself. */
  kill(container: string): Promise<void>
  /** Gives back everything but the logs. Nothing runs when it is called. */
  release(): Promise<void>
  /** One probe, within its timeoutSeconds. Never throws: what goes wrong is an answer. */
  probe(container: V1Container, probe: V1Probe): Promise<ProbeAnswer>
  /**
   * A request into the pod's port; streams and WebSockets pass through untouched. 502 when nothing listens there.
   */
  fetch(port: number, request: Request): Promise<Response>
  /**
   * What a container printed, as `kubectl logs` wants it. Throws ApiStatusError (BadRequest) for what upstream
   * refuses.
   */
  logs(pod: V1Pod, options: LogOptions): Promise<ReadableStream<Uint8Array>>
  /** Always refused where there are no processes: ApiStatusError (MethodNotAllowed). */
  exec(container: string, command: readonly string[]): Promise<never>
  stats(): Promise<readonly ContainerStats[]>
}

/** A pod or container cannot be started, with the reason its status or Event shows. */
export class RuntimeError extends Error {
  /** FailedMount for volumes; CreateContainerConfigError, ErrImagePull, RunContainerError, … for a container. */
  readonly reason: string

  constructor(reason: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'RuntimeError'
    this.reason = reason
  }
}
