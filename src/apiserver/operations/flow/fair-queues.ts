/**
 * The queues of a priority level, and which is served next: start-time fair queuing, so that each queue that has
 * something waiting gets the same part of the time, whatever the others hold (upstream's
 * pkg/util/flowcontrol/fairqueuing has the same aim; its arithmetic of seat-seconds is not copied). A queue exists while
 * something waits in it or it is ahead of the others.
 */

/** What a request is thought to take until it is known: upstream's guess. */
const GUESSED_MS = 3

interface Queue<T> {
  readonly waiting: T[]
  executing: number
  /** In virtual time: when what was dispatched of it so far is done. */
  finishTag: number
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
      const load = queue === undefined ? 0 : queue.waiting.length + queue.executing
      if (load >= least) continue
      least = load
      best = index
    }
    return best
  }

  lengthOf(index: number): number {
    return this.#queues.get(index)?.waiting.length ?? 0
  }

  enqueue(index: number, item: T): void {
    this.#queueAt(index).waiting.push(item)
    this.#waiting += 1
  }

  /** It left on its own; its place is freed. */
  leave(index: number, item: T): void {
    const queue = this.#queues.get(index)
    const at = queue?.waiting.indexOf(item) ?? -1
    if (queue === undefined || at < 0) return
    queue.waiting.splice(at, 1)
    this.#waiting -= 1
    this.#drop(index, queue)
  }

  /** The next in turn, which counts as executing from now on. */
  next(): { readonly index: number; readonly item: T } | undefined {
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
    const item = queue.waiting.shift()
    if (item === undefined) return undefined
    this.#waiting -= 1
    this.begin(index)
    return { index, item }
  }

  /** A request of this queue executes, whether or not it waited. */
  begin(index: number): void {
    const queue = this.#queueAt(index)
    const start = this.#startOf(queue)
    this.#virtualTime = Math.max(this.#virtualTime, start)
    queue.finishTag = start + GUESSED_MS
    queue.executing += 1
  }

  /** It is done, and took so long; the guess is made good. */
  end(index: number, durationMs: number): void {
    const queue = this.#queues.get(index)
    if (queue === undefined) return
    queue.executing -= 1
    queue.finishTag += durationMs - GUESSED_MS
    this.#drop(index, queue)
  }

  snapshot(): { index: number; waiting: number; executing: number; nextMs: number }[] {
    return [...this.#queues].map(([index, queue]) => {
      const { waiting, executing } = queue
      return { index, waiting: waiting.length, executing, nextMs: this.#startOf(queue) }
    })
  }

  #startOf({ finishTag }: Queue<T>): number {
    return Math.max(this.#virtualTime, finishTag)
  }

  #queueAt(index: number): Queue<T> {
    let queue = this.#queues.get(index)
    if (queue === undefined) {
      queue = { waiting: [], executing: 0, finishTag: 0 }
      this.#queues.set(index, queue)
    }
    return queue
  }

  #drop(index: number, queue: Queue<T>): void {
    const isIdle = queue.waiting.length === 0 && queue.executing === 0
    if (isIdle && (queue.finishTag <= this.#virtualTime || this.#waiting === 0)) this.#queues.delete(index)
  }
}
