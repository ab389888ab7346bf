/** Ways through a schema: its alternatives, and all schemas that are part of it, in whatever place they may stand. */
import { isJsonObject } from '../../../apimachinery/patch/json-value.ts'
import { additionalPropertiesOf, itemsOf, type JsonSchema } from '../../../apimachinery/structural/json-schema.ts'
import { schemasOf, type InternalSpec } from '../internal-spec.ts'

export interface Alternative {
  readonly schema: JsonSchema
  readonly kind: 'allOf' | 'anyOf' | 'oneOf' | 'not'
  readonly index: number
  /** `allOf[0]`, `not`. */
  readonly path: string
}

export function alternativesOf(schema: JsonSchema): Alternative[] {
  const found: Alternative[] = []
  for (const kind of ['allOf', 'anyOf', 'oneOf'] as const) {
    for (const [index, alternative] of (schema[kind] ?? []).entries()) {
      found.push({ schema: alternative, kind, index, path: `${kind}[${String(index)}]` })
    }
  }
  if (schema.not !== undefined) found.push({ schema: schema.not, kind: 'not', index: 0, path: 'not' })
  return found
}

function isSchema(value: unknown): value is JsonSchema {
  return isJsonObject(value)
}

/** A schema and all that are part of it, the outer ones first. */
export function* schemasWithin(schema: JsonSchema): Generator<JsonSchema> {
  // No generators in each other, of which each would pass on what the innermost has.
  const pending = [schema]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    yield next
    const parts = partsOf(next)
    for (let at = parts.length - 1; at >= 0; at--) {
      const part = parts[at]
      if (isSchema(part)) pending.push(part)
    }
  }
}

function partsOf(schema: JsonSchema): readonly unknown[] {
  const lists = Array.isArray(schema.items) ? (schema.items as JsonSchema[]) : []
  const maps = [schema.properties, schema.patternProperties, schema.definitions, schema.dependencies]
  return [
    itemsOf(schema),
    ...lists,
    ...(schema.allOf ?? []),
    ...(schema.anyOf ?? []),
    ...(schema.oneOf ?? []),
    schema.not,
    additionalPropertiesOf(schema),
    schema.additionalItems,
    ...maps.flatMap((map) => Object.values(map ?? {})),
  ]
}

/** Whether any schema of the definition, or a part of one, is so. */
export function hasSchema(spec: InternalSpec, isSo: (schema: JsonSchema) => boolean): boolean {
  return schemasOf(spec).some((schema) => isPartly(schema, isSo))
}

export function isPartly(schema: JsonSchema, isSo: (schema: JsonSchema) => boolean): boolean {
  for (const part of schemasWithin(schema)) if (isSo(part)) return true
  return false
}
