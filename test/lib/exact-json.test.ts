/** Numbers of 64 bits come out of JSON, and go into it again, as they were written. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  WrittenNumber, int64, isInt64, near, parseInt64, parseJson, plainNumbers, successor, writtenJson,
} from '../../src/lib/exact-json.ts'

const anInt64 = fc.oneof(
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: -4n, max: 4n }).map((offset) => 2n ** 53n + offset),
  fc.bigInt({ min: 0n, max: 4n }).map((offset) => -(2n ** 63n) + offset),
)

describe('exact JSON', () => {
  it('reads and prints every whole number of 64 bits, wherever it stands', () => {
    fc.assert(
      fc.property(anInt64, fc.string(), (value, name) => {
        const key = JSON.stringify(name)
        for (const text of [
          String(value),
          `[1,${String(value)}]`,
          `{${key}:${String(value)}}`,
          `{"a":{${key}:[[${String(value)}]]},"b":"${String(value)}"}`,
        ]) {
          expect(JSON.stringify(parseJson(text))).toBe(text)
        }
      }),
    )
  })

  it('gives each number one form, so that what is equal is identical', () => {
    expect(parseJson('[9007199254740991, 9007199254740992, -9007199254740992]')).toEqual([
      9007199254740991, 9007199254740992n, -9007199254740992n,
    ])
    expect(int64(5n)).toBe(5)
    expect(parseInt64('9007199254740993')).toBe(9007199254740993n)
    expect([1.5, 2 ** 53, 2n ** 53n, 7, '7', null].map(isInt64)).toEqual([false, false, true, true, false, false])
  })

  it('makes doubles of what does not fit, or is written as one', () => {
    expect(parseJson('[9223372036854775808,-9223372036854775809,1e18,9007199254740993.0]')).toEqual([
      2 ** 63, -(2 ** 63), 1e18, 9007199254740992,
    ])
    expect(parseInt64('9223372036854775808')).toBeUndefined()
    expect(parseInt64('1.0')).toBeUndefined()
  })

  it('counts and reckons beyond 2^53', () => {
    expect(successor(1)).toBe(2)
    expect(successor(9007199254740991)).toBe(9007199254740992n)
    expect(near(9007199254740993n)).toBe(9007199254740992)
  })
})

describe('JSON as it was written', () => {
  const aNumber = fc.tuple(fc.double({ noNaN: true, min: -1e300, max: 1e300 }), fc.nat(25)).map(([number, digits]) =>
    digits > 20 ? String(number) : number.toExponential(digits))

  it('prints every number as it was, and is plain JSON but for that', () => {
    const written = (text: string): unknown => writtenJson(text, JSON.parse(text))
    fc.assert(
      fc.property(aNumber, fc.string().filter((name) => name !== '__proto__'), (number, name) => {
        const key = JSON.stringify(name)
        for (const text of [number, `[1,${number}]`, `{${key}:{"a":[[${number}]]},"__proto__":[0,${number}]}`]) {
          const value = written(text)
          // A whole number in digits alone is that number, whose zero has no sign.
          expect(JSON.stringify(value)).toBe(text.replaceAll(/(?<=^|[:,[])-0(?=$|[,}\]])/g, '0'))
          expect(plainNumbers(value)).toEqual(parseJson(text))
        }
      }),
    )
  })

  it('shares what has no such number', () => {
    const value = { a: [{ b: 'c' }, 1, null], d: new WrittenNumber('1.0') }
    const plain = plainNumbers(value) as typeof value
    expect(plain).toEqual({ a: [{ b: 'c' }, 1, null], d: 1 })
    expect(plain.a).toBe(value.a)
  })

  it('refuses what no double holds where it has to be finite', () => {
    const refuse = (source: string): never => {
      throw new Error(source)
    }
    expect(() => writtenJson('[-1e999]', [-Infinity], refuse)).toThrow('-1e999')
    expect(() => plainNumbers(writtenJson('[1e999]', [Infinity]))).toThrow('cannot unmarshal number 1e999')
  })
})
