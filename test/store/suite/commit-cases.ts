/** Writing: what a commit keeps, what it refuses, and that a refused one leaves nothing behind. */
import { expect } from 'vitest'
import { ManualClock } from '../../../src/lib/clock.ts'
import type { StoreWriter } from '../../../src/store/object-store.ts'
import type { StoreCase } from '../store-suite.ts'
import {
  AUTHOR,
  commit,
  create,
  draft,
  plain,
  pod,
  refusalOf,
  remove,
  revisionOf,
  textOf,
  update,
} from './case-tools.ts'

const MAX_BYTES = 1_572_864

/** A draft whose finished text has exactly this many bytes of UTF-8, most of them in letters of three bytes or one. */
function sizedDraft(bytes: number, isWide: boolean) {
  const text = isWide ? '試'.repeat(Math.floor(bytes / 3)) + 'x'.repeat(bytes % 3) : 'x'.repeat(bytes)
  return { selectable: { labels: {}, fields: {} }, text: () => text }
}

export const commitCases: readonly StoreCase[] = [
  {
    title: 'is empty at first',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      expect([store.revision, store.compactedRevision, store.count('pods'), store.hasAny('pods')]).toEqual([
        0,
        0,
        0,
        false,
      ])
      expect([store.resources(), store.changes({ after: 0, limit: 9 }), store.get(pod('a'))]).toEqual([
        [],
        [],
        undefined,
      ])
      expect(store.list({ resource: 'pods', limit: 5 })).toEqual({ objects: [], hasMore: false, remaining: 0 })
    },
  },
  {
    title: 'takes revisions from the range, one a change, and says how many it used',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      const { result, used, changes } = store.commit({ from: 100, to: 109 }, (writer) => {
        const first = writer.create(pod('a'), draft('one', { app: 'x' }), AUTHOR)
        const second = writer.create({ resource: 'services', name: 'a' }, draft('two'), AUTHOR)
        return [first, second, writer.update(pod('a'), draft('three'), first, AUTHOR)]
      })
      expect([result, used, store.revision]).toEqual([[100, 101, 102], 3, 102])
      expect(changes.map(plain)).toEqual(store.changes({ after: 0, limit: 9 }).map(plain))
      expect(store.get(pod('a'))?.text).toBe(textOf('three', 102))
      expect(store.get({ resource: 'services', name: 'a' })?.revision).toBe(101)
    },
  },
  {
    title: 'shows a transaction its own writes',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      create(store, pod('a'))
      commit(store, (writer) => {
        writer.delete(pod('a'), draft('gone'), revisionOf(store, pod('a')), AUTHOR)
        expect([store.get(pod('a')), store.count('pods'), store.revision]).toEqual([undefined, 0, 2])
        writer.create(pod('a'), draft('again'), AUTHOR)
        expect(store.list({ resource: 'pods', limit: 9 }).objects.map(({ revision }) => revision)).toEqual([3])
      })
    },
  },
  {
    title: 'refuses by code and writes nothing then',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      create(store, pod('a'))
      update(store, pod('a'), 'second')
      const attempts: [(writer: StoreWriter) => number, unknown][] = [
        [(writer) => writer.create(pod('a'), draft('x'), AUTHOR), { code: 'exists', revision: 2 }],
        [(writer) => writer.update(pod('a'), draft('x'), 1, AUTHOR), { code: 'conflict', revision: 2 }],
        [(writer) => writer.delete(pod('a'), draft('x'), 3, AUTHOR), { code: 'conflict', revision: 2 }],
        [(writer) => writer.update(pod('b'), draft('x'), 1, AUTHOR), { code: 'notFound', revision: undefined }],
        [(writer) => writer.delete(pod('b'), draft('x'), 1, AUTHOR), { code: 'notFound', revision: undefined }],
      ]
      for (const [attempt, want] of attempts) {
        expect(commit(store, (writer) => refusalOf(() => attempt(writer)))).toEqual(want)
      }
      remove(store, pod('a'))
      expect(commit(store, (writer) => refusalOf(() => writer.update(pod('a'), draft('x'), 3, AUTHOR)))?.code).toBe(
        'notFound',
      )
      expect(store.changes({ after: 0, limit: 9 }).map(({ type }) => type)).toEqual(['ADDED', 'MODIFIED', 'DELETED'])
    },
  },
  {
    title: 'keeps nothing of a transaction that throws, and can use its range again',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      create(store, pod('a'))
      const failing = () =>
        store.commit({ from: 2, to: 9 }, (writer) => {
          writer.create(pod('b'), draft('x'), AUTHOR)
          writer.delete(pod('a'), draft('x'), 1, AUTHOR)
          throw new Error('on purpose')
        })
      expect(failing).toThrow('on purpose')
      expect([store.revision, store.get(pod('b')), store.get(pod('a'))?.revision]).toEqual([1, undefined, 1])
      expect(store.changes({ after: 1, limit: 9 })).toEqual([])
      expect([create(store, pod('b')), store.reopen().revision]).toEqual([2, 2])
    },
  },
  {
    title: 'does not remember what it read inside of a transaction that throws',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      const failing = () =>
        store.commit({ from: 1, to: 9 }, (writer) => {
          writer.create(pod('a'), draft('x'), AUTHOR)
          store.get(pod('a'))
          throw new Error('on purpose')
        })
      expect(failing).toThrow('on purpose')
      expect(create(store, pod('a'))).toBe(1)
    },
  },
  {
    title: 'knows what came and went since it was looked for',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      expect(store.get(pod('a'))).toBeUndefined()
      const first = create(store, pod('a'), 'first')
      remove(store, pod('a'))
      create(store, pod('a'), 'second')
      expect(store.getAsOf(pod('a'), first)?.text).toBe(textOf('first', first))
    },
  },
  {
    title: 'knows what was written since it was read',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      create(store, pod('a'))
      const before = store.get(pod('a'))?.revision ?? 0
      const refusal = commit(store, (writer) => {
        const first = writer.update(pod('a'), draft('x'), before, AUTHOR)
        return [
          refusalOf(() => writer.create(pod('a'), draft('x'), AUTHOR)),
          refusalOf(() => writer.update(pod('a'), draft('x'), before, AUTHOR)),
          writer.update(pod('a'), draft('x'), first, AUTHOR),
        ]
      })
      expect(refusal).toEqual([{ code: 'exists', revision: 2 }, { code: 'conflict', revision: 2 }, 3])
    },
  },
  {
    title: 'gives no more revisions than the range holds, and takes no range twice',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      const tooMany = () =>
        store.commit({ from: 5, to: 6 }, (writer) => {
          for (const name of ['a', 'b', 'c']) writer.create(pod(name), draft(name), AUTHOR)
        })
      expect([refusalOf(tooMany)?.code, store.revision, store.count('pods')]).toEqual(['rangeExhausted', 0, 0])
      const exact = store.commit({ from: 5, to: 6 }, (writer) => {
        for (const name of ['a', 'b']) writer.create(pod(name), draft(name), AUTHOR)
      })
      expect([exact.used, store.revision]).toEqual([2, 6])
      expect(() => store.commit({ from: 6, to: 9 }, () => undefined)).toThrow()
      expect(store.commit({ from: 1, to: 0 }, () => 'a dry run').result).toBe('a dry run')
    },
  },
  {
    title: 'takes texts up to the limit in bytes and none above it',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      for (const isWide of [false, true]) {
        const name = isWide ? 'wide' : 'narrow'
        const write = (bytes: number) => () =>
          commit(store, (writer) => writer.create(pod(name), sizedDraft(bytes, isWide), AUTHOR))
        expect(refusalOf(write(MAX_BYTES + 1))?.code).toBe('tooLarge')
        expect(store.get(pod(name))).toBeUndefined()
        expect(refusalOf(write(MAX_BYTES))).toBeUndefined()
      }
    },
  },
  {
    title: 'never looks into a text: what is no JSON comes back as it was',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      const text = 'no {JSON} \u0000\u2028 \ud83d\ude00 at all'
      commit(store, (writer) =>
        writer.create(pod('a'), { selectable: { labels: {}, fields: {} }, text: () => text }, AUTHOR),
      )
      expect([store.get(pod('a'))?.text, store.list({ resource: 'pods', limit: 1 }).objects[0]?.text]).toEqual([
        text,
        text,
      ])
    },
  },
  {
    title: 'tells with each change what the object was before, for selectors',
    run(makeStore) {
      const clock = new ManualClock(1_000)
      const store = makeStore(clock)
      create(store, pod('a'), 'one', { app: 'x' })
      clock.advance(5)
      update(store, pod('a'), 'two', { app: 'y' })
      remove(store, pod('a'), 'three')
      create(store, pod('a'), 'four')
      const was = (content: string, labels: object) => ({ labels, fields: { 'metadata.name': content } })
      expect(store.changes({ after: 0, limit: 9 }).map(plain)).toMatchObject([
        { type: 'ADDED', revision: 1, timeMs: 1_000, was: undefined, labels: { app: 'x' } },
        { type: 'MODIFIED', revision: 2, timeMs: 1_005, was: was('one', { app: 'x' }), labels: { app: 'y' } },
        { type: 'DELETED', revision: 3, was: was('two', { app: 'y' }), text: textOf('three', 3) },
        { type: 'ADDED', revision: 4, was: undefined },
      ])
    },
  },
]
