/**
 * The fields of new objects, remembered by their shape: a ReplicaSet's pods, and most of what a program makes, differ in
 * values only. Looking whether an object has the shape of one before it makes nothing, and is a fraction of what making
 * its set costs, and printing that. Keeps names of fields and keys of lists, and no other values.
 */
import { ownValue } from '../../lib/own-value.ts'
import { equalJson, isJsonObject, type JsonObject } from '../patch/json-value.ts'
import { isMember, markSorted, sortSet, type FieldSet } from './field-set.ts'
import { childNode, resolveNode, type ListMerge, type MapMerge, type MergeNode } from './merge-schema.ts'
import { fieldElement } from './elements/path-element.ts'

/** A leaf, which is what it was from the start, or has been given; or what is below. */
type Shape = boolean | MapShape | ListShape

interface MapShape {
  readonly names: readonly string[]
  readonly below: readonly Shape[]
}

interface ListShape {
  /** Of each item: the values of the list's keys, or itself. */
  readonly keys: readonly (readonly unknown[])[]
  readonly below: readonly Shape[]
}

interface Remembered {
  readonly shape: Shape
  readonly fields: FieldSet
}

/** Of one endpoint; beyond that the one not met for longest goes. */
const MAX_SHAPES = 8
/** Leaves of a shape that is worth its memory. */
const MAX_LEAVES = 2000

/** What new objects of one endpoint were given: compared with `empty`, without what is `ignored`. */
export class NewFields {
  readonly #node: MergeNode
  readonly #empty: unknown
  readonly #ignored: FieldSet
  #recent: readonly Remembered[] = []

  constructor(node: MergeNode, empty: unknown, ignored: FieldSet) {
    this.#node = node
    this.#empty = empty
    this.#ignored = ignored
  }

  /** The fields of `subject`: those of an object of its shape, else what `find` says. */
  of(subject: unknown, find: () => FieldSet): FieldSet {
    const at = this.#recent.findIndex(({ shape }) =>
      matches(shape, this.#node, this.#empty, subject, this.#ignored))
    const known = this.#recent[at]
    if (known !== undefined) {
      if (at > 0) this.#recent = [known, ...this.#recent.filter((one) => one !== known)]
      return known.fields
    }
    const fields = markSorted(sortSet(find()))
    const shape = new ShapeMaker().shapeOf(this.#node, this.#empty, subject, this.#ignored)
    if (shape !== undefined) this.#recent = [{ shape, fields }, ...this.#recent.slice(0, MAX_SHAPES - 1)]
    return fields
  }
}

/** Where neither side has anything below: what such values are decides, and nothing in them. */
function isLeaf(type: Exclude<MergeNode, { kind: 'any' }>, empty: unknown, value: unknown): boolean {
  switch (type.kind) {
    case 'scalar':
      return true
    case 'list':
      return type.relation === 'atomic' || !(Array.isArray(value) && value.length > 0)
    case 'map':
      return type.isAtomic || (isEmptyMap(value) && isEmptyMap(empty))
  }
}

function isEmptyMap(value: unknown): boolean {
  if (!isJsonObject(value)) return true
  for (const _name in value) return false
  return true
}

function isGiven(empty: unknown, value: unknown): boolean {
  return empty === undefined || !equalJson(empty, value)
}

/** Empty objects have no items, and nothing of no type but what nobody has set. */
function isUnusual(node: MergeNode, empty: unknown): boolean {
  return empty !== undefined && (node.kind === 'any' || (Array.isArray(empty) && empty.length > 0))
}

function ignoredBelow(ignored: FieldSet | undefined, name: string): FieldSet | undefined {
  return ignored?.[fieldElement(name)]
}

function matches(shape: Shape, node: MergeNode, empty: unknown, value: unknown, ignored?: FieldSet): boolean {
  const type = resolveNode(node, value)
  if (isLeaf(type, empty, value)) return shape === isGiven(empty, value)
  if (typeof shape === 'boolean' || type.kind === 'scalar') return false
  if (type.kind === 'list') return 'keys' in shape && matchesItems(shape, type, value as unknown[])
  return 'names' in shape && matchesFields(shape, type, fieldsOf(empty), fieldsOf(value), ignored)
}

function fieldsOf(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {}
}

function matchesFields(
  { names, below }: MapShape,
  map: MapMerge,
  empty: JsonObject,
  value: JsonObject,
  ignored: FieldSet | undefined,
): boolean {
  let at = 0
  for (const name in value) {
    const inner = ignoredBelow(ignored, name)
    if (value[name] === undefined || (inner !== undefined && isMember(inner))) continue
    const shape = below[at]
    if (names[at++] !== name || shape === undefined) return false
    if (!matches(shape, childNode(map, name), ownValue(empty, name), value[name], inner)) return false
  }
  return at === names.length
}

function matchesItems({ keys, below }: ListShape, list: ListMerge, items: readonly unknown[]): boolean {
  if (items.length !== keys.length) return false
  for (let at = 0; at < items.length; at++) {
    const shape = below[at]
    if (shape === undefined || !hasKeys(list, items[at], keys[at] ?? [])) return false
    if (!matches(shape, list.item, undefined, items[at])) return false
  }
  return true
}

function hasKeys(list: ListMerge, item: unknown, wanted: readonly unknown[]): boolean {
  if (list.relation === 'set') return item === wanted[0]
  const fields = fieldsOf(item)
  for (let at = 0; at < list.keys.length; at++) if (fields[list.keys[at] ?? ''] !== wanted[at]) return false
  return true
}

class ShapeMaker {
  #leaves = 0

  /** undefined: not worth it. */
  shapeOf(node: MergeNode, empty: unknown, value: unknown, ignored?: FieldSet): Shape | undefined {
    if (isUnusual(node, empty)) return undefined
    const type = resolveNode(node, value)
    if (isLeaf(type, empty, value)) return ++this.#leaves > MAX_LEAVES ? undefined : isGiven(empty, value)
    if (type.kind === 'list') return this.#itemsOf(type, value as unknown[])
    return type.kind === 'map' ? this.#fieldsOf(type, fieldsOf(empty), fieldsOf(value), ignored) : undefined
  }

  #fieldsOf(
    map: MapMerge,
    empty: JsonObject,
    value: JsonObject,
    ignored: FieldSet | undefined,
  ): MapShape | undefined {
    const [names, below]: [string[], Shape[]] = [[], []]
    for (const name in value) {
      const inner = ignoredBelow(ignored, name)
      if (value[name] === undefined || (inner !== undefined && isMember(inner))) continue
      const shape = this.shapeOf(childNode(map, name), ownValue(empty, name), value[name], inner)
      if (shape === undefined) return undefined
      names.push(name)
      below.push(shape)
    }
    return { names, below }
  }

  #itemsOf(list: ListMerge, items: readonly unknown[]): ListShape | undefined {
    const [keys, below]: [unknown[][], Shape[]] = [[], []]
    for (const item of items) {
      const shape = this.shapeOf(list.item, undefined, item)
      if (shape === undefined) return undefined
      keys.push(list.relation === 'set' ? [item] : list.keys.map((key) => fieldsOf(item)[key]))
      below.push(shape)
    }
    return { keys, below }
  }
}
