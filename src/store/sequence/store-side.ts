/**
 * A store's side of the sequencer's rules: which range it may use and until when, and what it still owes. A pure state
 * machine: time is an argument, messages are data, nothing is awaited.
 *
 * Invariants: a range is claimed once, within two seconds of asking for it, and only above the floor, which is the
 * highest revision up to which this store has promised anybody that it is finished. It must not know: transactions,
 * transport.
 */
import type { Change, RevisionRange, StoreReader } from '../object-store.ts'
import type { Close, Granted, ReserveRequest, RowsAnswer, RowsRequest, Speaker } from './messages.ts'
import { MAX_ROWS_CHARACTERS } from './messages.ts'

/**
 * A range is not used later than this after it was asked for, so that a store cut off from the sequencer soon stops.
 */
export const RANGE_LIFETIME_MS = 2_000

/** Rows read from the log at a time. */
const ROWS_PER_READ = 500

/** The part of the log that answers need. */
export type LogReader = Pick<StoreReader, 'revision' | 'compactedRevision' | 'changes'>

interface HeldRange extends RevisionRange {
  readonly askedAtMs: number
  readonly watched: ReadonlySet<string>
}

const NOTHING_WATCHED: ReadonlySet<string> = new Set()

export class StoreSide {
  readonly speaker: Speaker
  readonly #nextId: () => number
  #floor = 0
  #isFirst = true
  #unanswered: { readonly id: number; readonly askedAtMs: number } | undefined
  #held: HeldRange | undefined
  #owed: Close | undefined

  /** `nextId` gives numbers that rise across restarts. */
  constructor(speaker: Speaker, nextId: () => number) {
    this.speaker = speaker
    this.#nextId = nextId
  }

  /** Nothing up to here will be committed any more; what is committed up to here already is in the log. */
  get floor(): number {
    return this.#floor
  }

  /** A close that nobody has acknowledged. */
  get owed(): Close | undefined {
    return this.#owed
  }

  /** Asks for a range. An earlier request that is unanswered is dropped: its late answer will not be used. */
  reserve(count: number, resources: readonly string[], nowMs: number): ReserveRequest {
    const id = this.#nextId()
    this.#unanswered = { id, askedAtMs: nowMs }
    const isFirst = this.#isFirst
    return { ...this.speaker, id, isFirst, count, resources, close: isFirst ? undefined : this.#owed }
  }

  /** Stops waiting: the batch was given up, and a late answer will not be used. */
  drop(): void {
    this.#unanswered = undefined
  }

  /** Takes the answer, unless it is late; the close that travelled with the request is acknowledged by it. */
  receive(reply: Granted): boolean {
    const asked = this.#unanswered
    if (asked === undefined || !this.isAnswerTo(asked.id, reply)) return false
    this.#unanswered = undefined
    this.#isFirst = false
    this.#owed = undefined
    const watched = reply.watched.length === 0 ? NOTHING_WATCHED : new Set(reply.watched)
    this.#held = { from: reply.from, to: reply.to, askedAtMs: asked.askedAtMs, watched }
    return true
  }

  /** The range if it may be used at this very moment; the commit must follow at once. */
  claim(nowMs: number, newestRevision: number): RevisionRange | undefined {
    const held = this.#held
    if (held === undefined || held.from <= newestRevision) return undefined
    return this.isFresh(held.askedAtMs, nowMs) && this.isAboveFloor(held.from) ? held : undefined
  }

  /** The batch is over: what it wrote is durable. What is owed travels with the next request, or alone. */
  close(changes: readonly Change[]): void {
    const held = this.#held
    if (held === undefined) return
    this.#held = undefined
    const rows = changes.filter(({ resource }) => held.watched.has(resource))
    this.#owed = { from: held.from, rows, isWhole: true }
  }

  /** What became of the batch is not known here; the next request says so, and the log will tell. */
  abandon(): void {
    this.#held = undefined
    this.#owed = undefined
    this.#isFirst = true
  }

  /** A close, or the answer that stands for it, has arrived. */
  acknowledged(close: Close): void {
    if (this.#owed === close) this.#owed = undefined
  }

  /** Promises to commit nothing up to `revision` any more. */
  raiseFloor(revision: number): void {
    if (revision > this.#floor) this.#floor = revision
  }

  /** Answers from the log, after raising the floor. Must be sent only once what the log says is durable. */
  answer(request: RowsRequest, log: LogReader, maxCharacters = MAX_ROWS_CHARACTERS): RowsAnswer {
    this.raiseFloor(request.floor)
    const { after, isNamesOnly, floor } = request
    const empty = { ...this.speaker, id: this.#nextId(), after, isNamesOnly, rows: [], touched: [], isCompacted: false }
    if (after < log.compactedRevision) return { ...empty, through: after, isCompacted: true }
    if (isNamesOnly) return { ...empty, through: floor, touched: touchedResources(log, after, floor) }
    if (request.resources.length === 0) return { ...empty, through: floor }
    return { ...empty, ...rowsBetween(log, request, maxCharacters) }
  }

  protected isAnswerTo(id: number, reply: Granted): boolean {
    return reply.id === id
  }

  protected isFresh(askedAtMs: number, nowMs: number): boolean {
    return nowMs - askedAtMs < RANGE_LIFETIME_MS
  }

  protected isAboveFloor(from: number): boolean {
    return from > this.#floor
  }
}

/** Rows of the resources in (after, floor], as many as one message carries. */
function rowsBetween(
  log: LogReader,
  request: RowsRequest,
  maxCharacters: number,
): { rows: readonly Change[]; through: number } {
  const { floor, resources } = request
  const rows: Change[] = []
  let characters = 0
  let after = request.after
  for (;;) {
    const read = log.changes({ after, limit: ROWS_PER_READ, resources })
    for (const row of read) {
      if (row.revision > floor) return { rows, through: floor }
      // At least one row, whatever its size: a single object is far below what a message carries.
      if (rows.length > 0 && characters + row.text.length > maxCharacters) return { rows, through: after }
      rows.push(row)
      characters += row.text.length
      after = row.revision
    }
    if (read.length < ROWS_PER_READ) return { rows, through: floor }
  }
}

function touchedResources(log: LogReader, after: number, floor: number): readonly string[] {
  const touched = new Set<string>()
  for (let from = after; ; ) {
    const read = log.changes({ after: from, limit: ROWS_PER_READ })
    for (const { resource, revision } of read) if (revision <= floor) touched.add(resource)
    const last = read.at(-1)
    if (last === undefined || read.length < ROWS_PER_READ || last.revision > floor) return [...touched]
    from = last.revision
  }
}
