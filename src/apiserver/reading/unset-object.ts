/**
 * Objects of which nothing is set, as Go prints them: bookmarks are such, with a revision, and so is the answer to a
 * deletion that was only tried and would have taken the last finalizer.
 */
import { zeroOf } from '../../apimachinery/schema/decode.ts'
import type { KindDefinition } from '../../apis/define-kind.ts'
import { schema } from '../../apis/schema.ts'
import { typePrefix } from '../../registry/object-text.ts'

const texts = new WeakMap<KindDefinition, string>()

/** What stands behind the metadata: `,"spec":{"containers":null},"status":{}`. */
export function unsetFields(definition: KindDefinition): string {
  let text = texts.get(definition)
  if (text === undefined) {
    const { type, inNothing } = definition
    const zero = schema.hasType(type) ? (zeroOf(schema.structOf(type)) as Readonly<Record<string, unknown>>) : {}
    const rest = Object.entries(zero).filter(([field]) => !['kind', 'apiVersion', 'metadata'].includes(field))
    const full = rest.map(([field, value]) => [field, field === 'spec' ? { ...inNothing?.spec, ...(value as object) } : value])
    text = full.map(([field, value]) => `,"${String(field)}":${JSON.stringify(value)}`).join('')
    texts.set(definition, text)
  }
  return text
}

/** The whole object. A custom resource is a map, which does not even have metadata. */
export function unsetObject(definition: KindDefinition): string {
  const prefix = typePrefix(definition)
  if (definition.custom !== undefined) return `${prefix.slice(0, -1)}}`
  return `${prefix}"metadata":${JSON.stringify(definition.inNothing?.metadata ?? {})}${unsetFields(definition)}}`
}
