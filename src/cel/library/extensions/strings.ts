/**
 * Functions of texts (cel-go ext/strings.go, version 2, which is what the API server has; `reverse` came with 3).
 * Positions are code points.
 */
import { addRanges, argumentSize, fixed, multiplyRanges, scaleRange, STRING_FACTOR } from '../../types/call-cost.ts'
import { traversal, type CallCost, type Range } from '../../types/call-cost.ts'
import { addCosts, divideCosts, wrapped, type Cost } from '../../types/cost.ts'
import { declareFunction, member, overload, type FunctionDeclaration } from '../../types/declarations.ts'
import { DYN, INT, STRING, listOf } from '../../types/type.ts'
import { assertResultLength, EvaluationError } from '../../values/evaluation-error.ts'
import { formatValue } from '../../values/format-value.ts'
import type { ListValue } from '../../values/list.ts';
import { ArrayList } from '../../values/list.ts'
import { sizeOf, stringLength, type Value } from '../../values/value.ts'
import { work } from '../../values/work.ts'
import type { Library } from '../library.ts'
import { formatString, quoteText } from './format-string.ts'
import { ENGLISH_STYLE, PLAIN_STYLE, type FormatStyle } from './format-style.ts'
import { TRAVERSAL_OF_FIRST } from './traversal-cost.ts'

const TEXTS = listOf(STRING)

const outOfRange = (index: Value): EvaluationError => new EvaluationError(`index out of range: ${formatValue(index)}`)

/** An index as a number; one that is too large for that is out of every range. */
function position(index: Value, length: number): number {
  if (typeof index !== 'number' || index < 0 || index > length) throw outOfRange(index)
  return index
}

function characterAt(text: Value, index: Value): Value {
  const whole = text as string
  const length = stringLength(whole)
  const at = position(index, length)
  // Without pairs of surrogates, units are characters.
  return length === whole.length ? whole.charAt(at) : ([...whole][at] ?? '')
}

function indexOf(isStrict: boolean, text: Value, part: Value, offset: Value = 0): Value {
  if (part === '') return offset
  if (typeof offset !== 'number' || offset < 0) throw outOfRange(offset)
  const characters = [...(text as string)]
  if (offset > characters.length && isStrict) throw outOfRange(offset)
  if (offset >= characters.length) return -1
  const before = characters.slice(0, offset).join('').length
  const found = (text as string).indexOf(part as string, before)
  return found === -1 ? -1 : sizeOf((text as string).slice(0, found))
}

function lastIndexOf(isStrict: boolean, text: Value, part: Value, offset?: Value): Value {
  const characters = [...(text as string)]
  if (part === '') return offset ?? characters.length
  if (offset !== undefined && (typeof offset !== 'number' || offset < 0)) throw outOfRange(offset)
  if (offset !== undefined && offset > characters.length && isStrict) throw outOfRange(offset)
  if (offset !== undefined && offset >= characters.length) return -1
  const last = characters.slice(0, typeof offset === 'number' ? offset : characters.length).join('').length
  const found = lastPlaceOf(part as string, text as string, last)
  return found === -1 ? -1 : sizeOf((text as string).slice(0, found))
}

/** The platform's own search takes the product of both lengths where much of the text is like the part. */
const SHORT_PART = 32

/** Where `part` is for the last time, beginning at `last` at most; -1: nowhere. (Knuth, Morris, Pratt, from the end.) */
function lastPlaceOf(part: string, text: string, last: number): number {
  const { length } = part
  if (length <= SHORT_PART) return text.lastIndexOf(part, last)
  const fromEnd = (index: number): number => part.charCodeAt(length - 1 - index)
  const borders = new Int32Array(length)
  for (let index = 1, border = 0; index < length; index += 1) {
    while (border > 0 && fromEnd(index) !== fromEnd(border)) border = borders[border - 1] ?? 0
    if (fromEnd(index) === fromEnd(border)) border += 1
    borders[index] = border
  }
  for (let at = Math.min(text.length, last + length) - 1, matched = 0; at >= 0; at -= 1) {
    const unit = text.charCodeAt(at)
    while (matched > 0 && unit !== fromEnd(matched)) matched = borders[matched - 1] ?? 0
    if (unit === fromEnd(matched)) matched += 1
    if (matched === length) return at
  }
  return -1
}

function replace(text: Value, old: Value, replacement: Value, limit: Value = -1): Value {
  const [whole, part, by] = [text as string, old as string, replacement as string]
  const times = typeof limit === 'number' && limit >= 0 ? limit : Number.POSITIVE_INFINITY
  if (times === 0) return whole
  const pieces = part === '' ? ['', ...whole, ''] : whole.split(part)
  const count = Math.min(pieces.length - 1, times)
  assertResultLength(whole.length + count * by.length)
  // Without a text to replace, the replacement goes before each character and to the end.
  if (part === '') return replaceBetween([...whole], by, times)
  const [first = '', ...rest] = pieces
  return rest.reduce((built, piece, index) => built + (index < count ? by : part) + piece, first)
}

function replaceBetween(characters: readonly string[], by: string, times: number): string {
  const built = characters.map((character, index) => (index < times ? by + character : character)).join('')
  return characters.length < times ? built + by : built
}

function split(text: Value, separator: Value, limit: Value = -1): Value {
  const [whole, by] = [text as string, separator as string]
  const most = typeof limit === 'number' && limit >= 0 ? limit : Number.POSITIVE_INFINITY
  if (most === 0) return new ArrayList([])
  const pieces = by === '' ? [...whole] : whole.split(by)
  if (pieces.length <= most) return new ArrayList(pieces)
  return new ArrayList([...pieces.slice(0, most - 1), pieces.slice(most - 1).join(by)])
}

function substring(text: Value, start: Value, end?: Value): Value {
  const characters = [...(text as string)]
  if (end !== undefined && (start as number) > (end as number)) {
    const range = `start: ${formatValue(start)}, end: ${formatValue(end)}`
    throw new EvaluationError(`invalid substring range. ${range}`)
  }
  const first = position(start, characters.length)
  const last = end === undefined ? characters.length : position(end, characters.length)
  return characters.slice(first, last).join('')
}

/** What Go's strings.TrimSpace takes off. */
const SPACE = '[\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]'
const LEADING_SPACE = new RegExp(`^${SPACE}+`)

function trim(text: Value): Value {
  const leading = (text as string).replace(LEADING_SPACE, '')
  let end = leading.length
  while (end > 0 && LEADING_SPACE.test(leading.charAt(end - 1))) end -= 1
  return leading.slice(0, end)
}

/** Steps of an element. */
const JOINING_STEPS = 4

function join(list: Value, separator: Value = ''): Value {
  const parts = (list as ListValue).toArray().map((part) => {
    if (typeof part !== 'string') throw new EvaluationError(`join: invalid input: ${formatValue(part)}`)
    return part
  })
  work(JOINING_STEPS * parts.length)
  const size = parts.reduce((sum, part) => sum + part.length, 0)
  assertResultLength(size + (parts.length - 1) * (separator as string).length)
  return parts.join(separator as string)
}

const ONCE = { cost: traversal(0, STRING_FACTOR, true) }
const TWICE: CallCost = {
  estimate: (args) => {
    const parts = args.integer(2)
    const max = parts === undefined ? args.size(0).max : wrapped(BigInt(parts))
    return { cost: scaleRange(args.size(0), 2 * STRING_FACTOR), size: { min: 0, max } }
  },
  actual: (args) => Math.ceil(argumentSize(args, 0) * 2 * STRING_FACTOR),
}

/** How long a text can get by replacing in it. */
function replacedSize(whole: Range, part: Range, by: Range): Range {
  const counts: { min: Cost; max: Cost } = { min: 0, max: 0 }
  const kept: { min: Cost; max: Cost } = { min: 0, max: 0 }
  if (part.min === 0) [counts.max, kept.max] = [addCosts(whole.max, 1), whole.max]
  else if (by.max <= part.min) kept.max = whole.max
  else counts.max = divideCosts(whole.max, part.min)
  if (part.max === 0) [counts.min, kept.min] = [addCosts(whole.min, 1), whole.min]
  else if (part.max <= by.min) kept.min = whole.min
  else counts.min = divideCosts(whole.min, part.max)
  return addRanges(multiplyRanges(counts, by), kept)
}

const REPLACEMENT: CallCost = {
  ...TWICE,
  estimate: (args) => ({
    cost: scaleRange(args.size(0), 2 * STRING_FACTOR),
    size: replacedSize(args.size(0), args.size(1), args.size(2)),
  }),
}

/** One less, if there is one. */
const less = (size: Cost): Cost => (size === 0 ? 0 : wrapped(BigInt(size) - 1n))

const JOINING: CallCost = {
  estimate: (args) => {
    const list = args.size(0)
    const elements = multiplyRanges(list, args.elementSize(0)?.size ?? fixed(0))
    const gaps = { min: less(list.min), max: less(list.max) }
    const size = args.count > 1 ? addRanges(elements, multiplyRanges(args.size(1), gaps)) : elements
    return { cost: scaleRange(size, STRING_FACTOR), size }
  },
  actual: (_, result) => Math.ceil(sizeOf(result) * 2 * STRING_FACTOR),
  dependsOnResult: true,
}

const lower = (text: Value): Value => (text as string).replaceAll(/[A-Z]+/g, (part) => part.toLowerCase())
const upper = (text: Value): Value => (text as string).replaceAll(/[a-z]+/g, (part) => part.toUpperCase())
const QUOTING: CallCost = {
  ...traversal(0),
  estimate: (args) => {
    const { min, max } = args.size(0)
    const size = { min: wrapped(BigInt(min) + 2n), max: wrapped(BigInt(max) * 2n + 2n) }
    return { cost: scaleRange(args.size(0), STRING_FACTOR), size }
  },
}

function searches(isStrict: boolean): readonly FunctionDeclaration[] {
  const options = { cost: TRAVERSAL_OF_FIRST }
  const search = (name: string, id: string, find: typeof lastIndexOf): FunctionDeclaration => {
    const call = (...args: Value[]): Value => find(isStrict, args[0] ?? null, args[1] ?? null, args[2])
    return declareFunction(
      name,
      member(`string_${id}_string`, [STRING, STRING], INT, call, options),
      member(`string_${id}_string_int`, [STRING, STRING, INT], INT, call, options),
    )
  }
  return [search('indexOf', 'index_of', indexOf), search('lastIndexOf', 'last_index_of', lastIndexOf)]
}

const FUNCTIONS: readonly FunctionDeclaration[] = [
  declareFunction('charAt', member('string_char_at_int', [STRING, INT], STRING, characterAt)),
  declareFunction('lowerAscii', member('string_lower_ascii', [STRING], STRING, lower, ONCE)),
  declareFunction('upperAscii', member('string_upper_ascii', [STRING], STRING, upper, ONCE)),
  declareFunction(
    'replace',
    member('string_replace_string_string', [STRING, STRING, STRING], STRING, replace, { cost: REPLACEMENT }),
    member('string_replace_string_string_int', [STRING, STRING, STRING, INT], STRING, replace, {
      cost: REPLACEMENT,
    }),
  ),
  declareFunction(
    'split',
    member('string_split_string', [STRING, STRING], TEXTS, split, { cost: TWICE }),
    member('string_split_string_int', [STRING, STRING, INT], TEXTS, split, { cost: TWICE }),
  ),
  declareFunction(
    'substring',
    member('string_substring_int', [STRING, INT], STRING, substring, ONCE),
    member('string_substring_int_int', [STRING, INT, INT], STRING, substring, ONCE),
  ),
  declareFunction('trim', member('string_trim', [STRING], STRING, trim, ONCE)),
  declareFunction(
    'strings.quote',
    overload('strings_quote', [STRING], STRING, (text) => quoteText(text as string), { cost: QUOTING }),
  ),
  declareFunction(
    'join',
    member('list_join', [TEXTS], STRING, join, { cost: JOINING }),
    member('list_join_string', [TEXTS, STRING], STRING, join, { cost: JOINING }),
  ),
]

function formatting(style: FormatStyle): FunctionDeclaration {
  const format = (text: Value, args: Value): Value =>
    formatString(text as string, (args as ListValue).toArray(), style)
  return declareFunction(
    'format',
    member('string_format', [STRING, listOf(DYN)], STRING, format, { cost: traversal(0) }),
  )
}

/** As the language definition's tests have it: a place behind the end of a text is an error. */
export const STRINGS: Library = { functions: [...FUNCTIONS, ...searches(true), formatting(PLAIN_STYLE)] }
/** As the API server has it: nothing is found there, and numbers are formatted for people. */
export const KUBERNETES_STRINGS: Library = {
  functions: [...FUNCTIONS, ...searches(false), formatting(ENGLISH_STYLE)],
}

export const STRING_REVERSAL: Library = {
  functions: [
    declareFunction(
      'reverse',
      member('string_reverse', [STRING], STRING, (text) => [...(text as string)].toReversed().join('')),
    ),
  ],
}
