/**
 * Group commit: turns that arrive together, or while the reservation of revisions is under way, run one after another
 * inside one transaction, on one reservation and with one wait for durability.
 *
 * Invariants: one batch at a time; nobody is answered before the batch is durable and shown; a turn that throws is
 * refused alone; whatever else fails, every waiter of the batch is told, and the next batch runs. Without a range
 * nothing is committed. It must not know: kinds, what a turn decides, how the sequencer is reached.
 */
import { ApiStatusError, internalError, serviceUnavailableError } from '../../apimachinery/status-error.ts'
import type { Change, RevisionRange, StoreReader, StoreWriter } from '../../store/object-store.ts'
import type { CommitQueue, Turn } from './commit.ts'
import type { Grant, RangeSource } from './range-source.ts'

/**
 * Turns of one batch: a transaction of some 20 ms, so that reads are served in between, and what was written is seen.
 * With twice as many a watcher of a rollout sees each pod twice as late; with half as many batches cost more than they
 * carry (2026-11).
 */
export const MAX_BATCH_TURNS = 128

/** Revisions of one batch; a single turn that wants more runs alone. */
export const MAX_BATCH_REVISIONS = 1_024

/**
 * After more turns than this in one batch the next one waits until sockets and timers have been seen to. workerd looks
 * at them only when nothing else is ready, and a queue that goes on by itself always is: watchers of a rollout saw its
 * pods 300 ms late (2026-11).
 */
export const MAX_TURNS_AT_A_STRETCH = 32

/** Batches that may go before patient turns while others keep coming. */
export const MAX_PASSED_OVER = 4

/** How often a batch asks for another range when the one it got could not be used any more. */
const MAX_RANGE_ATTEMPTS = 3

/** What the queue needs of the store (store/log-store.ts). */
export interface CommitStore extends StoreReader {
  /** Runs `work` in one transaction that may use `range`; when it throws, nothing of it is kept. */
  commit<R>(
    range: RevisionRange,
    work: (writer: StoreWriter) => R,
  ): { readonly result: R; readonly used: number; readonly changes: readonly Change[] }
}

export interface CommitQueueOptions {
  readonly store: CommitStore
  readonly ranges: RangeSource
  /** In the turn of the commit, so that what it writes is kept or lost with it. */
  committed?(changes: readonly Change[]): void
  /** Resolves once everything committed so far survives the loss of the machine. */
  durable(): Promise<void>
  /** Shows committed, durable changes to watchers and followers. */
  publish(changes: readonly Change[]): void
  /** Resolves once input and output that wait have been served. Left out: nothing else needs the thread. */
  giveWay?(): Promise<void>
}

interface Waiter {
  readonly turn: Turn<unknown>
  readonly resolve: (value: unknown) => void
  readonly reject: (error: unknown) => void
}

/** How a turn of the running batch ended; told to its caller once the batch is durable. */
type Outcome = { readonly value: unknown } | { readonly error: unknown }

/** For batches that write nothing (dry runs): no revision can be taken from it. */
const EMPTY_RANGE: RevisionRange = { from: 1, to: 0 }

export function createCommitQueue(options: CommitQueueOptions): CommitQueue {
  return new GroupCommit(options)
}

class GroupCommit implements CommitQueue {
  readonly #options: CommitQueueOptions
  readonly #waiting: Waiter[] = []
  readonly #patient: Waiter[] = []
  /** Batches since the patient ones began to wait. */
  #passedOver = 0
  #isDraining = false
  /** Turns of the batch before: a long one gives way before the next. */
  #lastTurns = 0
  /** Turns that were there when a batch began, those too late for its range too; forgotten by halves. */
  #company = 0

  constructor(options: CommitQueueOptions) {
    this.#options = options
  }

  submit<R>(turn: Turn<R>): Promise<R> {
    return new Promise<R>((resolve, reject) => {
      const waiter = { turn, resolve: (value: unknown) => resolve(value as R), reject }
      if (turn.isPatient === true) this.#patient.push(waiter)
      else this.#waiting.push(waiter)
      if (this.#isDraining) return
      this.#isDraining = true
      // What is submitted in the same breath shares the reservation; what comes while it is under way may join.
      queueMicrotask(() => void this.#drain())
    })
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length + this.#patient.length > 0) {
      await this.#runBatch()
      if (this.#lastTurns > MAX_TURNS_AT_A_STRETCH) await this.#options.giveWay?.()
    }
    this.#isDraining = false
  }

  /** Never rejects: what goes wrong is told to the batch's waiters. */
  async #runBatch(): Promise<void> {
    const { store, ranges } = this.#options
    const asked = batchOf(this.#inOrder())
    if (asked.revisions === 0) {
      const batch = this.#take(asked)
      this.#lastTurns = batch.length
      return tell(batch, () => store.commit(EMPTY_RANGE, (writer) => runTurns(store, writer, batch)).result)
    }
    const resources = resourcesOf(asked.waiters)
    for (let attempt = 0; attempt < MAX_RANGE_ATTEMPTS; attempt += 1) {
      let grant: Grant
      try {
        grant = await reserve(ranges, asked.revisions + this.#headroom(asked), resources)
      } catch (error) {
        return refuse(this.#take(asked), error)
      }
      const range = grant.claim()
      if (range !== undefined) {
        const batch = this.#take(batchOf(this.#inOrder(), range, resources))
        this.#lastTurns = batch.length
        this.#company = Math.max(batch.length + this.#waiting.length, Math.floor(this.#company / 2))
        return tell(batch, () => commitInRange(this.#options, batch, grant, range))
      }
      grant.close([])
    }
    const reason = 'revisions could not be reserved in time, nothing was written; please try again'
    refuse(this.#take(asked), serviceUnavailableError(reason))
  }

  /**
   * Revisions for turns that will join while the range is on its way. There is room for twice as many as are likely: a
   * number passed over costs nothing, a turn left to the next batch a reservation and a commit. With room for as many
   * as the batch before had, batches of 8 writers stayed at 2.5 turns; they have 4.7 so (2026-11). None where turns
   * come one by one, so that revisions follow each other.
   */
  #headroom({ waiters, revisions }: Batch): number {
    if (this.#company <= 1) return 0
    const turns = Math.min(2 * this.#company, MAX_BATCH_TURNS) - waiters.length
    return Math.max(0, Math.min(turns, MAX_BATCH_REVISIONS - revisions))
  }

  #inOrder(): readonly Waiter[] {
    if (this.#patient.length === 0) return this.#waiting
    const isTheirTurn = this.#passedOver >= MAX_PASSED_OVER
    return isTheirTurn ? [...this.#patient, ...this.#waiting] : [...this.#waiting, ...this.#patient]
  }

  #take({ waiters }: Batch): readonly Waiter[] {
    const patient = waiters.filter(({ turn }) => turn.isPatient === true).length
    this.#waiting.splice(0, waiters.length - patient)
    this.#patient.splice(0, patient)
    this.#passedOver = patient > 0 || this.#patient.length === 0 ? 0 : this.#passedOver + 1
    return waiters
  }
}

interface Batch {
  readonly waiters: readonly Waiter[]
  /** The most that they can use. */
  readonly revisions: number
}

/** The first of those who wait, as far as the limits, the range and its resources go. */
function batchOf(
  waiting: readonly Waiter[],
  range?: RevisionRange,
  resources?: readonly string[],
): Batch {
  const limit = range === undefined ? MAX_BATCH_REVISIONS : range.to - range.from + 1
  let revisions = 0
  let size = 0
  for (const { turn } of waiting) {
    // A single turn may want more than a batch has: it runs alone.
    const isTooMuch = revisions + turn.maxRevisions > limit && (size > 0 || range !== undefined)
    if (isTooMuch || size === MAX_BATCH_TURNS) break
    if (resources !== undefined && !turn.resources.every((resource) => resources.includes(resource))) break
    revisions += turn.maxRevisions
    size += 1
  }
  return { waiters: waiting.slice(0, size), revisions }
}

/** Runs the commit at once, and tells each of the batch how it ended. */
async function tell(
  batch: readonly Waiter[],
  commit: () => readonly Outcome[] | Promise<readonly Outcome[]>,
): Promise<void> {
  try {
    const outcomes = await commit()
    batch.forEach(({ resolve, reject }, index) => {
      const outcome = outcomes[index]
      if (outcome === undefined) reject(internalError('a turn of the batch was not run'))
      else if ('error' in outcome) reject(outcome.error)
      else resolve(outcome.value)
    })
  } catch (error) {
    refuse(batch, error)
  }
}

function refuse(batch: readonly Waiter[], error: unknown): void {
  for (const { reject } of batch) reject(error)
}

async function commitInRange(
  { store, committed: onCommitted, durable, publish }: CommitQueueOptions,
  batch: readonly Waiter[],
  grant: Grant,
  range: RevisionRange,
): Promise<readonly Outcome[]> {
  let committed: { result: readonly Outcome[]; changes: readonly Change[] }
  try {
    committed = store.commit(range, (writer) => runTurns(store, writer, batch))
  } catch (error) {
    grant.close([])
    throw error
  }
  if (committed.changes.length === 0) {
    grant.close([])
    return committed.result
  }
  onCommitted?.(committed.changes)
  try {
    await durable()
  } catch (error) {
    grant.abandon()
    throw error
  }
  try {
    publish(committed.changes)
  } finally {
    grant.close(committed.changes)
  }
  return committed.result
}

/**
 * Runs the turns one after another. A turn decides first and appends last; one that throws after it appended would
 * leave half a decision behind, so then the whole transaction is given up.
 */
function runTurns(store: StoreReader, writer: StoreWriter, batch: readonly Waiter[]): readonly Outcome[] {
  return batch.map(({ turn }): Outcome => {
    const before = store.revision
    try {
      return { value: turn.run(store, writer) }
    } catch (error) {
      if (store.revision !== before) throw internalError('a turn failed after it had written', error)
      return { error }
    }
  })
}

async function reserve(ranges: RangeSource, count: number, resources: readonly string[]): Promise<Grant> {
  try {
    return await ranges.reserve(count, resources)
  } catch (error) {
    if (error instanceof ApiStatusError) throw error
    throw Object.assign(serviceUnavailableError('revisions could not be reserved, nothing was written'), {
      cause: error,
    })
  }
}

function resourcesOf(batch: readonly Waiter[]): readonly string[] {
  const [first] = batch
  if (batch.length === 1 && first !== undefined) return first.turn.resources
  const all = new Set<string>()
  for (const { turn } of batch) for (const resource of turn.resources) all.add(resource)
  return [...all]
}
