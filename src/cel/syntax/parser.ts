/**
 * Tokens to a tree, by the grammar of the language definition, expanding macros on the way. Nesting is limited, so that
 * nothing that walks the tree can run out of stack, and so is the length of the text. Texts that parse are read here,
 * by a reader that gives up at the first doubt; what is wrong with the others is told by one that goes on (`recovery`).
 */
import { NOWHERE, type Issue, type Source } from '../source.ts'
import { ExpressionFactory } from './expression-factory.ts'
import type { Entry, Expression, FieldValue } from './expression.ts'
import { readTokens, type Token } from './lexer.ts'
import { isUnreadable, literalOf } from './literals.ts'
import { MacroError } from './macro-error.ts'
import { expandMacro, type Macros } from './macros.ts'
import { balance, PRODUCTS, RELATIONS, RESERVED, SUMS } from './operators.ts'
import { readBroken } from './recovery/read-broken.ts'
import { NotParsed, TokenStream } from './token-stream.ts'

export interface Parsed {
  readonly expression: Expression
  readonly issues: readonly Issue[]
}

export interface ParseOptions {
  readonly macros: Macros
  /** Fields may be named between backticks. */
  readonly hasEscapedNames: boolean
}

/** Operators and selections on top of each other. */
const MAX_HEIGHT = 250
/**
 * Brackets inside brackets. Rules of one kind may be 250 in each other, of which one level of brackets can need three
 * (`1 + 1 * (`): what is deeper is read by the reader that counts them.
 */
const MAX_DEPTH = 80
/** Code points of an expression. */
const MAX_LENGTH = 100_000

class Parser {
  readonly #tokens: TokenStream
  readonly #options: ParseOptions
  readonly #factory = new ExpressionFactory()
  /** Operators and selections on the longest way down. */
  readonly #heights = new WeakMap<Expression, number>()
  #depth = 0

  constructor(tokens: TokenStream, options: ParseOptions) {
    this.#tokens = tokens
    this.#options = options
  }

  /** Throws `NotParsed`. */
  parse(): Expression {
    const expression = this.#expression()
    if (this.#tokens.peek().kind !== 'end') throw new NotParsed()
    return expression
  }

  #at(offset: number): ExpressionFactory {
    return this.#factory.at(offset)
  }

  /** Notes how high a node is that stands on `parts`; `step` is 1 for what upstream's visitor counts. */
  #raise<T extends Expression>(node: T, parts: readonly Expression[], step: 0 | 1): T {
    const height = step + parts.reduce((highest, part) => Math.max(highest, this.#heights.get(part) ?? 0), 0)
    if (height > MAX_HEIGHT) throw new NotParsed()
    this.#heights.set(node, height)
    return node
  }

  #expression(): Expression {
    this.#depth += 1
    if (this.#depth > MAX_DEPTH) throw new NotParsed()
    const condition = this.#either()
    const operator = this.#tokens.take('?')
    const expression = operator === undefined ? condition : this.#conditional(operator, condition)
    this.#depth -= 1
    return expression
  }

  #conditional(operator: Token, condition: Expression): Expression {
    const whenTrue = this.#either()
    this.#tokens.expect(':')
    const whenFalse = this.#expression()
    return this.#operation(operator, '_?_:_', condition, whenTrue, whenFalse)
  }

  #operation(operator: Token, name: string, ...args: Expression[]): Expression {
    return this.#raise(this.#at(operator.start).call(name, ...args), args, 1)
  }

  #either(): Expression {
    return this.#logical('||', '_||_', () => this.#both())
  }

  #both(): Expression {
    return this.#logical('&&', '_&&_', () => this.#binary([RELATIONS, SUMS, PRODUCTS]))
  }

  #logical(symbol: string, name: string, term: () => Expression): Expression {
    const first = term()
    const terms = [first]
    const operators: Token[] = []
    for (let operator = this.#tokens.take(symbol); operator !== undefined; operator = this.#tokens.take(symbol)) {
      operators.push(operator)
      terms.push(term())
    }
    const joined = balance(terms, (index, left, right) =>
      this.#raise(this.#at(operators[index]?.start ?? 0).call(name, left, right), [left, right], 0),
    )
    return joined ?? first
  }

  /** Left-associative operators; each level binds tighter than the one before. */
  #binary([level, ...tighter]: readonly ReadonlyMap<string, string>[]): Expression {
    if (level === undefined) return this.#unary()
    let left = this.#binary(tighter)
    while (this.#tokens.is(...level.keys())) {
      const operator = this.#tokens.next()
      const right = this.#binary(tighter)
      left = this.#operation(operator, level.get(operator.text) ?? '', left, right)
    }
    return left
  }

  #unary(): Expression {
    const first = this.#tokens.peek()
    const symbol = this.#tokens.is('!') ? '!' : this.#tokens.is('-') ? '-' : ''
    if (symbol === '') return this.#member()
    if (symbol === '-' && this.#isNumber(1)) return this.#member()
    let count = 0
    while (this.#tokens.take(symbol) !== undefined) count += 1
    const operand = this.#member()
    if (count % 2 === 0) return operand
    const name = symbol === '!' ? '!_' : '-_'
    return this.#raise(this.#at(first.start).call(name, operand), [operand], 0)
  }

  #isNumber(ahead: number): boolean {
    return ['int', 'float'].includes(this.#tokens.peek(ahead).kind)
  }

  #member(): Expression {
    let operand = this.#primary()
    while (this.#tokens.is('.', '[')) {
      const operator = this.#tokens.next()
      operand = operator.text === '[' ? this.#index(operator, operand) : this.#selection(operator, operand)
    }
    return operand
  }

  #index(operator: Token, operand: Expression): Expression {
    const name = this.#tokens.take('?') === undefined ? '_[_]' : '_[?_]'
    const index = this.#expression()
    this.#tokens.expect(']')
    return this.#operation(operator, name, operand, index)
  }

  #selection(operator: Token, operand: Expression): Expression {
    const isOptional = this.#tokens.take('?') !== undefined
    const name = this.#tokens.peek()
    const field = this.#fieldName()
    const open = name.kind === 'word' && !isOptional ? this.#tokens.take('(') : undefined
    if (open !== undefined) return this.#call(open, field, operand)
    if (isOptional) return this.#operation(operator, '_?._', operand, this.#at(name.start).literal(field))
    return this.#raise(this.#at(operator.start).select(operand, field), [operand], 1)
  }

  /** A word that is no keyword of the lexer, or any name between backticks. */
  #fieldName(): string {
    const { kind, text } = this.#tokens.next()
    if (kind === 'escaped' && this.#options.hasEscapedNames) return text.slice(1, -1)
    if (kind !== 'word' || KEYWORDS.has(text)) throw new NotParsed()
    return text
  }

  #call(open: Token, name: string, target?: Expression): Expression {
    const args: Expression[] = []
    if (!this.#tokens.is(')')) {
      args.push(this.#expression())
      while (this.#tokens.take(',') !== undefined) args.push(this.#expression())
    }
    this.#tokens.expect(')')
    const parts = target === undefined ? args : [target, ...args]
    const make = this.#at(open.start)
    const expanded = expandMacro(this.#options.macros, make, name, target, args)
    if (expanded !== undefined) return this.#raise(expanded, parts, 1)
    const call = target === undefined ? make.call(name, ...args) : make.memberCall(name, target, ...args)
    return this.#raise(call, parts, target === undefined ? 0 : 1)
  }

  #primary(): Expression {
    const token = this.#tokens.peek()
    if (token.kind === 'word') return KEYWORDS.has(token.text) ? this.#literal(this.#tokens.next(), '') : this.#name()
    if (token.kind !== 'symbol') return this.#literal(this.#tokens.next(), '')
    switch (token.text) {
      case '(':
        return this.#nested()
      case '[':
        return this.#list()
      case '{':
        return this.#map()
      case '.':
        return this.#name()
      case '-':
        return this.#negative()
      default:
        throw new NotParsed()
    }
  }

  #negative(): Expression {
    if (!this.#isNumber(1)) throw new NotParsed()
    const sign = this.#tokens.next()
    return this.#literal(this.#tokens.next(), '-', sign.start)
  }

  #nested(): Expression {
    this.#tokens.next()
    const expression = this.#expression()
    this.#tokens.expect(')')
    return expression
  }

  #literal({ kind, text, start }: Token, sign: string, offset = start): Expression {
    if (kind === 'end' || kind === 'escaped' || text === 'in') throw new NotParsed()
    const value = literalOf(kind, text, sign)
    if (isUnreadable(value)) throw new NotParsed()
    return this.#at(offset).literal(value)
  }

  #name(): Expression {
    if (this.#isMessage()) return this.#message()
    const dot = this.#tokens.take('.')
    const name = this.#tokens.next()
    if (name.kind !== 'word' || KEYWORDS.has(name.text) || RESERVED.has(name.text)) throw new NotParsed()
    const text = dot === undefined ? name.text : `.${name.text}`
    const open = this.#tokens.take('(')
    return open === undefined ? this.#at(name.start).identifier(text) : this.#call(open, text)
  }

  /** `a.b.C{`: told from a selection by the brace. */
  #isMessage(): boolean {
    let ahead = this.#tokens.peek().text === '.' ? 1 : 0
    while (this.#isPlainName(ahead)) {
      const next = this.#tokens.peek(ahead + 1)
      if (next.kind !== 'symbol') return false
      if (next.text !== '.') return next.text === '{'
      ahead += 2
    }
    return false
  }

  #isPlainName(ahead: number): boolean {
    const { kind, text } = this.#tokens.peek(ahead)
    return kind === 'word' && !KEYWORDS.has(text)
  }

  #message(): Expression {
    let typeName = ''
    while (!this.#tokens.is('{')) typeName += this.#tokens.next().text
    const open = this.#tokens.next()
    const fields: FieldValue[] = []
    this.#sequence('}', () => {
      const isOptional = this.#tokens.take('?') !== undefined
      const name = this.#fieldName()
      const colon = this.#tokens.expect(':')
      fields.push(this.#at(colon.start).field(name, this.#expression(), isOptional))
    })
    const values = fields.map(({ value }) => value)
    return this.#raise(this.#at(open.start).struct(typeName, fields), values, 0)
  }

  /** Items between commas, of which one may follow the last, or be there alone. */
  #sequence(close: string, item: () => void): void {
    if (this.#tokens.take(',') === undefined) {
      while (!this.#tokens.is(close)) {
        item()
        if (this.#tokens.take(',') === undefined) break
      }
    }
    this.#tokens.expect(close)
  }

  #list(): Expression {
    const open = this.#tokens.next()
    const elements: Expression[] = []
    const optionals: number[] = []
    this.#sequence(']', () => {
      if (this.#tokens.take('?') !== undefined) optionals.push(elements.length)
      elements.push(this.#expression())
    })
    return this.#raise(this.#at(open.start).list(elements, optionals), elements, 0)
  }

  #map(): Expression {
    const open = this.#tokens.next()
    const entries: Entry[] = []
    this.#sequence('}', () => {
      const isOptional = this.#tokens.take('?') !== undefined
      const key = this.#expression()
      const colon = this.#tokens.expect(':')
      entries.push(this.#at(colon.start).entry(key, this.#expression(), isOptional))
    })
    const parts = entries.flatMap(({ key, value }) => [key, value])
    return this.#raise(this.#at(open.start).map(entries), parts, 0)
  }
}

/** Words that the lexer knows. */
const KEYWORDS = new Set(['in', 'true', 'false', 'null'])

/** Undefined: it does not parse, or is for the other reader to say. */
function parseAsExpected(source: Source, options: ParseOptions): Expression | undefined {
  const { tokens, unreadable } = readTokens(source)
  if (unreadable.length > 0) return undefined
  try {
    return new Parser(new TokenStream(tokens), options).parse()
  } catch (error) {
    if (error instanceof NotParsed || error instanceof MacroError) return undefined
    throw error
  }
}

export function parseExpression(source: Source, options: ParseOptions): Parsed {
  const size = source.codePoints.length
  if (size > MAX_LENGTH) {
    const message = `expression code point size exceeds limit: size: ${String(size)}, limit ${String(MAX_LENGTH)}`
    return { expression: { kind: 'literal', id: 0, offset: 0, value: null }, issues: [{ offset: NOWHERE, message }] }
  }
  const expression = parseAsExpected(source, options)
  return expression === undefined ? readBroken(source, options) : { expression, issues: [] }
}
