/**
 * The sequencer at work: its state machine (store/sequence/sequencer.ts) with a disk, time, and calls to the stores. A
 * reservation is answered from memory, synchronously.
 *
 * Invariants: what the machine wants kept is written before its reply is returned (the platform holds the reply until
 * that is durable); a store is passed over only once the word of it is durable. It must not know: transport, SQL, HTTP.
 */
import type { Clock } from '../../lib/clock.ts'
import type {
  CloseReply,
  CloseRequest,
  LeaveRequest,
  ReserveReply,
  ReserveRequest,
  RowsAnswer,
  RowsRequest,
} from '../../store/sequence/messages.ts'
import type { SequencerState, SequencerWrite } from '../../store/sequence/sequencer-state.ts'
import { Sequencer } from '../../store/sequence/sequencer.ts'
import type { Page, PageRequest } from './store-side-driver.ts'

/** How often open ranges are looked at, while there are any. */
const TICK_MS = 250

/** The namespaces' objects, a hop away: `sequencerRows` and `sequencerPage` there. Each may fail or never return. */
export interface StoreCalls {
  rows(store: string, request: RowsRequest): Promise<RowsAnswer>
  page(store: string, request: PageRequest): Promise<Page>
}

export interface SequencerDriverOptions {
  readonly state: SequencerState
  /** Writes synchronously; durable before anything that is returned afterwards leaves. */
  keep(writes: readonly SequencerWrite[]): void
  durable(): Promise<void>
  readonly calls: StoreCalls
  readonly clock: Clock
  /** A question that failed; it is asked again. */
  onError(error: unknown): void
}

export class SequencerDriver {
  readonly machine: Sequencer
  readonly #options: SequencerDriverOptions
  readonly #listeners = new Set<() => void>()
  #hasTimer = false
  #shown: number

  constructor(options: SequencerDriverOptions) {
    this.#options = options
    this.machine = new Sequencer(options.state)
    this.#shown = this.machine.emitted
    this.#tickSoon()
  }

  reserve(request: ReserveRequest): ReserveReply {
    const reply = this.machine.reserve(request, this.#options.clock.now())
    this.#settleDown()
    return reply
  }

  close(request: CloseRequest): CloseReply {
    const reply = this.machine.close(request, this.#options.clock.now())
    this.#settleDown()
    return reply
  }

  answered(answer: RowsAnswer): RowsRequest | undefined {
    const next = this.machine.answered(answer, this.#options.clock.now())
    this.#settleDown()
    return next
  }

  leave(request: LeaveRequest): CloseReply {
    const reply = this.machine.leave(request)
    this.#settleDown()
    return reply
  }

  /** Calls `listener` whenever more may be shown, or less can be relied on. */
  onMoved(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** After every step: what is to be kept, who is to be told, whether time matters. */
  #settleDown(): void {
    const writes = this.machine.takeWrites()
    if (writes.length > 0) this.#options.keep(writes)
    const { emitted } = this.machine
    if (emitted !== this.#shown) {
      this.#shown = emitted
      for (const listener of this.#listeners) listener()
    }
    this.#tickSoon()
  }

  #tickSoon(): void {
    if (this.#hasTimer || !this.machine.hasDuties) return
    this.#hasTimer = true
    this.#options.clock.after(TICK_MS, () => {
      this.#hasTimer = false
      this.#tick()
      this.#tickSoon()
    })
  }

  #tick(): void {
    const { asks, silent } = this.machine.tick(this.#options.clock.now())
    for (const { store, request } of asks) void this.#ask(store, request)
    if (silent.length > 0) void this.#setAside(silent)
  }

  async #ask(store: string, first: RowsRequest): Promise<void> {
    try {
      for (let request: RowsRequest | undefined = first; request !== undefined; ) {
        request = this.answered(await this.#options.calls.rows(store, request))
      }
    } catch (error) {
      this.#options.onError(error)
    }
  }

  async #setAside(stores: readonly string[]): Promise<void> {
    for (const store of stores) this.machine.setAside(store)
    this.#settleDown()
    try {
      await this.#options.durable()
    } catch (error) {
      this.#options.onError(error)
      return
    }
    for (const store of stores) this.machine.confirmAside(store)
    this.#settleDown()
  }
}
