/**
 * A pattern as instructions for `machine.ts` and `automaton.ts`, in arrays of numbers, because they are what a search
 * spends its time on. Repetitions are written out, so the size of a program is limited.
 */
import { contains, isWordCharacter, type CharacterSet } from './character-set.ts'
import { PatternError, type PatternNode, type Place } from './parser.ts'

export const MATCH = 0
/** Takes a character of a set. */
export const TAKE = 1
/** Goes two ways, the first before the second. */
export const SPLIT = 2
/** Goes on where the place is right. */
export const PLACE = 3

export interface PatternProgram {
  readonly start: number
  readonly kinds: Uint8Array
  /** Where an instruction goes on; of a split, the way that wins. */
  readonly next: Int32Array
  readonly second: Int32Array
  readonly places: readonly (Place | undefined)[]
  /** Whether a `TAKE` takes a character. */
  takes(address: number, point: number): boolean
}

/**
 * Instructions of a program. Differs: Go takes 3,300,000 of them, which cost more memory than an isolate has; patterns
 * that people write have hundreds.
 */
const MAX_INSTRUCTIONS = 50_000
const ASCII = 128

class Assembler {
  readonly #pattern: string
  readonly #kinds: number[] = []
  readonly #next: number[] = []
  readonly #second: number[] = []
  readonly #places: (Place | undefined)[] = []
  readonly #sets: (CharacterSet | undefined)[] = []

  constructor(pattern: string) {
    this.#pattern = pattern
  }

  #push(kind: number, next: number, second = 0, place?: Place, set?: CharacterSet): number {
    if (this.#kinds.length >= MAX_INSTRUCTIONS) throw new PatternError('expression too large', this.#pattern)
    this.#next.push(next)
    this.#second.push(second)
    this.#places.push(place)
    this.#sets.push(set)
    return this.#kinds.push(kind) - 1
  }

  /** The address of `node` followed by `next`. Built backwards, so that addresses are known. */
  #assemble(node: PatternNode, next: number): number {
    switch (node.kind) {
      case 'empty':
        return next
      case 'set':
        return this.#push(TAKE, next, 0, undefined, node.set)
      case 'place':
        return this.#push(PLACE, next, 0, node.place)
      case 'sequence':
        return node.nodes.reduceRight((following, inner) => this.#assemble(inner, following), next)
      case 'choice':
        return this.#choice(node.nodes.map((inner) => this.#assemble(inner, next)))
      case 'repeat':
        return this.#repeat(node, next)
    }
  }

  #choice(starts: readonly number[]): number {
    const [first = 0, ...others] = starts
    if (others.length === 0) return first
    let rest = others.at(-1) ?? 0
    for (const start of others.slice(0, -1).toReversed()) rest = this.#push(SPLIT, start, rest)
    return this.#push(SPLIT, first, rest)
  }

  #repeat(node: PatternNode & { kind: 'repeat' }, next: number): number {
    const { node: inner, min, max, isLazy } = node
    let start = next
    if (max === Infinity) start = this.#loop(inner, next, isLazy)
    else {
      for (let times = min; times < max; times += 1) {
        const once = this.#assemble(inner, start)
        start = isLazy ? this.#push(SPLIT, next, once) : this.#push(SPLIT, once, next)
      }
    }
    for (let times = 0; times < min; times += 1) start = this.#assemble(inner, start)
    return start
  }

  #loop(inner: PatternNode, next: number, isLazy: boolean): number {
    const address = this.#push(SPLIT, next, next)
    const body = this.#assemble(inner, address)
    if (isLazy) this.#second[address] = body
    else this.#next[address] = body
    return address
  }

  finish(node: PatternNode): PatternProgram {
    const start = this.#assemble(node, this.#push(MATCH, 0))
    const [sets, tables] = [this.#sets, tablesOf(this.#sets)]
    return {
      start,
      kinds: Uint8Array.from(this.#kinds),
      next: Int32Array.from(this.#next),
      second: Int32Array.from(this.#second),
      places: this.#places,
      takes(address, point) {
        if (point < ASCII) return tables[address]?.[point] === 1
        const set = sets[address]
        return set !== undefined && contains(set, point)
      },
    }
  }
}

/** Which characters of ASCII a set takes, worked out once for each set. */
function tablesOf(sets: readonly (CharacterSet | undefined)[]): readonly (Uint8Array | undefined)[] {
  const tables = new Map<CharacterSet, Uint8Array>()
  return sets.map((set) => {
    if (set === undefined) return undefined
    const known = tables.get(set)
    if (known !== undefined) return known
    const table = Uint8Array.from({ length: ASCII }, (_, point) => (contains(set, point) ? 1 : 0))
    tables.set(set, table)
    return table
  })
}

export function assemblePattern(pattern: string, node: PatternNode): PatternProgram {
  return new Assembler(pattern).finish(node)
}

/** Whether a place between two characters is one that a pattern asks for; NaN stands for the ends of the text. */
export function isAt(place: Place, before: number, after: number): boolean {
  switch (place) {
    case 'textStart':
      return Number.isNaN(before)
    case 'textEnd':
      return Number.isNaN(after)
    case 'lineStart':
      return Number.isNaN(before) || before === 0x0a
    case 'lineEnd':
      return Number.isNaN(after) || after === 0x0a
    default:
      return (isWordCharacter(before) !== isWordCharacter(after)) === (place === 'wordBoundary')
  }
}
