/**
 * Empty lists and maps that are always printed (Go's fields without omitempty), where an object is stored: upstream
 * stores in protobuf, which cannot tell an empty one from none, so that what was given empty reads as what was never
 * given does. Until then it is what was given, in who owns what and in messages of validation.
 */
import { isJsonObject } from '../patch/json-value.ts'
import { zeroOf } from './decode.ts'
import type { Field, SchemaNode, StructNode } from './schema.ts'

interface Step {
  readonly field: Field
  /** A list or a map that is always printed. */
  readonly isForgotten: boolean
}

const steps = new WeakMap<StructNode, readonly Step[]>()

/** The fields of a struct that are such lists, or have some inside: none of most types, and one or two of the others. */
function stepsOf(struct: StructNode): readonly Step[] {
  let known = steps.get(struct)
  if (known === undefined) {
    known = [...struct.fields.values()]
      .map((field) => ({ field, isForgotten: isForgotten(struct, field) }))
      .filter((step) => step.isForgotten || leadsToSome(step.field.node, new Set()))
    steps.set(struct, known)
  }
  return known
}

function isForgotten({ always }: StructNode, field: Field): boolean {
  return (field.node.kind === 'list' || field.node.kind === 'map') && always.includes(field)
}

function leadsToSome(node: SchemaNode, seen: Set<StructNode>): boolean {
  if (node.kind === 'scalar') return false
  if (node.kind === 'list') return leadsToSome(node.item, seen)
  if (node.kind === 'map') return leadsToSome(node.value, seen)
  if (seen.has(node)) return false
  seen.add(node)
  return [...node.fields.values()].some((field) => isForgotten(node, field) || leadsToSome(field.node, seen))
}

/** `value` as it reads when it is stored. Itself if that is the same; it is not changed. */
export function withoutEmptyLists<T>(node: SchemaNode, value: T): T {
  return forget(node, value, undefined, () => true) as T
}

/**
 * `value`, which is about to take the place of `previous`: where that has none, an empty list is none, and so no
 * change to anybody who compares the two.
 */
export function withSameEmptyLists<T>(node: SchemaNode, value: T, previous: unknown): T {
  return forget(node, value, previous, (before) => before === null) as T
}

type Judge = (before: unknown) => boolean

function forget(node: SchemaNode, value: unknown, before: unknown, judge: Judge): unknown {
  if (node.kind === 'scalar') return value
  if (node.kind === 'list') return Array.isArray(value) ? forgetInItems(node.item, value, before, judge) : value
  if (!isJsonObject(value)) return value
  const was = isJsonObject(before) ? before : {}
  const changed: Record<string, unknown> = {}
  if (node.kind === 'map') {
    for (const key of Object.keys(value)) {
      const next = forget(node.value, value[key], was[key], judge)
      if (next !== value[key]) changed[key] = next
    }
  } else {
    for (const { field, isForgotten } of stepsOf(node)) {
      const own = value[field.name]
      if (own === undefined || own === null) continue
      const isGone = isForgotten && isEmpty(own) && judge(was[field.name])
      const next = isGone ? zeroOf(field.node) : forget(field.node, own, was[field.name], judge)
      if (next !== own) changed[field.name] = next
    }
  }
  for (const _key in changed) return { ...value, ...changed }
  return value
}

function forgetInItems(item: SchemaNode, value: readonly unknown[], before: unknown, judge: Judge): unknown {
  if (item.kind === 'scalar' || (item.kind === 'struct' && stepsOf(item).length === 0)) return value
  const was: readonly unknown[] = Array.isArray(before) ? before : []
  let changed: unknown[] | undefined
  value.forEach((element, at) => {
    const next = forget(item, element, was[at], judge)
    if (next === element) return
    changed ??= [...value]
    changed[at] = next
  })
  return changed ?? value
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0
}
