/**
 * The simulated runtime behind the PodRuntime contract, for pods driven one by one (PodKubelet), as the contract's
 * suite drives every runtime. Nodes with many pods use the batching kubelet beside it; both follow the same scripts.
 */
import type { V1Container, V1Pod, V1Probe } from '../../../apis/generated/types.ts'
import { ApiStatusError } from '../../../apimachinery/status-error.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { LogOptions } from '../../logs/log-options.ts'
import { allContainers } from '../../lifecycle/pod-life.ts'
import { addressFromUid } from '../../pod-address.ts'
import type {
  ContainerStats,
  LostContainer,
  PodRuntime,
  PodSandbox,
  Prepared,
  ProbeAnswer,
  RuntimeListener,
  Started,
} from '../../runtime.ts'
import { RuntimeError } from '../../runtime.ts'
import { SIMULATED_CAPACITY } from './capacity.ts'
import { simulatedLog } from './simulated-log.ts'
import { SIMULATED_IMAGE_ID } from './simulated-pod.ts'
import type { Script } from './stages.ts'
import { scriptOf } from './stages.ts'

export class SimulatedRuntime implements PodRuntime {
  readonly name = 'simulated'
  readonly #clock: Clock

  constructor(clock: Clock) {
    this.#clock = clock
  }

  capacity(): Readonly<Record<string, string>> {
    return SIMULATED_CAPACITY
  }

  open(pod: V1Pod, listener: RuntimeListener): PodSandbox {
    return new SimulatedSandbox(pod, this.#clock, listener)
  }
}

interface Running {
  readonly attempt: number
  readonly script: Script
  readonly startedAtMs: number
  cancel: () => void
}

class SimulatedSandbox implements PodSandbox {
  readonly #uid: string
  readonly #clock: Clock
  readonly #listener: RuntimeListener
  readonly #running = new Map<string, Running>()

  constructor(pod: V1Pod, clock: Clock, listener: RuntimeListener) {
    this.#uid = pod.metadata.uid ?? ''
    this.#clock = clock
    this.#listener = listener
  }

  /** Nothing really runs, so nothing is lost. */
  lost(): readonly LostContainer[] {
    return []
  }

  prepare(pod: V1Pod): Promise<Prepared> {
    for (const container of allContainers(pod)) {
      const { prepareFailure: failure } = scriptOf(pod, container)
      if (failure !== undefined) return Promise.reject(new RuntimeError(failure.reason, failure.message))
    }
    return Promise.resolve({ podIPs: [addressFromUid(this.#uid)], hostIPs: [] })
  }

  async start(pod: V1Pod, container: V1Container, attempt: number): Promise<Started> {
    const script = scriptOf(pod, container)
    if (script.startDelayMs > 0) await new Promise<void>((resolve) => this.#clock.after(script.startDelayMs, resolve))
    if (script.startFailure !== undefined)
      throw new RuntimeError(script.startFailure.reason, script.startFailure.message)
    const running: Running = { attempt, script, startedAtMs: this.#clock.now(), cancel: () => undefined }
    this.#running.set(container.name, running)
    if (script.exit !== undefined) {
      const { afterMs, exitCode } = script.exit
      running.cancel = this.#clock.after(afterMs, () => this.#end(container.name, exitCode))
    }
    const containerID = `simulated://${this.#uid}/${container.name}/${String(attempt)}`
    return { containerID, imageID: SIMULATED_IMAGE_ID }
  }

  stop(container: string): Promise<void> {
    if (this.#running.get(container)?.script.isStubborn !== true) this.#end(container, 0)
    return Promise.resolve()
  }

  kill(container: string): Promise<void> {
    this.#end(container, 137)
    return Promise.resolve()
  }

  release(): Promise<void> {
    for (const { cancel } of this.#running.values()) cancel()
    this.#running.clear()
    return Promise.resolve()
  }

  probe(container: V1Container, _probe: V1Probe): Promise<ProbeAnswer> {
    const { script, startedAtMs } = this.#running.get(container.name) ?? {}
    const isDead = script?.deadAfterMs !== undefined && this.#clock.now() - (startedAtMs ?? 0) >= script.deadAfterMs
    const isSuccess = script !== undefined && !script.isNeverReady && !isDead
    return Promise.resolve({ isSuccess, message: 'HTTP probe failed with statuscode: 503' })
  }

  fetch(port: number): Promise<Response> {
    return Promise.resolve(new Response(`simulated: nothing listens on port ${String(port)}\n`, { status: 502 }))
  }

  async logs(pod: V1Pod, options: LogOptions): Promise<ReadableStream<Uint8Array>> {
    return simulatedLog(pod, options)
  }

  exec(): Promise<never> {
    return Promise.reject(
      new ApiStatusError('MethodNotAllowed', 'exec is not supported by simulated nodes: nothing runs there'),
    )
  }

  stats(): Promise<readonly ContainerStats[]> {
    return Promise.resolve([...this.#running.keys()].map((container) => ({ container, logBytes: 0 })))
  }

  #end(container: string, exitCode: number): void {
    const running = this.#running.get(container)
    if (running === undefined) return
    running.cancel()
    this.#running.delete(container)
    const { attempt, startedAtMs, script } = running
    const reason = exitCode === script.exit?.exitCode ? script.exit.reason : undefined
    const exit = { exitCode, startedAtMs, finishedAtMs: this.#clock.now() }
    this.#listener.exited(container, attempt, reason === undefined ? exit : { ...exit, reason })
  }
}
