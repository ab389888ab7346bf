/**
 * Documents of YAML as nodes, by go-yaml v2's parser (parserc.go, after libyaml; decode.go, parser), and why a text is
 * none in its words, which clients get to see. Nothing behind a document is read but the token that ends it.
 */
import { YamlCursor, YamlSyntaxError } from './cursor.ts'
import { yamlText } from './reader.ts'
import { YamlTokens, type Token, type TokenKind } from './tokens.ts'

export interface Node {
  readonly kind: 'scalar' | 'list' | 'map' | 'alias'
  /** From 1. */
  readonly line: number
  readonly tag: string
  /** Of a scalar what it says, of an alias its name. */
  readonly text: string
  /** Neither quoted nor tagged. */
  readonly isPlain: boolean
  /** Of a map keys and values in turn; of an alias what it stands for. */
  readonly children: Node[]
}

export const YAML_TAGS = 'tag:yaml.org,2002:'

/** Nesting of collections: far beyond any object, well within the stack. */
const MAX_DEPTH = 500

const OUTSIDE: readonly TokenKind[] = ['stream end', 'directive', 'document start', 'document end']

function endsEntry(kind: TokenKind): boolean {
  return kind === 'key' || kind === 'value' || kind === 'block end'
}

/** What a collection begins with. */
type Start = 'block mapping' | 'block sequence' | '-' | '{' | '['

/** Before each node: what names it. */
interface Properties {
  readonly line: number
  readonly tag: string
  readonly anchor: string
}

export class YamlParser {
  readonly #tokens: YamlTokens
  #isFirst = true
  #depth = 0
  #prefixes = new Map<string, string>()
  #anchors = new Map<string, Node>()

  /** `body`: bytes where they are not known to be UTF-8. */
  constructor(body: string | Uint8Array) {
    this.#tokens = new YamlTokens(new YamlCursor(yamlText(body)))
  }

  /** The next one; undefined: there is none. @throws YamlSyntaxError */
  document(): Node | undefined {
    while (!this.#isFirst && this.#takes('document end')) continue
    if (this.#isNext('stream end')) return undefined
    const isExplicit = !this.#isFirst || this.#isNext('directive') || this.#isNext('document start')
    this.#isFirst = false
    this.#anchors = new Map()
    this.#directives()
    if (isExplicit && !this.#takes('document start')) this.#fail('did not find expected <document start>')
    const isEmpty = isExplicit && OUTSIDE.includes(this.#tokens.peek().kind)
    const node = isEmpty ? emptyAt(this.#tokens.peek().line) : this.#node(true, false)
    this.#takes('document end')
    return node
  }

  #directives(): void {
    this.#prefixes = new Map()
    let hasVersion = false
    for (let token = this.#tokens.peek(); token.directive !== undefined; token = this.#tokens.peek()) {
      const { directive, line } = token
      if (directive.name === 'YAML') {
        if (hasVersion) throw parserError('found duplicate %YAML directive', line)
        if (directive.version !== '1.1') throw parserError('found incompatible YAML document', line)
        hasVersion = true
      } else {
        if (this.#prefixes.has(directive.handle)) throw parserError('found duplicate %TAG directive', line)
        this.#prefixes.set(directive.handle, directive.prefix)
      }
      this.#tokens.take()
    }
    if (!this.#prefixes.has('!')) this.#prefixes.set('!', '!')
    if (!this.#prefixes.has('!!')) this.#prefixes.set('!!', YAML_TAGS)
  }

  #isNext(kind: TokenKind): boolean {
    return this.#tokens.peek().kind === kind
  }

  #takes(kind: TokenKind): boolean {
    if (this.#tokens.peek().kind !== kind) return false
    this.#tokens.take()
    return true
  }

  #fail(problem: string): never {
    throw parserError(problem, this.#tokens.peek().line)
  }

  #node(isBlock: boolean, allowsIndentless: boolean): Node {
    const token = this.#tokens.peek()
    if (token.kind === 'alias') return this.#alias(this.#tokens.take())
    const properties = this.#properties(token.line)
    const { kind, text } = this.#tokens.peek()
    if (kind === 'plain' || kind === 'quoted') return this.#scalar(properties, kind === 'plain', text)
    if (kind === '[' || kind === '{' || (allowsIndentless && kind === '-')) return this.#collection(kind, properties)
    if (isBlock && (kind === 'block sequence' || kind === 'block mapping')) return this.#collection(kind, properties)
    const { line, tag, anchor } = properties
    if (tag === '' && anchor === '') this.#fail('did not find expected node content')
    return this.#named({ ...emptyAt(line), tag, isPlain: tag === '' }, anchor)
  }

  #alias({ text, line }: Token): Node {
    const target = this.#anchors.get(text)
    if (target === undefined) throw new YamlSyntaxError(`unknown anchor '${text}' referenced`)
    return { kind: 'alias', line: line + 1, tag: '', text, isPlain: false, children: [target] }
  }

  /** An anchor and a tag, in either order. */
  #properties(line: number): Properties {
    let [anchor, tag] = ['', '']
    if (this.#isNext('anchor')) anchor = this.#tokens.take().text
    if (this.#isNext('tag')) {
      const token = this.#tokens.take()
      // The next token is looked for before this one's handle is.
      if (anchor === '' && this.#isNext('anchor')) anchor = this.#tokens.take().text
      this.#tokens.peek()
      tag = this.#tagOf(token)
    }
    return { line, tag, anchor }
  }

  #tagOf({ tag, line }: Token): string {
    const { handle = '', suffix = '' } = tag ?? {}
    if (handle === '') return suffix
    const prefix = this.#prefixes.get(handle)
    if (prefix === undefined) throw parserError('found undefined tag handle', line)
    return prefix + suffix
  }

  #named(node: Node, anchor: string): Node {
    if (anchor !== '') this.#anchors.set(anchor, node)
    return node
  }

  #scalar({ line, tag, anchor }: Properties, isUnquoted: boolean, text: string): Node {
    this.#tokens.take()
    const isPlain = tag === '!' || (tag === '' && isUnquoted)
    return this.#named({ kind: 'scalar', line: line + 1, tag, text, isPlain, children: [] }, anchor)
  }

  #collection(start: Start, { line, tag, anchor }: Properties): Node {
    if (++this.#depth > MAX_DEPTH) this.#fail(`exceeded max depth of ${String(MAX_DEPTH)}`)
    const kind = start === '{' || start === 'block mapping' ? 'map' : 'list'
    const node = this.#named({ kind, line: line + 1, tag, text: '', isPlain: false, children: [] }, anchor)
    if (start !== '-') this.#tokens.take()
    this.#fill(start, node.children)
    this.#depth -= 1
    return node
  }

  #fill(start: Start, to: Node[]): void {
    switch (start) {
      case 'block mapping': return this.#blockMapping(to)
      case 'block sequence': return this.#blockSequence(to)
      case '-': return this.#indentless(to)
      case '{': return this.#flowMapping(to)
      case '[': return this.#flowSequence(to)
    }
  }

  #blockSequence(to: Node[]): void {
    for (let token = this.#tokens.peek(); token.kind === '-'; token = this.#tokens.peek()) {
      this.#tokens.take()
      to.push(this.#isNext('-') || this.#isNext('block end') ? emptyAt(token.line) : this.#node(true, false))
    }
    if (!this.#takes('block end')) this.#fail("did not find expected '-' indicator")
  }

  #indentless(to: Node[]): void {
    for (let token = this.#tokens.peek(); token.kind === '-'; token = this.#tokens.peek()) {
      this.#tokens.take()
      to.push(this.#isNext('-') || endsEntry(this.#tokens.peek().kind) ? emptyAt(token.line) : this.#node(true, false))
    }
  }

  #blockMapping(to: Node[]): void {
    while (!this.#takes('block end')) {
      if (!this.#isNext('key')) this.#fail('did not find expected key')
      to.push(this.#blockPart('key'), this.#blockPart('value'))
    }
  }

  /** The key or value whose sign is next, or may be missing. */
  #blockPart(kind: 'key' | 'value'): Node {
    const { line } = this.#tokens.peek()
    if (!this.#takes(kind) || endsEntry(this.#tokens.peek().kind)) return emptyAt(line)
    return this.#node(true, true)
  }

  #flowSequence(to: Node[]): void {
    for (let isFirst = true; !this.#isNext(']'); isFirst = false) {
      if (!isFirst && !this.#takes(',')) this.#fail("did not find expected ',' or ']'")
      if (this.#isNext('key')) to.push(this.#pair())
      else if (!this.#isNext(']')) to.push(this.#node(false, false))
    }
    this.#tokens.take()
  }

  /** A map of one entry that stands in a list as it is. */
  #pair(): Node {
    const { line } = this.#tokens.take()
    const key = this.#endsFlowKey(']') ? this.#emptyKey() : this.#node(false, false)
    const children = [key, this.#flowValue(']')]
    return { kind: 'map', line: line + 1, tag: '', text: '', isPlain: false, children }
  }

  /** Go-yaml takes what stands where the key would have for the key. */
  #emptyKey(): Node {
    return emptyAt(this.#tokens.take().line)
  }

  #flowMapping(to: Node[]): void {
    for (let isFirst = true; !this.#isNext('}'); isFirst = false) {
      if (!isFirst && !this.#takes(',')) this.#fail("did not find expected ',' or '}'")
      if (this.#takes('key')) {
        const isEmpty = this.#endsFlowKey('}')
        to.push(isEmpty ? emptyAt(this.#tokens.peek().line) : this.#node(false, false), this.#flowValue('}'))
      } else if (!this.#isNext('}')) {
        const key = this.#node(false, false)
        to.push(key, emptyAt(this.#tokens.peek().line))
      }
    }
    this.#tokens.take()
  }

  #endsFlowKey(end: ']' | '}'): boolean {
    return this.#isNext('value') || this.#isNext(',') || this.#isNext(end)
  }

  #flowValue(end: ']' | '}'): Node {
    if (this.#takes('value') && !this.#isNext(',') && !this.#isNext(end)) return this.#node(false, false)
    return emptyAt(this.#tokens.peek().line)
  }
}

/** The parser counts lines from 0, and says nothing of the first. */
function parserError(problem: string, line: number): YamlSyntaxError {
  return new YamlSyntaxError(line === 0 ? problem : `line ${String(line)}: ${problem}`)
}

function emptyAt(line: number): Node {
  return { kind: 'scalar', line: line + 1, tag: '', text: '', isPlain: true, children: [] }
}

/** Whether what follows this key is merged into its map. */
export function isMerge({ kind, text, tag, isPlain }: Node): boolean {
  return kind === 'scalar' && text === '<<' && (isPlain || tag === `${YAML_TAGS}merge`)
}
