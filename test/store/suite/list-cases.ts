/** Lists, counts and the log as it is read from the front. */
import { expect } from 'vitest'
import { ManualClock } from '../../../src/lib/clock.ts'
import type { ListQuery } from '../../../src/store/object-store.ts'
import type { StoreCase, StoreUnderTest } from '../store-suite.ts'
import { AUTHOR, commit, create, draft, pod, remove, update } from './case-tools.ts'

const names = (store: StoreUnderTest, query: Partial<Parameters<StoreUnderTest['list']>[0]> = {}) =>
  store.list({ resource: 'pods', limit: 1_000, ...query }).objects.map(({ name }) => name)

export const listCases: readonly StoreCase[] = [
  {
    title: 'lists in bytewise order of names, without what was deleted or belongs to another resource',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      const order = ['A', 'a', 'a-b', 'a.b', 'ab', 'z', '\u00e9', '\uffee', '\u{1f600}']
      for (const name of [...order].reverse()) create(store, pod(name))
      create(store, { resource: 'pods.example.com', name: 'a' })
      create(store, pod('gone'))
      remove(store, pod('gone'))
      expect(names(store)).toEqual(order)
      expect(names(store, { after: 'a-b' })).toEqual(order.slice(3))
    },
  },
  {
    title: 'pages without gap or repeat and says how many remain',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      for (let index = 10; index < 17; index += 1) create(store, pod(`p${String(index)}`))
      const pages: unknown[] = []
      for (let after = ''; ;) {
        const page = store.list({ resource: 'pods', limit: 3, after })
        pages.push([page.objects.map(({ name }) => name).join(), page.hasMore, page.remaining])
        after = page.objects.at(-1)?.name ?? ''
        if (!page.hasMore) break
      }
      expect(pages).toEqual([
        ['p10,p11,p12', true, 4],
        ['p13,p14,p15', true, 1],
        ['p16', false, 0],
      ])
      expect(store.list({ resource: 'pods', limit: 7 })).toMatchObject({ hasMore: false, remaining: 0 })
    },
  },
  {
    title: 'counts nothing where nobody asks what remains, now and as of a revision',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      for (const name of ['a', 'b', 'c']) create(store, pod(name))
      const asOf = store.revision
      create(store, pod('d'))
      for (const query of [{}, { asOf }]) {
        const page = store.list({ resource: 'pods', limit: 2, counts: false, ...query })
        expect([page.objects.length, page.hasMore, page.remaining]).toEqual([2, true, undefined])
      }
    },
  },
  {
    title: 'pages through more than it looks at in one go, selected and as of a revision, by characters too',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      const wanted: string[] = []
      for (let index = 1_000; index < 1_700; index += 1) {
        create(store, pod(`p${String(index)}`), 'x'.repeat(100))
        wanted.push(`p${String(index)}`)
      }
      const asOf = store.revision
      create(store, pod('zzz'))
      const all = (query: Partial<ListQuery>): string[] => {
        const found: string[] = []
        for (let after = '', hasMore = true; hasMore; ) {
          const page = store.list({ resource: 'pods', limit: 1_000, maxCharacters: 20_000, after, counts: false, ...query })
          found.push(...page.objects.map(({ name }) => name))
          after = found.at(-1) ?? ''
          hasMore = page.hasMore
        }
        return found
      }
      expect(all({ asOf })).toEqual(wanted)
      const matches = (_: unknown, name: string): boolean => name.endsWith('7')
      expect(all({ matches })).toEqual(wanted.filter((name) => name.endsWith('7')))
    },
  },
  {
    title: 'ends a page before its texts are too long together, now, selected and as of a revision, and says what remains',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      for (const size of [10, 500, 400, 5_000, 10]) create(store, pod(`p${String(store.revision)}`), 'x'.repeat(size))
      const asOf = store.revision
      create(store, pod('zzz'))
      const pagesOf = (query: Partial<ListQuery>): unknown[] => {
        const pages: unknown[] = []
        for (let after = ''; ;) {
          const page = store.list({ resource: 'pods', limit: 3, after, maxCharacters: 800, ...query })
          pages.push([page.objects.length, page.hasMore, page.remaining])
          after = page.objects.at(-1)?.name ?? ''
          if (!page.hasMore) return pages
        }
      }
      expect(pagesOf({ asOf })).toEqual([
        [2, true, 3],
        [1, true, 2],
        [1, true, 1],
        [1, false, 0],
      ])
      expect(pagesOf({})).toEqual([
        [2, true, 4],
        [1, true, 3],
        [1, true, 2],
        [2, false, 0],
      ])
      expect(pagesOf({ matches: (_, name) => name !== 'p1' })).toEqual([
        [2, true, undefined],
        [1, true, undefined],
        [2, false, undefined],
      ])
    },
  },
  {
    title: 'skips what is not selected, looks no further than needed and does not count',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      for (let index = 0; index < 1_203; index += 1) {
        create(store, pod(`p${String(index).padStart(4, '0')}`), 'x', { third: String(index % 3) })
      }
      let asked = 0
      const query = {
        resource: 'pods',
        limit: 2,
        matches: (selectable: { labels: Readonly<Record<string, string>> }, name: string) => {
          asked += 1
          return selectable.labels['third'] === '2' && name > 'p0700'
        },
      }
      expect(store.list(query)).toMatchObject({
        objects: [{ name: 'p0701' }, { name: 'p0704' }],
        hasMore: true,
        remaining: undefined,
      })
      expect(asked).toBeLessThanOrEqual(1_203)
      expect(store.list({ ...query, after: 'p1197' })).toMatchObject({
        objects: [{ name: 'p1199' }, { name: 'p1202' }],
        hasMore: false,
      })
      expect(store.list({ ...query, after: 'p1199' }).objects).toHaveLength(1)
      // A full page is not the last one while anything is behind it.
      expect(store.list({ ...query, after: 'p1190' })).toMatchObject({ objects: [{}, {}], hasMore: true })
      const ofLast = { ...query, limit: 1, matches: (_: unknown, name: string) => name === 'p1202' }
      expect(store.list(ofLast)).toMatchObject({ objects: [{ name: 'p1202' }], hasMore: false })
    },
  },
  {
    title: 'finds dependents by the uids of their owners, whatever was written since',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      const owned = (...uids: readonly string[]): Record<string, string> => ({ 'metadata.ownerUids': uids.join(',') })
      const found = (...uids: readonly string[]): string =>
        store.dependents(uids).map(({ resource, name }) => `${resource}/${name}`).join(' ')
      create(store, pod('a'), 'x', {}, owned('u-1'))
      create(store, pod('b'), 'x', {}, owned('u-1', 'u-2'))
      create(store, { resource: 'jobs.batch', name: 'a' }, 'x', {}, owned('u-2'))
      create(store, pod('c'), 'x', { owner: 'u-1' })
      expect([found('u-1'), found('u-2'), found('u-1', 'u-2'), found('u-3'), found()]).toEqual([
        'pods/a pods/b',
        'jobs.batch/a pods/b',
        'jobs.batch/a pods/a pods/b',
        '',
        '',
      ])
      update(store, pod('a'), 'y', {}, owned('u-1'))
      update(store, pod('b'), 'y', {}, owned('u-3', 'u-2'))
      update(store, pod('c'), 'y', {}, owned('u-1'))
      expect([found('u-1'), found('u-2'), found('u-3')]).toEqual(['pods/a pods/c', 'jobs.batch/a pods/b', 'pods/b'])
      remove(store, pod('a'))
      update(store, pod('c'), 'z')
      create(store, pod('a'), 'x', {}, owned('u-2'))
      expect([found('u-1'), found('u-2')]).toEqual(['', 'jobs.batch/a pods/a pods/b'])
    },
  },
  {
    title: 'knows which resources there are and how many of each',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      for (const resource of ['b', 'a', 'c.x']) create(store, { resource, name: 'one' })
      create(store, { resource: 'a', name: 'two' })
      remove(store, { resource: 'b', name: 'one' })
      expect([store.resources(), store.count('a'), store.count('b'), store.hasAny('a'), store.hasAny('b')]).toEqual([
        ['a', 'c.x'],
        2,
        0,
        true,
        false,
      ])
    },
  },
  {
    title: 'reads the log forward from any revision, some resources or all of them, as far as the limit',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      store.commit({ from: 10, to: 30 }, (writer) => {
        for (let index = 0; index < 6; index += 1) {
          const resource = index % 3 === 0 ? 'secrets' : 'pods'
          writer.create({ resource, name: String(index) }, draft('x'), AUTHOR)
        }
      })
      const read = (query: { after: number; limit: number; resources?: string[] }) =>
        store.changes(query).map(({ revision }) => revision)
      expect(read({ after: 0, limit: 9 })).toEqual([10, 11, 12, 13, 14, 15])
      expect(read({ after: 11, limit: 2 })).toEqual([12, 13])
      expect(read({ after: 10, limit: 2, resources: ['secrets'] })).toEqual([13])
      expect(read({ after: 0, limit: 2, resources: ['pods'] })).toEqual([11, 12])
      expect(read({ after: 13, limit: 9, resources: ['secrets', 'pods'] })).toEqual([14, 15])
      expect([
        read({ after: 0, limit: 9, resources: [] }),
        read({ after: 15, limit: 9 }),
        read({ after: 99, limit: 9 }),
      ]).toEqual([[], [], []])
    },
  },
  {
    title: 'pages as of a revision whatever is written meanwhile, with what remained then',
    run(makeStore) {
      const store = makeStore(new ManualClock())
      for (const name of ['a', 'b', 'c', 'd', 'e']) create(store, pod(name))
      const asOf = store.revision
      const first = store.list({ resource: 'pods', limit: 2, asOf })
      remove(store, pod('c'))
      create(store, pod('bb'))
      update(store, pod('d'), 'changed')
      commit(store, (writer) => {
        writer.delete(pod('e'), draft('x'), 5, AUTHOR)
        writer.create(pod('e'), draft('again'), AUTHOR)
        writer.create(pod('f'), draft('x'), AUTHOR)
      })
      remove(store, pod('f'))
      const second = store.list({ resource: 'pods', limit: 2, after: 'b', asOf })
      const third = store.list({ resource: 'pods', limit: 2, after: 'd', asOf })
      expect(
        [first, second, third].map(({ objects, hasMore, remaining }) => [
          objects.map(({ name, revision }) => [name, revision]),
          hasMore,
          remaining,
        ]),
      ).toEqual([
        [
          [
            ['a', 1],
            ['b', 2],
          ],
          true,
          3,
        ],
        [
          [
            ['c', 3],
            ['d', 4],
          ],
          true,
          1,
        ],
        [[['e', 5]], false, 0],
      ])
      expect(names(store)).toEqual(['a', 'b', 'bb', 'd', 'e'])
      const selected = store.list({ resource: 'pods', limit: 1, asOf, after: 'b', matches: (_, name) => name !== 'd' })
      expect([selected.objects[0]?.name, selected.hasMore, selected.remaining]).toEqual(['c', true, undefined])
    },
  },
]
