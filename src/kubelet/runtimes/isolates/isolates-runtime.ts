/**
 * The runtime of RuntimeClass `worker`: JavaScript and Wasm modules in isolates that the platform makes on demand. A
 * pod that serves costs nothing while nobody asks it; one that runs does so within one long call.
 */
import type { V1Container, V1Pod, V1Probe } from '../../../apis/generated/types.ts'
import { ApiStatusError } from '../../../apimachinery/status-error.ts'
import { specOfContainer } from '../../lifecycle/observe.ts'
import { specOf } from '../../lifecycle/pod-life.ts'
import type { LogOptions } from '../../logs/log-options.ts'
import { assertHasLog } from '../../logs/log-text.ts'
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
import { BusyMarker } from './busy-marker.ts'
import { ISOLATES_CAPACITY } from './capacity.ts'
import type { Configuration } from './configuration.ts'
import { readConfiguration } from './configuration.ts'
import { resolveEnvironment } from './environment.ts'
import { IsolateContainer, KILLED_EXIT_CODE } from './isolate-container.ts'
import { portOf, probeIsolate } from './isolate-probe.ts'
import { LogStore } from './log-store.ts'
import { lostContainers } from './lost-containers.ts'
import type { IsolatesPorts } from './isolates-ports.ts'
import { programOf, startedOf } from './program.ts'
import type { Mode } from './sandbox-store.ts'
import { mountedFiles, resolveVolumes } from './volumes.ts'

export class IsolatesRuntime implements PodRuntime {
  readonly name = 'isolates'
  readonly #ports: IsolatesPorts

  constructor(ports: IsolatesPorts) {
    this.#ports = ports
  }

  capacity(): Readonly<Record<string, string>> {
    return ISOLATES_CAPACITY
  }

  open(pod: V1Pod, listener: RuntimeListener): IsolateSandbox {
    return new IsolateSandbox(pod, this.#ports, listener)
  }
}

export class IsolateSandbox implements PodSandbox {
  readonly #ports: IsolatesPorts
  readonly #listener: RuntimeListener
  readonly #uid: string
  readonly #lost: readonly LostContainer[]
  readonly #containers = new Map<string, IsolateContainer>()
  readonly #specs = new Map<string, V1Container>()
  /** What was read for the pod's volumes, for the first start, which follows at once. */
  #fresh: Configuration | undefined
  readonly logStore: LogStore

  constructor(pod: V1Pod, ports: IsolatesPorts, listener: RuntimeListener) {
    this.#ports = ports
    this.#listener = listener
    this.#uid = pod.metadata.uid ?? ''
    this.logStore = new LogStore(ports.store.sql, ports.clock)
    this.#lost = lostContainers(this.#uid, ports)
    for (const { container, reason } of this.#lost.map(({ container, exit }) => ({
      container,
      reason: exit.message ?? '',
    }))) {
      const { attempt = 0 } = ports.store.programs().find((program) => program.container === container) ?? {}
      this.logStore.append(container, attempt, [[ports.clock.now(), `workernetes: ${reason}`]], 0)
      ports.store.setMode(container, 'ended')
    }
    for (const { container, attempt, mode, startedMs } of ports.store.programs()) {
      if (mode === 'serve') this.#adopt(pod, container, attempt, startedMs, mode)
    }
  }

  /** Code of the pod is being run. */
  get isBusy(): boolean {
    return [...this.#containers.values()].some((container) => container.isBusy)
  }

  lost(): readonly LostContainer[] {
    return this.#lost
  }

  async prepare(pod: V1Pod): Promise<Prepared> {
    this.#fresh = readConfiguration(this.#ports.client, pod.metadata.namespace ?? '')
    await resolveVolumes(pod, { configuration: this.#fresh, token: this.#ports.token })
    return { podIPs: [addressFromUid(this.#uid)], hostIPs: this.#ports.hostIPs }
  }

  async start(pod: V1Pod, container: V1Container, attempt: number): Promise<Started> {
    const { store, clock, token } = this.#ports
    const configuration = this.#configuration(pod)
    const env = await resolveEnvironment(pod, container, configuration)
    const volumes = await resolveVolumes(pod, { configuration, token })
    const program = programOf(container, mountedFiles(container, volumes), env)
    store.keepProgram(container.name, attempt, program, clock.now())
    const one = this.#adopt(pod, container.name, attempt, clock.now(), 'starting')
    const { initContainers = [], restartPolicy = 'Always' } = specOf(pod)
    const isInit = initContainers.some(({ name }) => name === container.name) && container.restartPolicy !== 'Always'
    try {
      await one.start(isInit || restartPolicy !== 'Always')
    } catch (error) {
      this.#containers.delete(container.name)
      throw new RuntimeError('RunContainerError', error instanceof Error ? error.message : String(error), error)
    }
    return startedOf(this.#uid, container.name, attempt)
  }

  stop(container: string): Promise<void> {
    this.#containers.get(container)?.stop()
    return Promise.resolve()
  }

  kill(container: string): Promise<void> {
    this.#containers.get(container)?.kill()
    return Promise.resolve()
  }

  release(): Promise<void> {
    this.#containers.clear()
    return Promise.resolve()
  }

  probe(container: V1Container, probe: V1Probe): Promise<ProbeAnswer> {
    const one = this.#containers.get(container.name)
    return probeIsolate(container, probe, {
      podIP: addressFromUid(this.#uid),
      clock: this.#ports.clock,
      isListening: one?.isListening === true,
      fetch: (request) => one?.probe(request) ?? Promise.reject(new Error('connection refused')),
    })
  }

  async fetch(port: number, request: Request): Promise<Response> {
    const container = this.listenerOn(port)
    if (container === undefined) return new Response(`nothing listens on port ${String(port)}\n`, { status: 502 })
    return container.fetch(request)
  }

  /** The container that serves a port: the one that declares it, else the only one that serves at all. */
  listenerOn(port: number): IsolateContainer | undefined {
    const serving = [...this.#containers].filter(([, container]) => container.isListening)
    const declared = serving.find(([name]) => {
      const spec = this.#specs.get(name)
      return spec?.ports?.some(({ containerPort }) => portOf(spec, containerPort) === port)
    })
    if (declared !== undefined) return declared[1]
    return serving.length === 1 ? serving[0]?.[1] : undefined
  }

  async logs(pod: V1Pod, options: LogOptions): Promise<ReadableStream<Uint8Array>> {
    assertHasLog(pod, options)
    const kept = this.#ports.store.programs().find(({ container }) => container === options.container)
    const { attempt = 0, mode = 'ended' } = kept ?? {}
    const shown = options.isPrevious ? attempt - 1 : attempt
    return this.logStore.read(options, shown, mode !== 'ended')
  }

  exec(): Promise<never> {
    const why = 'exec is not supported by isolates: they have no processes'
    return Promise.reject(new ApiStatusError('MethodNotAllowed', why))
  }

  stats(): Promise<readonly ContainerStats[]> {
    const programs = this.#ports.store.programs()
    return Promise.resolve(
      programs.map(({ container }) => ({ container, logBytes: this.logStore.sizeBytes(container) })),
    )
  }

  /** The platform cut an invocation off: for want of memory or processor time, the container with it. */
  tailed(container: string, attempt: number, outcome: string): void {
    const one = this.#containers.get(container)
    if (one?.attempt !== attempt) return
    this.logStore.append(
      container,
      attempt,
      [[this.#ports.clock.now(), `workernetes: the isolate ended: ${outcome}`]],
      0,
    )
    if (outcome === 'exceededMemory') one.end({ exitCode: KILLED_EXIT_CODE, reason: 'OOMKilled' })
    if (outcome === 'exceededCpu')
      one.end({ exitCode: KILLED_EXIT_CODE, message: 'the processor time limit was exceeded' })
  }

  #configuration(pod: V1Pod): Configuration {
    const fresh = this.#fresh
    this.#fresh = undefined
    return fresh ?? readConfiguration(this.#ports.client, pod.metadata.namespace ?? '')
  }

  #adopt(pod: V1Pod, name: string, attempt: number, startedAtMs: number, mode: Mode): IsolateContainer {
    const { clock, store, loader } = this.#ports
    const spec = specOfContainer(pod, name)
    if (spec !== undefined) this.#specs.set(name, spec)
    const marker = new BusyMarker(this.#ports, name)
    const isolate = loader.load({
      id: `${this.#uid}/${name}/${String(attempt)}`,
      container: name,
      attempt,
      program: () => {
        const program = store.program(name)
        if (program === undefined) throw new Error(`the program of container ${name} is gone`)
        return program
      },
    })
    const container = new IsolateContainer(
      {
        clock,
        isolate,
        marker,
        log: (text) => this.logStore.append(name, attempt, [[clock.now(), text]], 0),
        modeChanged: (next) => store.setMode(name, next),
        ended: (exit) => {
          marker.clear()
          this.logStore.close(name, attempt)
          this.#containers.delete(name)
          this.#listener.exited(name, attempt, exit)
        },
      },
      attempt,
      startedAtMs,
      mode,
    )
    this.#containers.set(name, container)
    return container
  }
}
