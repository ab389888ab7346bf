/** Compression of large answers: for whom, of what, and never of what must arrive at once. */
import { gunzipSync } from 'node:zlib'
import { beforeAll, describe, expect, it } from 'vitest'
import type { TestApi } from '../../support/api.ts'
import { testApi } from '../../support/api.ts'

const CONFIG_MAPS = '/api/v1/namespaces/team/configmaps'
const GZIP = { 'accept-encoding': 'deflate, gzip' }

const configMap = (name: string, characters: number): object => ({
  metadata: { name },
  data: { a: 'x'.repeat(characters) },
})

async function plain(response: Response): Promise<string> {
  const bytes = new Uint8Array(await response.arrayBuffer())
  return response.headers.get('content-encoding') === 'gzip'
    ? new TextDecoder().decode(gunzipSync(bytes))
    : new TextDecoder().decode(bytes)
}

let api: TestApi

beforeAll(async () => {
  api = testApi('team')
  await api.json('POST', CONFIG_MAPS, { body: configMap('large', 140_000) })
  await api.json('POST', CONFIG_MAPS, { body: configMap('small', 10) })
  for (let count = 0; count < 600; count++) {
    await api.json('POST', '/api/v1/namespaces/team/secrets', {
      body: { metadata: { name: `s-${String(count)}`, annotations: { about: 'x'.repeat(300) } } },
    })
  }
})

describe('compression', () => {
  it.each([
    ['an object over 128 KiB', `${CONFIG_MAPS}/large`],
    ['a list over 128 KiB', CONFIG_MAPS],
    ['a list of several pages, which streams', '/api/v1/namespaces/team/secrets'],
  ])('is given for %s to those who ask, and says the same', async (_, path) => {
    const compressed = await api.request('GET', path, { headers: GZIP })
    expect(compressed.headers.get('content-encoding')).toBe('gzip')
    expect(compressed.headers.get('vary')).toBe('Accept-Encoding')
    const asked = await api.request('GET', path)
    expect(asked.headers.get('content-encoding')).toBeNull()
    const text = await plain(compressed)
    expect(text).toBe(await asked.text())
    expect(text.length).toBeGreaterThan(128 * 1024)
  })

  it('hands over large answers in pieces, none of which splits a character', async () => {
    const names = ['even', 'odd']
    for (const [n, name] of names.entries()) {
      const body = { metadata: { name }, data: { a: 'x'.repeat(n) + '😀'.repeat(100_000) } }
      await api.json('POST', CONFIG_MAPS, { body })
    }
    for (const [n, name] of names.entries()) {
      const { body } = await api.json('GET', `${CONFIG_MAPS}/${name}`)
      expect(body['data']?.['a']).toBe('x'.repeat(n) + '😀'.repeat(100_000))
      await api.json('DELETE', `${CONFIG_MAPS}/${name}`)
    }
  })

  it.each([
    ['a small object', `${CONFIG_MAPS}/small`],
    ['a small page of a list', '/api/v1/namespaces/team/secrets?limit=2'],
  ])('is not given for %s', async (_, path) => {
    const response = await api.request('GET', path, { headers: GZIP })
    expect(response.status).toBe(200)
    expect(response.headers.get('content-encoding')).toBeNull()
    expect(await response.json()).toBeTypeOf('object')
  })

  it('is given to whoever writes, too', async () => {
    const headers = { 'accept-encoding': 'gzip', 'content-type': 'application/merge-patch+json' }
    const response = await api.request('PATCH', `${CONFIG_MAPS}/large`, { headers, body: {} })
    expect([response.status, response.headers.get('content-encoding')]).toEqual([200, 'gzip'])
  })

  it('is not given for other encodings', async () => {
    const response = await api.request('GET', CONFIG_MAPS, { headers: { 'accept-encoding': 'br, gzipped' } })
    expect(response.headers.get('content-encoding')).toBeNull()
    await response.body?.cancel()
  })

  it('is never given for a watch, which also tells everybody on its way to leave it alone', async () => {
    const response = await api.request('GET', `${CONFIG_MAPS}?watch=1`, { headers: GZIP })
    expect(response.headers.get('content-encoding')).toBe('identity')
    expect(response.headers.get('cache-control')).toContain('no-transform')
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    expect((await reader?.read())?.value).toContain('"type":"ADDED"')
    await reader?.cancel()
  })
})
