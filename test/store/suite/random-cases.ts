/**
 * Random histories on the store and on the model side by side: after each step every way of reading must answer alike.
 * A failure names its seed and step.
 */
import { expect } from 'vitest'
import { ManualClock } from '../../../src/lib/clock.ts'
import type { Random } from '../../../src/lib/random.ts'
import { seededRandom } from '../../../src/lib/random.ts'
import type { ObjectKey, StoreWriter } from '../../../src/store/object-store.ts'
import { ModelStore } from '../model-store.ts'
import type { MakeStore, StoreCase, StoreUnderTest } from '../store-suite.ts'
import { AUTHOR, draft, plain, refusalOf } from './case-tools.ts'

const SEEDS = [1, 2, 3, 4, 5, 6]
const STEPS = 60
const RESOURCES = ['pods', 'leases.coordination.k8s.io', 'configmaps', 'events']
const NAMES = ['a', 'b', 'B', 'c', 'cc', 'd', '\u00fc']

export const randomHistoryCases: readonly StoreCase[] = SEEDS.map((seed) => ({
  title: `agrees with the model on a random history (seed ${String(seed)})`,
  run: (makeStore) => runHistory(makeStore, seed),
}))

interface Pair {
  readonly random: Random
  readonly clock: ManualClock
  store: StoreUnderTest
  readonly model: ModelStore
}

export function runHistory(makeStore: MakeStore, seed: number): void {
  const clock = new ManualClock()
  const pair: Pair = { random: seededRandom(seed), clock, store: makeStore(clock), model: new ModelStore(clock) }
  for (let step = 0; step < STEPS; step += 1) {
    const what = `seed ${String(seed)}, step ${String(step)}`
    act(pair)
    compare(pair, what)
  }
}

const below = ({ random }: Pick<Pair, 'random'>, limit: number): number => Math.floor(random.next() * limit)

const pick = <T>(pair: Pick<Pair, 'random'>, from: readonly T[]): T => {
  const found = from[below(pair, from.length)]
  if (found === undefined) throw new Error('nothing to pick from')
  return found
}

function act(pair: Pair): void {
  const { random, clock, store, model } = pair
  const die = random.next()
  if (die < 0.1) clock.advance(below(pair, 200_000))
  else if (die < 0.2) {
    store.compact()
    model.compact()
  } else if (die < 0.25) pair.store = store.reopen()
  else commitBoth(pair)
}

/** One turn of a few writes, some of them refused, sometimes thrown away as a whole. */
function commitBoth(pair: Pair): void {
  const { random, store, model } = pair
  const from = model.revision + 1 + below(pair, 3)
  const range = { from, to: from + below(pair, 6) }
  const isAborted = random.next() < 0.15
  const writes = Array.from({ length: below(pair, 5) }, () => aWrite(pair))
  const results = [store, model].map((target) =>
    refusalOf(() =>
      target.commit(range, (writer) => {
        for (const write of writes) write(target, writer)
        if (isAborted) throw Object.assign(new Error('aborted'), { code: 'aborted' })
      }),
    ),
  )
  expect(results[0]?.code).toBe(results[1]?.code)
}

function aWrite(pair: Pair): (store: StoreUnderTest, writer: StoreWriter) => void {
  const key: ObjectKey = { resource: pick(pair, RESOURCES), name: pick(pair, NAMES) }
  const content = `${pick(pair, ['x', 'y', 'z'])}-${String(below(pair, 1_000))} ${'filler '.repeat(below(pair, 20))}`
  const finished = draft(content, pair.random.next() < 0.5 ? { app: pick(pair, ['x', 'y']) } : {})
  const die = pair.random.next()
  const isStale = pair.random.next() < 0.1
  return (store, writer) => {
    const current = store.get(key)?.revision ?? 0
    const expected = isStale ? current + 1 : current
    const call = () => {
      if (die < 0.4) writer.create(key, finished, AUTHOR)
      else if (die < 0.75) writer.update(key, finished, expected, AUTHOR)
      else writer.delete(key, finished, expected, AUTHOR)
    }
    const refusal = refusalOf(call)
    if (refusal?.code === 'rangeExhausted') call()
  }
}

function compare(pair: Pair, what: string): void {
  const { store, model } = pair
  expect([store.revision, store.compactedRevision, store.resources()], what).toEqual([
    model.revision,
    model.compactedRevision,
    model.resources(),
  ])
  const asOf = model.compactedRevision - 1 + below(pair, model.revision - model.compactedRevision + 3)
  const resource = pick(pair, RESOURCES)
  const matches = (selectable: { labels: Readonly<Record<string, string>> }) => selectable.labels['app'] === 'x'
  const limit = 1 + below(pair, 5)
  const after = below(pair, 2) === 0 ? {} : { after: pick(pair, NAMES) }
  const reads: ((target: StoreUnderTest) => unknown)[] = [
    (target) => RESOURCES.map((each) => [target.count(each), target.hasAny(each)]),
    (target) => page(target.list({ resource, limit, ...after })),
    (target) => page(target.list({ resource, limit, ...after, matches })),
    (target) => page(target.list({ resource, limit, ...after, asOf })),
    (target) => page(target.list({ resource, limit: 100, asOf, matches })),
    (target) => NAMES.map((name) => plain(target.get({ resource, name }))),
    (target) => NAMES.map((name) => plain(target.getAsOf({ resource, name }, asOf))),
    (target) => target.changes({ after: asOf, limit: 1 + limit * 3 }).map(plain),
    (target) => target.changes({ after: asOf, limit, resources: [resource, 'pods'] }).map(plain),
  ]
  reads.forEach((read, index) => {
    expect(
      answer(() => read(store)),
      `${what}, read ${String(index)} as of ${String(asOf)}`,
    ).toEqual(answer(() => read(model)))
  })
}

const page = ({ objects, hasMore, remaining }: ReturnType<StoreUnderTest['list']>) => ({
  objects: objects.map(plain),
  hasMore,
  remaining,
})

function answer(read: () => unknown): unknown {
  let value: unknown
  const refusal = refusalOf(() => {
    value = read()
  })
  return refusal ?? value
}
