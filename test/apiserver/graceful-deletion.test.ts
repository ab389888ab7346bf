/** How long a deleted pod has: asked for, its own, or none where nobody would have to end it. */
import { describe, expect, it } from 'vitest'
import type { Json } from '../support/api.ts'
import { testApi } from '../support/api.ts'
import { EventReader } from '../support/watch-events.ts'

const BASE = '/api/v1/namespaces/team'
const PODS = `${BASE}/pods`

interface Given {
  readonly nodeName?: string
  readonly phase?: string
  readonly ownSeconds?: number
}

async function podApi({ nodeName = 'node', phase, ownSeconds }: Given) {
  const api = testApi('team')
  await api.json('POST', `${BASE}/serviceaccounts`, {
    body: { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } },
  })
  const spec = {
    containers: [{ name: 'main', image: 'nginx' }],
    ...(nodeName === '' ? {} : { nodeName }),
    ...(ownSeconds === undefined ? {} : { terminationGracePeriodSeconds: ownSeconds }),
  }
  const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web' }, spec }
  const created = await api.json('POST', PODS, { body: pod })
  expect(created.code).toBe(201)
  if (phase !== undefined) {
    const body = { ...created.body, status: { phase } }
    expect((await api.json('PUT', `${PODS}/web/status`, { body })).code).toBe(200)
  }
  return {
    async delete(options: object = {}): Promise<Json> {
      const { code, body } = await api.json('DELETE', `${PODS}/web`, { body: options })
      expect(code).toBe(200)
      return body
    },
    async evict(options: object): Promise<void> {
      const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'web' }, deleteOptions: options }
      expect((await api.json('POST', `${PODS}/web/eviction`, { body })).code).toBe(201)
    },
    /** What watchers see from now on (type, grace that is left, conditions), each with a version of its own. */
    async watch(): Promise<(count: number) => Promise<unknown[]>> {
      const now = Number((await this.pod())?.metadata?.['resourceVersion'])
      const reader = new EventReader(await api.request('GET', `${PODS}?watch=1&resourceVersion=${String(now)}`))
      return async (count) => {
        const events = await reader.take(count)
        const versions = [now, ...events.map(({ object }) => Number(object.metadata?.['resourceVersion']))]
        expect(versions).toEqual([...new Set(versions)].sort((one, other) => one - other))
        return events.map(({ type, object }) => [
          type,
          object.metadata?.['deletionGracePeriodSeconds'],
          (object['status']?.['conditions'] as Json[] | undefined)?.map((condition) => condition['type']),
        ])
      }
    },
    async pod(): Promise<Json | undefined> {
      const { code, body } = await api.json('GET', `${PODS}/web`)
      return code === 404 ? undefined : body
    },
  }
}

describe('a deleted pod', () => {
  it.each<{ given: string; pod: Given; asked?: number; want: number }>([
    { given: 'a running one: 30 s', pod: {}, want: 30 },
    { given: 'its own time', pod: { ownSeconds: 5 }, want: 5 },
    { given: 'the time asked for', pod: { ownSeconds: 5 }, asked: 7, want: 7 },
    { given: 'less than no time is a second', pod: {}, asked: -1, want: 1 },
    { given: 'none asked for: it goes at once', pod: {}, asked: 0, want: 0 },
    { given: 'none for one without a node', pod: { nodeName: '' }, asked: 7, want: 0 },
    { given: 'none for one that has succeeded', pod: { phase: 'Succeeded' }, want: 0 },
    { given: 'none for one that has failed', pod: { phase: 'Failed' }, asked: 7, want: 0 },
  ])('$given', async ({ pod, asked, want }) => {
    const api = await podApi(pod)
    const before = Date.now()
    await api.delete(asked === undefined ? {} : { gracePeriodSeconds: asked })
    const { metadata } = (await api.pod()) ?? {}
    if (want === 0) expect(metadata).toBeUndefined()
    else {
      expect(metadata?.['deletionGracePeriodSeconds']).toBe(want)
      const timeMs = Date.parse(String(metadata?.['deletionTimestamp'])) - want * 1_000
      // Times in the API are whole seconds.
      expect(timeMs).toBeGreaterThan(before - 1_000)
      expect(timeMs).toBeLessThanOrEqual(Date.now())
    }
  })

  it('may be given less time by a second request, never more, and goes when its kubelet says so', async () => {
    const api = await podApi({})
    await api.delete({ gracePeriodSeconds: 20 })
    await api.delete({ gracePeriodSeconds: 25 })
    expect((await api.pod())?.metadata?.['deletionGracePeriodSeconds']).toBe(20)
    await api.delete({ gracePeriodSeconds: 10 })
    expect((await api.pod())?.metadata?.['deletionGracePeriodSeconds']).toBe(10)
    await api.delete({ gracePeriodSeconds: 0 })
    expect(await api.pod()).toBeUndefined()
  })

  it('is seen to be marked before it goes', async () => {
    const api = await podApi({})
    const seen = await api.watch()
    await api.delete()
    await api.delete({ gracePeriodSeconds: 0 })
    expect(await seen(3)).toEqual([
      ['MODIFIED', 30, undefined],
      ['MODIFIED', 0, undefined],
      ['DELETED', 0, undefined],
    ])
  })

  it('is seen to be marked also where there is nobody to wait for', async () => {
    const api = await podApi({ nodeName: '' })
    const seen = await api.watch()
    await api.delete()
    expect(await seen(2)).toEqual([
      ['MODIFIED', 0, undefined],
      ['DELETED', 0, undefined],
    ])
  })

  it('goes without another mark once its time is over', async () => {
    const api = await podApi({ nodeName: '' })
    await api.delete({ propagationPolicy: 'Orphan' })
    const seen = await api.watch()
    await api.delete({ propagationPolicy: 'Background' })
    expect(await seen(1)).toEqual([['DELETED', 0, undefined]])
  })

  it('has, when it is evicted, a condition before it is marked', async () => {
    const api = await podApi({})
    const seen = await api.watch()
    await api.evict({ gracePeriodSeconds: 0 })
    expect(await seen(3)).toEqual([
      ['MODIFIED', undefined, ['DisruptionTarget']],
      ['MODIFIED', 0, ['DisruptionTarget']],
      ['DELETED', 0, ['DisruptionTarget']],
    ])
  })
})
