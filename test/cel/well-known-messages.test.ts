/**
 * Literals of the well-known messages of protocol buffers, in the environment of Kubernetes' rules. Each answer is what
 * upstream's packages say of the expression.
 */
import { describe, expect, it } from 'vitest'
import { celEnvironment } from '../../src/apis/cel-environment.ts'
import { declaredType } from '../../src/cel/types/declared-type.ts'
import { BYTES, formatType, INT, STRING } from '../../src/cel/types/type.ts'

const ENVIRONMENT = celEnvironment()
/** As rules of custom resources have it: a schema gives types there. */
const OF_RULES = ENVIRONMENT.extend({ variables: { self: declaredType(INT) } })

function outcome(expression: string, environment = ENVIRONMENT): string {
  const { program, problem } = environment.compile(expression)
  if (problem !== undefined) return problem.message.split('\n')[0]?.replace(/^ERROR: <input>:\d+:\d+: /, '') ?? ''
  const { value, error } = program.evaluate({ self: 1 })
  return error?.message ?? (value === true ? 'true' : JSON.stringify(value))
}

describe('a text of a message', () => {
  it.each([
    ["semver('1.2.3-a.1+b.c')", '1.2.3-a.1+b.c'],
    ["semver('v01.2', true)", '1.2.0'],
    ["optional.of(semver('1.0.0'))", '1.0.0'],
    ["quantity('1.5Gi')", '1536Mi'],
    ["quantity('0.1')", '100m'],
    ["quantity('1e3')", '1e3'],
    ["quantity('1').add(quantity('1Mi'))", '1048577'],
    ["quantity('1.5Gi').add(1)", '1610612737'],
    ["quantity('1').sub(quantity('2.5'))", '-1500m'],
    ["ip('2001:DB8::0:1')", '2001:db8::1'],
    ["cidr('10.0.0.5/8')", '10.0.0.5/8'],
    ["url('/a b')", '/a%20b'],
  ])('may be given as %s', (value, text) => {
    const content = `unsupported conversion to ref.Val: (*dynamicpb.Message)type_url:"${text}"`
    expect(outcome(`google.protobuf.Any{type_url: dyn(${value})}`)).toBe(content)
  })

  it('is not made of a format', () => {
    const told = outcome("google.protobuf.Any{type_url: dyn(format.named('uri').value())}")
    expect(told).toMatch(/from 'Format' to 'string'$/)
  })
})

describe('literals of well-known messages', () => {
  it.each([
    ['google.protobuf.Int64Value{value: 1} + 1 == 2', 'true'],
    ['google.protobuf.Int32Value{} == 0', 'true'],
    ['.google.protobuf.UInt32Value{value: 1u} == 1u', 'true'],
    ['google.protobuf.FloatValue{value: 1.1} == 1.100000023841858', 'true'],
    ["google.protobuf.BytesValue{value: b'abc'} == b'abc'", 'true'],
    ["google.protobuf.BytesValue{value: dyn([97u])} == b'a'", 'true'],
    ["google.protobuf.Struct{fields: {'a': 1}} == {'a': 1.0}", 'true'],
    ["has(google.protobuf.Struct{fields: {'a': null}}.a)", 'true'],
    ["google.protobuf.ListValue{values: [dyn(1), dyn([b'a'])]} == [dyn(1.0), dyn(['YQ=='])]", 'true'],
    ['google.protobuf.ListValue{values: [9007199254740993]} == ["9007199254740993"]', 'true'],
    ['google.protobuf.Value{} == null', 'true'],
    ['google.protobuf.Value{null_value: google.protobuf.NullValue.NULL_VALUE} == null', 'true'],
    ["google.protobuf.Value{struct_value: {'a': true}} == {'a': true}", 'true'],
    ["google.protobuf.Duration{seconds: 5, nanos: 3} == duration('5.000000003s')", 'true'],
    ["string(google.protobuf.Timestamp{seconds: 253402300800}) == '10000-01-01T00:00:00Z'", 'true'],
    ["google.protobuf.Any{type_url: 'a/google.protobuf.Int64Value', value: b'\\x08\\x01'} == 1", 'true'],
    ["google.protobuf.Any{type_url: '/google.protobuf.Value', value: b'\\x1a\\x01a'} == 'a'", 'true'],
    ['google.protobuf.Any{}', 'unsupported conversion to ref.Val: (*dynamicpb.Message)'],
    ['google.protobuf.Empty{} == google.protobuf.Empty{}', 'true'],
    ['type(google.protobuf.Empty{}) == google.protobuf.Empty', 'true'],
    ["google.protobuf.Struct.FieldsEntry{key: 'a', value: 1}.value == 1.0", 'true'],
    ["dyn(google.protobuf.Empty{}).a", "no such field 'a'"],
    ['google.protobuf.Int64Value{?value: optional.of(1)} == 1', 'true'],
    ['google.protobuf.Int64Value{?value: optional.none()} == 0', 'true'],
    [
      'google.protobuf.Int32Value{value: 3000000000}',
      'field type conversion error for google.protobuf.Int32Value.value value type: integer overflow',
    ],
    [
      "google.protobuf.Int64Value{value: dyn('a')}",
      'field type conversion error for google.protobuf.Int64Value.value value type: ' +
        "unsupported native conversion from string to 'int64'",
    ],
    [
      'google.protobuf.Struct{fields: dyn(optional.none())}',
      'unsupported field type for google.protobuf.Struct.fields: optional_type',
    ],
    ['google.protobuf.Struct{fields: dyn(1)}', 'unsupported field type for google.protobuf.Struct.fields: int'],
    ['google.protobuf.Int64Value{value: "a"}', "expected type of field 'value' is 'int' but provided type is 'string'"],
    ['google.protobuf.Int64Value{valu: 1}', "undefined field 'valu'"],
    ['google.protobuf.NullValue{}', "undeclared reference to 'google.protobuf.NullValue' (in container '')"],
    ['google.protobuf.Int64Value', 'program instantiation failed: reference to undefined type: google.protobuf.Int64Value'],
    ['int{}', "'int' is not a message type"],
    ['list{}', "'list' is not a message type"],
    ['null_type{}', 'program instantiation failed: unknown type: null_type'],
    ['kubernetes.Quantity', "undeclared reference to 'kubernetes' (in container '')"],
    ['duration', "undeclared reference to 'duration' (in container '')"],
  ])('%s', (expression, expected) => {
    expect(outcome(expression)).toBe(expected)
  })

  it.each([
    ['duration', 'program instantiation failed: reference to undefined type: duration'],
    ['timestamp{seconds: 1}', "unknown type 'timestamp'"],
    ['null_type{}', "unknown type 'null_type'"],
    ['self{}', "'int' is not a type"],
    ['google.protobuf.Int64Value{value: self} == 1', 'true'],
  ])('where a schema gives types: %s', (expression, expected) => {
    expect(outcome(expression, OF_RULES)).toBe(expected)
  })

  it('cost 40 each, and have the type that they stand for', () => {
    const { program } = ENVIRONMENT.compile('google.protobuf.Int64Value{value: 1}')
    expect(program?.evaluate({}).cost).toBe(40)
    expect(formatType(program?.resultType ?? INT)).toBe('wrapper(int)')
  })

  it('a list that ends with null is one of nulls', () => {
    const { problem } = ENVIRONMENT.compile('[google.protobuf.Int32Value{value: 1}, null][0].a')
    expect(problem?.message).toContain("type 'null' does not support field selection")
  })
})

it('takes bytes as long as a request may be', () => {
  const environment = ENVIRONMENT.extend({ variables: { self: declaredType(STRING) } })
  const { program } = environment.compile("size(google.protobuf.Struct{fields: {'a': bytes(self)}}.a) == 400000")
  expect(program?.evaluate({ self: 'x'.repeat(300_000) }).value).toBe(true)
})

/** `count` times a field 1 of bytes, each what `content` says. */
function repeated(count: number, content: (at: number) => readonly number[]): string {
  const bytes = Array.from({ length: count }, (_, at) => content(at)).flatMap((one) => [10, one.length, ...one])
  return Buffer.from(bytes).toString('base64')
}

it.each([
  ['a list', 'ListValue', repeated(400_000, () => []), 400_000],
  ['a map', 'Struct', repeated(100_000, (at) => [10, 2, 32 + (at % 90), 32 + (Math.floor(at / 90) % 90)]), 8_100],
])('reads %s as long as a request may have it', (_, message, self, size) => {
  const environment = ENVIRONMENT.extend({ variables: { self: { ...declaredType(BYTES), isText: true } } })
  const any = `google.protobuf.Any{type_url: '/google.protobuf.${message}', value: self}`
  const { program, problem } = environment.compile(`size(dyn(${any})) == ${String(size)}`)
  expect(problem?.message).toBeUndefined()
  const startMs = performance.now()
  expect(program?.evaluate({ self }).value).toBe(true)
  expect(performance.now() - startMs).toBeLessThan(10_000)
})
