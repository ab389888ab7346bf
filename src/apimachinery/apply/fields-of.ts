/**
 * The set of fields that an object has: its leaves, what is atomic in it, items of lists and entries of maps. Follows
 * structured-merge-diff's typed/tofieldset.go. The object must fit its schema.
 */
import { isJsonObject, type JsonObject } from '../patch/json-value.ts'
import { LEAF, hasChildren, type FieldSet } from './field-set.ts'
import { childNode, resolveNode, type ListMerge, type MapMerge, type MergeNode } from './merge-schema.ts'
import { fieldElement, itemElements, type PathElement } from './elements/path-element.ts'

export function fieldsOf(node: MergeNode, value: unknown): FieldSet {
  return nodeFor(node, value, false) ?? {}
}

/** The node of a step whose value this is; undefined when the step is not in the set and nothing is below it. */
function nodeFor(node: MergeNode, value: unknown, isMember: boolean): FieldSet | undefined {
  const type = resolveNode(node, value)
  if (type.kind === 'scalar') return LEAF
  if (type.kind === 'list' ? type.relation === 'atomic' : type.isAtomic) return LEAF
  const set: FieldSet = isMember ? { '.': LEAF } : {}
  if (type.kind === 'list') addItems(type, value, set)
  else if (isJsonObject(value)) addFields(type, value, set)
  if (hasChildren(set)) return set
  return isMember ? LEAF : undefined
}

function addFields(map: MapMerge, value: JsonObject, set: FieldSet): void {
  for (const name of Object.keys(value)) {
    const inner = value[name]
    // Entries are owned themselves; declared fields only by what is in them, unless nothing is.
    const isOwn = inner === null || !map.fields.has(name) || isEmptyObject(inner)
    const node = nodeFor(childNode(map, name), inner, isOwn)
    if (node !== undefined) set[fieldElement(name)] = node
  }
}

function isEmptyObject(value: unknown): boolean {
  return isJsonObject(value) && Object.keys(value).length === 0
}

function addItems(list: ListMerge, value: unknown, set: FieldSet): void {
  if (!Array.isArray(value)) return
  const items = value as unknown[]
  const elements = itemElements(list, items)
  const duplicates = duplicatesOf(elements)
  for (const [at, element] of elements.entries()) {
    // Items that cannot be told apart are owned together, and nothing in them.
    set[element] = duplicates.has(element) ? LEAF : (nodeFor(list.item, items[at], true) ?? LEAF)
  }
}

function duplicatesOf(elements: readonly PathElement[]): ReadonlySet<PathElement> {
  if (elements.length < 2) return NONE
  const seen = new Set<PathElement>()
  const duplicates = new Set<PathElement>()
  for (const element of elements) (seen.has(element) ? duplicates : seen).add(element)
  return duplicates
}

const NONE: ReadonlySet<PathElement> = new Set()
