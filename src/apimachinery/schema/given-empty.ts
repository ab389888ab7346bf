/**
 * Lists and maps that a request gave with nothing in them. Decoding leaves them out where upstream prints none, but Go
 * tells an empty one from none until it is stored: a few rules and messages of validation show it, and so does who
 * owns what, where lists are compared as a whole: whoever writes `resourceNames: []` into a rule has written it anew.
 * So has who writes a quantity otherwise than it is printed.
 * Noted beside the decoded object, not in it: whoever copies a struct by hand loses it, which costs a message its `[]`.
 */
import { keepWrittenFloats } from '../../lib/written-floats.ts'
import { cloneJson, isJsonObject } from '../patch/json-value.ts'

type Empty = readonly unknown[] | Readonly<Record<string, unknown>>

/** Of an object, a list or a map. */
interface Note {
  /** Of a struct: what was given for fields that are left out. */
  readonly fields: Map<string, Empty>
  /** Of a struct: fields whose feature is off. Whoever writes them owns them for a while nevertheless. */
  dropped?: Map<string, unknown>
  /** It is a list in which there are such, or has such a list inside. */
  isInList: boolean
}

const notes = new WeakMap<object, Note>()

function noteOf(holder: object): Note {
  let note = notes.get(holder)
  if (note === undefined) notes.set(holder, (note = { fields: new Map(), isInList: false }))
  return note
}

/** `holder` is the decoded struct, `value` what was given for its field. */
export function noteGivenEmpty(holder: object, field: string, value: Empty): void {
  noteOf(holder).fields.set(field, value)
}

/** `holder` is the decoded struct, `value` what was decoded for its field, which it does not get. */
export function noteDropped(holder: object, field: string, value: unknown): void {
  const note = noteOf(holder)
  ;(note.dropped ??= new Map()).set(field, value)
}

/** Gives what was dropped anywhere within `decoded` its place for as long as `during` takes. */
export function withDropped<T>(decoded: object, during: () => T): T {
  const places: [Record<string, unknown>, string][] = []
  putBack(decoded, places)
  try {
    return during()
  } finally {
    for (const [holder, field] of places) Reflect.deleteProperty(holder, field)
  }
}

/** Whether anything that is not empty was dropped anywhere within `decoded`. */
export function hasDropped(decoded: unknown): boolean {
  if (typeof decoded !== 'object' || decoded === null) return false
  const note = notes.get(decoded)
  if (note === undefined) return false
  const isFull = (value: unknown): boolean =>
    typeof value !== 'object' || (value !== null && Object.keys(value).length > 0)
  return [...(note.dropped?.values() ?? [])].some(isFull) || Object.values(decoded).some(hasDropped)
}

function putBack(holder: unknown, places: [Record<string, unknown>, string][]): void {
  if (typeof holder !== 'object' || holder === null) return
  const note = notes.get(holder)
  if (note === undefined) return
  Object.values(holder).forEach((inner) => { putBack(inner, places) })
  for (const [field, value] of note.dropped ?? []) {
    ;(holder as Record<string, unknown>)[field] = value
    places.push([holder as Record<string, unknown>, field])
    putBack(value, places)
  }
}

/** `holder` is a list in which something was noted, or holds such a list. */
export function noteListWithin(holder: object): void {
  noteOf(holder).isInList = true
}

/** Something was noted somewhere within `holder`. */
export function noteWithin(holder: object): void {
  noteOf(holder)
}

/** What was given for a field that decoding has left out; undefined: nothing was. */
export function givenEmpty(holder: object | undefined, field: string): Empty | undefined {
  return holder && notes.get(holder)?.fields.get(field)
}

/** Whether `value` is other than what reads the same, as Go compares lists: quantities by how they were written. */
export function hasEmptyInList(value: unknown): boolean {
  return typeof value === 'object' && value !== null && notes.get(value)?.isInList === true
}

/** `copy` was made of `holder`. */
export function keepGivenEmpty<T extends object>(copy: T, holder: object | undefined): T {
  const note = holder && notes.get(holder)
  if (note !== undefined) notes.set(copy, note)
  return copy
}

/** Nothing was given any more for these fields of `copy`, which may share with another what is known of it. */
export function forgetGivenEmpty(copy: object, fields: readonly string[]): void {
  const note = notes.get(copy)
  if (note === undefined) return
  const left = [...note.fields].filter(([field]) => !fields.includes(field))
  notes.set(copy, { ...note, fields: new Map(left) })
}

/** Whole objects with times that are more precise than they are printed. */
const precise = new WeakSet<object>()

export function noteFraction(decoded: object): void {
  precise.add(decoded)
}

/** Whether `decoded` may read otherwise where it is printed. */
export function hasFraction(decoded: object): boolean {
  return precise.has(decoded)
}

/** A copy of what was decoded, of which the same is known. */
export function cloneDecoded<T extends object>(decoded: T): T {
  const copy = cloneJson(decoded)
  keepEmpties(copy, decoded)
  keepWrittenFloats(copy, decoded)
  if (hasFraction(decoded)) noteFraction(copy)
  return copy
}

/** `copy` is one of `from`, at every depth. */
export function keepEmpties(copy: unknown, from: unknown): void {
  if (typeof from !== 'object' || from === null || !notes.has(from)) return
  if (typeof copy !== 'object' || copy === null) return
  keepGivenEmpty(copy, from)
  if (Array.isArray(from)) from.forEach((item, at) => { keepEmpties((copy as unknown[])[at], item) })
  else if (isJsonObject(from)) for (const key of Object.keys(from)) keepEmpties((copy as typeof from)[key], from[key])
}
