/**
 * How lists and maps of the built-in types merge: strategic merge keys and strategies, list and map types of
 * server-side apply. The facts were extracted from upstream's OpenAPI document
 * (src/cli/generate/extract-facts.ts); this file only looks them up, by the type of an object and the name of one
 * of its fields.
 */
import { quote } from '../../apimachinery/field-path.ts'
import { ownValue } from '../../lib/own-value.ts'
import { schema } from '../schema.ts'
import table from './merge-facts.json' with { type: 'json' }

export type ListType = 'atomic' | 'set' | 'map'
export type PatchStrategy = 'merge' | 'replace' | 'retainKeys'

interface FieldMergeFacts {
  readonly listType?: ListType
  readonly listMapKeys?: readonly string[]
  readonly mapType?: 'atomic' | 'granular'
  readonly patchStrategies: readonly PatchStrategy[]
  readonly mergeKey?: string
}

const NONE: FieldMergeFacts = { patchStrategies: [] }
const lines: Readonly<Record<string, string>> = table
const parsed = new Map<string, ReadonlyMap<string, FieldMergeFacts>>()

/** `field;list=map;keys=name;patch=merge;merge=name` */
function parseWord(word: string): [string, FieldMergeFacts] {
  const [field = '', ...parts] = word.split(';')
  const said = new Map(parts.map((part) => part.split('=') as [string, string]))
  const [list, keys, map, patch, merge] = ['list', 'keys', 'map', 'patch', 'merge'].map((key) => said.get(key))
  return [
    field,
    {
      ...(list === undefined ? {} : { listType: list as ListType }),
      ...(keys === undefined ? {} : { listMapKeys: keys.split(',') }),
      ...(map === undefined ? {} : { mapType: map as 'atomic' | 'granular' }),
      ...(merge === undefined ? {} : { mergeKey: merge }),
      patchStrategies: (patch === undefined ? [] : patch.split(',')) as PatchStrategy[],
    },
  ]
}

function factsOf(type: string, field: string): FieldMergeFacts {
  let fields = parsed.get(type)
  if (fields === undefined) {
    const line = ownValue(lines, type)
    fields = new Map(line === undefined ? [] : line.split(' ').map(parseWord))
    parsed.set(type, fields)
  }
  return fields.get(field) ?? NONE
}

/** The field that identifies an item of the list `field` in a strategic merge patch. */
export function mergeKeyOf(type: string, field: string): string | undefined {
  return factsOf(type, field).mergeKey
}

/** Empty: the usual, which is to replace lists and to merge maps. */
export function patchStrategyOf(type: string, field: string): readonly PatchStrategy[] {
  return factsOf(type, field).patchStrategies
}

export function listTypeOf(type: string, field: string): ListType | undefined {
  return factsOf(type, field).listType
}

export function listMapKeysOf(type: string, field: string): readonly string[] {
  return factsOf(type, field).listMapKeys ?? []
}

/** Whether the map or struct in `field` is owned as a whole; said at the field, or at the type inside it. */
export function mapTypeOf(type: string, field: string): 'atomic' | 'granular' | undefined {
  const inner = schema.fieldType(type, field)
  return factsOf(type, field).mapType ?? (inner === undefined ? undefined : factsOf(inner, '.').mapType)
}

/** What raw JSON is to upstream: a struct of which no field has a name in JSON. */
const RAW_JSON = 'RawExtension'

/** The type inside a field, below lists and maps; undefined for scalars. */
export function fieldTypeOf(type: string, field: string): string | undefined {
  return schema.fieldType(type, field) ?? (isRawJson(type, field) ? RAW_JSON : undefined)
}

function isRawJson(type: string, field: string): boolean {
  const node = schema.hasType(type) ? schema.structOf(type).fields.get(field)?.node : undefined
  return node?.kind === 'scalar' && (node.shape === 'any' || node.shape === 'raw')
}

/** Why a type has no such field, in the words of upstream's strategic merge patch; undefined: it may have one. */
export function whyNoField(type: string, field: string): string | undefined {
  const isRaw = type === RAW_JSON
  if (!isRaw && !schema.hasType(type)) return undefined
  const goName = isRaw ? RAW_JSON : schema.structOf(type).goName
  if (!isRaw && schema.structOf(type).fields.has(field)) return undefined
  return `unable to find api field in struct ${goName} for the json field ${quote(field)}`
}

/** All of the above as one thing to hand down. */
export const mergeFacts = { mergeKeyOf, patchStrategyOf, listTypeOf, listMapKeysOf, mapTypeOf, fieldTypeOf, whyNoField }
