/**
 * One priority level of one object: its limit, what runs, and the queues of what waits. Knows no schemas and no
 * metrics.
 */
import type { V1PriorityLevelConfiguration } from '../../../apis/generated/types.ts'
import type { SeatLimits } from './concurrency.ts'
import { FairQueues } from './fair-queues.ts'
import type { QueueDump } from './flow-dump.ts'
import type { Width } from './request-width.ts'
import { maxSeatsOf } from './request-width.ts'
import { RetryAfter } from './retry-after.ts'
import { SeatDemand } from './seat-demand.ts'

export interface Queuing {
  readonly queues: number
  readonly handSize: number
  readonly lengthLimit: number
}

/** A request that waits; told once its turn has come. */
export interface WaitingRequest {
  readonly width: Width
  dispatch(queue: number): void
}

/** The queue of levels that have none, where everything runs. */
const NO_QUEUE = -1

export class PriorityLevel {
  readonly name: string
  readonly demand: SeatDemand
  readonly retryAfter = new RetryAfter()
  /** Since it is here. */
  readonly counts = { dispatched: 0, rejected: 0, timedOut: 0, cancelled: 0 }
  uid = ''
  isExempt = false
  /** The most seats that one request is thought to take here; undefined: nothing is said of it. */
  maxSeats: number | undefined
  limits: SeatLimits = { nominal: 0, min: 0, max: 0 }
  /** Undefined: what is too much is refused at once. */
  queuing: Queuing | undefined
  readonly #queues = new FairQueues<WaitingRequest>()
  #currentLimit = 0
  #executing = 0
  #seatsInUse = 0
  #isConfigured = false

  constructor(name: string, nowMs: number) {
    this.name = name
    this.demand = new SeatDemand(nowMs)
  }

  get currentLimit(): number {
    return this.#currentLimit
  }

  /** Whether one more of a seat has to wait. */
  get isFull(): boolean {
    return this.#queues.waiting > 0 || this.#seatsInUse >= this.#currentLimit
  }

  /** Whether one more of this width need not wait; those who came before it go first. */
  hasRoomFor(width: Width): boolean {
    return this.#queues.waiting === 0 && this.#fits(width)
  }

  /** What is wider than the whole level runs alone; but nothing leaves the queues of a level without seats. */
  #fits({ seats }: Width): boolean {
    const inUse = this.#seatsInUse
    const mayRunAlone = this.#currentLimit > 0 || this.queuing === undefined
    return inUse + seats <= this.#currentLimit || (inUse === 0 && mayRunAlone)
  }

  configure({ metadata, spec }: V1PriorityLevelConfiguration, limits: SeatLimits): void {
    this.uid = metadata.uid ?? ''
    this.isExempt = spec?.type === 'Exempt'
    const { queuing } = spec?.limited?.limitResponse ?? {}
    this.queuing =
      queuing === undefined
        ? undefined
        : { queues: queuing.queues ?? 1, handSize: queuing.handSize ?? 1, lengthLimit: queuing.queueLengthLimit ?? 1 }
    const isSame = limits.nominal === this.limits.nominal && limits.min === this.limits.min
    this.limits = limits
    this.maxSeats = maxSeatsOf(limits.nominal, this.queuing?.handSize)
    // Upstream's first guess: half of what could be lent is.
    if (!this.#isConfigured || !isSame) this.setLimit(limits.nominal - Math.floor((limits.nominal - limits.min) / 2))
    this.#isConfigured = true
  }

  get executing(): number {
    return this.#executing
  }

  get waiting(): number {
    return this.#queues.waiting
  }

  /** What there is in its queues. */
  queues(): QueueDump[] {
    return this.#queues.snapshot().map((queue) => ({ level: this.name, ...queue }))
  }

  setLimit(limit: number): void {
    this.#currentLimit = limit
    this.#dispatchAll()
  }

  /** Why one more cannot even wait. */
  refusal(hand: readonly number[]): 'concurrency-limit' | 'queue-full' | undefined {
    if (this.queuing === undefined) return 'concurrency-limit'
    const { lengthLimit } = this.queuing
    return this.#queues.lengthOf(this.#queues.pick(hand)) >= lengthLimit ? 'queue-full' : undefined
  }

  /** One that need not wait. Answers its queue. */
  begin(hand: readonly number[], width: Width): number {
    this.#executing += 1
    this.#seatsInUse += width.seats
    if (hand.length === 0) return NO_QUEUE
    const queue = this.#queues.pick(hand)
    this.#queues.begin(queue, width)
    return queue
  }

  enqueue(hand: readonly number[], item: WaitingRequest): number {
    const queue = this.#queues.pick(hand)
    this.#queues.enqueue(queue, item, item.width)
    return queue
  }

  lengthOf(queue: number): number {
    return this.#queues.lengthOf(queue)
  }

  /** Those behind it may be narrower, and have room now. */
  leave(queue: number, item: WaitingRequest): void {
    this.#queues.leave(queue, item)
    if (this.#queues.waiting > 0) this.#dispatchAll()
  }

  /** It is answered; its seats are free only when they are released. */
  end(queue: number, width: Width, durationMs: number): void {
    this.#executing -= 1
    if (queue !== NO_QUEUE) this.#queues.end(queue, durationMs, width)
  }

  release({ seats }: Width, nowMs: number): void {
    this.#seatsInUse -= seats
    this.demand.add(-seats, nowMs)
    if (this.#queues.waiting > 0) this.#dispatchAll()
  }

  #dispatchAll(): void {
    for (;;) {
      const next = this.#queues.next((width) => this.#fits(width))
      if (next === undefined) return
      this.#executing += 1
      this.#seatsInUse += next.item.width.seats
      next.item.dispatch(next.index)
    }
  }
}
