/**
 * Protobuf messages as the JSON that the same object would have: fields that are zero, and no pointers, are left out
 * as fields that are not there, unknown ones are passed over. What a message needs is worked out once, into
 * closures. Refuses with ProtobufError, whatever the bytes are, and never builds more than they pay for.
 */
import { ownValue } from '../../../lib/own-value.ts'
import { setField } from '../../patch/json-value.ts'
import { charactersOf } from '../utf8.ts'
import { ByteReader, FIXED64, LENGTH_DELIMITED, VARINT } from './byte-reader.ts'
import type { JsonMessage } from './json-forms.ts'
import { JSON_FORMS } from './json-forms.ts'
import type { ProtobufField, ProtobufTable } from './message-table.ts'
import { ProtobufError, mapValueType } from './message-table.ts'

/** Messages nest at most this deep: a hostile body must not exhaust the stack. Schemas of CRDs are the deepest. */
const MAX_DEPTH = 500

/** Reads one field into `json`; the reader stands behind its tag. */
type ReadField = (reader: ByteReader, json: JsonMessage, depth: number) => void

/** Reads a value that stands behind its tag. */
type ReadValue = (reader: ByteReader, depth: number, previous: unknown) => unknown

interface FieldReader {
  readonly wireType: number
  readonly read: ReadField
  /** For a repeated number, which may come packed. */
  readonly readPacked?: ReadField
  /** What errors call it. */
  readonly goName: string
}

type NamelessReader = Omit<FieldReader, 'goName'>

interface MessageReader {
  read(reader: ByteReader, depth: number, previous: unknown): unknown
}

interface Scalar {
  readonly wireType: number
  readonly zero: unknown
  readonly read: (reader: ByteReader) => unknown
}

const SCALARS: Readonly<Record<string, Scalar>> = {
  string: { wireType: LENGTH_DELIMITED, zero: '', read: (reader) => reader.text() },
  bytes: { wireType: LENGTH_DELIMITED, zero: '', read: (reader) => base64Of(reader.bytes()) },
  bool: { wireType: VARINT, zero: false, read: (reader) => reader.bool() },
  int32: { wireType: VARINT, zero: 0, read: (reader) => reader.int32() },
  int64: { wireType: VARINT, zero: 0, read: (reader) => reader.int64() },
  double: { wireType: FIXED64, zero: 0, read: readDouble },
}

/** JSON has no other numbers. */
function readDouble(reader: ByteReader): number {
  const value = reader.double()
  if (!Number.isFinite(value)) throw new ProtobufError(`json: unsupported value: ${String(value)}`)
  return value
}

/** Bytes of raw JSON stay bytes: their form reads them. */
const RAW_BYTES: Scalar = { wireType: LENGTH_DELIMITED, zero: undefined, read: (reader) => reader.bytes() }

function base64Of(bytes: Uint8Array): string {
  return btoa(charactersOf(bytes))
}

export class ProtobufDecoder {
  readonly #table: ProtobufTable
  readonly #messages = new Map<string, MessageReader>()

  constructor(table: ProtobufTable) {
    this.#table = table
  }

  /** @throws ProtobufError */
  decode(message: string, bytes: Uint8Array): JsonMessage {
    return this.#messageReader(message).read(new ByteReader(bytes), 0, undefined) as JsonMessage
  }

  #messageReader(message: string): MessageReader {
    const known = this.#messages.get(message)
    if (known !== undefined) return known
    const fields = this.#table(message)
    if (fields === undefined) throw new Error(`there is no message ${message}`)
    const form = ownValue(JSON_FORMS, message)
    const name = form?.goName ?? message.slice(message.lastIndexOf('.') + 1)
    let readers: (FieldReader | undefined)[] | undefined
    const readFields = (reader: ByteReader, depth: number, previous: unknown): JsonMessage => {
      if (depth > MAX_DEPTH) throw new ProtobufError('proto: messages are nested too deeply')
      readers ??= this.#fieldReaders(fields, form !== undefined)
      const json = (previous ?? {}) as JsonMessage
      while (reader.at < reader.end) readField(reader, readers, json, name, depth)
      return json
    }
    const read: MessageReader['read'] =
      form === undefined
        ? readFields
        : (reader, depth) => {
            const isEmpty = reader.at === reader.end
            return form.read(readFields(reader, depth, undefined), isEmpty)
          }
    const messageReader = { read }
    this.#messages.set(message, messageReader)
    return messageReader
  }

  /** By number. */
  #fieldReaders(fields: readonly ProtobufField[], isForm: boolean): (FieldReader | undefined)[] {
    const readers: (FieldReader | undefined)[] = []
    for (const field of fields) {
      const { name, goName = name.charAt(0).toUpperCase() + name.slice(1) } = field
      readers[field.number] = { ...this.#fieldReader(field, isForm), goName }
    }
    return readers
  }

  #fieldReader(field: ProtobufField, isForm: boolean): NamelessReader {
    const { name, type, isRepeated, isPointer, isInlined } = field
    const valueType = mapValueType(type)
    if (valueType !== undefined) return { wireType: LENGTH_DELIMITED, read: this.#mapReader(name, valueType) }
    const scalar = isForm && type === 'bytes' ? RAW_BYTES : ownValue(SCALARS, type)
    if (scalar !== undefined) {
      // Go tells bytes that are empty from bytes that are not there, too.
      return isRepeated ? repeatedScalar(name, scalar) : singleScalar(name, scalar, isPointer || type === 'bytes')
    }
    const readValue = this.#nestedReader(type)
    if (isInlined) {
      return { wireType: LENGTH_DELIMITED, read: (reader, json, depth) => void readValue(reader, depth, json) }
    }
    if (!isRepeated) return { wireType: LENGTH_DELIMITED, read: singleMessage(name, readValue) }
    return {
      wireType: LENGTH_DELIMITED,
      read(reader, json, depth) {
        ;((json[name] ??= []) as unknown[]).push(readValue(reader, depth, undefined))
      },
    }
  }

  /** Reads a message of a field: the reader's window is narrowed to it meanwhile. */
  #nestedReader(type: string): ReadValue {
    const message = this.#messageReader(type)
    return (reader, depth, previous) => {
      const fieldEnd = reader.endOfField()
      const { end } = reader
      reader.end = fieldEnd
      const value = message.read(reader, depth + 1, previous)
      reader.end = end
      return value
    }
  }

  #mapReader(name: string, valueType: string): ReadField {
    const scalar = ownValue(SCALARS, valueType)
    const readValue: ReadValue = scalar === undefined ? this.#nestedReader(valueType) : (reader) => scalar.read(reader)
    const zero = (): unknown => (scalar === undefined ? this.decode(valueType, NO_BYTES) : scalar.zero)
    // As generated code does it: by numbers alone, and a key or a value may reach beyond its entry.
    return (reader, json, depth) => {
      const fieldEnd = reader.endOfField()
      let key = ''
      let value: unknown
      while (reader.at < fieldEnd) {
        const tag = reader.uint32()
        if (tag >>> 3 === 1) key = reader.text()
        else if (tag >>> 3 === 2) value = readValue(reader, depth, undefined)
        else reader.skipWithin(tag & 7, fieldEnd)
      }
      reader.at = fieldEnd
      setField((json[name] ??= {}) as JsonMessage, key, value ?? zero() ?? null)
    }
  }
}

const NO_BYTES = new Uint8Array()

/** @throws ProtobufError for a tag that no field has, known or not */
export function checkTag(tag: number, message: string): void {
  const number = tag >>> 3
  if ((tag & 7) === 4) throw new ProtobufError(`proto: ${message}: wiretype end group for non-group`)
  if (number > 0) return
  throw new ProtobufError(`proto: ${message}: illegal tag ${String(number)} (wire type ${String(tag)})`)
}

function readField(
  reader: ByteReader,
  readers: readonly (FieldReader | undefined)[],
  json: JsonMessage,
  message: string,
  depth: number,
): void {
  const tag = reader.uint32()
  const number = tag >>> 3
  const wireType = tag & 7
  const field = readers[number]
  if (field?.wireType === wireType) {
    field.read(reader, json, depth)
    return
  }
  checkTag(tag, message)
  if (field === undefined) reader.skip(wireType)
  else if (field.readPacked !== undefined && wireType === LENGTH_DELIMITED) field.readPacked(reader, json, depth)
  else throw new ProtobufError(`proto: wrong wireType = ${String(wireType)} for field ${field.goName}`)
}

/** What is no pointer and zero is as good as not there, and the last one counts. */
function singleScalar(name: string, { wireType, zero, read }: Scalar, isPointer: boolean): NamelessReader {
  return {
    wireType,
    read(reader, json) {
      const value = read(reader)
      if (isPointer || value !== zero || json[name] !== undefined) json[name] = value
    },
  }
}

function repeatedScalar(name: string, { wireType, read }: Scalar): NamelessReader {
  const listOf = (json: JsonMessage): unknown[] => (json[name] ??= []) as unknown[]
  const single: NamelessReader = { wireType, read: (reader, json) => void listOf(json).push(read(reader)) }
  if (wireType === LENGTH_DELIMITED) return single
  const readPacked: ReadField = (reader, json) => {
    const end = reader.endOfField()
    const outer = reader.end
    reader.end = end
    const list = listOf(json)
    while (reader.at < end) list.push(read(reader))
    reader.end = outer
  }
  return { ...single, readPacked }
}

/** A message that comes in parts is one: later fields add to earlier ones. */
function singleMessage(name: string, readValue: ReadValue): ReadField {
  return (reader, json, depth) => {
    const value = readValue(reader, depth, json[name])
    if (value !== undefined) json[name] = value
  }
}
