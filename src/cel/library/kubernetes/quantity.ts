/**
 * `quantity('500m')` (apiserver pkg/cel/library/quantity.go). How a quantity is read is the business of whoever
 * makes the library: quantities are no part of this language.
 */
import { ascending } from '../../../lib/order.ts'
import { traversal } from '../../types/call-cost.ts'
import { declareFunction, member, overload, type FunctionDeclaration } from '../../types/declarations.ts'
import { BOOL, DOUBLE, INT, STRING, objectType } from '../../types/type.ts'
import { EvaluationError } from '../../values/evaluation-error.ts'
import { MAX_INT, MIN_INT, normalize } from '../../values/integer.ts'
import { DoubleValue, OpaqueValue, type CelValue, type Integer, type Value } from '../../values/value.ts'
import type { Library } from '../library.ts'

const QUANTITY = objectType('kubernetes.Quantity')
const NANO = 1_000_000_000n

/** Billionths, exactly; undefined with the reason if the text is no quantity. */
export type ReadQuantity = (text: string) => { readonly nanos: bigint } | { readonly problem: string }

class QuantityValue extends OpaqueValue {
  readonly type = QUANTITY
  readonly nanos: bigint

  constructor(nanos: bigint) {
    super()
    this.nanos = nanos
  }

  override equals(other: CelValue): boolean {
    return other instanceof QuantityValue && other.nanos === this.nanos
  }

  /** Undefined when it is no integer of 64 bits. */
  integer(): Integer | undefined {
    const whole = this.nanos / NANO
    if (this.nanos % NANO !== 0n || whole > MAX_INT || whole < MIN_INT) return undefined
    return normalize(whole)
  }
}

const nanosOf = (value: Value): bigint => (value as QuantityValue).nanos
const BINARY = [QUANTITY, QUANTITY]

function comparison(name: string, id: string, holds: (order: number) => boolean): FunctionDeclaration {
  const call = (one: Value, other: Value): Value => holds(ascending(nanosOf(one), nanosOf(other)))
  return declareFunction(name, member(id, BINARY, BOOL, call))
}

function arithmetic(name: string, call: (one: bigint, other: bigint) => bigint): FunctionDeclaration {
  return declareFunction(
    name,
    member(`quantity_${name}`, BINARY, QUANTITY, (one, other) => new QuantityValue(call(nanosOf(one), nanosOf(other)))),
    member(`quantity_${name}_int`, [QUANTITY, INT], QUANTITY, (one, other) =>
      new QuantityValue(call(nanosOf(one), BigInt(other as Integer) * NANO)),
    ),
  )
}

function asInteger(quantity: Value): Value {
  const integer = (quantity as QuantityValue).integer()
  if (integer === undefined) throw new EvaluationError('cannot convert value to integer')
  return integer
}

function approximate(quantity: Value): Value {
  const nanos = nanosOf(quantity)
  return new DoubleValue(Number(nanos / NANO) + Number(nanos % NANO) / Number(NANO))
}

export function quantities(read: ReadQuantity): Library {
  const parse = (text: Value): Value => {
    const quantity = read(text as string)
    if ('problem' in quantity) throw new EvaluationError(quantity.problem)
    return new QuantityValue(quantity.nanos)
  }
  const reading = { cost: traversal(0) }
  return {
    types: [[QUANTITY.name, QUANTITY]],
    sizes: [[QUANTITY.name, 1]],
    functions: [
      declareFunction('quantity', overload('string_to_quantity', [STRING], QUANTITY, parse, reading)),
      declareFunction(
        'isQuantity',
        overload('is_quantity_string', [STRING], BOOL, (text) => 'nanos' in read(text as string), reading),
      ),
      declareFunction('sign', overload('quantity_sign', [QUANTITY], INT, (one) => ascending(nanosOf(one), 0n))),
      comparison('isGreaterThan', 'quantity_is_greater_than', (order) => order > 0),
      comparison('isLessThan', 'quantity_is_less_than', (order) => order < 0),
      declareFunction(
        'compareTo',
        member('quantity_compare_to', BINARY, INT, (one, other) => ascending(nanosOf(one), nanosOf(other))),
      ),
      declareFunction('asApproximateFloat', member('quantity_get_float', [QUANTITY], DOUBLE, approximate)),
      declareFunction('asInteger', member('quantity_get_int', [QUANTITY], INT, asInteger)),
      declareFunction(
        'isInteger',
        member('quantity_is_integer', [QUANTITY], BOOL, (one) => (one as QuantityValue).integer() !== undefined),
      ),
      arithmetic('add', (one, other) => one + other),
      arithmetic('sub', (one, other) => one - other),
    ],
  }
}
