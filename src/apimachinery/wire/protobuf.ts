/**
 * Bodies in `application/vnd.kubernetes.protobuf`: an envelope (runtime.Unknown behind four magic bytes) around a
 * message whose field numbers are facts. Decodes to the same JSON that the object would have; what the numbers
 * mean is asked of a table, so this knows wire types and the few messages whose JSON has a form of its own.
 */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { formatMicroTime, formatTime } from '../meta.ts'

export const PROTOBUF_MEDIA_TYPE = 'application/vnd.kubernetes.protobuf'

/** `k8s` and a zero byte. */
const MAGIC = [0x6b, 0x38, 0x73, 0x00]

/** Messages nest at most this deep: a hostile body must not exhaust the stack. */
const MAX_DEPTH = 100

export interface ProtobufField {
  readonly name: string
  readonly number: number
  /** A scalar (`string`, `int32`, …), `map<string,T>`, or a message's name. */
  readonly type: string
  readonly isRepeated: boolean
}

/** Field numbers by message; undefined: no such message. */
export type ProtobufTable = (message: string) => ReadonlyMap<number, ProtobufField> | undefined

export class ProtobufError extends Error {}

type Json = Record<string, unknown>

/** `messageOf` names the message of an apiVersion and kind; the envelope says which they are. */
export function decodeProtobuf(
  bytes: Uint8Array,
  table: ProtobufTable,
  messageOf: (apiVersion: string, kind: string) => string,
): Json {
  if (MAGIC.some((byte, index) => bytes[index] !== byte)) {
    throw new ProtobufError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]')
  }
  try {
    const envelope = decodeMessage(new BinaryReader(bytes.subarray(MAGIC.length)), 'Unknown', table, 0) as {
      typeMeta?: { apiVersion?: string; kind?: string }
      raw?: Uint8Array
    }
    const { apiVersion = '', kind = '' } = envelope.typeMeta ?? {}
    const message = messageOf(apiVersion, kind)
    if (table(message) === undefined)
      throw new ProtobufError(`no kind "${kind}" is registered for version "${apiVersion}"`)
    const decoded = decodeMessage(new BinaryReader(envelope.raw ?? new Uint8Array()), message, table, 0) as Json
    return { kind, apiVersion, ...decoded }
  } catch (error) {
    if (error instanceof ProtobufError) throw error
    throw new ProtobufError(`protobuf body cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Messages whose fields are those of the message around them in JSON (Go embeds them). */
export const INLINED: ReadonlySet<string> = new Set([
  'deviceConfiguration',
  'ephemeralContainerCommon',
  'handler',
  'ingressRuleValue',
  'localObjectReference',
  'persistentVolumeSource',
  'ruleWithOperations',
  'volumeSource',
])

function decodeMessage(reader: BinaryReader, message: string, table: ProtobufTable, depth: number): unknown {
  if (depth > MAX_DEPTH) throw new ProtobufError('messages are nested too deeply')
  const fields = table(message)
  if (fields === undefined) throw new ProtobufError(`unknown message ${message}`)
  const json: Json = {}
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag()
    const field = fields.get(number)
    if (field === undefined) reader.skip(wireType, number)
    else readField(reader, wireType, field, json, table, depth)
  }
  return jsonOf(message, json)
}

function readField(
  reader: BinaryReader,
  wireType: WireType,
  { name, type, isRepeated }: ProtobufField,
  json: Json,
  table: ProtobufTable,
  depth: number,
): void {
  if (type.startsWith('map<')) {
    const map = (json[name] ?? {}) as Json
    const [key, value] = readEntry(reader, type, table, depth)
    map[key] = value
    json[name] = map
    return
  }
  const isScalar = Object.hasOwn(SCALARS, type)
  // Numbers may come packed, however they are declared.
  if (isRepeated && isScalar && wireType === WireType.LengthDelimited && type !== 'string' && type !== 'bytes') {
    const packed = new BinaryReader(reader.bytes())
    const list = (json[name] ?? []) as unknown[]
    while (packed.pos < packed.len) list.push(readScalar(packed, type))
    json[name] = list
    return
  }
  const value = isScalar
    ? readScalar(reader, type)
    : decodeMessage(new BinaryReader(reader.bytes()), type, table, depth + 1)
  if (isRepeated) json[name] = [...((json[name] ?? []) as unknown[]), value]
  else if (INLINED.has(name) && typeof value === 'object') Object.assign(json, value)
  else if (value !== undefined) json[name] = value
}

function readEntry(
  reader: BinaryReader,
  type: string,
  table: ProtobufTable,
  depth: number,
): readonly [string, unknown] {
  const [, valueType = 'string'] = /^map<string,(.+)>$/.exec(type) ?? []
  const entry = new BinaryReader(reader.bytes())
  let key = ''
  let value: unknown = Object.hasOwn(SCALARS, valueType)
    ? valueType === 'string' || valueType === 'bytes'
      ? ''
      : 0
    : {}
  while (entry.pos < entry.len) {
    const [number, wireType] = entry.tag()
    if (number === 1) key = entry.string()
    else if (number !== 2) entry.skip(wireType, number)
    else if (Object.hasOwn(SCALARS, valueType)) value = readScalar(entry, valueType)
    else value = decodeMessage(new BinaryReader(entry.bytes()), valueType, table, depth + 1)
  }
  return [key, value]
}

const SCALARS = {
  string: (reader) => reader.string(),
  bytes: (reader) => reader.bytes(),
  bool: (reader) => reader.bool(),
  int32: (reader) => reader.int32(),
  int64: (reader) => Number(reader.int64()),
  uint32: (reader) => reader.uint32(),
  uint64: (reader) => Number(reader.uint64()),
  double: (reader) => reader.double(),
} satisfies Record<string, (reader: BinaryReader) => unknown>

function readScalar(reader: BinaryReader, type: string): unknown {
  const read: (reader: BinaryReader) => unknown = SCALARS[type as keyof typeof SCALARS]
  return read(reader)
}

/** The JSON of messages whose Go types print themselves; bytes elsewhere are base64. */
function jsonOf(message: string, json: Json): unknown {
  switch (message) {
    case 'Unknown':
      return json
    case 'Quantity':
      return json['string'] ?? '0'
    case 'IntOrString':
      return json['type'] === 1 ? (json['strVal'] ?? '') : (json['intVal'] ?? 0)
    case 'meta.v1.Time':
      return timeOf(json, formatTime)
    case 'meta.v1.MicroTime':
      return timeOf(json, formatMicroTime)
    case 'meta.v1.FieldsV1':
      return parseRaw(json['Raw'])
    case 'RawExtension':
    case 'apiextensions.v1.JSON':
      return parseRaw(json['raw'])
    default:
      break
  }
  if (/\.(ExtraValue|Verbs)$/.test(message)) return json['items'] ?? []
  for (const [name, value] of Object.entries(json)) if (value instanceof Uint8Array) json[name] = base64(value)
  for (const map of Object.values(json)) encodeMapBytes(map)
  return json
}

function encodeMapBytes(map: unknown): void {
  if (typeof map !== 'object' || map === null || Array.isArray(map)) return
  const entries = map as Json
  for (const [key, value] of Object.entries(entries)) if (value instanceof Uint8Array) entries[key] = base64(value)
}

/** Go's zero time is an empty message, and no time at all in JSON. */
function timeOf(json: Json, format: (timeMs: number) => string): string | undefined {
  const seconds = Number(json['seconds'] ?? 0)
  const nanos = Number(json['nanos'] ?? 0)
  return seconds === 0 && nanos === 0 ? undefined : format(seconds * 1_000 + Math.floor(nanos / 1_000_000))
}

function parseRaw(raw: unknown): unknown {
  if (!(raw instanceof Uint8Array) || raw.length === 0) return undefined
  return JSON.parse(new TextDecoder().decode(raw))
}

function base64(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return btoa(text)
}
