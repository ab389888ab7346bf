/**
 * What a webhook answers, and what is made of it: given → want, texts of k8s.io/client-go rest/{request,with_retry}.go
 * and k8s.io/apimachinery pkg/api/errors, NewGenericServerResponse.
 */
import { describe, expect, it } from 'vitest'
import { postToWebhook } from '../../src/objects/calls/webhook-client.ts'
import { ManualClock } from '../../src/lib/clock.ts'

const ADDRESS = new URL('https://hook.example.com/x')

function ask(send: (request: Request) => Response, clock = new ManualClock()): Promise<string> {
  return postToWebhook({ clock, send: (request) => Promise.resolve().then(() => send(request)) }, ADDRESS, '{}')
}

const errorOf = (asked: Promise<string>): Promise<unknown> => asked.catch((error: unknown) => (error as Error).message)

const answer = (status: number, body: string | null, contentType = 'application/json'): Response =>
  new Response(body, { status, headers: { 'content-type': contentType } })

it('is the body, whatever it is said to be', async () => {
  for (const type of ['application/json', 'text/html; charset=utf-8', 'x', 'application/vnd.kubernetes.protobuf']) {
    expect(await ask(() => answer(200, 'yes', type)), type).toBe('yes')
  }
})

const ON_THE_SERVER = (what: string): string => `an error on the server ("${what}") has prevented the request from succeeding`

const STATUS = (more: object): string =>
  JSON.stringify({ kind: 'Status', apiVersion: 'v1', status: 'Failure', ...more })

it.each<[string, Response, string]>([
  ['nothing', answer(200, ''), '0-length response with status code: 200 and content type: application/json'],
  ['no media type', answer(200, 'x', 'foo;bar;;='), 'Internal error occurred: mime: invalid media parameter'],
  ['a redirection to nowhere', answer(302, null), 'the server responded with the status code 302 but did not return more information'],
  ['an unknown success', answer(299, 'x'), 'the server responded with the status code 299 but did not return more information'],
  ['a refusal', answer(400, 'x'), 'the server rejected our request for an unknown reason'],
  ['that nothing is there', answer(404, 'x'), 'the server could not find the requested resource'],
  ['prose', answer(500, ' boom\n', 'text/plain'), ON_THE_SERVER('boom')],
  ['bytes', answer(500, 'boom', 'application/octet-stream'), ON_THE_SERVER('unknown')],
  ['a type of two slashes', answer(200, 'x', 'a/b/c'), 'Internal error occurred: mime: unexpected content after media subtype'],
  ['a type of a slash', answer(200, 'x', '/'), 'Internal error occurred: mime: no media type'],
  ['half a type', answer(200, 'x', 'a/'), 'Internal error occurred: mime: expected token after slash'],
  ['a type of two words', answer(200, 'x', 'a b'), 'Internal error occurred: mime: expected slash after first token'],
  ['a parameter twice', answer(200, 'x', 'a/b; c=1; C=2'), 'Internal error occurred: mime: duplicate parameter name'],
  ['an error without words', answer(500, '', 'text/plain'), ON_THE_SERVER('')],
  ['many words', answer(500, 'w'.repeat(3000), 'text/plain'), ON_THE_SERVER('w'.repeat(2048))],
  ['signs', answer(500, 'a"\u0001', 'text/plain'), ON_THE_SERVER(String.raw`a\"\x01`)],
  ['what is not allowed, without words', answer(403, '', 'text/plain'), ''],
  ['a type that is not had', answer(406, '{}'), 'the server was unable to respond with a content type that the client supports'],
  ['a Status', answer(500, STATUS({ message: 'inner' })), 'inner'],
  ['a long Status', answer(500, STATUS({ message: 'w'.repeat(3000) })), 'w'.repeat(3000)],
  ['a Status in YAML', answer(500, 'kind: Status\napiVersion: v1\nstatus: Failure\nmessage: m\n'), 'm'],
  ['a Status without words', answer(404, STATUS({})), ''],
  ['a Status that is none', answer(500, STATUS({ message: 'm', details: 5 })), ON_THE_SERVER('unknown')],
  ['a Status of success', answer(500, STATUS({ message: 'm', status: 'Success' })), ON_THE_SERVER('unknown')],
])('of %s is an error', async (_what, response, want) => {
  expect(await errorOf(ask(() => response))).toBe(want)
})

it.each([
  ['is late', new DOMException('late', 'TimeoutError'),
    'context deadline exceeded (Client.Timeout exceeded while awaiting headers)'],
  ['is gone', new Error('Network connection lost.'), 'EOF'],
  ['is not let in', new Error('internal error; reference = 0123'), 'the platform could not connect, and does not say why'],
])('one that %s says where', async (_what, error, want) => {
  const asked = ask(() => { throw error })
  expect(await errorOf(asked)).toBe(`Post "https://hook.example.com/x": ${want}`)
})

it.each([
  [302, 'GET https://hook.example.com/y '],
  [307, 'POST https://hook.example.com/y {}'],
  [308, 'POST https://hook.example.com/y {}'],
])('one that sends elsewhere (%i) is followed', async (status, want) => {
  const asked: string[] = []
  const send = async (request: Request): Promise<Response> => {
    asked.push(`${request.method} ${request.url} ${await request.text()}`)
    return asked.length === 1 ? new Response(null, { status, headers: { location: '/y' } }) : new Response('yes')
  }
  expect(await postToWebhook({ clock: new ManualClock(), send }, ADDRESS, '{}')).toBe('yes')
  expect(asked).toEqual(['POST https://hook.example.com/x {}', want])
})

it('one that sends to what is no address is told so', async () => {
  const asked = ask(() => new Response(null, { status: 302, headers: { location: 'http://[::1' } }))
  const why = 'failed to parse Location header "http://[::1": parse "http://[::1": missing \']\' in host'
  expect(await errorOf(asked)).toBe(`Post "https://hook.example.com/x": ${why}`)
})

it('one that sends elsewhere again and again is not followed for ever', async () => {
  let count = 0
  const asked = ask(() => {
    count += 1
    return new Response(null, { status: 307, headers: { location: '/x' } })
  })
  expect(await errorOf(asked)).toBe('Post "/x": stopped after 10 redirects')
  expect(count).toBe(10)
})

it('one that breaks off, or never ends, is not waited for', async () => {
  const brokenOff = new ReadableStream({
    pull(controller) {
      controller.error(new Error('Network connection lost.'))
    },
  })
  const readingFailed = 'unexpected error when reading response body. Please retry. Original error:'
  expect(await errorOf(ask(() => new Response(brokenOff)))).toBe(`${readingFailed} unexpected EOF`)
  const cutOff = new ReadableStream({
    pull(controller) {
      controller.error(new Error('Gzip compressed stream ended prematurely.'))
    },
  })
  expect(await errorOf(ask(() => new Response(cutOff)))).toBe(`${readingFailed} unexpected EOF`)
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      controller.enqueue(new Uint8Array(1024 * 1024))
    },
  })
  expect(await errorOf(ask(() => new Response(endless)))).toBe(
    'unexpected error when reading response body: it has more than 33554432 bytes',
  )
})

describe('one that says when to come back', () => {
  /** Asks with a clock that goes on whenever something waits. */
  async function asked(httpCode: number, retryAfter: string, yesAfter: number): Promise<[unknown, number, number]> {
    const clock = new ManualClock()
    const startMs = clock.now()
    let count = 0
    const send = (): Response => {
      count += 1
      if (count > yesAfter) return new Response('yes')
      return new Response('busy', { status: httpCode, headers: { 'retry-after': retryAfter } })
    }
    let isDone = false
    const result = errorOf(ask(send, clock)).finally(() => { isDone = true })
    while (!isDone) {
      clock.advance(500)
      await new Promise((resolve) => setImmediate(resolve))
    }
    return [await result, count, Math.round((clock.now() - startMs) / 1_000)]
  }

  const BUSY = 'the server is currently unable to handle the request'
  it.each([
    [429, '1', 2, 'yes', 3],
    [503, '2', 1, 'yes', 2],
    [503, '1', 99, BUSY, 11],
    [503, '0', 99, BUSY, 11],
    [503, '20', 99, BUSY, 2],
    [503, 'Fri, 27 Nov 2026 11:00:00 GMT', 99, BUSY, 1],
    [404, '1', 99, 'the server could not find the requested resource', 1],
  ])('(%i, %s) is asked again', async (httpCode, retryAfter, yesAfter, want, requests) => {
    const [result, count, seconds] = await asked(httpCode, retryAfter, yesAfter)
    expect([result, count]).toEqual([want, requests])
    expect(seconds).toBeLessThanOrEqual(31)
  })
})
