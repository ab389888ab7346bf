/**
 * The leaves of decoding: checks one JSON value against a scalar shape and gives it in the form that upstream prints.
 * Own parsers and their texts: k8s.io/apimachinery pkg/apis/meta/v1/{time,micro_time}.go, pkg/util/intstr,
 * pkg/api/resource/quantity.go.
 */
import { isNumeric } from '../../lib/exact-json.ts'
import { QuantityError, canonicalQuantity } from '../quantity.ts'
import { base64OfNumbers, canonicalBase64 } from './base64.ts'
import { mismatch, numberMismatch, refusal } from './decode-error.ts'
import { canonicalMicroTime, canonicalTime } from './times.ts'
import type { ScalarNode } from './schema.ts'

const MAX_INT32 = 2 ** 31 - 1
const MIN_INT32 = -(2 ** 31)
/** Quantities seen lately, text → canonical text: a handful of texts makes up nearly all of a cluster's. */
const quantities = new Map<string, string>()
const MAX_QUANTITIES = 512

export function decodeScalar({ shape, goType }: ScalarNode, value: unknown): unknown {
  switch (shape) {
    case 'string':
      if (typeof value !== 'string') throw mismatch(value, goType)
      return value
    case 'boolean':
      if (typeof value !== 'boolean') throw mismatch(value, goType)
      return value
    case 'int32':
      return decodeInteger(value, MIN_INT32, MAX_INT32, goType)
    case 'int64':
      return typeof value === 'bigint' ? value : decodeInteger(value, MIN_SAFE_INTEGER, MAX_SAFE_INTEGER, goType)
    case 'double':
      if (!isNumeric(value)) throw mismatch(value, goType)
      return Number(value)
    case 'time':
      return canonicalTime(expectText(value))
    case 'microTime':
      return canonicalMicroTime(expectText(value))
    case 'intOrString':
      return typeof value === 'string' ? value : decodeInteger(value, MIN_INT32, MAX_INT32, 'int32')
    case 'bytes':
      return decodeBytes(value, goType)
    case 'quantity':
      return decodeQuantity(value)
    case 'any':
      return value
  }
}

/** Time and MicroTime unmarshal into a string first, and that is the type the message names. */
function expectText(value: unknown): string {
  if (typeof value !== 'string') throw mismatch(value, 'string')
  return value
}

const { MAX_SAFE_INTEGER, MIN_SAFE_INTEGER } = Number

/** What is beyond the safe integers as a number has been no int64 when it was read. */
function decodeInteger(value: unknown, minimum: number, maximum: number, goType: string): number {
  if (typeof value === 'bigint') throw numberMismatch(value, goType)
  if (typeof value !== 'number') throw mismatch(value, goType)
  if (!Number.isInteger(value) || value < minimum || value > maximum) throw numberMismatch(value, goType)
  return value
}

function decodeQuantity(value: unknown): string {
  if (typeof value === 'string') {
    const known = quantities.get(value)
    if (known !== undefined) return known
  }
  try {
    // A quantity may be a bare number; anything else is read as text and refused by the parser.
    const text = typeof value === 'string' ? value.trim() : JSON.stringify(value)
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

const MAX_BYTE = 255

function decodeBytes(value: unknown, goType: string): string {
  if (Array.isArray(value)) return base64OfNumbers(value.map((byte) => decodeInteger(byte ?? 0, 0, MAX_BYTE, 'uint8')))
  if (typeof value !== 'string') throw mismatch(value, goType)
  const text = canonicalBase64(value)
  if (typeof text === 'number') throw refusal(`illegal base64 data at input byte ${String(text)}`)
  return text
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
      return null
    default:
      return 0
  }
}
