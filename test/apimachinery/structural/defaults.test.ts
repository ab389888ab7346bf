/**
 * Defaults. The cases are those of k8s.io/apiextensions-apiserver
 * pkg/apiserver/schema/defaulting/{algorithm,prunenulls}_test.go.
 */
import { describe, expect, it } from 'vitest'
import { CustomResourceSchema } from '../../../src/apimachinery/structural/custom-resource.ts'
import { fillDefaults, pruneNulls } from '../../../src/apimachinery/structural/defaults.ts'
import type { JsonSchema } from '../../../src/apimachinery/structural/json-schema.ts'
import { compileStructural } from '../../../src/apimachinery/structural/structural-schema.ts'
import { TOOLS } from './schema-tools.ts'

const object = (properties: Record<string, JsonSchema>, rest: JsonSchema = {}): JsonSchema => ({
  type: 'object',
  properties,
  ...rest,
})

describe('defaults', () => {
  it.each<[string, JsonSchema, object, object]>([
    ['fill what is not there', object({ a: { default: 'A' } }), {}, { a: 'A' }],
    [
      'keep what is there, empty or not',
      object({ a: { default: 'A' }, b: { default: 1 } }),
      { a: '', b: 0 },
      { a: '', b: 0 },
    ],
    ['do not make the object that they are in', object({ a: object({ b: { default: 1 } }) }), {}, {}],
    ['go into an object that is there', object({ a: object({ b: { default: 1 } }) }), { a: {} }, { a: { b: 1 } }],
    ['go into a default', object({ a: object({ b: { default: 1 } }, { default: {} }) }), {}, { a: { b: 1 } }],
    [
      'go into items',
      object({ l: { type: 'array', items: object({ a: { default: 'A' } }) } }),
      { l: [{}, { a: 'B' }, 3] },
      { l: [{ a: 'A' }, { a: 'B' }, 3] },
    ],
    [
      'go into other fields',
      object({ m: { type: 'object', additionalProperties: object({ a: { default: 'A' } }) } }),
      { m: { x: {}, y: { a: 'B' } } },
      { m: { x: { a: 'A' }, y: { a: 'B' } } },
    ],
    ['replace a null that may not be', object({ a: { default: 'A' } }), { a: null }, { a: 'A' }],
    ['leave a null that may be', object({ a: { default: 'A', nullable: true } }), { a: null }, { a: null }],
    [
      'replace nulls of items and of other fields',
      object({ l: { items: { default: 1 } }, m: { additionalProperties: { default: 2 } } }),
      { l: [null, 3], m: { a: null } },
      { l: [1, 3], m: { a: 2 } },
    ],
  ])('%s', (_what, schema, value, want) => {
    const compiled = compileStructural(schema)
    fillDefaults(value, compiled)
    expect(value).toEqual(want)
    fillDefaults(value, compiled)
    expect(value).toEqual(want)
  })

  it('are copied for each object', () => {
    const schema = compileStructural(object({ a: { default: { list: [] } } }))
    const [one, other] = [{} as { a?: { list: number[] } }, {} as { a?: { list: number[] } }]
    fillDefaults(one, schema)
    fillDefaults(other, schema)
    one.a?.list.push(1)
    expect(other).toEqual({ a: { list: [] } })
  })

  it('are pruned as resources are before they are used', () => {
    const schema = compileStructural(
      object({
        a: object({ b: { type: 'string' } }, { default: { b: 'x', unknown: 1 } }),
        e: object(
          {},
          {
            'x-kubernetes-embedded-resource': true,
            'x-kubernetes-preserve-unknown-fields': true,
            default: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x', foo: 1, labels: 3 }, x: 1 },
          },
        ),
      }),
    )
    const resource = { apiVersion: 'v1', kind: 'Thing', metadata: {} }
    new CustomResourceSchema(schema, TOOLS).fillDefaults(resource)
    expect(resource).toEqual({
      apiVersion: 'v1',
      kind: 'Thing',
      metadata: {},
      a: { b: 'x' },
      e: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' }, x: 1 },
    })
  })
})

describe('nulls', () => {
  it.each<[string, JsonSchema, object, object]>([
    ['go where they may not be and have no default', object({ a: {} }), { a: null }, {}],
    ['stay where they may be', object({ a: { nullable: true } }), { a: null }, { a: null }],
    ['stay for the default', object({ a: { default: 1 } }), { a: null }, { a: null }],
    [
      'stay where the schema knows nothing',
      object({}, { 'x-kubernetes-preserve-unknown-fields': true }),
      { a: null },
      { a: null },
    ],
    ['of other fields go', { additionalProperties: {} }, { a: null, b: 1 }, { b: 1 }],
    [
      'of items stay, those inside of items go',
      object({ l: { items: object({ a: {} }) } }),
      { l: [null, { a: null }] },
      { l: [null, {}] },
    ],
  ])('%s', (_what, schema, value, want) => {
    pruneNulls(value, compileStructural(schema))
    expect(value).toEqual(want)
  })
})
