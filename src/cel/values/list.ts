/**
 * Lists. `ArrayList` holds CEL values; lists over JSON, which adapt an element when it is asked for, are in
 * `values/json.ts`. A list never changes, except the accumulator of a comprehension while it is being built: nothing
 * else can name it, and copying it per element would make `map` quadratic.
 */
import { DYN, listOf } from '../types/type.ts'
import { areEqual } from './equality.ts'
import { EvaluationError } from './evaluation-error.ts'
import { CelValue, type Integer, type Value } from './value.ts'
import { work } from './work.ts'

export abstract class ListValue extends CelValue {
  readonly type = LIST
  abstract override get length(): number
  abstract at(index: number): Value

  get(index: Integer): Value {
    if (typeof index === 'bigint' || index < 0 || index >= this.length) {
      throw new EvaluationError(`index out of bounds: ${String(index)}`)
    }
    return this.at(index)
  }

  toArray(): readonly Value[] {
    work(ADAPTING * this.length)
    return Array.from({ length: this.length }, (_, index) => this.at(index))
  }

  contains(value: Value): boolean {
    const { length } = this
    for (let index = 0; index < length; index += 1) if (areEqual(this.at(index), value)) return true
    return false
  }

  concat(other: ListValue): ListValue {
    work(this.length + other.length)
    return new ArrayList([...this.toArray(), ...other.toArray()])
  }

  override equals(other: CelValue): boolean {
    if (!(other instanceof ListValue) || other.length !== this.length) return false
    const { length } = this
    for (let index = 0; index < length; index += 1) {
      work(ADAPTING)
      if (!areEqual(this.at(index), other.at(index))) return false
    }
    return true
  }
}

const LIST = listOf(DYN)
/** Steps of making a value of an element, or of looking at two. */
const ADAPTING = 8

export class ArrayList extends ListValue {
  readonly elements: readonly Value[]

  constructor(elements: readonly Value[]) {
    super()
    this.elements = elements
  }
  override get length(): number {
    return this.elements.length
  }
  override at(index: number): Value {
    return this.elements[index] ?? null
  }
  override toArray(): readonly Value[] {
    return this.elements
  }
}

/** The list that a comprehension builds. */
export class GrowingList extends ArrayList {
  readonly #elements: Value[]

  constructor() {
    const elements: Value[] = []
    super(elements)
    this.#elements = elements
  }

  override concat(other: ListValue): ListValue {
    work(other.length)
    for (const element of other.toArray()) this.#elements.push(element)
    return this
  }

  /** The finished list: whatever is added to it later makes a new one. */
  freeze(): ArrayList {
    return new ArrayList(this.#elements)
  }
}
