/**
 * Field numbers of the GA types in protobuf, by message (`core.v1.Pod`), read from committed facts when first asked for.
 * cli/generate/extract-protobuf.ts writes them.
 */
import type { ProtobufField, ProtobufTable } from '../../apimachinery/wire/protobuf.ts'
import facts from './protobuf-facts.json' with { type: 'json' }

const texts: Readonly<Record<string, string>> = facts
const read = new Map<string, ReadonlyMap<number, ProtobufField>>()

export const protobufTable: ProtobufTable = (message) => {
  let fields = read.get(message)
  if (fields === undefined && Object.hasOwn(texts, message)) {
    fields = new Map(
      (texts[message] ?? '')
        .split(';')
        .filter((text) => text !== '')
        .map(parseField),
    )
    read.set(message, fields)
  }
  return fields
}

function parseField(text: string): readonly [number, ProtobufField] {
  const [name = '', number = '', type = ''] = text.split(' ')
  const isRepeated = type.endsWith('*')
  return [Number(number), { name, number: Number(number), type: isRepeated ? type.slice(0, -1) : type, isRepeated }]
}

/** Kinds that every group's API takes, in whichever version the caller's client was made for. */
const META_KINDS: ReadonlySet<string> = new Set([
  'DeleteOptions',
  'CreateOptions',
  'UpdateOptions',
  'PatchOptions',
  'Status',
])

/** The message of an object: the group's first label is its package. */
export function protobufMessageOf(apiVersion: string, kind: string): string {
  if (META_KINDS.has(kind)) return `meta.v1.${kind}`
  const [group = '', version] = apiVersion.split('/')
  return version === undefined ? `core.${group}.${kind}` : `${group.split('.')[0] ?? ''}.${version}.${kind}`
}
