/**
 * A store's conversation with the sequencer: gives the commit queue its ranges, hands over what was committed, and
 * answers the sequencer's questions. The rules are in store/sequence/store-side.ts; here are only the calls, their time
 * limits and the order in which they may happen.
 *
 * Invariant: nothing that depends on a commit leaves before that commit is durable. It must not know: transport, SQL.
 */
import { ApiStatusError, serviceUnavailableError } from '../../apimachinery/status-error.ts'
import { WRITTEN_UNDER_FIELD } from '../../apis/custom/definition-state.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Change, ListQuery, Selectable, StoreReader } from '../../store/object-store.ts'
import type {
  Close,
  CloseReply,
  CloseRequest,
  LeaveRequest,
  ReserveReply,
  ReserveRequest,
  RowsAnswer,
  RowsRequest,
  Speaker,
} from '../../store/sequence/messages.ts'
import { MAX_ROWS_CHARACTERS } from '../../store/sequence/messages.ts'
import { StoreSide } from '../../store/sequence/store-side.ts'
import type { Grant, RangeSource } from '../commits/range-source.ts'

/** A call that is unanswered for so long is given up; a range would soon be too old to be used anyway. */
const ANSWER_TIMEOUT_MS = 1_000

/** How long a batch waits for a range before its writers get 503. */
const RESERVE_DEADLINE_MS = 3_000

/** Before a call that failed at once is tried again. */
const RETRY_DELAY_MS = 50

/** A close that no reservation took along leaves after this: what watchers across namespaces wait for at most. */
const CLOSE_IDLE_MS = 5

/** How often a store about to be wiped asks to be let go, in one call. */
const MAX_LEAVE_ATTEMPTS = 5

/** A reservation on its way: with the first one after the store left the index of due work, it enters again. */
export interface EnteringRequest extends ReserveRequest {
  readonly entersIndex?: boolean
}

/** The sequencer, a hop away. Each may fail; it is not known then whether it arrived. */
export interface SequencerCalls {
  reserve(request: EnteringRequest): Promise<ReserveReply>
  close(request: CloseRequest): Promise<CloseReply>
  answered(answer: RowsAnswer): Promise<RowsRequest | undefined>
  leave(request: LeaveRequest): Promise<CloseReply>
}

/** A page of one namespace for a list over all. */
export interface PageRequest {
  readonly resource: string
  /** The list's revision: state as of it. */
  readonly revision: number
  /** Only names after this one. */
  readonly after: string
  readonly limit: number
  /** The page ends before its texts are longer together; as long as a message may be when not said. */
  readonly maxCharacters?: number
  /** False: nobody asks what remains. */
  readonly counts?: boolean
  /** Label and field selector as the client wrote them; '' for none. */
  readonly labelSelector: string
  readonly fieldSelector: string
}

interface PageObject {
  readonly name: string
  readonly text: string
  /** Of custom resources: whether the text is what is shown depends on them. */
  readonly fields?: Readonly<Record<string, string>>
}

export interface Page {
  readonly objects: readonly PageObject[]
  readonly hasMore: boolean
  /** Whether objects that the selectors leave out follow the last one of the last page. */
  readonly hasOthers?: boolean
  /** How many objects follow behind this page; undefined where nobody asked, or selectors leave some out. */
  readonly remaining?: number | undefined
  /** The log does not reach back to the revision: the list expires. */
  readonly isCompacted: boolean
}

export interface StoreSideDriverOptions {
  readonly speaker: Speaker
  readonly store: StoreReader
  /** Rises across restarts (store/sequence/request-ids.ts). */
  readonly nextId: () => number
  readonly calls: SequencerCalls
  durable(): Promise<void>
  readonly clock: Clock
  /** The store's entry in the cluster's index of due work: asked for with the first reservation after it left. */
  readonly entry?: { isEntered: boolean }
}

export class StoreSideDriver implements RangeSource {
  readonly #options: StoreSideDriverOptions
  #side: StoreSide
  #isReserving = false
  #hasGrant = false
  #hasCloseTimer = false

  constructor(options: StoreSideDriverOptions) {
    this.#options = options
    this.#side = new StoreSide(options.speaker, options.nextId)
  }

  /** The newest revision that this store is known to be finished with: it may be asked for state as of it. */
  get finishedRevision(): number {
    return Math.max(this.#side.floor, this.#options.store.revision)
  }

  /** Promises that nothing up to `revision`, which the sequencer has given out, will be committed here any more. */
  finish(revision: number): void {
    this.#side.raiseFloor(revision)
  }

  /** Neither a range nor a request for one is out: everything committed here has been shown. */
  get isQuiet(): boolean {
    return !this.#isReserving && !this.#hasGrant
  }

  async reserve(count: number, resources: readonly string[]): Promise<Grant> {
    const { clock, calls, entry } = this.#options
    const deadline = clock.now() + RESERVE_DEADLINE_MS
    this.#isReserving = true
    try {
      do {
        await this.#sendAheadIfLarge()
        const entersIndex = entry?.isEntered === false
        const request = { ...plainRequest(this.#side.reserve(count, resources, clock.now())), entersIndex }
        const reply = await this.#within(() => calls.reserve(request))
        if (reply?.kind === 'settle') await this.#settle(reply.request)
        else if (reply?.kind === 'granted' && this.#side.receive(reply)) {
          if (entry !== undefined) entry.isEntered = true
          return this.#grant()
        } else await this.#pause(RETRY_DELAY_MS)
      } while (clock.now() < deadline)
      this.#side.drop()
    } finally {
      this.#isReserving = false
    }
    throw serviceUnavailableError('the sequencer of revisions cannot be reached, nothing was written; please try again')
  }

  /** The sequencer's question: RPC `sequencerRows` of the object. */
  async answer(request: RowsRequest): Promise<RowsAnswer> {
    const answer = this.#side.answer(request, this.#options.store)
    await this.#options.durable()
    return { ...answer, rows: answer.rows.map(plainRow) }
  }

  /**
   * A page for a list over all namespaces: RPC `sequencerPage` of the object, which makes `matches` of the selectors.
   */
  async page(request: PageRequest, matches?: ListQuery['matches']): Promise<Page> {
    const { store, durable } = this.#options
    const { resource, revision, after, limit, maxCharacters = MAX_ROWS_CHARACTERS, counts = true } = request
    this.#side.raiseFloor(revision)
    if (revision < store.compactedRevision) return { objects: [], hasMore: false, isCompacted: true }
    const { objects, hasMore, hasOthers = false, remaining } = store.list({
      resource,
      after,
      limit,
      maxCharacters: Math.min(maxCharacters, MAX_ROWS_CHARACTERS),
      counts,
      ...(revision < store.revision ? { asOf: revision } : {}),
      ...(matches === undefined ? {} : { matches }),
    })
    const page = objects.map(({ name, text, selectable: { fields } }) =>
      WRITTEN_UNDER_FIELD in fields ? { name, text, fields } : { name, text },
    )
    await durable()
    return { objects: page, hasMore, hasOthers, remaining, isCompacted: false }
  }

  /**
   * Takes leave of the sequencer and runs `wipe`, which empties the store, counts it as compacted at its last revision
   * and makes `incarnation` durable. The namespace is sealed and holds no objects; no turn is waiting.
   */
  async wipe(incarnation: number, wipe: () => void): Promise<void> {
    const { store, calls } = this.#options
    for (let attempt = 0; attempt < MAX_LEAVE_ATTEMPTS; attempt += 1) {
      if (this.#isReserving || this.#hasGrant) {
        await this.#pause(RETRY_DELAY_MS)
        continue
      }
      const request = { ...this.#side.speaker, lastRevision: store.revision }
      const reply = await this.#within(() => calls.leave(request))
      if (reply?.kind === 'settle') await this.#settle(reply.request)
      else if (reply === undefined) await this.#pause(RETRY_DELAY_MS)
      else {
        wipe()
        this.#side = new StoreSide({ store: this.#side.speaker.store, incarnation }, this.#options.nextId)
        return
      }
    }
    throw serviceUnavailableError('the namespace cannot be wiped yet: the sequencer of revisions cannot be reached')
  }

  #grant(): Grant {
    const { clock, store } = this.#options
    const side = this.#side
    this.#hasGrant = true
    return {
      claim: () => side.claim(clock.now(), store.revision),
      close: (changes) => {
        this.#hasGrant = false
        side.close(changes)
        this.#closeSoon()
      },
      abandon: () => {
        this.#hasGrant = false
        side.abandon()
      },
    }
  }

  /** One timer at a time: on a busy store the next reservation takes the close along long before. */
  #closeSoon(): void {
    if (this.#hasCloseTimer) return
    this.#hasCloseTimer = true
    this.#options.clock.after(CLOSE_IDLE_MS, () => {
      this.#hasCloseTimer = false
      const { owed } = this.#side
      if (owed !== undefined && !this.#isReserving) void this.#closeAlone(owed)
    })
  }

  /** A close that does not arrive is owed still: the next reservation has it, or the sequencer asks. */
  async #closeAlone(owed: Close): Promise<boolean> {
    const side = this.#side
    for (const close of inParts(owed)) {
      const reply = await this.#within(() => this.#options.calls.close({ ...side.speaker, close }))
      if (reply === undefined) return false
      if (reply.kind === 'settle') {
        if (!(await this.#settle(reply.request))) return false
        break
      }
    }
    side.acknowledged(owed)
    return true
  }

  /** Rows beyond what a message carries go in parts; if they do not arrive, the log is asked for them instead. */
  async #sendAheadIfLarge(): Promise<void> {
    const { owed } = this.#side
    if (owed === undefined || inParts(owed).length === 1) return
    if (!(await this.#closeAlone(owed))) this.#side.abandon()
  }

  /** Answers until the sequencer has everything. False: it could not be reached. */
  async #settle(first: RowsRequest): Promise<boolean> {
    for (let request: RowsRequest | undefined = first; request !== undefined; ) {
      const answer = await this.answer(request)
      const reply = await this.#within(async () => ({ next: await this.#options.calls.answered(answer) }))
      if (reply === undefined) return false
      request = reply.next
    }
    return true
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.after(delayMs, resolve)
    })
  }

  /**
   * What the call answers in time, else undefined: a failed call, a late one and a lost one are the same to the rules.
   * An ApiStatusError is an answer, and goes on.
   */
  #within<T>(call: () => Promise<T>): Promise<T | undefined> {
    return new Promise((resolve, reject) => {
      const cancel = this.#options.clock.after(ANSWER_TIMEOUT_MS, () => resolve(undefined))
      call().then(
        (value) => {
          cancel()
          resolve(value)
        },
        (error: unknown) => {
          cancel()
          if (error instanceof ApiStatusError) reject(error)
          else resolve(undefined)
        },
      )
    })
  }
}

function inParts(close: Close): readonly Close[] {
  const parts: Close[] = []
  let rows: Change[] = []
  let characters = 0
  for (const row of close.rows) {
    if (rows.length > 0 && characters + row.text.length > MAX_ROWS_CHARACTERS) {
      parts.push({ from: close.from, rows, isWhole: false })
      rows = []
      characters = 0
    }
    rows.push(plainRow(row))
    characters += row.text.length
  }
  return [...parts, { from: close.from, rows, isWhole: true }]
}

/** Without the close's lazily parsed rows, which cannot cross a hop as they are. */
function plainRequest(request: ReserveRequest): ReserveRequest {
  const { close } = request
  if (close === undefined || close.rows.length === 0) return request
  return { ...request, close: { ...close, rows: close.rows.map(plainRow) } }
}

function plainRow(row: Change): Change {
  const { resource, name, revision, text, type, timeMs, previousText } = row
  const selectable = plainSelectable(row.selectable)
  const previousSelectable = row.previousSelectable === undefined ? undefined : plainSelectable(row.previousSelectable)
  const before = previousText === undefined ? undefined : { previousText }
  return { resource, name, revision, text, type, timeMs, selectable, previousSelectable, ...before }
}

const plainSelectable = ({ labels, fields }: Selectable): Selectable => ({ labels, fields })
