/**
 * What clients are told about revisions that compaction has passed: lists, continue tokens and watches, of one
 * namespace and over all.
 */
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../../src/lib/clock.ts'
import { Compactor, WATCH_WINDOW_MS } from '../../../src/store/history/compact.ts'
import type { Json } from '../../support/api.ts'
import { Counter, itemNames, testApi } from '../../support/api.ts'
import type { Reads } from './over-all.ts'
import { overAll } from './over-all.ts'

const TEAM = '/api/v1/namespaces/team/configmaps'
const ALL = '/api/v1/configmaps'

interface Answer {
  readonly code: number
  readonly body: Json
}

interface World {
  /** Creates or deletes one more. */
  write(name: string): void
  list(query: string): Promise<Answer>
  watch(query: string): Promise<Response>
  compact(): void
  /** The window goes by, and all that happens is elsewhere. */
  goBy(): void
}

/** A namespace with five config maps, read by itself or over all namespaces. */
async function aWorld(path: string): Promise<World> {
  const clock = new ManualClock()
  const counter = new Counter()
  const api = testApi('team', { clock, counter })
  const { store } = api.scope
  const one: Reads = { send: (target) => api.request('GET', target), nextRevision: () => store.revision + 1 }
  const { send, nextRevision } = path === ALL ? overAll({ team: api }, clock) : one
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    const created = api.json('POST', TEAM, { body: { metadata: { name } } })
    await turns(clock)
    expect((await created).code).toBe(201)
  }
  return {
    write(name) {
      const key = { resource: 'configmaps', name }
      const author = { user: 'u', manager: 'm', verb: 'v' }
      const text = `{"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"${name}"}}`
      const draft = { selectable: { labels: {}, fields: {} }, text: () => text }
      const now = store.get(key)
      const from = nextRevision()
      store.commit({ from, to: from }, (writer) =>
        now === undefined ? writer.create(key, draft, author) : writer.delete(key, draft, now.revision, author),
      )
    },
    async list(query) {
      const response = await send(`${path}?${query}`)
      return { code: response.status, body: await response.json<Json>() }
    },
    watch: (query) => send(`${path}?watch=true&${query}`),
    compact() {
      const compactor = new Compactor(api.sql, store)
      clock.advance(WATCH_WINDOW_MS + 1)
      while (compactor.step());
    },
    goBy() {
      clock.advance(WATCH_WINDOW_MS + 1)
      if (path === ALL) nextRevision()
      else counter.last += 1
    },
  }
}

async function turns(clock: ManualClock): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    clock.advance(0)
    await new Promise((resolve) => setImmediate(resolve))
  }
}

const names = ({ body }: Answer): unknown => itemNames(body)

const metadata = ({ body }: Answer, field: string): string => String(body['metadata']?.[field])

describe.each([
  ['one namespace', TEAM],
  ['all namespaces', ALL],
])('of %s', (_, path) => {
  it('a continue token shows the list as it was, whatever is written and compacted within the window', async () => {
    const world = await aWorld(path)
    const first = await world.list('limit=2')
    world.write('c')
    const second = await world.list(`limit=9&continue=${metadata(first, 'continue')}`)
    expect([names(first), names(second)]).toEqual([
      ['a', 'b'],
      ['c', 'd', 'e'],
    ])
    expect(metadata(second, 'resourceVersion')).toBe(metadata(first, 'resourceVersion'))
  })

  it('a token from before the window gets 410 with one that goes on from there, at another revision', async () => {
    const world = await aWorld(path)
    const first = await world.list('limit=2')
    world.write('z')
    world.compact()
    const expired = await world.list(`limit=9&continue=${metadata(first, 'continue')}`)
    expect(expired).toMatchObject({ code: 410, body: { reason: 'Expired' } })
    expect(expired.body['message']).toContain('The provided continue parameter is too old')
    const rest = await world.list(`continue=${metadata(expired, 'continue')}`)
    expect(names(rest)).toEqual(['c', 'd', 'e', 'z'])
    expect(metadata(rest, 'resourceVersion')).not.toBe(metadata(first, 'resourceVersion'))
  })

  it('a token expires with the window where nothing was written, too, and what goes on from it is newer', async () => {
    const world = await aWorld(path)
    const first = await world.list('limit=1')
    const second = await world.list(`limit=1&continue=${metadata(first, 'continue')}`)
    world.goBy()
    for (const page of [first, second]) {
      const expired = await world.list(`limit=1&continue=${metadata(page, 'continue')}`)
      expect(expired).toMatchObject({ code: 410, body: { reason: 'Expired' } })
      const rest = await world.list(`limit=1&continue=${metadata(expired, 'continue')}`)
      expect(names(rest)).toEqual([page === first ? 'b' : 'c'])
      expect(Number(metadata(rest, 'resourceVersion'))).toBeGreaterThan(Number(metadata(first, 'resourceVersion')))
      const last = await world.list(`continue=${metadata(rest, 'continue')}`)
      expect(last.code).toBe(200)
      expect(metadata(last, 'resourceVersion')).toBe(metadata(rest, 'resourceVersion'))
    }
  })

  it('a list at a revision from before the window gets 410', async () => {
    const world = await aWorld(path)
    world.compact()
    const answer = await world.list('resourceVersion=2&resourceVersionMatch=Exact')
    expect(answer).toMatchObject({ code: 410, body: { reason: 'Expired' } })
    expect(answer.body['message']).toBe('The resourceVersion for the provided list is too old.')
  })

  it('a watch from before the window is told so in its stream, and one from the newest revision opens', async () => {
    const world = await aWorld(path)
    world.compact()
    const response = await world.watch('resourceVersion=2')
    expect(response.status).toBe(200)
    const event = JSON.parse(await response.text()) as unknown
    expect(event).toMatchObject({ type: 'ERROR', object: { kind: 'Status', code: 410, reason: 'Expired' } })
    const now = metadata(await world.list(''), 'resourceVersion')
    const open = await world.watch(`timeoutSeconds=1&resourceVersion=${now}`)
    expect(open.status).toBe(200)
    await open.body?.cancel()
  })
})
