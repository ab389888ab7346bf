/** Characters at the end of a text, taken away. */
import { expect, it } from 'vitest'
import { withoutTrailing } from '../../src/lib/trailing.ts'

const MANY = '/'.repeat(1_000_000)

it.each([
  ['none', 'a/b', 'a/b'],
  ['one', 'a/b/', 'a/b'],
  ['several', 'a/b///', 'a/b'],
  ['nothing but these', '///', ''],
  ['nothing', '', ''],
])('%s', (_, given, want) => {
  expect(withoutTrailing(given, '/')).toBe(want)
})

it('a long run that is not at the end takes no longer than others', () => {
  expect(withoutTrailing(`${MANY}a`, '/')).toBe(`${MANY}a`)
  expect(withoutTrailing(`a${MANY}`, '/')).toBe('a')
})
