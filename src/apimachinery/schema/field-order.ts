/**
 * The order in which Go prints an object: fields of a struct as its type declares them, entries of a map by their keys.
 * Objects of JavaScript keep the order in which somebody wrote them, so it is made where an object is printed, and
 * nowhere else. What is in order already, as Go's clients send it, costs a look and is shared.
 */
import { inOrderOfKeys } from '../wire/print-json.ts'
import { isJsonObject, setField } from '../patch/json-value.ts'
import type { SchemaNode, StructNode } from './schema.ts'

type JsonObject = Record<string, unknown>

/** Positions of fields by name; fields that the type does not have stand behind all others. */
const positions = new WeakMap<StructNode, ReadonlyMap<string, number>>()

function positionsOf(struct: StructNode): ReadonlyMap<string, number> {
  let known = positions.get(struct)
  if (known === undefined) {
    known = new Map([...struct.fields.keys()].map((name, at) => [name, at]))
    positions.set(struct, known)
  }
  return known
}

/** `value`, which is of the type of `node`, in order: itself if it is. To be printed by `printJson`, and not kept. */
export function inFieldOrder(node: SchemaNode, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  switch (node.kind) {
    case 'scalar':
      return node.either === undefined ? value : eitherInOrder(node.either.struct, value)
    case 'list':
      return node.item.kind === 'scalar' && node.item.either === undefined ? value : itemsInOrder(node.item, value)
    case 'map':
      return isJsonObject(value) ? inOrderOfKeys(entriesInOrder(node.value, value)) : value
    case 'struct':
      return isJsonObject(value) ? structInOrder(node, value) : value
  }
}

function eitherInOrder(struct: () => StructNode, value: object): unknown {
  return Array.isArray(value) ? itemsInOrder(struct(), value) : inFieldOrder(struct(), value)
}

function itemsInOrder(item: SchemaNode, value: object): unknown {
  if (!Array.isArray(value)) return value
  let changed: unknown[] | undefined
  for (let at = 0; at < value.length; at++) {
    const inner: unknown = value[at]
    const next = inFieldOrder(item, inner)
    if (next !== inner) (changed ??= [...value as unknown[]])[at] = next
  }
  return changed ?? value
}

function entriesInOrder(entry: SchemaNode, value: JsonObject): JsonObject {
  if (entry.kind === 'scalar' && entry.either === undefined) return value
  let changed: JsonObject | undefined
  for (const key of Object.keys(value)) {
    const next = inFieldOrder(entry, value[key])
    if (next !== value[key]) setField((changed ??= { ...value }), key, next)
  }
  return changed ?? value
}

function structInOrder(struct: StructNode, value: JsonObject): JsonObject {
  const order = positionsOf(struct)
  const keys = Object.keys(value)
  let last = -1
  let isInOrder = true
  let changed: JsonObject | undefined
  for (const key of keys) {
    const at = order.get(key) ?? Number.POSITIVE_INFINITY
    if (at < last) isInOrder = false
    else last = at
    const inner = value[key]
    if (typeof inner !== 'object' || inner === null) continue
    const node = struct.fields.get(key)?.node
    const next = node === undefined ? inner : inFieldOrder(node, inner)
    if (next !== inner) setField((changed ??= { ...value }), key, next)
  }
  const found = changed ?? value
  if (isInOrder) return found
  const ordered: JsonObject = {}
  keys.sort((one, other) => positionOf(order, one) - positionOf(order, other))
  for (const key of keys) ordered[key] = found[key]
  return ordered
}

function positionOf(order: ReadonlyMap<string, number>, name: string): number {
  return order.get(name) ?? order.size
}
