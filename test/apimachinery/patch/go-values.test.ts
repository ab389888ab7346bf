/** Values in the words of Go's package fmt: entries of maps in the order of the bytes of their keys (fmt/print.go). */
import { describe, expect, it } from 'vitest'
import { formatAsText } from '../../../src/apimachinery/patch/go-values.ts'
import { formatGo } from '../../../src/apimachinery/patch/json-value.ts'

const MAP = { '😀': 1, 'ﾀ': { b: null, a: ['x'] } }

describe('maps as Go prints them', () => {
  it.each([
    ['of any values', formatGo(MAP), 'map[ﾀ:map[a:[x] b:<nil>] 😀:1]'],
    ['of what should be texts', formatAsText({ '😀': 'y', 'ﾀ': 'x' }), 'map[ﾀ:x 😀:y]'],
  ])('%s have the order of bytes', (_, printed, want) => {
    expect(printed).toBe(want)
  })
})
