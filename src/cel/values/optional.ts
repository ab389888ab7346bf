/** `optional_type`: a value, or none. */
import { areEqual } from './equality.ts'
import { EvaluationError } from './evaluation-error.ts'
import { CelValue, OPTIONAL, sizeOf, type Value } from './value.ts'

export class OptionalValue extends CelValue {
  readonly type = OPTIONAL
  readonly content: Value | undefined

  private constructor(content: Value | undefined) {
    super()
    this.content = content
  }

  static readonly none = new OptionalValue(undefined)

  static of(content: Value | undefined): OptionalValue {
    return content === undefined ? OptionalValue.none : new OptionalValue(content)
  }

  get(): Value {
    if (this.content === undefined) throw new EvaluationError('optional.none() dereference')
    return this.content
  }

  override get length(): number | undefined {
    return this.content === undefined ? undefined : sizeOf(this.content)
  }

  override equals(other: CelValue): boolean {
    if (!(other instanceof OptionalValue)) return false
    if (this.content === undefined || other.content === undefined) return this.content === other.content
    return areEqual(this.content, other.content)
  }

  override toString(): string {
    return this.content === undefined ? 'optional.none()' : 'optional(...)'
  }
}
