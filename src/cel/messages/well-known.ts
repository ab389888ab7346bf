/**
 * The messages of protocol buffers that every environment knows: the well-known types of google.protobuf (cel-go
 * common/types/pb/pb.go). Rules write them as literals (`google.protobuf.Int64Value{value: 1}`) and get what they stand
 * for: an int, a map, a duration. Only two stay messages, `Empty` and an entry of `Struct`.
 */
import * as types from '../types/type.ts'
import type { Type } from '../types/type.ts'

/** How a field is held; the names are those of Go, which errors quote. */
export type FieldKind =
  | 'bool' | 'int32' | 'int64' | 'uint32' | 'uint64' | 'float32' | 'float64' | 'string' | '[]uint8'
  | 'protoreflect.EnumNumber' | '*structpb.Value' | '*structpb.Struct' | '*structpb.ListValue'
  | 'entries' | 'elements'

export interface MessageField {
  readonly kind: FieldKind
  /** What an expression may give for it. */
  readonly type: Type
}

export interface Message {
  readonly name: string
  /** Of what a literal of it comes to. */
  readonly type: Type
  readonly fields: ReadonlyMap<string, MessageField>
}

const LIST = types.listOf(types.DYN)
const MAP = types.mapOf(types.STRING, types.DYN)

const FIELD_TYPES: Readonly<Record<FieldKind, Type>> = {
  bool: types.BOOL, int32: types.INT, int64: types.INT, uint32: types.UINT, uint64: types.UINT,
  float32: types.DOUBLE, float64: types.DOUBLE, string: types.STRING, '[]uint8': types.BYTES,
  'protoreflect.EnumNumber': types.INT, '*structpb.Value': types.DYN, '*structpb.Struct': MAP,
  '*structpb.ListValue': LIST, entries: MAP, elements: LIST,
}

function message(short: string, type: Type, fields: Readonly<Record<string, FieldKind>>): Message {
  const entries = Object.entries(fields).map(([name, kind]) => [name, { kind, type: FIELD_TYPES[kind] }] as const)
  return { name: `google.protobuf.${short}`, type, fields: new Map(entries) }
}

const wrapper = (short: string, kind: FieldKind): Message =>
  message(short, types.wrapperOf(FIELD_TYPES[kind]), { value: kind })

export const EMPTY = message('Empty', types.objectType('google.protobuf.Empty'), {})
export const STRUCT_ENTRY = message('Struct.FieldsEntry', types.objectType('google.protobuf.Struct.FieldsEntry'), {
  key: 'string', value: '*structpb.Value',
})

export const MESSAGES: ReadonlyMap<string, Message> = new Map(
  [
    message('Any', types.ANY, { type_url: 'string', value: '[]uint8' }),
    wrapper('BoolValue', 'bool'), wrapper('BytesValue', '[]uint8'), wrapper('DoubleValue', 'float64'),
    wrapper('FloatValue', 'float32'), wrapper('Int32Value', 'int32'), wrapper('Int64Value', 'int64'),
    wrapper('StringValue', 'string'), wrapper('UInt32Value', 'uint32'), wrapper('UInt64Value', 'uint64'),
    message('Duration', types.DURATION, { seconds: 'int64', nanos: 'int32' }),
    message('Timestamp', types.TIMESTAMP, { seconds: 'int64', nanos: 'int32' }),
    message('ListValue', LIST, { values: 'elements' }),
    message('Struct', MAP, { fields: 'entries' }),
    message('Value', types.DYN, {
      null_value: 'protoreflect.EnumNumber', number_value: 'float64', string_value: 'string', bool_value: 'bool',
      struct_value: '*structpb.Struct', list_value: '*structpb.ListValue',
    }),
    EMPTY, STRUCT_ENTRY,
  ].map((one) => [one.name, one]),
)

/** Values of enums, which are constants. */
export const ENUM_VALUES: ReadonlyMap<string, number> = new Map([['google.protobuf.NullValue.NULL_VALUE', 0]])

/** The message that a literal of this type sets the fields of; upstream takes the widest of several. */
const WIDEST: Partial<Record<Type['kind'], string>> = {
  any: 'Any', bool: 'BoolValue', bytes: 'BytesValue', double: 'DoubleValue', duration: 'Duration', dyn: 'Value',
  int: 'Int64Value', list: 'ListValue', null: 'NullValue', map: 'Struct', string: 'StringValue',
  timestamp: 'Timestamp', uint: 'UInt64Value',
}
const UNWRAPPED = new Set<Type['kind']>(['any', 'timestamp', 'duration', 'dyn', 'null'])

/** Undefined for what is no message. */
export function messageNameOf(type: Type): string | undefined {
  const isMessage = UNWRAPPED.has(type.kind) || type.isNullable || type === LIST || type === MAP
  const short = isMessage ? WIDEST[type.kind] : undefined
  return short === undefined ? undefined : `google.protobuf.${short}`
}
