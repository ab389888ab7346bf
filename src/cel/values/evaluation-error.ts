/**
 * Why an evaluation has no value. These are thrown but are not `Error`s: an expression may throw and absorb one per
 * element of a list (`e || true`), and capturing a stack each time would make that a hundred times dearer.
 */
export class EvaluationError {
  readonly message: string

  constructor(message: string) {
    this.message = message
  }
}

/** Whether `evaluate` comes to a value, and not to an error of the expression. */
export function hasValue(evaluate: () => unknown): boolean {
  try {
    evaluate()
    return true
  } catch (error) {
    if (error instanceof EvaluationError) return false
    throw error
  }
}

/** The budget is used up. `&&` and `||` must not absorb it. */
export class CostLimitError {
  readonly message = 'operation cancelled: actual cost limit exceeded'
}

/** The value depends on variables that are marked unknown. Where an error and an unknown meet, the unknown wins. */
export class UnknownError {
  readonly names: readonly string[]

  constructor(names: readonly string[]) {
    this.names = names
  }
}

export const noSuchOverload = (): EvaluationError => new EvaluationError('no such overload')

/** Where the result of a library function would be far larger than any budget pays for, it is not built at all. */
export const MAX_RESULT_LENGTH = 16 * 1024 * 1024

export function assertResultLength(length: number): void {
  if (length > MAX_RESULT_LENGTH) throw new CostLimitError()
}
