/** What is kept, and what goes when there is no room. */
import { describe, expect, it } from 'vitest'
import { RecentlyUsed } from '../../src/lib/recently-used.ts'

const texts = (maxSize: number): RecentlyUsed<string> => new RecentlyUsed(maxSize, ({ length }) => length)

describe('what was used lately', () => {
  it('stays while there is room; what was used longest ago goes first', () => {
    const kept = texts(6)
    kept.keep('a', 'aa')
    kept.keep('b', 'bb')
    kept.keep('c', 'cc')
    expect(kept.get('a')).toBe('aa')
    kept.keep('d', 'dd')
    expect([kept.get('a'), kept.get('b'), kept.get('c'), kept.get('d')]).toEqual(['aa', undefined, 'cc', 'dd'])
    expect(kept.size).toBe(6)
  })

  it('is replaced, and counted as what it is now', () => {
    const kept = texts(6)
    kept.keep('a', 'aaaa')
    kept.keep('a', 'a')
    expect([kept.get('a'), kept.size]).toEqual(['a', 1])
  })

  it('stays when it is the last one, however large it is', () => {
    const kept = texts(6)
    kept.keep('a', 'a')
    kept.keep('b', 'a text that is too long')
    expect([kept.get('a'), kept.get('b')]).toEqual([undefined, 'a text that is too long'])
  })
})
