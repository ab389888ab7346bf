/** Field errors: value → the text that Go prints (k8s.io/apimachinery pkg/util/validation/field/errors_test.go). */
import { describe, expect, it } from 'vitest'
import {
  duplicate,
  formatFieldError,
  formatFieldErrors,
  forbidden,
  goJson,
  internalFieldError,
  invalid,
  invalidCombination,
  notFound,
  notSupported,
  notSupportedText,
  ofNamedType,
  quote,
  required,
  sortedMap,
  tooLong,
  tooMany,
} from '../../src/apimachinery/field-path.ts'

describe('field errors', () => {
  it.each([
    ['a', '"a"'],
    ['say "hi"\\', '"say \\"hi\\"\\\\"'],
    ['a\nb\t\u0001', '"a\\nb\\t\\x01"'],
    ['é', '"é"'],
    [-1, '-1'],
    [0.5, '0.5'],
    [true, 'true'],
    [undefined, 'null'],
    [null, 'null'],
    [['a', 1], '["a",1]'],
    [{ a: '<b> & c' }, '{"a":"\\u003cb\\u003e \\u0026 c"}'],
  ])('print %j as %s', (value, printed) => {
    expect(formatFieldError(invalid('spec.a', value, 'is wrong'))).toBe(`spec.a: Invalid value: ${printed}: is wrong`)
  })

  it('have one form each', () => {
    const errors = [
      required('a'),
      required('a', 'why'),
      forbidden('a', 'why'),
      duplicate('a', 'x'),
      duplicate('a', 'x', 'why'),
      notFound('a', 'x'),
      notSupported('a', 'x', ['y', 'z']),
      tooLong('a', 1),
      tooMany('a', 3, 2),
      invalidCombination('a', 'why'),
      internalFieldError('a', 'why'),
      invalid('', 1, 'why'),
    ]
    expect(errors.map(formatFieldError)).toEqual([
      'a: Required value',
      'a: Required value: why',
      'a: Forbidden: why',
      'a: Duplicate value: "x"',
      'a: Duplicate value: "x": why',
      'a: Not found: "x"',
      'a: Unsupported value: "x": supported values: "y", "z"',
      'a: Too long: may not be more than 1 byte',
      'a: Too many: 3: must have at most 2 items',
      'a: Invalid value: why',
      'a: Internal error: why',
      '<nil>: Invalid value: 1: why',
    ])
  })

  it('join as [a, b], each text once', () => {
    const [one, two] = [required('a'), required('b')]
    expect(formatFieldErrors([one])).toBe('a: Required value')
    expect(formatFieldErrors([one, two, one])).toBe('[a: Required value, b: Required value]')
  })

  it.each([
    ['a"b\\', String.raw`"a\"b\\"`],
    ['\n\u0001\u007f', String.raw`"\n\x01\x7f"`],
    ['é\u009e\u00a0', String.raw`"é\u009e\u00a0"`],
    ['😀\u{e0001}', String.raw`"😀\U000e0001"`],
  ])('quote %j as Go does', (text, quoted) => {
    expect(quote(text)).toBe(quoted)
  })

  it('print values of enumerations as JSON, plain texts in quotes', () => {
    const text = '<\u0000\u007f'
    const named = ofNamedType(text)
    const errors = [notSupported('a', text, ['y']), notSupportedText('a', text, ['y']), invalid('a', named, 'x')]
    expect(errors.map(({ body }) => body)).toEqual([
      'Unsupported value: "\\u003c\\u0000\u007f": supported values: "y"',
      String.raw`Unsupported value: "<\x00\x7f": supported values: "y"`,
      'Invalid value: "\\u003c\\u0000\u007f": x',
    ])
  })

  it('print maps in the order of their keys', () => {
    expect(goJson(sortedMap({ b: '1', a: '2' }))).toBe('{"a":"2","b":"1"}')
    expect(goJson(sortedMap({ 9: 'd', '1a': 'c', 10: 'b', '': 'a' }))).toBe('{"":"a","10":"b","1a":"c","9":"d"}')
  })
})
