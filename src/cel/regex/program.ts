/** A pattern as instructions for `machine.ts`: repetitions are written out, so the size of the program is limited. */
import type { CharacterSet } from './character-set.ts'
import { PatternError, type PatternNode, type Place } from './parser.ts'

export type Instruction =
  | { readonly kind: 'set'; readonly set: CharacterSet; next: number }
  | { readonly kind: 'place'; readonly place: Place; next: number }
  /** Tries `first` before `second`. */
  | { readonly kind: 'split'; first: number; second: number }
  | { readonly kind: 'match' }

export interface PatternProgram {
  readonly instructions: readonly Instruction[]
  readonly start: number
}

/**
 * Instructions of a program. Differs: Go takes 3,300,000 of them, which cost more memory than an isolate has; patterns
 * that people write have hundreds.
 */
const MAX_INSTRUCTIONS = 50_000

class Assembler {
  readonly instructions: Instruction[] = []
  readonly pattern: string

  constructor(pattern: string) {
    this.pattern = pattern
  }

  #push(instruction: Instruction): number {
    if (this.instructions.length >= MAX_INSTRUCTIONS) throw new PatternError('expression too large', this.pattern)
    return this.instructions.push(instruction) - 1
  }

  /** The address of `node` followed by `next`. Built backwards, so that addresses are known. */
  assemble(node: PatternNode, next: number): number {
    switch (node.kind) {
      case 'empty':
        return next
      case 'set':
        return this.#push({ kind: 'set', set: node.set, next })
      case 'place':
        return this.#push({ kind: 'place', place: node.place, next })
      case 'sequence':
        return node.nodes.reduceRight((following, inner) => this.assemble(inner, following), next)
      case 'choice':
        return this.#choice(node.nodes.map((inner) => this.assemble(inner, next)))
      case 'repeat':
        return this.#repeat(node, next)
    }
  }

  #choice(starts: readonly number[]): number {
    const [first = 0, ...others] = starts
    if (others.length === 0) return first
    let rest = others.at(-1) ?? 0
    for (const start of others.slice(0, -1).toReversed()) {
      rest = this.#push({ kind: 'split', first: start, second: rest })
    }
    return this.#push({ kind: 'split', first, second: rest })
  }

  #repeat(node: PatternNode & { kind: 'repeat' }, next: number): number {
    const { node: inner, min, max, isLazy } = node
    let start = next
    if (max === Infinity) start = this.#loop(inner, next, isLazy)
    else {
      for (let times = min; times < max; times += 1) start = this.#option(this.assemble(inner, start), next, isLazy)
    }
    for (let times = 0; times < min; times += 1) start = this.assemble(inner, start)
    return start
  }

  #option(once: number, next: number, isLazy: boolean): number {
    return this.#push({ kind: 'split', first: isLazy ? next : once, second: isLazy ? once : next })
  }

  #loop(inner: PatternNode, next: number, isLazy: boolean): number {
    const split: Instruction = { kind: 'split', first: next, second: next }
    const address = this.#push(split)
    const body = this.assemble(inner, address)
    if (isLazy) split.second = body
    else split.first = body
    return address
  }

  finish(node: PatternNode): PatternProgram {
    const match = this.#push({ kind: 'match' })
    const start = this.assemble(node, match)
    return { instructions: this.instructions, start }
  }
}

export function assemblePattern(pattern: string, node: PatternNode): PatternProgram {
  return new Assembler(pattern).finish(node)
}
