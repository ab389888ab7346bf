/** Bytes that are no UTF-8, as Go's unicode/utf8 and go-yaml's readerc.go have them. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeUtf8 } from '../../../src/apimachinery/wire/utf8.ts'
import { yamlText } from '../../../src/apimachinery/wire/yaml/reader.ts'

const NONE = '\ufffd'

describe('bytes that are no UTF-8', () => {
  it.each<[string, number[], string, string]>([
    ['a byte that begins nothing', [0xff], NONE, 'invalid leading UTF-8 octet'],
    ['a byte that belongs behind another', [0x80], NONE, 'invalid leading UTF-8 octet'],
    ['half a character', [0xe2, 0x82, 0x22], `${NONE}${NONE}"`, 'invalid trailing UTF-8 octet'],
    ['an end within one', [0xc3], NONE, 'incomplete UTF-8 octet sequence'],
    ['half of a pair', [0xed, 0xa0, 0x80], NONE.repeat(3), 'invalid Unicode character'],
    ['more bytes than are needed', [0xc0, 0x80], NONE.repeat(2), 'invalid length of a UTF-8 sequence'],
    ['what is beyond all characters', [0xf4, 0x90, 0x80, 0x80], NONE.repeat(4), 'invalid Unicode character'],
  ])('%s', (_name, bytes, text, fault) => {
    const given = Uint8Array.from([0x61, ...bytes])
    expect([decodeUtf8(given), yamlText(given).fault]).toEqual([{ text: `a${text}`, isBroken: true }, fault])
  })

  it('are not found in any text, whose signs of nothing and mark stay', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (inner) => {
        const text = `\ufeff${inner}${NONE}`
        const bytes = new TextEncoder().encode(text)
        expect(decodeUtf8(bytes)).toEqual({ text, isBroken: false })
      }),
    )
  })
})
