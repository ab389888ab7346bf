/** Warnings in headers: each once, and never more than a client reads (upstream: pkg/endpoints/filters/warning.go). */
import { describe, expect, it } from 'vitest'
import { addWarnings } from '../../../src/apiserver/warnings.ts'

function told(warnings: readonly string[]): string[] {
  const headers = new Headers()
  addWarnings(headers, warnings)
  return headers.get('warning')?.split(', ') ?? []
}

describe('warnings', () => {
  it('are told once each, quoted, on one line', () => {
    expect(told(['a "b"', 'c\\d', 'a "b"', '', 'e\r\nf'])).toEqual([
      '299 - "a \\"b\\""', '299 - "c\\\\d"', '299 - "e f"',
    ])
  })

  it('are told in full as long as they are 4,096 characters together', () => {
    const texts = ['x'.repeat(4_000), ...Array.from({ length: 32 }, (_, n) => `w${String(n).padStart(2, '0')}`)]
    expect(told(texts)).toEqual(texts.map((text) => `299 - "${text}"`))
  })

  it('are cut to 256 characters each where they are more, and the last ones go', () => {
    const texts = Array.from({ length: 50 }, (_, n) => `${String(n).padStart(2, '0')}${'é'.repeat(300)}`)
    expect(told(texts)).toEqual(texts.slice(0, 16).map((text) => `299 - "${text.slice(0, 256)}"`))
  })
})
