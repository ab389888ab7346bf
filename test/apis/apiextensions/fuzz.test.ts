/**
 * Random definitions: their validation never throws; a schema that it accepts can be compiled and used; and what is
 * accepted once is accepted as an update of itself.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeObject } from '../../../src/apimachinery/schema/decode.ts'
import { CustomResourceSchema } from '../../../src/apimachinery/structural/custom-resource.ts'
import { compileStructural } from '../../../src/apimachinery/structural/structural-schema.ts'
import { SCHEMA_TOOLS } from '../../../src/apis/apiextensions/schema-tools.ts'
import { ruleJudge } from '../../../src/apis/apiextensions/rules/judge.ts'
import { validateRules } from '../../../src/apis/apiextensions/rules/validate-rules.ts'
import {
  validateDefinition, validateDefinitionUpdate,
} from '../../../src/apis/apiextensions/validation/definition.ts'
import type { V1CustomResourceDefinition } from '../../../src/apis/generated/types.ts'
import { schema as builtIn } from '../../../src/apis/schema.ts'

const CONTEXT = { tools: SCHEMA_TOOLS, rules: ruleJudge }
const name = fc.constantFrom('a', 'b', 'metadata', 'kind', '__proto__', 'a-b')
const scalar = fc.constantFrom<unknown>(null, true, 0, 1.5, -1, '', 'x', [], {}, { a: 1 }, [null])
const rule = fc.record(
  {
    rule: fc.constantFrom('true', 'self > 1', 'self.a == oldSelf.a', 'has(self.a)', 'self', '(', ' ',
      'self.all(x, x > 0)'),
    message: fc.constantFrom('', 'm', 'a\nb'),
    messageExpression: fc.constantFrom('', `'x'`, 'self', '('),
    fieldPath: fc.constantFrom('', '.a', `['a']`, '.', 'a'),
    reason: fc.constantFrom('FieldValueInvalid', 'x'),
    optionalOldSelf: fc.boolean(),
  },
  { requiredKeys: ['rule'] },
)

const number = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constantFrom(0, 0.5, 1e300, -1e-9))

const FLAGS = {
  type: fc.constantFrom('object', 'array', 'string', 'integer', 'number', 'boolean', 'null', 'x', ''),
  format: fc.constantFrom('date-time', 'int32', 'byte', 'x'),
  default: scalar,
  enum: fc.array(scalar, { maxLength: 2 }),
  nullable: fc.boolean(),
  required: fc.array(name, { maxLength: 2 }),
  pattern: fc.constantFrom('^a', '(', 'a**'),
  maxLength: fc.integer({ min: -1, max: 9 }),
  minLength: fc.integer({ min: -1, max: 9 }),
  maxItems: fc.integer({ min: -1, max: 9 }),
  minItems: fc.integer({ min: -1, max: 9 }),
  maxProperties: fc.integer({ min: -1, max: 9 }),
  minProperties: fc.integer({ min: -1, max: 9 }),
  minimum: number,
  maximum: number,
  multipleOf: number,
  exclusiveMinimum: fc.boolean(),
  exclusiveMaximum: fc.boolean(),
  title: fc.constantFrom('', 't'),
  id: fc.constantFrom('', 'x'),
  $ref: fc.constantFrom('', '#/a'),
  example: scalar,
  externalDocs: fc.constantFrom({}, { url: 'u' }),
  additionalItems: fc.boolean(),
  uniqueItems: fc.boolean(),
  description: fc.constantFrom('', 'd'),
  'x-kubernetes-preserve-unknown-fields': fc.boolean(),
  'x-kubernetes-embedded-resource': fc.boolean(),
  'x-kubernetes-int-or-string': fc.boolean(),
  'x-kubernetes-list-type': fc.constantFrom('set', 'map', 'atomic', 'x'),
  'x-kubernetes-list-map-keys': fc.array(name, { maxLength: 2 }),
  'x-kubernetes-map-type': fc.constantFrom('atomic', 'granular', 'x'),
  'x-kubernetes-validations': fc.array(rule, { maxLength: 2 }),
}

function schemaOf(depth: number): fc.Arbitrary<Record<string, unknown>> {
  if (depth === 0) return fc.record(FLAGS, { requiredKeys: [] })
  const inner = schemaOf(depth - 1)
  return fc.record(
    {
      ...FLAGS,
      properties: fc.dictionary(name, inner, { maxKeys: 3 }),
      items: fc.oneof(inner, fc.array(inner, { maxLength: 1 })),
      additionalProperties: fc.oneof(fc.boolean(), inner),
      allOf: fc.array(inner, { maxLength: 1 }),
      anyOf: fc.array(inner, { maxLength: 1 }),
      oneOf: fc.array(inner, { maxLength: 2 }),
      definitions: fc.dictionary(name, inner, { maxKeys: 1 }),
      not: inner,
      patternProperties: fc.dictionary(name, inner, { maxKeys: 1 }),
      dependencies: fc.dictionary(name, inner, { maxKeys: 1 }),
    },
    { requiredKeys: [] },
  )
}

/** Right more often than not, so that what comes after the first checks is reached as well. */
const usually = (schema: fc.Arbitrary<Record<string, unknown>>): fc.Arbitrary<Record<string, unknown>> =>
  fc.oneof(
    schema,
    fc.dictionary(fc.constantFrom('a', 'b'), schema,
      { maxKeys: 2 }).map((properties) => ({ type: 'object', properties })),
  )

const definitions = fc.array(usually(schemaOf(2)), { minLength: 1, maxLength: 2 }).map((schemas) => {
  const versions = schemas.map((openAPIV3Schema, index) => ({
    name: `v${String(index + 1)}`, served: true, storage: index === 0, schema: { openAPIV3Schema },
    selectableFields: [{ jsonPath: '.a' }],
    subresources: { status: {}, scale: { specReplicasPath: '.spec.a', statusReplicasPath: '.a' } },
  }))
  const object = {
    metadata: { name: 'things.example.com', resourceVersion: '1' },
    spec: {
      group: 'example.com', scope: 'Cluster', versions,
      names: { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' },
    },
    status: { storedVersions: ['v1'] },
  }
  const text = JSON.stringify(object)
  return decodeObject(builtIn, 'V1CustomResourceDefinition',
    JSON.parse(text)).object as unknown as V1CustomResourceDefinition
})

describe('random definitions', () => {
  it('are judged without an exception, and stay what they are', () => {
    fc.assert(
      fc.property(definitions, definitions, (definition, other) => {
        const text = JSON.stringify(definition)
        const errors = validateDefinition(definition, CONTEXT)
        validateDefinitionUpdate(definition, other, CONTEXT)
        expect(JSON.stringify(definition)).toBe(text)
        if (errors.length === 0) expect(validateDefinitionUpdate(definition, definition, CONTEXT)).toEqual([])
      }),
      { numRuns: 400 },
    )
  })

  it('have schemas that judge any object without an exception', () => {
    fc.assert(
      fc.property(definitions, fc.dictionary(name, fc.oneof(scalar, fc.dictionary(name, scalar))),
        (definition, fields) => {
        for (const { schema } of definition.spec.versions) {
          const custom = new CustomResourceSchema(compileStructural(schema?.openAPIV3Schema ?? {}), SCHEMA_TOOLS)
          const resource = { ...fields, apiVersion: 'example.com/v1', kind: 'Thing', metadata: { name: 'x' } }
          if (validateDefinition(definition, CONTEXT).length > 0) return
          custom.shape(resource)
          custom.fillDefaults(resource)
          custom.validateValues(resource)
          validateRules(resource, custom.schema, { isResource: true, old: resource, ratchets: true })
        }
      }),
      { numRuns: 400 },
    )
  })
})
