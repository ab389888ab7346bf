/**
 * Finished JSON texts for whoever prints them in another form: what an object keeps raw is read in its very letters,
 * which is seen by what the text says that it is. Most kinds keep nothing so, and are read as any JSON.
 */
import { parseJson } from '../../lib/exact-json.ts'
import { parseGroupVersion } from '../../apimachinery/meta.ts'
import { holdsRaw, readByType } from '../../apimachinery/schema/source-reading.ts'
import type { StructNode } from '../../apimachinery/schema/schema.ts'
import { plainJson } from '../../apimachinery/wire/json-members.ts'
import { structOfKind } from '../../apis/kind-type.ts'

const TYPE = /^\{"kind":"(\w+?)(List)?","apiVersion":"([^"]+)"/

/** By kind and version: types that keep something raw, and null for all others. */
const rawTypes = new Map<string, StructNode | null>()

export function parseShown(text: string): unknown {
  const [, kind, list, version] = TYPE.exec(text) ?? []
  if (kind === undefined || version === undefined) return parseJson(text)
  const type = rawTypeOf(version, kind)
  return type === null ? parseJson(text) : plainJson(readByType(list === undefined ? type : listOf(type), text))
}

function rawTypeOf(version: string, kind: string): StructNode | null {
  const key = `${version} ${kind}`
  let known = rawTypes.get(key)
  if (known === undefined) {
    const groupVersion = parseGroupVersion(version)
    const struct = groupVersion === undefined ? undefined : structOfKind({ ...groupVersion, kind })
    known = struct !== undefined && holdsRaw(struct) ? struct : null
    if (struct !== undefined) rawTypes.set(key, known)
  }
  return known
}

/** A list of such. */
function listOf(item: StructNode): StructNode {
  const node = { kind: 'list', item, goType: '' } as const
  const items = { name: 'items', goPath: 'items', node, dropsEmpty: false, isNullable: true, isDropped: false }
  const fields = new Map([['items', items]])
  return { kind: 'struct', type: '', goName: '', goType: '', fields, always: [], preservesUnknown: true }
}
