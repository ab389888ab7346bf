/** What a literal of a message comes to (cel-go common/types/provider.go, NewValue). */
import { EvaluationError } from '../values/evaluation-error.ts'
import { MAX_INT, MIN_INT } from '../values/integer.ts'
import { isOptional } from '../types/type.ts'
import { ArrayList, ListValue } from '../values/list.ts'
import { MapValue } from '../values/map.ts'
import { DurationValue, TimestampValue } from '../values/time.ts'
import { BytesValue, DoubleValue, typeOfValue, UintValue, type Integer, type Value } from '../values/value.ts'
import { jsonOf, readAny } from './any.ts'
import { MessageValue, StructMap } from './message-value.ts'
import { jsonList, jsonStruct, printedType, toNative } from './native.ts'
import type { Message, MessageField } from './well-known.ts'

const NANOS = 1_000_000_000n
/** As far from 1970 as JavaScript's dates reach. */
const MAX_SECONDS_OF_DATES = 8_640_000_000_000

/** @throws EvaluationError where a value does not fit its field */
export function createMessage(message: Message, given: ReadonlyMap<string, Value>): Value {
  const fields = new Map<string, Value>()
  for (const [name, value] of given) {
    const field = message.fields.get(name)
    if (field === undefined) throw new EvaluationError(`no such field: ${name}`)
    fields.set(name, fieldValue(`${message.name}.${name}`, field, value))
  }
  return unwrap(message, fields)
}

function fieldValue(path: string, { kind }: MessageField, value: Value): Value {
  const isCollection = kind === 'elements' || kind === 'entries'
  if (isCollection && !(kind === 'elements' ? value instanceof ListValue : value instanceof MapValue)) {
    const type = typeOfValue(value)
    throw new EvaluationError(`unsupported field type for ${path}: ${isOptional(type) ? type.name : printedType(type)}`)
  }
  try {
    if (!isCollection) return toNative(value, kind)
    return kind === 'elements' ? jsonList(value as ListValue) : jsonStruct(value as MapValue)
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error
    throw new EvaluationError(`field type conversion error for ${path} value type: ${error.message}`)
  }
}

function unwrap(message: Message, fields: ReadonlyMap<string, Value>): Value {
  switch (message.type.kind) {
    case 'object':
      return new MessageValue(message, fields)
    case 'any':
      return contentOf(fields)
    case 'dyn':
      return jsonOf(fields)
    case 'list':
      return fields.get('values') ?? new ArrayList([])
    case 'map':
      return fields.get('fields') ?? new StructMap(new Map())
    case 'duration':
      return durationOf(BigInt(integerAt(fields, 'seconds')), BigInt(integerAt(fields, 'nanos')))
    case 'timestamp':
      return timestampOf(BigInt(integerAt(fields, 'seconds')), BigInt(integerAt(fields, 'nanos')))
    default:
      return fields.get('value') ?? DEFAULTS.get(message.type.kind) ?? null
  }
}

const DEFAULTS: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['bool', false], ['bytes', new BytesValue(new Uint8Array())], ['double', new DoubleValue(0)], ['int', 0],
  ['string', ''], ['uint', new UintValue(0n)],
])

const integerAt = (fields: ReadonlyMap<string, Value>, name: string): Integer => (fields.get(name) ?? 0) as Integer

/** What is longer than a duration can be is as long as one can be. */
function durationOf(seconds: bigint, nanos: bigint): DurationValue {
  const whole = seconds * NANOS
  const total = whole > MAX_INT || whole < MIN_INT ? whole : whole + nanos
  return new DurationValue(total > MAX_INT ? MAX_INT : total < MIN_INT ? MIN_INT : total)
}

function timestampOf(seconds: bigint, nanos: bigint): TimestampValue {
  const rest = ((nanos % NANOS) + NANOS) % NANOS
  const whole = Number(seconds + (nanos - rest) / NANOS)
  if (Math.abs(whole) > MAX_SECONDS_OF_DATES) throw new EvaluationError('timestamp overflow')
  return new TimestampValue(whole, Number(rest))
}

function contentOf(fields: ReadonlyMap<string, Value>): Value {
  const typeUrl = (fields.get('type_url') ?? '') as string
  const { data } = (fields.get('value') ?? DEFAULTS.get('bytes')) as BytesValue
  const content = readAny(typeUrl, data)
  if (content === undefined) {
    const shown = [
      ...(typeUrl === '' ? [] : [`type_url:${JSON.stringify(typeUrl)}`]),
      ...(data.length === 0 ? [] : [`value:"${escapeBytes(data)}"`]),
    ]
    throw new EvaluationError(`unsupported conversion to ref.Val: (*dynamicpb.Message)${shown.join(' ')}`)
  }
  return unwrap(content.message, content.fields)
}

function escapeBytes(data: Uint8Array): string {
  const one = (byte: number): string => {
    if (byte === 0x22 || byte === 0x5c) return `\\${String.fromCharCode(byte)}`
    if (byte === 0x0a || byte === 0x0d || byte === 0x09) return { 0x0a: '\\n', 0x0d: '\\r', 0x09: '\\t' }[byte]
    return byte < 0x20 || byte > 0x7e ? `\\x${byte.toString(16).padStart(2, '0')}` : String.fromCharCode(byte)
  }
  return Array.from(data, one).join('')
}
