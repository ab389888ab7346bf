/**
 * Runs a pattern over a text and finds where it matches first: all ways to match at once, one character at a time
 * (Thompson, Pike), so the time is the length of the text times the size of the program, whatever the pattern. Of the
 * ways, earlier ones win, as in Perl. Whether a text matches at all is a simpler question: `automaton.ts`.
 */
import { isAt, MATCH, PLACE, SPLIT, TAKE, type PatternProgram } from './program.ts'
import type { Work } from './work.ts'

/** In UTF-16 units. */
export interface Match {
  readonly start: number
  readonly end: number
}

/** Ways to match, by rank. */
class Threads {
  readonly addresses: Int32Array
  readonly starts: Int32Array
  readonly #marks: Int32Array
  #mark = 0
  count = 0

  constructor(size: number) {
    this.addresses = new Int32Array(size)
    this.starts = new Int32Array(size)
    this.#marks = new Int32Array(size)
  }

  clear(): void {
    this.count = 0
    this.#mark += 1
  }

  /** False if it is there already. */
  visit(address: number): boolean {
    if (this.#marks[address] === this.#mark) return false
    this.#marks[address] = this.#mark
    return true
  }

  add(address: number, start: number): void {
    this.addresses[this.count] = address
    this.starts[this.count] = start
    this.count += 1
  }
}

class Machine {
  readonly #program: PatternProgram
  readonly #text: string
  readonly #work: Work
  #current: Threads
  #next: Threads
  readonly #pending: number[] = []

  constructor(program: PatternProgram, text: string, work: Work) {
    this.#program = program
    this.#text = text
    this.#work = work
    this.#current = new Threads(program.kinds.length)
    this.#next = new Threads(program.kinds.length)
    work.steps(program.kinds.length)
  }

  search(from: number): Match | undefined {
    let found: Match | undefined
    this.#current.clear()
    for (let at = from; ; ) {
      if (found === undefined) this.#follow(this.#current, this.#program.start, at, at)
      if (this.#current.count === 0 && found !== undefined) return found
      const point = this.#text.codePointAt(at)
      const width = point === undefined ? 0 : point > 0xffff ? 2 : 1
      this.#next.clear()
      found = this.#advance(at, point ?? -1, width) ?? found
      if (width === 0) return found
      ;[this.#current, this.#next] = [this.#next, this.#current]
      at += width
    }
  }

  /** All threads take the character at `at`; a thread that has matched ends those of lower rank. */
  #advance(at: number, point: number, width: number): Match | undefined {
    const { addresses, starts, count } = this.#current
    const { kinds, next } = this.#program
    this.#work.steps(count)
    for (let index = 0; index < count; index += 1) {
      const [address = 0, start = 0] = [addresses[index], starts[index]]
      if (kinds[address] === MATCH) return { start, end: at }
      if (point === -1 || !this.#program.takes(address, point)) continue
      this.#follow(this.#next, next[address] ?? 0, start, at + width)
    }
    return undefined
  }

  /** Adds a thread, through the instructions that take no character. */
  #follow(threads: Threads, first: number, start: number, at: number): void {
    const pending = this.#pending
    const { kinds, next, second, places } = this.#program
    let steps = 0
    let address: number | undefined = first
    while (address !== undefined) {
      steps += 1
      const isNew = threads.visit(address)
      const kind = isNew ? kinds[address] : undefined
      if (kind === SPLIT) {
        pending.push(second[address] ?? 0)
        address = next[address]
        continue
      }
      if (kind === TAKE || kind === MATCH) threads.add(address, start)
      const place = kind === PLACE ? places[address] : undefined
      address = place !== undefined && this.#isAt(place, at) ? next[address] : pending.pop()
    }
    this.#work.steps(steps)
  }

  #isAt(place: Parameters<typeof isAt>[0], at: number): boolean {
    return isAt(place, this.#text.charCodeAt(at - 1), this.#text.charCodeAt(at))
  }
}

/** Answers the first match at or after a place, again and again. */
export function searcher(program: PatternProgram, text: string, work: Work): (from: number) => Match | undefined {
  const machine = new Machine(program, text, work)
  return (from) => machine.search(from)
}
