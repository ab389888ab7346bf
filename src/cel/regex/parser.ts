/**
 * Patterns by the syntax of RE2 (github.com/google/re2/wiki/Syntax) as Go's regexp/syntax reads it: no backreferences
 * and no look-around, so that matching takes linear time. Messages are Go's.
 */
import * as sets from './character-set.ts'
import type { CharacterSet, CodeRange, Property } from './character-set.ts'

export type Place = 'textStart' | 'textEnd' | 'lineStart' | 'lineEnd' | 'wordBoundary' | 'noWordBoundary'

export type PatternNode =
  | { readonly kind: 'empty' }
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'place'; readonly place: Place }
  | { readonly kind: 'sequence'; readonly nodes: readonly PatternNode[] }
  | { readonly kind: 'choice'; readonly nodes: readonly PatternNode[] }
  | {
      readonly kind: 'repeat'
      readonly node: PatternNode
      readonly min: number
      readonly max: number
      readonly isLazy: boolean
    }

export class PatternError {
  readonly problem: string
  readonly fragment: string

  constructor(problem: string, fragment: string) {
    this.problem = problem
    this.fragment = fragment
  }

  get message(): string {
    return `error parsing regexp: ${this.problem}: \`${this.fragment}\``
  }
}

interface Flags {
  readonly ignoresCase: boolean
  readonly isMultiline: boolean
  readonly dotIsAll: boolean
  readonly isUngreedy: boolean
}

/** Groups inside groups. */
const MAX_DEPTH = 1000
/** Of `{n}`, also when they multiply. */
const MAX_REPEAT = 1000
const EMPTY: PatternNode = { kind: 'empty' }
const SIMPLE_ESCAPES = new Map([['a', 7], ['f', 12], ['t', 9], ['n', 10], ['r', 13], ['v', 11]])
const PLACES = new Map<string, Place>([
  ['A', 'textStart'], ['z', 'textEnd'], ['b', 'wordBoundary'], ['B', 'noWordBoundary'],
])

const NAME_START = /\(\?P?</y
const GROUP_NAME = /\(\?P?<([A-Za-z0-9_]+)>/y
const GROUP_FLAGS = /\(\?([imsU]*)(?:-([imsU]+))?([:)])/y
const PROPERTY = /\\[pP](?:\{(\^?)([A-Za-z_]*)\}|([A-Za-z]))/y

class PatternParser {
  readonly #characters: readonly string[]
  #at = 0
  #depth = 0
  #flags: Flags = { ignoresCase: false, isMultiline: false, dotIsAll: false, isUngreedy: false }
  readonly #groupNames = new Set<string>()
  /** Where each character is in the pattern, and its end. */
  readonly #places: Uint32Array
  readonly pattern: string

  constructor(pattern: string) {
    this.pattern = pattern
    this.#characters = [...pattern]
    this.#places = new Uint32Array(this.#characters.length + 1)
    for (const [at, character] of this.#characters.entries()) {
      this.#places[at + 1] = (this.#places[at] ?? 0) + character.length
    }
  }

  parse(): PatternNode {
    const node = this.#choice()
    if (this.#at < this.#characters.length) throw new PatternError('unexpected )', this.pattern)
    return node
  }

  #peek(ahead = 0): string {
    return this.#characters[this.#at + ahead] ?? ''
  }

  #placeOf(at: number): number {
    return this.#places[Math.min(at, this.#characters.length)] ?? 0
  }

  /** All of it: for errors, as it is as long as what is still to be read. */
  #rest(from = this.#at): string {
    return this.pattern.slice(this.#placeOf(from))
  }

  /** What a sticky expression finds there. */
  #match(expression: RegExp, from = this.#at): RegExpExecArray | null {
    expression.lastIndex = this.#placeOf(from)
    return expression.exec(this.pattern)
  }

  #fragment(from: number): string {
    return this.#characters.slice(from, this.#at).join('')
  }

  #choice(): PatternNode {
    this.#depth += 1
    if (this.#depth > MAX_DEPTH) throw new PatternError('expression nests too deeply', this.pattern)
    const nodes = [this.#sequence()]
    while (this.#peek() === '|') {
      this.#at += 1
      nodes.push(this.#sequence())
    }
    this.#depth -= 1
    const [only = EMPTY] = nodes
    return nodes.length === 1 ? only : { kind: 'choice', nodes }
  }

  #sequence(): PatternNode {
    const nodes: PatternNode[] = []
    while (this.#at < this.#characters.length && this.#peek() !== '|' && this.#peek() !== ')') {
      const start = this.#at
      if (this.#peek() === '\\' && this.#peek(1) === 'Q') {
        for (const node of this.#quoted()) nodes.push(node)
        continue
      }
      const atom = this.#atom()
      nodes.push(atom === undefined ? EMPTY : this.#repeated(atom, start))
    }
    const [only = EMPTY] = nodes
    return nodes.length === 1 ? only : { kind: 'sequence', nodes }
  }

  /** `\Q…\E`: its last character can be repeated. */
  #quoted(): PatternNode[] {
    const from = this.#placeOf(this.#at + 2)
    const end = this.pattern.indexOf('\\E', from)
    const text = this.pattern.slice(from, end === -1 ? undefined : end)
    const start = this.#at
    this.#at += 2 + [...text].length + (end === -1 ? 0 : 2)
    const nodes = [...text].map((character) => this.#literal(character))
    const last = nodes.pop()
    return last === undefined ? [] : [...nodes, this.#repeated(last, start)]
  }

  #literal(character: string): PatternNode {
    const point = character.codePointAt(0) ?? 0
    return this.#set({ ...sets.rangeSet([point, point]) })
  }

  #set(set: CharacterSet): PatternNode {
    return { kind: 'set', set: { ...set, ignoresCase: this.#flags.ignoresCase } }
  }

  #place(place: Place): PatternNode {
    return { kind: 'place', place }
  }

  /** Undefined: flags were set, there is nothing to repeat. */
  #atom(): PatternNode | undefined {
    const character = this.#peek()
    switch (character) {
      case '(':
        return this.#group()
      case '[':
        return this.#class()
      case '\\':
        return this.#escape()
      case '*':
      case '+':
      case '?':
        throw new PatternError('missing argument to repetition operator', character)
      default:
    }
    if (character === '{') {
      const range = this.#repeatRange()
      if (range !== undefined) throw new PatternError('missing argument to repetition operator', range.text)
    }
    this.#at += 1
    if (character === '.') return { kind: 'set', set: this.#flags.dotIsAll ? sets.ANY : sets.ANY_BUT_NEWLINE }
    if (character === '^') return this.#place(this.#flags.isMultiline ? 'lineStart' : 'textStart')
    if (character === '$') return this.#place(this.#flags.isMultiline ? 'lineEnd' : 'textEnd')
    return this.#literal(character)
  }

  #repeated(atom: PatternNode, start: number): PatternNode {
    const operatorStart = this.#at
    const range = this.#repeatOperator()
    if (range === undefined) return atom
    const isLazy = this.#peek() === '?'
    if (isLazy) this.#at += 1
    const node: PatternNode = { kind: 'repeat', node: atom, ...range, isLazy: isLazy !== this.#flags.isUngreedy }
    const again = this.#repeatOperator()
    if (again !== undefined) throw new PatternError('invalid nested repetition operator', this.#fragment(operatorStart))
    if (repeatProduct(node) > MAX_REPEAT) {
      throw new PatternError('invalid repeat count', this.#fragment(range.isCounted ? operatorStart : start))
    }
    return node
  }

  #repeatOperator(): { min: number; max: number; isCounted: boolean } | undefined {
    const character = this.#peek()
    const known = { '*': [0, Infinity], '+': [1, Infinity], '?': [0, 1] }[character]
    if (known !== undefined) {
      this.#at += 1
      return { min: known[0] ?? 0, max: known[1] ?? 0, isCounted: false }
    }
    const range = character === '{' ? this.#repeatRange() : undefined
    if (range === undefined) return undefined
    this.#at += range.text.length
    const { min, max, text } = range
    const isInvalid = min > MAX_REPEAT || (max !== Infinity && max > MAX_REPEAT) || min > max
    if (isInvalid) throw new PatternError('invalid repeat count', text)
    return { min, max, isCounted: true }
  }

  /** `{n}`, `{n,}` or `{n,m}`; anything else is text. */
  #repeatRange(): { min: number; max: number; text: string } | undefined {
    const match = /^\{(\d+)(?:(,)(\d*))?\}/.exec(this.#characters.slice(this.#at, this.#at + 64).join(''))
    if (match === null) return undefined
    const [text, low = '', comma, high = ''] = match
    const min = Number(low)
    if (comma === undefined) return { min, max: min, text }
    return { min, max: high === '' ? Infinity : Number(high), text }
  }

  #group(): PatternNode | undefined {
    const start = this.#at
    this.#at += 1
    const outer = this.#flags
    if (this.#peek() === '?') {
      const isOpen = this.#groupStart(start)
      if (!isOpen) return undefined
    }
    const node = this.#choice()
    if (this.#peek() !== ')') throw new PatternError('missing closing )', this.pattern)
    this.#at += 1
    this.#flags = outer
    return node
  }

  /** A name or flags after `(?`; false when it was flags only. */
  #groupStart(start: number): boolean {
    if (this.#match(NAME_START, start) !== null) {
      const name = this.#match(GROUP_NAME, start)
      if (name === null) {
        const rest = this.#rest(start)
        if (/^\(\?<[=!]/.test(rest)) throw new PatternError('invalid or unsupported Perl syntax', rest.slice(0, 4))
        throw new PatternError('invalid named capture', /^[^>]*>?/.exec(rest)?.[0] ?? rest)
      }
      if (this.#groupNames.has(name[1] ?? '')) throw new PatternError('duplicate capture group name', name[1] ?? '')
      this.#groupNames.add(name[1] ?? '')
      this.#at = start + name[0].length
      return true
    }
    const match = this.#match(GROUP_FLAGS, start)
    if (match === null) {
      const rest = this.#rest(start)
      const missing = /^\(\?[imsU-]*$/.test(rest)
      if (missing) throw new PatternError('missing closing )', this.pattern)
      const length = 3 + (/[^imsU-]/.exec(rest.slice(2))?.index ?? 0)
      throw new PatternError('invalid or unsupported Perl syntax', rest.slice(0, length))
    }
    const [whole, on = '', off = '', end] = match
    const has = (flag: string, current: boolean): boolean => (on.includes(flag) || current) && !off.includes(flag)
    this.#flags = {
      ignoresCase: has('i', this.#flags.ignoresCase),
      isMultiline: has('m', this.#flags.isMultiline),
      dotIsAll: has('s', this.#flags.dotIsAll),
      isUngreedy: has('U', this.#flags.isUngreedy),
    }
    this.#at = start + whole.length
    return end === ':'
  }

  #escape(): PatternNode {
    const next = this.#peek(1)
    const place = PLACES.get(next)
    if (place !== undefined) {
      this.#at += 2
      return this.#place(place)
    }
    const group = this.#characterGroup()
    if (group !== undefined) {
      return this.#set({ ranges: group.ranges, properties: group.properties, isNegated: false, ignoresCase: false })
    }
    const point = this.#escapedPoint()
    return this.#set(sets.rangeSet([point, point]))
  }

  /** `\d`, `\W`, `\pL`, `\P{Greek}` at the cursor. */
  #characterGroup(): { ranges: readonly CodeRange[]; properties: readonly Property[] } | undefined {
    const letter = this.#peek(1)
    const perl = this.#peek() === '\\' ? sets.PERL_CLASSES.get(letter.toLowerCase()) : undefined
    if (perl !== undefined) {
      this.#at += 2
      return { ranges: letter === letter.toLowerCase() ? perl : sets.complement(perl), properties: [] }
    }
    if (this.#peek() !== '\\' || (letter !== 'p' && letter !== 'P')) return undefined
    const start = this.#at
    const match = this.#match(PROPERTY)
    const [whole = '', caret = '', long, short] = match ?? []
    const property = unicodePropertyOf(long ?? short, (letter === 'P') !== (caret === '^'))
    this.#at += whole.length
    if (property !== undefined) return { ranges: [], properties: [property] }
    throw new PatternError('invalid character class range', whole === '' ? this.#rest(start) : whole)
  }

  /** The character that an escape sequence stands for. */
  #escapedPoint(): number {
    const start = this.#at
    const rest = this.#characters.slice(start, start + 16).join('')
    if (rest === '\\') throw new PatternError('trailing backslash at end of expression', '')
    const match = /^\\(?:x\{([0-9A-Fa-f]+)\}|x([0-9A-Fa-f]{2})|([1-7][0-7]{1,2}|0[0-7]{0,2})|([aftnrv])|([^A-Za-z0-9]))/u.exec(
      rest,
    )
    const [whole = '', long, byte, octal, simple, itself] = match ?? []
    const point =
      long === undefined && byte === undefined
        ? octal === undefined
          ? (SIMPLE_ESCAPES.get(simple ?? '') ?? itself?.codePointAt(0))
          : Number.parseInt(octal, 8)
        : Number.parseInt(long ?? byte ?? '', 16)
    if (point === undefined || point > sets.MAX_CODE_POINT) {
      throw new PatternError('invalid escape sequence', [...rest].slice(0, 2).join(''))
    }
    this.#at += [...whole].length
    return point
  }

  #class(): PatternNode {
    const start = this.#at
    this.#at += 1
    const isNegated = this.#peek() === '^'
    if (isNegated) this.#at += 1
    const ranges: CodeRange[] = []
    const properties: Property[] = []
    for (let isFirst = true; isFirst || this.#peek() !== ']'; isFirst = false) {
      if (this.#at >= this.#characters.length) throw new PatternError('missing closing ]', this.#rest(start))
      const group = this.#posixClass() ?? this.#characterGroup()
      if (group === undefined) ranges.push(this.#range(start))
      else {
        for (const range of group.ranges) ranges.push(range)
        for (const property of group.properties) properties.push(property)
      }
    }
    this.#at += 1
    // Without the flag that lets it, a negated class does not match a newline only in other dialects.
    return this.#set({ ranges: sets.inOrder(ranges), properties, isNegated, ignoresCase: false })
  }

  #posixClass(): { ranges: readonly CodeRange[]; properties: readonly Property[] } | undefined {
    if (this.#peek() !== '[' || this.#peek(1) !== ':') return undefined
    const match = /^\[:(\^?)([a-z]*):\]/.exec(this.#characters.slice(this.#at, this.#at + 16).join(''))
    if (match === null) return undefined
    const [whole, caret, name = ''] = match
    const ranges = sets.POSIX_CLASSES.get(name)
    if (ranges === undefined) throw new PatternError('invalid character class range', whole)
    this.#at += whole.length
    return { ranges: caret === '^' ? sets.complement(ranges) : ranges, properties: [] }
  }

  #range(classStart: number): CodeRange {
    const start = this.#at
    const first = this.#classPoint(classStart)
    if (this.#peek() !== '-' || this.#peek(1) === ']' || this.#peek(1) === '') return [first, first]
    this.#at += 1
    const last = this.#classPoint(classStart)
    if (last < first) throw new PatternError('invalid character class range', this.#fragment(start))
    return [first, last]
  }

  #classPoint(classStart: number): number {
    const character = this.#peek()
    if (character === '') throw new PatternError('missing closing ]', this.#rest(classStart))
    if (character === '\\') return this.#escapedPoint()
    this.#at += 1
    return character.codePointAt(0) ?? 0
  }
}

function unicodePropertyOf(name: string | undefined, isNegated: boolean): Property | undefined {
  return name === undefined ? undefined : sets.unicodeProperty(name, isNegated)
}

/** Of what is repeated in its turn. */
const products = new WeakMap<PatternNode, number>()

/** How often the innermost of nested counted repetitions happens. */
function repeatProduct(node: PatternNode): number {
  let product = products.get(node)
  if (product === undefined) products.set(node, (product = productOf(node)))
  return product
}

function productOf(node: PatternNode): number {
  switch (node.kind) {
    case 'repeat': {
      const times = node.max === Infinity ? node.min : node.max
      return Math.max(times, 1) * repeatProduct(node.node)
    }
    case 'sequence':
    case 'choice':
      return node.nodes.reduce((most, inner) => Math.max(most, repeatProduct(inner)), 1)
    default:
      return 1
  }
}

export function parsePattern(pattern: string): PatternNode {
  return new PatternParser(pattern).parse()
}
