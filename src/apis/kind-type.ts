/**
 * The schema's type for anything that travels as a body: kinds that are stored or answered, DeleteOptions, and what only
 * subresources speak (Scale, TokenRequest, Eviction), which are no kinds of their own in the list.
 */
import type { GroupVersionKind } from '../apimachinery/meta.ts'
import type { StructNode } from '../apimachinery/schema/schema.ts'
import { holdsRaw } from '../apimachinery/schema/source-reading.ts'
import { KINDS, UNSERVED_KINDS } from './kinds.ts'
import { schema } from './schema.ts'

/** `group/version/kind` of bodies that are no kinds → type. */
const BODY_TYPES: Readonly<Record<string, string>> = {
  '/v1/DeleteOptions': 'V1DeleteOptions',
  '/v1/Status': 'V1Status',
  'authentication.k8s.io/v1/TokenRequest': 'AuthenticationV1TokenRequest',
  'autoscaling/v1/Scale': 'V1Scale',
  'policy/v1/Eviction': 'V1Eviction',
}

const types = new Map<string, string>(Object.entries(BODY_TYPES))
for (const definition of [...KINDS, ...UNSERVED_KINDS.map((unserved) => unserved.definition)]) {
  types.set(keyOf(definition), definition.type)
}

function keyOf({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version}/${kind}`
}

/** Undefined for what is no built-in kind. */
export function typeOfKind(kind: GroupVersionKind): string | undefined {
  return types.get(keyOf(kind))
}

/** What that type is made of. */
export function structOfKind(kind: GroupVersionKind): StructNode | undefined {
  const type = typeOfKind(kind)
  return type === undefined || !schema.hasType(type) ? undefined : schema.structOf(type)
}

/** Whether objects of this kind keep something raw. */
export function keepsRaw(kind: GroupVersionKind): boolean {
  const struct = structOfKind(kind)
  return struct !== undefined && holdsRaw(struct)
}
