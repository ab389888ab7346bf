/**
 * Which alternative of a decision the tokens ahead mean (ANTLR's adaptive prediction, parser_atn_simulator.go): first
 * by its rule alone, which is remembered as an automaton over tokens, then, where that cannot tell, with the calls at
 * hand.
 */
import { Closure } from './closure.ts'
import { Configurations } from './configurations.ts'
import type { Calls } from './follow.ts'
import { END_OF_TEXT } from './grammar.ts'
import type { Decision } from './network.ts'
import { Stacks, type Stack } from './stacks.ts'

/** What the parser stands at. */
export interface Situation {
  /** The type of a token ahead, from 0. */
  readonly typeAt: (ahead: number) => number
  readonly calls: Calls | undefined
  /** The level that operators of the rule at hand need. */
  readonly level: number
}

export interface Prediction {
  /** 0: none fits. */
  readonly alternative: number
  /** How far ahead the token is that fits none. */
  readonly misfit: number
}

/** A state of the automaton of a decision. */
interface Known {
  readonly configurations: Configurations
  readonly edges: Map<number, Known | undefined>
  readonly alternative: number
  readonly needsCalls: boolean
  /** Alternatives with the levels they need, where that counts. */
  readonly levels?: ReadonlyMap<number, number>
}

/** The same with the calls at hand. */
interface Followed {
  readonly configurations: Configurations
  readonly edges: Map<number, Followed>
  readonly alternative: number
}

interface Automaton {
  readonly starts: Map<number, Known>
  readonly states: Map<string, Known>
}

/** What decisions answer by their rules alone. A grammar has only so many such answers, so all readers share them. */
const STACKS = new Stacks()
const AUTOMATA = new Map<Decision, Automaton>()

export class Predictor {
  /** Of the calls of one text. */
  readonly #stacks = new Stacks()
  readonly #known = new WeakMap<Calls, Stack>()
  readonly #followed = new Map<Decision, Map<string, Followed>>()

  predict(decision: Decision, situation: Situation): Prediction {
    const { typeAt, level } = situation
    const automaton = automatonOf(decision)
    let known = startOf(decision, automaton, level)
    for (let ahead = 0; ; ahead += 1) {
      const next = nextOf(decision, automaton, known, typeAt(ahead))
      if (next === undefined) return afterMisfit(known.configurations, level, ahead)
      const able = alternativesOf(next, level)
      if (able.length === 1 || (able.length > 0 && !next.needsCalls)) return found(Math.min(...able))
      if (next.needsCalls) return this.#predictWithCalls(decision, situation)
      if (next.levels !== undefined) return NONE
      known = next
    }
  }

  #predictWithCalls(decision: Decision, { typeAt, calls, level }: Situation): Prediction {
    const closure = new Closure(this.#stacks, decision, { isOpen: false, level })
    let followed = this.#followedFrom(decision, closure, this.#stackOf(calls), level)
    for (let ahead = 0; ; ahead += 1) {
      const type = typeAt(ahead)
      const reached = followed.edges.get(type) ?? follow(closure.reach(followed.configurations, type), type)
      followed.edges.set(type, reached)
      // Upstream has gone back to the start when it tells which token did not fit.
      if (reached.configurations.all.length === 0) return afterMisfit(followed.configurations, level, 0)
      if (reached.alternative !== 0) return found(reached.alternative)
      followed = reached
    }
  }

  #followedFrom(decision: Decision, closure: Closure, stack: Stack, level: number): Followed {
    const starts = this.#followed.get(decision) ?? new Map<string, Followed>()
    this.#followed.set(decision, starts)
    const key = `${String(stack.id)} ${String(level)}`
    const followed = starts.get(key) ?? { configurations: closure.start(stack), edges: new Map(), alternative: 0 }
    starts.set(key, followed)
    return followed
  }

  /** Without the first rule, which nothing has called. */
  #stackOf(calls: Calls | undefined): Stack {
    const path: Calls[] = []
    let caller = calls
    while (caller?.caller !== undefined && !this.#known.has(caller)) {
      path.push(caller)
      caller = caller.caller
    }
    let stack = (caller === undefined ? undefined : this.#known.get(caller)) ?? this.#stacks.empty
    for (const one of path.toReversed()) {
      stack = this.#stacks.push(stack, one.next)
      this.#known.set(one, stack)
    }
    return stack
  }
}

function automatonOf(decision: Decision): Automaton {
  const automaton = AUTOMATA.get(decision) ?? { starts: new Map<number, Known>(), states: new Map<string, Known>() }
  AUTOMATA.set(decision, automaton)
  return automaton
}

function startOf(decision: Decision, { starts }: Automaton, level: number): Known {
  const key = decision.isPrecedence ? level : 0
  const known = starts.get(key)
  if (known !== undefined) return known
  const all = new Closure(STACKS, decision, { isOpen: true }).start(STACKS.empty)
  const configurations = decision.isPrecedence ? ofLevel(all, level) : all
  const start = { configurations, edges: new Map(), alternative: 0, needsCalls: false }
  starts.set(key, start)
  return start
}

/** Without operators that wait for a caller of lower level, and without ends of the rule where it goes on. */
function ofLevel(given: Configurations, level: number): Configurations {
  const left = new Configurations(STACKS, true)
  const goingOn = new Map<unknown, Stack>()
  for (const configuration of given.all) {
    if (configuration.alternative !== 1 || (configuration.level !== 0 && configuration.level < level)) continue
    goingOn.set(configuration.state, configuration.stack)
    left.add({ ...configuration, level: 0 })
  }
  for (const configuration of given.all) {
    if (configuration.alternative === 1) continue
    if (configuration.isKept || goingOn.get(configuration.state) !== configuration.stack) left.add(configuration)
  }
  return left
}

function nextOf(decision: Decision, { states }: Automaton, from: Known, type: number): Known | undefined {
  if (from.edges.has(type)) return from.edges.get(type)
  const reached = new Closure(STACKS, decision, { isOpen: true }).reach(from.configurations, type)
  const key = reached.key()
  const next = reached.all.length === 0 ? undefined : (states.get(key) ?? judge(reached))
  if (next !== undefined) states.set(key, next)
  from.edges.set(type, next)
  return next
}

/** What it comes to so far; none: that is still open, or no level is high enough. */
function alternativesOf({ alternative, levels, needsCalls }: Known, level: number): readonly number[] {
  if (levels !== undefined) return [...levels].filter(([, needed]) => isAble(needed, level)).map(([one]) => one)
  return alternative === 0 || needsCalls ? [] : [alternative]
}

/** An alternative by which the rule has ended before the misfit is taken all the same: the error is told later. */
function afterMisfit({ all }: Configurations, level: number, misfit: number): Prediction {
  const ended = all.filter(({ hasLeft, state, stack }) => hasLeft || (state.isEnd && stack.tops.length === 0))
  const able = ended.filter((one) => isAble(one.level, level))
  const taken = (able.length > 0 ? able : ended).map(({ alternative }) => alternative)
  return taken.length > 0 ? found(Math.min(...taken)) : { alternative: 0, misfit }
}

function follow(configurations: Configurations, type: number): Followed {
  const smallest = configurations.conflicts().map((alternatives) => Math.min(...alternatives))
  const [first = 0, ...others] = smallest
  const isDecided = type === END_OF_TEXT || others.every((other) => other === first)
  const only = configurations.onlyAlternative
  const alternative = only !== 0 ? only : isDecided ? Math.min(first, ...others) : 0
  return { configurations, edges: new Map(), alternative }
}

function isAble(needed: number, level: number): boolean {
  return needed === 0 || needed >= level
}

const NONE: Prediction = { alternative: 0, misfit: 0 }

function found(alternative: number): Prediction {
  return { alternative, misfit: 0 }
}

function judge(configurations: Configurations): Known {
  const only = configurations.onlyAlternative
  const needsCalls = only === 0 && configurations.isConflict
  const conflicting = needsCalls ? [...configurations.conflicts()].flatMap((one) => [...one]) : [only]
  const alternative = only === 0 && !needsCalls ? 0 : Math.min(...conflicting)
  const known = { configurations, edges: new Map(), alternative, needsCalls }
  const levels = alternative === 0 ? undefined : levelsOf(configurations, new Set(conflicting))
  return levels === undefined ? known : { ...known, levels }
}

/** The lowest need of each alternative counts; one way that needs nothing is enough. */
function levelsOf({ all }: Configurations, alternatives: ReadonlySet<number>): ReadonlyMap<number, number> | undefined {
  const levels = new Map<number, number>()
  for (const { alternative, level } of all) {
    if (!alternatives.has(alternative)) continue
    const known = levels.get(alternative)
    levels.set(alternative, known === 0 || level === 0 ? 0 : Math.max(known ?? level, level))
  }
  return [...levels.values()].some((level) => level !== 0) ? levels : undefined
}
