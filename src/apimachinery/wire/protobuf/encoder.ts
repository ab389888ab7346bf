/**
 * JSON objects as protobuf messages, byte for byte as upstream's generated code writes them: fields in the order of
 * their numbers, those that are no pointers always, maps in the order of their keys, repeated numbers unpacked. What
 * a message needs is worked out once, into closures. Objects are taken to be of their type: a value of another one
 * is written as if it were not there.
 */
import { sortByBytes } from '../../../lib/order.ts'
import { ownValue } from '../../../lib/own-value.ts'
import { isNumeric } from '../../../lib/exact-json.ts'
import { isJsonObject } from '../../patch/json-value.ts'
import type { ByteWriter } from './byte-writer.ts'
import { FIXED64, LENGTH_DELIMITED, VARINT } from './byte-reader.ts'
import type { JsonMessage } from './json-forms.ts'
import { JSON_FORMS } from './json-forms.ts'
import type { ProtobufField, ProtobufTable } from './message-table.ts'
import { mapValueType } from './message-table.ts'

/** Writes one field, if it is to be written, behind its tag. */
type WriteField = (writer: ByteWriter, json: JsonMessage) => void

/** Writes a value without a tag: undefined is the type's zero. */
type WriteValue = (writer: ByteWriter, value: unknown) => void

interface Scalar {
  readonly wireType: number
  readonly write: WriteValue
}

const integer: Scalar = {
  wireType: VARINT,
  write: (writer, value) => writer.varint(isNumeric(value) ? value : 0),
}

const SCALARS: Readonly<Record<string, Scalar>> = {
  string: {
    wireType: LENGTH_DELIMITED,
    write(writer, value) {
      if (typeof value === 'string') writer.text(value)
      else writer.byte(0)
    },
  },
  bytes: {
    wireType: LENGTH_DELIMITED,
    write: (writer, value) => writer.bytes(bytesOf(typeof value === 'string' ? value : '')),
  },
  bool: { wireType: VARINT, write: (writer, value) => writer.byte(value === true ? 1 : 0) },
  int32: integer,
  int64: integer,
  double: {
    wireType: FIXED64,
    write: (writer, value) => writer.double(isNumeric(value) ? Number(value) : 0),
  },
}

function bytesOf(base64: string): Uint8Array {
  const text = atob(base64)
  const bytes = new Uint8Array(text.length)
  for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index)
  return bytes
}

const NO_FIELDS: JsonMessage = {}
const NO_ITEMS: readonly unknown[] = []

function tagOf(number: number, wireType: number): number {
  return number * 8 + wireType
}

const KEY_TAG = tagOf(1, LENGTH_DELIMITED)

export class ProtobufEncoder {
  readonly #table: ProtobufTable
  readonly #messages = new Map<string, WriteValue>()

  constructor(table: ProtobufTable) {
    this.#table = table
  }

  /** Writes what is in a message, without its length. */
  messageWriter(message: string): WriteValue {
    const known = this.#messages.get(message)
    if (known !== undefined) return known
    const fields = this.#table(message)
    if (fields === undefined) throw new Error(`there is no message ${message}`)
    let fieldWriters: readonly WriteField[] | undefined
    const writeFields = (writer: ByteWriter, json: JsonMessage): void => {
      // When it is first needed: messages contain themselves.
      fieldWriters ??= fields.toReversed().map((field) => this.#fieldWriter(field))
      for (const writeField of fieldWriters) writeField(writer, json)
    }
    const form = ownValue(JSON_FORMS, message)
    const write: WriteValue =
      form === undefined
        ? (writer, value) => writeFields(writer, isJsonObject(value) ? value : NO_FIELDS)
        : (writer, value) => form.write(writer, value, writeFields)
    this.#messages.set(message, write)
    return write
  }

  #fieldWriter({ name, number, type, isRepeated, isPointer, isInlined }: ProtobufField): WriteField {
    const valueType = mapValueType(type)
    if (valueType !== undefined) return this.#mapWriter(name, number, valueType)
    const { wireType, write } = this.#valueWriter(type)
    const tag = tagOf(number, wireType)
    if (isInlined) {
      return (writer, json) => {
        write(writer, json)
        writer.varint(tag)
      }
    }
    if (isRepeated) {
      return (writer, json) => {
        const list = json[name]
        const values = Array.isArray(list) ? (list as unknown[]) : NO_ITEMS
        for (let index = values.length - 1; index >= 0; index--) {
          write(writer, values[index])
          writer.varint(tag)
        }
      }
    }
    // Go's slices of bytes can be nil, too.
    const isOptional = isPointer || type === 'bytes'
    return (writer, json) => {
      const value = json[name]
      if (isOptional && (value === undefined || value === null)) return
      write(writer, value)
      writer.varint(tag)
    }
  }

  #mapWriter(name: string, number: number, valueType: string): WriteField {
    const { wireType, write } = this.#valueWriter(valueType)
    const valueTag = tagOf(2, wireType)
    const tag = tagOf(number, LENGTH_DELIMITED)
    return (writer, json) => {
      const map = json[name]
      if (!isJsonObject(map)) return
      for (const key of sortByBytes(Object.keys(map)).reverse()) {
        const before = writer.length
        const value = map[key]
        if (valueType !== 'bytes' || (value !== null && value !== undefined)) {
          write(writer, value)
          writer.varint(valueTag)
        }
        writer.text(key)
        writer.varint(KEY_TAG)
        writer.varint(writer.length - before)
        writer.varint(tag)
      }
    }
  }

  #valueWriter(type: string): Scalar {
    const scalar = ownValue(SCALARS, type)
    if (scalar !== undefined) return scalar
    const write = this.messageWriter(type)
    return {
      wireType: LENGTH_DELIMITED,
      write(writer, value) {
        const before = writer.length
        write(writer, value)
        writer.varint(writer.length - before)
      },
    }
  }
}
