/**
 * Continue tokens of paged lists: the revision that all pages show and the key at which the next one begins. Opaque to
 * clients, in upstream's form (apiserver/pkg/storage/continue.go) but for the time, and checked when it comes back;
 * whoever lists reads the key as one of its own. Whether its revision is gone is decided by whoever reads at it.
 */
import type { ApiStatusError } from '../apimachinery/status-error.ts'
import { badRequestError } from '../apimachinery/status-error.ts'
import { goKind, isJsonObject } from '../apimachinery/patch/json-value.ts'
import { JsonError, readJson } from '../apimachinery/wire/json.ts'
import { strictText } from '../apimachinery/wire/utf8.ts'
import type { Int64 } from '../lib/exact-json.ts'
import { WrittenNumber, isInt64 } from '../lib/exact-json.ts'
import { WATCH_WINDOW_MS } from './history/compact.ts'

export interface ContinueToken {
  /** -1: the consistent list is gone, go on with what is there now. */
  readonly revision: Int64
  /** A name, or over all namespaces a namespace and a name with a slash between: the list goes on there. */
  readonly start: string
  /** When the list began; a token from elsewhere may not say. */
  readonly begunMs?: number
}

/** Where a list over all namespaces goes on. */
export interface Place {
  /** Key that a namespace's, with a slash behind it, is at or behind. */
  readonly floor: string
  /** What names have to be greater than, in the namespace that is at the floor. */
  readonly name: string
}

const VERSION = 'meta.k8s.io/v1'

/** Go's decoder passes over the ends of lines. */
const NOT_BASE64URL = /[^A-Za-z0-9_\r\n-]/
const ENDS_OF_LINES = /[\r\n]/g

/** The first key behind another: as upstream, which reads from a key on. */
export function startBehind(name: string, namespace?: string): string {
  return `${namespace === undefined ? '' : `${namespace}/`}${name}\0`
}

/** What a name has to be greater than, to be `start` or behind it. */
export function nameBefore(start: string): string {
  if (start.endsWith('\0')) return start.slice(0, -1)
  const letters = [...start]
  const last = letters.pop()?.codePointAt(0) ?? 0
  // No name has the last letter that there is, so nothing lies between this and `start`.
  return last === 0 ? '' : `${letters.join('')}${String.fromCodePoint(last === 0xe000 ? 0xd7ff : last - 1)}\u{10ffff}`
}

/** Over all namespaces: behind an object of one of them. */
export function placeBehind(namespace: string, name: string): Place {
  return { floor: `${namespace}/`, name }
}

/** Over all namespaces: what `start` is the first key of. */
export function placeBefore(start: string): Place {
  const slash = start.indexOf('/')
  if (slash === -1) return { floor: start, name: '' }
  return placeBehind(start.slice(0, slash), nameBefore(start.slice(slash + 1)))
}

/** Whether a namespace has keys behind a place, and behind which name. */
export function nameBehind({ floor, name }: Place, namespace: string): string | undefined {
  const prefix = `${namespace}/`
  if (prefix === floor) return name
  return prefix > floor ? '' : undefined
}

export function encodeContinueToken({ revision, start, begunMs }: ContinueToken): string {
  const json = JSON.stringify({ v: VERSION, rv: revision, start, begunMs })
  // btoa takes bytes only, and some kinds allow names of any letters.
  const ascii = json.replaceAll(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
  return btoa(ascii).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/** Throws the 400 that upstream answers to a token it did not make. */
export function decodeContinueToken(token: string): ContinueToken {
  const { v, rv, start, begunMs } = parse(token)
  if (v !== VERSION) throw invalid(`: server does not recognize this encoded version ${v}`)
  if (rv === 0) throw invalid(': incorrect encoded start resourceVersion (version meta.k8s.io/v1)')
  if (start === '') throw invalid(': encoded start key empty (version meta.k8s.io/v1)')
  const key = start.startsWith('/') ? start.slice(1) : start
  // A key that could mean another place than it says is nobody's honest token.
  const isClean = key === '' || key.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  if (!isClean) throw invalid(`: ${start}`)
  return { revision: rv < 0 ? -1 : rv, start: key, ...(begunMs === undefined ? {} : { begunMs }) }
}

/**
 * Whether the pages are too far apart, at least as far as revisions are kept. Where much is written the list is given
 * up by its revision; where nothing is, nobody would give it up, and a client that waits for it would wait for ever.
 */
export function isOutlived({ begunMs }: ContinueToken, nowMs: number): boolean {
  return begunMs !== undefined && nowMs - begunMs > WATCH_WINDOW_MS
}

interface Fields {
  v: string
  rv: Int64
  start: string
  begunMs?: number
}

function parse(token: string): Fields {
  const wrong = token.search(NOT_BASE64URL)
  const letters = token.replaceAll(ENDS_OF_LINES, '')
  const at = wrong >= 0 ? wrong : letters.length % 4 === 1 ? token.length - 1 : -1
  if (at >= 0) throw invalid(`: illegal base64 data at input byte ${String(at)}`)
  try {
    const bytes = atob(letters.replaceAll('-', '+').replaceAll('_', '/'))
    // Bytes that are no text are told one by one.
    const text = strictText(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)))
    return fieldsOf(readJson(text ?? bytes, { isBytes: text === undefined, keepsWritten: 'all' }))
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    throw invalid(`: ${error.message}`)
  }
}

/** As Go decodes it: names in any case, nulls are nothing, and the first value of a wrong type is told. */
function fieldsOf(value: unknown): Fields {
  const fields: Fields = { v: '', rv: 0, start: '' }
  if (value === null) return fields
  if (!isJsonObject(value)) throw unfit(value, 'value of type storage.continueToken')
  for (const [key, given] of Object.entries(value)) {
    const name = key.toLowerCase()
    if (given === null) continue
    if (name === 'rv') fields.rv = revisionIn(given)
    if (key === 'begunMs' && typeof given === 'number') fields.begunMs = given
    if (name !== 'v' && name !== 'start') continue
    if (typeof given !== 'string') throw unfit(given, `struct field continueToken.${name} of type string`)
    fields[name] = given
  }
  return fields
}

function revisionIn(given: unknown): Int64 {
  const field = 'struct field continueToken.rv of type int64'
  if (isInt64(given)) return given
  throw unfit(given, field, given instanceof WrittenNumber ? ` ${given.text}` : '')
}

function unfit(given: unknown, into: string, which = ''): ApiStatusError {
  return invalid(`: json: cannot unmarshal ${goKind(given)}${which} into Go ${into}`)
}

function invalid(why: string): ApiStatusError {
  return badRequestError(`invalid continue token: continue key is not valid${why}`)
}
