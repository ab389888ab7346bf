/**
 * Runs a pattern over a text: all ways to match at once, one character at a time (Thompson, Pike), so the time is the
 * length of the text times the size of the program, whatever the pattern. Of the ways, earlier ones win, as in Perl.
 */
import { contains, isWordCharacter } from './character-set.ts'
import type { Place } from './parser.ts'
import type { PatternProgram } from './program.ts'
import { CostLimitError } from '../values/evaluation-error.ts'

/** In UTF-16 units. */
export interface Match {
  readonly start: number
  readonly end: number
}

/** Instructions visited for one search: about a third of a second. */
const MAX_STEPS = 30_000_000

class Threads {
  readonly addresses: number[] = []
  readonly starts: number[] = []
  readonly #marks: Int32Array
  #mark = 0

  constructor(size: number) {
    this.#marks = new Int32Array(size)
  }

  clear(): void {
    this.addresses.length = 0
    this.starts.length = 0
    this.#mark += 1
  }

  /** False if it is there already. */
  visit(address: number): boolean {
    if (this.#marks[address] === this.#mark) return false
    this.#marks[address] = this.#mark
    return true
  }
}

class Machine {
  readonly #program: PatternProgram
  readonly #text: string
  readonly #isShort: boolean
  #steps = 0
  #current: Threads
  #next: Threads
  readonly #pending: number[] = []

  /** `isShort`: any match will do. */
  constructor(program: PatternProgram, text: string, isShort: boolean) {
    this.#program = program
    this.#text = text
    this.#isShort = isShort
    this.#current = new Threads(program.instructions.length)
    this.#next = new Threads(program.instructions.length)
  }

  search(from: number): Match | undefined {
    let found: Match | undefined
    this.#current.clear()
    for (let at = from; ; ) {
      if (found === undefined) this.#follow(this.#current, this.#program.start, at, at)
      if (this.#current.addresses.length === 0) return found
      const point = this.#text.codePointAt(at)
      const width = point === undefined ? 0 : point > 0xffff ? 2 : 1
      this.#next.clear()
      found = this.#advance(at, point, width) ?? found
      if (width === 0 || (found !== undefined && this.#isShort)) return found
      ;[this.#current, this.#next] = [this.#next, this.#current]
      at += width
    }
  }

  /** All threads take the character at `at`; a thread that has matched ends those of lower rank. */
  #advance(at: number, point: number | undefined, width: number): Match | undefined {
    const { addresses, starts } = this.#current
    for (let index = 0; index < addresses.length; index += 1) {
      const instruction = this.#program.instructions[addresses[index] ?? 0]
      const start = starts[index] ?? 0
      if (instruction?.kind === 'match') return { start, end: at }
      if (instruction?.kind !== 'set' || point === undefined || !contains(instruction.set, point)) continue
      this.#follow(this.#next, instruction.next, start, at + width)
    }
    return undefined
  }

  /** Adds a thread, through the instructions that take no character. */
  #follow(threads: Threads, address: number, start: number, at: number): void {
    const pending = this.#pending
    pending.push(address)
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      this.#steps += 1
      if (this.#steps > MAX_STEPS) throw new CostLimitError()
      if (!threads.visit(next)) continue
      const instruction = this.#program.instructions[next]
      if (instruction?.kind === 'split') pending.push(instruction.second, instruction.first)
      else if (instruction?.kind === 'place') {
        if (this.#isAt(instruction.place, at)) pending.push(instruction.next)
      } else {
        threads.addresses.push(next)
        threads.starts.push(start)
      }
    }
  }

  #isAt(place: Place, at: number): boolean {
    switch (place) {
      case 'textStart':
        return at === 0
      case 'textEnd':
        return at === this.#text.length
      case 'lineStart':
        return at === 0 || this.#text[at - 1] === '\n'
      case 'lineEnd':
        return at === this.#text.length || this.#text[at] === '\n'
      default: {
        const isWord = (index: number): boolean => isWordCharacter(this.#text.charCodeAt(index))
        return (isWord(at - 1) !== isWord(at)) === (place === 'wordBoundary')
      }
    }
  }
}

export function isMatch(program: PatternProgram, text: string): boolean {
  return new Machine(program, text, true).search(0) !== undefined
}

/** Answers the first match at or after a place, again and again; all searches share one limit of steps. */
export function searcher(program: PatternProgram, text: string): (from: number) => Match | undefined {
  const machine = new Machine(program, text, false)
  return (from) => machine.search(from)
}
