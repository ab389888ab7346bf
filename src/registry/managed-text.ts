/**
 * metadata.managedFields within stored texts. They are as long as the rest of an object, and hardly anybody looks at
 * them: so they stand first in the metadata, each entry with its fieldsType last, where they are found without reading
 * what is inside. (A quote within a JSON text is escaped, and FieldsV1 has no lists, so neither mark can be part of
 * anything else.) Entries that were read keep their text, and are not printed again.
 */
import type { ManagedFieldsEntry } from '../apimachinery/meta.ts'

const METADATA = '"metadata":{'
const START = '"managedFields":['
const ENTRY_END = '"fieldsType":"FieldsV1"}'

const texts = new WeakMap<ManagedFieldsEntry, string>()

/** `"managedFields":[…]`. Entries never change once they are made. */
export function printManagedFields(entries: readonly ManagedFieldsEntry[]): string {
  return `${START}${entries.map(printEntry).join(',')}]`
}

function printEntry(entry: ManagedFieldsEntry): string {
  let text = texts.get(entry)
  if (text === undefined) {
    const { fieldsType: _fieldsType, ...rest } = entry
    text = `${JSON.stringify(rest).slice(0, -1)},${ENTRY_END}`
    texts.set(entry, text)
  }
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

/** The entries of what {@link splitManagedFields} found; undefined for none. */
export function parseManagedFields(managed: string): ManagedFieldsEntry[] | undefined {
  if (managed === '') return undefined
  const entries: ManagedFieldsEntry[] = []
  for (let from = 0; from < managed.length;) {
    const to = managed.indexOf(ENTRY_END, from) + ENTRY_END.length
    const text = managed.slice(from, to)
    const entry = JSON.parse(text) as ManagedFieldsEntry
    texts.set(entry, text)
    entries.push(entry)
    from = to + 1
  }
  return entries
}
