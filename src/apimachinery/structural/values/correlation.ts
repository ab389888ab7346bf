/**
 * Ratcheting: what an update leaves as it was is not judged again. A value of the new object is correlated with one of
 * the old by field, and in lists of type map by key; items of other lists are not correlated, such a list is one value.
 * Upstream: k8s.io/apiserver pkg/cel/common/{equality,maplist}.go.
 */
import { ownValue } from '../../../lib/own-value.ts'
import { isNumeric, type Int64 } from '../../../lib/exact-json.ts'
import { equalJson, isJsonObject, type JsonObject } from '../../patch/json-value.ts'
import { schemaOfField, type StructuralSchema } from '../structural-schema.ts'

/** A new value and the old one that it came from. */
export class Correlation {
  readonly value: unknown
  readonly old: unknown
  readonly schema: StructuralSchema
  #isUnchanged: boolean | undefined
  #oldByKey: ReadonlyMap<unknown, unknown> | undefined
  /** Those asked for: each is compared once, and so is what is around them. */
  readonly #fields = new Map<string, Correlation | undefined>()
  readonly #items = new Map<number, Correlation | undefined>()

  constructor(value: unknown, old: unknown, schema: StructuralSchema) {
    this.value = value
    this.old = old
    this.schema = schema
  }

  /** undefined when the field is not in both objects, or the schema says nothing of it. */
  field(name: string): Correlation | undefined {
    if (!this.#fields.has(name)) this.#fields.set(name, this.#fieldOf(name))
    return this.#fields.get(name)
  }

  #fieldOf(name: string): Correlation | undefined {
    const { value, old } = this
    if (!isJsonObject(value) || !isJsonObject(old)) return undefined
    const schema = schemaOfField(this.schema, name)
    if (schema === undefined || !Object.hasOwn(value, name) || !Object.hasOwn(old, name)) return undefined
    return new Correlation(value[name], old[name], schema)
  }

  /** undefined unless the list is one of type map, and the old one has an item with the same keys. */
  item(at: number): Correlation | undefined {
    if (!this.#items.has(at)) this.#items.set(at, this.#itemAt(at))
    return this.#items.get(at)
  }

  #itemAt(at: number): Correlation | undefined {
    const { value, old, schema } = this
    if (!Array.isArray(value) || !Array.isArray(old) || schema.listType !== 'map' || schema.items === undefined) {
      return undefined
    }
    const item: unknown = value[at]
    const key = listMapKey(item, schema.listMapKeys)
    if (key === undefined) return undefined
    this.#oldByKey ??= byListMapKey(old, schema)
    const oldItem = this.#oldByKey.get(key)
    return oldItem === undefined ? undefined : new Correlation(item, oldItem, schema.items)
  }

  get isUnchanged(): boolean {
    this.#isUnchanged ??= this.#compare()
    return this.#isUnchanged
  }

  #compare(): boolean {
    const { value, old, schema } = this
    if (Array.isArray(value)) {
      if (!Array.isArray(old) || value.length !== old.length) return false
      if (schema.listType !== 'map') return equalJson(value, old)
      return value.every((_item, at) => this.item(at)?.isUnchanged === true)
    }
    if (!isJsonObject(value) || !isJsonObject(old)) return value === old
    const names = Object.keys(value)
    return names.length === Object.keys(old).length && names.every((name) => this.field(name)?.isUnchanged === true)
  }
}

/** The old items by their keys, the first of each; empty unless the schema is that of a list of type map. */
export function byListMapKey(list: readonly unknown[], schema: StructuralSchema): ReadonlyMap<unknown, unknown> {
  const byKey = new Map<unknown, unknown>()
  if (schema.type !== 'array' || schema.listMapKeys.length === 0) return byKey
  for (const item of list) {
    const key = listMapKey(item, schema.listMapKeys)
    if (key !== undefined && !byKey.has(key)) byKey.set(key, item)
  }
  return byKey
}

/** What identifies an item of a list of type map; undefined when one of the keys is not there, or is no scalar. */
export function listMapKey(item: unknown, keys: readonly string[]): unknown {
  if (!isJsonObject(item)) return undefined
  const [first = '', ...others] = keys
  if (others.length === 0) return scalarOf(item, first)
  const values = keys.map((key) => scalarOf(item, key))
  return values.includes(undefined) ? undefined : JSON.stringify(values)
}

function scalarOf(item: JsonObject, key: string): string | Int64 | boolean | undefined {
  const value = ownValue(item, key)
  return typeof value === 'string' || isNumeric(value) || typeof value === 'boolean' ? value : undefined
}
