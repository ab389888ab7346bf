/**
 * The tree of an expression, after macros are expanded. Nodes are immutable; the checker answers with a rewritten tree
 * in which names are resolved. An id names a node for types and overloads, and an offset (code points) its place.
 */
import type { Value } from '../values/value.ts'

interface Node {
  readonly id: number
  readonly offset: number
}

export interface Literal extends Node {
  readonly kind: 'literal'
  readonly value: Value
}

export interface Identifier extends Node {
  readonly kind: 'identifier'
  readonly name: string
}

export interface Select extends Node {
  readonly kind: 'select'
  readonly operand: Expression
  readonly field: string
  /** `has(operand.field)` */
  readonly isTest: boolean
}

export interface Call extends Node {
  readonly kind: 'call'
  readonly function: string
  /** Absent for a global function. */
  readonly target?: Expression
  readonly args: readonly Expression[]
}

export interface ListExpression extends Node {
  readonly kind: 'list'
  readonly elements: readonly Expression[]
  /** Indices of elements written `?e`. */
  readonly optionals: readonly number[]
}

export interface Entry extends Node {
  readonly key: Expression
  readonly value: Expression
  readonly isOptional: boolean
}

export interface MapExpression extends Node {
  readonly kind: 'map'
  readonly entries: readonly Entry[]
}

export interface FieldValue extends Node {
  readonly name: string
  readonly value: Expression
  readonly isOptional: boolean
}

export interface StructExpression extends Node {
  readonly kind: 'struct'
  readonly typeName: string
  readonly fields: readonly FieldValue[]
}

export interface Comprehension extends Node {
  readonly kind: 'comprehension'
  readonly range: Expression
  readonly variable: string
  /** With two variables the first is the index or key, and this is the element or value. */
  readonly secondVariable?: string
  readonly accumulator: string
  readonly initial: Expression
  readonly condition: Expression
  readonly step: Expression
  readonly result: Expression
}

export type Expression =
  | Literal
  | Identifier
  | Select
  | Call
  | ListExpression
  | MapExpression
  | StructExpression
  | Comprehension

/** Cannot be written by users, so that no variable hides it. */
export const ACCUMULATOR = '@result'
/** Not to be used as a variable of a comprehension: the accumulator's name of older versions. */
export const OLD_ACCUMULATOR = '__result__'
/** A comprehension over an empty list whose condition never holds: its accumulator is a local variable. */
export const UNUSED_VARIABLE = '#unused'

export function isBinding(given: Comprehension): boolean {
  const { range, condition } = given
  const neverRuns = condition.kind === 'literal' && condition.value === false
  return range.kind === 'list' && range.elements.length === 0 && neverRuns && given.accumulator !== OLD_ACCUMULATOR
}

/** `a.b.c` as a dotted name, if it is nothing but names. */
export function qualifiedName(given: Expression): string | undefined {
  if (given.kind === 'identifier') return given.name
  if (given.kind !== 'select' || given.isTest) return undefined
  const operand = qualifiedName(given.operand)
  return operand === undefined ? undefined : `${operand}.${given.field}`
}

/** The expressions directly inside. */
/** Whether there is a name like this one anywhere in it; fields do not count. */
export function mentions(given: Expression, name: string): boolean {
  const pending = [given]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    if (next.kind === 'identifier' && next.name === name) return true
    pending.push(...childrenOf(next))
  }
  return false
}

export function childrenOf(given: Expression): readonly Expression[] {
  switch (given.kind) {
    case 'literal':
    case 'identifier':
      return []
    case 'select':
      return [given.operand]
    case 'call':
      return given.target === undefined ? given.args : [given.target, ...given.args]
    case 'list':
      return given.elements
    case 'map':
      return given.entries.flatMap(({ key, value }) => [key, value])
    case 'struct':
      return given.fields.map(({ value }) => value)
    case 'comprehension':
      return [given.range, given.initial, given.condition, given.step, given.result]
  }
}
