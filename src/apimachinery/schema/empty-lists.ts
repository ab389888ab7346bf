/**
 * Empty lists and maps that are always printed (Go's fields without omitempty), where an object is stored: upstream
 * stores in protobuf, which cannot tell an empty one from none, so that what was given empty reads as what was never
 * given does. Until then it is what was given, in who owns what and in messages of validation.
 */
import { isJsonObject, setField } from '../patch/json-value.ts'
import { zeroOf } from './decode.ts'
import type { Field, SchemaNode, StructNode } from './schema.ts'

type JsonObject = Record<string, unknown>

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

/** `value` as it reads when it is stored: itself if that is the same. It is not changed, and may share parts. */
export function withoutEmptyLists<T>(node: SchemaNode, value: T): T {
  return forget(node, value) as T
}

function forget(node: SchemaNode, value: unknown): unknown {
  if (node.kind === 'list') return Array.isArray(value) ? forgetInItems(node.item, value) : value
  if (node.kind === 'scalar' || !isJsonObject(value)) return value
  return node.kind === 'map' ? forgetInEntries(node.value, value) : forgetInFields(node, value)
}

function forgetInFields(struct: StructNode, value: JsonObject): JsonObject {
  let changed: JsonObject | undefined
  for (const { field, isForgotten } of stepsOf(struct)) {
    const own = value[field.name]
    if (own === undefined || own === null) continue
    const next = isForgotten && isEmpty(own) ? zeroOf(field.node) : forget(field.node, own)
    if (next === own) continue
    changed ??= { ...value }
    changed[field.name] = next
  }
  return changed ?? value
}

function forgetInEntries(node: SchemaNode, value: JsonObject): JsonObject {
  let changed: JsonObject | undefined
  for (const key of Object.keys(value)) {
    const next = forget(node, value[key])
    if (next === value[key]) continue
    changed ??= { ...value }
    setField(changed, key, next)
  }
  return changed ?? value
}

function forgetInItems(node: SchemaNode, value: readonly unknown[]): readonly unknown[] {
  if (node.kind === 'scalar' || (node.kind === 'struct' && stepsOf(node).length === 0)) return value
  let changed: unknown[] | undefined
  value.forEach((item, at) => {
    const next = forget(node, item)
    if (next === item) return
    changed ??= [...value]
    changed[at] = next
  })
  return changed ?? value
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0
}
