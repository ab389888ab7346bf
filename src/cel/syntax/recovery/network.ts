/**
 * The grammar as a network of states, as ANTLR's tool makes one (an augmented transition network): what has been read
 * of a rule is a state, and transitions lead on by a token, by a whole rule, or by nothing. Messages and recovery
 * depend on which states there are, so none may be left out where a decision is made.
 */
import { GRAMMAR, type Part, type RuleName, type Way } from './grammar.ts'

export type Transition =
  | { readonly kind: 'token'; readonly types: ReadonlySet<number>; readonly target: State; readonly label: string }
  | {
      readonly kind: 'rule'
      readonly rule: RuleName
      readonly precedence: number
      /** Where it goes on after the rule. */
      readonly target: State
      readonly label: string
    }
  | { readonly kind: 'level'; readonly level: number; readonly target: State }
  | { readonly kind: 'nothing'; readonly target: State }

/** Where there is more than one way on. */
export interface Decision {
  /** Its transitions are the alternatives, numbered from 1. */
  readonly state: State
  readonly looksAhead: boolean
  /** The second alternative is to go on without what the first reads. */
  readonly isOptional: boolean
  /** Whether there is one more operator of a left-recursive rule. */
  readonly isPrecedence: boolean
}

export interface State {
  readonly index: number
  readonly rule: RuleName
  readonly transitions: Transition[]
  /** Before it goes on the next token is looked at: an unexpected one is left out, or all up to one that fits. */
  sync?: 'one' | 'all'
  decision?: Decision
  /** What the tree calls the way that begins here. */
  form?: string
  isEnd: boolean
}

/** A place where a rule is called, as seen from its end. */
export interface Return {
  readonly target: State
  readonly rule: RuleName
  readonly precedence: number
}

export interface Network {
  readonly starts: ReadonlyMap<RuleName, State>
  readonly returns: ReadonlyMap<RuleName, readonly Return[]>
}

class Builder {
  readonly #starts = new Map<RuleName, State>()
  readonly #returns = new Map<RuleName, Return[]>()
  #count = 0

  build(): Network {
    for (const name of Object.keys(GRAMMAR) as RuleName[]) this.#rule(name)
    return { starts: this.#starts, returns: this.#returns }
  }

  #state(rule: RuleName): State {
    this.#count += 1
    return { index: this.#count, rule, transitions: [], isEnd: false }
  }

  #rule(name: RuleName): void {
    const { parts, operators } = GRAMMAR[name]
    const end = this.#state(name)
    end.isEnd = true
    const repeated = (ways: readonly Way[]): State =>
      this.#loop(name, (back) => this.#ways(name, ways, true, back), end, true)
    this.#starts.set(name, this.#sequence(name, parts, operators === undefined ? end : repeated(operators)))
  }

  /** States that read `parts` and then are at `next`; the first of them. */
  #sequence(rule: RuleName, parts: readonly Part[], next: State): State {
    return parts.reduceRight((following, part) => this.#part(rule, part, following), next)
  }

  #part(rule: RuleName, part: Part, next: State): State {
    switch (part.kind) {
      case 'token': {
        const state = this.#state(rule)
        state.transitions.push({ kind: 'token', types: new Set(part.types), target: next, label: part.label })
        return state
      }
      case 'rule': {
        const state = this.#state(rule)
        const { rule: called, precedence, label } = part
        state.transitions.push({ kind: 'rule', rule: called, precedence, target: next, label })
        const returns = this.#returns.get(called) ?? []
        this.#returns.set(called, [...returns, { target: next, rule: called, precedence }])
        return state
      }
      case 'maybe':
        return this.#decide(rule, [this.#sequence(rule, part.parts, next), next], part.looksAhead, true)
      case 'many':
        return this.#loop(rule, (back) => this.#sequence(rule, part.parts, back), next, part.looksAhead)
      case 'some':
        return this.#atLeastOnce(rule, part, next)
      case 'choice':
        return this.#ways(rule, part.ways, part.looksAhead, next)
    }
  }

  #decide(rule: RuleName, targets: readonly State[], looksAhead: boolean, isOptional: boolean): State {
    const state = this.#state(rule)
    state.sync = 'one'
    for (const target of targets) state.transitions.push({ kind: 'nothing', target })
    state.decision = { state, looksAhead, isOptional, isPrecedence: false }
    return state
  }

  #loop(rule: RuleName, body: (back: State) => State, next: State, looksAhead: boolean): State {
    const [entry, back] = [this.#state(rule), this.#state(rule)]
    const isPrecedence = GRAMMAR[rule].operators !== undefined
    entry.sync = 'one'
    back.sync = 'all'
    back.transitions.push({ kind: 'nothing', target: entry })
    entry.transitions.push({ kind: 'nothing', target: body(back) }, { kind: 'nothing', target: next })
    entry.decision = { state: entry, looksAhead, isOptional: true, isPrecedence }
    back.decision = entry.decision
    return entry
  }

  #atLeastOnce(rule: RuleName, part: Extract<Part, { kind: 'maybe' | 'many' | 'some' }>, next: State): State {
    const [entry, back] = [this.#state(rule), this.#state(rule)]
    entry.sync = 'one'
    back.sync = 'all'
    entry.transitions.push({ kind: 'nothing', target: this.#sequence(rule, part.parts, back) })
    back.transitions.push({ kind: 'nothing', target: entry }, { kind: 'nothing', target: next })
    back.decision = { state: back, looksAhead: part.looksAhead, isOptional: true, isPrecedence: false }
    return entry
  }

  #ways(rule: RuleName, ways: readonly Way[], looksAhead: boolean, next: State): State {
    const starts = ways.map(({ form, parts, level }) => {
      const state = this.#state(rule)
      state.form = form
      const target = this.#sequence(rule, parts, next)
      state.transitions.push(level === undefined ? { kind: 'nothing', target } : { kind: 'level', level, target })
      return state
    })
    const [only] = starts
    return starts.length === 1 && only !== undefined ? only : this.#decide(rule, starts, looksAhead, false)
  }
}

export const NETWORK: Network = new Builder().build()
