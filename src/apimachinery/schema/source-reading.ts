/**
 * A JSON text read by a type, to the letter where the type asks for it: what is kept raw, and quantities, which are
 * read as they stand in the text, escapes and all (k8s.io/apimachinery pkg/api/resource/quantity.go, UnmarshalJSON).
 */
import { isJsonObject, setField } from '../patch/json-value.ts'
import { Members, entriesOf } from '../wire/json-members.ts'
import { JsonSource, scalarOf } from '../wire/raw/json-source.ts'
import { RawJson } from '../wire/raw/raw-json.ts'
import type { SchemaNode, StructNode } from './schema.ts'

/** What a quantity may be made of, or stand between, as an escape. */
const ESCAPED_QUANTITY = /\\u(?:00(?:2[0BDE]|3\d|4[57BD]|5[04]|6[59BDE]|75|85|A0)|1680|20|3000)/i

/** Whether `text` may have a quantity that is escaped somewhere. Most texts have no such escapes at all. */
export function mayEscapeQuantity(text: string): boolean {
  return text.includes('\\u') && ESCAPED_QUANTITY.test(text)
}

const rawHolders = new WeakMap<StructNode, boolean>()

/** Whether something in the type is kept raw. */
export function holdsRaw(struct: StructNode): boolean {
  let known = rawHolders.get(struct)
  if (known === undefined) rawHolders.set(struct, (known = leadsToRaw(struct, new Set())))
  return known
}

function leadsToRaw(node: SchemaNode, seen: Set<SchemaNode>): boolean {
  if (node.kind === 'scalar') return node.shape === 'raw'
  if (node.kind !== 'struct') return leadsToRaw(node.kind === 'list' ? node.item : node.value, seen)
  if (seen.has(node)) return false
  seen.add(node)
  return [...node.fields.values()].some((field) => leadsToRaw(field.node, seen))
}

/** `text`, which is JSON, with {@link Members} for objects. */
export function readByType(node: SchemaNode | undefined, text: string): unknown {
  return valueOf(new JsonSource(text), node)
}

function valueOf(source: JsonSource, node: SchemaNode | undefined): unknown {
  const first = source.peek()
  if (node?.kind === 'scalar' && node.shape === 'raw') return first === 'n' ? JSON.parse(source.value()) : new RawJson(source.value())
  if (first === '{') {
    const entries: [string, unknown][] = []
    for (const name of source.names()) entries.push([name, valueOf(source, childOf(node, name))])
    return new Members(entries)
  }
  if (first === '[') {
    const item = node?.kind === 'list' ? node.item : undefined
    return Array.from(source.places(), () => valueOf(source, item))
  }
  const written = source.value()
  const isQuantity = node?.kind === 'scalar' && node.shape === 'quantity'
  return isQuantity && written.startsWith('"') && written.includes('\\') ? written.slice(1, -1) : scalarOf(written)
}

function childOf(node: SchemaNode | undefined, name: string): SchemaNode | undefined {
  if (node?.kind === 'map') return node.value
  return node?.kind === 'struct' ? node.fields.get(name)?.node : undefined
}

/**
 * `value`, which a patch has made, with what is raw where its type does not keep it so as what it says.
 */
export function settled(node: SchemaNode | undefined, value: unknown): unknown {
  if (value instanceof RawJson) {
    return node?.kind === 'scalar' && node.shape === 'raw' ? value : readByType(node, value.text)
  }
  if (node?.kind === 'scalar' && node.shape === 'raw') return value
  if (Array.isArray(value)) return value.map((item) => settled(node?.kind === 'list' ? node.item : undefined, item))
  if (value instanceof Members) {
    return new Members(entriesOf(value).map(([name, inner]) => [name, settled(childOf(node, name), inner)]))
  }
  if (!isJsonObject(value)) return value
  const object: Record<string, unknown> = {}
  for (const name of Object.keys(value)) setField(object, name, settled(childOf(node, name), value[name]))
  return object
}
