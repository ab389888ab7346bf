/**
 * Random objects of any kind, from the structure of its type: fields there or not, empty or not, in forms that are
 * not canonical yet. What decoding makes of one is an object as it is stored.
 */
import fc from 'fast-check'
import type { ScalarNode, SchemaNode, StructNode } from '../../../../src/apimachinery/schema/schema.ts'
import { decodeObject } from '../../../../src/apimachinery/schema/decode.ts'
import type { AnyObject } from '../../../../src/apimachinery/meta.ts'
import { RawJson } from '../../../../src/apimachinery/wire/raw/raw-json.ts'
import { schema } from '../../../../src/apis/schema.ts'

/** Types hold themselves (schemas), and objects are large: deeper than this there is nothing. */
const MAX_DEPTH = 9

const texts = fc.oneof(
  fc.constantFrom('', 'a', 'web', 'x'.repeat(60), 'ünïcödé', '𝕌𝕟𝕚', '__proto__', 'constructor', '\u0000', '\uFFFD'),
  fc.string({ maxLength: 8 }),
)
const integers = fc.oneof(fc.constantFrom(0, 1, -1, 127, 128, 300, 2 ** 31 - 1, -(2 ** 31)), fc.integer())
const [YEAR_1, YEAR_9998] = [new Date('0001-01-02T00:00:00Z'), new Date('9998-01-01T00:00:00Z')]
const times = fc.date({ min: YEAR_1, max: YEAR_9998, noInvalidDate: true })

const SCALARS: Readonly<Record<ScalarNode['shape'], fc.Arbitrary<unknown>>> = {
  string: texts,
  int32: integers,
  int64: fc.oneof(integers, fc.maxSafeInteger()),
  double: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
  boolean: fc.boolean(),
  time: times.map((time) => time.toISOString()),
  microTime: times.map((time) => time.toISOString().replace('Z', '123Z')),
  intOrString: fc.oneof(fc.integer(), texts),
  bytes: fc.uint8Array({ maxLength: 9 }).map((bytes) => btoa(String.fromCharCode(...bytes))),
  quantity: fc.constantFrom('0', '1', '500m', '1Gi', '0.5', '1e3', '-3', '1024Ki'),
  raw: fc.constantFrom('{}', '{"b":1.0,"10":[],"9":null}', '{"a":1,"a":"\\u0041"}').map((text) => new RawJson(text)),
  any: fc.constantFrom({}, { description: 'd' }, { type: 'string', maxLength: 3, default: 'x' }),
}

function arbitraryOf(node: SchemaNode, depth: number): fc.Arbitrary<unknown> {
  switch (node.kind) {
    case 'scalar':
      return SCALARS[node.shape]
    case 'list':
      return fc.array(arbitraryOf(node.item, depth + 1), { maxLength: depth > MAX_DEPTH ? 0 : 2 })
    case 'map':
      return fc.dictionary(texts, arbitraryOf(node.value, depth + 1), {
        maxKeys: depth > MAX_DEPTH ? 0 : 2,
        noNullPrototype: true,
      })
    case 'struct':
      return structOf(node, depth)
  }
}

const TYPE_META = ['kind', 'apiVersion']

function structOf(node: StructNode, depth: number): fc.Arbitrary<unknown> {
  if (depth > MAX_DEPTH) return fc.constant({})
  const isObject = node.fields.has('metadata') || node.type === 'V1DeleteOptions'
  // Objects in objects say their type in JSON only.
  const travelling = [...node.fields.values()].filter(({ name }) => !isObject || !TYPE_META.includes(name))
  // Not before they are needed: types hold themselves.
  const fields = Object.fromEntries(
    travelling.map(({ name, node: inner }) => [name, fc.constant(0).chain(() => arbitraryOf(inner, depth + 1))]),
  )
  return fc.record(fields, { requiredKeys: [] }).map((value) => ({ ...value }))
}

/** Objects of a type as they are stored, without their kind and apiVersion. */
export function storedObjects(type: string): fc.Arbitrary<AnyObject> {
  return structOf(schema.structOf(type), 0).map((value) => {
    const { kind: _kind, apiVersion: _apiVersion, ...object } = decodeObject(schema, type, value).object
    return object as AnyObject
  })
}
