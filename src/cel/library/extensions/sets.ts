/** Lists as sets (cel-go ext/sets.go). */
import { addRanges, argumentSize, fixed, multiplyRanges, scaleRange, type CallCost } from '../../types/call-cost.ts'
import { declareFunction, overload } from '../../types/declarations.ts'
import { BOOL, listOf, typeParameter } from '../../types/type.ts'
import type { ListValue } from '../../values/list.ts'
import type { Value } from '../../values/value.ts'
import type { Library } from '../library.ts'

const LIST = listOf(typeParameter('T'))

const containsAll = (list: Value, other: Value): boolean =>
  (other as ListValue).toArray().every((element) => (list as ListValue).contains(element))

/** Each element of one is looked for in the other. */
const pairs = (factor: number): { cost: CallCost } => ({
  cost: {
    estimate: (args) => {
      const compared = scaleRange(multiplyRanges(args.size(0), args.size(1)), factor)
      return { cost: addRanges(compared, fixed(1)) }
    },
    actual: (args) => 1 + argumentSize(args, 0) * argumentSize(args, 1) * factor,
  },
})

export const SETS: Library = {
  functions: [
    declareFunction('sets.contains', overload('list_sets_contains_list', [LIST, LIST], BOOL, containsAll, pairs(1))),
    declareFunction(
      'sets.equivalent',
      overload(
        'list_sets_equivalent_list',
        [LIST, LIST],
        BOOL,
        (one, other) => containsAll(one, other) && containsAll(other, one),
        pairs(2),
      ),
    ),
    declareFunction(
      'sets.intersects',
      overload(
        'list_sets_intersects_list',
        [LIST, LIST],
        BOOL,
        (one, other) => (one as ListValue).toArray().some((element) => (other as ListValue).contains(element)),
        pairs(1),
      ),
    ),
  ],
}
