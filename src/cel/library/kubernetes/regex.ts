/** `find` and `findAll` (apiserver pkg/cel/library/regex.go). */
import { Work } from '../../regex/work.ts'
import { checkPattern, findAllPattern, findPattern } from '../../regex/pattern.ts'
import { patternSearch, type CallCost } from '../../types/call-cost.ts'
import { declareFunction, meteredMember, type Meter } from '../../types/declarations.ts'
import { INT, STRING, listOf } from '../../types/type.ts'
import { EvaluationError } from '../../values/evaluation-error.ts'
import { ArrayList } from '../../values/list.ts'
import type { Value } from '../../values/value.ts'
import type { Library } from '../library.ts'

const SEARCH = patternSearch(0, 1)
const COST: CallCost = {
  ...SEARCH,
  estimate: (args) => ({ ...SEARCH.estimate(args), size: { min: 0, max: args.size(0).max } }),
}

function withIllegalPattern<T>(search: () => T): T {
  try {
    return search()
  } catch (error) {
    if (error instanceof EvaluationError) throw new EvaluationError(`Illegal regex: ${error.message}`)
    throw error
  }
}

function find(meter: Meter, text: Value, pattern: Value): Value {
  const work = new Work((cost) => meter.charge(cost), SEARCH.actual([text, pattern], null))
  return withIllegalPattern(() => findPattern(pattern as string, text as string, work))
}

function findAll(meter: Meter, text: Value, pattern: Value, limit: Value = -1): Value {
  const work = new Work((cost) => meter.charge(cost), SEARCH.actual([text, pattern], null))
  return withIllegalPattern(() => new ArrayList(findAllPattern(pattern as string, text as string, Number(limit), work)))
}

export const KUBERNETES_REGEX: Library = {
  functions: [
    declareFunction('find', meteredMember('string_find_string', [STRING, STRING], STRING, find, { cost: COST })),
    declareFunction(
      'findAll',
      meteredMember('string_find_all_string', [STRING, STRING], listOf(STRING), findAll, { cost: COST }),
      meteredMember('string_find_all_string_int', [STRING, STRING, INT], listOf(STRING), findAll, { cost: COST }),
    ),
  ],
  patterns: [['find', checkPattern], ['findAll', checkPattern]],
}
