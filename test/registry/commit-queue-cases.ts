/**
 * Group commit against a store of plain arrays: who shares a batch, who is told what, and what is kept. As cases, so
 * that they run on the queue as it is and on copies with one line changed.
 */
// oxlint-disable vitest/no-standalone-expect -- the cases are run by tests
import { expect } from 'vitest'
import { ApiStatusError, serviceUnavailableError } from '../../src/apimachinery/status-error.ts'
import type { Turn } from '../../src/registry/commits/commit.ts'
import type { CommitStore, createCommitQueue } from '../../src/registry/commits/commit-queue.ts'
import {
  MAX_BATCH_REVISIONS,
  MAX_BATCH_TURNS,
  MAX_PASSED_OVER,
  MAX_TURNS_AT_A_STRETCH,
} from '../../src/registry/commits/commit-queue.ts'
import type { Grant } from '../../src/registry/commits/range-source.ts'
import type { Change, RevisionRange, StoreWriter } from '../../src/store/object-store.ts'

const AUTHOR = { user: 'u', manager: 'm', verb: 'create' }
const DRAFT = { selectable: { labels: {}, fields: {} }, text: (revision: number) => `{"r":${String(revision)}}` }

const aChange = (revision: number): Change => ({
  resource: 'pods',
  name: `pod-${String(revision)}`,
  type: 'ADDED',
  revision,
  text: '{}',
  timeMs: 0,
  selectable: DRAFT.selectable,
  previousSelectable: undefined,
})

/** A world around the queue: a log, a source of ranges that answers when told to, and a record of what happened. */
function worldOf(create: typeof createCommitQueue) {
  const happened: string[] = []
  const log: number[] = []
  const reservations: { count: number; resources: readonly string[]; answer: (usable?: boolean) => void }[] = []
  const faults = { durable: false, publish: false, transaction: false }
  let next = 1
  let refuse: unknown
  const store = aStore(log, faults)
  const queue = create({
    store,
    durable: () => {
      happened.push('durable')
      return faults.durable ? Promise.reject(new Error('disk gone')) : Promise.resolve()
    },
    giveWay: () => {
      happened.push('gave way')
      return Promise.resolve()
    },
    publish: (changes) => {
      happened.push(`published ${changes.map(({ revision }) => revision).join(',')}`)
      if (faults.publish) throw new Error('publish failed')
    },
    ranges: {
      reserve: (count, resources) =>
        new Promise<Grant>((resolve, reject) => {
          if (refuse !== undefined) {
            reject(refuse)
            return
          }
          const range: RevisionRange = { from: next, to: next + count - 1 }
          next += count
          reservations.push({
            count,
            resources,
            answer: (usable = true) =>
              resolve({
                claim: () => (usable ? range : undefined),
                close: (changes) => happened.push(`closed ${String(changes.length)}`),
                abandon: () => happened.push('abandoned'),
              }),
          })
        }),
    },
  })
  return { happened, log, reservations, faults, queue, refuseWith: (error: unknown) => (refuse = error) }
}

function aStore(log: number[], faults: { transaction: boolean }): CommitStore {
  const unused = (): never => {
    throw new Error('the queue reads nothing but the revision')
  }
  return {
    get revision() {
      return log.at(-1) ?? 0
    },
    compactedRevision: 0,
    get: unused,
    getAsOf: unused,
    list: unused,
    hasAny: unused,
    count: unused,
    resources: unused,
    changes: unused,
    commit<R>(range: RevisionRange, work: (writer: StoreWriter) => R) {
      const kept = log.length
      let used = 0
      const append = (): number => {
        const revision = range.from + used
        if (revision > range.to) throw new Error('range exhausted')
        used += 1
        log.push(revision)
        return revision
      }
      try {
        const result = work({ create: append, update: append, delete: append })
        if (faults.transaction) throw new Error('transaction failed')
        return { result, used, changes: log.slice(kept).map(aChange) }
      } catch (error) {
        log.length = kept
        throw error
      }
    },
  }
}

const write = (name: string, resource = 'pods'): Turn<number> => ({
  resources: [resource],
  maxRevisions: 1,
  run: (_reader, writer) => writer.create({ resource, name }, DRAFT, AUTHOR),
})

const refused: Turn<number> = {
  resources: ['pods'],
  maxRevisions: 1,
  run: () => {
    throw new Error('refused')
  },
}

/** Lets promise callbacks run. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
}

export interface CommitQueueCase {
  readonly title: string
  run(create: typeof createCommitQueue): Promise<void>
}

export const commitQueueCases: readonly CommitQueueCase[] = [
  {
    title: 'commits turns that arrive together on one reservation, in order of arrival',
    async run(create) {
      const world = worldOf(create)
      const all = Promise.all([
        world.queue.submit(write('a')),
        world.queue.submit(write('b', 'nodes')),
        world.queue.submit(write('c')),
      ])
      await settle()
      expect(world.reservations).toMatchObject([{ count: 3, resources: ['pods', 'nodes'] }])
      world.reservations[0]?.answer()
      expect(await all).toEqual([1, 2, 3])
      expect(world.happened).toEqual(['durable', 'published 1,2,3', 'closed 3'])
    },
  },
  {
    title: 'keeps what arrives during a reservation for the next batch when the range has no room',
    async run(create) {
      const world = worldOf(create)
      const first = world.queue.submit(write('a'))
      await settle()
      const second = Promise.all([world.queue.submit(write('b')), world.queue.submit(write('c'))])
      await settle()
      expect(world.reservations).toHaveLength(1)
      world.reservations[0]?.answer()
      expect(await first).toBe(1)
      await settle()
      expect(world.reservations.map(({ count }) => count)).toEqual([1, 2 * 3])
      world.reservations[1]?.answer()
      expect(await second).toEqual([2, 3])
    },
  },
  {
    title: 'has room for more turns than there were before, and takes them in while the range is on its way',
    async run(create) {
      const world = worldOf(create)
      const pair = Promise.all([world.queue.submit(write('a')), world.queue.submit(write('b'))])
      await settle()
      world.reservations[0]?.answer()
      await pair
      const third = world.queue.submit(write('c'))
      await settle()
      const others = ['d', 'e', 'f'].map((name) => world.queue.submit(write(name)))
      expect(world.reservations.map(({ count }) => count)).toEqual([2, 2 * 2])
      world.reservations[1]?.answer()
      expect(await Promise.all([third, ...others])).toEqual([3, 4, 5, 6])
      expect(world.happened.filter((what) => what === 'durable')).toHaveLength(2)
    },
  },
  {
    title: 'lets nobody join a range that was reserved for other resources',
    async run(create) {
      const world = worldOf(create)
      await Promise.all([
        Promise.all([world.queue.submit(write('a')), world.queue.submit(write('b'))]),
        settle().then(() => world.reservations[0]?.answer()),
      ])
      const pod = world.queue.submit(write('c'))
      await settle()
      const node = world.queue.submit(write('d', 'nodes'))
      world.reservations[1]?.answer()
      await pod
      await settle()
      expect(world.reservations.map(({ resources }) => resources)).toEqual([['pods'], ['pods'], ['nodes']])
      world.reservations[2]?.answer()
      expect(await node).toBe(7)
    },
  },
  {
    title: 'reserves no more than it uses where turns come one by one',
    async run(create) {
      const world = worldOf(create)
      for (const at of [0, 1, 2]) {
        const written = world.queue.submit(write(`t${String(at)}`))
        await settle()
        world.reservations[at]?.answer()
        expect(await written).toBe(at + 1)
      }
    },
  },
  {
    title: 'refuses a turn that throws alone',
    async run(create) {
      const world = worldOf(create)
      const results = Promise.allSettled([
        world.queue.submit(write('a')),
        world.queue.submit(refused),
        world.queue.submit(write('c')),
      ])
      await settle()
      world.reservations[0]?.answer()
      expect(await results).toMatchObject([
        { status: 'fulfilled', value: 1 },
        { status: 'rejected', reason: { message: 'refused' } },
        { status: 'fulfilled', value: 2 },
      ])
      expect(world.log).toEqual([1, 2])
    },
  },
  {
    title: 'closes the range without waiting for the disk when every turn was refused',
    async run(create) {
      const world = worldOf(create)
      const result = world.queue.submit(refused)
      await settle()
      world.reservations[0]?.answer()
      await expect(result).rejects.toThrow('refused')
      expect(world.happened).toEqual(['closed 0'])
    },
  },
  {
    title: 'gives up the whole transaction when a turn throws after it wrote',
    async run(create) {
      const world = worldOf(create)
      const half: Turn<number> = {
        ...refused,
        run: (_reader, writer) => {
          writer.create({ resource: 'pods', name: 'x' }, DRAFT, AUTHOR)
          throw new Error('late')
        },
      }
      const results = Promise.allSettled([world.queue.submit(write('a')), world.queue.submit(half)])
      await settle()
      world.reservations[0]?.answer()
      expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
      expect(world.log).toEqual([])
      expect(world.happened).toEqual(['closed 0'])
    },
  },
  {
    title: 'tells every waiter when the transaction fails, and serves the next batch',
    async run(create) {
      const world = worldOf(create)
      world.faults.transaction = true
      const results = Promise.allSettled([world.queue.submit(write('a')), world.queue.submit(write('b'))])
      await settle()
      world.reservations[0]?.answer()
      expect(await results).toMatchObject([
        { status: 'rejected', reason: { message: 'transaction failed' } },
        { status: 'rejected', reason: { message: 'transaction failed' } },
      ])
      world.faults.transaction = false
      const after = world.queue.submit(write('c'))
      await settle()
      await settle()
      world.reservations[1]?.answer()
      expect(await after).toBe(3)
    },
  },
  {
    title: 'abandons the range and tells every waiter when durability fails',
    async run(create) {
      const world = worldOf(create)
      world.faults.durable = true
      const result = world.queue.submit(write('a'))
      await settle()
      world.reservations[0]?.answer()
      await expect(result).rejects.toThrow('disk gone')
      expect(world.happened).toEqual(['durable', 'abandoned'])
    },
  },
  {
    title: 'closes the range and leaves nobody waiting when showing the changes fails',
    async run(create) {
      const world = worldOf(create)
      world.faults.publish = true
      const result = world.queue.submit(write('a'))
      await settle()
      world.reservations[0]?.answer()
      await expect(result).rejects.toThrow('publish failed')
      expect(world.happened.at(-1)).toBe('closed 1')
    },
  },
  {
    title: 'answers 503 with Retry-After and writes nothing when no range can be had',
    async run(create) {
      for (const reason of [new Error('network lost'), serviceUnavailableError('sequencer away')]) {
        const world = worldOf(create)
        world.refuseWith(reason)
        const error: unknown = await Promise.all([
          world.queue.submit(write('a')).catch((caught: unknown) => caught),
          settle(),
        ]).then(([caught]) => caught)
        expect(error).toBeInstanceOf(ApiStatusError)
        expect(error).toMatchObject({ httpCode: 503, status: { details: { retryAfterSeconds: 1 } } })
        expect(world.log).toEqual([])
      }
    },
  },
  {
    title: 'asks for another range when the one it got may not be used any more',
    async run(create) {
      const world = worldOf(create)
      const result = world.queue.submit(write('a'))
      await settle()
      world.reservations[0]?.answer(false)
      await settle()
      world.reservations[1]?.answer()
      expect(await result).toBe(2)
      expect(world.happened).toEqual(['closed 0', 'durable', 'published 2', 'closed 1'])
    },
  },
  {
    title: 'answers 503 when no range stays usable',
    async run(create) {
      const world = worldOf(create)
      const result = world.queue.submit(write('a'))
      const caught = expect(result).rejects.toMatchObject({ httpCode: 503 })
      await settle()
      for (let attempt = 0; attempt < 3; attempt += 1) {
        world.reservations[attempt]?.answer(false)
        await settle()
      }
      await caught
      expect(world.reservations).toHaveLength(3)
    },
  },
  {
    title: 'runs turns that write nothing without a reservation',
    async run(create) {
      const world = worldOf(create)
      const result = world.queue.submit({ resources: ['pods'], maxRevisions: 0, run: (reader) => reader.revision })
      await settle()
      expect(await result).toBe(0)
      expect(world.reservations).toHaveLength(0)
    },
  },
  {
    title: 'gives way after a long batch, before the next one',
    async run(create) {
      const world = worldOf(create)
      const submitMany = (count: number) =>
        Promise.all(Array.from({ length: count }, (_, at) => world.queue.submit(write(`t${String(at)}`))))
      const short = submitMany(MAX_TURNS_AT_A_STRETCH)
      await settle()
      world.reservations[0]?.answer()
      await short
      expect(world.happened).not.toContain('gave way')
      const long = submitMany(MAX_TURNS_AT_A_STRETCH + 1)
      await settle()
      world.reservations[1]?.answer()
      await long
      const next = world.queue.submit(write('next'))
      await settle()
      expect(world.happened.at(-1)).toBe('gave way')
      world.reservations[2]?.answer()
      await next
    },
  },
  {
    title: 'lets patient turns wait for others that can go, but not for ever',
    async run(create) {
      const world = worldOf(create)
      const order: string[] = []
      const submit = (name: string, isPatient = false): void => {
        const { run, ...turn } = write(name)
        const noted: typeof run = (reader, writer) => (order.push(name), run(reader, writer))
        void world.queue.submit({ ...turn, maxRevisions: MAX_BATCH_REVISIONS, isPatient, run: noted })
      }
      submit('first')
      await settle()
      submit('patient', true)
      for (let at = 0; at < MAX_PASSED_OVER + 2; at += 1) submit(`prompt ${String(at)}`)
      for (let batch = 0; batch < MAX_PASSED_OVER + 4; batch += 1) {
        world.reservations[batch]?.answer()
        await settle()
      }
      expect(order[0]).toBe('first')
      expect(order.indexOf('patient')).toBe(MAX_PASSED_OVER)
      expect(order).toHaveLength(MAX_PASSED_OVER + 4)
    },
  },
  {
    title: 'bounds a batch by turns and by revisions, and runs a turn above the bound alone',
    async run(create) {
      const world = worldOf(create)
      const names = Array.from({ length: MAX_BATCH_TURNS + 1 }, (_, at) => `t${String(at)}`)
      const many = Promise.all(names.map((name) => world.queue.submit(write(name))))
      const big = world.queue.submit({ ...write('big'), maxRevisions: MAX_BATCH_REVISIONS + 1 })
      for (let batch = 0; batch < 3; batch += 1) {
        await settle()
        world.reservations[batch]?.answer()
        await settle()
      }
      expect((await many).length).toBe(MAX_BATCH_TURNS + 1)
      await big
      const counts = world.reservations.map(({ count }) => count)
      expect(counts).toEqual([MAX_BATCH_TURNS, MAX_BATCH_TURNS, MAX_BATCH_REVISIONS + 1])
    },
  },
]
