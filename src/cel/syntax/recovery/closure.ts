/**
 * The states that can be reached without a token, and those behind one token (ANTLR's parser simulation of its network,
 * parser_atn_simulator.go).
 */
import { configurationKey, Configurations, type Configuration } from './configurations.ts'
import { startOf } from './follow.ts'
import { END_OF_TEXT } from './grammar.ts'
import { NETWORK, type Decision, type State, type Transition } from './network.ts'
import type { Stack, Stacks } from './stacks.ts'

interface Way {
  readonly into: Configurations
  readonly seen: Set<string>
  readonly isAtEndOfText: boolean
  /** Levels of operators on the way are noted, at the start of a decision. */
  readonly collectsLevels: boolean
}

export class Closure {
  readonly #stacks: Stacks
  readonly #decision: Decision
  readonly #isOpen: boolean
  readonly #level: number

  /** `level`: of the rule that is being read, if all calls are known. */
  constructor(stacks: Stacks, decision: Decision, { isOpen, level = 0 }: { isOpen: boolean; level?: number }) {
    this.#stacks = stacks
    this.#decision = decision
    this.#isOpen = isOpen
    this.#level = level
  }

  #none(): Configurations {
    return new Configurations(this.#stacks, this.#isOpen)
  }

  start(stack: Stack): Configurations {
    const into = this.#none()
    for (const [index, { target }] of this.#decision.state.transitions.entries()) {
      const first = { state: target, alternative: index + 1, stack, level: 0, hasLeft: false, isKept: false }
      this.#close(first, { into, seen: new Set(), isAtEndOfText: false, collectsLevels: true }, 0)
    }
    return into
  }

  /** What one token leads to; none: nothing. */
  reach(from: Configurations, type: number): Configurations {
    const isAtEndOfText = type === END_OF_TEXT
    const behind = this.#none()
    const finished: Configuration[] = []
    for (const configuration of from.all) {
      if (configuration.state.isEnd) {
        if (!this.#isOpen || isAtEndOfText) finished.push(configuration)
        continue
      }
      for (const { kind, types, target } of tokensOf(configuration.state)) {
        if (kind === 'token' && types.has(type)) behind.add({ ...configuration, state: target })
      }
    }
    if (finished.length === 0 && !isAtEndOfText && behind.onlyAlternative !== 0) return behind
    const closed = this.#none()
    const way = { into: closed, seen: new Set<string>(), isAtEndOfText, collectsLevels: false }
    for (const configuration of behind.all) this.#close(configuration, way, 0)
    return this.#withFinished(closed, finished, isAtEndOfText)
  }

  /** Behind the end of the text only what has ended counts. */
  #withFinished(closed: Configurations, finished: readonly Configuration[], isAtEndOfText: boolean): Configurations {
    const reached = this.#none()
    for (const configuration of closed.all) if (!isAtEndOfText || configuration.state.isEnd) reached.add(configuration)
    if (this.#isOpen || !reached.all.some(({ state }) => state.isEnd)) {
      for (const configuration of finished) reached.add(configuration)
    }
    return reached
  }

  #close(first: Configuration, way: Way, depth: number): void {
    const open = [first]
    for (let at = open.pop(); at !== undefined; at = open.pop()) {
      if (!at.state.isEnd) this.#follow(at, way, depth)
      else if (at.stack !== this.#stacks.empty) {
        for (const { state, below } of at.stack.tops) open.push({ ...at, state, stack: below, isKept: false })
      } else if (this.#isOpen) this.#leave(at, way, depth)
      else way.into.add(at)
    }
  }

  #follow(at: Configuration, way: Way, depth: number): void {
    const { transitions } = at.state
    if (transitions.some(({ kind }) => kind === 'token')) way.into.add(at)
    for (const [index, transition] of transitions.entries()) {
      if (index === 0 && this.#isRepetition(at)) continue
      if (transition.kind === 'token') {
        if (!way.isAtEndOfText || !transition.types.has(END_OF_TEXT)) continue
        const next = { ...at, state: transition.target }
        if (isNew(next, way)) this.#close(next, way, depth)
        continue
      }
      const next = this.#step(at, transition, way.collectsLevels && depth === 0)
      const deeper = transition.kind === 'rule' && depth >= 0 ? depth + 1 : depth
      if (next !== undefined) this.#close(next, way, deeper)
    }
  }

  #step(at: Configuration, transition: Transition, collectsLevel: boolean): Configuration | undefined {
    const { kind, target } = transition
    if (kind === 'rule') return { ...at, state: startOf(transition.rule), stack: this.#stacks.push(at.stack, target) }
    if (kind !== 'level' || !collectsLevel) return { ...at, state: target }
    if (this.#isOpen) return { ...at, state: target, level: transition.level }
    return transition.level >= this.#level ? { ...at, state: target } : undefined
  }

  /** The rule of the decision ends: any caller of it may go on. */
  #leave(at: Configuration, way: Way, depth: number): void {
    const returns = NETWORK.returns.get(at.state.rule) ?? []
    if (returns.length === 0) way.into.add(at)
    for (const { target, rule, precedence } of returns) {
      const isOwn = this.#decision.isPrecedence && precedence === 0 && rule === this.#decision.state.rule
      const next = { ...at, state: target, hasLeft: true, isKept: at.isKept || isOwn }
      if (isNew(next, way)) this.#close(next, way, depth - 1)
    }
  }

  /** One more operator of a rule that its own right operand has called: that one would have taken it. */
  #isRepetition({ state, stack }: Configuration): boolean {
    const isEntry = state.decision?.isPrecedence === true && state.decision.state === state
    if (!isEntry || stack === this.#stacks.empty) return false
    return stack.tops.every((top) => top.state.rule === state.rule)
  }
}

function isNew(given: Configuration, { seen }: Way): boolean {
  const { state, alternative, stack, level, isKept } = given
  const key = configurationKey({ state, alternative, stack, level, isKept, hasLeft: false })
  if (seen.has(key)) return false
  seen.add(key)
  return true
}

function tokensOf({ transitions }: State): readonly Extract<Transition, { kind: 'token' }>[] {
  return transitions.filter((transition) => transition.kind === 'token')
}
