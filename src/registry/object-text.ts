/**
 * The finished JSON text of objects: how it is printed once at the write, and spliced ever after. Everything is in the
 * order that upstream prints: of built-in kinds type, metadata and all other fields as Go's structs have them, so that
 * list items (which are printed without their type) and watch events are cut from it without parsing; custom resources,
 * which are maps there, by their keys. Only the resourceVersion is left open until the revision is known.
 */
import { parseJson } from '../lib/exact-json.ts'
import type { KindDefinition, StoredText } from '../apis/define-kind.ts'
import type { AnyObject, KubeObject, ManagedFieldsEntry, ObjectMeta } from '../apimachinery/meta.ts'
import { controllerOf, formatGroupVersion, parseGroupVersion } from '../apimachinery/meta.ts'
import { decodeObject } from '../apimachinery/schema/decode.ts'
import { withoutEmptyLists } from '../apimachinery/schema/empty-lists.ts'
import { inFieldOrder } from '../apimachinery/schema/field-order.ts'
import type { StructNode } from '../apimachinery/schema/schema.ts'
import { holdsRaw, readByType } from '../apimachinery/schema/source-reading.ts'
import { plainJson } from '../apimachinery/wire/json-members.ts'
import { allInOrderOfKeys, printJson } from '../apimachinery/wire/print-json.ts'
import { fieldAnnotationOf, withoutFieldAnnotation } from '../apis/apps/numbered-annotations.ts'
import { schema } from '../apis/schema.ts'
import type { Draft, Selectable, StoredObject } from '../store/object-store.ts'
import { OWNER_UIDS_FIELD } from '../store/object-store.ts'
import { mayHaveField } from '../store/log/log-rows.ts'
import type { EntryForm } from './managed-text.ts'
import {
  metadataStart, metadataText, parseManagedFields, printManagedFields, splitManagedFields,
} from './managed-text.ts'
import { fieldOf } from './text-scan.ts'

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

/** The text of `subject`. Its resourceVersion is whatever the metadata says. */
export function printObject(definition: KindDefinition, subject: KubeObject): string {
  return joined(printAround(definition, subject), subject.metadata.resourceVersion)
}

function joined([head, tail]: Around, resourceVersion: string | undefined): string {
  if (resourceVersion !== undefined) return `${head}"resourceVersion":${printJson(resourceVersion)}${tail}`
  return head.endsWith(',') ? head.slice(0, -1) + tail : head + (tail.startsWith(',') ? tail.slice(1) : tail)
}

/** `subject` printed once, for any revision that it may get; whatever resourceVersion it has now does not matter. */
export function printUnstamped(definition: KindDefinition, subject: KubeObject): { text(revision: number): string } {
  const [head, tail] = printAround(definition, subject)
  return { text: (revision) => `${head}"resourceVersion":"${String(revision)}"${tail}` }
}

type Around = readonly [head: string, tail: string]

/** What stands before the resourceVersion of an object, and what behind it. */
function printAround(definition: KindDefinition, subject: KubeObject): Around {
  const { kind, apiVersion, metadata, ...others } = definition.unshown?.hide(subject) ?? subject
  if (definition.custom !== undefined) return customAround({ kind, apiVersion, ...others }, metadata)
  const [before, after] = metadataAround(META, metadata, 'struct')
  const body = printJson(inFieldOrder(nodeOf(definition), others))
  return [`${typePrefix(definition)}"metadata":{${before}`, `${after}}${body === '{}' ? '}' : `,${body.slice(1)}`}`]
}

/** Custom resources are maps upstream, and so is their metadata. */
function customAround(others: object, metadata: ObjectMeta): Around {
  const [before, after] = metadataAround(undefined, metadata, 'map')
  const ordered = allInOrderOfKeys({ ...others, metadata: {} })
  const body = printJson(ordered)
  const at = fieldOf(body, 1, 'metadata') + METADATA_OPEN.length
  return [body.slice(0, at) + before, after + body.slice(at)]
}

const METADATA_OPEN = '"metadata":{'
const META = schema.structOf('V1ObjectMeta')
const META_FIELDS: readonly string[] = [...META.fields.keys()]
const BEFORE_VERSION: ReadonlySet<string> = new Set(META_FIELDS.slice(0, META_FIELDS.indexOf('resourceVersion')))

/** The metadata of an object before and behind its resourceVersion, with the commas towards it. */
function metadataAround(struct: StructNode | undefined, metadata: ObjectMeta, form: EntryForm): Around {
  const fields: Readonly<Record<string, unknown>> = { ...metadata }
  const sides: [string, string] = ['', '']
  for (const name of struct === undefined ? Object.keys(fields).sort() : META_FIELDS) {
    const value = fields[name]
    if (value === undefined || name === 'resourceVersion') continue
    const isBefore = struct === undefined ? name < 'resourceVersion' : BEFORE_VERSION.has(name)
    const text = memberText(struct, name, value, form)
    if (text === '') continue
    if (isBefore) sides[0] += `${text},`
    else sides[1] += `,${text}`
  }
  return sides
}


function memberText(struct: StructNode | undefined, name: string, value: unknown, form: EntryForm): string {
  if (name === 'managedFields') {
    const entries = value as ManagedFieldsEntry[]
    return entries.length === 0 ? '' : printManagedFields(entries, form)
  }
  const node = struct?.fields.get(name)?.node
  return `"${name}":${printJson(node === undefined ? allInOrderOfKeys(value) : inFieldOrder(node, value))}`
}

const NO_FIELDS: StructNode = {
  kind: 'struct', type: '', goName: '', goType: '', fields: new Map(), always: [], preservesUnknown: true,
}

function nodeOf({ type }: KindDefinition): StructNode {
  return schema.hasType(type) ? schema.structOf(type) : NO_FIELDS
}

const VERSION_OPEN = '"resourceVersion":"'

/** A finished text as of another revision. */
export function restamped(text: string, revision: number): string {
  const at = fieldOf(text, metadataStart(text), 'resourceVersion') + VERSION_OPEN.length
  return `${text.slice(0, at)}${String(revision)}${text.slice(text.indexOf('"', at))}`
}

/** The metadata of an object's text as a struct, which is what partial objects have also of custom resources. */
export function partialMetadata(text: string): string {
  const annotation = annotationApart(text)
  if (annotation === undefined && !text.startsWith('{"apiVersion"')) return metadataText(text)
  const { rest, managed } = splitManagedFields(text)
  const all = parseJson(metadataText(rest)) as ObjectMeta
  const metadata = annotation === undefined ? all : withoutFieldAnnotation(all, annotation)
  const managedFields = parseManagedFields(managed) ?? []
  const [before, after] = metadataAround(META, { ...metadata, managedFields }, 'struct')
  return joined([`{${before}`, `${after}}`], metadata.resourceVersion)
}

const OF_APPS = /^\{"kind":"(D[a-zA-Z]+)","apiVersion":"apps\/v1",/

/** The annotation of an object that upstream's metadata do not have, as it is a field there. */
function annotationApart(text: string): string | undefined {
  if (!text.startsWith('{"kind":"D')) return undefined
  const annotation = fieldAnnotationOf({ group: 'apps', kind: OF_APPS.exec(text)?.[1] ?? '' })
  return annotation !== undefined && text.includes(`"${annotation}":`) ? annotation : undefined
}

/** A text of a built-in kind as an item of a list: the same object without kind and apiVersion. */
export function listItemText(definition: KindDefinition, text: string): string {
  return `{${text.slice(typePrefix(definition).length)}`
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
  if (stored.custom !== undefined) return withoutEmpty(stored, converted)
  const { object } = decodeObject(schema, stored.type, converted)
  // The time of nothing is a time, and decoding takes it for none.
  const { deletionTimestamp } = converted.metadata as { readonly deletionTimestamp?: string | null }
  if (deletionTimestamp === null) Object.assign(object.metadata, { deletionTimestamp })
  return withoutEmpty(stored, object)
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

/**
 * A stored object, parsed. The caller owns it, but for the entries of its managed fields, which are never changed.
 * Whoever stores it again says its type: something in it may be kept raw.
 */
export function parseObject(text: string, type?: StructNode): AnyObject {
  const { rest, managed } = splitManagedFields(text)
  const isRaw = type !== undefined && holdsRaw(type)
  const subject = (isRaw ? plainJson(readByType(type, rest)) : parseJson(rest)) as AnyObject
  const managedFields = parseManagedFields(managed)
  if (managedFields !== undefined) subject.metadata.managedFields = managedFields
  return subject
}

/** A stored object without its managed fields, which hardly anybody looks at and which are half of what there is to read. */
export function parseWithoutManagedFields(text: string): AnyObject {
  return parseJson(withoutManagedFields(text)) as AnyObject
}

export function withoutManagedFields(text: string): string {
  return splitManagedFields(text).rest
}

/** Set where upstream's storage has another form than it shows: what is written next is a change, even of nothing. */
const STORED_OTHERWISE_FIELD = 'metadata.storedOtherwise'

export function wasStoredOtherwise({ selectable }: StoredObject): boolean {
  return mayHaveField(selectable, STORED_OTHERWISE_FIELD) && selectable.fields[STORED_OTHERWISE_FIELD] !== undefined
}

/** A stored object for whoever writes it: with what of it is shown to nobody. */
export function parseStored(definition: KindDefinition, { text, fields = {} }: StoredText): AnyObject {
  const subject = parseObject(text, schema.hasType(definition.type) ? schema.structOf(definition.type) : undefined)
  definition.unshown?.restore(subject, fields)
  return subject
}

/** `subject`, which {@link parseStored} or a write has given, with what is shown to nobody else. */
export function printRevealed(definition: KindDefinition, subject: AnyObject): string {
  return printObject({ ...definition, unshown: undefined }, subject)
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

interface DraftOptions {
  /** Upstream's storage has it in another form ({@link wasStoredOtherwise}). */
  readonly isStoredOtherwise?: boolean
  /** `subject` as {@link printUnstamped} has printed it, where that was done. */
  readonly printed?: { text(revision: number): string }
}

/** A draft of `subject` that stamps the revision it is given, in the object as well as in the text. */
export function draftOf(
  definition: KindDefinition,
  subject: AnyObject,
  { isStoredOtherwise = false, printed = printUnstamped(definition, subject) }: DraftOptions = {},
): Draft {
  const selectable = selectableOf(definition, subject)
  return {
    selectable: isStoredOtherwise
      ? { ...selectable, fields: { ...selectable.fields, [STORED_OTHERWISE_FIELD]: '' } }
      : selectable,
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
