/**
 * One simulated pod: its life, and a world that answers each action from the pod's script. Everything follows from the
 * pod, the script and the clock, so a kubelet that forgot all goes on from the pod's status.
 */
import type { V1Container, V1Pod, V1PodStatus } from '../../../apis/generated/types.ts'
import { advance } from '../../lifecycle/advance.ts'
import type { Action, Exit, Observation, PodLife } from '../../lifecycle/pod-life.ts'
import { allContainers, containerLife } from '../../lifecycle/pod-life.ts'
import { specOfContainer } from '../../lifecycle/observe.ts'
import { lifeFromStatus } from '../../lifecycle/rebuild.ts'
import { podStatus } from '../../lifecycle/status.ts'
import { addressFromUid } from '../../pod-address.ts'
import type { Script } from './stages.ts'
import { scriptOf } from './stages.ts'

/** More steps than any script has without time passing: a script that never comes to rest is a defect, and says so. */
const MAX_STEPS = 1_000

/** What simulated containers claim to be made of. */
export const SIMULATED_IMAGE_ID = 'simulated://sha256:0000000000000000000000000000000000000000000000000000000000000000'

export type EventAction = Extract<Action, { type: 'event' }>

export class SimulatedPod {
  #pod: V1Pod
  #life: PodLife
  #wakeAtMs = Infinity
  readonly #hostIPs: readonly string[]
  /** When each container was asked to start; forgotten with the object, which only makes the start a little later. */
  readonly #askedAtMs = new Map<string, number>()
  /** Containers that were told to end, and until when. */
  readonly #ending = new Map<string, { readonly atMs: number; readonly exitCode: number }>()

  constructor(pod: V1Pod, hostIPs: readonly string[], nowMs: number) {
    this.#pod = withNeverReady(pod)
    this.#hostIPs = hostIPs
    this.#life = lifeFromStatus(this.#pod, nowMs)
  }

  get wakeAtMs(): number {
    return this.#wakeAtMs
  }

  /** The pod as the API has it now. */
  replace(pod: V1Pod): void {
    this.#pod = withNeverReady(pod)
  }

  status(nowMs: number): V1PodStatus {
    return podStatus(this.#pod, this.#life, nowMs)
  }

  /** Runs the pod up to now; returns its Events, and whether it asks for its last DELETE. */
  run(nowMs: number): { readonly events: readonly EventAction[]; readonly isDeleted: boolean } {
    const events: EventAction[] = []
    let isDeleted = false
    let seen: Observation[] = []
    for (let step = 0; ; step++) {
      if (step > MAX_STEPS) throw new Error(`simulated pod ${this.#pod.metadata.name ?? ''} does not come to rest`)
      const { life, actions, wakeAtMs } = advance(this.#pod, this.#life, seen, nowMs)
      this.#life = life
      seen = []
      for (const action of actions) {
        if (action.type === 'event') events.push(action)
        else if (action.type === 'delete') isDeleted = true
        else seen.push(...this.#answer(action, nowMs))
      }
      const { due, nextAtMs } = this.#happenings(nowMs)
      seen.push(...due)
      this.#wakeAtMs = Math.min(wakeAtMs, nextAtMs)
      if (seen.length === 0) return { events, isDeleted }
    }
  }

  #answer(action: Exclude<Action, EventAction>, nowMs: number): Observation[] {
    if (action.type === 'prepare') return [this.#prepare()]
    if (!('container' in action)) return []
    const spec = specOfContainer(this.#pod, action.container)
    if (spec === undefined) return []
    const script = scriptOf(this.#pod, spec)
    switch (action.type) {
      case 'start':
        this.#askedAtMs.set(action.container, nowMs)
        return []
      case 'stop':
        this.#ending.set(action.container, {
          atMs: script.isStubborn ? nowMs + action.graceMs : nowMs,
          exitCode: script.isStubborn ? 137 : 0,
        })
        return []
      case 'kill':
        this.#ending.set(action.container, { atMs: nowMs, exitCode: 137 })
        return []
      case 'probe':
        return [this.#probe(action, script, nowMs)]
    }
  }

  #prepare(): Observation {
    for (const container of allContainers(this.#pod)) {
      const { prepareFailure } = scriptOf(this.#pod, container)
      if (prepareFailure !== undefined) return { type: 'prepareFailed', ...prepareFailure }
    }
    return { type: 'prepared', podIPs: [addressFromUid(this.#pod.metadata.uid ?? '')], hostIPs: this.#hostIPs }
  }

  #probe(
    { container, attempt, probe }: Extract<Action, { type: 'probe' }>,
    script: Script,
    nowMs: number,
  ): Observation {
    const { startedAtMs = nowMs } = containerLife(this.#life, container)
    const isDead = script.deadAfterMs !== undefined && nowMs - startedAtMs >= script.deadAfterMs
    const isSuccess = !(probe === 'readiness' && script.isNeverReady) && !(probe === 'liveness' && isDead)
    const message = 'HTTP probe failed with statuscode: 503'
    return { type: 'probed', container, attempt, probe, isSuccess, message }
  }

  /** What happens by itself: starts that are through, ends that have come. */
  #happenings(nowMs: number): { readonly due: Observation[]; readonly nextAtMs: number } {
    const due: Observation[] = []
    let nextAtMs = Infinity
    for (const spec of allContainers(this.#pod)) {
      const next = this.#nextOf(spec, nowMs)
      if (next === undefined) continue
      if (next.atMs > nowMs) nextAtMs = Math.min(nextAtMs, next.atMs)
      else due.push(next.observation)
    }
    return { due, nextAtMs }
  }

  #nextOf(spec: V1Container, nowMs: number): { readonly atMs: number; readonly observation: Observation } | undefined {
    const { state, restartCount: attempt, startedAtMs = nowMs } = containerLife(this.#life, spec.name)
    const script = scriptOf(this.#pod, spec)
    const about = { container: spec.name, attempt } as const
    if (state === 'starting') {
      const atMs = (this.#askedAtMs.get(spec.name) ?? nowMs) + script.startDelayMs
      if (script.startFailure !== undefined)
        return { atMs, observation: { type: 'startFailed', ...about, ...script.startFailure } }
      const containerID = `simulated://${this.#pod.metadata.uid ?? ''}/${spec.name}/${String(attempt)}`
      return { atMs, observation: { type: 'started', ...about, containerID, imageID: SIMULATED_IMAGE_ID, atMs } }
    }
    if (state !== 'running' && state !== 'stopping') return undefined
    const told = state === 'stopping' ? this.#ending.get(spec.name) : undefined
    const exit = told === undefined ? ownEnd(script, startedAtMs) : { exitCode: told.exitCode, finishedAtMs: told.atMs }
    return exit === undefined ? undefined : { atMs: exit.finishedAtMs, observation: { type: 'exited', ...about, exit } }
  }
}

function ownEnd({ exit }: Script, startedAtMs: number): Exit | undefined {
  if (exit === undefined) return undefined
  const { afterMs, ...how } = exit
  return { ...how, finishedAtMs: startedAtMs + afterMs }
}

/** Containers that must never be ready have a readiness probe, if need be one that only the simulation knows. */
function withNeverReady(pod: V1Pod): V1Pod {
  const { spec } = pod
  if (spec === undefined || spec.containers.every((container) => !scriptOf(pod, container).isNeverReady)) return pod
  const containers = spec.containers.map((container) =>
    scriptOf(pod, container).isNeverReady ? { readinessProbe: {}, ...container } : container,
  )
  return { ...pod, spec: { ...spec, containers } }
}
