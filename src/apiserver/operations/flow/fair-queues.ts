/**
 * The queues of a priority level, and which is served next: start-time fair queuing, so that each queue that has
 * something waiting gets the same part of the time, whatever the others hold (upstream's
 * pkg/util/flowcontrol/fairqueuing has the same aim; its arithmetic of seat-seconds is not copied). A queue exists while
 * something waits in it or it is ahead of the others.
 */

import type { Width } from './request-width.ts'
import { ONE_SEAT } from './request-width.ts'

/** What a request is thought to take until it is known: upstream's guess. */
const GUESSED_MS = 3

interface Queue<T> {
  readonly waiting: { readonly item: T; readonly width: Width }[]
  executing: number
  seatsExecuting: number
  seatsWaiting: number
  /** In virtual time: when what was dispatched of it so far is done. */
  finishTag: number
}

/** A queue at one moment. */
export interface QueueSnapshot {
  readonly index: number
  readonly waiting: number
  readonly initialSeatsWaiting: number
  readonly seatsWaiting: number
  /** In milliseconds of one seat. */
  readonly workWaitingMs: number
  readonly executing: number
  readonly seatsExecuting: number
  /** In virtual time: when the next one of it is due. */
  readonly nextMs: number
}

/** In milliseconds of one seat. */
function guessedWork({ initialSeats, finalSeats, finalMs }: Width): number {
  return initialSeats * GUESSED_MS + finalSeats * finalMs
}

export class FairQueues<T> {
  readonly #queues = new Map<number, Queue<T>>()
  #virtualTime = 0
  #waiting = 0

  get waiting(): number {
    return this.#waiting
  }

  /** The queue of the hand that has the least to do. */
  pick(hand: readonly number[]): number {
    let best = hand[0] ?? 0
    let least = Number.POSITIVE_INFINITY
    for (const index of hand) {
      const queue = this.#queues.get(index)
      const load = queue === undefined ? 0 : queue.seatsWaiting + queue.seatsExecuting
      if (load >= least) continue
      least = load
      best = index
    }
    return best
  }

  lengthOf(index: number): number {
    return this.#queues.get(index)?.waiting.length ?? 0
  }

  enqueue(index: number, item: T, width = ONE_SEAT): void {
    const queue = this.#queueAt(index)
    queue.waiting.push({ item, width })
    queue.seatsWaiting += width.seats
    this.#waiting += 1
  }

  /** It left on its own; its place is freed. */
  leave(index: number, item: T): void {
    const queue = this.#queues.get(index)
    const at = queue?.waiting.findIndex((one) => one.item === item) ?? -1
    if (queue === undefined || at < 0) return
    const [left] = queue.waiting.splice(at, 1)
    queue.seatsWaiting -= left?.width.seats ?? 0
    this.#waiting -= 1
    this.#drop(index, queue)
  }

  /**
   * The next in turn, which counts as executing from now on. One that has no room is waited for, and nobody overtakes
   * it: otherwise narrow requests could keep a wide one out for ever.
   */
  next(hasRoom: (width: Width) => boolean = () => true): { readonly index: number; readonly item: T } | undefined {
    let chosen: readonly [number, Queue<T>] | undefined
    for (const entry of this.#queues) {
      if (entry[1].waiting.length === 0) {
        this.#drop(...entry)
        continue
      }
      if (chosen === undefined || this.#startOf(entry[1]) < this.#startOf(chosen[1])) chosen = entry
    }
    if (chosen === undefined) return undefined
    const [index, queue] = chosen
    const [first] = queue.waiting
    if (first === undefined || !hasRoom(first.width)) return undefined
    queue.waiting.shift()
    queue.seatsWaiting -= first.width.seats
    this.#waiting -= 1
    this.begin(index, first.width)
    return { index, item: first.item }
  }

  /** A request of this queue executes, whether or not it waited. */
  begin(index: number, width = ONE_SEAT): void {
    const queue = this.#queueAt(index)
    const start = this.#startOf(queue)
    this.#virtualTime = Math.max(this.#virtualTime, start)
    queue.finishTag = start + guessedWork(width)
    queue.executing += 1
    queue.seatsExecuting += width.seats
  }

  /** It is done, and took so long; the guess is made good. */
  end(index: number, durationMs: number, width = ONE_SEAT): void {
    const queue = this.#queues.get(index)
    if (queue === undefined) return
    queue.executing -= 1
    queue.seatsExecuting -= width.seats
    queue.finishTag += (durationMs - GUESSED_MS) * width.initialSeats
    this.#drop(index, queue)
  }

  snapshot(): QueueSnapshot[] {
    return [...this.#queues].map(([index, queue]) => {
      const { waiting, executing, seatsExecuting, seatsWaiting } = queue
      const sum = (of: (width: Width) => number): number => waiting.reduce((total, one) => total + of(one.width), 0)
      return {
        index, executing, seatsExecuting, seatsWaiting, waiting: waiting.length, nextMs: this.#startOf(queue),
        initialSeatsWaiting: sum(({ initialSeats }) => initialSeats), workWaitingMs: sum(guessedWork),
      }
    })
  }

  #startOf({ finishTag }: Queue<T>): number {
    return Math.max(this.#virtualTime, finishTag)
  }

  #queueAt(index: number): Queue<T> {
    let queue = this.#queues.get(index)
    if (queue === undefined) {
      queue = { waiting: [], executing: 0, seatsExecuting: 0, seatsWaiting: 0, finishTag: 0 }
      this.#queues.set(index, queue)
    }
    return queue
  }

  #drop(index: number, queue: Queue<T>): void {
    const isIdle = queue.waiting.length === 0 && queue.executing === 0
    if (isIdle && (queue.finishTag <= this.#virtualTime || this.#waiting === 0)) this.#queues.delete(index)
  }
}
