/**
 * The store's modules as a value, so that the suites run on the sources as they are and on copies with one line
 * changed.
 */
import type { ManualClock } from '../../src/lib/clock.ts'
import { Compactor } from '../../src/store/history/compact.ts'
import { Cursors } from '../../src/store/cursors.ts'
import { historyPolicy } from '../../src/store/history/history-policy.ts'
import { LogStore, MAX_OBJECT_BYTES } from '../../src/store/log-store.ts'
import { migrate } from '../../src/store/migrate.ts'
import type { Migration } from '../../src/store/migrate.ts'
import type { Sql } from '../../src/store/sql.ts'
import { WatchHub } from '../../src/store/watch-hub.ts'
import type { StoreUnderTest } from './store-suite.ts'

export const storeModules = {
  Compactor,
  Cursors,
  LogStore,
  MAX_OBJECT_BYTES,
  WatchHub,
  historyPolicy,
  migrate,
}

export type StoreModules = typeof storeModules

/** Where the store under test lives: node:sqlite here, a Durable Object's own database inside workerd. */
export interface StorePlace {
  readonly migrations: readonly Migration[]
  /** A new, empty database. */
  newSql(): Sql
}

/** A LogStore with its compactor, as one thing under test; reopening makes both anew on the same database. */
export function logStoreUnderTest(modules: StoreModules, place: StorePlace, clock: ManualClock): StoreUnderTest {
  const sql = place.newSql()
  modules.migrate(sql, place.migrations)
  return openLogStore(modules, sql, clock)
}

/** On a database that has its tables. */
export function openLogStore(modules: StoreModules, sql: Sql, clock: ManualClock): StoreUnderTest {
  const store = new modules.LogStore(sql, clock)
  const compactor = new modules.Compactor(sql, store)
  return Object.assign(store, {
    compact(): void {
      while (compactor.step());
    },
    reopen: () => openLogStore(modules, sql, clock),
  })
}
