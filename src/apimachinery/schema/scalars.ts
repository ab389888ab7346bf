/**
 * The leaves of decoding: checks one JSON value against a scalar shape and gives it in the form that upstream prints.
 * Own parsers and their texts: k8s.io/apimachinery pkg/apis/meta/v1/{time,micro_time}.go, pkg/util/intstr,
 * pkg/api/resource/quantity.go.
 */
import { MIN_INT64, WrittenNumber, int64, isNumeric, plainNumbers } from '../../lib/exact-json.ts'
import { RawJson } from '../wire/raw/raw-json.ts'
import { QuantityError, canonicalQuantity } from '../quantity.ts'
import { base64OfNumbers, canonicalBase64 } from './base64.ts'
import { mismatch, numberMismatch, refusal, type Taker } from './decode-error.ts'
import { canonicalMicroTime, preciseTime } from './times.ts'
import type { ScalarNode } from './schema.ts'

/** What an integer may be. */
interface Bounds {
  readonly from: number
  readonly to: number
}

const INT32: Bounds = { from: -(2 ** 31), to: 2 ** 31 - 1 }
const BYTE: Bounds = { from: 0, to: 255 }
/** What is beyond as a number has been no int64 when it was read. */
const SAFE: Bounds = { from: Number.MIN_SAFE_INTEGER, to: Number.MAX_SAFE_INTEGER }
/** Quantities seen lately, text → canonical text: a handful of texts makes up nearly all of a cluster's. */
const quantities = new Map<string, string>()
const MAX_QUANTITIES = 512

/** `converts`: as Go's converter from maps does, instead of its JSON decoder. */
export function decodeScalar({ shape, goType }: ScalarNode, value: unknown, converts: boolean): unknown {
  switch (shape) {
    case 'string':
      if (typeof value !== 'string') throw mismatch(value, goType)
      return value
    case 'boolean':
      if (typeof value !== 'boolean') throw mismatch(value, goType)
      return value
    case 'int32':
      return decodeInteger(converts ? converted(value, 32) : value, INT32, goType)
    case 'int64':
      return decodeInt64(converts ? converted(value, 64) : value, goType)
    case 'double':
      return decodeDouble(value, goType)
    case 'time':
      return preciseTime(expectText(value))
    case 'microTime':
      return canonicalMicroTime(expectText(value))
    case 'intOrString':
      return typeof value === 'string' ? value : decodeInteger(converts ? printed(value) : value, INT32, 'int32', 'own parser')
    case 'bytes':
      return decodeBytes(value, goType)
    case 'quantity':
      return decodeQuantity(converts ? printed(value) : value)
    case 'any':
      return plainNumbers(value)
    case 'raw':
      return decodeRaw(value)
  }
}

/** Time and MicroTime unmarshal into a string first, and that is the type the message names. */
function expectText(value: unknown): string {
  if (typeof value !== 'string') throw mismatch(value, 'string', 'own parser')
  return value
}

function decodeInt64(value: unknown, goType: string): unknown {
  return typeof value === 'bigint' ? value : decodeInteger(value, SAFE, goType)
}

function decodeInteger(value: unknown, { from, to }: Bounds, goType: string, by?: Taker): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= from && value <= to) return value
  if (isNumeric(value) || value instanceof WrittenNumber) throw numberMismatch(value, goType, by)
  throw mismatch(value, goType, by)
}

/**
 * The converter takes whatever is whole for an integer, and cuts off what does not fit; of what is beyond 64 bits
 * nothing is left but the lowest of them (as on amd64).
 */
function converted(value: unknown, bits: 32 | 64): unknown {
  const number = value instanceof WrittenNumber ? Number(value.text) : value
  if (typeof number === 'number' && (!Number.isInteger(number) || Math.abs(number) <= INT32.to)) {
    return Number.isInteger(number) ? number : value
  }
  if (!isNumeric(number)) return value
  const whole = typeof number === 'number' && Math.abs(number) >= 2 ** 63 ? MIN_INT64 : BigInt(number)
  return int64(BigInt.asIntN(bits, whole))
}

/** What reads JSON itself gets the number that the converter had as the converter prints it. */
function printed(value: unknown): unknown {
  if (!(value instanceof WrittenNumber)) return value
  const number = Number(value.text)
  return Number.isSafeInteger(number) ? number : new WrittenNumber(String(number))
}

function decodeDouble(value: unknown, goType: string): number {
  if (isNumeric(value)) return Number(value)
  if (!(value instanceof WrittenNumber)) throw mismatch(value, goType)
  const number = Number(value.text)
  if (!Number.isFinite(number)) throw numberMismatch(value, goType)
  return number
}

/**
 * What Go takes for space and JSON does not escape: quantities are read as they stand in JSON, which upstream makes of
 * everything else.
 */
const SPACE = /[ \u0085\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]/

export function withoutSpaceAround(text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && SPACE.test(text.charAt(start))) start++
  while (end > start && SPACE.test(text.charAt(end - 1))) end--
  return text.slice(start, end)
}

function decodeQuantity(value: unknown): string {
  if (typeof value === 'string') {
    const known = quantities.get(value)
    if (known !== undefined) return known
  }
  try {
    // A quantity may be a bare number; anything else is read as text and refused by the parser.
    const text = typeof value === 'string' ? withoutSpaceAround(value) : JSON.stringify(value)
    const canonical = canonicalQuantity(text)
    if (typeof value === 'string') {
      if (quantities.size >= MAX_QUANTITIES) quantities.clear()
      quantities.set(value, canonical)
    }
    return canonical
  } catch (error) {
    if (error instanceof QuantityError) throw refusal(error.message)
    throw error
  }
}

function decodeBytes(value: unknown, goType: string): string {
  if (Array.isArray(value)) return base64OfNumbers(value.map((byte) => decodeInteger(byte ?? 0, BYTE, 'uint8')))
  if (typeof value !== 'string') throw mismatch(value, goType, 'slice')
  const text = canonicalBase64(value)
  if (typeof text === 'number') throw refusal(`illegal base64 data at input byte ${String(text)}`, 'slice')
  return text
}

/** @throws RangeError for a number that no double holds, on which upstream crashes */
function decodeRaw(value: unknown): RawJson {
  const raw = value instanceof RawJson ? value : RawJson.of(value)
  void raw.value
  return raw
}

/** What Go prints for an unset variable of this shape. */
export function zeroScalar({ shape }: ScalarNode): unknown {
  switch (shape) {
    case 'string':
      return ''
    case 'boolean':
      return false
    case 'quantity':
      return '0'
    case 'time':
    case 'microTime':
    case 'bytes':
    case 'any':
    case 'raw':
      return null
    default:
      return 0
  }
}
