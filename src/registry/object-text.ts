/**
 * The finished JSON text of objects: how it is printed once at the write, and spliced ever after. Stored text always
 * begins with the type prefix `{"kind":…,"apiVersion":…,` so that list items (which upstream prints without their type)
 * and watch events are cut from it without parsing; then comes the metadata, and in it first the managed fields.
 */
import type { KindDefinition } from '../apis/define-kind.ts'
import type { AnyObject, KubeObject, ManagedFieldsEntry } from '../apimachinery/meta.ts'
import { formatGroupVersion } from '../apimachinery/meta.ts'
import type { Draft, Selectable } from '../store/object-store.ts'
import { parseManagedFields, printManagedFields, splitManagedFields } from './manager-text.ts'

/** The field under which followers find an object's owners: comma-separated uids. Not a public field selector. */
export const OWNER_UIDS_FIELD = 'metadata.ownerUids'

const prefixes = new WeakMap<KindDefinition, string>()

/** `{"kind":"Pod","apiVersion":"v1",` */
export function typePrefix(definition: KindDefinition): string {
  let prefix = prefixes.get(definition)
  if (prefix === undefined) {
    prefix = `{"kind":${JSON.stringify(definition.kind)},"apiVersion":${JSON.stringify(formatGroupVersion(definition))},`
    prefixes.set(definition, prefix)
  }
  return prefix
}

/** The text of `subject`, type first. Its resourceVersion is whatever the metadata says. */
export function printObject(definition: KindDefinition, subject: KubeObject): string {
  const { kind: _kind, apiVersion: _apiVersion, metadata, ...rest } = subject
  const { managedFields, ...described } = metadata
  const members = [JSON.stringify(described).slice(1, -1)]
  if (managedFields !== undefined && managedFields.length > 0) members.unshift(printManagedFields(managedFields))
  const start = `${typePrefix(definition)}"metadata":{${members.filter((text) => text !== '').join(',')}}`
  const end = JSON.stringify(rest).slice(1)
  return end === '}' ? start + end : `${start},${end}`
}

/** A stored text as an item of a list of built-in kinds: the same object without kind and apiVersion. */
export function listItemText(definition: KindDefinition, text: string): string {
  return `{${text.slice(typePrefix(definition).length)}`
}

/** A stored object, parsed. The caller owns it, but for the entries of its managed fields, which are never changed. */
export function parseObject(text: string): AnyObject {
  const { rest, managed } = splitManagedFields(text)
  const subject = JSON.parse(rest) as AnyObject
  const managedFields = parseManagedFields(managed)
  if (managedFields !== undefined) subject.metadata.managedFields = managedFields
  return subject
}

/** The same without its managed fields, which hardly anybody looks at and which are half of what there is to read. */
export function parseWithoutManagedFields(text: string): AnyObject {
  return JSON.parse(splitManagedFields(text).rest) as AnyObject
}

/** The managed fields of a stored text; undefined: it has none. */
export function managedFieldsOf(text: string): ManagedFieldsEntry[] | undefined {
  return parseManagedFields(splitManagedFields(text).managed)
}

/** What selectors and followers look at. */
export function selectableOf(definition: KindDefinition, subject: KubeObject): Selectable {
  const fields: Record<string, string> = { ...definition.selectableFields?.(subject) }
  const owners = subject.metadata.ownerReferences
  if (owners !== undefined && owners.length > 0) fields[OWNER_UIDS_FIELD] = owners.map(({ uid }) => uid).join(',')
  return { labels: subject.metadata.labels ?? {}, fields }
}

/** A draft of `subject` that stamps the revision it is given, in the object as well as in the text. */
export function draftOf(definition: KindDefinition, subject: AnyObject): Draft {
  return {
    selectable: selectableOf(definition, subject),
    text(revision) {
      subject.metadata.resourceVersion = String(revision)
      return printObject(definition, subject)
    },
  }
}
