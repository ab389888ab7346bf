/**
 * Steps of paths as clients write them into managedFields, read as jsoniter reads them for structured-merge-diff
 * (fieldpath/serialize-pe.go): one value from the beginning of the text, whatever stands behind it; keys as many as are
 * written, the same name twice included. What comes out is canonical (path-element.ts).
 */
import { parseInt64 } from '../../../lib/exact-json.ts'
import { ascending } from '../../../lib/order.ts'
import { quote } from '../../field-path.ts'
import { MAX_JSON_DEPTH } from '../../patch/json-value.ts'
import { keyElement, parseValue, valueElement, type PathElement } from './path-element.ts'
import { ValueError } from '../typed-errors.ts'

/**
 * The canonical text of a step that a client wrote; undefined for one of a kind that is not known, which is dropped.
 * @throws ValueError for one that cannot be read.
 */
export function canonicalElement(text: string): PathElement | undefined {
  if (text.length < 2) throw new ValueError('key must be 2 characters long:')
  if (text[1] !== ':') throw new ValueError(`missing colon: ${text}`)
  const rest = text.slice(2)
  switch (text[0]) {
    case 'f':
      return text
    case 'v':
      return valueElement(parse(rest.slice(0, endOfValue(rest, 0))))
    case 'k':
      return keyElement(keysOf(rest))
    case 'i':
      return `i:${String(placeOf(rest))}`
    default:
      return undefined
  }
}

function placeOf(text: string): number | bigint {
  if (!/^[+-]?\d+$/.test(text)) throw new ValueError(`strconv.Atoi: parsing ${quote(text)}: invalid syntax`)
  const place = parseInt64(text.replace('+', ''))
  if (place === undefined) throw new ValueError(`strconv.Atoi: parsing ${quote(text)}: value out of range`)
  return Object.is(place, -0) ? 0 : place
}

/** The keys in the order of their names, and of one name in that of the text. */
function keysOf(text: string): [string, unknown][] {
  const keys: [string, unknown][] = []
  let at = behindSpace(text, 0)
  if (text.startsWith('null', at)) return keys
  if (text[at] !== '{') throw new ValueError(`expected an object of keys: ${text}`)
  at = behindSpace(text, at + 1)
  if (text[at] === '}') return keys
  for (;;) {
    const nameEnd = endOfValue(text, at)
    const name = parse(text.slice(at, nameEnd))
    const colon = behindSpace(text, nameEnd)
    if (typeof name !== 'string' || text[colon] !== ':') throw new ValueError(`expected a name and a colon: ${text}`)
    const end = endOfValue(text, colon + 1)
    keys.push([name, parse(text.slice(colon + 1, end))])
    const behind = behindSpace(text, end)
    if (text[behind] === '}') return keys.toSorted(([left], [right]) => ascending(left, right))
    if (text[behind] !== ',') throw new ValueError(`expected a comma or the end: ${text}`)
    at = behindSpace(text, behind + 1)
  }
}

function parse(text: string): unknown {
  const value = parseValue(text)
  if (value === Infinity || value === -Infinity) throw new ValueError(`value out of range: ${text}`)
  return value
}

const SPACE = /\s*/y

function behindSpace(text: string, at: number): number {
  SPACE.lastIndex = at
  return SPACE.test(text) ? SPACE.lastIndex : at
}

/** Texts and brackets of any kind, and what is neither: numbers and words. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[[{]|[\]}]|true|false|null|-?\d[-+.\deE]*|[\s,:]+/y

/** Behind the value that begins at `at`; where there is none the end of the text, which is then no JSON. */
function endOfValue(text: string, at: number): number {
  let depth = 0
  for (let from = behindSpace(text, at); from < text.length; from = TOKEN.lastIndex) {
    TOKEN.lastIndex = from
    if (!TOKEN.test(text)) return text.length
    const first = text[from]
    if (first === '{' || first === '[') depth++
    if (first === '}' || first === ']') depth--
    if (depth <= 0) return TOKEN.lastIndex
    if (depth > MAX_JSON_DEPTH) throw new ValueError('exceeded max depth')
  }
  return text.length
}
