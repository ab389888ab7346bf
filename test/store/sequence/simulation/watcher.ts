/**
 * A client over all namespaces in the simulation: lists a resource as of T, as one stream or in pages with continue
 * tokens and pauses of its own; watches from T (at once, as the initial events of one stream, or later) or from a
 * namespace's own revision; resumes where it was cut off, lists again on 410. It keeps what it was shown, in chapters
 * that begin with a list and end with a 410, for the judge at the end.
 */
import type { Change } from '../../../../src/store/object-store.ts'
import type { RowsAnswer } from '../../../../src/store/sequence/messages.ts'
import type { Merge } from '../../../../src/store/sequence/merge.ts'
import type { SequencerActor, SequencerInstance } from './sequencer-actor.ts'
import type { Page } from './store-actor.ts'
import { stateAsOf, stateText } from './store-actor.ts'
import type { World } from './world.ts'
import { Violation } from './world.ts'

const CALL_TIMEOUT_MS = 1_500
const PAGE_SIZE = 2

export interface ListRecord {
  readonly resource: string
  readonly revision: number
  /** `store/name` → revision. */
  readonly objects: Map<string, number>
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
  /** Counts the pages that came, so that one which comes late is not taken for another. */
  #step = 0
  /** Which serves the present stream. */
  #instance: SequencerInstance | undefined
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
    this.#openChapter(store.shownRevision)
    this.#watch()
  }

  #openChapter(from: number): void {
    const chapter = { resource: this.resource, from, position: from, shown: new Set<number>(), wasGone: false }
    this.#chapter = chapter
    this.chapters.push(chapter)
    this.#lastShown = from
  }

  #list(): void {
    const instance = this.#sequencer.current
    if (instance === undefined) {
      this.#retry(() => this.#list())
      return
    }
    const revision = instance.machine.newest
    for (const [at, { store, change, acknowledgedAtMs }] of this.#world.committed) {
      if (acknowledgedAtMs === undefined || change.resource !== this.resource || at <= revision) continue
      throw new Violation(`list at ${String(revision)} misses ${String(at)} of ${store}, acknowledged before it began`)
    }
    this.#world.note(() => `list of ${this.resource} at ${String(revision)}`)
    const list = { resource: this.resource, revision, objects: new Map<string, number>() }
    this.#later(8_000, () => this.#retry(() => this.#begin()))
    if (this.#world.chance(0.5)) this.#stream(list, instance, instance.machine.holders(this.resource))
    else this.#continue(list, '', '')
  }

  /** One answer: the instance that began it reads one namespace after another. */
  #stream(list: ListRecord, instance: SequencerInstance, stores: readonly string[], after = ''): void {
    const [store, ...others] = stores
    if (store === undefined) {
      this.#endList(list, instance)
      return
    }
    this.#page(list, store, after, instance, ({ objects, hasMore }) => {
      if (hasMore) this.#stream(list, instance, stores, [...objects.keys()].at(-1) ?? '')
      else this.#later(this.#world.below(20), () => this.#stream(list, instance, others))
    })
  }

  /**
   * Pages with a continue token: whichever instance is there reads the directory anew, and what came into it since
   * holds nothing as of the list's revision. An answer that does not come is asked for again with the same token.
   */
  #continue(list: ListRecord, from: string, after: string): void {
    const instance = this.#sequencer.current
    if (instance === undefined) {
      this.#later(100, () => this.#continue(list, from, after))
      return
    }
    const [store] = instance.machine.holders(this.resource).filter((name) => name >= from)
    if (store === undefined) {
      this.#endList(list, instance)
      return
    }
    const step = this.#step
    this.#later(CALL_TIMEOUT_MS, () => {
      if (step === this.#step) this.#continue(list, from, after)
    })
    this.#page(list, store, store === from ? after : '', instance, ({ objects, hasMore }) => {
      if (step !== this.#step) return
      this.#step += 1
      const last = [...objects.keys()].at(-1) ?? ''
      const pauseMs = this.#world.chance(0.3) ? this.#world.below(2_500) : 1
      // After a namespace comes the next one, whose name is greater.
      const [place, name] = hasMore ? [store, last] : [`${store}~`, '']
      this.#later(pauseMs, () => this.#continue(list, place, name))
    })
  }

  #page(
    list: ListRecord,
    store: string,
    after: string,
    { machine }: SequencerInstance,
    next: (page: Page) => void,
  ): void {
    const take = this.#once((page: Page) => {
      const isCut = !this.#world.variant.ignoresWipes && !machine.canList(list.resource, list.revision)
      if (page.isCompacted || isCut) {
        this.#world.checkExcuse(list.revision)
        this.#retry(() => this.#begin())
        return
      }
      for (const [name, at] of page.objects) list.objects.set(`${store}/${name}`, at)
      next(page)
    })
    this.#sequencer.store(store)?.page(list.revision, list.resource, after, PAGE_SIZE, take)
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

  #endList(list: ListRecord, instance: SequencerInstance): void {
    const { resource, revision } = list
    if (!this.#world.variant.ignoresWipes && !instance.machine.canList(resource, revision)) {
      this.#world.checkExcuse(revision)
      this.#retry(() => this.#begin())
      return
    }
    this.lists.push(list)
    this.#world.listed.set(resource, revision)
    this.#openChapter(revision)
    this.#session += 1
    // Initial events: the changes follow in the same stream. Else the client comes when it likes.
    if (this.#world.chance(0.3) && !instance.isOver) this.#watch(instance)
    else this.#later(this.#world.below(500), () => this.#watch())
  }

  #watch(instance = this.#sequencer.current): void {
    const chapter = this.#chapter
    if (chapter === undefined || instance === undefined) {
      this.#retry(() => this.#watch())
      return
    }
    const start = instance.machine.start(this.resource, chapter.position)
    this.#world.note(() => `watch of ${this.resource} from ${String(chapter.position)}: ${JSON.stringify(start)}`)
    if (start.kind === 'gone') this.#gone(chapter)
    else if (start.kind === 'future') {
      throw new Violation(`revision ${String(chapter.position)} opens no watch: it is called a future one`)
    } else {
      this.#instance = instance
      this.#occupy(1)
      if (start.kind === 'live') this.#live(chapter, instance)
      else {
        const merge = this.#world.variant.merge(this.resource, chapter.position, start.through, start.stores)
        this.#merge(chapter, instance, merge, start.through)
      }
    }
  }

  /** An open stream keeps its resource turned on, while this life of the sequencer lasts. */
  #occupy(by: number): void {
    const streams = this.#instance?.streams
    streams?.set(this.resource, Math.max(0, (streams.get(this.resource) ?? 0) + by))
  }

  #cut(): void {
    this.#occupy(-1)
    this.#retry(() => this.#watch())
  }

  /** Asks the stores that hold the others up; when all have answered, those that do then. */
  #merge(chapter: Chapter, instance: SequencerInstance, merge: Merge, through: number): void {
    this.#session += 1
    if (merge.isDone) {
      chapter.position = through
      this.#live(chapter, instance)
      return
    }
    const wants = merge.wants()
    let missing = wants.length
    for (const { store, request } of wants) {
      const take = this.#once((answer: RowsAnswer) => {
        missing -= 1
        if (instance.isOver) this.#retry(() => this.#watch())
        else if (!merge.take(store, answer)) this.#gone(chapter, true)
        else {
          this.#show(chapter, merge.release())
          if (missing === 0) this.#merge(chapter, instance, merge, through)
        }
      })
      this.#sequencer.store(store)?.ask(request, take)
    }
    this.#later(CALL_TIMEOUT_MS, () => this.#cut())
  }

  #live(chapter: Chapter, instance: SequencerInstance): void {
    const { machine } = instance
    const step = (): void => {
      if (instance.isOver) {
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
    this.#world.checkExcuse(chapter.position)
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
      if (wasGone || this.#sequencer.current?.machine.start(resource, position).kind === 'gone') continue
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
    if (stateText(expected) === stateText(objects)) return
    const got = `${stateText(objects)} instead of ${stateText(expected)}`
    throw new Violation(`list of ${resource} at ${String(revision)}: ${got}`)
  }
}
