/** What is kept of rows: for each store its own, the newest reads first, within a bound for all of them together. */
import { describe, expect, it } from 'vitest'
import { RowCache } from '../../src/store/log/row-cache.ts'
import type { StoredObject } from '../../src/store/object-store.ts'

const MIB = 1024 * 1024

function aRow(name: string, characters = 10): StoredObject {
  return { resource: 'pods', name, revision: 1, text: 'x'.repeat(characters), selectable: { labels: {}, fields: {} } }
}

const isKept = (cache: RowCache, name: string): boolean => cache.get('pods', name) !== undefined

describe('the cache of rows', () => {
  it('keeps each store’s rows apart, and forgets a store’s at once', () => {
    const [one, other] = [new RowCache(), new RowCache()]
    one.keep(aRow('a'))
    other.keep(aRow('a'))
    one.clear()
    expect([isKept(one, 'a'), isKept(other, 'a')]).toEqual([false, true])
    other.drop('pods', 'a')
    expect(isKept(other, 'a')).toBe(false)
  })

  it('forgets what was not read for the longest time, and never keeps what is very large', () => {
    const cache = new RowCache()
    cache.keep(aRow('large', MIB / 4))
    expect(isKept(cache, 'large')).toBe(false)
    cache.keep(aRow('first', MIB / 8))
    cache.keep(aRow('second', MIB / 8))
    for (let n = 0; n < 46; n += 1) cache.keep(aRow(`more-${String(n)}`, MIB / 8))
    expect([isKept(cache, 'first'), isKept(cache, 'more-0')]).toEqual([true, true])
    cache.keep(aRow('last', MIB / 8))
    expect(isKept(cache, 'second')).toBe(false)
    expect([isKept(cache, 'first'), isKept(cache, 'more-0'), isKept(cache, 'last')]).toEqual([true, true, true])
  })

  it('finds most of what fits again when more than fits is read in turns', () => {
    const cache = new RowCache()
    const names = Array.from({ length: 64 }, (_, n) => `row-${String(n)}`)
    for (const name of names) cache.keep(aRow(name, MIB / 8))
    const found = names.filter((name) => {
      const isFound = isKept(cache, name)
      if (!isFound) cache.keepRead(aRow(name, MIB / 8))
      return isFound
    })
    expect(found.length).toBeGreaterThan(32)
    expect(isKept(cache, found[0] ?? '')).toBe(true)
  })

  it('counts a row once however often it is kept', () => {
    const cache = new RowCache()
    cache.keep(aRow('a', MIB / 8))
    for (let n = 0; n < 100; n += 1) cache.keep(aRow('b', MIB / 8))
    expect(isKept(cache, 'a')).toBe(true)
  })
})
