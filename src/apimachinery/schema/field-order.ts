/**
 * The order in which Go prints an object: fields of a struct as its type declares them, entries of a map by their keys.
 * Objects of JavaScript keep the order in which somebody wrote them, so it is made where an object is printed, and
 * nowhere else. What is in order already, as Go's clients send it, costs a look and is shared. Times, which are more
 * precise until then, are cut on the way.
 */
import { allInOrderOfKeys, inOrderOfKeys } from '../wire/print-json.ts'
import { isJsonObject, setField } from '../patch/json-value.ts'
import type { SchemaNode, StructNode } from './schema.ts'
import { inSeconds } from './times.ts'

type JsonObject = Record<string, unknown>

interface Place {
  readonly at: number
  /** What may be out of order within, or a time; undefined: nothing. */
  readonly node: SchemaNode | undefined
}

const places = new WeakMap<StructNode, ReadonlyMap<string, Place>>()

function placesOf(struct: StructNode): ReadonlyMap<string, Place> {
  let known = places.get(struct)
  if (known === undefined) {
    known = new Map([...struct.fields.values()].map(({ name, node }, at) => [name, { at, node: within(node) }]))
    places.set(struct, known)
  }
  return known
}

function within(node: SchemaNode): SchemaNode | undefined {
  if (node.kind === 'list') return within(node.item) && node
  return isScalar(node) ? undefined : node
}

/** Any JSON that Go has as a value, and prints anew (of a definition); what it keeps as bytes stays as it was written. */
const ANY_JSON = 'v1.JSON'

function isScalar(node: SchemaNode): boolean {
  return node.kind === 'scalar' && node.either === undefined && node.shape !== 'time' && node.goType !== ANY_JSON
}

/** `value`, which is of the type of `node`, in order: itself if it is. To be printed by `printJson`, and not kept. */
export function inFieldOrder(node: SchemaNode, value: unknown): unknown {
  if (typeof value === 'string') return node.kind === 'scalar' && node.shape === 'time' ? inSeconds(value) : value
  if (typeof value !== 'object' || value === null) return value
  switch (node.kind) {
    case 'scalar':
      if (node.goType === ANY_JSON) return allInOrderOfKeys(value)
      return node.either === undefined ? value : eitherInOrder(node.either.struct, value)
    case 'list':
      return itemsInOrder(node.item, value)
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
  if (isScalar(entry)) return value
  let changed: JsonObject | undefined
  for (const key of Object.keys(value)) {
    const next = inFieldOrder(entry, value[key])
    if (next !== value[key]) setField((changed ??= { ...value }), key, next)
  }
  return changed ?? value
}

/** Fields that the type does not have stand behind all others. */
const BEYOND: Place = { at: Number.POSITIVE_INFINITY, node: undefined }

function structInOrder(struct: StructNode, value: JsonObject): JsonObject {
  const known = placesOf(struct)
  let last = -1
  let isInOrder = true
  let changed: Map<string, unknown> | undefined
  for (const name in value) {
    const { at, node } = known.get(name) ?? BEYOND
    if (at < last) isInOrder = false
    else last = at
    if (node === undefined) continue
    const inner = value[name]
    const next = inFieldOrder(node, inner)
    if (next !== inner) (changed ??= new Map()).set(name, next)
  }
  if (isInOrder && changed === undefined) return value
  const ordered: JsonObject = {}
  for (const name of isInOrder ? Object.keys(value) : namesInOrder(known, value)) {
    const next = changed?.get(name)
    setField(ordered, name, next === undefined ? value[name] : next)
  }
  return ordered
}

/** There are few, and most stand where they belong: what belongs further to the front is moved there. */
function namesInOrder(known: ReadonlyMap<string, Place>, value: JsonObject): string[] {
  const names: string[] = []
  const places: number[] = []
  for (const name in value) {
    const { at } = known.get(name) ?? BEYOND
    let to = names.length
    for (; to > 0 && (places[to - 1] ?? 0) > at; to--) {
      names[to] = names[to - 1] ?? ''
      places[to] = places[to - 1] ?? 0
    }
    names[to] = name
    places[to] = at
  }
  return names
}
