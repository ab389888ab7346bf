/**
 * The finished JSON text of objects: how it is printed once at the write, and spliced ever after. Stored text always
 * begins with the type prefix `{"kind":…,"apiVersion":…,` so that list items (which upstream prints without their type)
 * and watch events are cut from it without parsing; then comes the metadata, and in it first the managed fields.
 */
import { parseJson } from '../lib/exact-json.ts'
import type { KindDefinition, StoredText } from '../apis/define-kind.ts'
import type { AnyObject, KubeObject, ObjectMeta } from '../apimachinery/meta.ts'
import { controllerOf, formatGroupVersion, parseGroupVersion } from '../apimachinery/meta.ts'
import { sortedFields } from '../apimachinery/patch/json-value.ts'
import { decodeObject } from '../apimachinery/schema/decode.ts'
import { withoutEmptyLists } from '../apimachinery/schema/empty-lists.ts'
import { schema } from '../apis/schema.ts'
import type { Draft, Selectable, StoredObject } from '../store/object-store.ts'
import { parseManagedFields, printManagedFields, splitManagedFields } from './managed-text.ts'

/** The field under which followers find an object's owners: comma-separated uids. Not a public field selector. */
export const OWNER_UIDS_FIELD = 'metadata.ownerUids'

/** The field that names an object's controller, `ReplicaSet.apps/web-5d4f`, so that its wake needs no parsed text. */
export const CONTROLLER_FIELD = 'metadata.controller'

const prefixes = new WeakMap<KindDefinition, string>()

/** `{"kind":"Pod","apiVersion":"v1",`; of custom resources, which are maps upstream, in order. */
export function typePrefix(definition: KindDefinition): string {
  let prefix = prefixes.get(definition)
  if (prefix === undefined) {
    const kind = `"kind":${JSON.stringify(definition.kind)}`
    const apiVersion = `"apiVersion":${JSON.stringify(formatGroupVersion(definition))}`
    prefix = definition.custom === undefined ? `{${kind},${apiVersion},` : `{${apiVersion},${kind},`
    prefixes.set(definition, prefix)
  }
  return prefix
}

/** The text of `subject`, type first. Its resourceVersion is whatever the metadata says. */
export function printObject(definition: KindDefinition, subject: KubeObject): string {
  const { kind: _kind, apiVersion: _apiVersion, metadata, ...others } = subject
  return `${openMetadata(definition, metadata)}}${printTail(definition, others)}`
}

/** `subject` printed once, for any revision that it may get; whatever resourceVersion it has now does not matter. */
export function printUnstamped(definition: KindDefinition, subject: KubeObject): { text(revision: number): string } {
  const { kind: _kind, apiVersion: _apiVersion, metadata, ...others } = subject
  const { resourceVersion: _resourceVersion, ...rest } = metadata
  const open = openMetadata(definition, rest)
  const head = `${open}${open.endsWith('{') ? '' : ','}"resourceVersion":"`
  const tail = `"}${printTail(definition, others)}`
  return { text: (revision) => `${head}${String(revision)}${tail}` }
}

/** The type and the metadata, which is left open. */
function openMetadata(definition: KindDefinition, { managedFields = [], ...metadata }: ObjectMeta): string {
  const managed = managedFields.length === 0 ? '' : printManagedFields(managedFields)
  const meta = JSON.stringify(inOrder(definition, metadata)).slice(1, -1)
  return `${typePrefix(definition)}"metadata":{${managed}${managed === '' || meta === '' ? '' : ','}${meta}`
}

/** Custom resources are maps upstream, and printed in order; but for managed fields and the resourceVersion. */
function inOrder({ custom }: KindDefinition, part: object): object {
  return custom === undefined ? part : sortedFields(part)
}

/** Everything behind the metadata, and the end. */
function printTail(definition: KindDefinition, others: object): string {
  const body = JSON.stringify(inOrder(definition, others))
  return body === '{}' ? '}' : `,${body.slice(1)}`
}

/** A text as an item of a list: of built-in kinds the same object without kind and apiVersion. */
export function listItemText(definition: KindDefinition, text: string): string {
  return definition.custom === undefined ? `{${text.slice(typePrefix(definition).length)}` : text
}

/** Upstream stores these in JSON, which keeps an empty list (LegacyCodec; pkg/controlplane/apiserver). */
const STORED_IN_JSON: ReadonlySet<string> = new Set(['apiextensions.k8s.io', 'apiregistration.k8s.io'])

/** `subject` as it is compared with what is stored, where empty lists are none. Itself, or it shares parts with it. */
export function withoutEmpty({ custom, group, type }: KindDefinition, subject: AnyObject): AnyObject {
  if (custom !== undefined || STORED_IN_JSON.has(group) || !schema.hasType(type)) return subject
  return withoutEmptyLists(schema.structOf(type), subject)
}

/** What `subject`, of `definition`'s version, is stored as. Itself, or it shares parts with it. */
export function toBeStored({ storedAs }: KindDefinition, stored: KindDefinition, subject: AnyObject): AnyObject {
  if (storedAs === undefined) return withoutEmpty(stored, subject)
  const converted = storedAs.toStored(subject) as AnyObject
  const isBuiltIn = stored.custom === undefined
  return withoutEmpty(stored, isBuiltIn ? decodeObject(schema, stored.type, converted).object : converted)
}

/** A stored object, parsed, as `definition`'s version shows it. The caller owns it. @throws ConversionNeeded */
export function readStored(definition: KindDefinition, stored: StoredText): AnyObject {
  return showStored(definition, parseObject(stored.text), stored)
}

/** `subject`, which is what `stored` says, as `definition`'s version shows it. May be changed and returned. */
export function showStored(
  { custom, storedAs }: KindDefinition,
  subject: AnyObject,
  stored: StoredText,
): AnyObject {
  if (custom !== undefined) return custom.isCurrent(stored) ? subject : custom.show(subject)
  return storedAs === undefined ? subject : (storedAs.fromStored(subject) as AnyObject)
}

/** Whether `definition`'s version shows what is stored, and nothing else. */
export function isShownAsStored({ custom, storedAs }: KindDefinition, stored: StoredText): boolean {
  return custom === undefined ? storedAs === undefined : custom.isCurrent(stored)
}

/** The same as text: most kinds have one version, and their text passes through untouched. */
export function shownText(definition: KindDefinition, stored: StoredText): string {
  return isShownAsStored(definition, stored) ? stored.text : printObject(definition, readStored(definition, stored))
}

/** What a row keeps of an object, as those who show it need it. */
export function storedText(stored: StoredText & Partial<Pick<StoredObject, 'selectable'>>): StoredText {
  const { text, selectable, fields = selectable?.fields } = stored
  return fields === undefined ? { text } : { text, fields }
}

/** A stored object, parsed. The caller owns it, but for the entries of its managed fields, which are never changed. */
export function parseObject(text: string): AnyObject {
  const { rest, managed } = splitManagedFields(text)
  const subject = parseJson(rest) as AnyObject
  const managedFields = parseManagedFields(managed)
  if (managedFields !== undefined) subject.metadata.managedFields = managedFields
  return subject
}

/** The same without its managed fields, which hardly anybody looks at and which are half of what there is to read. */
export function parseWithoutManagedFields(text: string): AnyObject {
  return parseJson(withoutManagedFields(text)) as AnyObject
}

export function withoutManagedFields(text: string): string {
  return splitManagedFields(text).rest
}

/** What selectors and followers look at. */
function selectableOf(definition: KindDefinition, subject: KubeObject): Selectable {
  const fields: Record<string, string> = {
    ...definition.selectableFields?.(subject),
    ...definition.hiddenFields?.(subject),
  }
  const owners = subject.metadata.ownerReferences
  if (owners !== undefined && owners.length > 0) fields[OWNER_UIDS_FIELD] = owners.map(({ uid }) => uid).join(',')
  const controller = controllerOf(subject)
  if (controller !== undefined) {
    const group = parseGroupVersion(controller.apiVersion)?.group ?? ''
    fields[CONTROLLER_FIELD] = `${controller.kind}.${group}/${controller.name}`
  }
  return { labels: subject.metadata.labels ?? {}, fields }
}

/** A draft of `subject` that stamps the revision it is given, in the object as well as in the text. */
export function draftOf(
  definition: KindDefinition,
  subject: AnyObject,
  printed: { text(revision: number): string } = printUnstamped(definition, subject),
): Draft {
  return {
    selectable: selectableOf(definition, subject),
    text(revision) {
      subject.metadata.resourceVersion = String(revision)
      return printed.text(revision)
    },
  }
}

/** Hands `draft` to whoever stores it, and returns the text that was stored. */
export function storeText(draft: Draft, store: (draft: Draft) => unknown): string {
  let text = ''
  store({ selectable: draft.selectable, text: (revision) => (text = draft.text(revision)) })
  return text
}
