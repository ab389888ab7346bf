/**
 * How objects of a type merge, as server-side apply sees it: which parts are owned as a whole, which lists are keyed,
 * which fields are declared. A view of a type, whatever it came from: built-in kinds make theirs of the generated
 * structure and the merge facts (apis/merge-schema.ts), custom resources of their structural schema. Follows the atoms
 * of structured-merge-diff's schema package and kube-openapi's schemaconv.
 */
import type { Int64 } from '../../lib/exact-json.ts'
export interface ScalarMerge {
  readonly kind: 'scalar'
  /** What an applied value must be; `untyped` takes any scalar (times, quantities). */
  readonly scalar: 'string' | 'numeric' | 'boolean' | 'untyped'
}

export interface ListMerge {
  readonly kind: 'list'
  /** `atomic`: owned as a whole; `set`: items are scalars and their own keys; `map`: items are known by `keys`. */
  readonly relation: 'atomic' | 'set' | 'map'
  readonly keys: readonly string[]
  readonly item: MergeNode
}

export interface MergeField {
  readonly node: MergeNode
  /** What counts where an item of a keyed list leaves this field out; undefined: there is no default. */
  readonly keyDefault?: string | Int64 | boolean
}

/** A struct, a map, or both: declared fields, and a type for whatever else there is. */
export interface MapMerge {
  readonly kind: 'map'
  readonly isAtomic: boolean
  readonly fields: ReadonlyMap<string, MergeField>
  /** The type of undeclared fields; undefined: there may be none. */
  readonly value: MergeNode | undefined
}

/** Anything: the value tells which of the three it is. */
export interface AnyMerge {
  readonly kind: 'any'
  readonly scalar: ScalarMerge
  readonly list: ListMerge
  readonly map: MapMerge
}

export type MergeNode = ScalarMerge | ListMerge | MapMerge | AnyMerge
export type ResolvedNode = Exclude<MergeNode, AnyMerge>

const UNTYPED: ScalarMerge = { kind: 'scalar', scalar: 'untyped' }
const NO_FIELDS: ReadonlyMap<string, MergeField> = new Map()

/** JSON that is owned as a whole. */
export const UNTYPED_ATOMIC: MergeNode = anything(true)
/** JSON without a schema: objects merge field by field, lists are owned as a whole. */
export const DEDUCED: MergeNode = anything(false)

function anything(isAtomic: boolean): AnyMerge {
  const node = {
    kind: 'any',
    scalar: UNTYPED,
    list: {
      kind: 'list',
      relation: 'atomic',
      keys: [],
      get item(): MergeNode {
        return UNTYPED_ATOMIC
      },
    },
    map: {
      kind: 'map',
      isAtomic,
      fields: NO_FIELDS,
      get value(): MergeNode {
        return node
      },
    },
  } satisfies AnyMerge as AnyMerge
  return node
}

/** The node that a value is of. A null, or none, is whatever it may be first: a map. */
export function resolveNode(node: MergeNode, value: unknown): ResolvedNode {
  if (node.kind !== 'any') return node
  if (Array.isArray(value)) return node.list
  return typeof value === 'object' || value === undefined ? node.map : node.scalar
}

/** The node of a field or an entry. @throws when there may be none: the value was not checked against the schema. */
export function childNode(node: MapMerge, field: string): MergeNode {
  const child = node.fields.get(field)?.node ?? node.value
  if (child === undefined) throw new Error(`the merge schema has no field ${field}`)
  return child
}
