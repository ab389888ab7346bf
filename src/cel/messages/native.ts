/**
 * Values as fields of messages hold them (cel-go's ConvertToNative). What a `google.protobuf.Value` holds is JSON:
 * every number a double, bytes and times as text, integers that no double holds as well. What does not fit is told in
 * upstream's words, which differ from type to type.
 */
import { EvaluationError } from '../values/evaluation-error.ts'
import { JsonMap } from '../values/json.ts'
import { ArrayList, ListValue } from '../values/list.ts'
import { MapValue } from '../values/map.ts'
import { OptionalValue } from '../values/optional.ts'
import { DurationValue, TimestampValue } from '../values/time.ts'
import { BytesValue, DoubleValue, isInteger, OpaqueValue, TypeValue, typeOfValue, UintValue } from '../values/value.ts'
import type { Integer, Value } from '../values/value.ts'
import type { Type } from '../types/type.ts'
import { work } from '../values/work.ts'
import { MessageValue, StructMap } from './message-value.ts'
import type { FieldKind } from './well-known.ts'

/** `uint8`: a byte of bytes that are given as a list; `[]*structpb.Value`: the content of a list. */
type Target = FieldKind | 'uint8' | '[]*structpb.Value'

export function toNative(value: Value, target: Target): Value {
  if (target === '*structpb.Value') return toJson(value)
  const converted = value instanceof OptionalValue ? toNative(value.get(), target) : convert(value, target)
  if (converted === undefined) throw new EvaluationError(mismatch(value, target))
  return converted
}

/** Undefined where nothing is made of it. */
function convert(value: Value, target: Target): Value | undefined {
  if (typeof value === 'boolean') return target === 'bool' ? value : undefined
  if (typeof value === 'string') return target === 'string' ? value : undefined
  if (isInteger(value)) return convertInteger(value, target)
  if (value instanceof UintValue) return convertUint(value, target)
  if (value instanceof DoubleValue) return convertDouble(value, target)
  if (value instanceof BytesValue) return target === '[]uint8' ? value : undefined
  if (value instanceof ListValue) return convertList(value, target)
  if (value instanceof MapValue) return convertMap(value, target)
  return value instanceof OpaqueValue && target === 'string' ? value.asText : undefined
}

function convertInteger(value: Integer, target: Target): Value | undefined {
  if (target === 'int64') return value
  if (target !== 'int32' && target !== 'protoreflect.EnumNumber') return undefined
  if (value > 2 ** 31 - 1 || value < -(2 ** 31)) throw new EvaluationError('integer overflow')
  return value
}

function convertUint(value: UintValue, target: Target): Value | undefined {
  if (target === 'uint64') return value
  if (target !== 'uint32' && target !== 'uint8') return undefined
  if (value.value >= (target === 'uint8' ? 256n : 2n ** 32n)) throw new EvaluationError('unsigned integer overflow')
  return value
}

function convertDouble(value: DoubleValue, target: Target): Value | undefined {
  if (target === 'float64') return value
  return target === 'float32' ? new DoubleValue(Math.fround(value.value)) : undefined
}

function convertList(list: ListValue, target: Target): Value | undefined {
  // What schemas give is converted to nothing.
  if (!(list instanceof ArrayList)) return undefined
  if (target === '[]uint8') {
    const bytes = list.elements.map((element) => Number((toNative(element, 'uint8') as UintValue).value))
    return new BytesValue(Uint8Array.from(bytes))
  }
  return target === '*structpb.ListValue' || target === '[]*structpb.Value' ? jsonList(list) : undefined
}

function convertMap(map: MapValue, target: Target): Value | undefined {
  if (map instanceof JsonMap) return undefined
  if (target === '*structpb.Struct') return jsonStruct(map)
  // Go sets the message's own field by its name.
  return target === '*structpb.ListValue' ? listOfFields(map) : undefined
}

function listOfFields(map: MapValue): Value {
  let list: Value = new ArrayList([])
  for (const [key, value] of map.entries()) {
    const field = String(key).replace(/^[a-z]/, (letter) => letter.toUpperCase())
    if (field !== 'Values') {
      const problem = `type conversion error, no such field '${field}' in type 'structpb.ListValue'`
      throw new EvaluationError(problem)
    }
    list = toNative(value, '[]*structpb.Value')
  }
  return list
}

/** The elements of any list, each as JSON. */
export function jsonList(list: ListValue): ArrayList {
  return new ArrayList(list.toArray().map(toJson))
}

/** The entries of any map, each as JSON. */
export function jsonStruct(map: MapValue): StructMap {
  const fields = [...map.entries()].map(([key, value]) => [toNative(key, 'string') as string, toJson(value)] as const)
  return new StructMap(new Map(fields))
}

/** Steps of a value. */
const JSON_STEPS = 16

function toJson(value: Value): Value {
  work(JSON_STEPS)
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value
  if (isInteger(value)) return Number.isSafeInteger(value) ? new DoubleValue(Number(value)) : String(value)
  if (value instanceof DoubleValue) return value
  if (value instanceof UintValue) {
    return value.value <= Number.MAX_SAFE_INTEGER ? new DoubleValue(Number(value.value)) : String(value.value)
  }
  if (value instanceof BytesValue) return value.base64
  if (value instanceof DurationValue || value instanceof TimestampValue) return String(value)
  if (value instanceof OptionalValue) return toJson(value.get())
  if (value instanceof MessageValue) return new StructMap(value.fields)
  if (value instanceof ArrayList) return jsonList(value)
  if (value instanceof MapValue && !(value instanceof JsonMap)) return jsonStruct(value)
  throw new EvaluationError(mismatch(value, '*structpb.Value'))
}

/** `list(dyn)`: as Go prints the type of a value. */
export function printedType({ name, parameters }: Type): string {
  return parameters.length === 0 ? name : `${name}(${parameters.map(printedType).join(', ')})`
}

function mismatch(value: Value, target: Target): string {
  if (isInteger(value)) return `unsupported type conversion from 'int' to ${target}`
  if (value instanceof UintValue) return `unsupported type conversion from 'uint' to ${target}`
  if (typeof value === 'string') return `unsupported native conversion from string to '${target}'`
  if (value instanceof TypeValue) return "type conversion not supported for 'type'"
  return `type conversion error from ${sourceOf(value)} to '${target}'`
}

function sourceOf(value: Value): string {
  if (typeof value === 'boolean') return 'bool'
  if (value instanceof DoubleValue) return 'Double'
  if (value instanceof BytesValue) return 'Bytes'
  if (value instanceof ArrayList) return 'list'
  if (value instanceof MapValue && !(value instanceof JsonMap)) return 'map'
  if (value instanceof MessageValue) return "'*dynamicpb.Message'"
  if (value === null || value instanceof ListValue || value instanceof MapValue) {
    return `'${printedType(typeOfValue(value))}'`
  }
  const { name } = (value as OpaqueValue).type
  return `'${SHORT.get(name) ?? name}'`
}

/** Types of libraries and times go by the names that they have in Go. */
const SHORT: ReadonlyMap<string, string> = new Map([
  ['google.protobuf.Timestamp', 'Timestamp'], ['google.protobuf.Duration', 'Duration'],
  ['kubernetes.Quantity', 'Quantity'], ['kubernetes.URL', 'URL'], ['kubernetes.Semver', 'Semver'],
  ['kubernetes.NamedFormat', 'Format'], ['net.IP', 'IP'], ['net.CIDR', 'CIDR'],
])
