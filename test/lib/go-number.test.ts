/** Numbers as Go's fmt prints them with `%v` (strconv ftoa.go, the shortest form of `%g`), and as strconv reads them. */
import { expect, it } from 'vitest'
import { goFloat, goNumber, parseGoInt } from '../../src/lib/go-number.ts'

it.each([
  [0, '0'],
  [1, '1'],
  [1.5, '1.5'],
  [123456.5, '123456.5'],
  [1_000_000, '1e+06'],
  [1234567.5, '1.2345675e+06'],
  [-12345678.25, '-1.234567825e+07'],
  [0.0001, '0.0001'],
  [0.00001, '1e-05'],
  [1e21, '1e+21'],
  [2 ** 63, '9.223372036854776e+18'],
  [5e-324, '5e-324'],
])('the float64 %d is %s', (value, text) => {
  expect(goFloat(value)).toBe(text)
})

it.each([
  [1_000_000, '1000000'],
  [9007199254740993n, '9007199254740993'],
  [1234567.5, '1.2345675e+06'],
  [2 ** 63, '9.223372036854776e+18'],
  [12345678901234567890n, '1.2345678901234567e+19'],
])('what is whole and fits is an int64: %d', (value, text) => {
  expect(goNumber(value)).toBe(text)
})

it.each([
  ['0', 0n],
  ['+7', 7n],
  [`-${'0'.repeat(40)}7`, -7n],
  ['9223372036854775807', 9223372036854775807n],
  ['-9223372036854775808', -9223372036854775808n],
  ['9223372036854775808', undefined],
  ['', undefined],
  ['1_0', undefined],
  [' 1', undefined],
  ['0x1', undefined],
])('the text %j reads as the int64 %s', (text, value) => {
  expect(parseGoInt(text)).toBe(value)
})
