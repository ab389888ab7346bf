/**
 * The fields that an applied configuration says, once it is known to fit its type. Whoever applies does so again and
 * again, with other values in the same fields: so shapes are remembered, and a configuration that has one fits, and has
 * its fields, without being looked at by type. Keeps names of fields, keys of items, and no other values.
 */
import { isJsonObject, type JsonObject } from '../patch/json-value.ts'
import { markSorted, recursiveDifference, sortSet, type FieldSet } from './field-set.ts'
import { fieldsOf } from './fields-of.ts'
import { childNode, resolveNode, type ListMerge, type MapMerge, type MergeNode } from './merge-schema.ts'
import { checkTyped } from './typed-validation.ts'
import type { ResetFields } from './updater.ts'

/** What a value must be: of a sort (`string`, `null`), the very value, an object of these fields, a list of these. */
interface Shape {
  readonly sort: string
  readonly is?: unknown
  readonly names?: readonly string[]
  readonly below?: readonly Shape[]
}

interface Remembered {
  readonly shape: Shape
  readonly fields: FieldSet
}

/** Of one endpoint; beyond that the one not met for longest goes. */
const MAX_SHAPES = 8
/** Values of a configuration that is worth its memory. */
const MAX_VALUES = 2000

const [VALUE, LIST, MAP] = ['value', 'list', 'map']

/** The configurations that one endpoint has met. */
export class AppliedFields {
  readonly #node: MergeNode
  readonly #excluded: FieldSet
  #recent: readonly Remembered[] = []

  /** `excluded`: what the endpoint leaves alone, whatever is said of it. */
  constructor(node: MergeNode, { excluded = {} }: ResetFields) {
    this.#node = node
    this.#excluded = excluded
  }

  /** In order, and the very set where the shape is known. @throws TypedError for what does not fit the type. */
  of(applied: JsonObject): FieldSet {
    const at = this.#recent.findIndex(({ shape }) => matches(shape, applied))
    const known = this.#recent[at]
    if (known !== undefined) {
      if (at > 0) this.#recent = [known, ...this.#recent.filter((one) => one !== known)]
      return known.fields
    }
    checkTyped(this.#node, applied)
    const fields = markSorted(sortSet(recursiveDifference(fieldsOf(this.#node, applied), this.#excluded)))
    const shape = new ShapeMaker().shapeOf(this.#node, applied)
    if (shape !== undefined) this.#recent = [{ shape, fields }, ...this.#recent.slice(0, MAX_SHAPES - 1)]
    return fields
  }
}

function sortOf(value: unknown): string {
  return value === null ? 'null' : typeof value
}

function matches({ sort, is, names = NOTHING, below = NOTHING }: Shape, value: unknown): boolean {
  if (sort === VALUE) return value === is
  if (sort === LIST) return Array.isArray(value) && matchesItems(below, value)
  if (sort === MAP) return isJsonObject(value) && matchesFields(names, below, value)
  return sort === sortOf(value)
}

const NOTHING: readonly never[] = []

function matchesItems(shapes: readonly Shape[], items: readonly unknown[]): boolean {
  if (shapes.length !== items.length) return false
  for (let at = 0; at < shapes.length; at++) {
    const shape = shapes[at]
    if (shape === undefined || !matches(shape, items[at])) return false
  }
  return true
}

function matchesFields(names: readonly string[], shapes: readonly Shape[], value: JsonObject): boolean {
  let at = 0
  for (const name in value) {
    const shape = shapes[at]
    if (names[at++] !== name || shape === undefined || !matches(shape, value[name])) return false
  }
  return at === names.length
}

/** Of what fits its type. */
class ShapeMaker {
  #values = 0

  /** undefined: not worth it. */
  shapeOf(node: MergeNode, value: unknown): Shape | undefined {
    if (++this.#values > MAX_VALUES) return undefined
    if (typeof value !== 'object' || value === null) return { sort: sortOf(value) }
    const type = resolveNode(node, value)
    if (type.kind === 'list') return this.#listOf(type, value as unknown[])
    return type.kind === 'map' ? this.#mapOf(type, value as JsonObject, NOTHING) : undefined
  }

  #mapOf(map: MapMerge, value: JsonObject, keys: readonly string[]): Shape | undefined {
    const names = Object.keys(value)
    const below: Shape[] = []
    for (const name of names) {
      const isKey = keys.includes(name)
      const shape = isKey ? { sort: VALUE, is: value[name] } : this.shapeOf(childNode(map, name), value[name])
      if (shape === undefined) return undefined
      below.push(shape)
    }
    return { sort: MAP, names, below }
  }

  #listOf(list: ListMerge, items: readonly unknown[]): Shape | undefined {
    const below: Shape[] = []
    for (const item of items) {
      const shape = this.#itemOf(list, item)
      if (shape === undefined) return undefined
      below.push(shape)
    }
    return { sort: LIST, below }
  }

  #itemOf({ relation, item: node, keys }: ListMerge, item: unknown): Shape | undefined {
    if (relation === 'set') return { sort: VALUE, is: item }
    const type = resolveNode(node, item)
    if (relation === 'atomic' || type.kind !== 'map') return this.shapeOf(node, item)
    return this.#mapOf(type, item as JsonObject, keys)
  }
}
