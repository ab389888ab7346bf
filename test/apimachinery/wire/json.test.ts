/** Reading JSON: Go's error texts, and duplicate fields against a slow and obvious model. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { duplicateFields, JsonError, readJson } from '../../../src/apimachinery/wire/json.ts'
import { jsonSyntaxError } from '../../../src/apimachinery/wire/json-syntax-error.ts'

describe('reading JSON', () => {
  it.each([
    ['', 'unexpected end of JSON input'],
    ['{', 'unexpected end of JSON input'],
    ['{"a":1', 'unexpected end of JSON input'],
    ['"a', 'unexpected end of JSON input'],
    ['{]', "invalid character ']' looking for beginning of object key string"],
    ['{"a" 1}', "invalid character '1' after object key"],
    ['{"a":1 "b"}', "invalid character '\"' after object key:value pair"],
    ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
    ['[1 2]', "invalid character '2' after array element"],
    ['[1,]', "invalid character ']' looking for beginning of value"],
    ['{} x', "invalid character 'x' after top-level value"],
    ['nul!', "invalid character '!' in literal null (expecting 'l')"],
    ['truf', "invalid character 'f' in literal true (expecting 'e')"],
    ['-x', "invalid character 'x' in numeric literal"],
    ['1.x', "invalid character 'x' after decimal point in numeric literal"],
    ['1e', "invalid character ' ' in exponent of numeric literal"],
    ['tru', "invalid character ' ' in literal true (expecting 'e')"],
    ['{"a":"\\u0', "invalid character ' ' in \\u hexadecimal character escape"],
    ['"\\', "invalid character ' ' in string escape code"],
    ['1ex', "invalid character 'x' in exponent of numeric literal"],
    ['"\\q"', "invalid character 'q' in string escape code"],
    ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
    ['"a\nb"', "invalid character '\\n' in string literal"],
    ["{'a':1}", "invalid character '\\'' looking for beginning of object key string"],
    ['apiVersion: v1', "invalid character 'a' looking for beginning of value"],
    ['[[1],[2', 'unexpected end of JSON input'],
  ])('says of %j: %s', (text, message) => {
    expect(() => readJson(text)).toThrow(new JsonError(message))
  })

  it('reads what is well formed', () => {
    expect(readJson(' {"a":[1,{"b":null}],"c":"\\u0041"} ')).toEqual({ a: [1, { b: null }], c: 'A' })
  })

  it('refuses nesting that nothing could walk', () => {
    expect(() => readJson(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)).toThrow(new JsonError('exceeded max depth'))
    expect(readJson(`[${'{},'.repeat(5000)}1]`)).toHaveLength(5001)
  })

  it('finds fault with exactly what JSON.parse refuses', () => {
    const pieces = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b',
      '1',
      '-',
      '.5',
      'e3',
      'true',
      'nul',
      ' ',
      '\\',
      '\n',
    )
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 10 }), (parts) => {
        const text = parts.join('')
        let isJson = true
        try {
          JSON.parse(text)
        } catch {
          isJson = false
        }
        expect(jsonSyntaxError(text) === undefined).toBe(isJson)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('duplicate fields', () => {
  it.each([
    ['{"a":1,"b":2}', []],
    ['{"a":1,"a":2,"a":3}', ['a']],
    ['{"spec":{"replicas":1,"x":{"replicas":1},"replicas":2}}', ['spec.replicas']],
    ['{"spec":{"c":[{"image":1},{"image":1,"image":2}]}}', ['spec.c[1].image']],
    ['[{"op":1,"op":2}]', ['[0].op']],
    ['{"a":"\\"a\\":","a":"\\\\"}', ['a']],
    ['{"a":1,"\\u0061":2}', ['a']],
    ['{"a" :1,"a"\n:2}', ['a']],
    ['{"a":["x,y","{"],"b":{"a":1}}', []],
    ['{"a":{"b":1},"a":{"b":1,"b":2}}', ['a', 'a.b']],
  ])('of %s are %j', (text, want) => {
    expect(duplicateFields(text, JSON.parse(text))).toEqual(want)
  })

  it('are none in what JSON.stringify prints, and one where one is put in', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), (value, key) => {
        expect(duplicateFields(JSON.stringify(value), value)).toEqual([])
        const text = `{${JSON.stringify(key)}:1,${JSON.stringify(key)}:${JSON.stringify(value)}}`
        expect(duplicateFields(text, JSON.parse(text))).toEqual([key])
      }),
    )
  })
})
