/** Makes nodes with fresh ids. Macros expand through it at the place of their call. */
import { ACCUMULATOR, UNUSED_VARIABLE } from './expression.ts'
import type { Comprehension, Entry, Expression, FieldValue } from './expression.ts'
import type { Value } from '../values/value.ts'
import { MacroError } from './macro-error.ts'

/**
 * Nodes of an expression of which parts are copied: a text has fewer than half as many. Differs: upstream copies what
 * `optMap` is called on, which is twice as much with each in a row, until there is no memory.
 */
const MAX_NODES = 200_000

export interface Fold {
  readonly range: Expression
  readonly variable: string
  readonly secondVariable?: string | undefined
  readonly initial: Expression
  readonly condition: Expression
  readonly step: Expression
  readonly result: Expression
}

export class ExpressionFactory {
  readonly offset: number
  readonly #nextId: { value: number }

  /** All nodes of one tree share `ids`; new nodes are placed at `offset`. */
  constructor(offset = 0, ids = { value: 1 }) {
    this.offset = offset
    this.#nextId = ids
  }

  at(offset: number): ExpressionFactory {
    return new ExpressionFactory(offset, this.#nextId)
  }

  #node(): { id: number; offset: number } {
    const id = this.#nextId.value
    this.#nextId.value += 1
    return { id, offset: this.offset }
  }

  literal(value: Value): Expression {
    return { ...this.#node(), kind: 'literal', value }
  }

  identifier(name: string): Expression {
    return { ...this.#node(), kind: 'identifier', name }
  }

  accumulator(): Expression {
    return this.identifier(ACCUMULATOR)
  }

  select(operand: Expression, field: string, isTest = false): Expression {
    return { ...this.#node(), kind: 'select', operand, field, isTest }
  }

  call(name: string, ...args: Expression[]): Expression {
    return { ...this.#node(), kind: 'call', function: name, args }
  }

  memberCall(name: string, target: Expression, ...args: Expression[]): Expression {
    return { ...this.#node(), kind: 'call', function: name, target, args }
  }

  list(elements: readonly Expression[] = [], optionals: readonly number[] = []): Expression {
    return { ...this.#node(), kind: 'list', elements, optionals }
  }

  entry(key: Expression, value: Expression, isOptional: boolean): Entry {
    return { ...this.#node(), key, value, isOptional }
  }

  map(entries: readonly Entry[] = []): Expression {
    return { ...this.#node(), kind: 'map', entries }
  }

  field(name: string, value: Expression, isOptional: boolean): FieldValue {
    return { ...this.#node(), name, value, isOptional }
  }

  struct(typeName: string, fields: readonly FieldValue[]): Expression {
    return { ...this.#node(), kind: 'struct', typeName, fields }
  }

  fold({ secondVariable, ...fold }: Fold): Comprehension {
    const second = secondVariable === undefined ? {} : { secondVariable }
    return { ...this.#node(), kind: 'comprehension', accumulator: ACCUMULATOR, ...fold, ...second }
  }

  /** `result` with `variable` standing for `value`. */
  binding(variable: string, value: Expression, result: Expression): Expression {
    return {
      ...this.#node(),
      kind: 'comprehension',
      range: this.list(),
      variable: UNUSED_VARIABLE,
      accumulator: variable,
      initial: value,
      condition: this.literal(false),
      step: this.identifier(variable),
      result,
    }
  }

  /** The same expression with ids of its own, for macros that use an argument twice. */
  copy(given: Expression): Expression {
    if (this.#nextId.value > MAX_NODES) throw new MacroError('expression is too large', this.offset)
    const node = { ...this.#node(), offset: given.offset }
    switch (given.kind) {
      case 'literal':
      case 'identifier':
        return { ...given, ...node }
      case 'select':
        return { ...given, ...node, operand: this.copy(given.operand) }
      case 'call': {
        const args = given.args.map((arg) => this.copy(arg))
        return { ...given, ...node, args, ...(given.target === undefined ? {} : { target: this.copy(given.target) }) }
      }
      case 'list':
        return { ...given, ...node, elements: given.elements.map((element) => this.copy(element)) }
      case 'map':
        return { ...given, ...node, entries: given.entries.map((entry) => this.#copyEntry(entry)) }
      case 'struct': {
        const fields = given.fields.map((field) => ({ ...field, ...this.#node(), value: this.copy(field.value) }))
        return { ...given, ...node, fields }
      }
      case 'comprehension': {
        const { range, initial, condition, step, result } = given
        const [ranged, started, checked, stepped, finished] = [range, initial, condition, step, result].map(
          (inner) => this.copy(inner),
        )
        return {
          ...given, ...node, range: ranged ?? range, initial: started ?? initial, condition: checked ?? condition,
          step: stepped ?? step, result: finished ?? result,
        }
      }
    }
  }

  #copyEntry(entry: Entry): Entry {
    const { offset } = entry
    return { ...entry, ...this.#node(), offset, key: this.copy(entry.key), value: this.copy(entry.value) }
  }
}
