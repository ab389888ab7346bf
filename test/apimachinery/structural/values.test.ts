/**
 * Validation of values. Texts from kube-openapi pkg/validation/errors/schema.go and
 * pkg/validation/validate/schema_messages.go; what becomes of them from k8s.io/apiextensions-apiserver
 * pkg/apiserver/validation/validation.go; cases from its validation_test.go.
 */
import { describe, expect, it } from 'vitest'
import { formatFieldError, type FieldError } from '../../../src/apimachinery/field-path.ts'
import type { JsonSchema } from '../../../src/apimachinery/structural/json-schema.ts'
import { compileStructural } from '../../../src/apimachinery/structural/structural-schema.ts'
import { checkValue } from '../../../src/apimachinery/structural/values/check-value.ts'
import { TOOLS } from './schema-tools.ts'

/** Of a field `f` with that schema, its errors. */
function check(field: JsonSchema, value: unknown): FieldError[] {
  const schema = compileStructural({ type: 'object', properties: { f: field } })
  return checkValue({ f: value }, schema, TOOLS.compilePattern)
}

const texts = (errors: readonly FieldError[]): string[] => errors.map(formatFieldError)
const integer = { type: 'integer' }
const typeError = (field: string, wanted: string, found: string) =>
  `${field}: Invalid value: "${found}": ${field} in body must be of type ${wanted}: "${found}"`

describe('values', () => {
  it.each<[string, JsonSchema, unknown, string[]]>([
    ['a wrong type', integer, 'x', [typeError('f', 'integer', 'string')]],
    ['a fraction for an integer', integer, 1.5, [
      typeError('f', 'integer', 'number'),
      '<nil>: Invalid value: "": Checked value must be of type integer (default format) in f',
    ]],
    ['an integer for a number', { type: 'number' }, 1, []],
    ['a number that Go takes for whole', integer, 3.0000000001, [
      '<nil>: Invalid value: "": Checked value must be of type integer (default format) in f',
    ]],
    ['a list for an object', { type: 'object' }, [], [typeError('f', 'object', 'array')]],
    ['null', { type: 'string' }, null, [typeError('f', 'string', 'null')]],
    ['null that may be', { type: 'string', nullable: true }, null, []],
    ['null without a type', {}, null, []],
    ['int-or-string', { 'x-kubernetes-int-or-string': true }, true, [typeError('f', 'integer,string', 'boolean')]],
    ['int-or-string with a text', { 'x-kubernetes-int-or-string': true }, '25%', []],
    ['an integer too large for its format', { type: 'integer', format: 'int32' }, 2 ** 31, [
      '<nil>: Invalid value: "": Checked value must be of type integer with format int32 in f',
    ]],
    ['a float too large for its format', { type: 'number', format: 'float' }, 1e39, [
      '<nil>: Invalid value: "": Checked value must be of type number with format float in f',
    ]],
    ['a wrong type where there is a format', { type: 'integer', format: 'int32' }, true, [typeError('f', 'int32', '')]],
    ['a number where a format of texts is', { type: 'string', format: 'date' }, 3, [typeError('f', 'date', 'int64')]],
    ['too small', { type: 'integer', minimum: 1 }, 0, [
      'f: Invalid value: 0: f in body should be greater than or equal to 1',
    ]],
    ['as small as must not be', { type: 'integer', minimum: 1, exclusiveMinimum: true }, 1, [
      'f: Invalid value: 1: f in body should be greater than 1',
    ]],
    ['too large', { type: 'number', maximum: 0.5 }, 0.75, [
      'f: Invalid value: 0.75: f in body should be less than or equal to 0.5',
    ]],
    ['as large as must not be', { type: 'number', maximum: 2.5, exclusiveMaximum: true }, 2.5, [
      'f: Invalid value: 2.5: f in body should be less than 2.5',
    ]],
    ['a bound that is no integer', { type: 'integer', maximum: 1.5 }, 2_000_000, [
      '<nil>: Invalid value: "": Maximum boundary value must be of type integer (default format) in f',
      'f: Invalid value: 2e+06: f in body should be less than or equal to 1.5',
    ]],
    ['a float beside a whole bound, which is one too', { type: 'number', maximum: 4_294_967_295 }, 4_294_967_296.5, [
      'f: Invalid value: 4.2949672965e+09: f in body should be less than or equal to 4.294967295e+09',
    ]],
    ['an integer beside a bound that no int64 holds', { type: 'number', maximum: 1e21 }, 7, [
      'f: Invalid value: 7: f in body should be less than or equal to -9223372036854775808',
    ]],
    ['an integer beside a factor that none holds', { type: 'number', multipleOf: 1e21 }, 7, [
      'f: Invalid value: -9223372036854775808: factor MultipleOf declared for f must be positive: -9223372036854775808',
    ]],
    [
      'no multiple',
      { type: 'integer', multipleOf: 5 },
      7,
      ['f: Invalid value: 7: f in body should be a multiple of 5'],
    ],
    ['a multiple of a fraction', { type: 'number', multipleOf: 0.01 }, 4.02, []],
    ['a factor that is not positive', { type: 'integer', multipleOf: -1 }, 7, [
      'f: Invalid value: -1: factor MultipleOf declared for f must be positive: -1',
    ]],
    ['too long, told alone', { type: 'string', maxLength: 2, pattern: '^x$' }, 'abc', [
      'f: Too long: may not be more than 2 bytes',
    ]],
    ['length is counted in characters', { type: 'string', maxLength: 2, minLength: 2 }, '😀😀', []],
    ['too short', { type: 'string', minLength: 3 }, 'ab', [
      'f: Invalid value: "ab": f in body should be at least 3 chars long',
    ]],
    ['no match', { type: 'string', pattern: '^a+$' }, 'b"', [
      `f: Invalid value: "b\\"": f in body should match '^a+$'`,
    ]],
    ['not in the enum', { type: 'string', enum: ['a', 'b'] }, 'c', [
      'f: Unsupported value: "c": supported values: "a", "b"',
    ]],
    ['null and an enum', { type: 'string', nullable: true, enum: ['a', null] }, null, [
      'f: Unsupported value: null: supported values: "a", "null"',
    ]],
    ['an enum of objects', { enum: [{ a: 1 }, 2] }, { a: 2 }, [
      'f: Unsupported value: {"a":2}: supported values: "{\\"a\\":1}", "2"',
    ]],
    ['too many items', { type: 'array', maxItems: 1 }, [1, 2], ['f: Too many: 2: must have at most 1 item']],
    ['too few items', { type: 'array', minItems: 2 }, [1], [
      'f: Invalid value: 1: f in body should have at least 2 items',
    ]],
    ['repeated items', { type: 'array', uniqueItems: true }, [{ a: 1 }, { a: 1 }], [
      `f: Invalid value: "": f in body shouldn't contain duplicates`,
    ]],
    ['too many properties', { type: 'object', maxProperties: 1 }, { a: 1, b: 1 }, [
      'f: Too many: 2: must have at most 1 item',
    ]],
    ['too few properties', { type: 'object', minProperties: 1 }, {}, [
      'f: Invalid value: 0: f in body should have at least 1 properties',
    ]],
    ['what is required', { type: 'object', required: ['a', 'b'] }, { b: 1 }, ['f.a: Required value']],
    ['a field that may not be', { type: 'object', additionalProperties: false }, { a: 1 }, [
      'f: Invalid value: "a": f.a in body is a forbidden property',
    ]],
    ['other fields and items', { additionalProperties: { items: integer } }, { a: [1, 'x'] }, [
      typeError('f.a[1]', 'integer', 'string'),
    ]],
    ['a text without its format', { type: 'string', format: 'ipv4' }, '1.2.3', [
      'f: Invalid value: "1.2.3": f in body must be of type ipv4: "1.2.3"',
    ]],
    ['a format that is not known', { type: 'string', format: 'nonsense' }, 'x', []],
  ])('%s', (_what, schema, value, want) => {
    expect(texts(check(schema, value))).toEqual(want)
  })

  it('gives each failure its reason', () => {
    const reasons = (schema: JsonSchema, value: unknown) => check(schema, value).map(({ reason }) => reason)
    expect(reasons(integer, 'x')).toEqual(['FieldValueTypeInvalid'])
    expect(reasons({ type: 'string', format: 'date' }, 'x')).toEqual(['FieldValueTypeInvalid'])
    expect(reasons({ required: ['a'] }, {})).toEqual(['FieldValueRequired'])
    expect(reasons({ enum: ['a'] }, 'x')).toEqual(['FieldValueNotSupported'])
    expect(reasons({ maxLength: 0 }, 'x')).toEqual(['FieldValueTooLong'])
    expect(reasons({ maxItems: 0 }, [1])).toEqual(['FieldValueTooMany'])
    expect(reasons({ minLength: 2 }, 'x')).toEqual(['FieldValueInvalid'])
  })

  it('names what is required at the root without a dot', () => {
    expect(texts(checkValue({}, compileStructural({ required: ['spec'] }), TOOLS.compilePattern))).toEqual([
      'spec: Required value',
    ])
  })

  it('tells a thousand failures of what may be a million', () => {
    const schema = compileStructural({ properties: { l: { items: { type: 'string' } } } })
    const startMs = performance.now()
    const value = { l: Array.from({ length: 300_000 }, () => 1) }
    expect(checkValue(value, schema, TOOLS.compilePattern)).toHaveLength(1_000)
    expect(performance.now() - startMs).toBeLessThan(5_000)
  })

  it('puts the path that it is given before its own', () => {
    const schema = compileStructural({ properties: { a: integer } })
    expect(texts(checkValue({ a: '' }, schema, TOOLS.compilePattern, 'status'))).toEqual([
      'status.a: Invalid value: "string": a in body must be of type integer: "string"',
    ])
  })
})

describe('alternatives', () => {
  const small = { maximum: 3 }
  const even = { multipleOf: 2 }
  it.each<[string, JsonSchema, unknown, string[]]>([
    ['anyOf with one that fits', { anyOf: [small, even] }, 4, []],
    ['anyOf with none', { anyOf: [small, even] }, 5, [
      '<nil>: Invalid value: "": "f" must validate at least one schema (anyOf)',
      'f: Invalid value: 5: f in body should be less than or equal to 3',
    ]],
    ['oneOf with none', { oneOf: [small, even] }, 5, [
      '<nil>: Invalid value: "": "f" must validate one and only one schema (oneOf). Found none valid',
      'f: Invalid value: 5: f in body should be less than or equal to 3',
    ]],
    ['oneOf with two', { oneOf: [small, even] }, 2, [
      '<nil>: Invalid value: "": "f" must validate one and only one schema (oneOf). Found 2 valid alternatives',
    ]],
    ['allOf with one that does not fit', { allOf: [small, even] }, 4, [
      'f: Invalid value: 4: f in body should be less than or equal to 3',
      '<nil>: Invalid value: "": "f" must validate all the schemas (allOf)',
    ]],
    ['allOf with none', { allOf: [small, even] }, 5, [
      'f: Invalid value: 5: f in body should be less than or equal to 3',
      'f: Invalid value: 5: f in body should be a multiple of 2',
      '<nil>: Invalid value: "": "f" must validate all the schemas (allOf). None validated',
    ]],
    ['not', { not: even }, 4, ['<nil>: Invalid value: "": "f" must not validate the schema (not)']],
    ['the nearest of anyOf is told', { anyOf: [{ required: ['x'] }, { properties: { a: small } }] }, { a: 4 }, [
      '<nil>: Invalid value: "": "f" must validate at least one schema (anyOf)',
      'f.a: Invalid value: 4: f.a in body should be less than or equal to 3',
    ]],
    ['the same failure is told once', { maximum: 3, allOf: [small] }, 4, [
      'f: Invalid value: 4: f in body should be less than or equal to 3',
      '<nil>: Invalid value: "": "f" must validate all the schemas (allOf). None validated',
    ]],
  ])('%s', (_what, schema, value, want) => {
    expect(texts(check(schema, value))).toEqual(want)
  })
})
