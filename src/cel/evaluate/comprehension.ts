/**
 * Comprehensions: the accumulator and the variables are slots of the frame. Lists and maps are built in place. What a
 * step failed with stays in the accumulator, where a quantifier's next step may still decide. A binding (`cel.bind`) is
 * evaluated when it is first asked for.
 */
import { EvaluationError } from '../values/evaluation-error.ts'
import { GrowingList, ListValue } from '../values/list.ts'
import { EntryMap, MapValue } from '../values/map.ts'
import type { Value } from '../values/value.ts'
import { goTypeOf } from './access.ts'
import type { Frame, Step } from './frame.ts'
import { attempt } from './logic.ts'

export interface FoldSteps {
  readonly range: Step
  readonly initial: Step
  readonly condition: Step
  readonly step: Step
  readonly result: Step
  /** Slots. */
  readonly accumulator: number
  readonly variable: number
  /** -1 without a second variable. */
  readonly secondVariable: number
}

export function fold(steps: FoldSteps): Step {
  const { accumulator, variable, secondVariable } = steps
  return (frame) => {
    const { slots } = frame
    const range = steps.range(frame)
    slots[accumulator] = growing(steps.initial(frame))
    const goesOn = (first: Value, second: Value): boolean => {
      slots[variable] = first
      if (secondVariable !== -1) slots[secondVariable] = second
      if (attempt(steps.condition, frame) === false) return false
      slots[accumulator] = attempt(steps.step, frame)
      return true
    }
    visit(range, secondVariable !== -1, goesOn)
    return frozen(steps.result(frame))
  }
}

/** Each element or key; in pairs, each position or key with its element or value. */
function visit(range: Value, isPaired: boolean, goesOn: (first: Value, second: Value) => boolean): void {
  if (range instanceof ListValue) {
    const { length } = range
    for (let index = 0; index < length; index += 1) {
      const element = range.at(index)
      if (!(isPaired ? goesOn(index, element) : goesOn(element, null))) return
    }
  } else if (!(range instanceof MapValue)) {
    const type = goTypeOf(range)
    throw new EvaluationError(
      isPaired ? `unsupported comprehension range type: ${type}` : `got '${type}', expected iterable type`,
    )
  }
  else if (isPaired) {
    for (const [key, value] of range.entries()) if (!goesOn(key, value)) return
  } else for (const key of range.keys()) if (!goesOn(key, null)) return
}

function growing(initial: Value): Value {
  if (initial instanceof ListValue && initial.length === 0) return new GrowingList()
  return initial instanceof MapValue && initial.length === 0 ? EntryMap.growing() : initial
}

function frozen(value: Value): Value {
  if (value instanceof GrowingList) return value.freeze()
  return value instanceof EntryMap ? value.freeze() : value
}

/** A local variable that is worked out once, when it is asked for. */
export function boundLocal(slot: number, initial: Step): Step {
  return (frame) => {
    if (frame.slots[slot] === undefined) frame.slots[slot] = attempt(initial, frame)
    return frame.local(slot)
  }
}

export function binding(slot: number, result: Step): Step {
  return (frame: Frame) => {
    frame.slots[slot] = undefined
    return result(frame)
  }
}
