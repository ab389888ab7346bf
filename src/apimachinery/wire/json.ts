/**
 * JSON bodies: reading them with the error texts of Go's encoding/json, and finding the fields that are there twice,
 * which JSON.parse hides (sigs.k8s.io/json, UnmarshalStrict). One pass over the text without building anything but the
 * sets of keys; paths are made only for what is found.
 */
import { exactJson, writtenJson } from '../../lib/exact-json.ts'
import { quote } from '../field-path.ts'
import { MAX_JSON_DEPTH } from '../patch/json-value.ts'
import { readMembers, repeatedFields, walkFields } from './json-members.ts'
import { withWholeCharacters } from './raw/json-source.ts'
import { charactersOf } from './utf8.ts'
import { jsonSyntaxError } from './json-syntax-error.ts'

/** A body that is no JSON. The message is upstream's; the caller wraps it into a 400. */
export class JsonError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'JsonError'
  }
}

/** How many strict errors are told: upstream's limit. */
export const MAX_COMPLAINTS = 100

const TAB = 9
const LINE_FEED = 10
const CARRIAGE_RETURN = 13
const SPACE = 32
const QUOTE = 34
const BACKSLASH = 92
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125

export interface JsonReading {
  /**
   * Numbers that are more than their digits come as they were written: whoever asks for it decodes them, and refuses
   * those that are too large, where not all are to be finite.
   */
  readonly keepsWritten?: 'all' | 'finite' | undefined
  /** The characters of the text are bytes of what is none. */
  readonly isBytes?: boolean
  /** What the text was before, where that is no UTF-8. */
  readonly broken?: Uint8Array | undefined
}

/** @throws JsonError for text that is no JSON, nests deeper than what can be walked safely, or has too large a number. */
export function readJson(body: string, { keepsWritten, isBytes, broken }: JsonReading = {}): unknown {
  const text = withWholeCharacters(body)
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const fault = broken === undefined ? jsonSyntaxError(body, isBytes) : jsonSyntaxError(charactersOf(broken), true)
    throw new JsonError(fault ?? (error instanceof Error ? error.message : String(error)))
  }
  if (isDeep(text)) throw new JsonError('exceeded max depth')
  if (keepsWritten === 'all') return writtenJson(text, value)
  const refuse = (source: string): never => {
    throw new JsonError(`json: cannot unmarshal number ${source} into Go value of type float64`)
  }
  return keepsWritten === 'finite' ? writtenJson(text, value, refuse) : exactJson(text, value, refuse)
}

/** The same JSON to the letter; what {@link readJson} takes. */
export function readToTheLetter(body: string): unknown {
  return readMembers(withWholeCharacters(body))
}

/** Whether the text nests too deeply. Counts openings first, which nearly always settles it. */
function isDeep(text: string): boolean {
  let openings = 0
  for (const opening of ['{', '[']) {
    for (let at = text.indexOf(opening); at >= 0 && openings <= MAX_JSON_DEPTH; at = text.indexOf(opening, at + 1)) {
      openings++
    }
  }
  if (openings <= MAX_JSON_DEPTH) return false
  let depth = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) depth++
    else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--
    if (depth > MAX_JSON_DEPTH) return true
  }
  return false
}

/** The index of the quote that closes the string which opens at `start`. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end >= 0 && text.charCodeAt(end - 1) === BACKSLASH && isEscaped(text, start, end)) {
    end = text.indexOf('"', end + 1)
  }
  return end < 0 ? text.length : end
}

/** Whether an odd number of backslashes stands before `at`. */
function isEscaped(text: string, start: number, at: number): boolean {
  let first = at
  while (first > start + 1 && text.charCodeAt(first - 1) === BACKSLASH) first--
  return (at - first) % 2 === 1
}

/**
 * The paths of fields given more than once, in the order of the document: `spec.replicas`,
 * `spec.containers[0].image`. `text` is JSON, and `value` what it was parsed into: that has as many keys as are written
 * when none is there twice, and counting them is a third of looking.
 */
export function duplicateFields(text: string, value: unknown): string[] {
  return writtenKeys(text) === keysOf(value) ? [] : repeatedFields(readToTheLetter(text)).slice(0, MAX_COMPLAINTS)
}

export function unknownField(path: string): string {
  return `unknown field ${quote(path)}`
}

/** As upstream's converter and its pruning of custom resources say it: quotes within the path stay as they are. */
export function unknownFieldAsIs(path: string): string {
  return `unknown field "${path}"`
}

export function duplicateField(path: string): string {
  return `duplicate field ${quote(path)}`
}

/**
 * What strict decoding says of JSON read to the letter, in the order of the document: `unknown field "spec.foo"`,
 * `duplicate field "spec.replicas"`. Nothing below an unknown field is looked at.
 */
export function strictComplaints(value: unknown, unknownFields: readonly string[]): string[] {
  const unknown = new Set(unknownFields)
  const found = new Set<string>()
  walkFields(value, (path, isRepeated) => {
    const isUnknown = unknown.has(path)
    if (isUnknown) found.add(unknownField(path))
    else if (isRepeated) found.add(duplicateField(path))
    return !isUnknown
  })
  return [...found].slice(0, MAX_COMPLAINTS)
}

/**
 * How many keys a text has, which are quotes with a colon behind; more, where a text within begins with one. Quotes
 * within, as in the JSON that kubectl keeps in an annotation, are escaped. Going from colon to colon is half of what a
 * pattern takes.
 */
function writtenKeys(text: string): number {
  let count = 0
  for (let colon = text.indexOf(':'); colon >= 0; colon = text.indexOf(':', colon + 1)) {
    let before = colon - 1
    while (isSpace(text.charCodeAt(before))) before--
    if (text.charCodeAt(before) === QUOTE && !isEscaped(text, 0, before)) count++
  }
  return count
}

function isSpace(code: number): boolean {
  return code === SPACE || code === TAB || code === LINE_FEED || code === CARRIAGE_RETURN
}

function keysOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  let count = 0
  if (Array.isArray(value)) {
    for (const item of value) count += keysOf(item)
    return count
  }
  for (const key in value) count += 1 + keysOf((value as Record<string, unknown>)[key])
  return count
}
