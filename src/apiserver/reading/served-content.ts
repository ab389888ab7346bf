/**
 * Documents as Go serves files: with the time of their making, again only when they have changed, and in parts for who
 * asks for one (net/http/fs.go, ServeContent). What is asked of ETags counts before what is asked of times. Several
 * parts at once are answered by the whole, which is always allowed (RFC 9110 section 14.2).
 */

export interface Content {
  /** Of the whole document; with an ETag or without one. */
  readonly headers: Headers
  readonly modifiedMs: number
  /**
   * It can change within the second that its date names, and is told again to who has it as of that one. Differs:
   * upstream says that it is known, and its clients do not see a definition of the same second.
   */
  readonly isLive?: boolean
}

export async function answerContent(
  request: Request,
  { headers, modifiedMs, isLive = false }: Content,
  whole: () => Response | Promise<Response>,
): Promise<Response> {
  headers.set('last-modified', new Date(modifiedMs).toUTCString())
  const asked = request.headers
  const isRead = request.method === 'GET' || request.method === 'HEAD'
  if (isOutdated(asked, headers, modifiedMs)) return new Response(null, { status: 412, headers })
  const isKnown = knows(asked, headers, isLive ? modifiedMs + 1_000 : modifiedMs, isRead)
  if (isKnown) return isRead ? notModified(headers) : new Response(null, { status: 412, headers })
  const answer = await whole()
  const range = wantedRange(asked, headers, modifiedMs, isRead)
  if (range !== null) return answerRange(answer, range)
  answer.headers.set('accept-ranges', 'bytes')
  return answer
}

/** Whether an answer is asked for in parts: those are of the document as it is, not of what it is compressed to. */
export const asksForRange = ({ headers }: Request): boolean => headers.has('range')

/** What the client has and insists on is not what there is. */
function isOutdated(asked: Headers, headers: Headers, modifiedMs: number): boolean {
  const etags = asked.get('if-match')
  if (etags !== null) return !isAmong(etags, headers.get('etag') ?? '', (etag) => etag)
  const sinceMs = timeOf(asked.get('if-unmodified-since'))
  return sinceMs !== undefined && seconds(modifiedMs) > seconds(sinceMs)
}

function knows(asked: Headers, headers: Headers, knownFromMs: number, isRead: boolean): boolean {
  const etags = asked.get('if-none-match')
  if (etags !== null) return isAmong(etags, headers.get('etag') ?? '', (etag) => etag.replace(/^W\//, ''))
  const sinceMs = isRead ? timeOf(asked.get('if-modified-since')) : undefined
  return sinceMs !== undefined && seconds(knownFromMs) <= seconds(sinceMs)
}

const ETAG = /^(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"/

/** Up to the first text that is no ETag. */
function isAmong(list: string, etag: string, form: (etag: string) => string): boolean {
  for (let rest = list.replace(/^[ \t,]+/, ''); rest !== '';) {
    if (rest.startsWith('*')) return true
    const [one] = ETAG.exec(rest) ?? []
    if (one === undefined) return false
    if (etag !== '' && form(one) === form(etag)) return true
    rest = rest.slice(one.length).replace(/^[ \t,]+/, '')
  }
  return false
}

function timeOf(text: string | null): number | undefined {
  const ms = text === null || !text.endsWith('GMT') ? NaN : Date.parse(text)
  return Number.isNaN(ms) ? undefined : ms
}

/** Headers tell no more. */
const seconds = (ms: number): number => Math.floor(ms / 1_000)

/** What the client has already; it is told no more than what that is called. */
export function notModified(headers: Headers): Response {
  headers.delete('content-type')
  if (headers.has('etag')) headers.delete('last-modified')
  return new Response(null, { status: 304, headers })
}

/** Null: the whole is wanted, or what the client has a part of is no longer what there is. */
function wantedRange(asked: Headers, headers: Headers, modifiedMs: number, isRead: boolean): string | null {
  const range = asked.get('range')
  const condition = isRead ? asked.get('if-range') : null
  if (range === null || range === '' || condition === null) return range === '' ? null : range
  if (ETAG.test(condition)) return condition === headers.get('etag') ? range : null
  const sinceMs = timeOf(condition)
  return sinceMs !== undefined && seconds(sinceMs) === seconds(modifiedMs) ? range : null
}

async function answerRange(answer: Response, range: string): Promise<Response> {
  const bytes = new Uint8Array(await answer.arrayBuffer())
  const parts = partsOf(range, bytes.byteLength)
  const headers = new Headers(answer.headers)
  if (parts === undefined || (parts.length === 0 && bytes.byteLength > 0 && !EMPTY_RANGE.test(range))) {
    if (parts !== undefined) headers.set('content-range', `bytes */${String(bytes.byteLength)}`)
    return unsatisfiable(headers, parts === undefined ? 'invalid range' : 'invalid range: failed to overlap')
  }
  headers.set('accept-ranges', 'bytes')
  const [first] = parts
  if (first === undefined || parts.length > 1) return new Response(bytes, { headers })
  const [start, end] = first
  headers.set('content-range', `bytes ${String(start)}-${String(end - 1)}/${String(bytes.byteLength)}`)
  return new Response(bytes.slice(start, end), { status: 206, headers })
}

const EMPTY_RANGE = /^bytes=[ \t,]*$/

/** From and up to; those that begin behind the end are left out. Undefined: it is no list of parts. */
function partsOf(range: string, size: number): [number, number][] | undefined {
  if (!range.startsWith('bytes=')) return undefined
  const parts: [number, number][] = []
  for (const part of range.slice('bytes='.length).split(',').map((one) => one.trim()).filter((one) => one !== '')) {
    const [, from = '', to = ''] = /^(\d*)[ \t]*-[ \t]*(\d*)$/.exec(part) ?? []
    if (from === '' && to === '') return undefined
    const start = from === '' ? Math.max(0, size - Number(to)) : Number(from)
    if (start >= size && from !== '') continue
    if (from !== '' && to !== '' && Number(to) < start) return undefined
    parts.push([start, from === '' || to === '' ? size : Math.min(size, Number(to) + 1)])
  }
  return parts
}

function unsatisfiable(headers: Headers, why: string): Response {
  for (const name of ['cache-control', 'etag', 'last-modified', 'accept-ranges']) headers.delete(name)
  headers.set('content-type', 'text/plain; charset=utf-8')
  headers.set('x-content-type-options', 'nosniff')
  return new Response(`${why}\n`, { status: 416, headers })
}
