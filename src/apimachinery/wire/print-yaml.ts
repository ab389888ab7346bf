/**
 * JSON as YAML, byte for byte as the API server prints `application/yaml`: the emitter of go-yaml
 * (go.yaml.in/yaml/v2 emitterc.go) by its rules, of which an answer needs those for blocks. Keys are in go-yaml's order,
 * lists are not indented below their key, texts are folded at the first space behind column 80. Upstream makes it of
 * its JSON text, which go-yaml reads: what that cannot read cannot be printed.
 */
import { byteLength } from '../names.ts'
import type { Int64 } from '../../lib/exact-json.ts'
import { MAX_UINT64, WrittenNumber, isNumeric } from '../../lib/exact-json.ts'
import { goFloat } from '../../lib/go-number.ts'
import { byGoYaml } from './yaml/key-order.ts'
import { escaped, escapesAll, isBreak, isEscaped } from './yaml/escapes.ts'
import { formOf, type ScalarForm } from './yaml/styles.ts'
import { yamlFaultOf } from './json-beside-yaml.ts'
import { plainJson, readMembers } from './json-members.ts'
import { RawJson } from './raw/raw-json.ts'
import { YamlError } from './yaml.ts'

const BEST_WIDTH = 80
const INDENT = 2
const MAX_SIMPLE_KEY_BYTES = 128

/** What is neither printable nor escaped in JSON: go-yaml does not read it. */
const UNREADABLE = /[\x7f-\x84\x86-\x9f\ufffe\uffff]/

/** @throws YamlError for a text that go-yaml cannot read */
export function printYaml(value: unknown): string {
  const printer = new YamlPrinter()
  printer.node(value, -INDENT, 'root')
  return printer.end()
}

/** What go-yaml reads raw JSON as. @throws YamlError */
function readableAsYaml({ shown }: RawJson): unknown {
  const fault = yamlFaultOf(shown)
  if (fault !== undefined) throw new YamlError(fault)
  return plainJson(readMembers(shown))
}

/** Whole numbers are such within 64 bits, with a sign or without. */
function writtenText(text: string): string {
  if (/^\d+$/.test(text) && BigInt(text) <= MAX_UINT64) return text
  const number = Number(text)
  return Object.is(number, -0) ? '-0' : numberText(number)
}

type Place = 'root' | 'item' | 'value'

class YamlPrinter {
  readonly #out: string[] = []
  #column = 0
  /** Nothing but whitespace stands before, since the last indicator or on the line. */
  #isSpaced = true
  /** Nothing but indentation and indicators of blocks stands before on the line. */
  #isIndented = true

  end(): string {
    this.#indent(0)
    return this.#out.join('')
  }

  /** `indent`: of the block around it. */
  node(value: unknown, indent: number, place: Place): void {
    if (typeof value === 'string') this.#text(readAsYaml(value), indent, false)
    else if (Array.isArray(value)) this.#list(value, indent, place)
    else if (value instanceof RawJson) this.node(readableAsYaml(value), indent, place)
    else if (value instanceof WrittenNumber) this.#plain(writtenText(value.text), indent + INDENT, false)
    else if (isNumeric(value)) this.#plain(numberText(value), indent + INDENT, false)
    else if (typeof value === 'object' && value !== null) this.#map(value as Record<string, unknown>, indent)
    else this.#plain(value === true ? 'true' : value === false ? 'false' : 'null', indent + INDENT, false)
  }

  #list(items: readonly unknown[], indent: number, place: Place): void {
    if (items.length === 0) {
      this.#empty('[]')
      return
    }
    const own = place === 'value' && !this.#isIndented ? indent : indent + INDENT
    for (const item of items) {
      this.#indent(own)
      this.#indicator('-', true)
      this.node(item, own, 'item')
    }
  }

  #map(map: Readonly<Record<string, unknown>>, indent: number): void {
    const keys = Object.keys(map).sort(byGoYaml)
    if (keys.length === 0) {
      this.#empty('{}')
      return
    }
    const own = indent + INDENT
    for (const key of keys) {
      this.#indent(own)
      this.#key(readAsYaml(key), own)
      this.node(map[key], own, 'value')
    }
  }

  #key(key: string, indent: number): void {
    const isSimple = byteLength(key) <= MAX_SIMPLE_KEY_BYTES && !formOf(key, true).isMultiline
    if (isSimple) {
      this.#text(key, indent, true)
      this.#put(':')
      this.#isSpaced = false
      this.#isIndented = false
      return
    }
    this.#indicator('?', true)
    this.#text(key, indent, false)
    this.#indent(indent)
    this.#indicator(':', true)
  }

  #empty(brackets: string): void {
    this.#indicator(brackets, false)
  }

  #text(text: string, around: number, isSimpleKey: boolean): void {
    const indent = Math.max(0, around) + INDENT
    const { style }: ScalarForm = formOf(text, isSimpleKey)
    switch (style) {
      case 'plain':
        return this.#plain(text, indent, isSimpleKey)
      case 'single':
        return this.#single(text, indent, isSimpleKey)
      case 'double':
        return this.#double(text, indent, isSimpleKey)
      case 'literal':
        return this.#literal(text, indent)
    }
  }

  #plain(text: string, indent: number, isSimpleKey: boolean): void {
    if (!this.#isSpaced) this.#put(' ')
    this.#folded(text, indent, isSimpleKey, false)
    this.#isSpaced = false
    this.#isIndented = false
  }

  #single(text: string, indent: number, isSimpleKey: boolean): void {
    this.#indicator("'", false)
    this.#folded(text, indent, isSimpleKey, true)
    this.#put("'")
    this.#isSpaced = false
    this.#isIndented = false
  }

  /** Plain texts have no line breaks. */
  #folded(text: string, indent: number, isSimpleKey: boolean, isQuoted: boolean): void {
    const characters = [...text]
    let isBehindSpace = false
    let isBehindBreak = false
    for (const [at, character] of characters.entries()) {
      if (character === ' ') {
        const isWithin = !isQuoted || (at > 0 && at < characters.length - 1)
        const mayFold = !isSimpleKey && !isBehindSpace && isWithin && characters[at + 1] !== ' '
        if (mayFold && this.#column > BEST_WIDTH) this.#indent(indent)
        else this.#put(' ')
        isBehindSpace = true
      } else if (isBreak(character)) {
        if (!isBehindBreak && character === '\n') this.#break('\n')
        this.#break(character)
        this.#isIndented = true
        isBehindBreak = true
      } else {
        if (isBehindBreak) this.#indent(indent)
        this.#put(isQuoted && character === "'" ? "''" : character)
        this.#isIndented = false
        isBehindSpace = false
        isBehindBreak = false
      }
    }
  }

  #double(text: string, indent: number, isSimpleKey: boolean): void {
    this.#indicator('"', false)
    const characters = [...text]
    const isAllEscaped = escapesAll(text)
    let isBehindSpace = false
    for (const [at, character] of characters.entries()) {
      const isLast = at === characters.length - 1
      if (isAllEscaped || isEscaped(character)) {
        this.#put(escaped(character))
        isBehindSpace = false
      } else if (character !== ' ') {
        this.#put(character)
        isBehindSpace = false
      } else {
        if (!isSimpleKey && !isBehindSpace && this.#column > BEST_WIDTH && at > 0 && !isLast) {
          this.#indent(indent)
          if (characters[at + 1] === ' ') this.#put('\\')
        } else this.#put(' ')
        isBehindSpace = true
      }
    }
    this.#put('"')
    this.#isSpaced = false
    this.#isIndented = false
  }

  #literal(text: string, indent: number): void {
    const characters = [...text]
    const [first = '', last = '', beforeLast] = [characters[0], characters.at(-1), characters.at(-2)]
    const hint = first === ' ' || isBreak(first) ? String(INDENT) : ''
    const ends = isBreak(last)
    const chomping = !ends ? '-' : beforeLast === undefined || isBreak(beforeLast) ? '+' : ''
    this.#indicator(`|${hint}${chomping}`, false)
    this.#break('\n')
    this.#isIndented = true
    this.#isSpaced = true
    let isBehindBreak = true
    for (const character of characters) {
      if (isBreak(character)) {
        this.#break(character)
        this.#isIndented = true
        isBehindBreak = true
        continue
      }
      if (isBehindBreak) this.#indent(indent)
      this.#put(character)
      this.#isIndented = false
      isBehindBreak = false
    }
  }

  /** Indicators stand apart; those of blocks are indentation for what follows. */
  #indicator(text: string, isOfBlock: boolean): void {
    if (!this.#isSpaced) this.#put(' ')
    this.#put(text)
    this.#isSpaced = false
    this.#isIndented &&= isOfBlock
  }

  /** To the column of the block, on a line of its own unless there is only indentation before it. */
  #indent(column: number): void {
    const wanted = Math.max(0, column)
    const isBeyond = this.#column > wanted || (this.#column === wanted && !this.#isSpaced)
    if (!this.#isIndented || isBeyond) this.#break('\n')
    if (this.#column < wanted) this.#put(' '.repeat(wanted - this.#column))
    this.#isSpaced = true
    this.#isIndented = true
  }

  #put(text: string): void {
    this.#out.push(text)
    this.#column += text.length > 1 ? [...text].length : 1
  }

  #break(character: string): void {
    this.#out.push(character)
    this.#column = 0
  }
}

/** A number of JSON as go-yaml reads and prints it: an int64, an uint64, or a float. */
function numberText(value: Int64): string {
  const text = String(value)
  if (!/^-?\d+$/.test(text)) return goFloat(Number(value))
  const whole = BigInt(text)
  return whole >= -(2n ** 63n) && whole < 2n ** 64n ? text : goFloat(Number(value))
}

/**
 * A text of JSON as go-yaml reads it: a next line (U+0085), which JSON does not escape, is a line break there, and
 * folded. @throws YamlError
 */
function readAsYaml(text: string): string {
  if (UNREADABLE.test(text)) throw new YamlError('yaml: control characters are not allowed')
  if (!text.includes('\u0085')) return text
  return text.replaceAll(/ *\u0085[ \u0085]*/g, (breaks) => {
    const count = breaks.replaceAll(' ', '').length
    return count === 1 ? ' ' : '\n'.repeat(count - 1)
  })
}
