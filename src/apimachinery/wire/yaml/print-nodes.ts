/**
 * JSON as YAML in blocks, byte for byte as the third go-yaml prints nodes that have no style (go.yaml.in/yaml/v3
 * encode.go, emitterc.go): keys as they come, four columns for what is within, no line folded. That is what extensions
 * of OpenAPI are in protobuf; answers in YAML have the second go-yaml's form (print-yaml.ts).
 */
import { goJson } from '../../field-path.ts'
import { byteLength } from '../../names.ts'
import { isJsonObject } from '../../patch/json-value.ts'
import { escaped, escapesAll, isBreak, isEscaped } from './escapes.ts'
import { formOf, type ScalarStyle } from './styles.ts'

const INDENT = 4
/** A longer key is none that stands before its colon. */
const MAX_SIMPLE_KEY = 128
/** Deeper values have more indentation than content: they stay JSON, which is YAML. */
const MAX_DEPTH = 16

/** Ends with a line break. */
export function printYamlNodes(value: unknown): string {
  if (!isSimple(value, MAX_DEPTH)) return `${goJson(value)}\n`
  const printer = new NodePrinter()
  printer.node(value, -1, 'root')
  return printer.end()
}

/** Whether no key needs more than a line, and nothing is too deep. */
function isSimple(value: unknown, depth: number): boolean {
  if (Array.isArray(value)) return depth > 0 && value.every((item) => isSimple(item, depth - 1))
  if (!isJsonObject(value)) return true
  return depth > 0 && Object.entries(value).every(([key, one]) => isSimpleKey(key) && isSimple(one, depth - 1))
}

function isSimpleKey(key: string): boolean {
  return byteLength(key) <= MAX_SIMPLE_KEY && !formOf(key, true, 'nodes').isMultiline
}

/** What a value stands behind: nothing, the `-` of an item, or the colon of a key. */
type Place = 'root' | 'item' | 'value'

class NodePrinter {
  readonly #out: string[] = []
  #isAtLineStart = true

  end(): string {
    if (!this.#isAtLineStart) this.#put('\n')
    return this.#out.join('')
  }

  /** `indent`: of the block around it, -1 for none. */
  node(value: unknown, indent: number, place: Place): void {
    if (Array.isArray(value) && value.length > 0) this.#list(value, indent, place)
    else if (isJsonObject(value) && Object.keys(value).length > 0) this.#map(value, indent, place)
    else {
      if (place !== 'root') this.#put(' ')
      if (typeof value === 'string') this.#text(value, indent < 0 ? INDENT : inner(indent, place))
      else this.#put(goJson(value))
    }
  }

  #list(items: readonly unknown[], indent: number, place: Place): void {
    const own = inner(indent, place)
    for (const [at, item] of items.entries()) {
      this.#start(own, at === 0 ? place : 'value')
      this.#put('-')
      this.node(item, own, 'item')
    }
  }

  #map(map: Readonly<Record<string, unknown>>, indent: number, place: Place): void {
    const own = inner(indent, place)
    for (const [at, [key, value]] of Object.entries(map).entries()) {
      this.#start(own, at === 0 ? place : 'value')
      this.#key(key)
      this.node(value, own, 'value')
    }
  }

  /** The first line of what is in an item is that of its `-`. */
  #start(own: number, place: Place): void {
    if (place === 'item') this.#put(' ')
    else this.#line(own)
  }

  #line(indent: number): void {
    if (!this.#isAtLineStart) this.#put('\n')
    this.#put(' '.repeat(indent))
  }

  #key(key: string): void {
    this.#quoted(key, formOf(key, true, 'nodes').style, 0)
    this.#put(':')
  }

  #text(text: string, indent: number): void {
    const { style } = formOf(text, false, 'nodes')
    if (style === 'literal') this.#literal(text, indent)
    else this.#quoted(text, style, indent)
  }

  #quoted(text: string, style: ScalarStyle, indent: number): void {
    if (style === 'plain') this.#put(text)
    else if (style === 'single') {
      this.#put("'")
      this.#lines(text.replaceAll("'", "''"), 0, indent)
      this.#put("'")
    } else {
      const isAll = escapesAll(text)
      this.#put(`"${Array.from(text, (one) => (isAll || isEscaped(one) ? escaped(one) : one)).join('')}"`)
    }
  }

  #literal(text: string, indent: number): void {
    const [first = ''] = text
    const hint = first === ' ' || isBreak(first) ? String(INDENT) : ''
    const ends = isBreak(text.at(-1) ?? '')
    const chomping = !ends ? '-' : text.length === 1 || isBreak(text.at(-2) ?? '') ? '+' : ''
    this.#put(`|${hint}${chomping}\n`)
    this.#lines(text, indent, indent)
  }

  /** What is on none of them is not indented. */
  #lines(text: string, first: number, others: number): void {
    for (const [at, line] of text.split(/(?<=[\n\r\u0085\u2028\u2029])/).entries()) {
      this.#put(isBreak(line) ? line : ' '.repeat(at === 0 ? first : others) + line)
    }
  }

  #put(text: string): void {
    if (text === '') return
    this.#out.push(text)
    this.#isAtLineStart = isBreak(text.at(-1) ?? '')
  }
}

/** How far in what is in a block stands; an item is behind its `- `. */
function inner(indent: number, place: Place): number {
  if (indent < 0) return 0
  return place === 'item' ? indent + 2 : INDENT * (Math.floor(indent / INDENT) + 1)
}
