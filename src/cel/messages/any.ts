/** What a `google.protobuf.Any` holds, if it is one of the messages that are known: its bytes, read as that message. */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'
import { normalize } from '../values/integer.ts'
import { ArrayList } from '../values/list.ts'
import { BytesValue, DoubleValue, UintValue, type Value } from '../values/value.ts'
import { work } from '../values/work.ts'
import { StructMap } from './message-value.ts'
import { MESSAGES, STRUCT_ENTRY, type FieldKind, type Message } from './well-known.ts'

/** Fields are declared in the order of their numbers, which count from 1. */
const fieldAt = ({ fields }: Message, number: number): readonly [string, FieldKind] | undefined => {
  const entry = [...fields][number - 1]
  return entry === undefined ? undefined : [entry[0], entry[1].kind]
}

const WIRE_TYPES: Partial<Record<FieldKind, WireType>> = {
  bool: WireType.Varint, int32: WireType.Varint, int64: WireType.Varint, uint32: WireType.Varint,
  uint64: WireType.Varint, 'protoreflect.EnumNumber': WireType.Varint, float32: WireType.Bit32, float64: WireType.Bit64,
}

interface Content {
  readonly message: Message
  /** Those that are there. */
  readonly fields: ReadonlyMap<string, Value>
}

/** Undefined if it is none of those messages, or cannot be read. */
export function readAny(typeUrl: string, bytes: Uint8Array): Content | undefined {
  const message = MESSAGES.get(typeUrl.slice(typeUrl.lastIndexOf('/') + 1))
  if (message === undefined || message === STRUCT_ENTRY) return undefined
  try {
    return { message, fields: readFields(message, bytes) }
  } catch {
    return undefined
  }
}

function readFields(message: Message, bytes: Uint8Array): Map<string, Value> {
  work(bytes.length)
  const reader = new BinaryReader(bytes)
  const found = new Map<string, Value>()
  // Of what is repeated each adds to those before: a body may have as many as it has bytes.
  const [elements, entries]: [Value[], Map<string, Value>] = [[], new Map()]
  const list = new ArrayList(elements)
  const map = new StructMap(entries)
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag()
    const [name, kind] = fieldAt(message, number) ?? []
    if (name === undefined || kind === undefined || wireType !== (WIRE_TYPES[kind] ?? WireType.LengthDelimited)) {
      reader.skip(wireType, number)
      continue
    }
    if (kind === 'elements') {
      elements.push(jsonOf(read('Value', reader.bytes())))
      found.set(name, list)
    } else if (kind === 'entries') {
      const entry = readFields(STRUCT_ENTRY, reader.bytes())
      entries.set((entry.get('key') ?? '') as string, entry.get('value') ?? null)
      found.set(name, map)
    } else {
      const value = readField(reader, kind)
      // One of several: the last counts.
      if (message.name === 'google.protobuf.Value') found.clear()
      found.set(name, value)
    }
  }
  return found
}

function readField(reader: BinaryReader, kind: FieldKind): Value {
  switch (kind) {
    case 'bool':
      return reader.bool()
    case 'int32':
    case 'protoreflect.EnumNumber':
      return reader.int32()
    case 'int64':
      return normalize(BigInt(reader.int64()))
    case 'uint32':
      return new UintValue(BigInt(reader.uint32()))
    case 'uint64':
      return new UintValue(BigInt(reader.uint64()))
    case 'float32':
      return new DoubleValue(reader.float())
    case 'float64':
      return new DoubleValue(reader.double())
    case 'string':
      return reader.string(true)
    case '[]uint8':
      return new BytesValue(reader.bytes())
    default:
      return readMessage(kind, reader.bytes())
  }
}

function readMessage(kind: FieldKind, bytes: Uint8Array): Value {
  if (kind === '*structpb.Struct') return read('Struct', bytes).get('fields') ?? new StructMap(new Map())
  if (kind === '*structpb.ListValue') return read('ListValue', bytes).get('values') ?? new ArrayList([])
  return jsonOf(read('Value', bytes))
}

function read(short: string, bytes: Uint8Array): Map<string, Value> {
  const message = MESSAGES.get(`google.protobuf.${short}`)
  return message === undefined ? new Map<string, Value>() : readFields(message, bytes)
}

/** What a Value stands for: null, if nothing is set. */
export function jsonOf(fields: ReadonlyMap<string, Value>): Value {
  const [name, value = null] = [...fields].at(-1) ?? []
  return name === 'null_value' ? null : value
}
