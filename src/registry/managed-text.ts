/**
 * metadata.managedFields within stored texts. They are as long as the rest of an object, and hardly anybody looks at
 * them: so they are found by marks, without reading what is inside. A quote within a JSON text is escaped and FieldsV1
 * has no lists, so no mark that has both can be part of anything else. Entries that were read keep their text, and are
 * not printed again.
 */
import { allInOrderOfKeys, printJson } from '../apimachinery/wire/print-json.ts'
import type { ManagedFieldsEntry } from '../apimachinery/meta.ts'
import { endOfObject, fieldOf } from './text-scan.ts'

const METADATA = '"metadata":{'
const START = '"managedFields":['
const FIELDS = ',"fieldsV1":'
const NEXT_ENTRY = '},{"'
/** What may stand behind the fields of an entry, the first that is there: of a map, and of a struct. */
const BEHIND_FIELDS = ['},"manager":"', '},"operation":"', '},"subresource":"']
/** Objects stored before 2026-11-27 have their managed fields first in the metadata, and each entry ends so. */
const FORMER_ENTRY_END = ',"fieldsType":"FieldsV1"}'

type Fields = Record<string, unknown>

/** Structs, as the metadata of a built-in kind is, or maps in order: custom resources. */
export type EntryForm = 'struct' | 'map'

interface Printed {
  readonly texts: WeakMap<ManagedFieldsEntry, string>
  /** Sets outlive their entries, of which only the time changes when the same fields are written again. */
  readonly textsOfFields: WeakMap<Fields, string>
}

const PRINTED: Readonly<Record<EntryForm, Printed>> = {
  struct: { texts: new WeakMap(), textsOfFields: new WeakMap() },
  map: { texts: new WeakMap(), textsOfFields: new WeakMap() },
}

/** `"managedFields":[…]`. Entries never change once they are made. */
export function printManagedFields(entries: readonly ManagedFieldsEntry[], form: EntryForm): string {
  return `${START}${entries.map((entry) => printEntry(entry, form)).join(',')}]`
}

const STRUCT_ORDER = ['manager', 'operation', 'apiVersion', 'time', 'fieldsType', 'fieldsV1', 'subresource'] as const
const MAP_ORDER = STRUCT_ORDER.toSorted()

function printEntry(entry: ManagedFieldsEntry, form: EntryForm): string {
  const { texts } = PRINTED[form]
  let text = texts.get(entry)
  if (text === undefined) {
    const { fieldsV1 = {} } = entry
    const said = { ...entry, fieldsType: 'FieldsV1' }
    const members: string[] = []
    for (const field of form === 'struct' ? STRUCT_ORDER : MAP_ORDER) {
      if (field === 'fieldsV1') members.push(`"fieldsV1":${printFields(fieldsV1, form)}`)
      else if (said[field] !== undefined) members.push(`"${field}":${printJson(said[field])}`)
    }
    text = `{${members.join(',')}}`
    texts.set(entry, text)
  }
  return text
}

function printFields(fields: Fields, form: EntryForm): string {
  let text = PRINTED[form].textsOfFields.get(fields)
  if (text === undefined) {
    text = printJson(form === 'struct' ? fields : allInOrderOfKeys(fields))
    remember(text, fields, form)
  }
  return text
}

interface SplitText {
  /** The text without managed fields. */
  readonly rest: string
  /** The entries with commas between them; '' for none. */
  readonly managed: string
}

/** Takes the managed fields out of a stored text. */
export function splitManagedFields(text: string): SplitText {
  const start = metadataStart(text)
  const at = start < 0 ? -1 : managedStart(text, start)
  const end = at < 0 ? -1 : managedEnd(text, start, at)
  if (end < 0) return { rest: text, managed: '' }
  const managed = text.slice(at + START.length, end - 1)
  if (text[at - 1] === ',') return { rest: text.slice(0, at - 1) + text.slice(end), managed }
  return { rest: text.slice(0, at) + text.slice(text[end] === ',' ? end + 1 : end), managed }
}

/** The metadata of a stored text, managed fields and all, without looking at anything else that it says. */
export function metadataText(text: string): string {
  const start = metadataStart(text)
  if (start < 0) return '{}'
  const at = managedStart(text, start)
  const end = at < 0 ? -1 : managedEnd(text, start, at)
  return text.slice(start - 1, endOfObject(text, end < 0 ? start : end))
}

/** Behind the brace that opens the metadata of the object itself; -1: it has none. */
export function metadataStart(text: string): number {
  const at = text.indexOf(METADATA)
  // Of built-in kinds, and of most others, nothing but texts stands before.
  if (at < 0 || text.lastIndexOf('{', at) === 0) return at < 0 ? -1 : at + METADATA.length
  const own = fieldOf(text, 1, 'metadata')
  return own < 0 ? -1 : own + METADATA.length
}

/** Where the managed fields of the metadata begin that begins at `start`. */
function managedStart(text: string, start: number): number {
  if (text.startsWith(START, start)) return start
  // What is in a spec looks the same.
  return text.includes(START, start) ? fieldOf(text, start, 'managedFields') : -1
}

/** Behind their closing bracket. */
function managedEnd(text: string, start: number, at: number): number {
  const from = at + START.length
  const formerEnd = at === start ? text.indexOf(`${FORMER_ENTRY_END}]`, from) : -1
  if (formerEnd >= 0) return formerEnd + FORMER_ENTRY_END.length + 1
  // Braces are many, and brackets hardly any: looking for both took fifty times as long.
  for (let end = text.indexOf(']', from); end >= 0; end = text.indexOf(']', end + 1)) {
    if (text[end - 1] === '}' && isEnd(text, end + 1)) return end + 1
  }
  return -1
}

const FIELD_BEHIND = /,"[a-zA-Z]/y

/** Whether the metadata goes on there, or ends: within a key neither is followed by this. */
function isEnd(text: string, at: number): boolean {
  const behind = text[at] === '}' ? at + 1 : at
  if (behind > at && behind === text.length - 1) return true
  FIELD_BEHIND.lastIndex = behind
  return FIELD_BEHIND.test(text)
}

/** The entries of what {@link splitManagedFields} found; undefined for none. */
export function parseManagedFields(managed: string): ManagedFieldsEntry[] | undefined {
  if (managed === '') return undefined
  const isFormer = managed.endsWith(FORMER_ENTRY_END)
  const entries: ManagedFieldsEntry[] = []
  for (let from = 0; from < managed.length;) {
    const to = isFormer ? managed.indexOf(FORMER_ENTRY_END, from) + FORMER_ENTRY_END.length : endOfEntry(managed, from)
    entries.push(parseEntry(managed.slice(from, to), isFormer))
    from = to + 1
  }
  return entries
}

function endOfEntry(managed: string, from: number): number {
  for (let at = managed.indexOf(NEXT_ENTRY, from); at >= 0; at = managed.indexOf(NEXT_ENTRY, at + 1)) {
    // Within a key its quote is the one that closes it.
    if (managed[at + NEXT_ENTRY.length] !== ':') return at + 1
  }
  return managed.length
}

function endOfFields(entry: string): number {
  // Those of a struct close the entry, or have the subresource behind them, which ends in a text.
  if (entry.endsWith('}}')) return entry.length - 1
  for (const behind of BEHIND_FIELDS) {
    const at = entry.lastIndexOf(behind)
    if (at >= 0) return at + 1
  }
  return entry.length - 1
}

function parseEntry(text: string, isFormer: boolean): ManagedFieldsEntry {
  const fieldsAt = text.indexOf(FIELDS)
  const end = isFormer ? text.length - FORMER_ENTRY_END.length : endOfFields(text)
  // The fields keep their place among the others: what is shown of an object shows its entries in their order.
  const entry = JSON.parse(`${text.slice(0, fieldsAt)}${FIELDS}0${text.slice(end)}`) as ManagedFieldsEntry
  const form = text.startsWith('{"apiVersion"') ? 'map' : 'struct'
  entry.fieldsType = 'FieldsV1'
  entry.fieldsV1 = parseFields(text.slice(fieldsAt + FIELDS.length, end), isFormer ? undefined : form)
  if (!isFormer) PRINTED[form].texts.set(entry, text)
  return entry
}

/**
 * Sets of fields met lately, by their text: objects of a kind that the same program makes mostly have the same one,
 * and an object that is written again and again has its own.
 */
const fieldsByText = new Map<string, Fields>()
/** So many, and none longer than this: a few MiB at most. Beyond it all are forgotten. */
const MAX_REMEMBERED_SETS = 256
const MAX_REMEMBERED_CHARACTERS = 8192

function parseFields(text: string, form: EntryForm | undefined): Fields {
  const known = fieldsByText.get(text)
  if (known !== undefined) return known
  let fields = JSON.parse(text) as Fields
  // V8 13.6 (Node.js 24; not workerd, 2026-11) reads the key `a\"` as `a\\` once it has met that; keyed items have such.
  if (printJson(fields) !== text) fields = JSON.parse(text.replaceAll('\\"', '\\u0022')) as Fields
  remember(text, fields, form)
  return fields
}

function remember(text: string, fields: Fields, form: EntryForm | undefined): void {
  if (form !== undefined) PRINTED[form].textsOfFields.set(fields, text)
  if (text.length > MAX_REMEMBERED_CHARACTERS) return
  if (fieldsByText.size >= MAX_REMEMBERED_SETS) fieldsByText.clear()
  fieldsByText.set(text, fields)
}
