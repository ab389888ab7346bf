/**
 * The operators that do not need all of their operands: `&&` and `||` absorb errors and unknowns of one side when the
 * other decides, `?:` evaluates one branch. The cost limit is never absorbed.
 */
import { CostLimitError, EvaluationError, noSuchOverload, UnknownError } from '../values/evaluation-error.ts'
import { OptionalValue } from '../values/optional.ts'
import type { Value } from '../values/value.ts'
import type { Frame, Outcome, Step } from './frame.ts'

export function attempt(step: Step, frame: Frame): Outcome {
  try {
    return step(frame)
  } catch (error) {
    if (error instanceof EvaluationError || error instanceof UnknownError) return error
    throw error
  }
}

/** `&&` (decided by false) and `||` (decided by true). */
export function logical(terms: readonly Step[], deciding: boolean): Step {
  return (frame) => {
    let failure: EvaluationError | UnknownError | undefined
    for (const term of terms) {
      let value: Value
      try {
        value = term(frame)
      } catch (error) {
        if (error instanceof CostLimitError) throw error
        failure = worse(failure, error)
        continue
      }
      if (value === deciding) return deciding
      if (typeof value !== 'boolean') failure = worse(failure, noSuchOverload())
    }
    if (failure !== undefined) throw failure
    return !deciding
  }
}

/** Unknowns add up and win over errors; of errors the first counts. Whatever else was thrown is a defect. */
function worse(first: EvaluationError | UnknownError | undefined, next: unknown): EvaluationError | UnknownError {
  if (next instanceof UnknownError) {
    return first instanceof UnknownError ? new UnknownError([...new Set([...first.names, ...next.names])]) : next
  }
  if (next instanceof EvaluationError) return first ?? next
  throw next
}

export function conditional(condition: Step, whenTrue: Step, whenFalse: Step): Step {
  return (frame) => {
    const decision = condition(frame)
    if (decision === true) return whenTrue(frame)
    if (decision === false) return whenFalse(frame)
    throw noSuchOverload()
  }
}

/** `@not_strictly_false(x)`: whether a quantifier goes on. */
export function notStrictlyFalse(operand: Step): Step {
  return (frame) => {
    const value = attempt(operand, frame)
    frame.charge(1)
    return value !== false
  }
}

/** `optional.or(optional)` */
export function optionalOr(left: Step, right: Step): Step {
  return (frame) => {
    const optional = left(frame)
    // What is no optional is taken for one that has it.
    if (!(optional instanceof OptionalValue)) return optional
    return optional.content === undefined ? right(frame) : optional
  }
}

/** `optional.orValue(value)` */
export function optionalOrValue(left: Step, right: Step): Step {
  return (frame) => {
    const optional = left(frame)
    if (!(optional instanceof OptionalValue)) return optional
    return optional.content === undefined ? right(frame) : optional.content
  }
}
