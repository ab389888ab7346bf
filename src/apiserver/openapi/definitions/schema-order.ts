/**
 * In which order documents name what a schema says: the one of upstream's type, then extensions by name
 * (k8s.io/kube-openapi pkg/validation/spec/schema.go). Only order is known here, not what anything means.
 */
import type { GroupVersionKind } from '../../../apimachinery/meta.ts'

const ORDER = [
  'id', 'description', 'type', 'nullable', 'format', 'title', 'default', 'maximum', 'exclusiveMaximum', 'minimum',
  'exclusiveMinimum', 'maxLength', 'minLength', 'pattern', 'maxItems', 'minItems', 'uniqueItems', 'multipleOf', 'enum',
  'maxProperties', 'minProperties', 'required', 'items', 'allOf', 'oneOf', 'anyOf', 'not', 'properties',
  'additionalProperties', 'patternProperties', 'dependencies', 'additionalItems', 'definitions', 'discriminator',
  'readOnly', 'externalDocs', 'example', '$schema', '$ref',
] as const

const RANKS: ReadonlyMap<string, number> = new Map(ORDER.map((name, at) => [name, at]))
/** Behind all that have a rank. */
const EXTENSION = ORDER.length

/** Only of the schema itself: those within are put in order when they are made. */
export function inOrder<S extends object>(schema: S): S {
  const members = Object.entries(schema) as [string, unknown][]
  return Object.fromEntries(members.sort(([one], [other]) => before(one, other))) as S
}

function before(one: string, other: string): number {
  const distance = (RANKS.get(one) ?? EXTENSION) - (RANKS.get(other) ?? EXTENSION)
  return distance === 0 ? (one < other ? -1 : 1) : distance
}

/** A kind in an extension, whose members are in the order of their names. */
export function kindNamed({ group, version, kind }: GroupVersionKind): GroupVersionKind {
  return { group, kind, version }
}
