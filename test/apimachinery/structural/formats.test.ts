/**
 * Formats of strings. Which there are: k8s.io/apiextensions-apiserver pkg/apiserver/validation/formats.go; what fits:
 * kube-openapi pkg/validation/strfmt (cases of default_test.go and of its third_party/govalidator).
 */
import { describe, expect, it } from 'vitest'
import { formatCheckOf } from '../../../src/apimachinery/structural/values/formats.ts'

const CASES: Record<string, [good: string[], bad: string[]]> = {
  bsonobjectid: [['507f1f77bcf86cd799439011'], ['507f1f77bcf86cd79943901', 'z07f1f77bcf86cd799439011']],
  uri: [
    [
      'http://foo.com',
      '/path',
      'mailto:x@y',
      'http://a:80/b?c#d',
      'http://[::1]:80/',
      'http://u:p@h/',
      '*',
      'a:b',
      '//x',
    ],
    ['', 'foo', 'http://a b/', 'http://a:port/', '/%zz', 'http://[::1', '1a:b'],
  ],
  email: [
    [
      'a@b',
      'joe@example.com',
      'Joe <joe@example.com>',
      '"Joe Q" <joe@example.com>',
      '"a b"@c',
      'a@[1.2.3.4]',
      'a@b (c)',
    ],
    ['', 'a', '@b', 'a@', 'a b@c', 'a@b@c', '<a@b', 'a..b@c', 'Joe joe@example.com'],
  ],
  hostname: [
    ['example.com', 'a', 'a-b.example', 'sömewhere.com'],
    ['', '-a', 'a..b', 'a_b.com', `${'a'.repeat(64)}.com`],
  ],
  ipv4: [['1.2.3.4', '010.1.1.1'], ['1.2.3', '::1', '256.1.1.1', '']],
  ipv6: [['::1', 'fe80::1', '::ffff:1.2.3.4'], ['1.2.3.4', ':::', '']],
  cidr: [['10.0.0.0/8', '::/0', '10.0.0.1/32'], ['10.0.0.0', '10.0.0.0/33', '::/129', '/8']],
  mac: [
    ['01:23:45:67:89:ab', '01-23-45-67-89-ab', '0123.4567.89ab', '01:23:45:67:89:ab:cd:ef'],
    ['01:23:45:67:89', '01:23-45:67:89:ab'],
  ],
  uuid: [['123e4567-e89b-12d3-a456-426614174000', '123E4567E89B12D3A456426614174000'], ['123e4567']],
  uuid3: [['bcd02e22-68f0-3046-a512-327cca9def8f'], ['bcd02e22-68f0-4046-a512-327cca9def8f']],
  uuid4: [['025b0d74-00a2-4048-bf57-227c5111bb34'], ['025b0d74-00a2-4048-7f57-227c5111bb34']],
  uuid5: [['886313e1-3b8a-5372-9b90-0c9aee199e5d'], ['886313e1-3b8a-4372-9b90-0c9aee199e5d']],
  isbn: [['0321751043', '978 3401013190'], ['836217463', '978-0321751042']],
  isbn10: [['0321751043', '1-61729-085-8', '3 423 21412 0'], ['978 3401013190', '0321751044']],
  isbn13: [['978-0321751041', '9784873113685'], ['0321751043', '978-4873113680']],
  creditcard: [['4111-1111-1111-1111', '378282246310005'], ['1234', '4111-1111-1111-1112']],
  ssn: [['111-11-1111'], ['999 99 99999', '123456789']],
  hexcolor: [['#FFF', 'abcdef', '#12ab34'], ['#ggg', '#ffff']],
  rgbcolor: [['rgb(255,255,255)', 'rgb( 0 , 1 ,2)'], ['rgb(256,0,0)', 'rgb(1,2)']],
  byte: [['aGVsbG8=', 'YQ=='], ['a', 'YQ', 'a-_=', '']],
  password: [['', 'anything'], []],
  date: [['2014-12-15', '2024-02-29'], ['2014-2-1', '2023-02-29', '2014-13-01', '']],
  duration: [['1h', '1h15m', '300ms', '3 days', '1 week', '-1.5h', '0'], ['', 'x', '1 parsec', '1']],
  'date-time': [
    ['2014-12-15T08:00:00.000Z', '2014-12-15t08:00:00+01:00'],
    ['2014-12-15', '2014-12-15T24:00:00Z', '2014-12-15T08:00Z'],
  ],
  'k8s-short-name': [['abc', '1-a'], ['-a', 'A', 'a.b', 'a'.repeat(64)]],
  'k8s-long-name': [['a.b', 'abc'], ['.a', 'a..b', 'A.b', 'a'.repeat(254)]],
}

describe('formats', () => {
  it.each(Object.entries(CASES))('%s', (format, [good, bad]) => {
    const check = formatCheckOf(format)
    expect(good.filter((text) => check?.(text) !== true)).toEqual([])
    expect(bad.filter((text) => check?.(text) !== false)).toEqual([])
  })

  it.each(Object.keys(CASES))('%s is judged at once, however long the text', (format) => {
    const check = formatCheckOf(format)
    for (const part of ['0', 'a', 'a-', '0.', ' ', '-']) {
      expect(typeof check?.(part.repeat(200_000)), part).toBe('boolean')
    }
  })

  it('are known with dashes or without, and no others', () => {
    expect(formatCheckOf('datetime')).toBe(formatCheckOf('date-time'))
    for (const format of ['', 'int32', 'constructor', 'ip', 'regex']) expect(formatCheckOf(format)).toBeUndefined()
  })
})
