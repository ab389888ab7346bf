/**
 * Messages whose JSON is no object of their fields: quantities, times, integers or texts, raw JSON, and the
 * alternatives of a CRD's schema. Each says how its JSON is written as a message, and what a message that was read
 * is in JSON (k8s.io/apimachinery pkg/api/resource, pkg/apis/meta/v1/{time,micro_time}_proto.go, pkg/util/intstr;
 * k8s.io/apiextensions-apiserver pkg/apis/apiextensions/v1/marshal.go).
 */
import { formatTime } from '../../meta.ts'
import { JsonError, readJson } from '../json.ts'
import { RawJson } from '../raw/raw-json.ts'
import { decodeUtf8 } from '../utf8.ts'
import type { ByteWriter } from './byte-writer.ts'
import { ProtobufError } from './message-table.ts'

export type JsonMessage = Record<string, unknown>

/** Writes a message's fields as they are; for forms that only change which fields those are. */
export type WriteFields = (writer: ByteWriter, fields: JsonMessage) => void

export interface JsonForm {
  /** What errors call the message, if not by its own name. */
  readonly goName?: string
  /** Writes the message's content, without its length. `value` is undefined where JSON has nothing. */
  write(writer: ByteWriter, value: unknown, writeFields: WriteFields): void
  /** JSON of the fields that were read; `isEmpty`: not a byte was there. Undefined is no field at all. */
  read(fields: JsonMessage, isEmpty: boolean): unknown
}

/** Tags of the first three fields: number << 3 | wire type. */
const FIRST_VARINT = 0x08
const SECOND_VARINT = 0x10
const FIRST_BYTES = 0x0a
const THIRD_BYTES = 0x1a

const INT = 0
const STRING = 1

/** Seconds of Go's zero time, and the years that RFC 3339 can say. */
const ZERO_SECONDS = -62_135_596_800
const LAST_SECONDS = 253_402_300_799
const NANOS_OF_MICRO = 1_000

const quantity: JsonForm = {
  write(writer, value) {
    writer.text(typeof value === 'string' ? value : '0')
    writer.byte(FIRST_BYTES)
  },
  read: ({ string = '' }) => (string === '' ? '0' : string),
}

const intOrString: JsonForm = {
  write(writer, value) {
    const isText = typeof value === 'string'
    writer.text(isText ? value : '')
    writer.byte(THIRD_BYTES)
    writer.varint(typeof value === 'number' ? value : 0)
    writer.byte(SECOND_VARINT)
    writer.varint(isText ? STRING : INT)
    writer.byte(FIRST_VARINT)
  },
  read({ type = INT, intVal = 0, strVal = '' }) {
    if (type === INT) return intVal
    if (type === STRING) return strVal
    throw new ProtobufError('impossible IntOrString.Type')
  },
}

function writeTime(writer: ByteWriter, text: unknown, nanos: (text: string) => number): void {
  if (typeof text !== 'string') return
  const seconds = secondsOf(text)
  const fraction = nanos(text)
  // Go's zero time is an empty message.
  if (Number.isNaN(seconds) || (seconds === ZERO_SECONDS && fraction === 0)) return
  writer.varint(fraction)
  writer.byte(SECOND_VARINT)
  writer.varint(seconds)
  writer.byte(FIRST_VARINT)
}

/** An object's times are much the same: the one before is remembered in both directions. */
let [parsedText, parsedSeconds] = ['', Number.NaN]
let [lastText, lastSeconds] = ['', Number.NaN]

function secondsOf(text: string): number {
  if (text !== parsedText) [parsedText, parsedSeconds] = [text, Math.floor(Date.parse(text) / 1_000)]
  return parsedSeconds
}

/** RFC 3339 of seconds, without a fraction. */
function secondsText(seconds: unknown): string {
  const value = Number(seconds ?? 0)
  if (value < ZERO_SECONDS || value > LAST_SECONDS) throw new ProtobufError('a time is outside of the years 1 to 9999')
  if (value !== lastSeconds) [lastText, lastSeconds] = [formatTime(value * 1_000), value]
  return lastText
}

const time: JsonForm = {
  goName: 'Timestamp',
  write: (writer, value) => writeTime(writer, value, () => 0),
  read: ({ seconds }, isEmpty) => (isEmpty ? undefined : secondsText(seconds)),
}

const microTime: JsonForm = {
  goName: 'Timestamp',
  write: (writer, value) =>
    writeTime(writer, value, (text) => Number((/\.(\d{1,6})/.exec(text)?.[1] ?? '').padEnd(6, '0')) * NANOS_OF_MICRO),
  read({ seconds, nanos }, isEmpty) {
    if (isEmpty) return undefined
    const micros = Math.trunc(Number(nanos ?? 0) / NANOS_OF_MICRO)
    if (micros < 0 || micros > 999_999) throw new ProtobufError('nanoseconds of a time are outside of their second')
    return `${secondsText(seconds).slice(0, -1)}.${String(micros).padStart(6, '0')}Z`
  },
}

const rawExtension: JsonForm = {
  write(writer, value) {
    if (value === undefined || value === null) return
    writer.text(value instanceof RawJson ? value.text : JSON.stringify(value))
    writer.byte(FIRST_BYTES)
  },
  read({ raw }) {
    if (!(raw instanceof Uint8Array) || raw.length === 0) return undefined
    const text = decodeUtf8(raw).text
    checkJson(text)
    return text === 'null' ? null : new RawJson(text)
  },
}

/** @throws ProtobufError */
function checkJson(text: string): unknown {
  try {
    return readJson(text)
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    throw new ProtobufError(error.message)
  }
}

/** JSON inside of protobuf. `ofNothing` is what no bytes are. */
function rawJson(field: string, ofNothing: null | undefined): JsonForm {
  return {
    write(writer, value) {
      if (value === undefined || value === null) return
      writer.text(JSON.stringify(value))
      writer.byte(FIRST_BYTES)
    },
    read(fields) {
      const raw = fields[field]
      if (!(raw instanceof Uint8Array) || raw.length === 0) return ofNothing
      return checkJson(new TextDecoder().decode(raw))
    },
  }
}

/** A list by itself in JSON (authentication.v1.ExtraValue). */
const items: JsonForm = {
  write: (writer, value, writeFields) => writeFields(writer, { items: value }),
  read: ({ items: list = [] }) => list,
}

/** One schema, or something else: what it is besides is told by `other`. */
function schemaOr(field: string, ofNothing: unknown): JsonForm {
  return {
    write(writer, value, writeFields) {
      if (value === undefined || value === null) writeFields(writer, {})
      else if (Array.isArray(value) || typeof value !== 'object') writeFields(writer, { [field]: value })
      // Go sets `allows` with a schema, too.
      else writeFields(writer, { schema: value, ...(field === 'allows' ? { allows: true } : {}) })
    },
    read(fields) {
      const list = fields[field]
      if (Array.isArray(list) && list.length > 0) return list
      return fields['schema'] ?? list ?? ofNothing
    },
  }
}

export const JSON_FORMS: Readonly<Record<string, JsonForm>> = {
  Quantity: quantity,
  IntOrString: intOrString,
  RawExtension: rawExtension,
  'meta.v1.Time': time,
  'meta.v1.MicroTime': microTime,
  'meta.v1.FieldsV1': rawJson('Raw', undefined),
  'meta.v1.Verbs': items,
  'apiextensions.v1.JSON': rawJson('raw', null),
  'apiextensions.v1.JSONSchemaPropsOrArray': schemaOr('jSONSchemas', null),
  'apiextensions.v1.JSONSchemaPropsOrBool': schemaOr('allows', false),
  'apiextensions.v1.JSONSchemaPropsOrStringArray': schemaOr('property', null),
  'authentication.v1.ExtraValue': items,
  'authorization.v1.ExtraValue': items,
  'certificates.v1.ExtraValue': items,
}
