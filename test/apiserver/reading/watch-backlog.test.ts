/**
 * Watches whose clients read slowly or not at all: what waits for them is bounded, counted and given back, and none
 * of them misses anything.
 */
import { afterEach, describe, expect, it } from 'vitest'
import { KINDS } from '../../../src/apis/kinds.ts'
import { parseListOptions } from '../../../src/apiserver/reading/list-options.ts'
import type { WatchSource } from '../../../src/apiserver/reading/watch-stream.ts'
import { MAX_BACKLOG_BYTES, answerWatch } from '../../../src/apiserver/reading/watch-stream.ts'
import { negotiate } from '../../../src/apiserver/negotiate.ts'
import { systemClock } from '../../../src/lib/clock.ts'
import { seededRandom } from '../../../src/lib/random.ts'
import { createScheme } from '../../../src/registry/kinds/scheme.ts'
import { LogStore } from '../../../src/store/log-store.ts'
import { migrate } from '../../../src/store/migrate.ts'
import { BacklogBudget } from '../../../src/store/watch/backlog-budget.ts'
import { MAX_LAG_CHARACTERS, WatchHub } from '../../../src/store/watch-hub.ts'
import { migrationsOnDisk, nodeSqlite } from '../../support/sql/node-sqlite.ts'

const AUTHOR = { user: 'u', manager: 'm', verb: 'create' }

const clients: Client[] = []

afterEach(async () => {
  for (const client of clients.splice(0)) await client.leave()
})

class World {
  readonly backlogs: BacklogBudget
  readonly hub: WatchHub
  readonly #store: LogStore
  readonly #definition = createScheme(KINDS).byResource('', 'v1', 'configmaps')

  constructor(maxBytes?: number) {
    const sql = nodeSqlite()
    migrate(sql, migrationsOnDisk())
    this.#store = new LogStore(sql, systemClock)
    this.hub = new WatchHub(this.#store)
    this.backlogs = new BacklogBudget(maxBytes)
  }

  write(count: number, sizeBytes: number): void {
    for (let index = 0; index < count; index += 1) {
      const from = this.#store.revision + 1
      const { changes } = this.#store.commit({ from, to: from }, (writer) =>
        writer.create(
          { resource: 'configmaps', name: `c${String(from)}` },
          { selectable: { labels: {}, fields: {} }, text: (revision) => objectText(revision, sizeBytes) },
          AUTHOR,
        ),
      )
      this.hub.publish(changes)
    }
  }

  async watch(query: string, source: Partial<WatchSource> = {}): Promise<Client> {
    if (this.#definition === undefined) throw new Error('there are no config maps')
    const { hub, backlogs } = this
    const whole: WatchSource = {
      clock: systemClock,
      random: seededRandom(1),
      backlogs,
      get shownRevision() {
        return hub.shownRevision
      },
      clusterRevision: () => Promise.resolve(hub.shownRevision),
      watch: ({ after, sink }) => hub.watch({ resource: 'configmaps', after, sink }),
      checkRoom: () => hub.checkRoom(),
      namespaceOf: () => 'default',
      // oxlint-disable-next-line require-yield -- a namespace without objects has no page
      async *initialPages() {
        await Promise.resolve()
      },
      ...source,
    }
    const options = parseListOptions(this.#definition, new URLSearchParams(query), true)
    const form = negotiate({ headers: new Headers(), pretty: null }, { hasProtobuf: true, hasTable: true })
    const answer = { form, includeObject: '', name: '' }
    const { body } = await answerWatch(whole, this.#definition, options, answer)
    if (body === null) throw new Error('a watch has a body')
    const client = new Client(body)
    clients.push(client)
    return client
  }
}

class Client {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #decoder = new TextDecoder()

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader()
  }

  async leave(): Promise<void> {
    // One that was cut off has left already.
    await this.#reader.cancel().catch(() => undefined)
  }

  /** The resourceVersions of the next `count` events; rejects when the stream is cut off. */
  async read(count: number): Promise<number[]> {
    const seen: number[] = []
    let rest = ''
    while (seen.length < count) {
      const { done, value } = await this.#reader.read()
      if (done) break
      const lines = (rest + this.#decoder.decode(value, { stream: true })).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const event = JSON.parse(line) as { object: { metadata: { resourceVersion: string } } }
        seen.push(Number(event.object.metadata.resourceVersion))
      }
    }
    return seen
  }
}

function objectText(revision: number, sizeBytes: number): string {
  const metadata = { name: `c${String(revision)}`, resourceVersion: String(revision) }
  return JSON.stringify({ kind: 'ConfigMap', apiVersion: 'v1', metadata, data: { pad: 'x'.repeat(sizeBytes) } })
}

const upTo = (last: number, from = 1): number[] => Array.from({ length: last - from + 1 }, (_, index) => from + index)

describe('a watch whose client does not read', () => {
  it('buffers a mebibyte and the change that went over it, and nothing is missing when the client reads', async () => {
    const world = new World()
    const client = await world.watch('resourceVersion=1&watch=true', { clusterRevision: () => Promise.resolve(1) })
    world.write(1, 10)
    world.write(50, 100_000)
    expect(world.backlogs.usedBytes).toBeGreaterThan(MAX_BACKLOG_BYTES)
    expect(world.backlogs.usedBytes).toBeLessThan(MAX_BACKLOG_BYTES + 150_000)
    expect(await client.read(50)).toEqual(upTo(51, 2))
    expect(world.backlogs.usedBytes).toBeLessThan(MAX_BACKLOG_BYTES)
  })

  it('is cut off when far too much was published, gives back its buffer, and resumes without a gap', async () => {
    const world = new World()
    world.write(1, 10)
    const client = await world.watch('resourceVersion=1&watch=true')
    world.write(2, 10)
    expect(await client.read(2)).toEqual([2, 3])
    const writes = Math.ceil((MAX_LAG_CHARACTERS + 2 * MAX_BACKLOG_BYTES) / 1_000_000)
    world.write(writes, 1_000_000)
    await expect(client.read(writes)).rejects.toThrow('fell too far behind')
    expect([world.backlogs.usedBytes, world.hub.watcherCount]).toEqual([0, 0])
    const again = await world.watch('resourceVersion=3&watch=true')
    expect(await again.read(writes)).toEqual(upTo(writes + 3, 4))
  })

  it('shares the isolate’s budget with the others: together they buffer no more, and each gets everything', async () => {
    const maxBytes = 1_000_000
    const world = new World(maxBytes)
    world.write(1, 10)
    for (let index = 0; index < 10; index += 1) await world.watch('resourceVersion=1&watch=true')
    world.write(40, 20_000)
    // Each may go over its share by the one change that told it so.
    expect(world.backlogs.usedBytes).toBeLessThan(maxBytes + 10 * 21_000)
    expect(world.backlogs.usedBytes).toBeGreaterThan(maxBytes / 2)
    for (const client of clients) expect(await client.read(40)).toEqual(upTo(41, 2))
    expect(world.backlogs.usedBytes).toBeLessThan(maxBytes)
  })

  it('is sent initial events as it reads, not all at once', async () => {
    const world = new World()
    let pages = 0
    const client = await world.watch('watch=true', {
      async *initialPages() {
        for (let page = 0; page < 20; page += 1) {
          pages += 1
          yield [{ text: objectText(2 * page + 1, 150_000) }, { text: objectText(2 * page + 2, 150_000) }]
          await Promise.resolve()
        }
      },
    })
    await new Promise((resolve) => setImmediate(resolve))
    expect(pages).toBeLessThan(6)
    expect(world.backlogs.usedBytes).toBeLessThan(MAX_BACKLOG_BYTES + 310_000)
    expect(await client.read(40)).toEqual(upTo(40))
    world.write(1, 10)
    expect(await client.read(1)).toEqual([1])
  })
})
