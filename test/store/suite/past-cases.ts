/** The past: states as of a revision, and what compaction may and may not take away. */
import { expect } from 'vitest'
import { ManualClock } from '../../../src/lib/clock.ts'
import type { StoreCase, StoreUnderTest } from '../store-suite.ts'
import { AUTHOR, commit, create, draft, pass, pod, refusalOf, remove, textOf, update } from './case-tools.ts'

const LEASE = { resource: 'leases.coordination.k8s.io', name: 'node-1' }

const statesOf = (store: StoreUnderTest, name: string, from: number, to: number): unknown[] =>
  Array.from({ length: to - from + 1 }, (_, index) => store.getAsOf(pod(name), from + index)?.text)

export const pastCases: readonly StoreCase[] = [
  {
    title: 'reads any object as of any revision, also across deletion and recreation',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      create(store, pod('other'))
      create(store, pod('a'), 'one')
      update(store, pod('a'), 'two')
      remove(store, pod('a'))
      create(store, pod('a'), 'three')
      remove(store, pod('a'))
      const want = [undefined, undefined, textOf('one', 2), textOf('two', 3), undefined, textOf('three', 5), undefined]
      expect(statesOf(store, 'a', 0, 6)).toEqual(want)
      expect(store.getAsOf(pod('never'), 6)).toBeUndefined()
    },
  },
  {
    title: 'answers `future` above its newest revision',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      create(store, pod('a'))
      const calls = [() => store.getAsOf(pod('a'), 2), () => store.list({ resource: 'pods', limit: 1, asOf: 2 })]
      expect(calls.map(refusalOf)).toEqual([
        { code: 'future', revision: 1 },
        { code: 'future', revision: 1 },
      ])
    },
  },
  {
    title: 'gives up what is older than the window, and then says so',
    run(makeStore) {
      const clock = new ManualClock()
      const store = makeStore(clock)
      create(store, pod('a'), 'one')
      update(store, pod('a'), 'two')
      clock.advance(299_999)
      update(store, pod('a'), 'three')
      store.compact()
      expect(store.compactedRevision).toBe(0)
      clock.advance(1)
      store.compact()
      expect([store.compactedRevision, store.revision]).toEqual([2, 3])
      const calls = [
        () => store.getAsOf(pod('a'), 1),
        () => store.list({ resource: 'pods', limit: 1, asOf: 1 }),
        () => store.changes({ after: 1, limit: 1 }),
      ]
      expect(calls.map(refusalOf)).toEqual(calls.map(() => ({ code: 'compacted', revision: 2 })))
      expect(statesOf(store, 'a', 2, 3)).toEqual([textOf('two', 2), textOf('three', 3)])
      expect(store.changes({ after: 2, limit: 9 }).map(({ revision }) => revision)).toEqual([3])
    },
  },
  {
    title: 'stays exact from the compacted revision on, whatever is kept of the resource',
    run(makeStore) {
      const clock = new ManualClock()
      const store = makeStore(clock)
      create(store, LEASE)
      for (let index = 0; index < 3; index += 1)
        commit(store, (writer) => writer.update(LEASE, draft(String(index)), index + 1, AUTHOR))
      create(store, pod('a'), 'one')
      remove(store, pod('a'))
      create(store, pod('b'), 'one')
      remove(store, pod('b'))
      pass(clock)
      create(store, pod('b'), 'two')
      store.compact()
      expect(store.compactedRevision).toBe(8)
      expect([store.getAsOf(LEASE, 8)?.revision, store.getAsOf(pod('a'), 8), store.getAsOf(pod('b'), 8)]).toEqual([
        4,
        undefined,
        undefined,
      ])
      expect(store.getAsOf(pod('b'), 9)?.text).toBe(textOf('two', 9))
      expect(store.list({ resource: 'pods', limit: 9, asOf: 8 })).toEqual({ objects: [], hasMore: false, remaining: 0 })
      expect([create(store, pod('a'), 'again'), store.count('pods'), store.count(LEASE.resource)]).toEqual([10, 2, 1])
      expect(store.getAsOf(pod('a'), 9)).toBeUndefined()
    },
  },
  {
    title: 'remembers its newest and its compacted revision when it is opened again',
    run(makeStore) {
      const clock = new ManualClock()
      const store = makeStore(clock)
      create(store, LEASE)
      commit(store, (writer) => writer.delete(LEASE, draft('0'), 1, AUTHOR))
      pass(clock)
      store.compact()
      const again = store.reopen()
      expect([again.revision, again.compactedRevision, again.get(LEASE)]).toEqual([2, 2, undefined])
      expect(create(again, LEASE)).toBe(3)
    },
  },
]
