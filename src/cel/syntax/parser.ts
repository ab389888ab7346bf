/**
 * Tokens to a tree, by the grammar of the language definition, expanding macros on the way. Nesting is limited, so that
 * nothing that walks the tree can run out of stack, and so is the length of the text.
 */
import type { Issue, Source } from '../source.ts'
import { ExpressionFactory } from './expression-factory.ts'
import type { Entry, Expression, FieldValue } from './expression.ts'
import { readTokens, type Token } from './lexer.ts'
import * as literals from './literals.ts'
import { MacroError, type Macro } from './macros.ts'
import { isOperandStart, operandStarts, SyntaxLimitError, TokenStream } from './token-stream.ts'
import type { Value } from '../values/value.ts'

export interface Parsed {
  readonly expression: Expression
  readonly issues: readonly Issue[]
}

/** Brackets inside brackets, and operators and selections on top of each other. */
const MAX_DEPTH = 250
/** Code points of an expression. */
const MAX_LENGTH = 100_000

const RELATIONS = new Map([
  ['<', '_<_'], ['<=', '_<=_'], ['>', '_>_'], ['>=', '_>=_'], ['==', '_==_'], ['!=', '_!=_'], ['in', '@in'],
])
const SUMS = new Map([['+', '_+_'], ['-', '_-_']])
const PRODUCTS = new Map([['*', '_*_'], ['/', '_/_'], ['%', '_%_']])
const RESERVED = new Set([
  'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop', 'package',
  'namespace', 'return', 'var', 'void', 'while',
])

/** What may come at a place, as messages list it. */
const OPERAND_START = operandStarts()
const ARGUMENT_START = operandStarts(')')
const LIST_START = operandStarts(']', ',', '?')
const MAP_START = operandStarts('}', ',', '?')
const ITEM_START = operandStarts('?')
const FIELD = '{IDENTIFIER, ESC_IDENTIFIER}'

class Parser {
  readonly issues: Issue[] = []
  readonly #tokens: TokenStream
  readonly #macros: ReadonlyMap<string, Macro>
  readonly #factory = new ExpressionFactory()
  /** Operators and selections on the longest way down. */
  readonly #heights = new WeakMap<Expression, number>()
  #depth = 0

  constructor(tokens: TokenStream, macros: ReadonlyMap<string, Macro>) {
    this.#tokens = tokens
    this.#macros = macros
  }

  parse(): Expression {
    const expression = this.#expression()
    this.#tokens.expectEnd()
    return expression
  }

  #at(offset: number): ExpressionFactory {
    return this.#factory.at(offset)
  }

  /** Notes how high a node is that stands on `parts`; `step` is 1 for what upstream's visitor counts. */
  #raise<T extends Expression>(node: T, parts: readonly Expression[], step: 0 | 1): T {
    const height = step + parts.reduce((highest, part) => Math.max(highest, this.#heights.get(part) ?? 0), 0)
    if (height > MAX_DEPTH) throw new SyntaxLimitError('max recursion depth exceeded')
    this.#heights.set(node, height)
    return node
  }

  #problem(offset: number, message: string): Expression {
    this.issues.push({ offset, message })
    return this.#at(offset).literal(null)
  }

  #expression(expecting = OPERAND_START): Expression {
    this.#depth += 1
    if (this.#depth > MAX_DEPTH) {
      throw new SyntaxLimitError(`expression recursion limit exceeded: ${String(MAX_DEPTH)}`)
    }
    const condition = this.#either(expecting)
    const operator = this.#tokens.take('?')
    const expression = operator === undefined ? condition : this.#conditional(operator, condition)
    this.#depth -= 1
    return expression
  }

  #conditional(operator: Token, condition: Expression): Expression {
    const whenTrue = this.#tokens.within([':'], () => this.#either())
    this.#tokens.expect(':')
    const whenFalse = this.#expression()
    return this.#operation(operator, '_?_:_', condition, whenTrue, whenFalse)
  }

  #operation(operator: Token, name: string, ...args: Expression[]): Expression {
    return this.#raise(this.#at(operator.start).call(name, ...args), args, 1)
  }

  #either(expecting?: string): Expression {
    return this.#logical('||', '_||_', expecting, (first) => this.#both(first))
  }

  #both(expecting?: string): Expression {
    return this.#logical('&&', '_&&_', expecting, (first) => this.#binary([RELATIONS, SUMS, PRODUCTS], first))
  }

  /** Balanced, so that a long chain is not deep. */
  #logical(
    symbol: string,
    name: string,
    expecting: string | undefined,
    term: (expecting?: string) => Expression,
  ): Expression {
    const terms = [term(expecting)]
    const operators: Token[] = []
    for (let operator = this.#tokens.take(symbol); operator !== undefined; operator = this.#tokens.take(symbol)) {
      operators.push(operator)
      terms.push(term())
    }
    const build = (from: number, to: number): Expression => {
      const middle = Math.floor((from + to + 1) / 2)
      const [only] = terms.slice(from, from + 1)
      const operator = operators[middle]
      if (from > to || operator === undefined) return only ?? this.#at(0).literal(null)
      const [left, right] = [build(from, middle - 1), build(middle + 1, to)]
      return this.#raise(this.#at(operator.start).call(name, left, right), [left, right], 0)
    }
    return build(0, operators.length - 1)
  }

  /** Left-associative operators; each level binds tighter than the one before. */
  #binary([level, ...tighter]: readonly ReadonlyMap<string, string>[], expecting?: string): Expression {
    if (level === undefined) return this.#unary(expecting)
    let left = this.#binary(tighter, expecting)
    while (this.#tokens.is(...level.keys())) {
      const operator = this.#tokens.next()
      const right = this.#binary(tighter)
      left = this.#operation(operator, level.get(operator.text) ?? '', left, right)
    }
    return left
  }

  #unary(expecting?: string): Expression {
    const first = this.#tokens.peek()
    const symbol = this.#tokens.is('!') ? '!' : this.#tokens.is('-') ? '-' : ''
    if (symbol === '') return this.#member(expecting)
    let count = 0
    while (this.#tokens.is(symbol) && !(symbol === '-' && this.#isNumber(1))) {
      const operator = this.#tokens.next()
      count += 1
      if (symbol === '-' && !isOperandStart(this.#tokens.peek())) this.#tokens.reportNoWay(operator, count > 1)
    }
    const operand = this.#member()
    if (count % 2 === 0) return operand
    const name = symbol === '!' ? '!_' : '-_'
    return this.#raise(this.#at(first.start).call(name, operand), [operand], 0)
  }

  #isNumber(ahead: number): boolean {
    return ['int', 'float'].includes(this.#tokens.peek(ahead).kind)
  }

  #member(expecting?: string): Expression {
    let operand = this.#primary(expecting)
    while (this.#tokens.is('.', '[')) {
      const operator = this.#tokens.next()
      operand = operator.text === '[' ? this.#index(operator, operand) : this.#selection(operator, operand)
    }
    return operand
  }

  #index(operator: Token, operand: Expression): Expression {
    const name = this.#tokens.take('?') === undefined ? '_[_]' : '_[?_]'
    const starts = name === '_[_]' ? ITEM_START : OPERAND_START
    const index = this.#tokens.within([']'], () => this.#expression(starts))
    this.#tokens.expect(']')
    return this.#operation(operator, name, operand, index)
  }

  #selection(operator: Token, operand: Expression): Expression {
    const optional = this.#tokens.take('?')
    const field = optional === undefined ? this.#fieldName() : this.#fieldAfterReport(FIELD)
    if (field === undefined) {
      if (optional === undefined) this.#tokens.reportNoWay(operator)
      return operand
    }
    const token = this.#tokens.peek(-1)
    const open = token.kind === 'word' && optional === undefined ? this.#tokens.take('(') : undefined
    if (open !== undefined) return this.#call(open, field, operand)
    if (optional !== undefined) {
      return this.#operation(operator, '_?._', operand, this.#at(token.start).literal(field))
    }
    return this.#raise(this.#at(operator.start).select(operand, field), [operand], 1)
  }

  /** A word that is no keyword of the lexer, or any name between backticks. */
  #fieldName(): string | undefined {
    const { kind, text } = this.#tokens.peek()
    if (kind === 'escaped') return this.#tokens.next().text.slice(1, -1)
    if (kind !== 'word' || ['in', 'true', 'false', 'null'].includes(text)) return undefined
    return this.#tokens.next().text
  }

  #call(open: Token, name: string, target?: Expression): Expression {
    const args: Expression[] = []
    this.#tokens.skipUnexpected(ARGUMENT_START, ')')
    if (!this.#tokens.is(')')) {
      this.#tokens.within([')', ','], () => {
        args.push(this.#expression(ARGUMENT_START))
        while (this.#tokens.take(',') !== undefined) args.push(this.#expression())
      })
    }
    this.#tokens.expect(')')
    const parts = target === undefined ? args : [target, ...args]
    const make = this.#at(open.start)
    const expanded = this.#expand(make, name, target, args)
    if (expanded !== undefined) return this.#raise(expanded, parts, 1)
    const call = target === undefined ? make.call(name, ...args) : make.memberCall(name, target, ...args)
    return this.#raise(call, parts, target === undefined ? 0 : 1)
  }

  #expand(make: ExpressionFactory, name: string, target: Expression | undefined, args: readonly Expression[]) {
    const isMember = target !== undefined
    const [exact, any] = [macroKey(name, args.length, isMember), macroKey(name, -1, isMember)]
    const macro = this.#macros.get(exact) ?? this.#macros.get(any)
    try {
      return macro?.expand(make, target, args)
    } catch (error) {
      if (!(error instanceof MacroError)) throw error
      return this.#problem(error.offset, error.message)
    }
  }

  #primary(expecting = OPERAND_START): Expression {
    const token = this.#tokens.peek()
    if (!isOperandStart(token)) {
      if (!this.#tokens.isOperandAfterReport(expecting)) return this.#at(token.start).literal(null)
      return this.#primary(expecting)
    }
    if (token.kind === 'word') return this.#name(token)
    if (token.kind !== 'symbol') return this.#literal(this.#tokens.next(), '')
    switch (token.text) {
      case '(':
        return this.#nested()
      case '[':
        return this.#list()
      case '{':
        return this.#map()
      case '-':
        return this.#negative()
      default:
        return token.text === '.' ? this.#name(token) : this.#unary()
    }
  }

  #negative(): Expression {
    if (!this.#isNumber(1)) return this.#unary()
    const sign = this.#tokens.next()
    return this.#literal(this.#tokens.next(), '-', sign.start)
  }

  #nested(): Expression {
    this.#tokens.next()
    const expression = this.#tokens.within([')'], () => this.#expression())
    this.#tokens.expect(')')
    return expression
  }

  #literal({ kind, text, start }: Token, sign: string, offset = start): Expression {
    const value = literalValue(kind, text, sign)
    if (literals.isUnreadable(value)) return this.#problem(offset, value.problem)
    return this.#at(offset).literal(value)
  }

  #name(first: Token): Expression {
    if (['true', 'false', 'null'].includes(first.text)) {
      this.#tokens.next()
      return this.#at(first.start).literal(first.text === 'null' ? null : first.text === 'true')
    }
    if (this.#isMessage()) return this.#message()
    const dot = this.#tokens.take('.')
    const name = this.#tokens.peek()
    if (name.kind !== 'word' || ['in', 'true', 'false', 'null'].includes(name.text)) {
      this.#tokens.reportNoWay(dot ?? first)
      return this.#at(first.start).literal(null)
    }
    this.#tokens.next()
    const text = dot === undefined ? name.text : `.${name.text}`
    const open = this.#tokens.take('(')
    if (RESERVED.has(name.text)) {
      if (open !== undefined) this.#call(open, text)
      return this.#problem(first.start, `reserved identifier: ${name.text}`)
    }
    return open === undefined ? this.#at(name.start).identifier(text) : this.#call(open, text)
  }

  /** `a.b.C{`: told from a selection by the brace. */
  #isMessage(): boolean {
    let ahead = this.#tokens.peek().text === '.' ? 1 : 0
    while (this.#tokens.peek(ahead).kind === 'word') {
      const next = this.#tokens.peek(ahead + 1)
      if (next.kind !== 'symbol') return false
      if (next.text !== '.') return next.text === '{'
      ahead += 2
    }
    return false
  }

  #message(): Expression {
    let typeName = ''
    while (!this.#tokens.is('{')) typeName += this.#tokens.next().text
    const open = this.#tokens.next()
    const fields: FieldValue[] = []
    const names = "{'}', ',', '?', IDENTIFIER, ESC_IDENTIFIER}"
    this.#sequence('}', () => {
      const isOptional = this.#tokens.take('?') !== undefined
      const name = this.#fieldAfterReport(isOptional ? FIELD : names)
      const colon = name === undefined ? undefined : this.#tokens.expect(':')
      if (name === undefined || colon === undefined) return false
      fields.push(this.#at(colon.start).field(name, this.#expression(), isOptional))
      return true
    }, () => ['word', 'escaped'].includes(this.#tokens.peek().kind))
    const values = fields.map(({ value }) => value)
    return this.#raise(this.#at(open.start).struct(typeName, fields), values, 0)
  }

  #fieldAfterReport(expecting: string): string | undefined {
    const name = this.#fieldName()
    if (name !== undefined) return name
    const { kind } = this.#tokens.peek(1)
    const problem = kind === 'word' || kind === 'escaped' ? 'extraneous' : 'mismatched'
    this.#tokens.report(`${problem} input '${this.#tokens.peek().text}' expecting ${expecting}`)
    if (problem === 'mismatched') {
      this.#tokens.recover()
      return undefined
    }
    this.#tokens.next()
    return this.#fieldName()
  }

  /** Items between commas, of which one may follow the last; `item` answers false when it cannot go on. */
  #sequence(close: string, item: () => boolean, isItem = () => isOperandStart(this.#tokens.peek())): void {
    let isClosing = this.#tokens.take(',') !== undefined
    this.#tokens.within([close, ','], () => {
      let goesOn = !isClosing && !this.#tokens.is(close) && item()
      while (goesOn && this.#tokens.take(',') !== undefined) {
        isClosing = !this.#tokens.is('?') && !isItem()
        goesOn = !isClosing && item()
      }
    })
    this.#tokens.expect(close, isClosing ? `'${close}'` : `{'${close}', ','}`)
  }

  #list(): Expression {
    const open = this.#tokens.next()
    const elements: Expression[] = []
    const optionals: number[] = []
    this.#tokens.skipUnexpected(LIST_START, ']', ',', '?')
    this.#sequence(']', () => {
      if (this.#tokens.take('?') !== undefined) optionals.push(elements.length)
      elements.push(this.#expression(elements.length === 0 ? LIST_START : ITEM_START))
      return true
    })
    return this.#raise(this.#at(open.start).list(elements, optionals), elements, 0)
  }

  #map(): Expression {
    const open = this.#tokens.next()
    const entries: Entry[] = []
    this.#tokens.skipUnexpected(MAP_START, '}', ',', '?')
    this.#sequence('}', () => {
      const isOptional = this.#tokens.take('?') !== undefined
      const starts = entries.length === 0 ? MAP_START : ITEM_START
      const key = this.#tokens.within([':'], () => this.#expression(starts))
      const colon = this.#tokens.expect(':')
      if (colon === undefined) return false
      entries.push(this.#at(colon.start).entry(key, this.#expression(), isOptional))
      return true
    })
    const parts = entries.flatMap(({ key, value }) => [key, value])
    return this.#raise(this.#at(open.start).map(entries), parts, 0)
  }
}

function literalValue(kind: Token['kind'], text: string, sign: string): Value | literals.Unreadable {
  switch (kind) {
    case 'int':
      return literals.intLiteral(sign + text)
    case 'uint':
      return literals.uintLiteral(text)
    case 'float':
      return literals.doubleLiteral(sign + text)
    case 'bytes':
      return literals.bytesLiteral(text.slice(1))
    default:
      return literals.stringLiteral(text)
  }
}

function macroKey(name: string, arity: number, isMember: boolean): string {
  return `${isMember ? '.' : ''}${name}/${String(arity)}`
}

export function indexMacros(macros: Iterable<Macro>): ReadonlyMap<string, Macro> {
  return new Map([...macros].map((macro) => [macroKey(macro.name, macro.arity, macro.isMember), macro]))
}

export function parseExpression(source: Source, macros: ReadonlyMap<string, Macro>): Parsed {
  const nothing: Expression = { kind: 'literal', id: 0, offset: 0, value: null }
  const size = source.codePoints.length
  if (size > MAX_LENGTH) {
    const message = `expression code point size exceeds limit: size: ${String(size)}, limit ${String(MAX_LENGTH)}`
    return { expression: nothing, issues: [{ offset: -1, message }] }
  }
  const { tokens, issues: lexical } = readTokens(source)
  const stream = new TokenStream(source, tokens)
  const parser = new Parser(stream, macros)
  const issuesSoFar = (): Issue[] => [...lexical, ...stream.issues, ...parser.issues]
  try {
    return { expression: parser.parse(), issues: issuesSoFar() }
  } catch (error) {
    if (!(error instanceof SyntaxLimitError)) throw error
    const limit = error.message === '' ? [] : [{ offset: -1, message: error.message }]
    return { expression: nothing, issues: [...issuesSoFar(), ...limit] }
  }
}
