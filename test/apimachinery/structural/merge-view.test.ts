/** How custom resources merge. From kube-openapi pkg/schemaconv/openapi.go, which reads the published document. */
import { describe, expect, it } from 'vitest'
import { DEDUCED, UNTYPED_ATOMIC, childNode, type MergeNode } from '../../../src/apimachinery/apply/merge-schema.ts'
import type { JsonSchema } from '../../../src/apimachinery/structural/json-schema.ts'
import { mergeSchemaOf } from '../../../src/apimachinery/structural/merge-view.ts'
import { compileStructural } from '../../../src/apimachinery/structural/structural-schema.ts'

const METADATA: MergeNode = { kind: 'map', isAtomic: false, fields: new Map(), value: undefined }

/** Of the field `f`. */
function nodeOf(schema: JsonSchema): MergeNode {
  return childNode(mergeSchemaOf(compileStructural({ type: 'object', properties: { f: schema } }), METADATA), 'f')
}

const text: JsonSchema = { type: 'string' }

describe('merging custom resources', () => {
  it('knows type and metadata of the resource, and of embedded ones', () => {
    const root = mergeSchemaOf(compileStructural({ type: 'object' }), METADATA)
    expect(childNode(root, 'metadata')).toBe(METADATA)
    expect(childNode(root, 'kind')).toEqual({ kind: 'scalar', scalar: 'string' })
    expect(root.value).toBeUndefined()
    const embedded = nodeOf({ type: 'object', 'x-kubernetes-embedded-resource': true, properties: { spec: text } })
    expect(embedded.kind === 'map' && childNode(embedded, 'metadata')).toBe(METADATA)
  })

  it.each<[JsonSchema, string]>([
    [text, 'string'],
    [{ type: 'string', format: 'byte' }, 'string'],
    [{ type: 'string', format: 'date-time' }, 'untyped'],
    [{ type: 'integer' }, 'numeric'],
    [{ type: 'number' }, 'numeric'],
    [{ type: 'boolean' }, 'boolean'],
  ])('%j is a scalar: %s', (schema, scalar) => {
    expect(nodeOf(schema)).toEqual({ kind: 'scalar', scalar })
  })

  it.each<[string, JsonSchema, object]>([
    ['a plain list', {}, { relation: 'atomic', keys: [] }],
    ['an atomic list', { 'x-kubernetes-list-type': 'atomic' }, { relation: 'atomic' }],
    ['a set', { 'x-kubernetes-list-type': 'set' }, { relation: 'set', keys: [] }],
    [
      'a map',
      { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['a', 'b'] },
      { relation: 'map', keys: ['a', 'b'] },
    ],
  ])('%s', (_what, extensions, want) => {
    expect(nodeOf({ type: 'array', items: text, ...extensions })).toMatchObject({
      kind: 'list',
      item: { kind: 'scalar', scalar: 'string' },
      ...want,
    })
  })

  it('tells the defaults of what can be keys', () => {
    const item: JsonSchema = {
      type: 'object',
      properties: { p: { type: 'string', default: 'TCP' }, o: { default: {} } },
    }
    const list = nodeOf({ type: 'array', items: item })
    const fields = list.kind === 'list' && list.item.kind === 'map' ? list.item.fields : undefined
    expect(fields?.get('p')?.keyDefault).toBe('TCP')
    expect(fields?.get('o')?.keyDefault).toBeUndefined()
  })

  it.each<[string, JsonSchema, object]>([
    ['of declared fields only', { properties: { a: text } }, { isAtomic: false, value: undefined }],
    ['without fields is free', {}, { value: DEDUCED }],
    ['of others', { additionalProperties: text }, { value: { kind: 'scalar', scalar: 'string' } }],
    ['of any others', { additionalProperties: true }, { value: DEDUCED }],
    ['that is atomic', { properties: { a: text }, 'x-kubernetes-map-type': 'atomic' }, { isAtomic: true }],
    [
      'that keeps what it does not know',
      { properties: { a: text }, 'x-kubernetes-preserve-unknown-fields': true },
      { value: DEDUCED },
    ],
  ])('an object %s', (_what, schema, want) => {
    expect(nodeOf({ type: 'object', ...schema })).toMatchObject({ kind: 'map', ...want })
  })

  it('keeps unknown fields below where they are kept', () => {
    const outer = nodeOf({
      type: 'object',
      'x-kubernetes-preserve-unknown-fields': true,
      properties: { inner: { type: 'object', properties: { a: text } } },
    })
    expect(outer.kind === 'map' && childNode(outer, 'inner')).toMatchObject({ value: DEDUCED })
  })

  it('takes int-or-string, and what has no type, as the value is', () => {
    for (const extension of ['x-kubernetes-int-or-string', 'x-kubernetes-preserve-unknown-fields']) {
      expect(nodeOf({ [extension]: true })).toMatchObject({
        kind: 'any',
        scalar: { kind: 'scalar', scalar: 'untyped' },
        list: { kind: 'list', relation: 'atomic', item: UNTYPED_ATOMIC },
        map: { kind: 'map', isAtomic: false, value: DEDUCED },
      })
    }
  })
})
