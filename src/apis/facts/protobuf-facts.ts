/**
 * How the GA types travel in protobuf, by message (`core.v1.Pod`), read from committed facts when first asked for.
 * cli/generate/extract-protobuf.ts writes them: a line is fields apart by `;`, each JSON's name, number and type, the
 * type marked `*` when repeated, `?` when Go has a pointer, `^` when JSON has its fields in the object around it, and
 * Go's name where it is not JSON's with a capital letter.
 */
import { ownValue } from '../../lib/own-value.ts'
import { ProtobufCodec } from '../../apimachinery/wire/protobuf/codec.ts'
import type { ProtobufField, ProtobufTable } from '../../apimachinery/wire/protobuf/message-table.ts'
import type { GroupVersionKind } from '../../apimachinery/meta.ts'
import facts from './protobuf-facts.json' with { type: 'json' }

const texts: Readonly<Record<string, string>> = facts
const read = new Map<string, readonly ProtobufField[]>()

export const protobufTable: ProtobufTable = (message) => {
  let fields = read.get(message)
  if (fields === undefined && Object.hasOwn(texts, message)) {
    fields = (texts[message] ?? '')
      .split(';')
      .filter((text) => text !== '')
      .map(parseField)
    read.set(message, fields)
  }
  return fields
}

function parseField(text: string): ProtobufField {
  const [name = '', number = '', marked = '', goName] = text.split(' ')
  const [type = ''] = /^[^*?^]+/.exec(marked) ?? []
  return {
    name,
    number: Number(number),
    type,
    isRepeated: marked.includes('*'),
    isPointer: marked.includes('?'),
    isInlined: marked.includes('^'),
    ...(goName === undefined ? {} : { goName }),
  }
}

export const protobufCodec = new ProtobufCodec(protobufTable)

const META_GROUP = 'meta.k8s.io'

/** Kinds that every group's API speaks, in whichever version the caller's client was made for. */
const META_KINDS: ReadonlySet<string> = new Set([
  'CreateOptions',
  'DeleteOptions',
  'PatchOptions',
  'PartialObjectMetadata',
  'PartialObjectMetadataList',
  'Status',
  'UpdateOptions',
])

/** The package of a group, where it is not the first label of `PACKAGE.k8s.io`. */
const PACKAGES: Readonly<Record<string, string>> = {
  '': 'core',
  apps: 'apps',
  autoscaling: 'autoscaling',
  batch: 'batch',
  policy: 'policy',
  'flowcontrol.apiserver.k8s.io': 'flowcontrol',
  'rbac.authorization.k8s.io': 'rbac',
}

/**
 * The message of a kind. Undefined for kinds that never travel in protobuf: custom resources, and whatever is not
 * upstream's.
 */
export function protobufMessageOf({ group, version, kind }: GroupVersionKind): string | undefined {
  const message = messageName(group, version, kind)
  return protobufCodec.knows(message) ? message : undefined
}

function messageName(group: string, version: string, kind: string): string {
  if ((group === '' || group === META_GROUP) && META_KINDS.has(kind)) return `meta.v1.${kind}`
  const known = ownValue(PACKAGES, group)
  if (known !== undefined) return `${known}.${version}.${kind}`
  const label = /^([a-z]+)\.k8s\.io$/.exec(group)?.[1] ?? ''
  // A custom resource may have such a group; its kinds are not those of the package that is called so.
  return label === 'meta' || Object.values(PACKAGES).includes(label) ? '' : `${label}.${version}.${kind}`
}
