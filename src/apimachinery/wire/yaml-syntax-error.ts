/**
 * Why a text is no YAML, in the words of go-yaml v2 (parserc.go, after libyaml), which clients get to see. What
 * looks for syntax runs only on texts that the reader has refused, or may have taken wrongly.
 */
import { YamlSyntaxError, YamlTokens, type Mark, type TokenKind } from './yaml-tokens.ts'

const CONTROL = /[\0-\x08\v\f\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]/

/** Control characters are refused before anything else is looked at. */
export function controlFault(text: string): string | undefined {
  return CONTROL.test(text) ? 'control characters are not allowed' : undefined
}

/** The parser counts lines from 0, and says nothing of the first. */
function parserError(problem: string, { line }: Mark): YamlSyntaxError {
  return new YamlSyntaxError(line === 0 ? problem : `line ${String(line)}: ${problem}`)
}

/** Far beyond what is read, and well within the stack. */
const MAX_DEPTH = 1000

const AFTER_KEY: readonly TokenKind[] = ['key', 'value', 'block end']

/** undefined: there is nothing wrong with the first document. */
export function yamlSyntaxError(text: string): string | undefined {
  try {
    new Parser(text).document()
  } catch (error) {
    if (error instanceof YamlSyntaxError) return error.message
    throw error
  }
  return undefined
}

class Parser {
  readonly #tokens: YamlTokens
  #depth = 0

  constructor(text: string) {
    this.#tokens = new YamlTokens(text)
  }

  document(): void {
    while (this.#takes('document end')) continue
    const isExplicit = this.#directives()
    if (!this.#takes('document start') && isExplicit) this.#fail('did not find expected <document start>')
    if (!this.#isNext('stream end', 'directive', 'document start', 'document end')) this.#node(true, false)
    this.#tokens.peek()
  }

  /** Whether there are any. */
  #directives(): boolean {
    const said = new Set<string>()
    while (this.#isNext('directive')) {
      const { directive, mark } = this.#tokens.take()
      if (directive === undefined) continue
      const what = directive.name === 'YAML' ? 'YAML' : `TAG ${directive.handle}`
      if (said.has(what)) throw parserError(`found duplicate %${directive.name} directive`, mark)
      const isOther = directive.name === 'YAML' && directive.version !== '1.1'
      if (isOther) throw parserError('found incompatible YAML document', mark)
      said.add(what)
    }
    return said.size > 0
  }

  #isNext(...kinds: readonly TokenKind[]): boolean {
    return kinds.includes(this.#tokens.peek().kind)
  }

  #takes(kind: TokenKind): boolean {
    if (!this.#isNext(kind)) return false
    this.#tokens.take()
    return true
  }

  #fail(problem: string): never {
    throw parserError(problem, this.#tokens.peek().mark)
  }

  #node(isBlock: boolean, allowsIndentless: boolean): void {
    if (++this.#depth > MAX_DEPTH) this.#fail(`exceeded max depth of ${String(MAX_DEPTH)}`)
    this.#content(isBlock, allowsIndentless)
    this.#depth -= 1
  }

  #content(isBlock: boolean, allowsIndentless: boolean): void {
    if (this.#takes('alias')) return
    const hasAnchor = this.#takes('anchor')
    const hasTag = this.#takes('tag')
    const hasProperties = hasAnchor || hasTag || false
    if (!hasAnchor && hasTag) this.#takes('anchor')
    if (allowsIndentless && this.#isNext('-')) return this.#indentless()
    if (this.#takes('scalar')) return
    if (this.#takes('[')) return this.#flowSequence()
    if (this.#takes('{')) return this.#flowMapping()
    if (isBlock && this.#takes('block sequence')) return this.#blockSequence()
    if (isBlock && this.#takes('block mapping')) return this.#blockMapping()
    if (!hasProperties) this.#fail('did not find expected node content')
  }

  #blockSequence(): void {
    while (this.#takes('-')) if (!this.#isNext('-', 'block end')) this.#node(true, false)
    if (!this.#takes('block end')) this.#fail("did not find expected '-' indicator")
  }

  #indentless(): void {
    while (this.#takes('-')) if (!this.#isNext('-', ...AFTER_KEY)) this.#node(true, false)
  }

  #blockMapping(): void {
    while (this.#isNext('key', 'value')) {
      if (this.#takes('key') && !this.#isNext(...AFTER_KEY)) this.#node(true, true)
      if (this.#takes('value') && !this.#isNext(...AFTER_KEY)) this.#node(true, true)
    }
    if (!this.#takes('block end')) this.#fail('did not find expected key')
  }

  #flowSequence(): void {
    for (let isFirst = true; !this.#isNext(']'); isFirst = false) {
      if (!isFirst && !this.#takes(',')) this.#fail("did not find expected ',' or ']'")
      if (this.#takes('key')) this.#pair(']')
      else if (!this.#isNext(']')) this.#node(false, false)
    }
    this.#tokens.take()
  }

  #flowMapping(): void {
    for (let isFirst = true; !this.#isNext('}'); isFirst = false) {
      if (!isFirst && !this.#takes(',')) this.#fail("did not find expected ',' or '}'")
      if (this.#takes('key')) this.#pair('}')
      else if (!this.#isNext('}')) this.#node(false, false)
    }
    this.#tokens.take()
  }

  /** Behind its key's sign. */
  #pair(end: ']' | '}'): void {
    if (!this.#isNext('value', ',', end)) this.#node(false, false)
    if (this.#takes('value') && !this.#isNext(',', end)) this.#node(false, false)
  }
}
