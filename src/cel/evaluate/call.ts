/**
 * Calls of functions. If the checker knows the overload and the types of the arguments, it is called at once; where a
 * type is dyn, the values decide.
 */
import type { CallCost } from '../types/call-cost.ts'
import type { Implementation, Overload } from '../types/declarations.ts'
import { DYN, isDyn, parameterAt, type Type } from '../types/type.ts'
import { CostLimitError, EvaluationError, noSuchOverload } from '../values/evaluation-error.ts'
import { ListValue } from '../values/list.ts'
import { typeOfValue, type Value } from '../values/value.ts'
import type { Frame, Step } from './frame.ts'
import { attempt } from './logic.ts'

interface Callable {
  readonly call: Implementation
  readonly metered: Overload['metered']
  readonly cost: CallCost | undefined
  /** For the arguments whose type is known only now. */
  readonly guards: readonly (Type | undefined)[]
}

/** A call of one of `overloads`, of arguments whose types are `known` as far as the checker could tell. */
export function callStep(
  name: string,
  overloads: readonly Overload[],
  args: readonly Step[],
  known: readonly Type[],
): Step {
  const callables = overloads.flatMap(({ call, metered, cost, isLenient, args: expected }): Callable[] => {
    if ((call === undefined && metered === undefined) || expected.length !== args.length) return []
    const guards = expected.map((type, index) => guardOf(isLenient === true ? outermost(type) : type, known[index]))
    return [{ call: call ?? neverCalled, metered, cost, guards }]
  })
  const [only] = callables
  if (only === undefined) {
    return (frame) => {
      throw noOverload(name, evaluated(frame, args))
    }
  }
  const isKnown = callables.length === 1 && only.guards.every((guard) => guard === undefined)
  if (isKnown) return direct(only, args)
  const isPricedByName = overloads.length === 1 || PRICED_BY_NAME.has(name)
  return dispatched(name, isPricedByName ? callables : callables.map((one) => ({ ...one, cost: undefined })), args)
}

/** What they cost is no question of sizes alone. */
const NEEDS_ITS_TYPES: ReadonlySet<string> = new Set(['validate'])

/** Functions that cost the same whatever overload is meant; all others cost 1 as long as that is not known. */
const PRICED_BY_NAME: ReadonlySet<string> = new Set([
  'check', 'cidr', 'containsCIDR', 'containsIP', 'fieldSelector', 'find', 'findAll', 'indexOf', 'ip', 'ip.isCanonical',
  'isCIDR', 'isIP', 'isQuantity', 'isSemver', 'isSorted', 'isURL', 'join', 'labelSelector', 'lastIndexOf',
  'lowerAscii', 'max', 'min', 'quantity', 'replace', 'semver', 'split', 'substring', 'sum', 'trim', 'upperAscii', 'url',
  'validate',
])

/** In place of the implementation of what is metered. */
const neverCalled = (): Value => null

/** Told, as operators are, by the values that do not take them, and those do not know the name. */
const TOLD_BY_VALUES: ReadonlySet<string> = new Set(['contains', 'endsWith', 'matches', 'startsWith'])
/**
 * Kinds whose values are asked themselves, because they are able to do it with some other; times and texts are asked
 * of anything. All others do not come to be asked, and the name of the function is told.
 */
const ASKED: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  Object.entries({
    '_+_': 'bytes double int list uint', '_-_': 'double int uint', '_*_': 'double int uint', '_/_': 'double int uint',
    '_%_': 'int uint', '-_': 'bool double int', size: '', matches: '',
    '_<_': 'bool bytes double int uint', '_<=_': 'bool bytes double int uint', '_>_': 'bool bytes double int uint',
    '_>=_': 'bool bytes double int uint', sort: '',
  }).map(([name, kinds]) => [name, new Set([...kinds.split(' '), 'duration', 'string', 'timestamp'])]),
)

function noOverload(name: string, values: readonly Value[]): EvaluationError {
  if (name === 'sort' && values[0] instanceof ListValue) return new EvaluationError('list elements must be comparable')
  const asked = name === 'matches' && typeof values[1] === 'string' ? undefined : ASKED.get(name)
  if (asked !== undefined && !asked.has(typeOfValue(values[0] ?? null).kind)) {
    return new EvaluationError(`no such overload: ${name}`)
  }
  if (asked !== undefined || /^\W|^_\W/.test(name) || TOLD_BY_VALUES.has(name)) return noSuchOverload()
  const types = values.map((value) => typeOfValue(value).name).join(', ')
  return new EvaluationError(`no such overload: ${name}(${types})`)
}

function direct(callable: Callable, args: readonly Step[]): Step {
  const [first, second] = args
  const isCheap = callable.cost === undefined && callable.metered === undefined
  if (isCheap && first !== undefined && args.length <= 2) return cheap(callable.call, first, second)
  return (frame) => charged(frame, callable, evaluated(frame, args))
}

/** The arguments. Calls of one or two of them cost also when one fails; then the other is evaluated all the same. */
function evaluated(frame: Frame, args: readonly Step[]): readonly Value[] {
  const values: Value[] = []
  for (const arg of args) {
    try {
      values.push(arg(frame))
    } catch (error) {
      if (args.length <= 2) chargeFailed(frame, error, args.slice(values.length + 1))
      throw error
    }
  }
  return values
}

export function chargeFailed(frame: Frame, error: unknown, rest: readonly Step[]): void {
  if (error instanceof CostLimitError) return
  for (const arg of rest) attempt(arg, frame)
  frame.charge(1)
}

/** What most calls are: one or two arguments, at the cost of 1. */
function cheap(call: Implementation, first: Step, second: Step | undefined): Step {
  if (second === undefined) {
    return (frame) => {
      let value: Value
      try {
        value = first(frame)
      } catch (error) {
        chargeFailed(frame, error, [])
        throw error
      }
      frame.charge(1)
      return call(value)
    }
  }
  return (frame) => {
    const [left, right] = pair(frame, first, second)
    frame.charge(1)
    return call(left, right)
  }
}

export function pair(frame: Frame, first: Step, second: Step): readonly [Value, Value] {
  let left: Value
  try {
    left = first(frame)
  } catch (error) {
    chargeFailed(frame, error, [second])
    throw error
  }
  try {
    return [left, second(frame)]
  } catch (error) {
    chargeFailed(frame, error, [])
    throw error
  }
}

function charged(frame: Frame, { call, metered, cost }: Callable, values: readonly Value[]): Value {
  if (cost?.dependsOnResult === true) {
    const result = call(...values)
    frame.charge(cost.actual(values, result))
    return result
  }
  // Before the work is done, so that a call that is too dear does not happen.
  frame.charge(cost?.actual(values, null) ?? 1)
  return metered === undefined ? call(...values) : metered(frame, ...values)
}

function dispatched(name: string, callables: readonly Callable[], args: readonly Step[]): Step {
  return (frame) => {
    const values = evaluated(frame, args)
    const fitting = callables.find(({ guards }) =>
      guards.every((guard, index) => guard === undefined || isOfType(values[index] ?? null, guard)),
    )
    if (fitting === undefined) {
      const cost = NEEDS_ITS_TYPES.has(name) ? undefined : callables[0]?.cost
      frame.charge(cost === undefined || cost.dependsOnResult === true ? 1 : cost.actual(values, null))
      throw noOverload(name, values)
    }
    return charged(frame, fitting, values)
  }
}

const outermost = (type: Type): Type => ({ ...type, parameters: type.parameters.map(() => DYN) })

/** What a value has to be checked for, because the checker could not tell. */
function guardOf(expected: Type, known: Type | undefined): Type | undefined {
  return known !== undefined && isCertain(expected, known) ? undefined : expected
}

function isCertain(expected: Type, known: Type): boolean {
  if (isDyn(expected) || expected.kind === 'parameter') return true
  if (known.kind !== expected.kind || known.name !== expected.name || known.isNullable) return false
  return expected.parameters.every((inner, index) => isCertain(inner, parameterAt(known, index)))
}

/** Of a list the first element is looked at, as upstream does. */
function isOfType(value: Value, expected: Type): boolean {
  if (isDyn(expected) || expected.kind === 'parameter') return true
  const { kind, name } = typeOfValue(value)
  if (kind === 'map' && expected.kind === 'object') return true
  if (kind !== expected.kind || ((kind === 'opaque' || kind === 'object') && name !== expected.name)) return false
  return !(value instanceof ListValue) || value.length === 0 || isOfType(value.at(0), parameterAt(expected, 0))
}
