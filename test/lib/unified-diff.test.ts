/** Unified diffs: two texts → the hunks that Python's difflib.unified_diff gives, recorded from it. */
import { describe, expect, it } from 'vitest'
import { unifiedDiff } from '../../src/lib/unified-diff.ts'

const numbers = (count: number): string[] => Array.from({ length: count }, (_, index) => String(index + 1))
const text = (lines: readonly string[]): string => lines.join('\n')

describe('unified diff', () => {
  it('of equal texts is nothing', () => {
    expect(unifiedDiff('a\nb', 'a\nb')).toBe('')
  })

  it('shows three lines around a change, and parts far changes', () => {
    const changed = numbers(20).map((line) => (line === '5' || line === '15' ? 'x' : line))
    expect(unifiedDiff(text(numbers(20)), text(changed))).toBe(
      '@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n@@ -12,7 +12,7 @@\n 12\n 13\n 14\n-15\n+x\n 16\n 17\n 18\n',
    )
  })

  it('joins changes that are near', () => {
    const changed = numbers(9).map((line) => (line === '2' || line === '8' ? 'x' : line))
    expect(unifiedDiff(text(numbers(9)), text(changed))).toBe(
      '@@ -1,9 +1,9 @@\n 1\n-2\n+x\n 3\n 4\n 5\n 6\n 7\n-8\n+x\n 9\n',
    )
  })

  it('counts what is added to nothing, and single lines', () => {
    expect(unifiedDiff('a', 'a\nb\nc')).toBe('@@ -1 +1,3 @@\n a\n+b\n+c\n')
    expect(unifiedDiff('a\nb', 'b')).toBe('@@ -1,2 +1 @@\n-a\n b\n')
  })

  it('in long texts does not begin at lines that stand everywhere', () => {
    const block = (name: string): string[] => [`{`, `"Name": "${name}",`, '"Value": ""', '},']
    const before = numbers(60).flatMap(block)
    const after = [...before.slice(0, 8), ...block('new'), ...before.slice(8)]
    expect(unifiedDiff(text(before), text(after))).toBe(
      '@@ -7,6 +7,10 @@\n "Value": ""\n },\n {\n+"Name": "new",\n+"Value": ""\n+},\n+{\n "Name": "3",\n "Value": ""\n },\n',
    )
  })
})
