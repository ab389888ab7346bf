/**
 * An object without the fields of a set. What is atomic is removed as a whole or not at all; of an item or a field that
 * is in the set nothing stays. Follows structured-merge-diff's typed/remove.go.
 */
import { isJsonObject, setField, type JsonObject } from '../patch/json-value.ts'
import { hasChildren, isEmptySet, isMember, type FieldSet } from './field-set.ts'
import { childNode, resolveNode, type ListMerge, type MapMerge, type MergeNode } from './merge-schema.ts'
import { fieldElement, itemElement } from './elements/path-element.ts'

/** Shares what stays. What nothing is left of because all of it was named becomes null. */
export function removeFields(node: MergeNode, value: unknown, fields: FieldSet): unknown {
  if (isEmptySet(fields)) return value
  const type = resolveNode(node, value)
  if (type.kind === 'scalar') return value
  if (type.kind === 'list') {
    if (!Array.isArray(value) || value.length === 0 || type.relation === 'atomic') return null
    return removeItems(type, value, fields)
  }
  if (!isJsonObject(value) || type.isAtomic) return null
  return removeFromMap(type, value, fields)
}

/** What is around stays though nothing in it does: only what is named itself goes. */
function removeWithin(node: MergeNode, value: unknown, below: FieldSet): unknown {
  const rest = removeFields(node, value, below)
  if (rest !== null) return rest
  return Array.isArray(value) ? [] : isJsonObject(value) ? {} : null
}

function removeItems(list: ListMerge, items: readonly unknown[], fields: FieldSet): unknown[] | null {
  const kept: unknown[] = []
  for (const item of items) {
    const below = fields[itemElement(list, item)]
    if (below === undefined) kept.push(item)
    else if (!isMember(below)) kept.push(removeWithin(list.item, item, below))
  }
  return kept.length === 0 ? null : kept
}

function removeFromMap(map: MapMerge, value: JsonObject, fields: FieldSet): JsonObject | null {
  const kept: JsonObject = {}
  let isEmpty = true
  for (const name of Object.keys(value)) {
    const below = fields[fieldElement(name)]
    if (below !== undefined && isMember(below)) continue
    isEmpty = false
    const isPart = below !== undefined && hasChildren(below)
    setField(kept, name, isPart ? removeWithin(childNode(map, name), value[name], below) : value[name])
  }
  return isEmpty ? null : kept
}
