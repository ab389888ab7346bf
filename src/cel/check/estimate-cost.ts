/**
 * What an expression can cost at most and must cost at least, before it runs, from the largest sizes that its variables
 * can have (cel-go checker/cost.go). A comprehension costs its step as often as its range has elements; what is unknown
 * is taken as unlimited.
 */
import { isBinding, type Call, type Comprehension, type Expression } from '../syntax/expression.ts'
import * as cost from '../types/call-cost.ts'
import type { EstimatedArguments, Range } from '../types/call-cost.ts'
import type { DeclaredType } from '../types/declared-type.ts'
import { DYN, isOptional, parameterAt, type Type } from '../types/type.ts'
import { BytesValue, isInteger, stringLength, type Value } from '../values/value.ts'
import type { Checked } from './checker.ts'

const { addRanges, fixed, joinRanges, multiplyRanges } = cost

/** Sizes of the keys (or positions) and values in a list or map. */
interface EntrySizes {
  readonly isList: boolean
  readonly key: Range
  readonly value: Range
}

/** What is known of a value besides its type. */
interface Facts {
  /** What is at the path of steps that leads to the value; undefined where none does. */
  readonly shape?: DeclaredType | undefined
  /** How many names and steps that path has. */
  readonly depth?: number
  readonly size?: Range | undefined
  /** Of a variable, where nothing else is known. */
  readonly given?: Range | undefined
  readonly entries?: EntrySizes | undefined
}

/** At the end of a path that leads nowhere. */
const LOST: DeclaredType = { type: DYN }

class Estimator {
  readonly #checked: Checked
  readonly #variables: ReadonlyMap<string, DeclaredType>
  /** Whose sizes every other name has: upstream's estimator of rules does not ask which variable a path begins with. */
  readonly #root: DeclaredType | undefined
  readonly #sizes: ReadonlyMap<string, number>
  readonly #facts = new Map<number, Facts>()
  #locals: ReadonlyMap<string, Facts> = new Map()

  constructor(checked: Checked, { variables, sizes }: KnownSizes) {
    this.#checked = checked
    this.#variables = variables
    ;[this.#root] = variables.values()
    this.#sizes = sizes
  }

  #typeOf({ id }: Expression): Type | undefined {
    return this.#checked.types.get(id)
  }

  #factsOf(node: Expression): Facts {
    return this.#facts.get(node.id) ?? {}
  }

  #note(node: Expression, facts: Facts): void {
    this.#facts.set(node.id, { ...this.#factsOf(node), ...facts })
  }

  /** Undefined when nothing limits it. */
  #sizeOf(node: Expression): Range | undefined {
    const { size, shape, given } = this.#factsOf(node)
    return size ?? literalSize(node) ?? sizeOfShape(shape) ?? this.#typeSize(this.#typeOf(node)) ?? given
  }

  /** A step from a value to one inside. From what no path leads to, the step begins one, and that is the root's. */
  #step({ shape, depth = 0 }: Facts, into: (shape: DeclaredType) => DeclaredType | undefined): Facts {
    return { shape: shape === undefined ? this.#root : (into(shape) ?? LOST), depth: depth + 1 }
  }

  #typeSize(type: Type | undefined): Range | undefined {
    if (type === undefined) return undefined
    if (isOptional(type)) return this.#typeSize(parameterAt(type, 0))
    return SCALARS.has(type.kind) ? fixed(1) : undefined
  }

  /** What libraries say of their types counts where two of the same are asked whether they are equal, and only there. */
  #comparedSize(name: string, [one, other]: readonly Expression[]): Range | undefined {
    if (name !== '_==_' || one === undefined || other === undefined) return undefined
    const type = this.#typeOf(one)
    const max = type === undefined ? undefined : this.#sizes.get(type.name)
    return max === undefined || this.#typeOf(other)?.name !== type?.name ? undefined : { min: 1, max }
  }

  #sizeOrUnknown(node: Expression): Range {
    return this.#sizeOf(node) ?? cost.UNKNOWN_SIZE
  }

  estimate(node: Expression): Range {
    switch (node.kind) {
      case 'literal':
        return fixed(0)
      case 'identifier': {
        const shape = this.#variables.get(node.name) ?? this.#root
        this.#note(node, this.#locals.get(node.name) ?? { shape, depth: 1 })
        return fixed(1)
      }
      case 'select': {
        const operand = this.estimate(node.operand)
        if (node.isTest) return operand
        const step = this.#step(this.#factsOf(node.operand), ({ fields, named }) => {
          const field = fields?.get(node.field)
          return field?.isAlias === true ? undefined : (field?.type ?? named)
        })
        this.#note(node, step)
        const kind = this.#typeOf(node.operand)?.kind
        return kind === 'map' || kind === 'object' || kind === 'parameter' ? addRanges(operand, fixed(1)) : operand
      }
      case 'call':
        return this.#call(node)
      case 'list': {
        const costs = node.elements.map((element) => this.estimate(element))
        this.#note(node, { entries: { isList: true, key: fixed(1), value: this.#joinedSize(node.elements) } })
        return addRanges(fixed(cost.LIST_COST), ...costs)
      }
      case 'map': {
        const costs = node.entries.flatMap(({ key, value }) => [this.estimate(key), this.estimate(value)])
        const key = this.#joinedSize(node.entries.map((entry) => entry.key))
        const value = this.#joinedSize(node.entries.map((entry) => entry.value))
        this.#note(node, { entries: { isList: false, key, value } })
        return addRanges(fixed(cost.MAP_COST), ...costs)
      }
      case 'struct':
        return addRanges(fixed(cost.STRUCT_COST), ...node.fields.map(({ value }) => this.estimate(value)))
      case 'comprehension':
        return isBinding(node) ? this.#binding(node) : this.#fold(node)
    }
  }

  #joinedSize(nodes: readonly Expression[]): Range {
    if (nodes.length === 0) return fixed(0)
    return nodes.map((node) => this.#sizeOrUnknown(node)).reduce(joinRanges)
  }

  #call(node: Call): Range {
    const { args: own, target } = node
    const args = target === undefined ? own : [target, ...own]
    const costs = args.map((arg) => this.estimate(arg))
    const [first] = own
    if (node.function === 'dyn' && first !== undefined) {
      this.#note(node, { size: this.#sizeOf(first), entries: this.#factsOf(first).entries })
      return addRanges(fixed(1), ...costs)
    }
    const overloads = this.#checked.overloads.get(node.id) ?? []
    if (overloads.length === 0) return fixed(0)
    const compared = this.#comparedSize(node.function, args)
    const estimates = overloads.map(({ cost: known }) =>
      known === undefined ? { cost: fixed(1) } : known.estimate(this.#arguments(args, compared)),
    )
    const own_ = estimates.map((estimate) => estimate.cost).reduce(joinRanges)
    const sizes = estimates.flatMap(({ size }) => (size === undefined ? [] : [size]))
    this.#noteResult(node, args, sizes.length === 0 ? undefined : sizes.reduce(joinRanges))
    return addRanges(own_, this.#argumentCosts(node.function, costs))
  }

  /** Operands that may be left out count towards the most, not towards the least. */
  #argumentCosts(name: string, costs: readonly Range[]): Range {
    const [first = fixed(0), second = fixed(0), third = fixed(0)] = costs
    if (name === '_&&_' || name === '_||_') return { min: first.min, max: addRanges(...costs).max }
    return name === '_?_:_' ? addRanges(first, joinRanges(second, third)) : addRanges(...costs)
  }

  #noteResult(node: Call, args: readonly Expression[], size: Range | undefined): void {
    const [first, second, third] = args
    const facts = first === undefined ? {} : this.#factsOf(first)
    const isIndex = this.#checked.overloads.get(node.id)?.some(({ id }) => id === 'index_list' || id === 'index_map')
    if (isIndex === true) {
      this.#note(node, { size: facts.entries?.value, ...this.#step(facts, ({ element }) => element) })
    } else if (size !== undefined) this.#note(node, { size })
    const joined = node.function === '_+_' ? [first, second] : node.function === '_?_:_' ? [second, third] : []
    const [one, other] = joined.map((arg) => (arg === undefined ? undefined : this.#factsOf(arg).entries))
    if (one !== undefined && other !== undefined) this.#note(node, { entries: joinEntries(one, other) })
  }

  #arguments(args: readonly Expression[], compared: Range | undefined): EstimatedArguments {
    return {
      count: args.length,
      size: (index) => {
        const arg = args[index]
        return compared ?? (arg === undefined ? cost.UNKNOWN_SIZE : this.#sizeOrUnknown(arg))
      },
      elementSize: (index) => {
        const arg = args[index]
        const type = arg === undefined ? undefined : this.#typeOf(arg)
        if (arg === undefined || type?.kind !== 'list') return undefined
        const size = sizeOfShape(this.#factsOf(arg).shape?.element) ?? cost.UNKNOWN_SIZE
        const { kind } = parameterAt(type, 0)
        return { size, isText: kind === 'string' || kind === 'bytes' }
      },
      integer: (index) => {
        const arg = args[index]
        return arg?.kind === 'literal' && isInteger(arg.value) ? arg.value : undefined
      },
    }
  }

  #within<T>(locals: readonly (readonly [string, Facts])[], estimate: () => T): T {
    const outer = this.#locals
    this.#locals = new Map([...outer, ...locals])
    const answer = estimate()
    this.#locals = outer
    return answer
  }

  #localFacts(node: Expression): Facts {
    const { shape, depth = 0, entries } = this.#factsOf(node)
    return { shape, depth, entries, given: this.#sizeOf(node) }
  }

  #binding(node: Comprehension): Range {
    const initial = this.estimate(node.initial)
    const result = this.#within([[node.accumulator, this.#localFacts(node.initial)]], () => this.estimate(node.result))
    this.#note(node, { size: this.#sizeOf(node.result), entries: this.#factsOf(node.result).entries })
    // The empty list that a binding is a comprehension over.
    return addRanges(fixed(cost.LIST_COST), initial, result)
  }

  #fold(node: Comprehension): Range {
    const range = this.estimate(node.range)
    const initial = this.estimate(node.initial)
    const accumulator = [node.accumulator, this.#localFacts(node.initial)] as const
    const [loop, result] = this.#within([accumulator], () => {
      const inner = this.#within(this.#iterated(node), () =>
        addRanges(this.estimate(node.condition), this.estimate(node.step)),
      )
      return [inner, this.estimate(node.result)] as const
    })
    const count = this.#sizeOrUnknown(node.range)
    if (node.initial.kind === 'literal') this.#note(node, { size: this.#sizeOf(node.initial) })
    else this.#note(node, { size: count, entries: this.#factsOf(node.step).entries })
    return addRanges(range, initial, result, multiplyRanges(count, loop))
  }

  #iterated({ range, variable, secondVariable }: Comprehension): [string, Facts][] {
    const facts = this.#factsOf(range)
    const { entries } = facts
    const isList = entries?.isList ?? this.#typeOf(range)?.kind === 'list'
    const value: Facts = { given: entries?.value, ...this.#step(facts, ({ element }) => element) }
    const key: Facts = { given: entries?.key, ...this.#step(facts, (shape) => shape.key) }
    if (secondVariable === undefined) return [[variable, isList ? value : key]]
    const first = sharesLastStep(facts) ? { ...key, shape: value.shape } : key
    return [[variable, first], [secondVariable, value]]
  }
}

/**
 * Whether upstream writes the step to the values over the one to the keys: it appends both to one path, and they have
 * their place in common where Go has made room, which it doubles.
 */
function sharesLastStep({ depth = 0 }: Facts): boolean {
  return depth > 0 && !Number.isInteger(Math.log2(depth))
}

function joinEntries(one: EntrySizes, other: EntrySizes): EntrySizes {
  return { ...one, key: joinRanges(one.key, other.key), value: joinRanges(one.value, other.value) }
}

function literalSize(node: Expression): Range | undefined {
  switch (node.kind) {
    case 'literal':
      return fixed(sizeOfLiteral(node.value))
    case 'list':
      return fixed(node.elements.length)
    case 'map':
      return fixed(node.entries.length)
    default:
      return undefined
  }
}

function sizeOfLiteral(value: Value): number {
  if (typeof value === 'string') return stringLength(value)
  return value instanceof BytesValue ? value.length : 1
}

const SIZED = new Set(['string', 'bytes', 'list', 'map', 'dyn', 'any'])

/** A schema that gives no limit gives none; scalars and objects of a schema have no size. */
function sizeOfShape(shape: DeclaredType | undefined): Range | undefined {
  if (shape === undefined) return undefined
  if (shape.maxSize !== undefined) return { min: 0, max: shape.maxSize }
  return SIZED.has(shape.type.kind) ? undefined : fixed(0)
}

const SCALARS = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint'])

export interface KnownSizes {
  /** Variables that were declared with sizes. */
  readonly variables: ReadonlyMap<string, DeclaredType>
  /** Of values of other types that are compared, by type name, at most. */
  readonly sizes: ReadonlyMap<string, number>
}

export function estimateCost(checked: Checked, known: KnownSizes): Range {
  return new Estimator(checked, known).estimate(checked.expression)
}
