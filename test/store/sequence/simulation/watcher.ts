/**
 * A client over all namespaces in the simulation: lists a resource in pages as of T, watches from T (or from a
 * namespace's own revision), resumes where it was cut off, lists again on 410. It keeps what it was shown, in chapters
 * that begin with a list and end with a 410, for the judge at the end.
 */
import type { Change } from '../../../../src/store/object-store.ts'
import type { RowsAnswer } from '../../../../src/store/sequence/messages.ts'
import { Merge } from '../../../../src/store/sequence/merge.ts'
import type { SequencerActor } from './sequencer-actor.ts'
import type { Page } from './store-actor.ts'
import { stateAsOf } from './store-actor.ts'
import type { World } from './world.ts'
import { Violation } from './world.ts'

const CALL_TIMEOUT_MS = 1_500
const PAGE_SIZE = 2

export interface ListRecord {
  readonly resource: string
  readonly revision: number
  /** `store/name` → revision. */
  readonly objects: ReadonlyMap<string, number>
}

/** Everything shown between a list and a 410: all rows in (from, position], unless the chapter was ended by a 410. */
export interface Chapter {
  readonly resource: string
  readonly from: number
  position: number
  readonly shown: Set<number>
  wasGone: boolean
}

export class Watcher {
  readonly #world: World
  readonly #sequencer: SequencerActor
  readonly resource: string
  readonly chapters: Chapter[] = []
  readonly lists: ListRecord[] = []
  #chapter: Chapter | undefined
  #lastShown = 0
  /** The stream or list of this number is the present one; callbacks of older ones do nothing. */
  #session = 0
  isLive = false

  constructor(world: World, sequencer: SequencerActor, resource: string) {
    this.#world = world
    this.#sequencer = sequencer
    this.resource = resource
    this.#later(world.below(3_000), () => this.#begin())
  }

  get position(): number {
    return this.#chapter?.position ?? 0
  }

  #later(delayMs: number, run: () => void): void {
    const session = this.#session
    this.#world.after(delayMs, () => {
      if (session === this.#session) run()
    })
  }

  #retry(run: () => void): void {
    this.#session += 1
    this.isLive = false
    this.#later(50 + this.#world.below(500), run)
  }

  /** Mostly by a list; sometimes from a namespace's own revision, which opens a watch over all as well. */
  #begin(): void {
    if (!this.#world.chance(0.2)) {
      this.#list()
      return
    }
    const store = this.#world.pick([...this.#sequencer.stores.values()])
    this.#openChapter(store.durableRevision)
    this.#watch()
  }

  #openChapter(from: number): void {
    const chapter = { resource: this.resource, from, position: from, shown: new Set<number>(), wasGone: false }
    this.#chapter = chapter
    this.chapters.push(chapter)
    this.#lastShown = from
  }

  #list(): void {
    const machine = this.#sequencer.machine
    if (machine === undefined) {
      this.#retry(() => this.#list())
      return
    }
    const revision = machine.newest
    for (const [at, { store, change, acknowledgedAtMs }] of this.#world.committed) {
      if (acknowledgedAtMs === undefined || change.resource !== this.resource || at <= revision) continue
      throw new Violation(`list at ${String(revision)} misses ${String(at)} of ${store}, acknowledged before it began`)
    }
    this.#world.note(() => `list of ${this.resource} at ${String(revision)}`)
    this.#page(revision, new Map(), undefined, '')
    this.#later(6_000, () => this.#retry(() => this.#begin()))
  }

  /** Reads the pages of `store`, or of the next one that holds the resource, one after another. */
  #page(revision: number, objects: Map<string, number>, store: string | undefined, after: string): void {
    const machine = this.#sequencer.machine
    const next = store === undefined ? machine?.holders(this.resource)[0] : store
    if (machine === undefined) {
      this.#later(100, () => this.#page(revision, objects, store, after))
      return
    }
    if (next === undefined) {
      this.#endList(revision, objects)
      return
    }
    const take = this.#once((page: Page) => {
      if (page.isCompacted) {
        this.#retry(() => this.#begin())
        return
      }
      for (const [name, at] of page.objects) objects.set(`${next}/${name}`, at)
      if (page.hasMore) this.#page(revision, objects, next, [...page.objects.keys()].at(-1) ?? '')
      else this.#nextStore(revision, objects, next)
    })
    this.#sequencer.stores.get(next)?.page(revision, this.resource, after, PAGE_SIZE, take)
  }

  /** The directory is read anew for each page: what came into it since holds nothing as of the list's revision. */
  #nextStore(revision: number, objects: Map<string, number>, done: string): void {
    const machine = this.#sequencer.machine
    if (machine === undefined) {
      this.#later(100, () => this.#nextStore(revision, objects, done))
      return
    }
    const next = machine.holders(this.resource).find((store) => store > done)
    if (next === undefined) this.#endList(revision, objects)
    else this.#later(this.#world.below(20), () => this.#page(revision, objects, next, ''))
  }

  /** Runs `run` once, and not at all when the stream or list that asked is over: answers may be late or repeated. */
  #once<T>(run: (answer: T) => void): (answer: T) => void {
    const session = this.#session
    let isOver = false
    return (answer) => {
      if (isOver || session !== this.#session) return
      isOver = true
      run(answer)
    }
  }

  #endList(revision: number, objects: ReadonlyMap<string, number>): void {
    if (!this.#world.variant.ignoresWipes && this.#sequencer.machine?.canList(this.resource, revision) !== true) {
      this.#retry(() => this.#begin())
      return
    }
    this.lists.push({ resource: this.resource, revision, objects })
    this.#openChapter(revision)
    this.#session += 1
    this.#later(this.#world.below(500), () => this.#watch())
  }

  #watch(): void {
    const chapter = this.#chapter
    const machine = this.#sequencer.machine
    if (chapter === undefined || machine === undefined) {
      this.#retry(() => this.#watch())
      return
    }
    const start = machine.start(this.resource, chapter.position)
    this.#world.note(() => `watch of ${this.resource} from ${String(chapter.position)}: ${JSON.stringify(start)}`)
    if (start.kind === 'gone') this.#gone(chapter)
    else if (start.kind === 'future') {
      throw new Violation(`revision ${String(chapter.position)} opens no watch: it is called a future one`)
    } else {
      this.#occupy(1)
      if (start.kind === 'live') this.#live(chapter)
      else this.#merge(chapter, new Merge(this.resource, chapter.position, start.through, start.stores), start.through)
    }
  }

  /** An open stream keeps its resource turned on, while this life of the sequencer lasts. */
  #occupy(by: number): void {
    const { streams } = this.#sequencer
    streams.set(this.resource, Math.max(0, (streams.get(this.resource) ?? 0) + by))
  }

  #cut(): void {
    this.#occupy(-1)
    this.#retry(() => this.#watch())
  }

  #merge(chapter: Chapter, merge: Merge, through: number): void {
    if (merge.isDone) {
      chapter.position = through
      this.#session += 1
      this.#live(chapter)
      return
    }
    const { life } = this.#sequencer
    // Asks the stores that hold the others up, and again when one of them has answered in part.
    const ask = (): void => {
      this.#session += 1
      for (const { store, request } of merge.wants()) {
        const take = this.#once((answer: RowsAnswer) => {
          if (life !== this.#sequencer.life) this.#retry(() => this.#watch())
          else if (!merge.take(store, answer)) this.#gone(chapter, true)
          else {
            this.#show(chapter, merge.release())
            if (merge.isDone) this.#merge(chapter, merge, through)
            else if (answer.through < through) ask()
          }
        })
        this.#sequencer.stores.get(store)?.ask(request, take)
      }
      this.#later(CALL_TIMEOUT_MS, () => this.#cut())
    }
    ask()
  }

  #live(chapter: Chapter): void {
    const { life } = this.#sequencer
    const step = (): void => {
      const machine = this.#sequencer.machine
      if (machine === undefined || life !== this.#sequencer.life) {
        this.#retry(() => this.#watch())
        return
      }
      const reading = machine.read(this.resource, chapter.position, 3)
      if (reading.kind === 'gone') this.#gone(chapter, true)
      else if (reading.kind === 'behind') this.#cut()
      else {
        this.#show(chapter, reading.rows)
        chapter.position = reading.position
        this.isLive = true
        if (!this.#world.isCalm && this.#world.chance(0.005)) this.#leaveForAWhile(chapter)
        else this.#later(reading.rows.length === 3 ? 1 : 10 + this.#world.below(80), step)
      }
    }
    step()
  }

  /** Cut off by the client's own side: it knows the last row, or a bookmark, or begins anew. */
  #leaveForAWhile(chapter: Chapter): void {
    this.#occupy(-1)
    const isBookmarked = this.#world.chance(0.5)
    if (!isBookmarked) chapter.position = Math.max(chapter.from, this.#lastShown)
    this.#session += 1
    this.isLive = false
    const again = this.#world.chance(0.3) ? () => this.#begin() : () => this.#watch()
    this.#later(this.#world.below(4_000), again)
  }

  #gone(chapter: Chapter, wasOpen = false): void {
    this.#world.note(() => `watch of ${this.resource} at ${String(chapter.position)} is gone`)
    if (this.#world.excuses === 0) throw new Violation('410 without a reason')
    chapter.wasGone = true
    if (wasOpen) this.#occupy(-1)
    this.#retry(() => this.#list())
  }

  #show(chapter: Chapter, rows: readonly Change[]): void {
    for (const row of rows) {
      this.#world.note(() => `watch of ${this.resource} shows ${String(row.revision)}`)
      if (row.revision <= this.#lastShown) {
        throw new Violation(`the stream fell from ${String(this.#lastShown)} to ${String(row.revision)}`)
      }
      if (this.#world.committed.get(row.revision)?.change !== row) {
        throw new Violation(`${String(row.revision)} was shown and not committed`)
      }
      this.#lastShown = row.revision
      chapter.shown.add(row.revision)
      chapter.position = Math.max(chapter.position, row.revision)
    }
  }

  /** Compares what was shown and listed with what is known at the end. */
  judge(): void {
    for (const list of this.lists) this.#judgeList(list)
    for (const { resource, from, position, shown, wasGone } of this.chapters) {
      // A client that had left before the 410 came would be told when it resumes.
      if (wasGone || this.#sequencer.machine?.read(resource, position).kind === 'gone') continue
      for (const [revision, { store, change }] of this.#world.committed) {
        if (change.resource !== resource || revision <= from || revision > position || shown.has(revision)) continue
        throw new Violation(
          `watch of ${resource} from ${String(from)} to ${String(position)} lost ${String(revision)} of ${store}`,
        )
      }
    }
  }

  #judgeList({ resource, revision, objects }: ListRecord): void {
    const expected = new Map<string, number>()
    for (const store of this.#sequencer.stores.keys()) {
      const log = [...this.#world.committed.values()].filter((row) => row.store === store).map(({ change }) => change)
      const sorted = log.sort((left, right) => left.revision - right.revision)
      for (const [name, at] of stateAsOf(sorted, resource, revision)) expected.set(`${store}/${name}`, at)
    }
    const text = (map: ReadonlyMap<string, number>): string =>
      JSON.stringify([...map].sort(([one], [other]) => (one < other ? -1 : 1)))
    if (text(expected) === text(objects)) return
    throw new Violation(`list of ${resource} at ${String(revision)}: ${text(objects)} instead of ${text(expected)}`)
  }
}
