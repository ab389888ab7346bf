/** A store's entry in the index of due work: asked for with the first reservation, and kept while a batch is under way. */
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/lib/clock.ts'
import type { EnteringRequest } from '../../src/registry/sequence/store-side-driver.ts'
import { StoreSideDriver } from '../../src/registry/sequence/store-side-driver.ts'
import { LogStore } from '../../src/store/log-store.ts'
import { migrate } from '../../src/store/migrate.ts'
import type { ReserveReply } from '../../src/store/sequence/messages.ts'
import { migrationsOnDisk, nodeSqlite } from '../support/sql/node-sqlite.ts'

function made() {
  const clock = new ManualClock()
  const sql = nodeSqlite()
  migrate(sql, migrationsOnDisk())
  const asked: boolean[] = []
  const entry = { isEntered: false }
  let answer: (request: EnteringRequest) => Promise<ReserveReply> = (request) => {
    const from = request.id * 10
    return Promise.resolve({ kind: 'granted', id: request.id, from, to: from, watched: [] })
  }
  let id = 0
  const driver = new StoreSideDriver({
    speaker: { store: 'ns', incarnation: 0 },
    store: new LogStore(sql, clock),
    nextId: () => ++id,
    calls: {
      reserve(request) {
        asked.push(request.entersIndex === true)
        return answer(request)
      },
      close: () => Promise.resolve({ kind: 'done' }),
      answered: () => Promise.resolve(undefined),
      leave: () => Promise.resolve({ kind: 'done' }),
    },
    durable: () => Promise.resolve(),
    clock,
    entry,
  })
  return {
    driver,
    entry,
    asked,
    clock,
    answerBy(next: typeof answer) {
      answer = next
    },
  }
}

describe('a store and the index of due work', () => {
  it('enters with its first reservation, stays, and enters again after it has left', async () => {
    const { driver, entry, asked } = made()
    for (let batch = 0; batch < 3; batch++) (await driver.reserve(1, ['pods'])).close([])
    entry.isEntered = false
    ;(await driver.reserve(1, ['pods'])).close([])
    expect(asked).toEqual([true, false, false, true])
  })

  it('is not in the index by a reservation that was refused', async () => {
    const { driver, entry, clock, answerBy } = made()
    answerBy(() => Promise.reject(new Error('unreachable')))
    const refused = driver.reserve(1, ['pods']).catch((error: unknown) => String(error))
    for (let turns = 0; turns < 200; turns++) {
      await Promise.resolve()
      clock.advance(50)
    }
    expect(await refused).toContain('nothing was written')
    expect([entry.isEntered, driver.isQuiet]).toEqual([false, true])
  })

  it('may not leave from its request for a range until its batch is over', async () => {
    const { driver, answerBy } = made()
    const { promise, resolve } = Promise.withResolvers<ReserveReply>()
    answerBy(() => promise)
    const reserving = driver.reserve(1, ['pods'])
    expect(driver.isQuiet).toBe(false)
    resolve({ kind: 'granted', id: 1, from: 10, to: 10, watched: [] })
    const grant = await reserving
    expect(driver.isQuiet).toBe(false)
    grant.close([])
    expect(driver.isQuiet).toBe(true)
  })
})
