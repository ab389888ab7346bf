/**
 * What every store promises (src/store/object-store.ts), as cases that run on any implementation: `storeSuite`
 * registers them, and whoever cannot register (inside of a Durable Object, on mutated sources) runs `storeCases` by
 * itself.
 */
import { describe, expect, it } from 'vitest'
import type { ManualClock } from '../../src/lib/clock.ts'
import type { Change, RevisionRange, StoreReader, StoreWriter } from '../../src/store/object-store.ts'
import { commitCases } from './suite/commit-cases.ts'
import { listCases } from './suite/list-cases.ts'
import { pastCases } from './suite/past-cases.ts'
import { randomHistoryCases } from './suite/random-cases.ts'

export interface StoreUnderTest extends StoreReader {
  commit<R>(
    range: RevisionRange,
    work: (writer: StoreWriter) => R,
  ): { readonly result: R; readonly used: number; readonly changes: readonly Change[] }
  /** Gives up everything that is older than the watch window by now. */
  compact(): void
  /** The same store after its object was evicted. */
  reopen(): StoreUnderTest
}

export type MakeStore = (clock: ManualClock) => StoreUnderTest

export interface StoreCase {
  readonly title: string
  /** Throws when the store breaks the promise. Synchronous, as the store is. */
  run(makeStore: MakeStore): void
}

export const storeCases: readonly StoreCase[] = [...commitCases, ...listCases, ...pastCases, ...randomHistoryCases]

export function storeSuite(name: string, makeStore: MakeStore): void {
  describe(`the store ${name}`, () => {
    it.each(storeCases)('$title', ({ run }) => {
      expect.hasAssertions()
      run(makeStore)
    })
  })
}
