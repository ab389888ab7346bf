/**
 * Fields that were recorded under an older schema, brought to what the schema says now: of what has become atomic only
 * the whole is owned. Follows structured-merge-diff's typed/reconcile_schema.go; the other way round fields stay as
 * they are.
 */
import { eachElement, hasChildren, isMember, nodeWith, type FieldSet } from './field-set.ts'
import { DEDUCED, resolveNode, type MapMerge, type MergeNode } from './merge-schema.ts'

/** The very `fields` when nothing is to be changed. */
export function reconcileFields(node: MergeNode, fields: FieldSet): FieldSet {
  return reconcileBelow(node, fields)
}

function reconcileBelow(node: MergeNode, fields: FieldSet): FieldSet {
  let result = fields
  eachElement(fields, (element, inner) => {
    const child = childOf(node, element)
    if (child === undefined || !hasChildren(inner)) return
    const reconciled = isAtomic(child) ? {} : reconcileNode(child, inner)
    if (reconciled === inner) return
    if (result === fields) result = { ...fields }
    result[element] = reconciled
  })
  return result
}

function reconcileNode(node: MergeNode, inner: FieldSet): FieldSet {
  const below = reconcileBelow(node, inner)
  return below === inner ? inner : (nodeWith(isMember(inner), withoutSelf(below)) ?? {})
}

function withoutSelf(node: FieldSet): FieldSet {
  const { '.': _self, ...rest } = node
  return rest
}

/** The type below a step; undefined where the schema says nothing, or nothing that was ever different. */
function childOf(node: MergeNode, element: string): MergeNode | undefined {
  const type = resolveNode(node, undefined)
  if (element.startsWith('f:')) {
    return node.kind === 'any' || type.kind !== 'map' ? undefined : fieldOf(type, element.slice(2))
  }
  return node.kind === 'list' ? node.item : undefined
}

function fieldOf(map: MapMerge, name: string): MergeNode | undefined {
  const child = map.fields.get(name)?.node ?? map.value
  return child === DEDUCED ? undefined : child
}

function isAtomic(node: MergeNode): boolean {
  if (node.kind === 'list') return node.relation === 'atomic'
  return node.kind === 'map' && node.isAtomic
}
