/** What is told of texts that are no addresses: Go's words, as what people see who write rules about addresses. */
import { describe, expect, it } from 'vitest'
import { addressProblem } from '../../src/lib/ip/address-problem.ts'

const PROBLEMS: readonly (readonly [text: string, problem: string | undefined])[] = [
  ['10.0.0.1', undefined],
  ['::', undefined],
  ['1::', undefined],
  ['1:2:3:4:5:6:7:8', undefined],
  ['::ffff:1.2.3.4', undefined],
  ['1:2:3:4:5:6:1.2.3.4', undefined],
  ['fe80::1%eth0', undefined],
  ['', 'unable to parse IP'],
  ['x', 'unable to parse IP'],
  ['x%y', 'missing IPv6 address'],
  ['1.2.3', 'IPv4 address too short'],
  ['1.2.3.4.5', 'IPv4 address too long'],
  ['1..2.3', 'IPv4 field must have at least one digit (at ".2.3")'],
  ['1.2.3.', 'IPv4 field must have at least one digit (at ".")'],
  ['1.2.3.04', 'IPv4 field has octet with leading zero'],
  ['999x.1.1.1', 'IPv4 field has value >255'],
  ['1.2::3', 'unexpected character (at "::3")'],
  ['fe80::1%', 'zone must be a non-empty string'],
  [':1', 'each colon-separated field must have at least one digit (at ":1")'],
  ['http://x', 'each colon-separated field must have at least one digit (at "http://x")'],
  ['1:::2', 'each colon-separated field must have at least one digit (at ":2")'],
  ['12345::', 'each group must have 4 or less digits (at "12345::")'],
  ['1:2-', 'unexpected character, want colon (at "-")'],
  ['1:2:', 'colon must be followed by more characters (at ":")'],
  ['1::2::3', 'multiple :: in address (at ":3")'],
  ['1:2:3:4:5:6:7:8:9', 'trailing garbage after address (at "9")'],
  ['1:2:3', 'address string too short'],
  ['1:2:3:4::5:6:7:8', 'the :: must expand to at least one field of zeros'],
  ['1:1.2.3.4', 'embedded IPv4 address must replace the final 2 fields of the address (at "1.2.3.4")'],
  ['::1:2:3:4:5:6:7:1.2.3.4',
    'too many hex fields to fit an embedded IPv4 at the end of the address (at "1.2.3.4")'],
]

describe('a text that is to be an address', () => {
  it.each(PROBLEMS)('%j: %s', (text, problem) => {
    expect(addressProblem(text)).toBe(problem)
  })

  it('is read in a time that goes with its length', { timeout: 5000 }, () => {
    for (const part of ['1', ':', '1:', '::', '.', '1.']) expect(addressProblem(part.repeat(1_000_000))).toBeDefined()
  })
})
