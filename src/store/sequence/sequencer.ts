/**
 * The sequencer of a logical cluster: gives out ranges of revisions, and shows the rows of watched resources in one
 * order over all namespaces. A pure state machine: time is an argument, messages are data, what must be kept is handed
 * out by `takeWrites`, nothing is awaited. docs/decisions/0003-sequencer-rules.md has the rules that it follows.
 *
 * Invariants: a revision is given out once; `emitted` never falls and passes an open range never, unless its store is
 * set aside; whoever may have missed a row is told. It must not know: transport, storage, HTTP.
 */
import type {
  CloseReply,
  CloseRequest,
  LeaveRequest,
  ReserveReply,
  ReserveRequest,
  RowsAnswer,
  RowsRequest,
  Speaker,
} from './messages.ts'
import type { Change } from '../object-store.ts'
import { Directory } from './directory.ts'
import { Feed } from './feed.ts'
import type { SequencerState, SequencerWrite } from './sequencer-state.ts'
import { REVISION_BLOCK } from './sequencer-state.ts'

/** A range that is open for so long is asked about. */
export const ASK_AFTER_MS = 1_000

/** A store that was silent for so long about an open range is set aside. */
export const SET_ASIDE_AFTER_MS = 5_000

/** The most revisions of one reservation: what a batch may hold, and a single greedy turn. */
export const MAX_RANGE = 100_000

/** Rows that one read of a feed returns at most. */
const ROWS_PER_READ = 500

/** A range given out and not yet emitted. Closed ones wait here for lower ones. */
interface OpenRange {
  readonly store: string
  readonly from: number
  readonly to: number
  readonly grantedAtMs: number
  /** Rows up to here are in `rows`. */
  progress: number
  rows: Change[]
  isClosed: boolean
}

/** What is remembered of a store while it is active; what must outlive a restart is in the directory. */
interface StoreContact {
  lastId: number
  heardAtMs: number
  askedAtMs: number
  open: OpenRange | undefined
}

export type WatchStart =
  /** Everything above the position is in the feed. */
  | { readonly kind: 'live' }
  /** First the rows up to `through` from the logs of these stores, then the feed. */
  | { readonly kind: 'merge'; readonly through: number; readonly stores: readonly string[] }
  /** Rows above the position are lost to it: 410. */
  | { readonly kind: 'gone' }
  /** The position has not been given out yet. */
  | { readonly kind: 'future' }

export type Reading =
  /** Rows in order; everything up to `position` has been shown with them. */
  | { readonly kind: 'rows'; readonly rows: readonly Change[]; readonly position: number }
  | { readonly kind: 'gone' }
  /** The feed no longer reaches back: start the watch anew from its position. */
  | { readonly kind: 'behind' }

export interface Duties {
  readonly asks: readonly { readonly store: string; readonly request: RowsRequest }[]
  /** To be given to `setAside`, then, once that is durable, to `confirmAside`. */
  readonly silent: readonly string[]
}

export class Sequencer {
  readonly #directory: Directory
  readonly #contacts = new Map<string, StoreContact>()
  /** In order of revisions, because they are given out in it. */
  readonly #ranges = new Map<number, OpenRange>()
  readonly #feeds = new Map<string, Feed>()
  readonly #makeFeed: (start: number) => Feed
  #newest: number
  #highWater: number
  #emitted: number

  constructor(state: SequencerState, makeFeed: (start: number) => Feed = (start) => new Feed(start)) {
    this.#makeFeed = makeFeed
    this.#directory = new Directory(state)
    this.#highWater = state.highWater
    this.#newest = this.lastGiven(state.highWater)
    this.#emitted = this.#newest
  }

  /** The newest revision given out: the T of a list that begins now. */
  get newest(): number {
    return this.#newest
  }

  /** Everything up to here has been shown to the feeds. */
  get emitted(): number {
    return this.#emitted
  }

  /** Whether time matters: `tick` is to be called every so often. */
  get hasDuties(): boolean {
    return this.#ranges.size > 0 || this.#directory.hasAside
  }

  /** What is to be written before anything that was decided since the last call leaves. */
  takeWrites(): readonly SequencerWrite[] {
    return this.#directory.takeWrites()
  }

  reserve(request: ReserveRequest, nowMs: number): ReserveReply {
    if (this.isFromThePast(request)) return { kind: 'stale' }
    const contact = this.#contact(request.store)
    if (this.isOvertaken(request.id, contact.lastId)) return { kind: 'stale' }
    contact.lastId = request.id
    contact.heardAtMs = nowMs
    const isRenewed = this.#directory.meet(request)
    const { open } = contact
    if (this.mustSettle(request, open !== undefined) || (isRenewed && open !== undefined)) {
      return { kind: 'settle', request: this.#settleRequest(request.store, contact) }
    }
    if (open !== undefined) {
      if (request.close?.from === open.from) this.#take(open, request.close.rows, open.to)
      this.#finish(contact, open)
    }
    this.#directory.hold(request.store, request.resources)
    const from = this.#newest + 1
    const to = this.#newest + Math.min(Math.max(1, request.count), MAX_RANGE)
    const { store } = request
    contact.open = { store, from, to, grantedAtMs: nowMs, progress: from - 1, rows: [], isClosed: false }
    this.#ranges.set(from, contact.open)
    this.#giveOut(to)
    this.#emit()
    const watched = this.#feeds.size === 0 ? [] : request.resources.filter((resource) => this.#feeds.has(resource))
    return { kind: 'granted', id: request.id, from, to, watched }
  }

  close(request: CloseRequest, nowMs: number): CloseReply {
    if (this.isFromThePast(request)) return { kind: 'stale' }
    if (this.#directory.asideAfter(request.store) !== undefined) {
      return { kind: 'settle', request: this.#settleRequest(request.store, this.#contact(request.store)) }
    }
    const contact = this.#contacts.get(request.store)
    const open = contact?.open
    if (contact === undefined || open === undefined || open.from !== request.close.from) return { kind: 'done' }
    contact.heardAtMs = nowMs
    this.#take(open, request.close.rows, open.to)
    if (request.close.isWhole) this.#finish(contact, open)
    this.#emit()
    return { kind: 'done' }
  }

  /** A store's answer about its log. Returns what is to be asked next, if that was not all. */
  answered(answer: RowsAnswer, nowMs: number): RowsRequest | undefined {
    if (this.isFromThePast(answer)) return undefined
    const contact = this.#contact(answer.store)
    if (this.isFromFormer(answer, contact.lastId)) return undefined
    const asideAfter = this.#directory.asideAfter(answer.store)
    const isAbout = asideAfter === undefined ? !answer.isNamesOnly : answer.isNamesOnly && answer.after === asideAfter
    if (!isAbout) return undefined
    contact.heardAtMs = nowMs
    if (asideAfter === undefined) return this.#takeAnswer(contact, answer)
    const touched = answer.isCompacted ? this.#directory.holdings(answer.store) : answer.touched
    this.#directory.back(answer.store)
    if (contact.open !== undefined) this.#finish(contact, contact.open)
    this.#lose(touched)
    this.#emit()
    return undefined
  }

  /** A store that is empty, sealed and about to be wiped. `done`: it may. */
  leave(request: LeaveRequest): CloseReply {
    if (this.isFromThePast(request)) return { kind: 'stale' }
    const contact = this.#contacts.get(request.store)
    if (this.mustSettleToLeave(request.store, contact?.open !== undefined)) {
      return { kind: 'settle', request: this.#settleRequest(request.store, this.#contact(request.store)) }
    }
    this.#directory.leave(request.store, request.lastRevision)
    this.#contacts.delete(request.store)
    return { kind: 'done' }
  }

  /** What time asks for: questions about ranges that stay open, and stores that have been silent for too long. */
  tick(nowMs: number): Duties {
    const asks: { store: string; request: RowsRequest }[] = []
    const silent: string[] = []
    const ask = (store: string, contact: StoreContact): void => {
      if (nowMs - contact.askedAtMs < ASK_AFTER_MS) return
      contact.askedAtMs = nowMs
      asks.push({ store, request: this.#settleRequest(store, contact) })
    }
    for (const store of this.#directory.asideStores()) ask(store, this.#contact(store))
    for (const { store, grantedAtMs, isClosed } of this.#ranges.values()) {
      if (nowMs - grantedAtMs < ASK_AFTER_MS) break
      if (isClosed || this.#directory.asideAfter(store) !== undefined) continue
      const contact = this.#contact(store)
      ask(store, contact)
      if (nowMs - Math.max(grantedAtMs, contact.heardAtMs) >= SET_ASIDE_AFTER_MS) silent.push(store)
    }
    return { asks, silent }
  }

  /** First half: from now on the store's next message is answered by a question. Emission still waits for it. */
  setAside(store: string): void {
    const { open, lastId } = this.#contact(store)
    if (open !== undefined) this.#directory.setAside(store, open.progress, lastId)
  }

  /** Second half, once the first is durable: emission goes on without the store. */
  confirmAside(store: string): void {
    const contact = this.#contacts.get(store)
    if (contact?.open === undefined || this.#directory.asideAfter(store) === undefined) return
    this.#finish(contact, contact.open)
    this.#emit()
  }

  /** The stores that may hold objects of the resource, in the order of their objects' keys. */
  holders(resource: string): readonly string[] {
    return this.#directory.holders(resource)
  }

  /** All that ever reserved, and have not taken leave. */
  stores(): readonly string[] {
    return this.#directory.stores()
  }

  /** Whether a list of the resource as of `revision` can still be complete. Ask again when its pages have been read. */
  canList(resource: string, revision: number): boolean {
    return this.canReadBack(resource, revision)
  }

  /** Ends the resource's feed; for when nobody watches any more. A watch that is served nevertheless starts anew. */
  turnOff(resource: string): void {
    this.#feeds.delete(resource)
  }

  /**
   * How a watch of everything above `position` begins. The first one turns the resource's rows on: its feed is complete
   * above the newest revision of that moment.
   */
  start(resource: string, position: number): WatchStart {
    if (this.isGone(resource, position)) return { kind: 'gone' }
    if (position > this.#newest) return { kind: 'future' }
    const feed = this.#feeds.get(resource) ?? this.#makeFeed(this.#newest)
    this.#feeds.set(resource, feed)
    if (position >= feed.start) return { kind: 'live' }
    if (!this.canReadBack(resource, position)) return { kind: 'gone' }
    return { kind: 'merge', through: feed.start, stores: this.holders(resource) }
  }

  /** Where a watch can begin without any namespace's log. */
  startOf(resource: string): number {
    return this.#feeds.get(resource)?.start ?? this.#newest
  }

  /** The next rows of a watch that has been served up to `position`. */
  read(resource: string, position: number, limit: number = ROWS_PER_READ): Reading {
    const feed = this.#feeds.get(resource)
    if (this.isGone(resource, position)) return { kind: 'gone' }
    if (feed === undefined || position < feed.start) return { kind: 'behind' }
    const rows = feed.above(position, limit)
    const last = rows.length < limit ? Math.max(position, this.#emitted) : (rows.at(-1)?.revision ?? position)
    return { kind: 'rows', rows, position: last }
  }

  /** Messages of an incarnation that was wiped. */
  protected isFromThePast({ store, incarnation }: Speaker): boolean {
    return incarnation < this.#directory.incarnation(store)
  }

  /** Of an instance that was replaced: it cannot know what its successor did with the range. */
  protected isFromFormer({ id }: RowsAnswer, lastId: number): boolean {
    return id < lastId
  }

  protected isOvertaken(id: number, lastId: number): boolean {
    return id <= lastId
  }

  /** Set aside, or unable to say what became of its last range. */
  protected mustSettle({ store, isFirst }: ReserveRequest, hasOpen: boolean): boolean {
    return this.#directory.asideAfter(store) !== undefined || (isFirst && hasOpen)
  }

  /** At the mark too: whoever had been shown everything up to it lacks the rows that came back below it. */
  protected isGone(resource: string, position: number): boolean {
    return position <= this.#directory.mark('gone', resource)
  }

  /** Nobody who held the resource was wiped above `revision`. */
  protected canReadBack(resource: string, revision: number): boolean {
    return revision >= this.#directory.mark('wiped', resource)
  }

  /** A store that takes leave may have rows in a range that nobody has closed. */
  protected mustSettleToLeave(store: string, hasOpen: boolean): boolean {
    return hasOpen || this.#directory.asideAfter(store) !== undefined
  }

  /** The next list must be newer than the mark, also when nobody writes: so a revision is skipped. */
  protected nextAfterMark(mark: number): number {
    return mark + 1
  }

  /**
   * Where numbers go on after a restart. 1 is never given out: a list of an empty cluster needs a revision, and 0 is
   * "any".
   */
  protected lastGiven(highWater: number): number {
    return Math.max(1, highWater)
  }

  /** Whether emission has to wait for a range. */
  protected holdsUp(range: { readonly isClosed: boolean }): boolean {
    return !range.isClosed
  }

  #contact(store: string): StoreContact {
    let contact = this.#contacts.get(store)
    if (contact === undefined) {
      contact = { lastId: this.#directory.lastId(store), heardAtMs: 0, askedAtMs: -ASK_AFTER_MS, open: undefined }
      this.#contacts.set(store, contact)
    }
    return contact
  }

  #settleRequest(store: string, { open }: StoreContact): RowsRequest {
    const asideAfter = this.#directory.asideAfter(store)
    if (asideAfter !== undefined) return { floor: this.#newest, after: asideAfter, resources: [], isNamesOnly: true }
    const after = open?.progress ?? this.#newest
    return { floor: this.#newest, after, resources: [...this.#feeds.keys()], isNamesOnly: false }
  }

  /** Rows for the store's open range; it is closed when they are complete. */
  #takeAnswer(contact: StoreContact, answer: RowsAnswer): RowsRequest | undefined {
    const { open } = contact
    if (open === undefined || answer.after > open.progress) return undefined
    const through = Math.min(answer.through, open.to)
    if (answer.isCompacted) this.#lose(this.#directory.holdings(answer.store))
    else {
      this.#take(open, answer.rows, through)
      open.progress = Math.max(open.progress, through)
      // An answer without progress is not asked about again at once: time will.
      const isStuck = answer.through <= answer.after
      if (open.progress < open.to) return isStuck ? undefined : this.#settleRequest(answer.store, contact)
    }
    this.#finish(contact, open)
    this.#emit()
    return undefined
  }

  /** Adds rows of the range up to `through` that have not come before. */
  #take(open: OpenRange, rows: readonly Change[], through: number): void {
    for (const row of rows) {
      if (row.revision <= open.progress || row.revision > through) continue
      open.rows.push(row)
      open.progress = row.revision
    }
  }

  #finish(contact: StoreContact, open: OpenRange): void {
    open.isClosed = true
    if (contact.open === open) contact.open = undefined
  }

  #giveOut(to: number): void {
    this.#newest = to
    if (to <= this.#highWater) return
    this.#highWater = to + REVISION_BLOCK
    this.#directory.keepHighWater(this.#highWater)
  }

  /** Rows came back that belong below what may have been shown: whoever watches these resources lists again. */
  #lose(resources: readonly string[]): void {
    if (resources.length === 0) return
    this.#directory.mark410(resources, this.#newest)
    this.#giveOut(this.nextAfterMark(this.#newest))
  }

  #emit(): void {
    for (const [from, range] of this.#ranges) {
      if (this.holdsUp(range)) {
        this.#emitted = from - 1
        return
      }
      this.#ranges.delete(from)
      for (const row of range.rows) this.#feeds.get(row.resource)?.append(row)
    }
    this.#emitted = this.#newest
  }
}
