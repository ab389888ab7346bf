/**
 * The calls behind a state that prediction follows, of many ways to it at once: a graph of return states, in which
 * equal stacks are one object. The empty stack is what is not known, in a decision that looks at its rule only.
 */
import type { State } from './network.ts'

export interface Stack {
  readonly id: number
  /** In the order of their states; none: the empty stack. */
  readonly tops: readonly Top[]
}

interface Top {
  readonly state: State
  readonly below: Stack
}

export class Stacks {
  readonly empty: Stack = { id: 0, tops: [] }
  readonly #known = new Map<string, Stack>()

  push(below: Stack, state: State): Stack {
    return this.#of([{ state, below }])
  }

  #of(tops: readonly Top[]): Stack {
    const key = tops.map(({ state, below }) => `${String(state.index)}:${String(below.id)}`).join(' ')
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const stack = { id: this.#known.size + 1, tops }
    this.#known.set(key, stack)
    return stack
  }

  /** `isOpen`: the empty stack stands for any. */
  merge(one: Stack, other: Stack, isOpen: boolean): Stack {
    if (one === other) return one
    if (one === this.empty || other === this.empty) return isOpen ? this.empty : one === this.empty ? other : one
    const tops: Top[] = [...one.tops]
    for (const top of other.tops) {
      const index = tops.findIndex(({ state }) => state === top.state)
      const same = tops[index]
      if (same === undefined) tops.push(top)
      else tops[index] = { state: top.state, below: this.merge(same.below, top.below, isOpen) }
    }
    return this.#of(tops.toSorted((first, second) => first.state.index - second.state.index))
  }
}
