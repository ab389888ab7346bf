/**
 * One evaluation: the variables it was given, the local ones of its comprehensions, and what it has cost so far. Costs
 * are charged as cel-go's interpreter/runtimecost.go does; when they exceed the limit the evaluation ends.
 */
import { adapt } from '../values/json.ts'
import { CostLimitError, EvaluationError, UnknownError } from '../values/evaluation-error.ts'
import type { DeclaredType } from '../types/declared-type.ts'
import type { Value } from '../values/value.ts'

/** Marks a variable of an activation as unknown: a result that depends on it is unknown as well. */
export const UNKNOWN: unique symbol = Symbol('unknown')

/** Variables by name: values of CEL, or JSON, which is adapted when it is asked for. */
export type Activation = Readonly<Record<string, unknown>>

/** A value, or why there is none. */
export type Outcome = Value | EvaluationError | UnknownError

export function isFailure(outcome: Outcome): outcome is EvaluationError | UnknownError {
  return outcome instanceof EvaluationError || outcome instanceof UnknownError
}

/** A node, compiled. */
export type Step = (frame: Frame) => Value

export class Frame {
  cost = 0
  /** Local variables, and variables of the activation once they were asked for. Each comprehension has its own. */
  readonly slots: (Outcome | undefined)[]
  readonly #activation: Activation
  readonly #limit: number

  constructor(activation: Activation, slots: number, limit: number) {
    this.#activation = activation
    this.#limit = limit
    this.slots = Array.from({ length: slots })
  }

  charge(cost: number): void {
    this.cost += cost
    if (this.cost > this.#limit) throw new CostLimitError()
  }

  local(slot: number): Value {
    const outcome = this.slots[slot] ?? null
    if (typeof outcome === 'object' && isFailure(outcome)) throw outcome
    return outcome
  }

  /** The variable `name` of the activation, kept in `slot`. */
  variable(name: string, slot: number, declared: DeclaredType): Value {
    if (this.slots[slot] !== undefined) return this.local(slot)
    const raw = this.#activation[name]
    if (raw === undefined) throw new EvaluationError(`no such attribute(s): ${name}`)
    if (raw === UNKNOWN) throw new UnknownError([name])
    const value = adapt(raw, declared)
    this.slots[slot] = value
    return value
  }
}
