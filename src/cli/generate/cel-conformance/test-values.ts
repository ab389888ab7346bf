/** Values and types of the conformance data (cel.expr.Value and cel.expr.Type as JSON) as values and types of src/cel. */
import { MESSAGES } from '../../../cel/messages/well-known.ts'
import * as types from '../../../cel/types/type.ts'
import type { Type } from '../../../cel/types/type.ts'
import { normalize } from '../../../cel/values/integer.ts'
import { ArrayList } from '../../../cel/values/list.ts'
import { EntryMap } from '../../../cel/values/map.ts'
import { parseDuration, parseTimestamp } from '../../../cel/values/time.ts'
import { BytesValue, DoubleValue, TypeValue, UintValue, type Value } from '../../../cel/values/value.ts'

export type Json = Readonly<Record<string, unknown>>

const asJson = (value: unknown): Json => (value ?? {}) as Json
const asList = (value: unknown): readonly Json[] => (value ?? []) as readonly Json[]
const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

const WRAPPERS = new Map([
  ['BoolValue', 'boolValue'], ['BytesValue', 'bytesValue'], ['DoubleValue', 'doubleValue'],
  ['FloatValue', 'doubleValue'], ['Int32Value', 'int64Value'], ['Int64Value', 'int64Value'],
  ['StringValue', 'stringValue'], ['UInt32Value', 'uint64Value'], ['UInt64Value', 'uint64Value'],
])

const TYPE_NAMES = new Map([
  ...[types.BOOL, types.BYTES, types.DOUBLE, types.INT, types.NULL, types.STRING, types.TYPE, types.UINT],
  ...[types.DURATION, types.TIMESTAMP, types.listOf(types.DYN), types.mapOf(types.DYN, types.DYN)],
].map((type) => [type.name, type]))

/** `{"int64Value": "5"}` */
export function valueOf(given: Json): Value {
  const [kind, content] = Object.entries(given)[0] ?? ['', undefined]
  switch (kind) {
    case 'int64Value':
      return normalize(BigInt(asText(content)))
    case 'uint64Value':
      return new UintValue(BigInt(asText(content)))
    case 'doubleValue':
      return new DoubleValue(Number(content))
    case 'bytesValue':
      return new BytesValue(Uint8Array.from(Buffer.from(asText(content), 'base64')))
    case 'stringValue':
    case 'boolValue':
      return content as string | boolean
    case 'nullValue':
      return null
    case 'typeValue':
      return new TypeValue(TYPE_NAMES.get(asText(content)) ?? types.objectType(asText(content)))
    case 'listValue':
      return new ArrayList(asList(asJson(content)['values']).map(valueOf))
    case 'mapValue': {
      const entries = asList(asJson(content)['entries'])
      return EntryMap.of(entries.map((entry) => [valueOf(asJson(entry['key'])), valueOf(asJson(entry['value']))]))
    }
    case 'objectValue':
      return wellKnownMessage(asJson(content))
    default:
      throw new Error(`a test has a value of an unknown kind: ${kind}`)
  }
}

/** Messages that stand for values of the language, as the JSON of protocol buffers has them. */
function wellKnownMessage(given: Json): Value {
  const text = asText(given['value'])
  const name = asText(given['@type']).replace(/^.*\./, '')
  const wrapped = WRAPPERS.get(name)
  if (wrapped !== undefined) return valueOf({ [wrapped]: given['value'] })
  if (['Value', 'ListValue', 'Struct'].includes(name)) return jsonValue(given['value'])
  const value = name === 'Timestamp' ? parseTimestamp(text) : parseDuration(text)
  if (value === undefined) throw new Error(`a test has a message: ${JSON.stringify(given)}`)
  return value
}

function jsonValue(content: unknown): Value {
  if (typeof content === 'number') return new DoubleValue(content)
  if (Array.isArray(content)) return new ArrayList(content.map(jsonValue))
  if (typeof content !== 'object' || content === null) return content as string | boolean | null
  return EntryMap.of(Object.entries(content).map(([key, value]) => [key, jsonValue(value)]))
}

const PRIMITIVES = new Map([
  ['BOOL', types.BOOL], ['BYTES', types.BYTES], ['DOUBLE', types.DOUBLE], ['INT64', types.INT],
  ['STRING', types.STRING], ['UINT64', types.UINT],
])
const WELL_KNOWN = new Map([['ANY', types.ANY], ['DURATION', types.DURATION], ['TIMESTAMP', types.TIMESTAMP]])

/** `{"listType": {"elemType": {"primitive": "INT64"}}}` */
export function typeFrom(given: Json): Type {
  const [kind, content] = Object.entries(given)[0] ?? ['', undefined]
  const inner = asJson(content)
  const typeAt = (name: string): Type => typeFrom(asJson(inner[name]))
  switch (kind) {
    case 'primitive':
      return PRIMITIVES.get(asText(content)) ?? types.DYN
    case 'wrapper':
      return types.wrapperOf(PRIMITIVES.get(asText(content)) ?? types.DYN)
    case 'wellKnown':
      return WELL_KNOWN.get(asText(content)) ?? types.DYN
    case 'null':
      return types.NULL
    case 'listType':
      return types.listOf(typeAt('elemType'))
    case 'mapType':
      return types.mapOf(typeAt('keyType'), typeAt('valueType'))
    case 'messageType':
      return MESSAGES.get(asText(content))?.type ?? types.objectType(asText(content))
    case 'typeParam':
      return types.typeParameter(asText(content))
    case 'type':
      return Object.keys(inner).length === 0 ? types.TYPE : types.typeOf(typeFrom(inner))
    case 'abstractType':
      return types.opaqueType(asText(inner['name']), ...asList(inner['parameterTypes']).map(typeFrom))
    default:
      return types.DYN
  }
}
