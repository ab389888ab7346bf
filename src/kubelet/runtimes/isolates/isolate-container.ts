/**
 * One attempt of a container in an isolate: loaded, then serving requests or running once. Its end is told exactly
 * once. An isolate cannot be stopped from outside: one that is killed is let go of, and whatever it still does is
 * ignored.
 */
import type { Clock } from '../../../lib/clock.ts'
import type { Exit } from '../../lifecycle/pod-life.ts'
import type { BusyMarker } from './busy-marker.ts'
import type { Isolate, RunAnswer } from './isolate-loader.ts'
import type { Mode } from './sandbox-store.ts'

/** 128 + SIGKILL: what a process that was killed reports. */
export const KILLED_EXIT_CODE = 137

/**
 * A server that is asked to end goes on until nobody has asked it for this long: those who send requests hear of its
 * end a moment later than it does (a router's copy of endpoints is a quarter of a second old). One that nobody asked
 * ends at once.
 */
export const DRAIN_MS = 500

/**
 * But no longer than this after it was told, though requests go on to come: where nothing else is ready they come to
 * it, and a Deployment that recreates its pods waits for its end.
 */
export const MAX_DRAIN_MS = 10_000

/** Of a termination message: upstream's MaxContainerTerminationMessageLength. */
const MAX_MESSAGE_CHARACTERS = 4_096

export interface ContainerPorts {
  readonly clock: Clock
  readonly isolate: Isolate
  readonly marker: BusyMarker
  /** A line of ours in the container's log. */
  log(text: string): void
  modeChanged(mode: Mode): void
  ended(exit: Exit): void
}

export class IsolateContainer {
  readonly attempt: number
  readonly #ports: ContainerPorts
  readonly #startedAtMs: number
  #mode: Mode
  #stopAskedMs: number | undefined
  #lastAskedMs = -Infinity
  #cancelDrain: () => void = () => undefined
  /** How to cut off each answer that goes on after its head. */
  readonly #open = new Set<() => void>()

  constructor(ports: ContainerPorts, attempt: number, startedAtMs: number, mode: Mode = 'starting') {
    this.#ports = ports
    this.attempt = attempt
    this.#startedAtMs = startedAtMs
    this.#mode = mode
  }

  get isListening(): boolean {
    return this.#mode === 'serve'
  }

  get isBusy(): boolean {
    return this.#ports.marker.calls > 0
  }

  get hasEnded(): boolean {
    return this.#mode === 'ended'
  }

  /** Loads the module and lets it serve or run. `prefersRun`: a pod that is to come to an end. */
  async start(prefersRun: boolean): Promise<void> {
    const { hasFetch = false, hasRun = false, error } = await this.#enter(() => this.#ports.isolate.start())
    if (error !== undefined) this.#fail(error)
    else if (hasRun && (prefersRun || !hasFetch)) {
      this.#become('run')
      // Runs on after the start has been reported; its end is told by `ended`.
      void this.#run()
    } else if (hasFetch) this.#become('serve')
    else this.#fail('workernetes: the module’s default export has neither fetch(request, env, ctx) nor run(env, ctx)')
  }

  /** Counts as running the container's code until the response's head is there. */
  fetch(request: Request): Promise<Response> {
    this.#lastAskedMs = this.#ports.clock.now()
    return this.probe(request)
  }

  /** A request of the kubelet's own, which is no reason to go on serving. */
  probe(request: Request): Promise<Response> {
    return this.#enter(() => this.#ports.isolate.fetch(request))
  }

  /**
   * An answer goes on after its head: the container is not at rest until the function returned is called. `cut` ends it
   * with the container.
   */
  hold(cut: () => void): () => void {
    if (this.#mode === 'ended') cut()
    else this.#open.add(cut)
    return () => {
      if (this.#open.delete(cut)) this.#endIfIdle()
    }
  }

  /** A server ends when its requests have and no more come; code that runs once is left to end by itself. */
  stop(): void {
    this.#stopAskedMs ??= this.#ports.clock.now()
    this.#endIfIdle()
  }

  kill(): void {
    this.end({ exitCode: KILLED_EXIT_CODE })
  }

  end(how: Omit<Exit, 'finishedAtMs'>): void {
    if (this.#mode === 'ended') return
    this.#cancelDrain()
    this.#become('ended')
    for (const cut of this.#open) cut()
    this.#open.clear()
    this.#ports.ended({ ...how, startedAtMs: this.#startedAtMs, finishedAtMs: this.#ports.clock.now() })
  }

  async #run(): Promise<void> {
    let answer: RunAnswer
    try {
      answer = await this.#enter(() => this.#ports.isolate.run())
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : String(error))
      return
    }
    if (answer.error === undefined) this.end({ exitCode: answer.exitCode ?? 0 })
    else this.#fail(answer.error)
  }

  async #enter<T>(call: () => Promise<T>): Promise<T> {
    const { marker } = this.#ports
    await marker.enter()
    try {
      return await call()
    } finally {
      marker.leave()
      this.#endIfIdle()
    }
  }

  #endIfIdle(): void {
    const stopAskedMs = this.#stopAskedMs
    if (stopAskedMs === undefined || this.#mode !== 'serve' || this.isBusy || this.#open.size > 0) return
    this.#cancelDrain()
    const { clock } = this.#ports
    const leftMs = Math.min(this.#lastAskedMs + DRAIN_MS, stopAskedMs + MAX_DRAIN_MS) - clock.now()
    if (leftMs > 0) this.#cancelDrain = clock.after(leftMs, () => this.#endIfIdle())
    else this.end({ exitCode: 0 })
  }

  #become(mode: Mode): void {
    if (this.#mode === 'ended') return
    this.#mode = mode
    this.#ports.modeChanged(mode)
  }

  /**
   * As Node.js does: the stack goes to the log, the exit code is 1. Differs: the status shows it, too, whatever the
   * terminationMessagePolicy: an isolate has no file to write a message to.
   */
  #fail(why: string): void {
    if (this.#mode === 'ended') return
    this.#ports.log(why)
    const isOutOfMemory = /exceeded.*memory|out of memory/i.test(why)
    const message = why.slice(0, MAX_MESSAGE_CHARACTERS)
    this.end(isOutOfMemory ? { exitCode: KILLED_EXIT_CODE, reason: 'OOMKilled', message } : { exitCode: 1, message })
  }
}
