/**
 * The world of the simulation: virtual time, a network that loses, delays and repeats, and the record of everything
 * that was ever committed, against which watches and lists are judged. Everything random comes from one seed.
 */
import type { Random } from '../../../../src/lib/random.ts'
import { seededRandom } from '../../../../src/lib/random.ts'
import type { Change } from '../../../../src/store/object-store.ts'
import { Feed } from '../../../../src/store/sequence/feed.ts'
import { Merge } from '../../../../src/store/sequence/merge.ts'
import { Sequencer } from '../../../../src/store/sequence/sequencer.ts'
import type { SequencerState } from '../../../../src/store/sequence/sequencer-state.ts'
import type { Speaker } from '../../../../src/store/sequence/messages.ts'
import { StoreSide } from '../../../../src/store/sequence/store-side.ts'

export const RESOURCES = ['pods', 'nodes', 'leases'] as const
export const STORES = ['alpha', 'beta', 'gamma'] as const

/** A promise of the rules that was broken. */
export class Violation extends Error {
  override name = 'Violation'
}

/** What can be taken out of the rules, to see that the simulation notices. */
export interface Variant {
  sequencer(state: SequencerState, makeFeed: (start: number) => Feed): Sequencer
  storeSide(speaker: Speaker, nextId: () => number): StoreSide
  feed(start: number, maxCharacters: number): Feed
  merge(resource: string, after: number, through: number, stores: readonly string[]): Merge
  /** The floor that a page of a list asks for. */
  listFloor(revision: number): number
  /** The floor that a list of one namespace asks for which says a revision that its store has not reached. */
  aheadFloor(revision: number): number
  /** A list that ran across a wipe is not given up. */
  readonly ignoresWipes: boolean
  /** Request ids begin anew with every start. */
  readonly restartsIds: boolean
  /** The store that is wiped starts with an empty log that claims to be whole, under its old incarnation. */
  readonly forgetsWipes: boolean
  readonly keepsIncarnation: boolean
  /** Faults that every run of it has, where the rule matters only with them. */
  readonly faults: Partial<Faults>
  /** What a restart of the sequencer does not find again. */
  readonly forgets: readonly ('aside' | 'holdings' | 'wiped')[]
  /** Emission goes on without a silent store before the word of it is durable. */
  readonly passesAtOnce: boolean
  /** A page from below what the store has compacted is given all the same. */
  readonly ignoresCompaction: boolean
  /** An instance whose writes are lost goes on as if they were not. */
  readonly leaksWrites: boolean
  /** Calls reach an instance that was replaced, though its successor has begun. */
  readonly reachesFormer: boolean
}

export const SOUND: Variant = {
  sequencer: (state, makeFeed) => new Sequencer(state, makeFeed),
  storeSide: (speaker, nextId) => new StoreSide(speaker, nextId),
  feed: (start, maxCharacters) => new Feed(start, maxCharacters),
  merge: (resource, after, through, stores) => new Merge(resource, after, through, stores),
  listFloor: (revision) => revision,
  aheadFloor: (revision) => revision,
  ignoresWipes: false,
  restartsIds: false,
  forgetsWipes: false,
  keepsIncarnation: false,
  faults: {},
  forgets: [],
  passesAtOnce: false,
  ignoresCompaction: false,
  leaksWrites: false,
  reachesFormer: false,
}

export interface CommittedRow {
  readonly store: string
  readonly change: Change
  acknowledgedAtMs: number | undefined
}

/** Which faults a run has: each run draws its own, so that rare combinations meet quiet backgrounds too. */
export interface Faults {
  readonly loss: number
  readonly repeat: number
  readonly late: number
  readonly crashes: boolean
  readonly sequencerCrashes: boolean
  readonly partitions: boolean
  readonly wipes: boolean
  readonly compactions: boolean
  readonly trimming: boolean
  readonly slowCommits: boolean
  /** An object that was replaced lives on for a while, beside its successor. */
  readonly doubles: boolean
}

type Event = { readonly at: number; readonly order: number; readonly run: () => void }

export class World {
  readonly random: Random
  readonly variant: Variant
  readonly faults: Faults
  now = 0
  /** After this, nothing fails any more. */
  readonly calmAtMs: number
  /** Every durable change of every store and incarnation, by revision. */
  readonly committed = new Map<number, CommittedRow>()
  readonly #used = new Set<number>()
  readonly #events: Event[] = []
  #order = 0
  /** The T of lists over all namespaces, by resource: each opens a watch of any namespace too. */
  readonly listed = new Map<string, number>()
  #excusedUpTo = -1
  readonly trace: string[] | undefined

  constructor(seed: number, variant: Variant, isTraced: boolean) {
    this.random = seededRandom(seed)
    this.variant = variant
    this.trace = isTraced ? [] : undefined
    const may = (probability: number): boolean => this.chance(probability)
    this.faults = {
      loss: may(0.5) ? 0.08 : 0,
      repeat: may(0.5) ? 0.08 : 0,
      late: may(0.5) ? 0.1 : 0.01,
      crashes: may(0.5),
      sequencerCrashes: may(0.5),
      partitions: may(0.5),
      wipes: may(0.4),
      compactions: may(0.3),
      trimming: may(0.3),
      slowCommits: may(0.5),
      doubles: may(0.4),
      ...variant.faults,
    }
    this.calmAtMs = 8_000 + this.below(12_000)
  }

  get isCalm(): boolean {
    return this.now >= this.calmAtMs
  }

  chance(probability: number): boolean {
    return this.random.next() < probability
  }

  below(limit: number): number {
    return Math.floor(this.random.next() * limit)
  }

  pick<T>(from: readonly T[]): T {
    const one = from[this.below(from.length)]
    if (one === undefined) throw new Error('nothing to pick from')
    return one
  }

  note(text: () => string): void {
    this.trace?.push(`${String(this.now)} ${text()}`)
  }

  /** Runs `run` after `delayMs`. The queue is a heap by time, then by order. */
  after(delayMs: number, run: () => void): void {
    const event = { at: this.now + delayMs, order: this.#order++, run }
    const heap = this.#events
    let at = heap.push(event) - 1
    while (at > 0) {
      const parent = (at - 1) >> 1
      const above = heap[parent]
      if (above === undefined || isBefore(above, event)) break
      heap[at] = above
      at = parent
    }
    heap[at] = event
  }

  /** Sends a message: it may be lost, late or repeated. */
  send(deliver: () => void): void {
    if (!this.isCalm && this.chance(this.faults.loss)) return
    const delay = (): number => {
      if (this.isCalm) return 1 + this.below(5)
      return this.chance(this.faults.late) ? this.below(3_000) : 1 + this.below(30)
    }
    this.after(delay(), deliver)
    if (!this.isCalm && this.chance(this.faults.repeat)) this.after(delay(), deliver)
  }

  run(untilMs: number): void {
    for (let next = this.#take(); next !== undefined && next.at <= untilMs; next = this.#take()) {
      this.now = next.at
      next.run()
    }
    this.now = untilMs
  }

  /** From now on a watch or list at or below `revision` may rightly be answered with 410. */
  excuse(revision: number): void {
    this.#excusedUpTo = Math.max(this.#excusedUpTo, revision)
  }

  checkExcuse(position: number): void {
    if (position > this.#excusedUpTo) throw new Violation(`410 at ${String(position)} without a reason`)
  }

  useRevision(revision: number): void {
    if (this.#used.has(revision)) throw new Violation(`revision ${String(revision)} was used twice`)
    this.#used.add(revision)
  }

  #take(): Event | undefined {
    const heap = this.#events
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || first === last) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      const left = heap[child]
      const right = heap[child + 1]
      if (left === undefined) break
      if (right !== undefined && isBefore(right, left)) child += 1
      const below = heap[child]
      if (below === undefined || isBefore(last, below)) break
      heap[at] = below
      at = child
    }
    heap[at] = last
    return first
  }
}

function isBefore(left: Event, right: Event): boolean {
  return left.at < right.at || (left.at === right.at && left.order < right.order)
}
