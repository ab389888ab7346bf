/**
 * The grammar of label selectors in text: `app=web,tier in (a,b),!canary`. Gives requirements that are not checked yet,
 * or throws with upstream's text (k8s.io/apimachinery pkg/labels/selector.go, Lexer and Parser). Linear in the length
 * of the text.
 */
export type SelectorOperator = '=' | '==' | '!=' | 'in' | 'notin' | 'gt' | 'lt' | 'exists' | '!'

export interface ParsedRequirement {
  readonly key: string
  readonly operator: SelectorOperator
  /** Sorted and without repeats. */
  readonly values: readonly string[]
}

export class SelectorError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'SelectorError'
  }
}

type TokenKind = 'identifier' | 'end' | 'error' | '(' | ')' | ',' | '!' | '=' | '==' | '!=' | '>' | '<' | 'in' | 'notin'

interface Token {
  readonly kind: TokenKind
  readonly literal: string
}

const BINARY: ReadonlyMap<TokenKind, SelectorOperator> = new Map([
  ['in', 'in'], ['notin', 'notin'], ['=', '='], ['==', '=='], ['!=', '!='], ['>', 'gt'], ['<', 'lt'],
])
const EXPECTED_OPERATORS = 'in, notin, =, ==, !=, gt, lt'

/**
 * One token: blanks are skipped, `==` and `!=` are taken before `=` and `!`, anything else up to a blank or
 * symbol. Go's lexer takes a NUL for the end of the text where a token could begin, and passes over one that ends a token.
 */
// eslint-disable-next-line no-control-regex -- it is what ends a text
const TOKEN = /[ \t\r\n]*(?:(==|!=|[=!(),<>])|([^ \t\r\n=!(),<>\0]+))\0?/y
const SYMBOLS: readonly TokenKind[] = ['(', ')', ',', '!', '=', '==', '!=', '>', '<']

function scan(text: string): Token[] {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  for (;;) {
    const match = TOKEN.exec(text)
    if (match === null) break
    const literal = match[1] ?? match[2] ?? ''
    tokens.push({ kind: kindOf(literal), literal })
  }
  tokens.push({ kind: 'end', literal: '' })
  return tokens
}

function kindOf(literal: string): TokenKind {
  if (literal === 'in' || literal === 'notin') return literal
  return SYMBOLS.find((symbol) => symbol === literal) ?? 'identifier'
}

/** Reads one text; used once. `checkKey` throws for a key that cannot be a label's. */
export class SelectorParser {
  readonly #tokens: readonly Token[]
  readonly #checkKey: (key: string) => void
  #position = 0

  constructor(text: string, checkKey: (key: string) => void) {
    this.#tokens = scan(text)
    this.#checkKey = checkKey
  }

  /** All requirements, in the order written. `accept` turns each into what the caller keeps, or throws. */
  parse<T>(accept: (requirement: ParsedRequirement) => T): T[] {
    const requirements: T[] = []
    for (;;) {
      const { kind, literal } = this.#peek()
      if (kind === 'end') return requirements
      if (kind !== 'identifier' && kind !== '!') {
        throw new SelectorError(`found '${literal}', expected: !, identifier, or 'end of string'`)
      }
      requirements.push(this.#requirement(accept))
      const separator = this.#next()
      if (separator.kind === 'end') return requirements
      if (separator.kind !== ',') {
        throw new SelectorError(`found '${separator.literal}', expected: ',' or 'end of string'`)
      }
      const following = this.#peek()
      if (following.kind !== 'identifier' && following.kind !== '!') {
        throw new SelectorError(`found '${following.literal}', expected: identifier after ','`)
      }
    }
  }

  #requirement<T>(accept: (requirement: ParsedRequirement) => T): T {
    try {
      return accept(this.#readRequirement())
    } catch (error) {
      if (!(error instanceof SelectorError)) throw error
      throw new SelectorError(`unable to parse requirement: ${error.message}`)
    }
  }

  #readRequirement(): ParsedRequirement {
    let token = this.#next()
    const isNegated = token.kind === '!'
    if (isNegated) token = this.#next()
    if (token.kind !== 'identifier') throw new SelectorError(`found '${token.literal}', expected: identifier`)
    const key = token.literal
    this.#checkKey(key)
    // `!key` ends the requirement even when an operator follows: the caller then finds what it does not expect.
    if (isNegated) return { key, operator: '!', values: [] }
    const { kind } = this.#peek()
    if (kind === 'end' || kind === ',') return { key, operator: 'exists', values: [] }
    const operator = this.#operator()
    const values = operator === 'in' || operator === 'notin' ? this.#values() : [this.#exactValue()]
    return { key, operator, values: [...new Set(values)].toSorted() }
  }

  #operator(): SelectorOperator {
    const token = this.#tokens[this.#position]
    this.#position++
    const operator = token === undefined ? undefined : BINARY.get(token.kind)
    if (operator === undefined) {
      throw new SelectorError(`found '${token?.literal ?? ''}', expected: ${EXPECTED_OPERATORS}`)
    }
    return operator
  }

  /** `(a,b)`; empty places between commas are the empty value. */
  #values(): string[] {
    const open = this.#next()
    if (open.kind !== '(') throw new SelectorError(`found '${open.literal}' expected: '('`)
    const first = this.#peek()
    if (first.kind === ')') {
      this.#next()
      return ['']
    }
    if (first.kind !== 'identifier' && first.kind !== ',') {
      throw new SelectorError(`found '${first.literal}', expected: ',', ')' or identifier`)
    }
    const values = this.#identifiers()
    const close = this.#next()
    if (close.kind !== ')') throw new SelectorError(`found '${first.literal}', expected: ')'`)
    return values
  }

  #identifiers(): string[] {
    const values: string[] = []
    for (;;) {
      const token = this.#next()
      const after = this.#peek()
      if (token.kind === 'identifier') {
        values.push(token.literal)
        if (after.kind === ')') return values
        if (after.kind !== ',') throw new SelectorError(`found '${after.literal}', expected: ',' or ')'`)
      } else if (token.kind === ',') {
        if (values.length === 0 || after.kind === ',' || after.kind === ')') values.push('')
        if (after.kind === ')') return values
      } else {
        throw new SelectorError(`found '${token.literal}', expected: ',', or identifier`)
      }
    }
  }

  #exactValue(): string {
    const { kind } = this.#peek()
    if (kind === 'end' || kind === ',') return ''
    const token = this.#next()
    if (token.kind !== 'identifier') throw new SelectorError(`found '${token.literal}', expected: identifier`)
    return token.literal
  }

  /** The next token, `in` and `notin` taken as identifiers: only where an operator stands do they mean more. */
  #peek(): Token {
    const token = this.#tokens[this.#position] ?? { kind: 'end', literal: '' }
    return token.kind === 'in' || token.kind === 'notin' ? { kind: 'identifier', literal: token.literal } : token
  }

  #next(): Token {
    const token = this.#peek()
    this.#position++
    return token
  }
}
