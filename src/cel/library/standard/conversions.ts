/** `int(x)`, `string(x)`, `type(x)`: conversions between the types of the language, and size(). */
import { declareFunction, member, overload, type FunctionDeclaration } from '../../types/declarations.ts'
import { scaleRange, STRING_FACTOR, traversal, type CallCost } from '../../types/call-cost.ts'
import { wrapped } from '../../types/cost.ts'
import { BOOL, BYTES, DOUBLE, DURATION, DYN, INT, STRING, TIMESTAMP, UINT, listOf, mapOf } from '../../types/type.ts'
import { typeOf, typeParameter, type Type } from '../../types/type.ts'
import { EvaluationError } from '../../values/evaluation-error.ts'
import { formatDouble, NOT_UTF8, textOfBytes } from '../../values/format-value.ts'
import { checkedUint, integerOfDouble, MAX_INT, normalize, parseInteger } from '../../values/integer.ts'
import { parseDuration, parseTimestamp, TimestampValue, type DurationValue } from '../../values/time.ts'
import { BytesValue, DoubleValue, sizeOf, TypeValue, typeOfValue, UintValue } from '../../values/value.ts'
import { work } from '../../values/work.ts'
import type { Implementation, Overload } from '../../types/declarations.ts'
import type { Integer, Value } from '../../values/value.ts'

const A = typeParameter('A')
const B = typeParameter('B')

const same = (value: Value): Value => value
const asDouble = (value: Value): number => (value as DoubleValue).value
const asUint = (value: Value): bigint => (value as UintValue).value

function conversionError(value: Value, to: string): EvaluationError {
  return new EvaluationError(`type conversion error from '${typeOfValue(value).name}' to '${to}'`)
}

const TRUE = new Set(['1', 't', 'true', 'TRUE', 'True', 'T'])
const FALSE = new Set(['0', 'f', 'false', 'FALSE', 'False', 'F'])

function boolOfString(text: Value): Value {
  if (TRUE.has(text as string)) return true
  if (FALSE.has(text as string)) return false
  throw conversionError(text, 'bool')
}

const DOUBLE_TEXT = /^[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)$/i

function doubleOfString(value: Value): Value {
  const text = value as string
  work(text.length)
  if (!DOUBLE_TEXT.test(text)) throw conversionError(text, 'double')
  if (/nan$/i.test(text)) return new DoubleValue(Number.NaN)
  if (/inf/i.test(text)) return new DoubleValue(text.startsWith('-') ? -Infinity : Infinity)
  const number = Number(text)
  if (!Number.isFinite(number)) throw conversionError(text, 'double')
  return new DoubleValue(number)
}

function intOfString(text: Value): Value {
  const parsed = parseInteger(text as string)
  if (parsed === undefined) throw conversionError(text, 'int')
  return parsed
}

function intOfUint(value: Value): Value {
  if (asUint(value) > MAX_INT) throw new EvaluationError('integer overflow')
  return normalize(asUint(value))
}

function uintOfString(value: Value): Value {
  const text = value as string
  if (text.length > 64 || !/^\d+$/.test(text) || BigInt(text) >= 2n ** 64n) throw conversionError(text, 'uint')
  return new UintValue(BigInt(text))
}

function uintOfDouble(value: Value): Value {
  const double = asDouble(value)
  if (Number.isNaN(double) || double < 0 || double >= 2 ** 64) throw new EvaluationError('unsigned integer overflow')
  return new UintValue(BigInt(Math.trunc(double)))
}

function stringOfBytes(value: Value): Value {
  const text = textOfBytes((value as BytesValue).data)
  if (text === undefined) throw new EvaluationError(NOT_UTF8)
  return text
}

function durationOfString(text: Value): Value {
  const parsed = parseDuration(text as string)
  if (parsed === undefined) throw conversionError(text, 'google.protobuf.Duration')
  return parsed
}

function timestampOfString(text: Value): Value {
  work((text as string).length)
  const parsed = parseTimestamp(text as string)
  if (parsed === undefined) throw conversionError(text, 'google.protobuf.Timestamp')
  return parsed
}

/** A text in UTF-8 is up to four times as long, and bytes as text down to a quarter. */
const ENCODING: CallCost = {
  ...traversal(0),
  estimate: (args) => {
    const { min, max } = args.size(0)
    return { cost: scaleRange(args.size(0), STRING_FACTOR), size: { min, max: wrapped(BigInt(max) * 4n) } }
  },
}
const DECODING: CallCost = {
  ...traversal(0),
  estimate: (args) => {
    const { min, max } = args.size(0)
    return { cost: scaleRange(args.size(0), STRING_FACTOR), size: { min: wrapped(BigInt(min) / 4n), max } }
  },
}

type Row = readonly [id: string, from: Type, call: Implementation, cost?: CallCost]

function conversion(name: string, to: Type, ...rows: readonly Row[]): FunctionDeclaration {
  const overloads = rows.map(([id, from, call, cost]): Overload =>
    overload(id, [from], to, call, cost === undefined ? {} : { cost }),
  )
  return declareFunction(name, ...overloads)
}

const DOUBLE_OF_INT: Implementation = (value) => new DoubleValue(Number(value))

export const CONVERSIONS: readonly FunctionDeclaration[] = [
  conversion('bool', BOOL, ['bool_to_bool', BOOL, same], ['string_to_bool', STRING, boolOfString]),
  conversion(
    'bytes',
    BYTES,
    ['bytes_to_bytes', BYTES, same],
    ['string_to_bytes', STRING, (text) => new BytesValue(new TextEncoder().encode(text as string)), ENCODING],
  ),
  conversion(
    'double',
    DOUBLE,
    ['double_to_double', DOUBLE, same],
    ['int64_to_double', INT, DOUBLE_OF_INT],
    ['string_to_double', STRING, doubleOfString],
    ['uint64_to_double', UINT, (value) => new DoubleValue(Number(asUint(value)))],
  ),
  conversion(
    'duration',
    DURATION,
    ['duration_to_duration', DURATION, same],
    // It is declared, and there is nothing that does it.
    ['int64_to_duration', INT, (value) => {
      throw conversionError(value, 'google.protobuf.Duration')
    }],
    ['string_to_duration', STRING, durationOfString],
  ),
  declareFunction('dyn', overload('to_dyn', [A], DYN, same)),
  conversion(
    'int',
    INT,
    ['int64_to_int64', INT, same],
    ['double_to_int64', DOUBLE, (value) => integerOfDouble(asDouble(value))],
    ['duration_to_int64', DURATION, (value) => normalize((value as DurationValue).nanos)],
    ['string_to_int64', STRING, intOfString],
    ['timestamp_to_int64', TIMESTAMP, (value) => (value as TimestampValue).seconds],
    ['uint64_to_int64', UINT, intOfUint],
  ),
  conversion(
    'string',
    STRING,
    ['string_to_string', STRING, same],
    ['bool_to_string', BOOL, String],
    ['bytes_to_string', BYTES, stringOfBytes, DECODING],
    ['double_to_string', DOUBLE, (value) => formatDouble(asDouble(value))],
    ['duration_to_string', DURATION, String],
    ['int64_to_string', INT, String],
    ['timestamp_to_string', TIMESTAMP, String],
    ['uint64_to_string', UINT, (value) => String(asUint(value))],
  ),
  conversion(
    'timestamp',
    TIMESTAMP,
    ['timestamp_to_timestamp', TIMESTAMP, same],
    ['int64_to_timestamp', INT, (value) => TimestampValue.checked(Number(value), 0)],
    ['string_to_timestamp', STRING, timestampOfString],
  ),
  declareFunction('type', overload('type', [A], typeOf(A), (value) => new TypeValue(typeOfValue(value)))),
  conversion(
    'uint',
    UINT,
    ['uint64_to_uint64', UINT, same],
    ['double_to_uint64', DOUBLE, uintOfDouble],
    ['int64_to_uint64', INT, (value) => new UintValue(checkedUint(BigInt(value as Integer)))],
    ['string_to_uint64', STRING, uintOfString],
  ),
]

const SIZED: readonly (readonly [string, Type])[] = [
  ['bytes', BYTES], ['list', listOf(A)], ['map', mapOf(A, B)], ['string', STRING],
]

export const SIZE = declareFunction(
  'size',
  ...SIZED.flatMap(([name, type]) => [
    overload(`size_${name}`, [type], INT, sizeOf),
    member(`${name}_size`, [type], INT, sizeOf),
  ]),
)
