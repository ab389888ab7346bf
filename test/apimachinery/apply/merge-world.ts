/** A small type that has one of everything, and a history of writes to an object of it. */
import { ConflictError } from '../../../src/apimachinery/apply/conflict.ts'
import {
  applyFields, fieldsOfApplied, trackUpdate, type ManagedEndpoint,
} from '../../../src/apimachinery/apply/ownership.ts'
import type { ListMerge, MapMerge, MergeNode } from '../../../src/apimachinery/apply/merge-schema.ts'
import { UNTYPED_ATOMIC, DEDUCED } from '../../../src/apimachinery/apply/merge-schema.ts'
import type { AnyObject } from '../../../src/apimachinery/meta.ts'

export const STRING: MergeNode = { kind: 'scalar', scalar: 'string' }
export const NUMBER: MergeNode = { kind: 'scalar', scalar: 'numeric' }

export function struct(fields: Record<string, MergeNode>, isAtomic = false): MapMerge {
  const entries = Object.entries(fields).map(([name, node]) => [name, { node }] as const)
  return { kind: 'map', isAtomic, fields: new Map(entries), value: undefined }
}

export function mapOf(value: MergeNode, isAtomic = false): MapMerge {
  return { kind: 'map', isAtomic, fields: new Map(), value }
}

export function listOf(relation: ListMerge['relation'], item: MergeNode, ...keys: string[]): ListMerge {
  return { kind: 'list', relation, item, keys }
}

const PORT: MapMerge = {
  ...struct({ port: NUMBER, protocol: STRING, name: STRING }),
  fields: new Map([
    ['port', { node: NUMBER }],
    ['protocol', { node: STRING, keyDefault: 'TCP' }],
    ['name', { node: STRING }],
  ]),
}

const INNER = struct({ a: STRING, b: STRING, deep: struct({ c: STRING }) })

export const THING: MapMerge = struct({
  apiVersion: STRING,
  kind: STRING,
  metadata: struct({ name: STRING, uid: STRING, labels: mapOf(STRING), managedFields: UNTYPED_ATOMIC }),
  number: NUMBER,
  text: STRING,
  map: mapOf(STRING),
  atomicMap: mapOf(STRING, true),
  set: listOf('set', STRING),
  list: listOf('map', struct({ name: STRING, value: NUMBER, inner: INNER }), 'name'),
  ports: listOf('map', PORT, 'port', 'protocol'),
  atomicList: listOf('atomic', STRING),
  inner: INNER,
  any: DEDUCED,
})

export const ENDPOINT: ManagedEndpoint = {
  apiVersion: 'v1',
  node: THING,
  subresource: '',
  reset: {},
  empty: { apiVersion: 'v1', kind: 'Thing', metadata: {} },
  mayHaveChanged: false,
  convert: (object, apiVersion) => (apiVersion === 'v1' ? object : undefined),
}

export type Fields = Record<string, unknown>

export const NAMED = { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'a' } }

/** One object and those who write to it. Times are the numbers of the writes. */
export class History {
  object: AnyObject | undefined
  #writes = 0
  readonly #endpoint: ManagedEndpoint

  constructor(endpoint: ManagedEndpoint = ENDPOINT) {
    this.#endpoint = endpoint
  }

  /** undefined: done; otherwise the paths that are in conflict, by manager. */
  apply(manager: string, fields: Fields, isForced = false): ConflictError | undefined {
    try {
      const applied = { ...NAMED, ...fields, metadata: { ...NAMED.metadata, ...(fields['metadata'] as object) } }
      const said = { object: applied, fields: fieldsOfApplied(this.#endpoint, applied) }
      const writer = { manager, isForced, nowMs: this.#writes++ * 1000 }
      const result = applyFields(this.#endpoint, this.object, said, writer)
      const next: AnyObject = structuredClone(result.object ?? this.object ?? applied)
      delete next.metadata.managedFields
      if (result.managedFields !== undefined) next.metadata.managedFields = result.managedFields
      next.metadata.uid = 'u'
      this.object = next
      return undefined
    } catch (error) {
      if (error instanceof ConflictError) return error
      throw error
    }
  }

  /** PUT: the object has these fields and no others. */
  update(manager: string, fields: Fields): void {
    const next: AnyObject = structuredClone({ ...NAMED, metadata: { name: 'a', uid: 'u' }, ...fields })
    trackUpdate(this.#endpoint, this.object, next, { manager, nowMs: this.#writes++ * 1000 })
    this.object = next
  }

  /** What the object has beside its identity, without what is null. */
  get fields(): Fields {
    const { apiVersion: _apiVersion, kind: _kind, metadata: _metadata, ...fields } = this.object ?? NAMED
    return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
  }

  /** `a Apply` → what it owns, as FieldsV1. */
  get owners(): Record<string, unknown> {
    const entries = this.object?.metadata.managedFields ?? []
    return Object.fromEntries(
      entries.map(({ manager, operation, fieldsV1 }) => [`${manager ?? ''} ${operation ?? ''}`, fieldsV1]))
  }
}
