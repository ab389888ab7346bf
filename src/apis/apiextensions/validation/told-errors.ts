/**
 * What is wrong with a definition, as far as it is told. Differs: upstream tells all; a body of three megabytes can
 * have hundreds of thousands, each with a path of kilobytes.
 */
import { MAX_TOLD_TEXT, type FieldError } from '../../../apimachinery/field-path.ts'
import { MAX_TOLD } from '../../../apimachinery/structural/values/failure.ts'

export class ToldErrors {
  readonly all: FieldError[] = []
  #told = 0

  get isFull(): boolean {
    return this.all.length >= MAX_TOLD || this.#told >= MAX_TOLD_TEXT
  }

  push(error: FieldError): void {
    if (this.isFull) return
    this.all.push(error)
    this.#told += error.body.length
  }

  add(errors: readonly FieldError[]): void {
    for (const error of errors) this.push(error)
  }
}
