/** Mathematics (cel-go ext/math.go, version 2): least and greatest, rounding, signs, bits. */
import { MacroError } from '../../syntax/macro-error.ts'
import { argumentAt, type Macro } from '../../syntax/macros.ts'
import type { Expression } from '../../syntax/expression.ts'
import { declareFunction, overload, type FunctionDeclaration } from '../../types/declarations.ts'
import { BOOL, DOUBLE, DYN, INT, UINT, listOf, type Type } from '../../types/type.ts'
import { compareValues } from '../../values/equality.ts'
import { EvaluationError } from '../../values/evaluation-error.ts'
import { formatValue } from '../../values/format-value.ts'
import { MIN_INT, negateInteger, normalize } from '../../values/integer.ts'
import type { ListValue } from '../../values/list.ts'
import { DoubleValue, UintValue, isInteger, type Integer, type Value } from '../../values/value.ts'
import type { Library } from '../library.ts'

const NUMBERS: readonly (readonly [string, Type])[] = [['double', DOUBLE], ['int', INT], ['uint', UINT]]

function isNumericArgument(given: Expression): boolean {
  if (given.kind === 'literal') {
    const { value } = given
    return isInteger(value) || value instanceof DoubleValue || value instanceof UintValue
  }
  return !['list', 'map', 'struct'].includes(given.kind)
}

/** `math.least(…)` and `math.greatest(…)` take any number of arguments, or one list of them. */
function extremeMacro(name: string, functionName: string): Macro {
  return {
    name,
    arity: -1,
    isMember: true,
    expand: (make, target, args) => {
      if (target?.kind !== 'identifier' || target.name !== 'math') return undefined
      const called = `math.${name}()`
      if (args.length === 0) throw new MacroError(`${called} requires at least one argument`, target.offset)
      const only = argumentAt(args, 0)
      if (args.length === 1) {
        const isList = only.kind === 'list' && only.elements.length > 0 && only.elements.every(isNumericArgument)
        if (isList || isNumericArgument(only)) return make.call(functionName, only)
        throw new MacroError(`${called} invalid single argument value`, only.offset)
      }
      const wrong = args.find((arg) => !isNumericArgument(arg))
      if (wrong !== undefined) {
        throw new MacroError(`${called} simple literal arguments must be numeric`, wrong.offset)
      }
      return args.length === 2 ? make.call(functionName, ...args) : make.call(functionName, make.list(args))
    },
  }
}

function extreme(name: string, id: string, order: -1 | 1): FunctionDeclaration {
  const pick = (one: Value, other: Value): Value => (compareValues(one, other) === -order ? other : one)
  const pickFrom = (list: Value): Value => {
    const [first, ...rest] = (list as ListValue).toArray()
    if (first === undefined) throw new EvaluationError(`${name}(list) argument must not be empty`)
    return rest.reduce(pick, first)
  }
  return declareFunction(
    name,
    ...NUMBERS.map(([suffix, type]) => overload(`${id}_${suffix}`, [type], type, (value) => value)),
    ...NUMBERS.flatMap(([left, one]) =>
      NUMBERS.map(([right, other]) =>
        overload(`${id}_${left}_${right}`, [one, other], left === right ? one : DYN, pick),
      ),
    ),
    ...NUMBERS.map(([suffix, type]) => overload(`${id}_list_${suffix}`, [listOf(type)], type, pickFrom)),
  )
}

const asDouble = (value: Value): number => (value as DoubleValue).value
const asUint = (value: Value): bigint => (value as UintValue).value

function onDoubles(name: string, call: (value: number) => number): FunctionDeclaration {
  return declareFunction(
    `math.${name}`,
    overload(`math_${name}_double`, [DOUBLE], DOUBLE, (value) => new DoubleValue(call(asDouble(value)))),
  )
}

function test(name: string, call: (value: number) => boolean): FunctionDeclaration {
  return declareFunction(
    `math.${name}`,
    overload(`math_${name}_double`, [DOUBLE], BOOL, (value) => call(asDouble(value))),
  )
}

function absolute(value: Value): Value {
  if (value === MIN_INT) throw new EvaluationError('integer overflow')
  return (value as Integer) < 0 ? negateInteger(value as Integer) : value
}

/** Halves go away from zero. */
const round = (value: number): number => {
  const whole = Math.trunc(value)
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole
}

const signOf = (value: number): number => (Number.isNaN(value) ? value : Math.sign(value) + 0)
const squareRoot = (value: number): Value => new DoubleValue(Math.sqrt(value))

/** On the 64 bits of an int and of a uint. */
function bits(name: string, call: (one: bigint, other: bigint) => bigint): FunctionDeclaration {
  return declareFunction(
    `math.${name}`,
    overload(`math_${name}_int_int`, [INT, INT], INT, (one, other) =>
      normalize(BigInt.asIntN(64, call(BigInt(one as Integer), BigInt(other as Integer)))),
    ),
    overload(`math_${name}_uint_uint`, [UINT, UINT], UINT, (one, other) =>
      new UintValue(call(asUint(one), asUint(other))),
    ),
  )
}

/** Shifting by 64 bits and more leaves nothing. */
function shift(name: string, call: (value: bigint, by: bigint) => bigint): FunctionDeclaration {
  const shifted = (value: bigint, by: Value): bigint => {
    if ((by as Integer) < 0) throw new EvaluationError(`math.${name}() negative offset: ${formatValue(by)}`)
    return (by as Integer) >= 64 ? 0n : BigInt.asUintN(64, call(BigInt.asUintN(64, value), BigInt(by as Integer)))
  }
  return declareFunction(
    `math.${name}`,
    overload(`math_${name}_int_int`, [INT, INT], INT, (value, by) =>
      normalize(BigInt.asIntN(64, shifted(BigInt(value as Integer), by))),
    ),
    overload(`math_${name}_uint_int`, [UINT, INT], UINT, (value, by) => new UintValue(shifted(asUint(value), by))),
  )
}

export const MATH: Library = {
  macros: [extremeMacro('least', 'math.@min'), extremeMacro('greatest', 'math.@max')],
  functions: [
    extreme('math.@min', 'math_@min', -1),
    extreme('math.@max', 'math_@max', 1),
    onDoubles('ceil', Math.ceil),
    onDoubles('floor', Math.floor),
    onDoubles('round', round),
    onDoubles('trunc', Math.trunc),
    test('isInf', (value) => !Number.isFinite(value) && !Number.isNaN(value)),
    test('isNaN', Number.isNaN),
    test('isFinite', Number.isFinite),
    declareFunction(
      'math.abs',
      overload('math_abs_double', [DOUBLE], DOUBLE, (value) => new DoubleValue(Math.abs(asDouble(value)))),
      overload('math_abs_int', [INT], INT, absolute),
      overload('math_abs_uint', [UINT], UINT, (value) => value),
    ),
    declareFunction(
      'math.sign',
      overload('math_sign_double', [DOUBLE], DOUBLE, (value) => new DoubleValue(signOf(asDouble(value)))),
      overload('math_sign_int', [INT], INT, (value) => signOf(Number(value))),
      overload('math_sign_uint', [UINT], UINT, (value) => new UintValue(asUint(value) === 0n ? 0n : 1n)),
    ),
    declareFunction(
      'math.sqrt',
      overload('math_sqrt_double', [DOUBLE], DOUBLE, (value) => squareRoot(asDouble(value))),
      overload('math_sqrt_int', [INT], DOUBLE, (value) => squareRoot(Number(value))),
      overload('math_sqrt_uint', [UINT], DOUBLE, (value) => squareRoot(Number(asUint(value)))),
    ),
    bits('bitAnd', (one, other) => one & other),
    bits('bitOr', (one, other) => one | other),
    bits('bitXor', (one, other) => one ^ other),
    declareFunction(
      'math.bitNot',
      overload('math_bitNot_int_int', [INT], INT, (value) => normalize(~BigInt(value as Integer))),
      overload('math_bitNot_uint_uint', [UINT], UINT, (value) => new UintValue(BigInt.asUintN(64, ~asUint(value)))),
    ),
    shift('bitShiftLeft', (value, by) => value << by),
    shift('bitShiftRight', (value, by) => value >> by),
  ],
}
