/** Functions of lists (cel-go ext/lists.go, version 3). */
import { SORT_BY } from '../../syntax/macros.ts'
import { addRanges, argumentSize, fixed, LIST_COST, multiplyRanges } from '../../types/call-cost.ts'
import { scaleRange, STRING_FACTOR, type CallCost, type EstimatedArguments, type Range } from '../../types/call-cost.ts'
import { MAX_COST, wrapped, type Cost } from '../../types/cost.ts'
import { declareFunction, member, overload, type Implementation } from '../../types/declarations.ts'
import * as types from '../../types/type.ts'
import { areEqual, compareValues } from '../../values/equality.ts'
import { assertResultLength, EvaluationError } from '../../values/evaluation-error.ts'
import { formatValue } from '../../values/format-value.ts'
import { ArrayList, ListValue } from '../../values/list.ts'
import { BytesValue, sizeOf, typeOfValue, type Value } from '../../values/value.ts'
import { work } from '../../values/work.ts'
import type { Library } from '../library.ts'

const { DYN, INT, listOf } = types
const T = types.typeParameter('T')
const LIST_T = listOf(T)

/** Types whose values have an order. */
export const COMPARABLE: readonly types.Type[] = [
  types.INT, types.UINT, types.DOUBLE, types.BOOL, types.DURATION, types.TIMESTAMP, types.STRING, types.BYTES,
]

const elementsOf = (list: Value): readonly Value[] => (list as ListValue).toArray()

function slice(list: Value, from: Value, to: Value): Value {
  const { length } = list as ListValue
  const [start, end] = [from as number, to as number]
  const range = `cannot slice(${formatValue(from)}, ${formatValue(to)})`
  if (start < 0 || end < 0) throw new EvaluationError(`${range}, negative indexes not supported`)
  if (start > end) throw new EvaluationError(`${range}, start index must be less than or equal to end index`)
  if (length < end) throw new EvaluationError(`${range}, list is length ${String(length)}`)
  return new ArrayList(Array.from({ length: end - start }, (_, index) => (list as ListValue).at(start + index)))
}

function flatten(list: Value, depth: Value = 1): Value {
  if ((depth as number) < 0) throw new EvaluationError('level must be non-negative')
  const flat: Value[] = []
  const add = (elements: readonly Value[], levels: number): void => {
    for (const element of elements) {
      work(1)
      if (element instanceof ListValue && levels > 0) add(element.toArray(), levels - 1)
      else flat.push(element)
      assertResultLength(flat.length)
    }
  }
  add(elementsOf(list), Number(depth))
  return new ArrayList(flat)
}

function range(count: Value): Value {
  const length = Math.max(0, Number(count))
  assertResultLength(length)
  return new ArrayList(Array.from({ length }, (_, index) => index))
}

function distinct(list: Value): Value {
  const unique: Value[] = []
  for (const element of elementsOf(list)) {
    if (!unique.some((known) => areEqual(known, element))) unique.push(element)
  }
  return new ArrayList(unique)
}

function sortByKeys(list: Value, by: Value): Value {
  const [elements, keys] = [elementsOf(list), elementsOf(by)]
  if (elements.length !== keys.length) {
    const sizes = `${String(elements.length)} and ${String(keys.length)} elements respectively`
    const expected = '@sortByAssociatedKeys() expected a list of the same size as the associated keys list'
    throw new EvaluationError(`${expected}, but got ${sizes}`)
  }
  const [first] = keys
  if (first === undefined) return list
  const { kind, name } = typeOfValue(first)
  if (!COMPARABLE.some((type) => type.kind === kind)) throw new EvaluationError('list elements must be comparable')
  if (!keys.every((key) => typeOfValue(key).name === name)) {
    throw new EvaluationError('list elements must have the same type')
  }
  const order = elements.map((element, index) => ({ element, key: keys[index] ?? null }))
  order.sort((one, other) => compareValues(one.key, other.key) ?? 0)
  return new ArrayList(order.map(({ element }) => element))
}

function allocating(size: Range, factor: number): { cost: Range; size: Range } {
  return { cost: addRanges(scaleRange(size, factor), fixed(1 + LIST_COST)), size }
}

const actualCost = (size: number, factor: number): number => Math.floor(size * factor) + 1 + LIST_COST

/** In proportion to what comes out. */
const byResult = (size: (args: EstimatedArguments) => Range): CallCost => ({
  estimate: (args) => allocating(size(args), 1),
  actual: (_, result) => actualCost(sizeOf(result), 1),
  dependsOnResult: true,
})

/** A literal; what is less than nothing is nothing. */
function countAt(args: EstimatedArguments, index: number): Cost | undefined {
  const count = args.integer(index)
  return count !== undefined && count < 0 ? 0 : count
}

const SLICE = byResult((args) => {
  const [start, end] = [countAt(args, 1) ?? 0, countAt(args, 2) ?? args.size(0).max]
  return fixed(wrapped(BigInt(end) - BigInt(start)))
})
const RANGE: CallCost = {
  estimate: (args) => allocating(fixed(countAt(args, 0) ?? MAX_COST), 1),
  // Known beforehand, so that a list that is too long is not made.
  actual: ([count = 0]) => actualCost(Math.max(0, Number(count)), 1),
}
const FLATTEN: CallCost = {
  estimate: (args) => allocating(args.size(0), args.count > 1 ? Number(countAt(args, 1) ?? MAX_COST) : 1),
  actual: (args) => actualCost(argumentSize(args, 0), Number(args[1] ?? 1)),
}

/** Each element with each other one; texts take longer, which an overload for them is estimated by. */
function selfComparison(index: number, ofText = false): CallCost {
  const isText = startsWithText(index)
  return {
    estimate: (args) => {
      const size = args.size(index)
      return allocating(multiplyRanges(size, size), 2 + (ofText ? STRING_FACTOR : 0))
    },
    actual: (args) => actualCost(argumentSize(args, index) ** 2, 2 + (isText(args) ? STRING_FACTOR : 0)),
  }
}

function startsWithText(index: number): (args: readonly Value[]) => boolean {
  return (args) => {
    const list = args[index]
    const first = list instanceof ListValue && list.length > 0 ? list.at(0) : null
    return typeof first === 'string' || first instanceof BytesValue
  }
}

const ofSort = (index: number, { kind }: types.Type): { cost: CallCost } => ({
  cost: selfComparison(index, kind === 'string' || kind === 'bytes'),
})
const sort: Implementation = (list) => sortByKeys(list ?? null, list ?? null)

export const LISTS: Library = {
  macros: [SORT_BY],
  functions: [
    declareFunction('slice', member('list_slice', [LIST_T, INT, INT], LIST_T, slice, { cost: SLICE })),
    declareFunction(
      'flatten',
      member('list_flatten', [listOf(LIST_T)], LIST_T, flatten, { cost: FLATTEN, isLenient: true }),
      member('list_flatten_int', [listOf(DYN), INT], listOf(DYN), flatten, { cost: FLATTEN }),
    ),
    declareFunction(
      'sort',
      ...COMPARABLE.map((type) => member(`list_${type.name}_sort`, [listOf(type)], listOf(type), sort, ofSort(0, type))),
    ),
    declareFunction(
      '@sortByAssociatedKeys',
      ...COMPARABLE.map((type) =>
        member(`list_${type.name}_sortByAssociatedKeys`, [LIST_T, listOf(type)], LIST_T, sortByKeys, ofSort(1, type)),
      ),
    ),
    declareFunction('lists.range', overload('lists_range', [INT], listOf(INT), range, { cost: RANGE })),
    declareFunction(
      'reverse',
      member('list_reverse', [LIST_T], LIST_T, (list) => new ArrayList(elementsOf(list).toReversed()), {
        cost: byResult((args) => args.size(0)),
      }),
    ),
    declareFunction(
      'distinct',
      member('list_distinct', [LIST_T], LIST_T, distinct, { cost: selfComparison(0) }),
    ),
  ],
}
