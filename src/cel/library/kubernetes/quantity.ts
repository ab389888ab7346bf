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

/** What is printed in the notation of a quantity: itself, or so many billionths. */
type Print = (nanos?: bigint) => string

/** Billionths, exactly; the reason if the text is no quantity. */
export type ReadQuantity = (text: string) =>
  { readonly nanos: bigint; readonly print: Print } | { readonly problem: string }

class QuantityValue extends OpaqueValue {
  readonly type = QUANTITY
  readonly nanos: bigint
  /** The power of ten that it is counted in; undefined where upstream keeps a decimal of any size, which is no integer. */
  readonly scale: number | undefined

  readonly #print: Print
  readonly #isAsRead: boolean

  constructor(nanos: bigint, scale: number | undefined, print: Print, isAsRead = false) {
    super()
    this.nanos = nanos
    this.scale = scale
    this.#print = print
    this.#isAsRead = isAsRead
  }

  override get asText(): string {
    return this.#isAsRead ? this.#print() : this.#print(this.nanos)
  }

  override equals(other: CelValue): boolean {
    return other instanceof QuantityValue && other.nanos === this.nanos
  }

  /** Undefined when it is no integer of 64 bits. */
  integer(): Integer | undefined {
    const whole = this.nanos / NANO
    if (this.scale === undefined || this.scale < 0 || whole > MAX_INT || whole < MIN_INT) return undefined
    return normalize(whole)
  }

  /** What addition counts in: the finer one of both, unless one is nothing or the sum does not fit. */
  plus(sign: 1n | -1n, other: QuantityValue): QuantityValue {
    const { scale } = other
    const nanos = sign * other.nanos
    const sum = this.nanos + nanos
    // Nothing has no notation of its own.
    const print = this.nanos === 0n ? other.#print : this.#print
    if (this.scale === undefined || scale === undefined) return new QuantityValue(sum, undefined, print)
    const finer = nanos === 0n ? this.scale : this.nanos === 0n ? scale : Math.min(this.scale, scale)
    const units = finer < 0 ? (sum * 10n ** BigInt(-finer)) / NANO : sum / NANO / 10n ** BigInt(finer)
    return new QuantityValue(sum, units > MAX_INT || units < MIN_INT ? undefined : finer, print)
  }
}

const SUFFIX_POWERS = new Map([
  ['n', -9], ['u', -6], ['m', -3], ['k', 3], ['M', 6], ['G', 9], ['T', 12], ['P', 15], ['E', 18],
])
const BINARY_POWERS = new Map([['Ki', 10], ['Mi', 20], ['Gi', 30], ['Ti', 40], ['Pi', 50], ['Ei', 60]])
const SPELLING = /^[+-]?0*(\d*)(?:\.(\d*))?(.*)$/s

/** How a text that is a quantity is counted (k8s.io/apimachinery pkg/api/resource/quantity.go, ParseQuantity). */
function scaleOf(text: string): number | undefined {
  const [, whole = '', fraction = '', suffix = ''] = SPELLING.exec(text) ?? []
  const digits = Math.max(whole.length, 1) + fraction.length
  const binary = BINARY_POWERS.get(suffix)
  if (binary !== undefined) {
    const isExact = fraction === '' && 15 - Math.max(whole.length, 1) - Math.trunc((binary * 3) / 10) - 1 >= 0
    return isExact ? 0 : undefined
  }
  const power = SUFFIX_POWERS.get(suffix) ?? Number(/^[eE]([+-]?\d+)$/.exec(suffix)?.[1] ?? '0')
  const scale = power - fraction.length
  return digits <= 18 && scale >= -9 ? scale : undefined
}

const nanosOf = (value: Value): bigint => (value as QuantityValue).nanos
const BINARY = [QUANTITY, QUANTITY]

function comparison(name: string, id: string, holds: (order: number) => boolean): FunctionDeclaration {
  const call = (one: Value, other: Value): Value => holds(ascending(nanosOf(one), nanosOf(other)))
  return declareFunction(name, member(id, BINARY, BOOL, call))
}

function arithmetic(name: string, sign: 1n | -1n, wholeOf: (integer: Integer) => QuantityValue): FunctionDeclaration {
  const plus = (one: Value, other: QuantityValue): Value => (one as QuantityValue).plus(sign, other)
  return declareFunction(
    name,
    member(`quantity_${name}`, BINARY, QUANTITY, (one, other) => plus(one, other as QuantityValue)),
    member(`quantity_${name}_int`, [QUANTITY, INT], QUANTITY, (one, other) => plus(one, wholeOf(other as Integer))),
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
    return new QuantityValue(quantity.nanos, scaleOf(text as string), quantity.print, true)
  }
  const wholeOf = (integer: Integer): QuantityValue => {
    const nothing = read('0')
    const print = 'print' in nothing ? nothing.print : String
    return new QuantityValue(BigInt(integer) * NANO, 0, print)
  }
  const reading = { cost: traversal(0) }
  return {
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
      arithmetic('add', 1n, wholeOf),
      arithmetic('sub', -1n, wholeOf),
    ],
  }
}
