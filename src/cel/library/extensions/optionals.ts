/** Optional values (cel-go cel/library.go, version 2), `cel.bind` and comprehensions with two variables. */
import { MessageValue } from '../../messages/message-value.ts'
import { BIND, OPTIONAL_MACROS, TWO_VARIABLE_MACROS } from '../../syntax/macros.ts'
import { declareFunction, member, overload } from '../../types/declarations.ts'
import { BOOL, listOf, mapOf, opaqueType, optionalOf, typeParameter } from '../../types/type.ts'
import { EvaluationError } from '../../values/evaluation-error.ts'
import { formatValue } from '../../values/format-value.ts'
import type { ListValue } from '../../values/list.ts';
import { ArrayList } from '../../values/list.ts'
import type { MapValue } from '../../values/map.ts';
import { EntryMap } from '../../values/map.ts'
import { OptionalValue } from '../../values/optional.ts'
import { DurationValue, MIN_SECONDS, TimestampValue } from '../../values/time.ts'
import { DoubleValue, sizeOf, UintValue, type Value } from '../../values/value.ts'
import { work } from '../../values/work.ts'
import type { Library } from '../library.ts'
import { OPTIONAL_ACCESS } from '../standard/operators.ts'

const V = typeParameter('V')
const K = typeParameter('K')
const OPTIONAL_V = optionalOf(V)
const LIST_V = listOf(V)
const MAP = mapOf(K, V)

/** Zero, empty or null. */
function isZero(value: Value): boolean {
  if (value === null || value === false || value === 0 || value === '') return true
  if (typeof value !== 'object') return false
  if (value instanceof DoubleValue) return value.value === 0
  if (value instanceof UintValue) return value.value === 0n
  if (value instanceof OptionalValue) return value.content === undefined
  if (value instanceof MessageValue) return value.isEmpty
  if (value instanceof DurationValue) return value.nanos === 0n
  // Go's zero time: the first second of year 1.
  if (value instanceof TimestampValue) return value.seconds === MIN_SECONDS && value.nanos === 0
  return value.length === 0
}

/** Steps of an element. */
const UNWRAPPING = 8

function unwrap(list: Value): Value {
  work(UNWRAPPING * sizeOf(list))
  const contents = (list as ListValue).toArray().flatMap((element) => {
    if (!(element instanceof OptionalValue)) {
      throw new EvaluationError(`value ${formatValue(element)} is not optional`)
    }
    return element.content === undefined ? [] : [element.content]
  })
  return new ArrayList(contents)
}

function elementAt(list: Value, index: (length: number) => number): Value {
  const size = sizeOf(list)
  return size === 0 ? OptionalValue.none : OptionalValue.of((list as ListValue).at(index(size)))
}

/** `or` and `orValue` are operators of `evaluate/logic.ts`; they are never called. */
const byOperator = (): Value => null

export const OPTIONALS: Library = {
  macros: OPTIONAL_MACROS,
  types: [['optional_type', opaqueType('optional_type')]],
  functions: [
    ...OPTIONAL_ACCESS,
    declareFunction('optional.of', overload('optional_of', [V], OPTIONAL_V, (value) => OptionalValue.of(value))),
    declareFunction(
      'optional.ofNonZeroValue',
      overload('optional_ofNonZeroValue', [V], OPTIONAL_V, (value) =>
        isZero(value) ? OptionalValue.none : OptionalValue.of(value),
      ),
    ),
    declareFunction('optional.none', overload('optional_none', [], OPTIONAL_V, () => OptionalValue.none)),
    declareFunction(
      'value',
      member('optional_value', [OPTIONAL_V], V, (optional) => (optional as OptionalValue).get()),
    ),
    declareFunction(
      'hasValue',
      member('optional_hasValue', [OPTIONAL_V], BOOL, (optional) => (optional as OptionalValue).content !== undefined),
    ),
    declareFunction('or', member('optional_or_optional', [OPTIONAL_V, OPTIONAL_V], OPTIONAL_V, byOperator)),
    declareFunction('orValue', member('optional_orValue_value', [OPTIONAL_V, V], V, byOperator)),
    declareFunction('first', member('list_first', [LIST_V], OPTIONAL_V, (list) => elementAt(list, () => 0))),
    declareFunction('last', member('list_last', [LIST_V], OPTIONAL_V, (list) => elementAt(list, (size) => size - 1))),
    declareFunction('optional.unwrap', overload('optional_unwrap', [listOf(OPTIONAL_V)], LIST_V, unwrap)),
    declareFunction('unwrapOpt', member('optional_unwrapOpt', [listOf(OPTIONAL_V)], LIST_V, unwrap)),
  ],
}

const entriesOf = (map: Value): Iterable<readonly [Value, Value]> => (map as MapValue).entries()

function insert(map: Value, entries: Iterable<readonly [Value, Value]>): Value {
  return map instanceof EntryMap ? map.with(entries) : EntryMap.of(entriesOf(map)).with(entries)
}

export const TWO_VARIABLE_COMPREHENSIONS: Library = {
  macros: TWO_VARIABLE_MACROS,
  functions: [
    declareFunction(
      'cel.@mapInsert',
      overload('@mapInsert_map_key_value', [MAP, K, V], MAP, (map, key, value) => insert(map, [[key, value]])),
      overload('@mapInsert_map_map', [MAP, MAP], MAP, (map, other) => insert(map, entriesOf(other))),
    ),
  ],
}

export const BINDINGS: Library = { macros: [BIND], functions: [] }

