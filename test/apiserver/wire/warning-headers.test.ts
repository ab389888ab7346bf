/** What becomes of warnings on their way into headers. */
import { expect, it } from 'vitest'
import { addWarnings } from '../../../src/apiserver/warning-headers.ts'

/** Values of the header, as text: other platforms' headers hold the bytes of UTF-8. */
function headersOf(warnings: readonly string[]): string[] {
  const headers = new Headers()
  addWarnings(headers, warnings)
  const bytes = Uint8Array.from(headers.get('warning') ?? '', (character) => character.charCodeAt(0))
  const text = new TextDecoder().decode(bytes)
  return text === '' ? [] : text.split(/, (?=299 - ")/)
}

it.each([
  { what: 'nothing of nothing', warnings: [], want: [] },
  { what: 'each once', warnings: ['a', 'b', 'a'], want: ['299 - "a"', '299 - "b"'] },
  { what: 'no empty one', warnings: ['', 'a'], want: ['299 - "a"'] },
  { what: 'quotes and backslashes as they are quoted in headers', warnings: ['"\\'], want: [String.raw`299 - "\"\\"`] },
  { what: 'characters of any language', warnings: ['Grüße 😀 €'], want: ['299 - "Grüße 😀 €"'] },
  { what: 'what is half a character as one that nobody knows', warnings: ['a\uD800b'], want: ['299 - "a\uFFFDb"'] },
  { what: 'none with a control character', warnings: ['a\0b', 'a\nb', 'a\u0085b', 'c'], want: ['299 - "c"'] },
])('$what', ({ warnings, want }) => {
  expect(headersOf(warnings)).toEqual(want)
})

it('much is cut to 256 characters each, until there is enough', () => {
  const long = Array.from({ length: 40 }, (_, index) => `${String(index).padStart(2, '0')}${'😀'.repeat(298)}`)
  const said = headersOf(long)
  expect(said).toHaveLength(16)
  expect(said[0]).toBe(`299 - "00${'😀'.repeat(254)}"`)
  expect(headersOf(long.slice(0, 13))[12]).toBe(`299 - "12${'😀'.repeat(298)}"`)
})
