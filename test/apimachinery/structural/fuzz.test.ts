/**
 * Random schemas and random objects: nothing throws, pruning and defaulting have nothing left to do the second time,
 * and an object that was accepted is still accepted, unchanged, after it has been through its text.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CustomResourceSchema } from '../../../src/apimachinery/structural/custom-resource.ts'
import type { JsonSchema } from '../../../src/apimachinery/structural/json-schema.ts'
import { compileStructural } from '../../../src/apimachinery/structural/structural-schema.ts'
import { TOOLS } from './schema-tools.ts'

const NAMES = ['a', 'b', 'c', 'd', '__proto__', 'constructor']
const name = fc.constantFrom(...NAMES)
const scalar = fc.oneof(
  fc.constant(null), fc.boolean(), fc.integer({ min: -3, max: 9 }), fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom('', 'x', 'abc', '2024-01-01', '1.2.3.4', '😀'),
)

const { json } = fc.letrec<{ json: unknown }>((tie) => ({
  json: fc.oneof(
    { maxDepth: 4 },
    { weight: 3, arbitrary: scalar },
    { weight: 2, arbitrary: fc.dictionary(name, tie('json'), { maxKeys: 4 }) },
    { weight: 1, arbitrary: fc.array(tie('json'), { maxLength: 3 }) },
  ),
}))

const flags = {
  type: fc.constantFrom('object', 'object', 'array', 'string', 'integer', 'number', 'boolean'),
  // A null inside of a default goes the next time that the object is read.
  default: json.map((value) => JSON.parse(JSON.stringify(value).replaceAll('null', '0')) as unknown),
  nullable: fc.boolean(),
  required: fc.array(name, { maxLength: 2 }),
  enum: fc.array(json, { maxLength: 3 }),
  format: fc.constantFrom('int32', 'date', 'ipv4', 'nonsense'),
  maximum: fc.integer(),
  multipleOf: fc.constantFrom(2, 0.5, 0, -1),
  maxLength: fc.integer({ min: 0, max: 3 }),
  pattern: fc.constantFrom('^a', 'x*'),
  maxProperties: fc.integer({ min: 0, max: 3 }),
  uniqueItems: fc.boolean(),
  'x-kubernetes-preserve-unknown-fields': fc.constant(true),
  'x-kubernetes-embedded-resource': fc.constant(true),
  'x-kubernetes-int-or-string': fc.constant(true),
  'x-kubernetes-list-type': fc.constantFrom('set', 'map', 'atomic'),
  'x-kubernetes-list-map-keys': fc.array(name, { minLength: 1, maxLength: 2 }),
}

/** A schema of which others are part, `depth` levels of them. */
function schemaOf(depth: number): fc.Arbitrary<JsonSchema> {
  if (depth === 0) return fc.record(flags, { requiredKeys: [] }).map((made) => made as JsonSchema)
  const inner = schemaOf(depth - 1)
  const parts = {
    properties: fc.dictionary(name, inner, { maxKeys: 3 }),
    items: inner,
    additionalProperties: fc.oneof(fc.boolean(), inner),
    allOf: fc.array(inner, { maxLength: 1 }),
    anyOf: fc.array(inner, { maxLength: 2 }),
    not: inner,
  }
  return fc.record({ ...flags, ...parts }, { requiredKeys: [] }).map((made) => structural(made as JsonSchema))
}

/** Other fields of an embedded resource, and of the resource itself, are refused when the definition is. */
function structural(made: JsonSchema): JsonSchema {
  const { additionalProperties: _refused, ...rest } = made
  return made['x-kubernetes-embedded-resource'] === true ? rest : made
}

const schema = schemaOf(2)

const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T

const sample = fc.tuple(schema, fc.dictionary(name, json, { maxKeys: 5 })).map(([made, fields]) => {
  const root = { ...made, type: 'object', additionalProperties: undefined }
  const custom = new CustomResourceSchema(compileStructural(copy(root)), TOOLS)
  const resource = copy({ ...fields, apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'x' } })
  return { custom, resource }
})

describe('random schemas and objects', () => {
  it('shaping and defaulting have nothing left to do the second time', () => {
    fc.assert(
      fc.property(sample, ({ custom, resource }) => {
        const { error } = custom.shape(resource)
        if (error !== undefined) return
        custom.fillDefaults(resource)
        const once = JSON.stringify(resource)
        expect(custom.shape(resource).unknownFields).toEqual([])
        custom.fillDefaults(resource)
        expect(JSON.stringify(resource)).toBe(once)
      }),
      { numRuns: 400 },
    )
  })

  it('validation never throws, and judges a text as it judged the object', () => {
    fc.assert(
      fc.property(sample, json, ({ custom, resource }, other) => {
        const judge = (subject: Parameters<typeof custom.validateValues>[0]): unknown => [
          custom.validateValues(subject), custom.validateEmbedded(subject), custom.validateListTypes(subject),
        ]
        expect(judge(copy(resource))).toEqual(judge(resource))
        const previous = copy({ ...resource, a: other })
        const all = custom.validateValues(resource)
        expect(all).toEqual(expect.arrayContaining(custom.validateValues(resource, previous)))
        custom.validateStatusValues(resource, previous)
        custom.validateListTypes(resource, previous)
      }),
      { numRuns: 400 },
    )
  })
})
