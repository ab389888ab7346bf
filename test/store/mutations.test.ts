/**
 * Shows that the suites would notice: each of these changes of one line of the store's sources must make a case fail.
 * The unchanged copy must pass, so that it is the change which is noticed.
 */
import { afterAll, describe, expect, it } from 'vitest'
import type { ManualClock } from '../../src/lib/clock.ts'
import { migrationsOnDisk, nodeSqlite } from '../support/sql/node-sqlite.ts'
import type { Mutation } from './mutated-sources.ts'
import { mutatedModules, removeCopies } from './mutated-sources.ts'
import type { StoreModules } from './store-modules.ts'
import { logStoreUnderTest } from './store-modules.ts'
import { storeCases } from './store-suite.ts'
import { historyCases } from './suite/history-cases.ts'
import { watchCases } from './suite/watch-cases.ts'

const MODULES = [
  'history/compact',
  'history/history-policy',
  'cursors',
  'log-store',
  'migrate',
  'watch-hub',
]

const place = { migrations: migrationsOnDisk(), newSql: () => nodeSqlite() }

const MUTATIONS: readonly Mutation[] = [
  {
    title: 'a recreated object forgets what stood before',
    file: 'log-store',
    from: '{ revision: -pointer }',
    to: '{ revision: 0 }',
  },
  {
    title: 'a deletion leaves the pointer as it is',
    file: 'log-store',
    from: 'this.#sql.run(POINT, -row.revision, key.resource, key.name)',
    to: 'this.#sql.run(POINT, row.revision, key.resource, key.name)',
  },
  {
    title: 'a stale update is taken',
    file: 'log-store',
    from: 'if (revision !== expected) {',
    to: 'if (revision < expected) {',
  },
  {
    title: 'a failed commit keeps its revisions',
    file: 'log-store',
    from: '      this.#revision = before\n',
    to: '',
  },
  {
    title: 'the range may be overrun by one',
    file: 'log-store',
    from: 'if (revision > transaction.last) {',
    to: 'if (revision > transaction.last + 1) {',
  },
  {
    title: 'one revision below the compacted one can be read',
    file: 'log-store',
    from: 'revision >= this.#compacted)',
    to: 'revision >= this.#compacted - 1)',
  },
  {
    title: 'the newest revision is forgotten with its row',
    file: 'log-store',
    from: "this.#settings.number('newest')",
    to: '0',
  },
  {
    title: 'a slice cut by size claims to be whole',
    file: 'log-store',
    from: 'through: changes.at(-1)?.revision ?? after }',
    to: 'through: reached }',
  },
  {
    title: 'the limit of texts counts letters, not bytes',
    file: 'log-store',
    from: ' && new TextEncoder().encode(text).length <= MAX_OBJECT_BYTES',
    to: '',
  },
  {
    title: 'a read as of a revision misses what was written at it',
    file: 'log/log-list',
    from: 'row.revision <= asOf',
    to: 'row.revision < asOf',
  },
  {
    title: 'a page as of a revision counts what remains now',
    file: 'log/log-list',
    from: 'if (asOf === undefined) return now\n',
    to: 'if (asOf !== -1) return now\n',
  },
  {
    title: 'compaction takes what is just inside the window',
    file: 'history/compact',
    from: 'time > beforeMs',
    to: 'time > beforeMs + 1',
  },
  {
    title: 'compaction forgets to remove what was superseded',
    file: 'history/compact',
    from: 'if (previous > 0) this.#sql.run(REMOVE_ROW, previous)',
    to: '',
  },
  {
    title: 'a delta does not say against what',
    file: 'history/compact',
    from: 'isShorter ? revision : 0, previous',
    to: '0, previous',
  },
  {
    title: 'a trimmed deletion leaves its pointer',
    file: 'history/compact',
    from: '    this.#sql.run(REMOVE_POINTER, resource, name, -revision)\n',
    to: '',
  },
  {
    title: 'a watch that catches up sees what is not durable',
    file: 'watch-hub',
    from: 'through: this.#shown, ...',
    to: 'through: this.#log.revision, ...',
  },
  {
    title: 'a watch from ahead of the store repeats its start',
    file: 'watch-hub',
    from: 'revision > position)',
    to: 'revision >= position)',
  },
  {
    title: 'a client that pulls while it is given changes is served twice at once',
    file: 'watch-hub',
    from: ' && !watcher.isDelivering) this',
    to: ') this',
  },
  {
    title: 'a quiet watch stays where it was',
    file: 'watch-hub',
    from: 'Math.max(position, this.#shown)',
    to: 'news.at(-1)?.revision ?? position',
  },
  {
    title: 'a full client counts as live',
    file: 'watch-hub',
    from: "if (!this.#deliver(watcher, news)) this.#enter(watcher, 'full')",
    to: 'this.#deliver(watcher, news)',
  },
  {
    title: 'the memory of recent changes claims to reach back for ever',
    file: 'watch/recent-changes',
    from: '      this.#from = revision\n',
    to: '',
  },
  {
    title: 'a change does not tell what was before',
    file: 'log/log-rows',
    from: 'previous === null ? undefined :',
    to: 'previous !== null ? undefined : previous === null ? undefined :',
  },
]

const mutated = async (mutation: Mutation | undefined): Promise<StoreModules> =>
  (await mutatedModules(mutation, MODULES)) as StoreModules

/** The first case that fails, or undefined when nothing was noticed. */
function firstFailure(modules: StoreModules): string | undefined {
  const cases: [string, () => void][] = [
    ...storeCases.map(({ title, run }): [string, () => void] => [
      `store: ${title}`,
      () => run((clock: ManualClock) => logStoreUnderTest(modules, place, clock)),
    ]),
    ...watchCases.map(({ title, run }): [string, () => void] => [`watch: ${title}`, () => run(modules, place)]),
    ...historyCases.map(({ title, run }): [string, () => void] => [`history: ${title}`, () => run(modules, place)]),
  ]
  for (const [title, run] of cases) {
    try {
      run()
    } catch {
      return title
    }
  }
  return undefined
}

describe('the suites', () => {
  const killed: string[] = []

  afterAll(() => {
    removeCopies()
    console.log(killed.join('\n'))
  })

  it('pass on an unchanged copy of the sources', async () => {
    expect(firstFailure(await mutated(undefined))).toBeUndefined()
  })

  it.each(MUTATIONS)('notice when $title', async (mutation) => {
    const failure = firstFailure(await mutated(mutation))
    expect(failure, 'nobody noticed').toBeDefined()
    killed.push(`killed: ${mutation.title} (${mutation.file}.ts) ← ${String(failure)}`)
  })
})
