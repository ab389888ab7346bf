/**
 * kill -9 of every process in the middle of 1,000 concurrent writes, ten times on the same data: what was acknowledged
 * is there with its revision, and the watches (of one namespace, of all) resume from the last event that they were
 * shown without a gap and without a repeat. The moments of the kills come from SEED, which is printed.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/lib/random.ts'
import { Cluster } from '../support/cluster.ts'
import { HttpsClient } from '../support/server/https-client.ts'

const SEED = Number(process.env['SEED'] ?? String(Date.now() % 100_000))
const ROUNDS = 10
const WRITERS = 1_000
const NAMESPACES = ['red', 'green', 'blue'] as const
const RESOURCE = 'configmaps'
const MERGE_PATCH = 'application/merge-patch+json'

interface Meta {
  readonly name: string
  readonly namespace: string
  readonly resourceVersion: string
}

interface ConfigMap {
  readonly metadata: Meta
}

interface List {
  readonly metadata: { readonly resourceVersion: string }
  readonly items: readonly ConfigMap[]
}

const pathIn = (namespace: string): string => `/api/v1/namespaces/${namespace}/${RESOURCE}`

/** A watch that is resumed after each kill, and everything it was ever shown. */
class Follower {
  readonly path: string
  readonly seen: Meta[] = []
  position = ''
  readonly #listeners = new Set<() => void>()

  constructor(path: string) {
    this.path = path
  }

  /** Reads a stream to its end, which a kill makes abrupt: that is no failure, the next one resumes. */
  async follow(client: HttpsClient): Promise<void> {
    let rest = ''
    try {
      const response = await client.send('GET', `${this.path}?watch=true&resourceVersion=${this.position}`)
      for await (const chunk of response.setEncoding('utf8')) {
        const lines = (rest + String(chunk)).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines.filter((text) => text !== '')) this.#take(line)
      }
    } catch (error) {
      expect(String(error)).toMatch(/aborted|ECONNRESET|socket hang up/)
    }
  }

  #take(line: string): void {
    const { type, object } = JSON.parse(line) as { type: string; object: ConfigMap }
    expect(['ADDED', 'MODIFIED'], line).toContain(type)
    this.seen.push(object.metadata)
    this.position = object.metadata.resourceVersion
    for (const listener of this.#listeners) listener()
  }

  async until(revision: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (Number(this.position) < revision) return
        this.#listeners.delete(look)
        resolve()
      }
      this.#listeners.add(look)
      look()
    })
  }
}

/**
 * A thousand writers at once, each of which writes again as soon as it is answered, until all are cut off; a third of
 * the writes changes what is there, the others are new.
 */
async function writeUntilCutOff(
  client: HttpsClient,
  round: number,
  onAcknowledged: (written: Meta) => void,
  onRefused: (key: string) => void,
): Promise<void> {
  const write = async (writer: number, turn: number): Promise<boolean> => {
    const namespace = NAMESPACES[writer % NAMESPACES.length] ?? ''
    const isChange = writer % 10 < 3
    const name = isChange ? `shared-${String(writer % 30)}` : `r${String(round)}-${String(writer)}-${String(turn)}`
    const data = { by: `${String(round)}-${String(writer)}-${String(turn)}` }
    try {
      const { httpCode, body } = isChange
        ? await client.json<ConfigMap>('PATCH', `${pathIn(namespace)}/${name}`, { data }, MERGE_PATCH)
        : await client.json<ConfigMap>('POST', pathIn(namespace), { metadata: { name }, data })
      // A machine under load may say so; then it must be true.
      if (httpCode === 503) {
        expect(JSON.stringify(body)).toContain('nothing was written')
        if (!isChange) onRefused(`${namespace}/${name}`)
        return true
      }
      expect(httpCode, JSON.stringify(body)).toBe(isChange ? 200 : 201)
      onAcknowledged(body.metadata)
      return true
    } catch (error) {
      // Nobody said that it is there, nor that it is not.
      expect(String(error)).toMatch(/aborted|ECONNRESET|ECONNREFUSED|socket hang up|EPIPE/)
      return false
    }
  }
  const writeOn = async (writer: number): Promise<void> => {
    for (let turn = 0; await write(writer, turn); turn += 1);
  }
  await Promise.all(Array.from({ length: WRITERS }, (_, writer) => writeOn(writer)))
}

describe(`kill -9 in the middle of ${String(WRITERS)} concurrent writes (seed ${String(SEED)})`, () => {
  let cluster: Cluster

  beforeAll(async () => {
    cluster = await Cluster.start()
  })
  afterAll(() => cluster.stop())

  it('loses nothing that was acknowledged, and watches resume without gap or repeat', async () => {
    const random = seededRandom(SEED)
    const acknowledged: Meta[] = []
    const refused: string[] = []
    const inRed = new Follower(pathIn('red'))
    const inAll = new Follower(`/api/v1/${RESOURCE}`)
    const first = new HttpsClient(cluster.data, cluster.port)
    for (const name of NAMESPACES) {
      expect((await first.json('POST', '/api/v1/namespaces', { metadata: { name } })).httpCode).toBe(201)
      for (let index = 0; index < 30; index += 1) {
        await first.json('POST', pathIn(name), { metadata: { name: `shared-${String(index)}` } })
      }
    }
    for (const follower of [inRed, inAll]) {
      follower.position = (await first.json<List>('GET', follower.path)).body.metadata.resourceVersion
    }
    first.close()

    for (let round = 0; round < ROUNDS; round += 1) {
      const client = new HttpsClient(cluster.data, cluster.port, Infinity)
      const streams = [inRed, inAll].map((follower) => follower.follow(client))
      const killAt = 1 + Math.floor(random.next() * 1.5 * WRITERS)
      let count = 0
      const killed = Promise.withResolvers<void>()
      const take = (written: Meta): void => {
        acknowledged.push(written)
        count += 1
        if (count === killAt) cluster.kill().then(killed.resolve, killed.reject)
      }
      await writeUntilCutOff(client, round, take, (key) => refused.push(key))
      await killed.promise
      await Promise.all(streams)
      client.close()
      expect(count, `round ${String(round)}`).toBeGreaterThanOrEqual(killAt)
      await cluster.restart()
    }

    const last = new HttpsClient(cluster.data, cluster.port)
    const streams = [inRed, inAll].map((follower) => follower.follow(last))
    // A last write: when a watch has shown it, it has shown everything before it.
    const marker = await last.json<ConfigMap>('POST', pathIn('red'), { metadata: { name: 'marker' } })
    const end = Number(marker.body.metadata.resourceVersion)
    await Promise.all([inRed.until(end), inAll.until(end)])
    const { items } = (await last.json<List>('GET', inAll.path)).body
    last.close()
    await Promise.all(streams)

    const stored = new Map(items.map(({ metadata }) => [`${metadata.namespace}/${metadata.name}`, metadata]))
    for (const { namespace, name, resourceVersion } of acknowledged) {
      const now = Number(stored.get(`${namespace}/${name}`)?.resourceVersion)
      if (name.startsWith('shared-')) expect(now).toBeGreaterThanOrEqual(Number(resourceVersion))
      else expect(now, `${namespace}/${name}`).toBe(Number(resourceVersion))
    }
    expect(refused.filter((key) => stored.has(key))).toEqual([])
    for (const follower of [inRed, inAll]) {
      const revisions = follower.seen.map(({ resourceVersion }) => Number(resourceVersion))
      expect(revisions, 'in order, each once').toEqual([...new Set(revisions)].sort((left, right) => left - right))
      const shown = new Map(follower.seen.map((meta) => [meta.resourceVersion, meta]))
      const isHere = ({ namespace }: Meta): boolean => follower === inAll || namespace === 'red'
      for (const { namespace, name, resourceVersion } of acknowledged.filter(isHere)) {
        expect(shown.get(resourceVersion), 'every acknowledged write').toMatchObject({ namespace, name })
      }
      // What was committed and never acknowledged is shown as well.
      const newest = new Map(follower.seen.map((meta) => [`${meta.namespace}/${meta.name}`, meta.resourceVersion]))
      for (const { namespace, name, resourceVersion } of items.map(({ metadata }) => metadata).filter(isHere)) {
        if (newest.has(`${namespace}/${name}`) || name.startsWith('r')) {
          expect(newest.get(`${namespace}/${name}`), `${namespace}/${name}`).toBe(resourceVersion)
        }
      }
    }
    console.log(`${String(acknowledged.length)} writes acknowledged in ${String(ROUNDS)} rounds, none lost`)
  })
})
