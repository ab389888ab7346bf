import { describe, expect, it } from 'vitest'
import { formatIpv4, ipv4Range, isInRange, parseIpv4 } from '../../src/lib/ip/ipv4-range.ts'

describe('an IPv4 address', () => {
  it.each([
    { text: '0.0.0.0', want: 0 },
    { text: '10.96.0.1', want: 174_063_617 },
    { text: '255.255.255.255', want: 4_294_967_295 },
  ])('$text is a number and back', ({ text, want }) => {
    expect(parseIpv4(text)).toBe(want)
    expect(formatIpv4(want)).toBe(text)
  })

  it.each(['', '1.2.3', '1.2.3.4.5', '1.2.3.256', '01.2.3.4', '1.2.3.-4', ' 1.2.3.4', '::1'])('%j is none', (text) => {
    expect(parseIpv4(text)).toBeUndefined()
  })
})

it('a range knows its first and last address', () => {
  const range = ipv4Range('10.96.0.0/12')
  const at = (text: string): boolean => isInRange(range, parseIpv4(text) ?? -1)
  expect([at('10.95.255.255'), at('10.96.0.0'), at('10.111.255.255'), at('10.112.0.0')]).toEqual([
    false,
    true,
    true,
    false,
  ])
})

it.each(['10.96.0.1/12', '10.96.0.0', '10.96.0.0/x', '10.96.0.0/33', 'x/8'])('%j is no range', (text) => {
  expect(() => ipv4Range(text)).toThrow('not an IPv4 range')
})
