/**
 * Which backend gets the next request: the one with the fewest requests under way, ties by turn; a client with affinity
 * keeps its backend while that one is there. State of one isolate, bounded; no timers.
 */
import type { Clock } from '../lib/clock.ts'
import type { Backend } from './backends.ts'

/** Clients remembered for session affinity; the longest unseen goes first. */
const MAX_CLIENTS = 10_000

interface Affinity {
  readonly podUid: string
  readonly untilMs: number
}

export class Balancer {
  readonly #clock: Clock
  readonly #underWay = new Map<string, number>()
  readonly #clients = new Map<string, Affinity>()
  #turn = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** A backend out of `backends` but for those in `excluded`; undefined when none is left. */
  choose(
    backends: readonly Backend[],
    excluded: ReadonlySet<string>,
    client: { readonly key: string; readonly affinitySeconds: number },
  ): Backend | undefined {
    const candidates = backends.filter(({ podUid }) => !excluded.has(podUid))
    if (candidates.length === 0) return undefined
    const chosen = this.#sticky(candidates, client) ?? this.#leastOutstanding(candidates)
    if (client.affinitySeconds > 0) this.#remember(client, chosen)
    return chosen
  }

  /** Counts a request as under way until the returned function is called. */
  begin(backend: Backend): () => void {
    this.#underWay.set(backend.podUid, this.#outstanding(backend) + 1)
    let isOver = false
    return () => {
      if (isOver) return
      isOver = true
      const left = this.#outstanding(backend) - 1
      if (left > 0) this.#underWay.set(backend.podUid, left)
      else this.#underWay.delete(backend.podUid)
    }
  }

  #outstanding({ podUid }: Backend): number {
    return this.#underWay.get(podUid) ?? 0
  }

  #leastOutstanding(candidates: readonly Backend[]): Backend {
    this.#turn = (this.#turn + 1) % candidates.length
    const inTurn = [...candidates.slice(this.#turn), ...candidates.slice(0, this.#turn)]
    return inTurn.reduce((best, next) => (this.#outstanding(next) < this.#outstanding(best) ? next : best))
  }

  #sticky(
    candidates: readonly Backend[],
    { key, affinitySeconds }: { key: string; affinitySeconds: number },
  ): Backend | undefined {
    if (affinitySeconds === 0) return undefined
    const known = this.#clients.get(key)
    if (known === undefined || known.untilMs <= this.#clock.now()) return undefined
    return candidates.find(({ podUid }) => podUid === known.podUid)
  }

  #remember({ key, affinitySeconds }: { key: string; affinitySeconds: number }, { podUid }: Backend): void {
    this.#clients.delete(key)
    if (this.#clients.size >= MAX_CLIENTS) this.#clients.delete(this.#clients.keys().next().value ?? '')
    this.#clients.set(key, { podUid, untilMs: this.#clock.now() + affinitySeconds * 1_000 })
  }
}
