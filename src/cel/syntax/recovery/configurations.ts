/** What prediction knows after some tokens: the states that each alternative can have led to, and the calls there. */
import type { State } from './network.ts'
import type { Stack, Stacks } from './stacks.ts'

export interface Configuration {
  readonly state: State
  readonly alternative: number
  stack: Stack
  /** The level that an operator on the way needs; 0: none. */
  readonly level: number
  /** The rule of the decision has ended on the way, so that what follows is any of its callers. */
  hasLeft: boolean
  /** It came back by the end of the rule itself, where a lower level may go on. */
  isKept: boolean
}

export class Configurations {
  readonly all: Configuration[] = []
  readonly #stacks: Stacks
  /** The decision looks at its rule only. */
  readonly isOpen: boolean
  readonly #byPlace = new Map<string, Configuration>()

  constructor(stacks: Stacks, isOpen: boolean) {
    this.#stacks = stacks
    this.isOpen = isOpen
  }

  add(given: Configuration): void {
    const { state, alternative, level } = given
    const place = `${String(state.index)} ${String(alternative)} ${String(level)}`
    const known = this.#byPlace.get(place)
    if (known === undefined) {
      this.#byPlace.set(place, given)
      this.all.push(given)
      return
    }
    known.stack = this.#stacks.merge(known.stack, given.stack, this.isOpen)
    known.hasLeft ||= given.hasLeft
    known.isKept ||= given.isKept
  }

  /** Equal ones lead to equal predictions. */
  key(): string {
    return this.all.map(configurationKey).join(',')
  }

  get alternatives(): ReadonlySet<number> {
    return new Set(this.all.map(({ alternative }) => alternative))
  }

  /** The only alternative that is left; 0: there are more. */
  get onlyAlternative(): number {
    const [first] = this.all
    return this.all.every(({ alternative }) => alternative === first?.alternative) ? (first?.alternative ?? 0) : 0
  }

  get areAllAtEnd(): boolean {
    return this.all.every(({ state }) => state.isEnd)
  }

  /** Alternatives that have come to the same state by the same calls, whatever follows, by place. */
  conflicts(): ReadonlySet<number>[] {
    return this.#group(({ state, stack }) => `${String(state.index)} ${String(stack.id)}`)
  }

  /** More tokens cannot tell the alternatives apart, as far as this rule goes. */
  get isConflict(): boolean {
    if (this.areAllAtEnd) return true
    if (!this.conflicts().some(({ size }) => size > 1)) return false
    return this.#group(({ state }) => String(state.index)).every(({ size }) => size > 1)
  }

  #group(keyOf: (given: Configuration) => string): ReadonlySet<number>[] {
    const groups = new Map<string, Set<number>>()
    for (const configuration of this.all) {
      const key = keyOf(configuration)
      const group = groups.get(key) ?? new Set()
      groups.set(key, group.add(configuration.alternative))
    }
    return [...groups.values()]
  }
}

export function configurationKey(given: Configuration): string {
  const { state, alternative, stack, level, isKept, hasLeft } = given
  return [state.index, alternative, stack.id, level, Number(isKept), Number(hasLeft)].join(' ')
}
