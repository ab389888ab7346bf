/**
 * Which type may stand where another is expected, and what that says about type parameters (cel-go
 * checker/types.go). What is found out is written down in one substitution; an attempt that fails takes back what it
 * wrote, so that long expressions do not copy it for each attempt.
 */
import { DYN, isDyn, isSameType, opaqueType, parameterAt, typeOf, type Type } from './type.ts'

/** What type parameters stand for, by name. */
export class Substitution {
  readonly #bound = new Map<string, Type>()
  /** What was bound before, in the order of writing. */
  readonly #trail: (readonly [string, Type | undefined])[] = []

  get(name: string): Type | undefined {
    return this.#bound.get(name)
  }

  set(name: string, type: Type): void {
    this.#trail.push([name, this.#bound.get(name)])
    this.#bound.set(name, type)
  }

  /** Whether `expected` takes `given`; if not, nothing is changed. */
  unify(expected: readonly Type[], given: readonly Type[]): boolean {
    const mark = this.#trail.length
    if (areAssignable(this, expected, given)) return true
    while (this.#trail.length > mark) {
      const [name, previous] = this.#trail.pop() ?? ['', undefined]
      if (previous === undefined) this.#bound.delete(name)
      else this.#bound.set(name, previous)
    }
    return false
  }
}

type Bindings = Pick<Substitution, 'get'>

function areAssignable(draft: Substitution, expected: readonly Type[], given: readonly Type[]): boolean {
  if (expected.length !== given.length) return false
  return expected.every((one, index) => isAssignable(draft, one, given[index] ?? DYN))
}

function isAssignable(draft: Substitution, one: Type, other: Type): boolean {
  if (other.kind === 'parameter') {
    const bound = bind(draft, one, other)
    if (bound.isValid) return true
    if (bound.wasBound) return false
  }
  if (one.kind === 'parameter') return bind(draft, other, one).isValid
  if (isDyn(one) || isDyn(other) || one.kind === 'error' || other.kind === 'error') return true
  if (one.kind === 'null') return takesNull(other)
  if (other.kind === 'null') return takesNull(one)
  if (one.kind === 'type') return other.kind === 'type'
  if (one.kind !== other.kind || one.name !== other.name) return false
  return areAssignable(draft, one.parameters, other.parameters)
}

export function takesNull({ kind, isNullable }: Type): boolean {
  return isNullable || ['opaque', 'object', 'any', 'duration', 'timestamp', 'null'].includes(kind)
}

function bind(draft: Substitution, to: Type, parameter: Type): { isValid: boolean; wasBound: boolean } {
  if (to.kind === 'parameter' && to.name === parameter.name) return { isValid: true, wasBound: true }
  const bound = draft.get(parameter.name)
  if (bound !== undefined) {
    if (isSameType(to, bound)) return { isValid: true, wasBound: true }
    if (!isAssignable(draft, to, bound)) return { isValid: false, wasBound: true }
    const general = mostGeneral(to, bound)
    if (isFreeOf(draft, parameter, general)) draft.set(parameter.name, general)
    return { isValid: true, wasBound: true }
  }
  if (!isFreeOf(draft, parameter, to)) return { isValid: false, wasBound: false }
  draft.set(parameter.name, to)
  return { isValid: true, wasBound: false }
}

/** Otherwise a type would contain itself. */
function isFreeOf(known: Bindings, parameter: Type, within: Type): boolean {
  if (within.kind === 'parameter') {
    if (within.name === parameter.name) return false
    const bound = known.get(within.name)
    return bound === undefined || isFreeOf(known, parameter, bound)
  }
  return within.parameters.every((inner) => isFreeOf(known, parameter, inner))
}

export function mostGeneral(one: Type, other: Type): Type {
  return isAtMostAsSpecific(one, other) ? one : other
}

function isAtMostAsSpecific(one: Type, other: Type): boolean {
  if (isDyn(one) || one.kind === 'parameter') return true
  if (isDyn(other) || other.kind === 'parameter') return false
  if (one.kind !== other.kind) return false
  if (one.kind === 'type') return true
  if (one.name !== other.name || one.parameters.length !== other.parameters.length) return false
  return one.parameters.every((inner, index) => isAtMostAsSpecific(inner, parameterAt(other, index)))
}

/** The type with its parameters replaced; what stays free becomes dyn if asked for. */
export function substitute(known: Bindings, given: Type, freeBecomesDyn = false): Type {
  if (given.kind === 'parameter') {
    const bound = known.get(given.name)
    if (bound !== undefined) return substitute(known, bound, freeBecomesDyn)
    return freeBecomesDyn ? DYN : given
  }
  if (given.parameters.length === 0) return given
  const parameters = given.parameters.map((parameter) => substitute(known, parameter, freeBecomesDyn))
  if (parameters.every((parameter, index) => parameter === given.parameters[index])) return given
  if (given.kind === 'opaque') return opaqueType(given.name, ...parameters)
  return given.kind === 'type' ? typeOf(parameters[0] ?? DYN) : { ...given, parameters }
}
