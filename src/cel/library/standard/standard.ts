/** The standard library: operators, conversions, texts, times. Every environment has it. */
import { STANDARD_MACROS } from '../../syntax/macros.ts'
import { argumentSize, fixed, multiplyRanges, patternSearch, scaleRange, STRING_FACTOR } from '../../types/call-cost.ts'
import { traversal, type CallCost } from '../../types/call-cost.ts'
import { declareFunction, member, meteredMember, overload, type Meter } from '../../types/declarations.ts'
import * as types from '../../types/type.ts'
import { checkPattern, matchesPattern } from '../../regex/pattern.ts'
import { Work } from '../../regex/work.ts'
import type { Value } from '../../values/value.ts'
import type { Library } from '../library.ts'
import { CONVERSIONS, SIZE } from './conversions.ts'
import { OPERATORS } from './operators.ts'
import { TIME_PARTS } from './time.ts'

const { BOOL, STRING } = types
const A = types.typeParameter('A')
const B = types.typeParameter('B')

const CONTAINMENT: CallCost = {
  estimate: (args) => ({
    cost: multiplyRanges(scaleRange(args.size(0), STRING_FACTOR), scaleRange(args.size(1), STRING_FACTOR)),
  }),
  actual: (args) => Math.ceil(argumentSize(args, 0) * STRING_FACTOR) * Math.ceil(argumentSize(args, 1) * STRING_FACTOR),
}
/** Estimated by what is looked for, charged by where. */
const EDGE: CallCost = { estimate: traversal(1).estimate, actual: traversal(0).actual }
const MATCH = { cost: patternSearch(0, 1) }
/** Estimated as the least that a call costs: upstream's estimate knows the member alone. */
const GLOBAL_MATCH = { cost: { ...MATCH.cost, estimate: () => ({ cost: fixed(1) }) } }

function matches(meter: Meter, text: Value, pattern: Value): Value {
  const work = new Work((cost) => meter.charge(cost), MATCH.cost.actual([text, pattern], null))
  return matchesPattern(pattern as string, text as string, work)
}

export const STANDARD: Library = {
  macros: STANDARD_MACROS,
  functions: [
    ...OPERATORS,
    ...CONVERSIONS,
    SIZE,
    declareFunction(
      'contains',
      member('contains_string', [STRING, STRING], BOOL, (text, part) => (text as string).includes(part as string), {
        cost: CONTAINMENT,
      }),
    ),
    declareFunction(
      'endsWith',
      member('ends_with_string', [STRING, STRING], BOOL, (text, end) => (text as string).endsWith(end as string), {
        cost: EDGE,
      }),
    ),
    declareFunction(
      'startsWith',
      member('starts_with_string', [STRING, STRING], BOOL, (text, start) => (text as string).startsWith(start as string), {
        cost: EDGE,
      }),
    ),
    declareFunction(
      'matches',
      { ...overload('matches', [STRING, STRING], BOOL), ...GLOBAL_MATCH, metered: matches },
      meteredMember('matches_string', [STRING, STRING], BOOL, matches, MATCH),
    ),
    ...TIME_PARTS,
  ],
  patterns: [['matches', checkPattern]],
  types: [
    types.BOOL, types.BYTES, types.DOUBLE, types.DURATION, types.INT, types.listOf(A), types.mapOf(A, B), types.NULL,
    types.STRING, types.TIMESTAMP, types.TYPE, types.UINT,
  ].map((type) => [type.name, type]),
}
