/** Arithmetic and comparison (cel-spec doc/langdef.md). Integer overflow is an error, doubles follow IEEE 754. */
import { addRanges, argumentSize, fixed, joinRanges, scaleRange, STRING_FACTOR } from '../../types/call-cost.ts'
import type { CallCost } from '../../types/call-cost.ts'
import { minCost } from '../../types/cost.ts'
import { declareFunction, overload, type FunctionDeclaration, type Overload } from '../../types/declarations.ts'
import { BOOL, BYTES, DOUBLE, DURATION, DYN, INT, STRING, TIMESTAMP, UINT, listOf, mapOf } from '../../types/type.ts'
import { optionalOf, typeParameter, type Type } from '../../types/type.ts'
import { compareValues } from '../../values/equality.ts'
import { assertResultLength, EvaluationError } from '../../values/evaluation-error.ts'
import * as integer from '../../values/integer.ts'
import type { ListValue } from '../../values/list.ts'
import type { MapValue } from '../../values/map.ts'
import type { TimestampValue } from '../../values/time.ts';
import { DurationValue } from '../../values/time.ts'
import { BytesValue, DoubleValue, UintValue, type Integer, type Value } from '../../values/value.ts'

const A = typeParameter('A')
const B = typeParameter('B')
const LIST_A = listOf(A)
const MAP_AB = mapOf(A, B)

/** Arguments as what the overload's signature says they are. */
const asInt = (value: Value): Integer => value as Integer
const asDouble = (value: Value): number => (value as DoubleValue).value
const asUint = (value: Value): bigint => (value as UintValue).value
const asNanos = (value: Value): bigint => (value as DurationValue).nanos
const asTime = (value: Value): TimestampValue => value as TimestampValue

/** Both texts are copied. */
const CONCATENATION: CallCost = {
  estimate: (args) => {
    const size = addRanges(args.size(0), args.size(1))
    return { cost: scaleRange(size, STRING_FACTOR), size }
  },
  actual: (args) => Math.ceil((argumentSize(args, 0) + argumentSize(args, 1)) * STRING_FACTOR),
}

/** Until the shorter one ends. */
const COMPARISON: CallCost = {
  estimate: (args) => {
    const max = minCost(args.size(0).max, args.size(1).max)
    return { cost: scaleRange({ min: max > 0 ? 1 : 0, max }, STRING_FACTOR) }
  },
  actual: (args) => Math.ceil(Math.min(argumentSize(args, 0), argumentSize(args, 1)) * STRING_FACTOR),
}

const ints = (id: string, call: (one: Integer, other: Integer) => Integer): Overload =>
  overload(`${id}_int64`, [INT, INT], INT, (one, other) => call(asInt(one), asInt(other)))
const uints = (id: string, call: (one: bigint, other: bigint) => bigint): Overload =>
  overload(`${id}_uint64`, [UINT, UINT], UINT, (one, other) => new UintValue(call(asUint(one), asUint(other))))
const doubles = (id: string, call: (one: number, other: number) => number): Overload =>
  overload(`${id}_double`, [DOUBLE, DOUBLE], DOUBLE, (one, other) =>
    new DoubleValue(call(asDouble(one), asDouble(other))),
  )

function concatenateTexts(one: Value, other: Value): Value {
  const [left, right] = [one as string, other as string]
  assertResultLength(left.length + right.length)
  return left + right
}

function concatenateBytes(one: Value, other: Value): Value {
  const [left, right] = [(one as BytesValue).data, (other as BytesValue).data]
  assertResultLength(left.length + right.length)
  const joined = new Uint8Array(left.length + right.length)
  joined.set(left)
  joined.set(right, left.length)
  return new BytesValue(joined)
}

const LIST_CONCATENATION: CallCost = {
  estimate: (args) => ({ cost: fixed(1), size: addRanges(args.size(0), args.size(1)) }),
  actual: () => 1,
}

const ADD = declareFunction(
  '_+_',
  overload('add_bytes', [BYTES, BYTES], BYTES, concatenateBytes, { cost: CONCATENATION }),
  doubles('add', (one, other) => one + other),
  overload('add_duration_duration', [DURATION, DURATION], DURATION, (one, other) =>
    DurationValue.checked(asNanos(one) + asNanos(other)),
  ),
  overload('add_duration_timestamp', [DURATION, TIMESTAMP], TIMESTAMP, (one, other) =>
    asTime(other).plus(asNanos(one)),
  ),
  overload('add_timestamp_duration', [TIMESTAMP, DURATION], TIMESTAMP, (one, other) =>
    asTime(one).plus(asNanos(other)),
  ),
  ints('add', integer.addIntegers),
  overload('add_list', [LIST_A, LIST_A], LIST_A, concatenateLists, { cost: LIST_CONCATENATION }),
  overload('add_string', [STRING, STRING], STRING, concatenateTexts, { cost: CONCATENATION }),
  uints('add', (one, other) => integer.checkedUint(one + other)),
)

function concatenateLists(one: Value, other: Value): Value {
  const [left, right] = [one as ListValue, other as ListValue]
  assertResultLength(left.length + right.length)
  return left.concat(right)
}

function divided(one: bigint, other: bigint): bigint {
  if (other === 0n) throw new EvaluationError('division by zero')
  return one / other
}

function remainder(one: bigint, other: bigint): bigint {
  if (other === 0n) throw new EvaluationError('modulus by zero')
  return one % other
}

const ARITHMETIC: readonly FunctionDeclaration[] = [
  ADD,
  declareFunction(
    '_-_',
    doubles('subtract', (one, other) => one - other),
    overload('subtract_duration_duration', [DURATION, DURATION], DURATION, (one, other) =>
      DurationValue.checked(asNanos(one) - asNanos(other)),
    ),
    ints('subtract', integer.subtractIntegers),
    overload('subtract_timestamp_duration', [TIMESTAMP, DURATION], TIMESTAMP, (one, other) =>
      asTime(one).plus(-asNanos(other)),
    ),
    overload('subtract_timestamp_timestamp', [TIMESTAMP, TIMESTAMP], DURATION, (one, other) =>
      asTime(one).minus(asTime(other)),
    ),
    uints('subtract', (one, other) => integer.checkedUint(one - other)),
  ),
  declareFunction(
    '_*_',
    doubles('multiply', (one, other) => one * other),
    ints('multiply', integer.multiplyIntegers),
    uints('multiply', (one, other) => integer.checkedUint(one * other)),
  ),
  declareFunction(
    '_/_',
    doubles('divide', (one, other) => one / other),
    ints('divide', integer.divideIntegers),
    uints('divide', divided),
  ),
  declareFunction('_%_', ints('modulo', integer.remainderOfIntegers), uints('modulo', remainder)),
  declareFunction(
    '-_',
    overload('negate_double', [DOUBLE], DOUBLE, (value) => new DoubleValue(-asDouble(value))),
    overload('negate_int64', [INT], INT, (value) => integer.negateInteger(asInt(value))),
  ),
]

/** Kinds that compare with each other, and how cel-go names them in overloads. */
const NUMBERS: readonly (readonly [string, Type])[] = [['int64', INT], ['uint64', UINT], ['double', DOUBLE]]
const OTHERS: readonly (readonly [string, Type])[] = [
  ['bool', BOOL], ['string', STRING], ['bytes', BYTES], ['timestamp', TIMESTAMP], ['duration', DURATION],
]

function comparison(name: string, id: string, isTrue: (order: number) => boolean): FunctionDeclaration {
  const call = (one: Value, other: Value): Value => {
    const order = compareValues(one, other)
    return order !== undefined && isTrue(order)
  }
  const options = (type: Type): { cost?: CallCost } => (type === STRING || type === BYTES ? { cost: COMPARISON } : {})
  const same = [...NUMBERS, ...OTHERS].map(([suffix, type]) =>
    overload(`${id}_${suffix}`, [type, type], BOOL, call, options(type)),
  )
  const mixed = NUMBERS.flatMap(([left, one]) =>
    NUMBERS.filter(([right]) => right !== left).map(([right, other]) =>
      overload(`${id}_${left}_${right}`, [one, other], BOOL, call),
    ),
  )
  return declareFunction(name, ...same, ...mixed)
}

const EQUALITY = { cost: COMPARISON }
const LOGICAL: CallCost = {
  estimate: () => ({ cost: fixed(0) }),
  actual: () => 0,
}
/** The size of a conditional is that of one of its branches; what the branches cost is the estimator's business. */
const CONDITIONAL: CallCost = {
  estimate: (args) => ({ cost: fixed(0), size: joinRanges(args.size(1), args.size(2)) }),
  actual: () => 0,
}
const MEMBERSHIP: CallCost = {
  estimate: (args) => ({ cost: args.size(1) }),
  actual: (args) => argumentSize(args, 1),
}

export const OPERATORS: readonly FunctionDeclaration[] = [
  declareFunction('_?_:_', { ...overload('conditional', [BOOL, A, A], A), cost: CONDITIONAL }),
  declareFunction('_&&_', { ...overload('logical_and', [BOOL, BOOL], BOOL), cost: LOGICAL }),
  declareFunction('_||_', { ...overload('logical_or', [BOOL, BOOL], BOOL), cost: LOGICAL }),
  declareFunction('!_', overload('logical_not', [BOOL], BOOL, (value) => value === false)),
  declareFunction('@not_strictly_false', overload('not_strictly_false', [BOOL], BOOL)),
  declareFunction('_==_', { ...overload('equals', [A, A], BOOL), ...EQUALITY }),
  declareFunction('_!=_', { ...overload('not_equals', [A, A], BOOL), ...EQUALITY }),
  ...ARITHMETIC,
  comparison('_<_', 'less', (order) => order < 0),
  comparison('_<=_', 'less_equals', (order) => order <= 0),
  comparison('_>_', 'greater', (order) => order > 0),
  comparison('_>=_', 'greater_equals', (order) => order >= 0),
  declareFunction('_[_]', overload('index_list', [LIST_A, INT], A), overload('index_map', [MAP_AB, A], B)),
  declareFunction(
    '@in',
    overload('in_list', [A, LIST_A], BOOL, (value, list) => (list as ListValue).contains(value), { cost: MEMBERSHIP }),
    overload('in_map', [A, MAP_AB], BOOL, (key, map) => (map as MapValue).has(key)),
  ),
]

/** Selection and indexing that answer an optional. */
export const OPTIONAL_ACCESS: readonly FunctionDeclaration[] = [
  declareFunction('_?._', overload('select_optional_field', [DYN, STRING], optionalOf(B))),
  declareFunction(
    '_[?_]',
    overload('list_optindex_optional_int', [LIST_A, INT], optionalOf(A)),
    overload('optional_list_optindex_optional_int', [optionalOf(LIST_A), INT], optionalOf(A)),
    overload('map_optindex_optional_value', [MAP_AB, A], optionalOf(B)),
    overload('optional_map_optindex_optional_value', [optionalOf(MAP_AB), A], optionalOf(B)),
  ),
  declareFunction(
    '_[_]',
    overload('optional_list_index_int', [optionalOf(LIST_A), INT], optionalOf(A)),
    overload('optional_map_index_value', [optionalOf(MAP_AB), A], optionalOf(B)),
  ),
]
