/**
 * Whether a text matches a pattern anywhere: the program as a deterministic automaton whose states are made when they
 * are first met. A state is the set of instructions that wait for a character, and what the last character was (for `^`
 * and `\b`). In a known state a character takes one look-up, however large the program is.
 */
import { isAt, MATCH, PLACE, SPLIT, TAKE, type PatternProgram } from './program.ts'
import type { Work } from './work.ts'

type Steps = Pick<Work, 'steps'>

/** States and transitions kept; patterns that people write have a few dozens. With more, all are made anew. */
const MAX_STATES = 500
const MAX_TRANSITIONS = 20_000

const ASCII = 128

/** Stand for all characters that `^`, `$` and `\b` do not tell apart. */
const NOTHING = Number.NaN
const NEWLINE = 0x0a
const WORD = 0x61
const OTHER = 0x20

interface State {
  /** Reached, but not followed: whether `$` holds depends on the next character. */
  readonly kernel: readonly number[]
  readonly before: number
  /** By the character, for those of ASCII; the others. */
  readonly ascii: (State | true | undefined)[]
  readonly others: Map<number, State | true>
  /** Whether the pattern matches if the text ends here. */
  matchesAtEnd: boolean | undefined
}

export class Automaton {
  readonly #program: PatternProgram
  #states = new Map<string, State>()
  #transitions = 0
  readonly #marks: Int32Array
  #mark = 0

  constructor(program: PatternProgram) {
    this.#program = program
    this.#marks = new Int32Array(program.kinds.length)
  }

  matches(text: string, work: Steps): boolean {
    let state = this.#state([this.#program.start], NOTHING)
    for (let at = 0; at < text.length; at += 1) {
      let point = text.charCodeAt(at)
      if (point >= 0xd800 && point < 0xdc00) {
        point = text.codePointAt(at) ?? point
        if (point > 0xffff) at += 1
      }
      const known: State | true | undefined = point < ASCII ? state.ascii[point] : state.others.get(point)
      const next = known ?? this.#transition(state, point, work)
      if (next === true) return true
      state = next
    }
    work.steps(text.length)
    state.matchesAtEnd ??= this.#follow(state, NOTHING, work).isMatch
    return state.matchesAtEnd
  }

  #state(kernel: readonly number[], before: number): State {
    const key = `${String(before)} ${kernel.join(' ')}`
    const known = this.#states.get(key)
    if (known !== undefined) return known
    if (this.#states.size >= MAX_STATES) this.#forget()
    const state: State = { kernel, before, ascii: [], others: new Map(), matchesAtEnd: undefined }
    this.#states.set(key, state)
    return state
  }

  #forget(): void {
    this.#states = new Map()
    this.#transitions = 0
  }

  #transition(state: State, point: number, work: Steps): State | true {
    const { waiting, isMatch } = this.#follow(state, classOf(point), work)
    if (isMatch) return this.#remember(state, point, true)
    const kernel: number[] = []
    for (const address of waiting) {
      if (this.#program.takes(address, point)) kernel.push(this.#program.next[address] ?? 0)
    }
    // A match may begin anywhere.
    kernel.push(this.#program.start)
    work.steps(waiting.length + kernel.length)
    const sorted = [...new Set(kernel)].toSorted((one, other) => one - other)
    return this.#remember(state, point, this.#state(sorted, classOf(point)))
  }

  #remember(state: State, point: number, next: State | true): State | true {
    if (this.#transitions >= MAX_TRANSITIONS) this.#forget()
    this.#transitions += 1
    if (point < ASCII) state.ascii[point] = next
    else state.others.set(point, next)
    return next
  }

  /** The instructions that wait for a character, after all that take none. */
  #follow({ kernel, before }: State, after: number, work: Steps): { waiting: number[]; isMatch: boolean } {
    const waiting: number[] = []
    const pending = [...kernel]
    const { kinds, next: ways, second, places } = this.#program
    let steps = 0
    this.#mark += 1
    for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
      steps += 1
      if (this.#marks[next] === this.#mark) continue
      this.#marks[next] = this.#mark
      const kind = kinds[next]
      if (kind === MATCH) {
        work.steps(steps)
        return { waiting, isMatch: true }
      }
      if (kind === SPLIT) pending.push(second[next] ?? 0, ways[next] ?? 0)
      else if (kind === TAKE) waiting.push(next)
      const place = kind === PLACE ? places[next] : undefined
      if (place !== undefined && isAt(place, before, after)) pending.push(ways[next] ?? 0)
    }
    work.steps(steps)
    return { waiting, isMatch: false }
  }
}

function classOf(point: number): number {
  if (point === NEWLINE) return NEWLINE
  return isAt('wordBoundary', NOTHING, point) ? WORD : OTHER
}
