/**
 * A checked tree to closures. Constants are worked out here: lists and maps of literals, conversions of literals, the
 * set behind `x in [...]`, patterns. That is what upstream's OptOptimize does, and it shows in what an evaluation costs,
 * so it is the same here.
 */
import { PLAIN_TYPE_NAMES, type Names } from '../check/scope.ts'
import type { Checked } from '../check/checker.ts'
import { createMessage } from '../messages/create.ts'
import { ENUM_VALUES, MESSAGES } from '../messages/well-known.ts'
import { isBinding, type Call, type Comprehension, type Expression, type Select } from '../syntax/expression.ts'
import type { ListExpression, MapExpression, StructExpression } from '../syntax/expression.ts'
import { argumentSize, LIST_COST, MAP_COST, STRING_FACTOR, STRUCT_COST } from '../types/call-cost.ts'
import { declaredType, type DeclaredType } from '../types/declared-type.ts'
import { DYN, type Type } from '../types/type.ts'
import { areEqual } from '../values/equality.ts'
import { EvaluationError, noSuchOverload } from '../values/evaluation-error.ts'
import { formatValue } from '../values/format-value.ts'
import { JsonList, JsonMap } from '../values/json.ts'
import { ArrayList, ListValue } from '../values/list.ts'
import { EntryMap, MapValue } from '../values/map.ts'
import { OptionalValue } from '../values/optional.ts'
import { OpaqueValue, TypeValue, type Value } from '../values/value.ts'
import { checkedKey, index, optionalSelect, presence, select } from './access.ts'
import { callStep, pair } from './call.ts'
import { binding, boundLocal, fold } from './comprehension.ts'
import { Frame, type Step } from './frame.ts'
import { conditional, logical, notStrictlyFalse, optionalOr, optionalOrValue } from './logic.ts'

export interface Compiled {
  readonly step: Step
  readonly slots: number
}

export interface CompileOptions {
  readonly names: Names
  /** How variables of the activation are read. */
  readonly declared: ReadonlyMap<string, DeclaredType>
  /** Checked before evaluation: constant patterns of these functions, by their argument's index. */
  readonly patterns: ReadonlyMap<string, (pattern: string) => void>
  /** False: every type is taken as unknown. */
  readonly isChecked: boolean
  readonly foldsConstants: boolean
  /** What has no fields lacks the ones that may be missing. */
  readonly isLenient: boolean
  /** Maps take keys of any kind, and several that are the same. */
  readonly takesAnyKeys: boolean
}

const CONVERSIONS = new Set([
  'bool', 'bytes', 'double', 'duration', 'dyn', 'int', 'string', 'timestamp', 'type', 'uint',
])
/** Calls that are part of an attribute: see `access.ts`. */
const ACCESSES = new Set(['_[_]', '_[?_]', '_?._', '_?_:_'])

class Compiler {
  readonly #checked: Checked
  readonly #options: CompileOptions
  readonly #constants = new WeakMap<Step, { value: Value }>()
  readonly #variables = new Map<string, number>()
  #locals: ReadonlyMap<string, Step> = new Map()
  slots = 0

  constructor(checked: Checked, options: CompileOptions) {
    this.#checked = checked
    this.#options = options
  }

  #newSlot(): number {
    this.slots += 1
    return this.slots - 1
  }

  #constant(value: Value): Step {
    const step: Step = () => value
    if (this.#options.foldsConstants) this.#constants.set(step, { value })
    return step
  }

  /** `paysForStart`: whether the first step of an attribute costs. */
  compile(node: Expression, paysForStart = true): Step {
    switch (node.kind) {
      case 'literal':
        return this.#constant(node.value)
      case 'identifier':
        return this.#identifier(node.name, paysForStart)
      case 'select':
        return this.#select(node, paysForStart)
      case 'call':
        return this.#call(node, paysForStart)
      case 'list':
        return this.#list(node)
      case 'map':
        return this.#map(node)
      case 'struct':
        return this.#struct(node)
      case 'comprehension':
        return isBinding(node) ? this.#binding(node) : this.#fold(node)
    }
  }

  #identifier(name: string, paysForStart: boolean): Step {
    const local = this.#locals.get(name)
    if (local !== undefined) return paysForStart ? paid(local) : local
    const { declared, names } = this.#options
    const named = names.variables.has(name) ? undefined : names.typeNames.get(name)
    if (named !== undefined) return this.#constant(new TypeValue(named))
    const constant = this.#constantOf(name)
    if (constant !== undefined) return this.#constant(constant)
    const slot = this.#variables.get(name) ?? this.#newSlot()
    this.#variables.set(name, slot)
    const type = declared.get(name) ?? declaredType(DYN)
    const variable: Step = (frame) => frame.variable(name, slot, type)
    return paysForStart ? paid(variable) : variable
  }

  /** An enum's value. Types that values are never of have a name, and no value. */
  #constantOf(name: string): Value | undefined {
    const { names } = this.#options
    if (names.variables.has(name)) return undefined
    if (names.objects.has(name) || MESSAGES.has(name) || (names.hasDeclaredTypes && PLAIN_TYPE_NAMES.has(name))) {
      throw new EvaluationError(`reference to undefined type: ${name}`)
    }
    return ENUM_VALUES.get(name)
  }

  /** What is selected from: a further step of an attribute, or the start of one. */
  #operand(node: Expression, paysForStart: boolean): Step {
    const continues =
      node.kind === 'identifier' ||
      (node.kind === 'select' && !node.isTest) ||
      (node.kind === 'call' && ACCESSES.has(node.function))
    const step = this.compile(node, continues ? paysForStart : true)
    return continues || !paysForStart ? step : paid(step)
  }

  #select({ operand, field, isTest }: Select, paysForStart: boolean): Step {
    if (isTest) return presence(this.#operand(operand, false), field)
    return select(this.#operand(operand, paysForStart), field, this.#options.isLenient)
  }

  #typeOf({ id }: Expression): Type {
    return this.#options.isChecked ? (this.#checked.types.get(id) ?? DYN) : DYN
  }

  #call(node: Call, paysForStart: boolean): Step {
    const [first, second, third] = node.args
    switch (node.function) {
      case '_?_:_':
        if (first === undefined || second === undefined || third === undefined) break
        return conditional(this.compile(first), this.#branch(second), this.#branch(third))
      case '_[_]':
      case '_[?_]':
      case '_?._': {
        if (first === undefined || second === undefined) break
        const access = node.function === '_[_]' ? index : optionalSelect
        const operand = this.#operand(first, paysForStart)
        const key = this.#branch(second)
        const constant = this.#constants.get(key)
        if (constant !== undefined) checkedKey(constant.value)
        return access(operand, key, this.#options.isLenient)
      }
      default:
    }
    const args = node.target === undefined ? node.args : [node.target, ...node.args]
    const steps = args.map((arg) => this.compile(arg))
    return this.#operator(node.function, steps) ?? this.#function(node, args, steps)
  }

  /** Attributes in branches and keys are resolved, not evaluated: their start is free. */
  #branch(node: Expression): Step {
    return this.compile(node, false)
  }

  #operator(name: string, steps: readonly Step[]): Step | undefined {
    const [first, second] = steps
    if (name === '_&&_' || name === '_||_') return logical(steps, name === '_||_')
    if (first === undefined) return undefined
    if (name === '@not_strictly_false') return notStrictlyFalse(first)
    if (second === undefined) return undefined
    switch (name) {
      case '_==_':
        return equality(first, second, true)
      case '_!=_':
        return equality(first, second, false)
      case 'or':
        return optionalOr(first, second)
      case 'orValue':
        return optionalOrValue(first, second)
      case '@in': {
        const list = this.#constants.get(second)?.value
        return list instanceof ListValue ? this.#membership(first, list) : undefined
      }
      default:
        return undefined
    }
  }

  /** Membership in a constant list costs nothing, as upstream looks it up in a set. */
  #membership(element: Step, list: ListValue): Step | undefined {
    if (list.length === 0) return this.#constant(false)
    const values = list.toArray()
    if (!values.every((value) => value !== null && ['string', 'number', 'boolean'].includes(typeof value))) {
      return undefined
    }
    const set = new Set(values)
    return (frame) => {
      const value = element(frame)
      return set.has(value) || (typeof value === 'object' && value !== null && list.contains(value))
    }
  }

  #function(node: Call, args: readonly Expression[], steps: readonly Step[]): Step {
    const known = args.map((arg) => this.#typeOf(arg))
    const declared = this.#options.names.functions.get(node.function)?.overloads ?? []
    const candidates = declared.filter(({ isMember }) => isMember === (node.target !== undefined))
    const resolved = this.#options.isChecked ? this.#checked.overloads.get(node.id) : undefined
    const step = callStep(node.function, resolved ?? candidates, steps, known)
    this.#checkPattern(node.function, steps)
    const constants = steps.map((arg) => this.#constants.get(arg))
    if (!CONVERSIONS.has(node.function) || constants.length !== 1 || constants[0] === undefined) return step
    // A conversion asks its argument only.
    return this.#constant(step(FREE))
  }

  #checkPattern(name: string, steps: readonly Step[]): void {
    const pattern = steps[1] === undefined ? undefined : this.#constants.get(steps[1])?.value
    if (typeof pattern === 'string') this.#options.patterns.get(name)?.(pattern)
  }

  #list(node: ListExpression): Step {
    const elements = node.elements.map((element) => this.compile(element))
    const optionals = new Set(node.optionals)
    const create: Step = (frame) => {
      const values: Value[] = []
      for (const [position, element] of elements.entries()) {
        const value = element(frame)
        if (!optionals.has(position)) values.push(value)
        else {
          const content = contentOf(value, 'list element')
          if (content !== undefined) values.push(content)
        }
      }
      return new ArrayList(values)
    }
    return this.#constructed(elements, create, LIST_COST)
  }

  #map(node: MapExpression): Step {
    const entries = node.entries.map(({ key, value, isOptional }) => ({
      key: this.compile(key),
      value: this.compile(value),
      isOptional,
    }))
    const create: Step = (frame) => {
      const pairs: [Value, Value | undefined][] = []
      for (const { key, value, isOptional } of entries) {
        const name = key(frame)
        const content = value(frame)
        if (!isOptional) pairs.push([name, content])
        else pairs.push([name, contentOf(content, `entry '${formatValue(name)}'`)])
      }
      return this.#options.takesAnyKeys ? EntryMap.of(pairs) : EntryMap.ofSingleKeys(pairs)
    }
    return this.#constructed(entries.flatMap(({ key, value }) => [key, value]), create, MAP_COST)
  }

  /** Constant if all its parts are. */
  #constructed(parts: readonly Step[], create: Step, cost: number): Step {
    const { foldsConstants } = this.#options
    if (foldsConstants && parts.every((part) => this.#constants.has(part))) return this.#constant(create(FREE))
    return (frame) => {
      frame.charge(cost)
      return create(frame)
    }
  }

  #struct(node: StructExpression): Step {
    const create = this.#creation(node.typeName)
    const fields = node.fields.map(({ name, value, isOptional }) => ({ name, value: this.compile(value), isOptional }))
    return (frame) => {
      frame.charge(STRUCT_COST)
      const contents = new Map<string, Value>()
      for (const { name, value, isOptional } of fields) {
        const content = isOptional ? contentOf(value(frame), `entry '${name}'`) : value(frame)
        if (content === undefined) contents.delete(name)
        else contents.set(name, content)
      }
      return create(contents)
    }
  }

  /** What makes an object or a message of its fields. */
  #creation(typeName: string): (contents: ReadonlyMap<string, Value>) => Value {
    const { names } = this.#options
    const declared = names.objects.get(typeName)
    const message = MESSAGES.get(typeName)
    if (declared === undefined) {
      if (message !== undefined) return (contents) => createMessage(message, contents)
      if (!names.hasDeclaredTypes || !PLAIN_TYPE_NAMES.has(typeName)) {
        throw new EvaluationError(`unknown type: ${typeName}`)
      }
      return () => {
        throw new EvaluationError(`unknown type '${typeName}'`)
      }
    }
    return (contents) => {
      const entries = [...contents].map(([name, content]) => [declared.fields?.get(name)?.property ?? name, content])
      return new JsonMap(Object.fromEntries(entries) as Record<string, unknown>, declared)
    }
  }

  #withLocals<T>(locals: readonly (readonly [string, Step])[], compile: () => T): T {
    const outer = this.#locals
    this.#locals = new Map([...outer, ...locals])
    const compiled = compile()
    this.#locals = outer
    return compiled
  }

  #binding(node: Comprehension): Step {
    const slot = this.#newSlot()
    const local = boundLocal(slot, this.compile(node.initial))
    const result = this.#withLocals([[node.accumulator, local]], () => this.compile(node.result))
    return binding(slot, result)
  }

  #fold(node: Comprehension): Step {
    const [accumulator, variable] = [this.#newSlot(), this.#newSlot()]
    const secondVariable = node.secondVariable === undefined ? -1 : this.#newSlot()
    const range = this.compile(node.range)
    const initial = this.compile(node.initial)
    const local = (slot: number): Step => (frame) => frame.local(slot)
    const variables: [string, Step][] = [[node.variable, local(variable)]]
    if (node.secondVariable !== undefined) variables.push([node.secondVariable, local(secondVariable)])
    return this.#withLocals([[node.accumulator, local(accumulator)]], () => {
      const [condition, step] = this.#withLocals(variables, () =>
        [node.condition, node.step].map((inner) => this.compile(inner)),
      )
      const result = this.compile(node.result)
      const nothing: Step = () => null
      return fold({
        range, initial, result, accumulator, variable, secondVariable,
        condition: condition ?? nothing, step: step ?? nothing,
      })
    })
  }
}

/** Constants are worked out without a budget. */
const FREE = new Frame({}, 0, Number.POSITIVE_INFINITY)

function paid(step: Step): Step {
  return (frame) => {
    frame.charge(1)
    return step(frame)
  }
}

function contentOf(value: Value, what: string): Value | undefined {
  if (value instanceof OptionalValue) return value.content
  throw new EvaluationError(`cannot initialize optional ${what} from non-optional value ${formatValue(value)}`)
}

function equality(first: Step, second: Step, expected: boolean): Step {
  return (frame) => {
    const values = pair(frame, first, second)
    const size = Math.min(argumentSize(values, 0), argumentSize(values, 1))
    frame.charge(Math.ceil(size * STRING_FACTOR))
    // What values of libraries and schemas are compared with has to be of their kind; unequal is anything else.
    if (expected && !takesPartner(...values)) throw noSuchOverload()
    return areEqual(...values) === expected
  }
}

function takesPartner(one: Value, other: Value): boolean {
  if (other === null) return true
  if (one instanceof OpaqueValue) return other instanceof OpaqueValue && other.constructor === one.constructor
  if (one instanceof JsonList) return other instanceof ListValue
  return !(one instanceof JsonMap) || other instanceof MapValue
}

export function compileExpression(checked: Checked, options: CompileOptions): Compiled {
  const compiler = new Compiler(checked, options)
  const step = compiler.compile(checked.expression)
  return { step, slots: compiler.slots }
}
