/**
 * The tokens under a cursor, and syntax errors as cel-go's generated parser reports them: a token too many or too few is
 * passed over, and after an error nothing is reported until a token fits again. Which errors follow the first one can
 * still differ from upstream, whose recovery follows its generated tables.
 */
import type { Issue, Source } from '../source.ts'
import type { Token } from './lexer.ts'

/** Attempts to go on after an error. */
const MAX_RECOVERIES = 30

const MAX_SYNTAX_ERRORS = 100
const TOO_MANY_ERRORS = `Syntax error: More than ${String(MAX_SYNTAX_ERRORS)} syntax errors`

export class SyntaxLimitError {
  readonly message: string

  constructor(message: string) {
    this.message = message
  }
}

/** What messages list where an operand may start, in the order of the grammar's tokens. */
export function operandStarts(...more: string[]): string {
  const symbols = ['[', ']', '{', '}', '(', ')', '.', ',', '-', '!', '?']
  const allowed = new Set(['[', '{', '(', '.', '-', '!', ...more])
  const quoted = [...symbols.filter((symbol) => allowed.has(symbol)), 'true', 'false', 'null'].map((one) => `'${one}'`)
  const classes = ['NUM_FLOAT', 'NUM_INT', 'NUM_UINT', 'STRING', 'BYTES', 'IDENTIFIER']
  return `{${[...quoted, ...classes].join(', ')}}`
}

const OPERATORS = new Set(['==', '!=', '<', '<=', '>', '>=', 'in', '&&', '||', '+', '-', '*', '/', '%', '?'])
const FOLLOWERS = new Set([...OPERATORS, ':', ',', ')', ']', '}'])

export class TokenStream {
  readonly issues: Issue[] = []
  readonly #tokens: readonly Token[]
  readonly #source: Source
  #at = 0
  #isRecovering = false
  #recoveries = 0
  /** What may come after an operand, besides operators, where the cursor is; '' is the end. */
  #followers: readonly string[] = ['']

  constructor(source: Source, tokens: readonly Token[]) {
    this.#source = source
    this.#tokens = tokens
  }

  peek(ahead = 0): Token {
    const last = this.#tokens.length - 1
    const token = this.#tokens[Math.min(this.#at + ahead, last)]
    if (token === undefined) throw new SyntaxLimitError('no tokens')
    return token
  }

  is(...texts: string[]): boolean {
    const { kind, text } = this.peek()
    return (kind === 'symbol' || (kind === 'word' && text === 'in')) && texts.includes(text)
  }

  next(): Token {
    const token = this.peek()
    this.#isRecovering = false
    if (token.kind !== 'end') this.#at += 1
    return token
  }

  take(text: string): Token | undefined {
    return this.is(text) ? this.next() : undefined
  }

  /** Inside of a construct: an operand is followed by what goes on with that. */
  within<T>(followers: readonly string[], parse: () => T): T {
    const around = this.#followers
    this.#followers = followers
    const parsed = parse()
    this.#followers = around
    return parsed
  }

  /** Passes over a token that is neither one of `texts` nor begins an operand, if what follows it does. */
  skipUnexpected(expecting: string, ...texts: string[]): void {
    const fits = (ahead: number): boolean =>
      isOperandStart(this.peek(ahead)) || texts.some((text) => this.#isAt(ahead, text))
    if (this.peek().kind === 'end' || fits(0) || !fits(1)) return
    this.report(`extraneous input ${this.#quoted()} expecting ${expecting}`)
    this.#at += 1
  }

  /**
   * Takes `text`; otherwise reports what is there instead, and goes on if one token too many or too few explains it.
   * Where something else than `text` might come as well, none is too few.
   */
  expect(text: string, expecting = `'${text}'`): Token | undefined {
    const taken = this.take(text)
    if (taken !== undefined) return taken
    const { kind } = this.peek()
    if (this.#isAt(1, text) && kind !== 'end') {
      this.report(`extraneous input ${this.#quoted()} expecting ${expecting}`)
      this.#at += 1
      return this.next()
    }
    // What closes can be missing where what comes may follow it, and a colon before an operand.
    const isMissing = text === ':' ? isOperandStart(this.peek()) : [')', ']'].includes(text) && this.#isFollower()
    if (isMissing && expecting === `'${text}'`) {
      this.report(`missing '${text}' at ${this.#quoted()}`)
      return text === ':' ? this.peek() : undefined
    }
    this.report(`mismatched input ${this.#quoted()} expecting ${expecting}`)
    this.recover()
    return undefined
  }

  #isFollower(): boolean {
    const { kind, text } = this.peek()
    if (kind === 'end') return this.#followers.includes('')
    if (kind === 'word') return text === 'in'
    return kind === 'symbol' && (OPERATORS.has(text) || ['.', '['].includes(text) || this.#followers.includes(text))
  }

  #isAt(ahead: number, text: string): boolean {
    const { kind, text: actual } = this.peek(ahead)
    return kind === 'symbol' && actual === text
  }

  /** Reports the end of the expression if it is not where it should be. */
  expectEnd(): void {
    const { kind } = this.peek()
    if (kind === 'end') return
    const problem = this.peek(1).kind === 'end' ? 'extraneous' : 'mismatched'
    this.report(`${problem} input ${this.#quoted()} expecting <EOF>`)
  }

  /** An operand should start here. True: without the token here, it does. */
  isOperandAfterReport(expecting: string): boolean {
    if (this.peek().kind !== 'end' && isOperandStart(this.peek(1))) {
      this.report(`extraneous input ${this.#quoted()} expecting ${expecting}`)
      this.#at += 1
      return true
    }
    this.report(`mismatched input ${this.#quoted()} expecting ${expecting}`)
    this.recover()
    return false
  }

  /** Neither of several ways to go on from `start` fits the token at hand; what is missing may be reported as well. */
  reportNoWay(start: Token, isReportedAgain = false): void {
    const { kind, start: offset, end, text } = this.peek()
    if (['true', 'false', 'null'].includes(text) && offset === start.end) {
      this.report(`mismatched input '${text}' expecting IDENTIFIER`)
    } else {
      const seen = kind === 'end' ? this.#source.slice(start.start, start.end) : this.#source.slice(start.start, end)
      this.report(`no viable alternative at input '${seen}'`)
    }
    this.recover()
    this.#isRecovering = !isReportedAgain
  }

  #quoted(): string {
    return `'${this.peek().text.replaceAll('\n', '\\n')}'`
  }

  report(message: string, offset = this.peek().start): void {
    if (!this.#isRecovering) this.issues.push({ offset, message: `Syntax error: ${message}` })
    if (this.issues.length > MAX_SYNTAX_ERRORS) {
      this.issues.splice(-1, 1, { offset, message: TOO_MANY_ERRORS })
      throw new SyntaxLimitError('')
    }
    this.#isRecovering = true
  }

  /** Skips what cannot follow an operand. */
  recover(): void {
    this.#recoveries += 1
    if (this.#recoveries > MAX_RECOVERIES) {
      const message = `error recovery attempt limit exceeded: ${String(MAX_RECOVERIES)}`
      this.issues.push({ offset: this.peek().start, message: `Syntax error: ${message}` })
      throw new SyntaxLimitError('')
    }
    while (this.peek().kind !== 'end' && !this.is(...FOLLOWERS)) this.#at += 1
  }
}

export function isOperandStart({ kind, text }: Token): boolean {
  if (kind === 'symbol') return ['[', '{', '(', '.', '-', '!'].includes(text)
  return kind !== 'end' && kind !== 'escaped' && text !== 'in'
}
