/** Kubernetes' functions of lists (apiserver pkg/cel/library/lists.go). */
import { addIntegers, checkedUint } from '../../values/integer.ts'
import { declareFunction, member, type FunctionDeclaration } from '../../types/declarations.ts'
import { BOOL, DOUBLE, DURATION, INT, UINT, listOf, typeParameter, type Type } from '../../types/type.ts'
import { areEqual, compareValues } from '../../values/equality.ts'
import { EvaluationError, noSuchOverload } from '../../values/evaluation-error.ts'
import type { ListValue } from '../../values/list.ts'
import { DurationValue } from '../../values/time.ts'
import { DoubleValue, typeOfValue, UintValue, type Integer, type Value } from '../../values/value.ts'
import { COMPARABLE } from '../extensions/lists.ts'
import { TRAVERSAL_OF_FIRST } from '../extensions/traversal-cost.ts'
import type { Library } from '../library.ts'

const A = typeParameter('A')
const COST = { cost: TRAVERSAL_OF_FIRST }
/** How upstream names types in overloads. */
const nameOf = ({ kind }: Type): string => kind

const elementsOf = (list: Value): readonly Value[] => (list as ListValue).toArray()

/** undefined: each of them compares, but not with the other; upstream does not look at what it is told then. */
function orderOf(one: Value, other: Value): number | undefined {
  if (!isComparable(other)) throw noSuchOverload()
  return typeOfValue(one).kind === typeOfValue(other).kind || areNumbers(one, other)
    ? compareValues(one, other)
    : undefined
}

function isComparable(value: Value): boolean {
  const { kind } = typeOfValue(value)
  return COMPARABLE.some((type) => type.kind === kind)
}

function areNumbers(...values: readonly Value[]): boolean {
  return values.every((value) => NUMBERS.has(typeOfValue(value).kind))
}

const NUMBERS: ReadonlySet<string> = new Set([INT.kind, UINT.kind, DOUBLE.kind])

function isSorted(list: Value): boolean {
  const elements = elementsOf(list)
  return elements.every((element, index) => {
    const previous = elements[index - 1]
    if (previous !== undefined) return orderOf(previous, element) !== 1
    if (!isComparable(element)) throw noSuchOverload()
    return true
  })
}

function extreme(name: 'max' | 'min', order: 1 | -1): FunctionDeclaration {
  const pick = (list: Value): Value => {
    const [first, ...rest] = elementsOf(list)
    if (first === undefined) throw new EvaluationError(`${name} called on empty list`)
    if (!isComparable(first)) throw noSuchOverload()
    return rest.reduce((best, next) => (orderOf(best, next) === -order ? next : best), first)
  }
  const overloads = COMPARABLE.map((type) =>
    member(`list_${nameOf(type)}_${name}_${nameOf(type)}`, [listOf(type)], type, pick, COST),
  )
  return declareFunction(name, ...overloads)
}

const nanosOf = (value: Value): bigint => (value as DurationValue).nanos
const SUMS: readonly (readonly [Type, Value, (one: Value, other: Value) => Value])[] = [
  [INT, 0, (one, other) => addIntegers(one as Integer, other as Integer)],
  [UINT, new UintValue(0n), (one, other) =>
    new UintValue(checkedUint((one as UintValue).value + (other as UintValue).value))],
  [DOUBLE, new DoubleValue(0), (one, other) =>
    new DoubleValue((one as DoubleValue).value + (other as DoubleValue).value)],
  [DURATION, new DurationValue(0n), (one, other) => DurationValue.checked(nanosOf(one) + nanosOf(other))],
]

const indexOf = (list: Value, item: Value): Value => elementsOf(list).findIndex((element) => areEqual(element, item))
const lastIndexOf = (list: Value, item: Value): Value =>
  elementsOf(list).findLastIndex((element) => areEqual(element, item))

export const KUBERNETES_LISTS: Library = {
  functions: [
    declareFunction(
      'isSorted',
      ...COMPARABLE.map((type) =>
        member(`list_${nameOf(type)}_is_sorted_bool`, [listOf(type)], BOOL, isSorted, COST),
      ),
    ),
    declareFunction(
      'sum',
      ...SUMS.map(([type, zero, add]) => {
        const id = `list_${nameOf(type)}_sum_${nameOf(type)}`
        const sum = (list: Value): Value =>
          elementsOf(list).reduce<Value>((total, element) => {
            // Only the first element of a dynamic list was looked at.
            if (typeOfValue(element).kind !== type.kind) throw noSuchOverload()
            return add(total, element)
          }, zero)
        return member(id, [listOf(type)], type, sum, COST)
      }),
    ),
    extreme('max', 1),
    extreme('min', -1),
    declareFunction('indexOf', member('list_a_index_of_int', [listOf(A), A], INT, indexOf, COST)),
    declareFunction('lastIndexOf', member('list_a_last_index_of_int', [listOf(A), A], INT, lastIndexOf, COST)),
  ],
}
