/**
 * The type checker. It resolves names and overloads, infers the type of every node, and answers with a tree in which
 * names are whole (`a.b` may be one variable) and namespaced functions have no target. What it reports, and in which
 * words, is cel-go's checker/checker.go and errors.go.
 */
import type { Issue } from '../source.ts'
import type { Call, Comprehension, Expression, FieldValue, ListExpression } from '../syntax/expression.ts'
import { qualifiedName, type Identifier, type MapExpression, type Select } from '../syntax/expression.ts'
import type { StructExpression } from '../syntax/expression.ts'
import { messageNameOf } from '../messages/well-known.ts'
import type { FunctionDeclaration, Overload } from '../types/declarations.ts'
import * as types from '../types/type.ts'
import { mostGeneral, substitute, Substitution, takesNull } from '../types/unify.ts'
import { typeOfValue } from '../values/value.ts'
import type { Type } from '../types/type.ts'
import { Scope, type Names } from './scope.ts'

export interface Checked {
  readonly expression: Expression
  readonly issues: readonly Issue[]
  readonly types: ReadonlyMap<number, Type>
  /** The overloads that a call may mean. */
  readonly overloads: ReadonlyMap<number, readonly Overload[]>
}

/** Types in a type: those of rules have a dozen. */
const MAX_TYPE_SIZE = 1000
const LOGICAL = new Set(['_&&_', '_||_'])

class Checker {
  readonly issues: Issue[] = []
  readonly types = new Map<number, Type>()
  readonly overloads = new Map<number, readonly Overload[]>()
  readonly #known = new Substitution()
  #scope: Scope
  #variables = 0

  constructor(scope: Scope) {
    this.#scope = scope
  }

  #report({ offset }: { offset: number }, message: string): void {
    this.issues.push({ offset, message })
  }

  /** Differs: upstream infers types of any size, which takes twice as long with each `.map(x, {x: x})`. */
  #typed<T extends Expression>(node: T, type: Type): T {
    const isTooLarge = types.sizeOfType(type) > MAX_TYPE_SIZE
    if (isTooLarge) this.#report(node, 'type is too large')
    this.types.set(node.id, isTooLarge ? types.ERROR : type)
    return node
  }

  #typeOf({ id }: Expression): Type {
    return this.types.get(id) ?? types.ERROR
  }

  #isAssignable(expected: Type, given: Type): boolean {
    return this.#known.unify([expected], [given])
  }

  #newVariable(): Type {
    this.#variables += 1
    return types.typeParameter(`_var${String(this.#variables - 1)}`)
  }

  finish(): void {
    for (const [id, type] of this.types) this.types.set(id, substitute(this.#known, type, true))
  }

  check(node: Expression): Expression {
    switch (node.kind) {
      case 'literal':
        return this.#typed(node, typeOfValue(node.value))
      case 'identifier':
        return this.#checkIdentifier(node)
      case 'select':
        return this.#checkSelect(node)
      case 'call':
        return this.#checkCall(node)
      case 'list':
        return this.#checkList(node)
      case 'map':
        return this.#checkMap(node)
      case 'struct':
        return this.#checkStruct(node)
      case 'comprehension':
        return this.#checkComprehension(node)
    }
  }

  #reportUndeclared(node: Expression, name: string): Expression {
    this.#report(node, `undeclared reference to '${name}' (in container '${this.#scope.container}')`)
    return this.#typed(node, types.ERROR)
  }

  #checkIdentifier(node: Identifier): Expression {
    const found = this.#scope.findIdentifier(node.name)
    if (found === undefined) return this.#reportUndeclared(node, node.name)
    return this.#typed({ ...node, name: found.name }, found.type)
  }

  #checkSelect(node: Select): Expression {
    const name = qualifiedName(node)
    const found = name === undefined ? undefined : this.#scope.findIdentifier(name)
    if (found !== undefined) {
      const { id, offset } = node
      return this.#typed({ kind: 'identifier', id, offset, name: found.name }, found.type)
    }
    const operand = this.check(node.operand)
    const type = this.#fieldType(node, this.#typeOf(operand), node.field, false)
    return this.#typed({ ...node, operand }, node.isTest ? types.BOOL : substitute(this.#known, type))
  }

  #fieldType(node: Expression, operandType: Type, field: string, isOptional: boolean): Type {
    const operand = substitute(this.#known, operandType)
    const target = types.unwrapOptional(operand)
    const type = this.#fieldOf(node, target, field)
    return isOptional || target !== operand ? types.optionalOf(type) : type
  }

  #fieldOf(node: Expression, target: Type, field: string): Type {
    switch (target.kind) {
      case 'map':
        return types.parameterAt(target, 1)
      case 'object':
        return this.#objectField(node, target.name, field) ?? types.ERROR
      case 'parameter':
        this.#isAssignable(types.DYN, target)
        return types.DYN
      default:
        if (!types.isDyn(target) && target.kind !== 'error') {
          this.#report(node, `type '${types.formatType(target)}' does not support field selection`)
        }
        return types.DYN
    }
  }

  #objectField(node: { offset: number }, name: string, field: string): Type | undefined {
    const fields = this.#scope.findFields(name)
    if (fields === undefined) {
      this.#report(node, `unexpected failed resolution of '${name}'`)
      return undefined
    }
    const declared = fields.get(field)
    if (declared === undefined) this.#report(node, `undefined field '${field}'`)
    return declared
  }

  #checkCall(node: Call): Expression {
    if (node.function === '_?._') return this.#checkOptionalSelect(node)
    const args = node.args.map((arg) => this.check(arg))
    const { target, ...rest } = node
    const prefix = target === undefined ? undefined : qualifiedName(target)
    const qualified = prefix === undefined ? node.function : `${prefix}.${node.function}`
    if (target === undefined || prefix !== undefined) {
      const declared = this.#scope.findFunction(qualified)
      if (declared !== undefined) return this.#resolve({ ...rest, function: declared.name, args }, declared)
      if (target === undefined) return this.#reportUndeclared({ ...rest, args }, qualified)
    }
    const checked = { ...rest, target: this.check(target), args }
    const declared = this.#scope.findFunction(node.function)
    return declared === undefined ? this.#reportUndeclared(checked, node.function) : this.#resolve(checked, declared)
  }

  #checkOptionalSelect(node: Call): Expression {
    const [operand, field] = node.args
    if (operand === undefined || field?.kind !== 'literal' || typeof field.value !== 'string') {
      this.#report(field ?? node, 'unsupported optional field selection: not a name')
      return this.#typed(node, types.ERROR)
    }
    const checked = this.check(operand)
    this.#typed(field, types.STRING)
    const type = this.#fieldType(node, this.#typeOf(checked), field.value, true)
    const declared = this.#scope.findFunction('_?._')
    this.overloads.set(node.id, declared?.overloads ?? [])
    return this.#typed({ ...node, args: [checked, field] }, substitute(this.#known, type))
  }

  #resolve(node: Call, declared: FunctionDeclaration): Expression {
    const args = node.target === undefined ? node.args : [node.target, ...node.args]
    const argTypes = args.map((arg) => this.#typeOf(arg))
    if (LOGICAL.has(declared.name)) return this.#resolveLogical(node, declared)
    const isMember = node.target !== undefined
    const matching: Overload[] = []
    let result: Type | undefined
    for (const overload of declared.overloads) {
      if (overload.isMember !== isMember) continue
      const answer = this.#tryOverload(overload, argTypes)
      if (answer === undefined) continue
      matching.push(overload)
      if (result === undefined) result = answer
      else if (!types.isDyn(result) && !types.isSameType(answer, result)) result = types.DYN
    }
    if (result === undefined) {
      const shown = types.formatSignature(argTypes.map((type) => substitute(this.#known, type, true)), isMember)
      this.#report(node, `found no matching overload for '${declared.name}' applied to '${shown}'`)
      return this.#typed(node, types.ERROR)
    }
    this.overloads.set(node.id, matching)
    return this.#typed(node, result)
  }

  /** The result type if the arguments fit. */
  #tryOverload(overload: Overload, argTypes: readonly Type[]): Type | undefined {
    const fresh = new Map<string, Type>()
    const rename = (type: Type): Type => {
      for (const name of parameterNames(type)) if (!fresh.has(name)) fresh.set(name, this.#newVariable())
      return substitute(fresh, type)
    }
    const expected = overload.args.map(rename)
    const result = rename(overload.result)
    return this.#known.unify(argTypes, expected) ? substitute(this.#known, result) : undefined
  }

  #resolveLogical(node: Call, { overloads }: FunctionDeclaration): Expression {
    let isValid = true
    for (const arg of node.args) {
      if (this.#isAssignable(this.#typeOf(arg), types.BOOL)) continue
      this.#reportMismatch(arg, types.BOOL, this.#typeOf(arg))
      isValid = false
    }
    this.overloads.set(node.id, overloads)
    return this.#typed(node, isValid ? types.BOOL : types.ERROR)
  }

  #reportMismatch(node: Expression, expected: Type, actual: Type): void {
    this.#report(node, `expected type '${types.formatType(expected)}' but found '${types.formatType(actual)}'`)
  }

  #checkList(node: ListExpression): Expression {
    let joined: Type | undefined
    const optionals = new Set(node.optionals)
    const elements = node.elements.map((element, index) => {
      const checked = this.check(element)
      const type = optionals.has(index) ? this.#contentType(checked) : this.#typeOf(checked)
      joined = this.#join(joined, type)
      return checked
    })
    return this.#typed({ ...node, elements }, types.listOf(joined ?? this.#newVariable()))
  }

  /** Of an optional element, entry or field. */
  #contentType(node: Expression): Type {
    const type = this.#typeOf(node)
    if (!types.isOptional(type) && !types.isDyn(type)) this.#reportMismatch(node, types.optionalOf(type), type)
    return types.unwrapOptional(type)
  }

  /** Of elements that have no type together: dyn. */
  #join(previous: Type | undefined, current: Type): Type {
    if (previous === undefined) return current
    if (!this.#isAssignable(previous, current)) return types.DYN
    const givesWay = current.kind === 'null' && !this.#scope.joinsToNull && takesNull(previous)
    return givesWay ? previous : mostGeneral(previous, current)
  }

  #checkMap(node: MapExpression): Expression {
    let keys: Type | undefined
    let values: Type | undefined
    const entries = node.entries.map((entry) => {
      const key = this.check(entry.key)
      keys = this.#join(keys, this.#typeOf(key))
      const value = this.check(entry.value)
      values = this.#join(values, entry.isOptional ? this.#contentType(value) : this.#typeOf(value))
      return { ...entry, key, value }
    })
    const type = types.mapOf(keys ?? this.#newVariable(), values ?? this.#newVariable())
    return this.#typed({ ...node, entries }, type)
  }

  #checkStruct(node: StructExpression): Expression {
    const found = this.#scope.findIdentifier(node.typeName)
    if (found === undefined) return this.#reportUndeclared(node, node.typeName)
    let result: Type = types.ERROR
    let typeName = found.name
    if (found.type.kind !== 'type') this.#report(node, `'${types.declaredName(found.type)}' is not a type`)
    else {
      result = types.parameterAt(found.type, 0)
      const message = messageNameOf(result) ?? (result.kind === 'object' ? result.name : undefined)
      if (message !== undefined) typeName = message
      else {
        this.#report(node, `'${types.declaredName(result)}' is not a message type`)
        result = types.ERROR
      }
    }
    const fields = node.fields.map((field) => this.#checkField(field, typeName))
    return this.#typed({ ...node, typeName: found.name, fields }, result)
  }

  #checkField(field: FieldValue, typeName: string): FieldValue {
    const value = this.check(field.value)
    const expected = this.#objectField(field, typeName, field.name) ?? types.ERROR
    const given = field.isOptional ? this.#contentType(value) : this.#typeOf(value)
    if (!this.#isAssignable(expected, given)) {
      const [wanted, provided] = [types.formatType(expected), types.formatType(given)]
      this.#report(field, `expected type of field '${field.name}' is '${wanted}' but provided type is '${provided}'`)
    }
    return { ...field, value }
  }

  #checkComprehension(node: Comprehension): Expression {
    const range = this.check(node.range)
    const initial = this.check(node.initial)
    const accumulated = this.#typeOf(initial)
    const outer = this.#scope
    const withAccumulator = outer.with([[node.accumulator, accumulated]])
    this.#scope = withAccumulator.with(this.#iterated(node, range))
    const condition = this.#checkAs(node.condition, types.BOOL)
    const step = this.#checkAs(node.step, accumulated)
    this.#scope = withAccumulator
    const result = this.check(node.result)
    this.#scope = outer
    const type = substitute(this.#known, this.#typeOf(result))
    return this.#typed({ ...node, range, initial, condition, step, result }, type)
  }

  #checkAs(node: Expression, expected: Type): Expression {
    const checked = this.check(node)
    const type = this.#typeOf(checked)
    if (!this.#isAssignable(expected, type)) this.#reportMismatch(checked, expected, type)
    return checked
  }

  /** The variables of a comprehension over `range`. */
  #iterated({ variable, secondVariable }: Comprehension, range: Expression): [string, Type][] {
    const type = substitute(this.#known, this.#typeOf(range))
    const named = (first: Type, second: Type): [string, Type][] =>
      secondVariable === undefined
        ? [[variable, type.kind === 'list' ? second : first]]
        : [[variable, first], [secondVariable, second]]
    switch (type.kind) {
      case 'list':
        return named(types.INT, types.parameterAt(type, 0))
      case 'map':
        return named(types.parameterAt(type, 0), types.parameterAt(type, 1))
      case 'dyn':
      case 'error':
      case 'parameter':
        this.#isAssignable(types.DYN, type)
        return named(types.DYN, types.DYN)
      default: {
        const shown = types.formatType(type)
        const message = `expression of type '${shown}' cannot be range of a comprehension`
        this.#report(range, `${message} (must be list, map, or dynamic)`)
        return named(types.ERROR, types.ERROR)
      }
    }
  }
}

function parameterNames(type: Type): readonly string[] {
  return type.kind === 'parameter' ? [type.name] : type.parameters.flatMap(parameterNames)
}

export function checkExpression(parsed: Expression, names: Names): Checked {
  const checker = new Checker(new Scope(names))
  const expression = checker.check(parsed)
  checker.finish()
  const { issues, overloads } = checker
  return { expression, issues, overloads, types: checker.types }
}
