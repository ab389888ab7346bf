/** Quantities against upstream's printed forms and errors (k8s.io/apimachinery pkg/api/resource/quantity_test.go). */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  addQuantities,
  canonicalQuantity,
  compareQuantities,
  formatQuantity,
  int64Value,
  isQuantity,
  milliValue,
  parseQuantity,
  quantityOf,
  quantityOfMilli,
  quantityValue,
  roundUpToMilli,
  subtractQuantities,
} from '../../src/apimachinery/quantity.ts'

const PRINTED: [written: string | number, want: string][] = [
  ['0', '0'],
  ['0m', '0'],
  ['0Ki', '0'],
  ['-0', '0'],
  ['0.5', '500m'],
  [0.5, '500m'],
  ['.5', '500m'],
  ['1.5', '1500m'],
  ['0.1', '100m'],
  ['100m', '100m'],
  ['1000m', '1'],
  ['1500m', '1500m'],
  ['2000m', '2'],
  ['1', '1'],
  [2, '2'],
  ['1000', '1k'],
  ['1200', '1200'],
  ['1000000', '1M'],
  ['1024', '1024'],
  ['1024Ki', '1Mi'],
  ['1024Mi', '1Gi'],
  ['1023Mi', '1023Mi'],
  ['8Gi', '8Gi'],
  ['1536Mi', '1536Mi'],
  ['0.5Gi', '512Mi'],
  ['1.5Gi', '1536Mi'],
  ['0.5Ki', '512'],
  ['0.0001Ki', '102400u'],
  ['1e3', '1e3'],
  ['1000e3', '1e6'],
  ['1E', '1E'],
  ['12e6', '12e6'],
  ['1e-3', '1e-3'],
  ['0.0000000001', '1n'],
  ['0.00001m', '10n'],
  ['-0.5', '-500m'],
  ['-1Gi', '-1Gi'],
  ['05', '05'],
  ['+5', '+5'],
  ['1.500', '1.500'],
  ['9999999999Gi', '9223372036854775807'],
  ['1000E', '1000E'],
  ['123456789012345678901n', '123456789012345678901n'],
]

const REFUSED: [written: string, want: string][] = [
  ['', 'regular expression'],
  ['aoeu', 'regular expression'],
  ['1.1.M', 'regular expression'],
  ['1 Gi', 'regular expression'],
  ['1i', 'suffix'],
  ['0.1mi', 'suffix'],
  ['3.01i', 'suffix'],
  ['1e', 'suffix'],
  ['-3.01e-', 'suffix'],
  ['1mm', 'suffix'],
  ['1e999999', 'suffix'],
  ['10GiB', 'regular expression'],
  ['9'.repeat(1000), 'regular expression'],
]

describe('quantities', () => {
  it.each(PRINTED)('reads %s back as %s', (written, want) => {
    expect(canonicalQuantity(written)).toBe(want)
  })

  it.each(REFUSED)('refuses %s', (written, want) => {
    expect(() => parseQuantity(written)).toThrow(want)
    expect(isQuantity(written)).toBe(false)
  })

  it('says in full what a quantity must look like', () => {
    expect(() => parseQuantity('one')).toThrow(
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    )
    expect(() => parseQuantity('1i')).toThrow("unable to parse quantity's suffix")
  })

  it.each([
    ['500m', 500, 1],
    ['0.0001', 1, 1],
    ['2', 2000, 2],
    ['1Gi', 1073741824000, 1073741824],
    ['-1500m', -1500, -2],
    ['64Ki', 65536000, 65536],
    ['999999999Gi', 1073741822926258200000, 1073741822926258200],
    ['1k', 1000000, 1000],
    ['007', 7000, 7],
    ['0', 0, 0],
  ])('gives %s as %d thousandths and %d units, rounded up', (text, milli, units) => {
    expect(milliValue(text)).toBe(milli)
    expect(quantityValue(text)).toBe(units)
  })

  it('adds and subtracts in the notation of the left side, unless that is zero', () => {
    expect(formatQuantity(addQuantities('500m', '1'))).toBe('1500m')
    expect(formatQuantity(addQuantities('1Gi', '1Mi'))).toBe('1025Mi')
    expect(formatQuantity(addQuantities('0', '1Gi'))).toBe('1Gi')
    expect(formatQuantity(subtractQuantities('2', '500m'))).toBe('1500m')
    expect(formatQuantity(subtractQuantities('1Gi', '1Gi'))).toBe('0')
    expect(formatQuantity(quantityOf(1024, 'BinarySI'))).toBe('1Ki')
    expect(formatQuantity(quantityOfMilli(250))).toBe('250m')
  })

  it('rounds up to thousandths, and leaves alone what is exact', () => {
    expect(formatQuantity(roundUpToMilli('0.00001'))).toBe('1m')
    expect(formatQuantity(roundUpToMilli('1.500'))).toBe('1.500')
  })

  it('orders by value, whatever the notation', () => {
    expect(compareQuantities('1Ki', '1k')).toBe(1)
    expect(compareQuantities('1000m', '1')).toBe(0)
    expect(compareQuantities('-1', '0')).toBe(-1)
  })

  it('prints what reads back as the same value and the same text', () => {
    const texts = fc
      .tuple(
        fc.constantFrom('', '-', '+'),
        fc.nat(),
        fc.option(fc.nat()),
        fc.constantFrom(
          '',
          'n',
          'u',
          'm',
          'k',
          'M',
          'G',
          'T',
          'P',
          'E',
          'Ki',
          'Mi',
          'Gi',
          'Ti',
          'Pi',
          'e3',
          'E-2',
          'e+5',
        ),
      )
      .map(
        ([sign, whole, fraction, suffix]) =>
          `${sign}${String(whole)}${fraction === null ? '' : `.${String(fraction)}`}${suffix}`,
      )
    fc.assert(
      fc.property(texts, (text) => {
        const printed = canonicalQuantity(text)
        expect(compareQuantities(printed, text)).toBe(0)
        expect(canonicalQuantity(printed)).toBe(printed)
        expect(milliValue(text)).toBe(milliValue(parseQuantity(text)))
      }),
    )
  })
})

describe('what is more than an int64 holds', () => {
  it.each<[string, number, bigint]>([
    ['9223372036854775807', 0, 2n ** 63n - 1n],
    ['9223372036854775808', 0, -(2n ** 63n)],
    ['1E', 3, 0n],
    ['1e30', 0, 0n],
    ['12345678901234567', 3, BigInt.asIntN(64, 12_345_678_901_234_567_000n)],
    ['9999999999999999k', 3, BigInt.asIntN(64, 9_999_999_999_999_999_000_000n)],
    ['9.5E', 0, 0n],
    ['16Ei', 3, -1_000n],
  ])('%s has of itself, in units of 10^-%i, what upstream keeps', (text, places, want) => {
    expect(int64Value(text, places)).toBe(want)
  })
})
