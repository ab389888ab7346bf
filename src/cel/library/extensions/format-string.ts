/**
 * `'%s is %d'.format([…])` (cel-go ext/formatting.go): the verbs s, d, f, e, b, o, x and X, with a precision for f and e.
 */
import { hexOf } from '../../../lib/crypto/hex.ts'
import { byKey } from '../../../lib/order.ts'
import type { TypeKind } from '../../types/type.ts'
import { assertResultLength, EvaluationError } from '../../values/evaluation-error.ts'
import { formatValue, NOT_UTF8 } from '../../values/format-value.ts'
import { ListValue } from '../../values/list.ts'
import { MapValue } from '../../values/map.ts'
import { BytesValue, DoubleValue, isInteger, sizeOf, typeOfValue, UintValue } from '../../values/value.ts'
import type { Value } from '../../values/value.ts'
import { work, workOn } from '../../values/work.ts'
import type { FormatStyle } from './format-style.ts'

const DEFAULT_PRECISION = 6
/** More digits than any double has. */
const MAX_PRECISION = 1000
/** Lists inside lists. */
const MAX_DEPTH = 100
/** A percent sign, a precision and a verb. */
export const CLAUSE = /%(?:\.(\d*))?(.?)/su

export function formatString(format: string, args: readonly Value[], style: FormatStyle): string {
  let built = ''
  let rest = format
  let used = 0
  for (let clause = CLAUSE.exec(rest); clause !== null; clause = CLAUSE.exec(rest)) {
    built += rest.slice(0, clause.index)
    rest = rest.slice(clause.index + clause[0].length)
    const [whole, precision, verb = ''] = clause
    if (whole === '%%') {
      built += '%'
      continue
    }
    const arg = args[used]
    if (arg === undefined) throw problem(`index ${String(used)} out of range`)
    used += 1
    const text = formatClause(arg, verb, precisionOf(precision), style)
    workOn(text)
    built += text
    assertResultLength(built.length)
  }
  return built + rest
}

const problem = (message: string): EvaluationError => new EvaluationError(message)

function precisionOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const precision = Number(text)
  if (text === '' || precision > MAX_PRECISION) throw problem('error while formatting string: invalid precision')
  return precision
}

interface Verb {
  readonly kinds: readonly TypeKind[]
  /** Before the name of the type that it was given instead. */
  readonly problem: string
}

const DOUBLES: readonly TypeKind[] = ['double', 'string']
const clauseOn = (name: string, kinds: string): string => `${name} clause can only be used on ${kinds}, was given`
const TEXT_KINDS = 'strings, bools, bytes, ints, doubles, maps, lists, types, durations, and timestamps'
const HEX: Verb = {
  kinds: ['int', 'uint', 'string', 'bytes'],
  problem: 'only integers, byte buffers, and strings can be formatted as hex, was given',
}

/** What each verb takes. */
export const VERBS: ReadonlyMap<string, Verb> = new Map([
  ['s', {
    kinds: [
      'list', 'map', 'int', 'uint', 'double', 'bool', 'string', 'timestamp', 'bytes', 'duration', 'type', 'null',
    ],
    problem: clauseOn('string', TEXT_KINDS),
  }],
  ['d', { kinds: ['int', 'uint'], problem: clauseOn('decimal', 'integers') }],
  ['f', { kinds: DOUBLES, problem: clauseOn('fixed-point', 'doubles') }],
  ['e', { kinds: DOUBLES, problem: clauseOn('scientific', 'doubles') }],
  ['b', {
    kinds: ['int', 'uint', 'bool'],
    problem: 'only integers and bools can be formatted as binary, was given',
  }],
  ['o', { kinds: ['int', 'uint'], problem: clauseOn('octal', 'integers') }],
  ['x', HEX],
  ['X', HEX],
] satisfies [string, Verb][])

function unsupported(verb: string, arg: Value): EvaluationError {
  return problem(`error during formatting: ${VERBS.get(verb)?.problem ?? ''} ${typeOfValue(arg).name}`)
}

function formatClause(arg: Value, verb: string, precision: number | undefined, style: FormatStyle): string {
  switch (verb) {
    case 's':
      return formatText(arg, style)
    case 'd':
      if (isInteger(arg) || arg instanceof UintValue) return formatValue(arg)
      if (isNotFinite(arg)) return formatText(arg, style)
      throw unsupported('d', arg)
    case 'f':
      return style.fixedPoint(doubleOf(arg, 'f'), precision ?? DEFAULT_PRECISION)
    case 'e':
      return style.scientific(doubleOf(arg, 'e'), precision ?? DEFAULT_PRECISION)
    case 'b':
      if (typeof arg === 'boolean') return arg ? '1' : '0'
      return inBase(arg, 2, 'b')
    case 'o':
      return inBase(arg, 8, 'o')
    case 'x':
      return hexadecimal(arg)
    case 'X':
      return hexadecimal(arg).toUpperCase()
    default:
      throw problem(`could not parse formatting clause: unrecognized formatting clause "${verb}"`)
  }
}

function isNotFinite(arg: Value): boolean {
  return arg instanceof DoubleValue && !Number.isFinite(arg.value)
}

const SPELLED = new Map([['NaN', Number.NaN], ['Infinity', Infinity], ['-Infinity', -Infinity]])

function doubleOf(arg: Value, verb: string): number {
  if (arg instanceof DoubleValue) return arg.value
  const spelled = typeof arg === 'string' ? SPELLED.get(arg) : undefined
  if (spelled !== undefined) return spelled
  if (isInteger(arg)) return Number(arg)
  if (arg instanceof UintValue) return Number(arg.value)
  throw unsupported(verb, arg)
}

function inBase(arg: Value, base: number, verb: string): string {
  if (isInteger(arg)) return arg.toString(base)
  if (arg instanceof UintValue) return arg.value.toString(base)
  throw unsupported(verb, arg)
}

function hexadecimal(arg: Value): string {
  if (typeof arg === 'string') return hexOfBytes(new TextEncoder().encode(arg))
  if (arg instanceof BytesValue) return hexOfBytes(arg.data)
  return inBase(arg, 16, 'x')
}

function hexOfBytes(bytes: Uint8Array): string {
  assertResultLength(bytes.length * 2)
  return hexOf(bytes)
}

/** Steps of a value, and of an entry that finds its place. */
const FORMAT_STEPS = 32

/** The verb `%s`. */
function formatText(arg: Value, style: FormatStyle, depth = 0): string {
  if (depth > MAX_DEPTH) throw problem('error during formatting: nested too deeply')
  work(FORMAT_STEPS)
  const inner = (value: Value): string => style.inner(value, (nested) => formatText(nested, style, depth + 1))
  if (arg instanceof ListValue) {
    assertResultLength(sizeOf(arg))
    return `[${arg.toArray().map(inner).join(', ')}]`
  }
  if (arg instanceof MapValue) {
    const innerKey = (key: Value): string => {
      const { kind, name } = typeOfValue(key)
      if (style.keyKinds?.has(kind) !== false) return inner(key)
      throw problem(`error during formatting: no formatting function for map key of type ${name}`)
    }
    const pairs = [...arg.entries()].map(([key, value]) => [innerKey(key), inner(value)] as const)
    work(FORMAT_STEPS * pairs.length)
    pairs.sort(byKey)
    return `{${pairs.map(([key, value]) => `${key}${style.colon}${value}`).join(', ')}}`
  }
  if (arg instanceof BytesValue) {
    const text = style.bytes(arg.data)
    if (text === undefined) throw problem(`error during formatting: could not convert argument "${NOT_UTF8}" to string`)
    return text
  }
  if (arg instanceof DoubleValue) return style.plain(arg.value)
  const { kind } = typeOfValue(arg)
  if (kind === 'opaque' || kind === 'object') throw unsupported('s', arg)
  return formatValue(arg)
}

const ESCAPES = new Map([
  ['\u0007', '\\a'], ['\b', '\\b'], ['\f', '\\f'], ['\n', '\\n'], ['\r', '\\r'], ['\t', '\\t'], ['\v', '\\v'],
  ['\\', '\\\\'], ['"', '\\"'],
])

/** `strings.quote(text)` */
export function quoteText(text: string): string {
  const escaped = text.toWellFormed().replaceAll(/[\u0007-\r\\"]/g, (character) => ESCAPES.get(character) ?? character)
  return `"${escaped}"`
}
