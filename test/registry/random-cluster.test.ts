/**
 * Random lives of a cluster: the drivers with their promises, queues and retries, under messages that are lost and
 * late, namespaces that crash or are cut off, and a sequencer that crashes. Clients over all namespaces must see
 * exactly what was written. SEED and RUNS as in test/store/sequence/model.test.ts, which has the rules behind it.
 */
import { describe, expect, it } from 'vitest'
import type { Random } from '../../src/lib/random.ts'
import { seededRandom } from '../../src/lib/random.ts'
import { TestCluster } from './test-cluster.ts'
import type { TestWatch } from './test-cluster.ts'

const FIRST_SEED = Number(process.env['SEED'] ?? '1')
const RUNS = Number(process.env['RUNS'] ?? '100')
const NAMESPACES = ['alpha', 'beta', 'gamma'] as const
const STEPS = 60

/** After the last fault: every deadline and retry of the drivers, twice. */
const CALM_MS = 30_000

interface Acknowledged {
  readonly namespace: string
  readonly name: string
  readonly revision: number
}

/** Lists, watches, resumes, and lists again on 410, as an informer does. */
class Informer {
  readonly #cluster: TestCluster
  readonly #acknowledged: readonly Acknowledged[]
  /** Rows above `from` and up to `to`, all that a stretch between a list and a 410 was shown. */
  readonly stretches: { from: number; to: number; readonly shown: number[] }[] = []
  /** Every list had what was acknowledged before it began. */
  isWhole = true
  #watch: TestWatch | undefined
  #isListing = false

  constructor(cluster: TestCluster, acknowledged: readonly Acknowledged[]) {
    this.#cluster = cluster
    this.#acknowledged = acknowledged
  }

  get position(): number {
    return this.#watch?.watch.position ?? 0
  }

  /** Does whatever is to be done now; called all the time. */
  turn(): void {
    const stretch = this.stretches.at(-1)
    const watch = this.#watch
    if (stretch !== undefined && watch !== undefined) {
      stretch.shown.push(...watch.revisions.splice(0))
      stretch.to = Math.max(stretch.to, watch.watch.position)
      if (watch.ended === 'not yet') return
      this.#watch = undefined
      if (watch.ended === undefined) this.#watch = this.#cluster.watch('pods', stretch.to)
      else expect(watch.ended.code).toBe('compacted')
    }
    if (this.#watch === undefined && !this.#isListing) void this.#list()
  }

  /** The sequencer is another one: the stream broke off, and is resumed there. */
  reconnect(): void {
    const stretch = this.stretches.at(-1)
    if (stretch === undefined || this.#watch === undefined) return
    this.turn()
    this.#watch = this.#cluster.watch('pods', stretch.to)
  }

  async #list(): Promise<void> {
    this.#isListing = true
    const { reads } = this.#cluster
    const revision = reads.newestRevision
    const known = new Set(this.#acknowledged.map(({ namespace, name }) => `${namespace}/${name}`))
    const query = { resource: 'pods', revision, from: undefined, limit: 2, labelSelector: '', fieldSelector: '' }
    try {
      const listed: string[] = []
      for await (const { namespace, objects } of reads.pages(query)) {
        listed.push(...objects.map(({ name }) => `${namespace}/${name}`))
      }
      this.isWhole &&= known.isSubsetOf(new Set(listed))
      if (reads === this.#cluster.reads) {
        this.stretches.push({ from: revision, to: revision, shown: [] })
        this.#watch = this.#cluster.watch('pods', revision)
      }
    } catch (error) {
      // 410 or 503: begins again.
      expect(String(error)).toMatch(/does not answer|StoreError/)
    } finally {
      this.#isListing = false
    }
  }
}

interface Life {
  readonly informers: readonly Informer[]
  readonly acknowledged: readonly Acknowledged[]
}

async function live(random: Random): Promise<Life> {
  const below = (limit: number): number => Math.floor(random.next() * limit)
  const cluster = new TestCluster()
  const acknowledged: Acknowledged[] = []
  const informers = [new Informer(cluster, acknowledged), new Informer(cluster, acknowledged)]
  const pass = async (durationMs: number): Promise<void> => {
    const end = cluster.clock.now() + durationMs
    await cluster.until(() => {
      for (const informer of informers) informer.turn()
      return cluster.clock.now() >= end
    }, 10)
  }
  const write = (): void => {
    const namespace = NAMESPACES[below(NAMESPACES.length)] ?? 'alpha'
    const name = `pod-${String(below(6))}`
    cluster.namespace(namespace).put(name).then(
      (revision) => acknowledged.push({ namespace, name, revision }),
      // Refused, which is to have done nothing.
      (error: unknown) => expect(String(error)).toMatch(/nothing was written/),
    )
  }
  const someone = (): string => NAMESPACES[below(NAMESPACES.length)] ?? 'alpha'
  const events: (() => void)[] = [
    ...Array.from({ length: 12 }, () => write),
    () => cluster.namespace(someone()).restart(),
    () => {
      const name = someone()
      cluster.cut.add(name)
      cluster.clock.after(500 + below(9_000), () => cluster.cut.delete(name))
    },
    () => {
      cluster.restartSequencer()
      for (const informer of informers) informer.reconnect()
    },
  ]
  const delayMs = (): number => below(random.next() < 0.1 ? 1_500 : 20)
  cluster.faults = { isLost: () => random.next() < 0.03, delayMs }
  for (let step = 0; step < STEPS; step += 1) {
    events[below(events.length)]?.()
    await pass(below(random.next() < 0.2 ? 1_500 : 100))
  }
  cluster.faults = undefined
  await pass(CALM_MS)
  for (const namespace of NAMESPACES) {
    const revision = await cluster.get(cluster.namespace(namespace).put('last'), 10)
    acknowledged.push({ namespace, name: 'last', revision })
  }
  await pass(1_000)
  return { informers, acknowledged }
}

function judge({ informers, acknowledged }: Life, seed: number): void {
  const of = (what: string): string => `seed ${String(seed)}: ${what}`
  // The last writes are three; of the others some must get through, or nothing was tried.
  expect(acknowledged.length, of('writes')).toBeGreaterThan(5)
  const newest = Math.max(...acknowledged.map(({ revision }) => revision))
  for (const informer of informers) {
    expect(informer.isWhole, of('lists')).toBe(true)
    expect(informer.position, of('live again')).toBeGreaterThanOrEqual(newest)
    for (const { shown } of informer.stretches) {
      expect(shown, of('Ordered, Unique')).toEqual([...new Set(shown)].sort((left, right) => left - right))
    }
    // One that a 410 ended may lack what the 410 was about.
    const { from = 0, shown = [] } = informer.stretches.at(-1) ?? {}
    const lost = acknowledged.filter(({ revision }) => revision > from && !shown.includes(revision))
    expect(lost, of('Reliable')).toEqual([])
  }
}

describe('a cluster whose messages are lost and whose objects crash', () => {
  it(`shows everything that was acknowledged, in order and once, in ${String(RUNS)} random lives`, async () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed += 1) judge(await live(seededRandom(seed)), seed)
  })
})
