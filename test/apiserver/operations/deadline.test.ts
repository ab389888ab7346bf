/**
 * How long a client waits: the expected side is k8s.io/apiserver pkg/server/filters/timeout.go and
 * pkg/endpoints/filters/request_deadline.go.
 */
import { describe, expect, it } from 'vitest'
import { parseDuration } from '../../../src/apimachinery/wire/go-duration.ts'
import { answerInTime } from '../../../src/apiserver/operations/deadline.ts'
import { parseRequest } from '../../../src/apiserver/request-info.ts'
import { ManualClock } from '../../../src/lib/clock.ts'
import { testApi } from '../../support/api.ts'

const PODS = '/api/v1/namespaces/team/pods'

const asked = (search: string, path = PODS): Parameters<typeof answerInTime>[1] => {
  const query = new URLSearchParams(search)
  return { query, info: parseRequest('GET', path, query) }
}

const TIMED_OUT =
  '{"metadata":{},"status":"Failure","message":"Timeout: request did not complete within the allotted timeout",' +
  '"reason":"Timeout","details":{},"code":504}\n'

describe('the timeout of a request', () => {
  it('ends the waiting, and what comes later is not kept', async () => {
    const clock = new ManualClock()
    let isCancelled = false
    const late = Promise.withResolvers<Response>()
    const answer = answerInTime(clock, asked('timeout=2s'), () => late.promise)
    clock.advance(2_000)
    const response = await answer
    expect([response.status, response.headers.get('content-type')]).toEqual([504, 'text/plain; charset=utf-8'])
    expect(await response.text()).toBe(TIMED_OUT)
    const cancel = (): void => {
      isCancelled = true
    }
    late.resolve(new Response(new ReadableStream({ cancel })))
    await Promise.resolve()
    await expect.poll(() => isCancelled).toBe(true)
  })

  it('leaves nothing behind where the answer is in time', async () => {
    const clock = new ManualClock()
    const response = await answerInTime(clock, asked('timeout=2s'), () => Promise.resolve(new Response('in time')))
    expect(await response.text()).toBe('in time')
    expect(clock.nextDue()).toBeUndefined()
  })

  it.each(['timeout=0', 'timeout=0s', 'timeout=-1s', 'timeout=60s', 'timeout=1h', ''])(
    'is none where it is none, or longer than anybody is given: ?%s',
    async (search) => {
      const clock = new ManualClock()
      const late = Promise.withResolvers<Response>()
      const answer = answerInTime(clock, asked(search), () => late.promise)
      expect(clock.nextDue()).toBeUndefined()
      late.resolve(new Response('at last'))
      expect(await (await answer).text()).toBe('at last')
    },
  )

  it.each([`${PODS}?watch=1&`, `${PODS}/p/log?`])('is no matter of what lasts: %s', async (path) => {
    const [pathname = '', search = ''] = path.split('?')
    const answered = await answerInTime(new ManualClock(), asked(`${search}timeout=1ns`, pathname), () =>
      Promise.resolve(new Response('lasting')))
    expect(await answered.text()).toBe('lasting')
  })

  it('that is over before anything has begun begins nothing', async () => {
    const api = testApi('team')
    const path = '/api/v1/namespaces/team/configmaps'
    const response = await api.request('POST', `${path}?timeout=1ns`, { body: { metadata: { name: 'a' } } })
    expect([response.status, await response.text()]).toEqual([504, TIMED_OUT])
    expect((await api.json('GET', `${path}/a`)).code).toBe(404)
  })
})

describe('a duration', () => {
  it.each([
    ['1ns', 1e-6],
    ['1us', 1e-3],
    ['1\u00b5s', 1e-3],
    ['1h2m3.5s', 3_723_500],
    ['.5s', 500],
    ['-1s', -1_000],
    ['+1ms', 1],
    ['0', 0],
    ['2562047h', 2_562_047 * 3_600_000],
    ['2562048h', 'time: invalid duration "2562048h"'],
    ['9999999999h', 'time: invalid duration "9999999999h"'],
    ['s', 'time: invalid duration "s"'],
    ['1', 'time: missing unit in duration "1"'],
    ['1d', 'time: unknown unit "d" in duration "1d"'],
  ])('%s is %s', (text, want) => {
    expect(parseDuration(text)).toBe(want)
  })
})
