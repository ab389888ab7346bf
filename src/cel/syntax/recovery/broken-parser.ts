/**
 * Reads what does not parse, and tells of it what cel-go's generated parser tells: it walks the network of the grammar,
 * and where a token does not fit it leaves one out, makes one up, or goes on behind the rule, by the strategy of
 * ANTLR's runtime (error_strategy.go) within the limits of cel-go (parser.go). Rules in rules are no calls here, so
 * that no nesting runs out of stack; it only ever goes forward, so that its work is in the length of the text.
 */
import type { Issue, Source } from '../../source.ts'
import { expectedTokens, listTokens, look, recoverySet, startOf, type Calls } from './follow.ts'
import { END_OF_TEXT, TOKEN_NAMES, type RuleName } from './grammar.ts'
import type { Decision, State, Transition } from './network.ts'
import type { Predictor } from './prediction.ts'
import { TokenFeed, type Typed } from './token-feed.ts'
import { Tree } from './tree.ts'

/** Rules of one kind in each other. */
const MAX_DEPTH = 250
/** Errors of syntax; the next one ends it. */
const MAX_ERRORS = 100
/** Attempts to go on behind an error. */
const MAX_RECOVERIES = 30
/** Tokens left out in one of them. */
const MAX_LEFT_OUT = 256

/** Nothing more is read; an empty message has been told already. */
export class GaveUp {
  readonly message: string

  constructor(message = '') {
    this.message = message
  }
}

/** What did not fit, at the state of the rule that is left for it. */
type Failure =
  | { readonly kind: 'mismatch'; readonly at: Typed }
  | { readonly kind: 'no way'; readonly from: Typed; readonly at: Typed }

/** A rule that is being read. */
interface Reading extends Calls {
  readonly caller: Reading | undefined
  readonly level: number
  /** Where the caller keeps the tree. */
  readonly label: string
  state: State
  tree: Tree
}

/** A word that is a literal, behind a single character, is told as if a name had been the only way to go on. */
const RESERVED_WORD = /no viable alternative at input '[^\n](true|false|null)'/gu

export class BrokenParser {
  readonly #issues: Issue[]
  readonly #feed: TokenFeed
  readonly #predictor: Predictor
  readonly #depths = new Map<RuleName, number>()
  /** Since an error until a token fits: nothing else is told. */
  #isRecovering = false
  #recoveries = 0
  /** Where it went on last, and the states it has been in there since a token fitted. */
  #lastIndex = -1
  #lastStates = new Set<State>()
  #reading: Reading

  /** Adds to `issues` what is wrong. */
  constructor(source: Source, predictor: Predictor, issues: Issue[]) {
    this.#issues = issues
    this.#feed = new TokenFeed(source, (offset, message) => this.#tell(offset, message))
    this.#predictor = predictor
    const state = startOf('start')
    const nowhere: State = { index: -1, rule: 'start', transitions: [], isEnd: true }
    const tree = new Tree('start', '', this.#feed.peek())
    this.#reading = { next: nowhere, caller: undefined, level: 0, label: '', state, tree }
  }

  read(): Tree {
    for (;;) {
      const { state, tree, caller } = this.#reading
      if (state.isEnd) {
        if (caller === undefined) return tree
        this.#leave(caller)
        continue
      }
      const failure = this.#step(state)
      if (failure === undefined) continue
      this.#report(failure)
      this.#recover()
      if (caller === undefined) return tree
      this.#leave(caller)
    }
  }

  #leave(caller: Reading): void {
    const { next, label, tree } = this.#reading
    this.#deepen(tree.rule, -1)
    caller.tree.keepTree(label, tree)
    caller.state = next
    this.#reading = caller
  }

  #deepen(rule: RuleName, step: 1 | -1): void {
    const depth = Math.max(0, (this.#depths.get(rule) ?? 0) + step)
    if (depth > MAX_DEPTH) throw new GaveUp(`expression recursion limit exceeded: ${String(MAX_DEPTH)}`)
    this.#depths.set(rule, depth)
  }

  #step(state: State): Failure | undefined {
    const failure = state.sync === undefined ? undefined : this.#sync(state, state.sync)
    if (failure !== undefined) return failure
    if (state.decision !== undefined) return this.#decide(state, state.decision)
    const [transition] = state.transitions
    if (transition?.kind === 'token') return this.#match(transition)
    if (transition?.kind === 'rule') return this.#enter(transition)
    if (state.form !== undefined) this.#begin(state.form, transition?.kind === 'level')
    this.#reading.state = transition?.target ?? state
    return undefined
  }

  #enter({ rule, precedence, target, label }: Extract<Transition, { kind: 'rule' }>): undefined {
    const tree = new Tree(rule, '', this.#feed.peek())
    this.#deepen(rule, 1)
    this.#reading = { next: target, caller: this.#reading, level: precedence, label, state: startOf(rule), tree }
  }

  /** A way has been decided on. With an operator what was read so far becomes an operand. */
  #begin(form: string, isOperator: boolean): void {
    const { tree } = this.#reading
    this.#reading.tree = new Tree(tree.rule, form, tree.start)
    if (!isOperator) return
    this.#reading.tree.keepTree('operand', tree)
    this.#deepen(tree.rule, 1)
  }

  #decide(state: State, decision: Decision): Failure | undefined {
    const { transitions } = decision.state
    const alternative = decision.looksAhead ? this.#predict(decision) : this.#nextTells(decision)
    if (typeof alternative !== 'number') return alternative
    const target = transitions[alternative - 1]?.target
    if (target === undefined) return { kind: 'no way', from: this.#feed.peek(), at: this.#feed.peek() }
    // Upstream counts the rule as left until the operator's tree has begun.
    if (decision.isPrecedence && alternative === 1) this.#deepen(state.rule, -1)
    this.#reading.state = target
    return undefined
  }

  #predict(decision: Decision): number | Failure {
    const { level } = this.#reading
    const prediction = this.#predictor.predict(decision, {
      typeAt: (ahead) => this.#feed.peek(ahead).type,
      calls: this.#reading,
      level,
    })
    if (prediction.alternative !== 0) return prediction.alternative
    return { kind: 'no way', from: this.#feed.peek(), at: this.#feed.peek(prediction.misfit) }
  }

  /** The alternative that begins with the next token; what is optional is left out otherwise. */
  #nextTells({ state: { transitions }, isOptional }: Decision): number {
    const { type } = this.#feed.peek()
    const index = transitions.findIndex(({ target }) => look(target).types.has(type))
    if (isOptional) return index === 0 ? 1 : 2
    return index + 1
  }

  #match({ types, target, label }: Extract<Transition, { kind: 'token' }>): Failure | undefined {
    const token = types.has(this.#feed.peek().type) ? this.#take() : this.#recoverInline(target)
    if (token === undefined) return { kind: 'mismatch', at: this.#feed.peek() }
    this.#reading.tree.keepToken(label, token)
    this.#reading.state = target
    return undefined
  }

  #take(): Typed {
    this.#endRecovery()
    return this.#feed.consume()
  }

  #endRecovery(): void {
    this.#isRecovering = false
    this.#lastIndex = -1
    this.#lastStates = new Set()
  }

  #expected(): Set<number> {
    return expectedTokens(this.#reading.state, this.#reading)
  }

  /** What comes fits what may come here, or is made to. */
  #sync(state: State, kind: 'one' | 'all'): Failure | undefined {
    if (this.#isRecovering) return undefined
    const { types, reachesEnd } = look(state)
    if (reachesEnd || types.has(this.#feed.peek().type)) return undefined
    if (kind === 'one') return this.#leaveOutOne() ? undefined : { kind: 'mismatch', at: this.#feed.peek() }
    this.#reportUnwanted()
    const goingOn = new Set([...this.#expected(), ...recoverySet(this.#reading)])
    while (!this.#isAtEnd() && !goingOn.has(this.#feed.peek().type)) this.#feed.consume()
    return undefined
  }

  #isAtEnd(): boolean {
    return this.#feed.peek().type === END_OF_TEXT
  }

  /** The next token is left out, if the one behind it fits. */
  #leaveOutOne(): boolean {
    if (!this.#expected().has(this.#feed.peek(1).type)) return false
    this.#reportUnwanted()
    this.#feed.consume()
    this.#endRecovery()
    return true
  }

  /** One token is left out, or made up. */
  #recoverInline(target: State): Typed | undefined {
    this.#countRecovery()
    if (this.#leaveOutOne()) return this.#feed.consume()
    if (!expectedTokens(target, this.#reading).has(this.#feed.peek().type)) return undefined
    const expected = this.#expected()
    const { text, start } = this.#feed.peek()
    this.#begins(() => this.#tell(start, `missing ${listTokens(expected)} at ${quoted(text)}`))
    return this.#madeUp(Math.min(...expected))
  }

  #madeUp(type: number): Typed {
    const name = TOKEN_NAMES[type] ?? ''
    const at = this.#isAtEnd() ? (this.#feed.last ?? this.#feed.peek()) : this.#feed.peek()
    const text = type === END_OF_TEXT ? '<missing EOF>' : `<missing ${name.startsWith("'") ? name : 'undefined'}>`
    return { type, text, start: at.start, end: -1 }
  }

  #countRecovery(): void {
    if (this.#recoveries === MAX_RECOVERIES) {
      this.#tell(this.#feed.peek().start, `error recovery attempt limit exceeded: ${String(MAX_RECOVERIES)}`)
      throw new GaveUp()
    }
    this.#recoveries += 1
  }

  /** Up to a token that may come behind one of the rules that are being read. */
  #recover(): void {
    this.#countRecovery()
    let left = 0
    const leaveOut = (): void => {
      if (left === MAX_LEFT_OUT) {
        throw new GaveUp(`error recovery token lookahead limit exceeded: ${String(MAX_LEFT_OUT)}`)
      }
      left += 1
      this.#feed.consume()
    }
    const { state } = this.#reading
    if (this.#lastIndex === this.#feed.index && this.#lastStates.has(state)) leaveOut()
    this.#lastIndex = this.#feed.index
    this.#lastStates.add(state)
    const goingOn = recoverySet(this.#reading)
    while (!this.#isAtEnd() && !goingOn.has(this.#feed.peek().type)) leaveOut()
  }

  #begins(tell: () => void): void {
    if (this.#isRecovering) return
    this.#isRecovering = true
    tell()
  }

  #reportUnwanted(): void {
    const { text, start } = this.#feed.peek()
    this.#begins(() => this.#tell(start, `extraneous input ${quoted(text)} expecting ${listTokens(this.#expected())}`))
  }

  #report(failure: Failure): void {
    this.#begins(() => {
      const { start, text } = failure.at
      if (failure.kind === 'mismatch') {
        this.#tell(start, `mismatched input ${quoted(text)} expecting ${listTokens(this.#expected())}`)
        return
      }
      const message = `no viable alternative at input ${quoted(this.#feed.text(failure.from, failure.at))}`
      this.#tell(start, message.replaceAll(RESERVED_WORD, "mismatched input '$1' expecting IDENTIFIER"))
    })
  }

  #tell(offset: number, message: string): void {
    if (this.#issues.length < MAX_ERRORS) {
      this.#issues.push({ offset, message: `Syntax error: ${message}` })
      return
    }
    this.#issues.push({ offset, message: `Syntax error: More than ${String(MAX_ERRORS)} syntax errors` })
    throw new GaveUp()
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll('\t', String.raw`\t`).replaceAll('\n', String.raw`\n`).replaceAll('\r', String.raw`\r`)}'`
}
