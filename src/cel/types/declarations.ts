/**
 * What an environment declares: functions with their overloads, variables, and types by name. A library is a list of
 * functions and macros. An overload carries all that is known about it in one place: its signature, what it does, what
 * it is estimated to cost and what it costs.
 */
import type { Value } from '../values/value.ts'
import type { CallCost } from './call-cost.ts'
import type { Type } from './type.ts'

export type Implementation = (...args: Value[]) => Value

/** Takes what a call costs besides what is charged for it anyway. Throws when the budget is used up. */
export interface Meter {
  charge(cost: number): void
}

export interface Overload {
  readonly id: string
  readonly isMember: boolean
  /** The target of a member first. */
  readonly args: readonly Type[]
  readonly result: Type
  /** Absent where evaluation knows the operator itself (`&&`, `?:`, `[]`). */
  readonly call?: Implementation
  /** Instead of `call`, for work that the sizes of the arguments do not tell. */
  readonly metered?: (meter: Meter, ...args: Value[]) => Value
  /** Of dynamic arguments only the outermost type is looked at. */
  readonly isLenient?: true
  /** Absent: each call costs 1. */
  readonly cost?: CallCost
}

export interface FunctionDeclaration {
  readonly name: string
  readonly overloads: readonly Overload[]
}

type OverloadOptions = Pick<Overload, 'cost' | 'isLenient'>

/** A global overload: `name(args)`. */
export function overload(
  id: string,
  args: readonly Type[],
  result: Type,
  call?: Implementation,
  options: OverloadOptions = {},
): Overload {
  return { ...options, id, isMember: false, args, result, ...(call === undefined ? {} : { call }) }
}

/** `target.name(args)`; the target is the first of `args`. */
export function member(
  id: string,
  args: readonly Type[],
  result: Type,
  call: Implementation,
  options: OverloadOptions = {},
): Overload {
  return { ...options, id, isMember: true, args, result, call }
}

/** A member that charges for its work itself. */
export function meteredMember(
  id: string,
  args: readonly Type[],
  result: Type,
  metered: NonNullable<Overload['metered']>,
  options: OverloadOptions = {},
): Overload {
  return { ...options, id, isMember: true, args, result, metered }
}

export function declareFunction(name: string, ...overloads: Overload[]): FunctionDeclaration {
  return { name, overloads }
}

/** Overloads of the same name in several libraries belong to one function; one that is there already is replaced. */
export function mergeFunctions(
  declarations: Iterable<FunctionDeclaration>,
): ReadonlyMap<string, FunctionDeclaration> {
  const merged = new Map<string, FunctionDeclaration>()
  for (const { name, overloads } of declarations) {
    const known = merged.get(name)?.overloads ?? []
    const byId = new Map([...known, ...overloads].map((one) => [one.id, one]))
    merged.set(name, { name, overloads: [...byId.values()] })
  }
  return merged
}
