/**
 * Values as upstream prints them in validation errors. Its validation works on internal types, which have no JSON
 * names, so a struct comes out with Go's field names, in their order, whether set or not: `{"Key":"a","Value":"",…}`. The
 * facts were extracted by src/cli/generate/extract-internal-forms.ts. A word of a type's line is
 * `GoName[=jsonName]:code`; the code is what stands for a field that is not set (`null`, `0`, `""`, …), or the type
 * that is in it: `Type` (never null), `Type?` (one, or a map of them, null if not set), `Type*` (a list). `+Type` is
 * inlined.
 */
import { AsWritten } from '../../lib/exact-json.ts'
import { sortedMap } from '../../apimachinery/field-path.ts'
import { inFieldOrder } from '../../apimachinery/schema/field-order.ts'
import { givenEmpty, keepGivenEmpty } from '../../apimachinery/schema/given-empty.ts'
import { printedTime } from '../../apimachinery/schema/times.ts'
import type { ObjectMeta } from '../../apimachinery/meta.ts'
import type { V1LabelSelector } from '../generated/types.ts'
import table from '../facts/internal-forms.json' with { type: 'json' }
import { schema } from '../schema.ts'
import { printedSelector } from './rules.ts'

type Fields = Record<string, unknown>
export type InternalType = keyof typeof table

const WORD = /^(\+)?(\w+)(?:=(\w+))?(?::(.+))?$/

/** `DNSPolicy` → `dnsPolicy`, `HostIP` → `hostIP`: the JSON name that most fields have. */
export function jsonNameOf(goName: string): string {
  return goName.replace(/^[A-Z]+(?![a-z])|^[A-Z]+(?=[A-Z][a-z])|^[A-Z]/, (capitals) => capitals.toLowerCase())
}

function isType(name: string): name is InternalType {
  return Object.hasOwn(table, name)
}

/** `value` is the wire form of that type, undefined standing for one without any field set. */
export function internalForm(type: InternalType, value: object = {}): Fields {
  const source = type === 'PodSpec' ? withHostFields(value as Fields) : (value as Fields)
  const printed: Fields = {}
  for (const word of table[type].split(' ')) {
    const [, plus, name = '', jsonName = jsonNameOf(name), code = ''] = WORD.exec(word) ?? []
    if (plus === undefined) printed[name] = formOf(code, source[jsonName] ?? givenEmpty(source, jsonName))
    else if (isType(name)) Object.assign(printed, internalForm(name, source))
    else Object.assign(printed, metadataForm((source['metadata'] ?? {}) as ObjectMeta))
  }
  return printed
}

function formOf(code: string, value: unknown): unknown {
  const name = code.replace(/[?*]$/, '')
  if (!isType(name)) return value === undefined || value === null ? JSON.parse(code) : plainForm(value)
  if (value === undefined || value === null) return code === name ? internalForm(name) : null
  return Array.isArray(value) ? value.map((item: object) => internalForm(name, item)) : internalForm(name, value)
}

/** Types of apimachinery have JSON names; of maps, Go prints the keys in order. */
function plainForm(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainForm)
  if (typeof value !== 'object' || value === null || value instanceof AsWritten) return value
  if ('matchLabels' in value || 'matchExpressions' in value) return printedSelector(value as V1LabelSelector)
  const isMap = Object.values(value).every((item) => typeof item === 'string')
  if (isMap) return sortedMap(value as Record<string, string>)
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plainForm(item)]))
}

/** What internal types keep in the security context of a pod stands beside it on the wire. */
function withHostFields(spec: Fields): Fields {
  const { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers } = spec
  const moved = { hostNetwork, hostPID, hostIPC, shareProcessNamespace, hostUsers }
  const own = spec['securityContext'] as Fields | undefined
  return keepGivenEmpty({ ...spec, securityContext: keepGivenEmpty({ ...moved, ...own }, own) }, spec)
}

/** Metadata have JSON names wherever they are. */
export function metadataForm(metadata: ObjectMeta): Fields {
  const { labels, annotations } = metadata
  const printed: Fields = {
    // Owners and managed fields, too, have the order of their types, whatever the client's was.
    ...(inFieldOrder(schema.structOf('V1ObjectMeta'), metadata) as ObjectMeta),
    labels: labels && sortedMap(labels),
    annotations: annotations && sortedMap(annotations),
    creationTimestamp: printedTime(metadata.creationTimestamp),
    deletionTimestamp: printedTime(metadata.deletionTimestamp),
  }
  return Object.fromEntries(METADATA_ORDER.flatMap((name) => {
    const value = printed[name]
    const isNone = value === undefined || value === null || value === '' || (value === 0 && name === 'generation')
    return isNone ? [] : [[name, value]]
  }))
}

const METADATA_ORDER = [
  'name', 'generateName', 'namespace', 'selfLink', 'uid', 'resourceVersion', 'generation', 'creationTimestamp',
  'deletionTimestamp', 'deletionGracePeriodSeconds', 'labels', 'annotations', 'ownerReferences', 'finalizers',
  'managedFields',
] as const
