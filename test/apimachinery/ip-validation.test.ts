/** Addresses and ranges: text → upstream's errors and warnings (k8s.io/apimachinery pkg/util/validation/ip_test.go). */
import { describe, expect, it } from 'vitest'
import { formatFieldError } from '../../src/apimachinery/field-path.ts'
import {
  cidrWarnings,
  ipFamilyOf,
  ipWarnings,
  isDualStack,
  validateCanonicalIp,
  validateCidr,
  validateIp,
  validateReachableIp,
} from '../../src/apimachinery/ip-validation.ts'

const NO_IP = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'
const NO_CIDR = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)'

describe('IP addresses', () => {
  it.each([
    ['1.2.3.4', ''],
    ['0.0.0.0', ''],
    ['::', ''],
    ['2001:DB8:0:0::1', ''],
    ['::1.2.3.4', ''],
    ['1.2.3', NO_IP],
    ['1.2.3.256', NO_IP],
    ['1.2.3.4 ', NO_IP],
    ['fe80::1%eth0', NO_IP],
    ['1::2::3', NO_IP],
    ['1:2:3:4:5:6:7', NO_IP],
    ['1:2:3:4:5:6:7::8', NO_IP],
    ['1:2:3:4:5:6:7:8:9', NO_IP],
    ['', NO_IP],
    ['01.2.3.4', 'must not have leading 0s'],
    ['::ffff:1.2.3.4', 'must not be an IPv4-mapped IPv6 address'],
  ])('%s: %s', (value, message) => {
    const want = message === '' ? [] : [`ip: Invalid value: "${value}": ${message}`]
    expect(validateIp('ip', value).map(formatFieldError)).toEqual(want)
    expect(validateIp('ip', value, new Set([value]))).toEqual([])
  })

  it.each([
    ['2001:DB8::1', '2001:db8::1'],
    ['2001:db8:0:0:1:0:0:0', '2001:db8:0:0:1::'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ])('the canonical form of %s is %s', (value, canonical) => {
    const want = value === canonical ? [] : [`ip: Invalid value: "${value}": must be in canonical form ("${canonical}")`]
    expect(validateCanonicalIp('ip', value).map(formatFieldError)).toEqual(want)
  })

  it.each([
    ['0.0.0.0', 'may not be unspecified (0.0.0.0)'],
    ['::', 'may not be unspecified (::)'],
    ['127.1.2.3', 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
    ['::1', 'may not be in the loopback range (127.0.0.0/8, ::1/128)'],
    ['169.254.1.1', 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
    ['febf::1', 'may not be in the link-local range (169.254.0.0/16, fe80::/10)'],
    ['224.0.0.9', 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
    ['ff12::1', 'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)'],
    ['x', 'must be a valid IP address'],
  ])('%s is nothing to send traffic to: %s', (value, message) => {
    expect(validateReachableIp('ip', value).map(formatFieldError)).toEqual([`ip: Invalid value: "${value}": ${message}`])
    expect(validateReachableIp('ip', '10.0.0.1')).toEqual([])
  })

  it.each([
    ['1.2.3.4', []],
    ['01.2.3.4', ['ip: non-standard IP address "01.2.3.4" is invalid: use "1.2.3.4"']],
    ['::ffff:1.2.3.4', ['ip: non-standard IP address "::ffff:1.2.3.4" is invalid: use "1.2.3.4"']],
    ['2001:DB8::1', ['ip: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")']],
  ])('%s is warned of: %j', (value, want) => {
    expect(ipWarnings('ip', value)).toEqual(want)
  })

  it('belong to a family, and both families make a dual stack', () => {
    expect(['1.2.3.4', '::1', '::ffff:1.2.3.4', 'x'].map(ipFamilyOf)).toEqual([4, 6, 4, undefined])
    expect([isDualStack(['1.2.3.4', '::1']), isDualStack(['1.2.3.4', '5.6.7.8'])]).toEqual([true, false])
  })
})

describe('ranges of addresses', () => {
  it.each([
    ['10.0.0.0/8', ''],
    ['2001:db8::/64', ''],
    ['0.0.0.0/0', ''],
    ['10.0.0.0', NO_CIDR],
    ['10.0.0.0/33', NO_CIDR],
    ['10.0.0.0/a', NO_CIDR],
    ['010.0.0.0/8', 'must not have leading 0s in IP or prefix length'],
    ['10.0.0.0/08', 'must not have leading 0s in IP or prefix length'],
    ['::ffff:10.0.0.0/104', 'must not have an IPv4-mapped IPv6 address'],
    ['10.0.0.1/8', 'must not have bits set beyond the prefix length'],
    ['10.128.0.0/8', 'must not have bits set beyond the prefix length'],
    ['10.128.0.0/9', ''],
  ])('%s: %s', (value, message) => {
    const want = message === '' ? [] : [`cidr: Invalid value: "${value}": ${message}`]
    expect(validateCidr('cidr', value).map(formatFieldError)).toEqual(want)
    expect(validateCidr('cidr', value, new Set([value]))).toEqual([])
  })

  it.each([
    ['10.0.0.0/8', []],
    [
      '10.0.0.1/8',
      ['c: CIDR value "10.0.0.1/8" is ambiguous in this context (should be "10.0.0.0/8" or "10.0.0.1/32"?)'],
    ],
    ['010.0.0.0/8', ['c: non-standard CIDR value "010.0.0.0/8" is invalid: use "10.0.0.0/8"']],
    ['2001:DB8::/32', ['c: IPv6 CIDR value "2001:DB8::/32" should be in RFC 5952 canonical format ("2001:db8::/32")']],
  ])('%s is warned of: %j', (value, want) => {
    expect(cidrWarnings('c', value)).toEqual(want)
  })
})
