/** Pages of a list over all namespaces: how many follow where that is known, and where they end. */
import { expect, it } from 'vitest'
import { ManualClock } from '../../../src/lib/clock.ts'
import { MAX_COUNTED_STORES } from '../../../src/registry/sequence/remaining.ts'
import type { Json } from '../../support/api.ts'
import { Counter, testApi } from '../../support/api.ts'
import { overAll } from './over-all.ts'

const PATH = '/api/v1/configmaps'

/** As many config maps in each namespace as are said, and what a list of them all answers. */
async function listing(sizes: readonly number[]): Promise<(query: string) => Promise<Json>> {
  const clock = new ManualClock()
  const counter = new Counter()
  const names = sizes.map((_size, at) => `ns-${String(at)}`)
  const apis = Object.fromEntries(names.map((name) => [name, testApi(name, { clock, counter })]))
  for (const [at, size] of sizes.entries()) {
    const name = `ns-${String(at)}`
    for (let index = 0; index < size; index++) {
      const metadata = { name: `c${String(index)}`, labels: { parity: index % 2 === 0 ? 'even' : 'odd' } }
      await apis[name]?.json('POST', `/api/v1/namespaces/${name}/configmaps`, { body: { metadata } })
    }
  }
  const { send } = overAll(apis, clock)
  return async (query) => (await send(`${PATH}?${query}`)).json<Json>()
}

const said = ({ items, metadata }: Json): unknown[] => [
  (items as unknown as unknown[]).length,
  metadata?.['remainingItemCount'],
  metadata?.['continue'] !== undefined,
]

it('says how many follow, over namespaces that are many pages or none, and ends without a token', async () => {
  const list = await listing([3, 0, 4, 2])
  const pages: unknown[] = []
  let token = ''
  do {
    const page = await list(`limit=2&continue=${token}`)
    pages.push(said(page))
    token = page['metadata']?.['continue'] ?? ''
  } while (token !== '')
  expect(pages).toEqual([
    [2, 7, true],
    [2, 5, true],
    [2, 3, true],
    [2, 1, true],
    [1, undefined, false],
  ])
})

it('is in the order of keys: a namespace comes behind those that go on with a hyphen where it ends', async () => {
  const clock = new ManualClock()
  const counter = new Counter()
  const names = ['a', 'a-b', 'a0', 'a-0']
  const apis = Object.fromEntries(names.map((name) => [name, testApi(name, { clock, counter })]))
  for (const [namespace, api] of Object.entries(apis)) {
    for (const name of ['x', 'y']) {
      await api.json('POST', `/api/v1/namespaces/${namespace}/configmaps`, { body: { metadata: { name } } })
    }
  }
  const { send } = overAll(apis, clock)
  const sorted = ['a-0/x', 'a-0/y', 'a-b/x', 'a-b/y', 'a/x', 'a/y', 'a0/x', 'a0/y']
  for (const limit of [0, 1, 3]) {
    const keys: string[] = []
    let token = ''
    do {
      const page = await (await send(`${PATH}?limit=${String(limit)}&continue=${token}`)).json<Json>()
      const items = page['items'] as unknown as { metadata: { namespace: string; name: string } }[]
      keys.push(...items.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`))
      token = page['metadata']?.['continue'] ?? ''
    } while (token !== '')
    expect(keys).toEqual(sorted)
  }
})

it.each([
  ['exactly as long as all of them', [2, 1], 3],
  ['longer', [2, 1], 4],
  ['exactly as long as what comes before empty ones', [3, 0, 0], 3],
])('is one page where that is %s', async (_what, sizes, limit) => {
  const list = await listing(sizes)
  expect(said(await list(`limit=${String(limit)}`))).toEqual([3, undefined, false])
})

it('says to priority and fairness how much there is, once it was read whole', async () => {
  const clock = new ManualClock()
  const counter = new Counter()
  const [one, two] = ['one', 'two'].map((name) => testApi(name, { clock, counter }))
  if (one === undefined || two === undefined) throw new Error('no namespaces')
  for (const [api, name] of [[one, 'one'], [two, 'two'], [two, 'two']] as const) {
    await api.json('POST', `/api/v1/namespaces/${name}/configmaps`, { body: { metadata: { generateName: 'c' } } })
  }
  const { send } = overAll({ one, two }, clock)
  const known = () => one.scope.host.operations.flow.sizes.of('configmaps', clock.now(), undefined)?.count
  for (const query of ['limit=3', 'labelSelector=a', 'fieldSelector=metadata.name%3Da']) {
    await (await send(`${PATH}?${query}`)).text()
    expect(known()).not.toBe(3)
  }
  await (await send(PATH)).text()
  expect(known()).toBe(3)
})

it('does not say how many of a selection follow', async () => {
  const list = await listing([4, 4])
  expect(said(await list('limit=1&labelSelector=parity=odd'))).toEqual([1, undefined, true])
  expect(said(await list('limit=3&labelSelector=parity=odd'))).toEqual([3, undefined, true])
})

it('goes on while anything follows in the last namespace, whether it is selected or not', async () => {
  const list = await listing([2, 2])
  expect(said(await list('limit=2&labelSelector=parity=even'))).toEqual([2, undefined, true])
  expect(said(await list('limit=2&labelSelector=parity=odd'))).toEqual([2, undefined, false])
})

it('ends with the namespace that a field selector names', async () => {
  const list = await listing([2, 2])
  expect(said(await list('limit=2&fieldSelector=metadata.namespace=ns-0'))).toEqual([2, undefined, false])
  expect(said(await list('limit=1&fieldSelector=metadata.namespace=ns-0'))).toEqual([1, undefined, true])
})

it('says how many follow in namespaces that nothing was read of yet', async () => {
  const list = await listing(Array.from({ length: 20 }, (_namespace, at) => at % 3))
  expect(said(await list('limit=1'))).toEqual([1, 18, true])
  expect(said(await list('limit=17'))).toEqual([17, 2, true])
})

it('ends with the last object, however many empty namespaces follow', async () => {
  const list = await listing([2, ...Array.from({ length: 20 }, () => 0)])
  expect(said(await list('limit=2'))).toEqual([2, undefined, false])
})

it('does not count more namespaces than one request may well ask', async () => {
  const sizes = Array.from({ length: MAX_COUNTED_STORES + 8 }, () => 1)
  const list = await listing(sizes)
  expect(said(await list('limit=1'))).toEqual([1, undefined, true])
  expect(said(await list('limit=3'))).toEqual([3, sizes.length - 3, true])
})

it('is not answered to HEAD', async () => {
  const clock = new ManualClock()
  const { send } = overAll({ team: testApi('team', { clock }) }, clock)
  expect((await send(PATH, 'HEAD')).status).toBe(405)
})

it('is of nothing, rather than empty, where the metadata of none is asked for', async () => {
  const clock = new ManualClock()
  const { send } = overAll({ a: testApi('a', { clock }) }, clock)
  const accept = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1'
  expect(await (await send(PATH, 'GET', accept)).text()).toMatch(/,"items":null\}\n$/)
  expect(await (await send(`${PATH}?limit=1`, 'GET', accept)).text()).toMatch(/,"items":null\}\n$/)
})
