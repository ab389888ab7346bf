/**
 * metadata.managedFields within stored texts. They are as long as the rest of an object, and hardly anybody looks at
 * them: so they stand first in the metadata, each entry with its fieldsType last, where they are found without reading
 * what is inside. (A quote within a JSON text is escaped, and FieldsV1 has no lists, so neither mark can be part of
 * anything else.) Entries that were read keep their text, and are not printed again.
 */
import type { ManagedFieldsEntry } from '../apimachinery/meta.ts'

const METADATA = '"metadata":{'
const START = '"managedFields":['
const FIELDS = ',"fieldsV1":'
const ENTRY_END = ',"fieldsType":"FieldsV1"}'

type Fields = Record<string, unknown>

const texts = new WeakMap<ManagedFieldsEntry, string>()
/** Sets outlive their entries, of which only the time changes when the same fields are written again. */
const textsOfFields = new WeakMap<Fields, string>()

/** `"managedFields":[…]`. Entries never change once they are made. */
export function printManagedFields(entries: readonly ManagedFieldsEntry[]): string {
  return `${START}${entries.map(printEntry).join(',')}]`
}

function printEntry(entry: ManagedFieldsEntry): string {
  let text = texts.get(entry)
  if (text === undefined) {
    const { fieldsType: _fieldsType, fieldsV1 = {}, ...rest } = entry
    const fields = textsOfFields.get(fieldsV1) ?? printFields(fieldsV1)
    text = `${JSON.stringify(rest).slice(0, -1)}${FIELDS}${fields}${ENTRY_END}`
    texts.set(entry, text)
  }
  return text
}

function printFields(fields: Fields): string {
  const text = JSON.stringify(fields)
  remember(text, fields)
  return text
}

interface SplitText {
  /** The text without managed fields. */
  readonly rest: string
  /** The entries with commas between them; '' for none. */
  readonly managed: string
}

/** Takes the managed fields out of a stored text, whose first `"metadata":` is that of the object itself. */
export function splitManagedFields(text: string): SplitText {
  const at = text.indexOf(METADATA) + METADATA.length
  if (at < METADATA.length || !text.startsWith(START, at)) return { rest: text, managed: '' }
  const from = at + START.length
  const last = text.indexOf(`${ENTRY_END}]`, from)
  if (last < 0) return { rest: text, managed: '' }
  const to = last + ENTRY_END.length
  const isFollowed = text[to + 1] === ','
  return { rest: text.slice(0, at) + text.slice(to + (isFollowed ? 2 : 1)), managed: text.slice(from, to) }
}

/** The metadata of a stored text, managed fields and all, without looking at anything else that it says. */
export function metadataText(text: string): string {
  const start = text.indexOf(METADATA) + METADATA.length
  if (start < METADATA.length) return '{}'
  const last = text.startsWith(START, start) ? text.indexOf(`${ENTRY_END}]`, start) : -1
  return text.slice(start - 1, endOfObject(text, last < 0 ? start : last + ENTRY_END.length))
}

const [QUOTE, BACKSLASH, OPEN, CLOSE] = [...'"\\{}'].map((one) => one.charCodeAt(0))

/** Behind the brace that closes the object in which `from` is. */
function endOfObject(text: string, from: number): number {
  let at = from
  for (let depth = 1; depth > 0 && at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === OPEN) depth += 1
    else if (code === CLOSE) depth -= 1
  }
  return at
}

/** The quote that closes the string which opens at `start`. */
function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes += 1
    if (escapes % 2 === 0) return end
  }
  return text.length
}

/** The entries of what {@link splitManagedFields} found; undefined for none. */
export function parseManagedFields(managed: string): ManagedFieldsEntry[] | undefined {
  if (managed === '') return undefined
  const entries: ManagedFieldsEntry[] = []
  for (let from = 0; from < managed.length;) {
    const end = managed.indexOf(ENTRY_END, from)
    const to = end + ENTRY_END.length
    const fieldsAt = managed.indexOf(FIELDS, from)
    const entry = JSON.parse(`${managed.slice(from, fieldsAt)}}`) as ManagedFieldsEntry
    entry.fieldsType = 'FieldsV1'
    entry.fieldsV1 = parseFields(managed.slice(fieldsAt + FIELDS.length, end))
    texts.set(entry, managed.slice(from, to))
    entries.push(entry)
    from = to + 1
  }
  return entries
}

/**
 * Sets of fields met lately, by their text: objects of a kind that the same program makes mostly have the same one,
 * and an object that is written again and again has its own.
 */
const fieldsByText = new Map<string, Fields>()
/** So many, and none longer than this: a few MiB at most. Beyond it all are forgotten. */
const MAX_REMEMBERED_SETS = 256
const MAX_REMEMBERED_CHARACTERS = 8192

function parseFields(text: string): Fields {
  const known = fieldsByText.get(text)
  if (known !== undefined) return known
  let fields = JSON.parse(text) as Fields
  // V8 13.6 (Node.js 24; not workerd, 2026-11) reads the key `a\"` as `a\\` once it has met that; keyed items have such.
  if (JSON.stringify(fields) !== text) fields = JSON.parse(text.replaceAll('\\"', '\\u0022')) as Fields
  remember(text, fields)
  return fields
}

function remember(text: string, fields: Fields): void {
  textsOfFields.set(fields, text)
  if (text.length > MAX_REMEMBERED_CHARACTERS) return
  if (fieldsByText.size >= MAX_REMEMBERED_SETS) fieldsByText.clear()
  fieldsByText.set(text, fields)
}
