/**
 * The kubelet of one pod on any runtime: drives the pod's life (lifecycle/) with what the runtime does and reports, and
 * writes the status. It remembers the life before it acts, so an evicted or killed kubelet goes on where it was.
 *
 * Turns never overlap; whatever is seen during one is taken into the next.
 */
import type { V1Pod } from '../apis/generated/types.ts'
import { hasReason } from '../apimachinery/status-error.ts'
import type { Client } from '../client/client.ts'
import type { Clock } from '../lib/clock.ts'
import { advance } from './lifecycle/advance.ts'
import { specOfContainer } from './lifecycle/observe.ts'
import type { Action, Exit, Observation, PodLife } from './lifecycle/pod-life.ts'
import { isAnswerOwed, newPodLife, resumedLife } from './lifecycle/pod-life.ts'
import { probeOf } from './lifecycle/probes.ts'
import { podStatus } from './lifecycle/status.ts'
import type { PodEvents } from './pod-events.ts'
import { recordEvent } from './pod-events.ts'
import { POD } from './pod-kind.ts'
import type { LostContainer, PodRuntime, PodSandbox } from './runtime.ts'
import { RuntimeError } from './runtime.ts'

/** What must survive the kubelet itself. */
export interface PodMemory {
  load(): { readonly pod: V1Pod; readonly life: PodLife } | undefined
  /** Durable before anything that follows from it is seen outside. */
  save(pod: V1Pod, life: PodLife): void
  clear(): void
}

export interface PodKubeletOptions {
  readonly client: Client
  readonly clock: Clock
  readonly events: PodEvents
  readonly runtime: PodRuntime
  readonly memory: PodMemory
  /** Call `wake` at this time, also after an eviction; undefined: there is nothing to wait for. */
  wakeAt(timeMs: number | undefined): void
  onError(error: unknown): void
}

/** A status or a DELETE that could not be written is tried again after this. */
const WRITE_AGAIN_MS = 2_000

/** While the runtime owes an answer: the next look, in case this kubelet does not live to hear it. */
const LOOK_AGAIN_MS = 5_000

/** How often a status is written anew because somebody else changed the pod meanwhile, before it waits. */
const MAX_CONFLICTS = 5

export class PodKubelet {
  readonly #options: PodKubeletOptions
  #pod: V1Pod | undefined
  #life: PodLife | undefined
  #sandbox: PodSandbox | undefined
  #sent: string | undefined
  #seen: Observation[] = []
  #turn: Promise<void> | undefined
  /** Turns do not wait for reports: the next one says all that has happened meanwhile. */
  #reporting: Promise<void> | undefined
  #isReportOwed = false
  #isDeleteOwed = false
  #wakeAtMs = Infinity
  /** Starts without an answer yet, and the exits that came before it. */
  readonly #starting = new Map<string, { container: string; attempt: number; exit: Exit }[]>()
  readonly #running = new Set<Promise<void>>()

  constructor(options: PodKubeletOptions) {
    this.#options = options
    const kept = options.memory.load()
    if (kept === undefined) return
    this.#pod = kept.pod
    this.#sandbox = this.#open(kept.pod)
    const lost = this.#sandbox.lost()
    this.#life = resumedLife(kept.life, lost.map(({ container }) => container))
    this.#seen.push(...lost.flatMap(lostObservations))
  }

  get pod(): V1Pod | undefined {
    return this.#pod
  }

  get sandbox(): PodSandbox | undefined {
    return this.#sandbox
  }

  /** The pod as the API has it now; resolves when what follows at once is done and reported. */
  observe(pod: V1Pod): Promise<void> {
    // What is told twice, or late, must not undo what was written since.
    if (this.#pod === undefined || revisionOf(pod) >= revisionOf(this.#pod)) this.#pod = pod
    if (this.#life === undefined || this.#sandbox === undefined) {
      this.#life = newPodLife(pod, this.#options.clock.now())
      this.#sandbox = this.#open(pod)
    }
    return this.wake()
  }

  /** The pod is gone from the API without having ended here: whatever runs is ended now. */
  async gone(): Promise<void> {
    const sandbox = this.#sandbox
    const names = Object.keys(this.#life?.containers ?? {})
    this.#pod = undefined
    this.#life = undefined
    this.#sandbox = undefined
    this.#options.memory.clear()
    this.#isReportOwed = false
    this.#wakeAt(Infinity)
    for (const name of names) await sandbox?.kill(name)
    await sandbox?.release()
  }

  /** Looks what there is to do: at `wakeAt`, or to be sure. Resolves when it is reported. */
  async wake(): Promise<void> {
    this.#turn ??= this.#turns()
    await this.#turn
    await this.#reporting
  }

  /** Resolves when nothing is under way any more; containers may run on. */
  async settled(): Promise<void> {
    while (this.#turn !== undefined || this.#reporting !== undefined || this.#running.size > 0) {
      await this.#turn
      await this.#reporting
      await Promise.all(this.#running)
    }
  }

  #open(pod: V1Pod): PodSandbox {
    return this.#options.runtime.open(pod, {
      exited: (container, attempt, exit) => {
        const early = this.#starting.get(container)
        if (early !== undefined) early.push({ container, attempt, exit })
        else this.#see({ type: 'exited', container, attempt, exit })
      },
    })
  }

  #see(...observations: Observation[]): void {
    this.#seen.push(...observations)
    this.wake().catch(this.#options.onError)
  }

  async #turns(): Promise<void> {
    // Lets everything that is seen at the same moment go into one turn.
    await Promise.resolve()
    try {
      do this.#once()
      while (this.#seen.length > 0 && this.#pod !== undefined)
    } finally {
      // With the last look and not after it: what is seen next needs a turn of its own.
      this.#turn = undefined
    }
  }

  #once(): void {
    const { clock, memory } = this.#options
    if (this.#pod === undefined || this.#life === undefined) return
    const seen = this.#seen
    this.#seen = []
    const { life, actions, wakeAtMs } = advance(this.#pod, this.#life, seen, clock.now())
    this.#life = life
    memory.save(this.#pod, life)
    this.#wakeAt(isAnswerOwed(life) ? Math.min(wakeAtMs, clock.now() + LOOK_AGAIN_MS) : wakeAtMs)
    for (const action of actions) {
      if (action.type === 'delete') this.#isDeleteOwed = true
      else this.#begin(this.#perform(this.#pod, action))
    }
    this.#isReportOwed = true
    this.#reporting ??= this.#reportAll()
  }

  #wakeAt(timeMs: number): void {
    this.#wakeAtMs = timeMs
    this.#options.wakeAt(Number.isFinite(timeMs) ? timeMs : undefined)
  }

  async #reportAll(): Promise<void> {
    // What is done at the same moment goes into one report.
    await Promise.resolve()
    while (this.#isReportOwed) {
      const isLast = this.#isDeleteOwed
      this.#isReportOwed = false
      this.#isDeleteOwed = false
      try {
        await this.#report()
        if (isLast) await this.#delete()
      } catch (error) {
        this.#options.onError(error)
        this.#sent = undefined
        this.#wakeAt(Math.min(this.#wakeAtMs, this.#options.clock.now() + WRITE_AGAIN_MS))
      }
    }
    this.#reporting = undefined
  }

  #begin(work: Promise<void>): void {
    const tracked = work.catch(this.#options.onError).finally(() => this.#running.delete(tracked))
    this.#running.add(tracked)
  }

  async #perform(pod: V1Pod, action: Action): Promise<void> {
    const sandbox = this.#sandbox
    if (sandbox === undefined) return
    switch (action.type) {
      case 'event':
        return recordEvent(this.#options.events, pod, action)
      case 'prepare':
        return this.#prepare(pod, sandbox)
      case 'start':
        return this.#start(pod, sandbox, action)
      case 'stop':
        return sandbox.stop(action.container, action.graceMs)
      case 'kill':
        return sandbox.kill(action.container)
      case 'probe':
        return this.#probe(pod, sandbox, action)
      case 'release':
        return sandbox.release()
      case 'delete':
        return undefined
    }
  }

  async #prepare(pod: V1Pod, sandbox: PodSandbox): Promise<void> {
    try {
      this.#see({ type: 'prepared', ...(await sandbox.prepare(pod)) })
    } catch (error) {
      this.#see({ type: 'prepareFailed', ...this.#refusal(error, 'FailedCreatePodSandBox') })
    }
  }

  async #start(pod: V1Pod, sandbox: PodSandbox, action: Extract<Action, { type: 'start' }>): Promise<void> {
    const { container, attempt } = action
    const spec = specOfContainer(pod, container)
    if (spec === undefined) return
    const early: { container: string; attempt: number; exit: Exit }[] = []
    this.#starting.set(container, early)
    let answer: Observation
    try {
      const started = await sandbox.start(pod, spec, attempt)
      answer = { type: 'started', container, attempt, ...started, atMs: this.#options.clock.now() }
    } catch (error) {
      answer = { type: 'startFailed', container, attempt, ...this.#refusal(error, 'RunContainerError') }
    }
    this.#starting.delete(container)
    this.#see(answer, ...early.map((exit) => ({ type: 'exited' as const, ...exit })))
  }

  async #probe(pod: V1Pod, sandbox: PodSandbox, action: Extract<Action, { type: 'probe' }>): Promise<void> {
    const spec = specOfContainer(pod, action.container)
    const probe = spec === undefined ? undefined : probeOf(spec, action.probe)
    if (spec === undefined || probe === undefined) return
    const answer = await sandbox.probe(spec, probe)
    this.#see({ ...action, type: 'probed', ...answer })
  }

  #refusal(error: unknown, fallback: string): { reason: string; message: string } {
    if (error instanceof RuntimeError) return { reason: error.reason, message: error.message }
    this.#options.onError(error)
    return { reason: fallback, message: error instanceof Error ? error.message : String(error) }
  }

  async #report(): Promise<void> {
    for (let conflicts = 0; this.#pod !== undefined && this.#life !== undefined; conflicts++) {
      const pod = this.#pod
      const status = podStatus(pod, this.#life, this.#options.clock.now())
      const printed = JSON.stringify(status)
      if (printed === this.#sent) return
      try {
        const written = await this.#options.client.updateStatus(POD, { ...pod, status })
        this.#sent = printed
        // Unless a newer one came in meanwhile.
        if (this.#pod === pod) this.#pod = { ...written, status }
        return
      } catch (error) {
        if (hasReason(error, 'NotFound')) return this.gone()
        if (!hasReason(error, 'Conflict') || conflicts >= MAX_CONFLICTS) throw error
        await this.#reread(pod)
      }
    }
  }

  async #reread({ metadata: { name = '', namespace = '', uid } }: V1Pod): Promise<void> {
    const current = await this.#options.client.find(POD, { namespace, name })
    if (current === undefined || current.metadata.uid !== uid) await this.gone()
    else this.#pod = current
  }

  async #delete(): Promise<void> {
    const { name = '', namespace = '', uid = '' } = this.#pod?.metadata ?? {}
    try {
      await this.#options.client.delete(POD, { namespace, name }, { gracePeriodSeconds: 0, preconditions: { uid } })
    } catch (error) {
      if (!hasReason(error, 'NotFound', 'Conflict')) throw error
    }
    const isHeld = (this.#pod?.metadata.finalizers ?? []).length > 0
    if (!isHeld) await this.gone()
  }
}

function revisionOf({ metadata }: V1Pod): number {
  return Number(metadata.resourceVersion ?? 0)
}

function lostObservations({ container, attempt, exit, started }: LostContainer): Observation[] {
  const about = { container, attempt } as const
  return [
    { type: 'started', ...about, ...started, atMs: exit.startedAtMs ?? exit.finishedAtMs },
    { type: 'exited', ...about, exit },
  ]
}
