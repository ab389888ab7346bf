/** Conditions and parts of documents (net/http/fs.go, ServeContent). */
import { describe, expect, it } from 'vitest'
import { answerContent } from '../../../src/apiserver/reading/served-content.ts'

const MODIFIED_MS = Date.UTC(2026, 10, 27, 5, 0, 0, 400)
const LAST_MODIFIED = 'Fri, 27 Nov 2026 05:00:00 GMT'
const EARLIER = 'Fri, 27 Nov 2026 04:59:59 GMT'

async function ask(asked: Record<string, string>, { method = 'GET', text = '0123456789', etag = '"E"' } = {}) {
  const headers = new Headers({ 'content-type': 'application/json', 'cache-control': 'no-cache' })
  if (etag !== '') headers.set('etag', etag)
  const request = new Request('https://test/', { method, headers: asked })
  const whole = (): Response => new Response(text, { headers })
  const answer = await answerContent(request, { headers, modifiedMs: MODIFIED_MS }, whole)
  return { status: answer.status, headers: answer.headers, text: await answer.text() }
}

it('a document says when it was made, and that parts of it are to be had', async () => {
  const { status, headers, text } = await ask({})
  expect([status, text]).toEqual([200, '0123456789'])
  expect(headers.get('last-modified')).toBe(LAST_MODIFIED)
  expect(headers.get('accept-ranges')).toBe('bytes')
})

describe('a condition', () => {
  it.each<[Record<string, string>, number]>([
    [{ 'if-none-match': '"E"' }, 304],
    [{ 'if-none-match': 'W/"E"' }, 304],
    [{ 'if-none-match': '"A", "E"' }, 304],
    [{ 'if-none-match': '*' }, 304],
    [{ 'if-none-match': '"A"' }, 200],
    [{ 'if-none-match': 'E' }, 200],
    [{ 'if-none-match': '"A"', 'if-modified-since': LAST_MODIFIED }, 200],
    [{ 'if-modified-since': LAST_MODIFIED }, 304],
    [{ 'if-modified-since': EARLIER }, 200],
    [{ 'if-modified-since': 'junk' }, 200],
    [{ 'if-match': '"E"' }, 200],
    [{ 'if-match': '*' }, 200],
    [{ 'if-match': 'W/"E"' }, 412],
    [{ 'if-match': '"A"' }, 412],
    [{ 'if-match': 'x' }, 412],
    [{ 'if-unmodified-since': LAST_MODIFIED }, 200],
    [{ 'if-unmodified-since': EARLIER }, 412],
  ])('of %o answers %i', async (asked, status) => {
    const answer = await ask(asked)
    expect(answer.status).toBe(status)
    expect(answer.text).toBe(status === 200 ? '0123456789' : '')
  })

  it('that is met leaves the headers that guide a cache', async () => {
    const { headers } = await ask({ 'if-none-match': '"E"' })
    expect(['content-type', 'last-modified', 'etag'].map((name) => headers.get(name))).toEqual([null, null, '"E"'])
    const timed = await ask({ 'if-modified-since': LAST_MODIFIED }, { etag: '' })
    expect([timed.status, timed.headers.get('last-modified')]).toEqual([304, LAST_MODIFIED])
  })

  it('of times is for reads only; of ETags it stops a write', async () => {
    expect((await ask({ 'if-modified-since': LAST_MODIFIED }, { method: 'POST' })).status).toBe(200)
    expect((await ask({ 'if-none-match': '"E"' }, { method: 'POST' })).status).toBe(412)
  })
})

describe('a range', () => {
  it.each<[string, number, string, string | null]>([
    ['bytes=0-2', 206, '012', 'bytes 0-2/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=7-99', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-99', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes= 1 - 2 ,', 206, '12', 'bytes 1-2/10'],
    ['bytes=0-1,20-30', 206, '01', 'bytes 0-1/10'],
    ['bytes=0-1,3-4', 200, '0123456789', null],
    ['bytes=', 200, '0123456789', null],
    ['bytes=10-', 416, 'invalid range: failed to overlap\n', 'bytes */10'],
    ['bytes=3-1', 416, 'invalid range\n', null],
    ['bytes=-', 416, 'invalid range\n', null],
    ['bytes=x', 416, 'invalid range\n', null],
    ['lines=1-2', 416, 'invalid range\n', null],
  ])('%s is answered %i', async (range, status, text, contentRange) => {
    const answer = await ask({ range })
    expect([answer.status, answer.text, answer.headers.get('content-range')]).toEqual([status, text, contentRange])
    expect(answer.headers.has('etag')).toBe(status !== 416)
  })

  it('of nothing is refused for nothing', async () => {
    expect((await ask({ range: 'bytes=0-' }, { text: '' })).status).toBe(200)
  })

  it.each([['"E"', 206], ['"A"', 200], ['W/"E"', 200], [LAST_MODIFIED, 206], [EARLIER, 200], ['junk', 200]])(
    'holds under the condition %s: %i',
    async (condition, status) => {
      expect((await ask({ range: 'bytes=0-2', 'if-range': condition })).status).toBe(status)
    },
  )
})
