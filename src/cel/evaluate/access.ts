/**
 * Selection and indexing. A chain (`a.b[0].c`) is one attribute to cel-go: its start costs 1, unless it is tested with
 * has() or stands in a branch of `?:`, and each step 1 more. Once a step of a chain is optional, so is what follows.
 */
import { MessageValue } from '../messages/message-value.ts'
import { EvaluationError, noSuchOverload } from '../values/evaluation-error.ts'
import { JsonMap } from '../values/json.ts'
import { ArrayList, ListValue } from '../values/list.ts'
import { MapValue } from '../values/map.ts'
import { OptionalValue } from '../values/optional.ts'
import { formatValue } from '../values/format-value.ts'
import { DoubleValue, isInteger, typeOfValue, UintValue, type Integer, type Value } from '../values/value.ts'
import { normalize } from '../values/integer.ts'
import type { Frame, Step } from './frame.ts'

/** Whether an optional step into what has no fields leads nowhere (true), or fails. */
type Lenience = boolean

export function select(operand: Step, field: string, isLenient: Lenience): Step {
  return (frame) => {
    const target = operand(frame)
    return target instanceof MapValue ? chargedGet(frame, target, field) : qualify(frame, target, field, isLenient)
  }
}

function chargedGet(frame: Frame, target: MapValue, key: Value): Value {
  frame.charge(1)
  return target.get(key)
}

/** Through an optional, a step that leads nowhere answers none instead of failing. */
function qualify(frame: Frame, target: Value, key: Value, isLenient: Lenience): Value {
  if (!(target instanceof OptionalValue)) {
    frame.charge(1)
    return lookUp(target, checkedKey(key))
  }
  return optionalStep(frame, target, key, isLenient)
}

/** In what is not there nothing is looked for, and nobody asks under which key. */
function isNone(target: Value): boolean {
  return target instanceof OptionalValue && target.content === undefined
}

export function optionalSelect(operand: Step, key: Step, isLenient: Lenience): Step {
  return (frame) => {
    const target = operand(frame)
    return isNone(target) ? OptionalValue.none : optionalStep(frame, target, key(frame), isLenient)
  }
}

function optionalStep(frame: Frame, target: Value, key: Value, isLenient: Lenience): OptionalValue {
  const content = target instanceof OptionalValue ? target.content : target
  const found = content === undefined ? undefined : findIn(content, checkedKey(key), isLenient)
  if (found === undefined) return OptionalValue.none
  frame.charge(1)
  return OptionalValue.of(found)
}

export function index(operand: Step, key: Step, isLenient: Lenience): Step {
  return (frame) => {
    const target = operand(frame)
    return isNone(target) ? OptionalValue.none : qualify(frame, target, key(frame), isLenient)
  }
}

/** Of what nothing can be found under, whatever it is looked for in, cel-go names the type as Go does. */
export function checkedKey(key: Value): Value {
  if (typeof key === 'object' && !(key instanceof UintValue || key instanceof DoubleValue)) {
    throw new EvaluationError(`invalid qualifier type: ${goTypeOf(key)}`)
  }
  return key
}

const GO_TYPES: ReadonlyMap<string, string> = new Map([
  ['null_type', 'types.Null'], ['bytes', 'types.Bytes'], ['type', '*types.Type'], ['optional_type', '*types.Optional'],
  ['google.protobuf.Timestamp', 'types.Timestamp'], ['google.protobuf.Duration', 'types.Duration'],
  ['kubernetes.Quantity', 'cel.Quantity'], ['kubernetes.URL', 'cel.URL'], ['kubernetes.Semver', 'cel.Semver'],
  ['net.IP', 'cel.IP'], ['net.CIDR', 'cel.CIDR'], ['kubernetes.NamedFormat', 'cel.Format'], ['bool', 'types.Bool'],
  ['int', 'types.Int'], ['uint', 'types.Uint'], ['double', 'types.Double'], ['string', 'types.String'],
])

/** The type of a value in Go, which some messages tell. */
export function goTypeOf(key: Value): string {
  if (key instanceof JsonMap) return '*common.unstructuredMap'
  if (key instanceof MapValue) return '*types.baseMap'
  if (key instanceof MessageValue) return '*types.protoObj'
  if (key instanceof ArrayList) return '*types.baseList'
  if (key instanceof ListValue) return '*common.unstructuredList'
  const { name } = typeOfValue(key)
  return GO_TYPES.get(name) ?? name
}

function lookUp(target: Value, key: Value): Value {
  if (target instanceof MapValue) return target.get(key)
  if (target instanceof ListValue) return target.get(indexOf(key))
  if (target instanceof MessageValue) return target.get(key)
  throw missing(key)
}

/** What has no fields has not this one. */
function missing(key: Value): EvaluationError {
  return new EvaluationError(`no such key: ${formatValue(key)}`)
}

function findIn(target: Value, key: Value, isLenient: Lenience): Value | undefined {
  if (target instanceof JsonMap && typeof key !== 'string') throw noSuchOverload()
  if (target instanceof MapValue) return target.find(key)
  if (target instanceof MessageValue) return target.has(key) ? target.get(key) : undefined
  if (!(target instanceof ListValue)) {
    if (isLenient) return undefined
    throw missing(key)
  }
  const at = indexOf(key)
  return typeof at === 'number' && at >= 0 && at < target.length ? target.at(at) : undefined
}

/** A whole number of any kind. */
function indexOf(key: Value): Integer {
  if (isInteger(key)) return key
  if (key instanceof UintValue) return normalize(key.value)
  if (key instanceof DoubleValue && Number.isSafeInteger(key.value)) return key.value + 0
  throw new EvaluationError(
    key instanceof DoubleValue
      ? `unsupported index value ${formatValue(key)} in list`
      : `unsupported index type '${typeOfValue(key).name}' in list`,
  )
}

export function presence(operand: Step, field: string): Step {
  return (frame) => {
    const target = operand(frame)
    frame.charge(1)
    const content = target instanceof OptionalValue ? target.content : target
    if (content instanceof MapValue || content instanceof MessageValue) return content.has(field)
    if (content instanceof ListValue) throw new EvaluationError("unsupported index type 'string' in list")
    return false
  }
}
