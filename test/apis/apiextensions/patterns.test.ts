/** Patterns: what both engines answer is the same, and none runs long. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compilePattern } from '../../../src/apis/apiextensions/patterns.ts'
import { matchesPattern } from '../../../src/cel/regex/pattern.ts'

describe('patterns', () => {
  it.each([
    '^[a-z0-9-]+$', '^[a-z]([-a-z0-9]*[a-z0-9])?$', '^(0|[1-9][0-9]*)$', '^\\d{1,3}%$', 'a|b', '^$', '^[^/]+$',
    '[\\w.-]+', '^([a-z]+\\.)*[a-z]+$', '.', '\\s', '[[:alpha:]]', '(?i)abc', '^a{2}$', '\\pL', '(a|a)*b', 'a.c',
    '^[a-z]$', '(ab)?c',
  ])('%s is the same in both engines', (pattern) => {
    const test = compilePattern(pattern)
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'aAbc-.%/09 \n\r\u2028é😀') }), (text) => {
        expect(test(text)).toBe(matchesPattern(pattern, text))
      }),
      { numRuns: 200 },
    )
  })

  it('that takes more steps than an object may does not match', { timeout: 30_000 }, () => {
    expect(compilePattern('(?:a|b)*a(?:a|b){12}$')(`${'ab'.repeat(1000)}a${'b'.repeat(12)}`)).toBe(true)
    const budget = { steps: 1_000_000 }
    expect(compilePattern(`(?:x|y)?${'a'.repeat(40_000)}`)('a'.repeat(40_000), budget)).toBe(false)
    expect(budget.steps).toBeLessThan(0)
  })

  it.each([
    ['of many characters', 'a'.repeat(40_000)],
    ['of many repetitions', '[ab]{1000}'.repeat(40)],
  ])('%s is too large for the platform alone', { timeout: 30_000 }, (_what, pattern) => {
    expect([compilePattern(pattern)('a'), compilePattern(pattern)('')]).toEqual([false, false])
  })

  it.each(['(', '[a', 'a**', '\\', 'a{2,1}', '(?=a)', '(?<!a)b', '\\1', 'a{1001}'])('%s is none', (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(/^error parsing regexp: /)
  })

  it.each([
    ['(?=x)', '`(?=`'], ['(?z)', '`(?z`'], ['(?i', 'missing closing ): `(?i`'], ['(?i-x)', '`(?i-x`'],
  ])('%s is told by where it goes wrong', (pattern, where) => {
    const what = where.startsWith('`') ? `invalid or unsupported Perl syntax: ${where}` : where
    expect(() => compilePattern(pattern)).toThrow(`error parsing regexp: ${what}`)
  })

  it.each(['(a+)+$', '(a|a)*$', '(a|aa)+$', '^(([a-z])+.)+[A-Z]([a-z])+$', '^a*a*a*a*a*a*b$'])(
    '%s does not run long',
    (pattern) => {
      const text = 'a'.repeat(5_000)
      const startMs = performance.now()
      compilePattern(pattern)(`${text}!`)
      expect(performance.now() - startMs).toBeLessThan(2_000)
    },
  )
})
