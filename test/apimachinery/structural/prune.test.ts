/** Pruning. The cases are those of k8s.io/apiextensions-apiserver pkg/apiserver/schema/pruning/algorithm_test.go. */
import { describe, expect, it } from 'vitest'
import type { JsonSchema } from '../../../src/apimachinery/structural/json-schema.ts'
import { prune, pruneResource } from '../../../src/apimachinery/structural/prune.ts'
import { compileStructural } from '../../../src/apimachinery/structural/structural-schema.ts'

const object = (properties: Record<string, JsonSchema>, rest: JsonSchema = {}): JsonSchema => ({
  type: 'object',
  properties,
  ...rest,
})
const keep: JsonSchema = { 'x-kubernetes-preserve-unknown-fields': true }
const text: JsonSchema = { type: 'string' }

describe('pruning', () => {
  it.each<[string, JsonSchema, object, object, string[]]>([
    ['removes everything without properties', { type: 'object' }, { a: 1, b: { c: 1 } }, {}, ['a', 'b']],
    ['keeps scalars of any type', object({ a: text }), { a: 1 }, { a: 1 }, []],
    [
      'goes into objects and lists',
      object({ a: object({ b: text }), l: { type: 'array', items: object({ x: text }) } }),
      { a: { b: '', c: 1 }, l: [{ x: '' }, { y: 1, x: '' }], z: [] },
      { a: { b: '' }, l: [{ x: '' }, { x: '' }] },
      ['a.c', 'l[1].y', 'z'],
    ],
    [
      'empties objects in lists without items',
      object({ l: { type: 'array' } }),
      { l: [{ a: 1 }, [{ b: 2 }]] },
      { l: [{}, [{}]] },
      ['l[0].a', 'l[1][0].b'],
    ],
    [
      'goes into other fields',
      object({ m: { type: 'object', additionalProperties: object({ x: text }) } }),
      { m: { one: { x: '', y: 1 } } },
      { m: { one: { x: '' } } },
      ['m.one.y'],
    ],
    [
      'empties objects under additionalProperties that are a boolean',
      object({ m: { type: 'object', additionalProperties: true } }),
      { m: { one: { x: '' }, two: 2 } },
      { m: { one: {}, two: 2 } },
      ['m.one.x'],
    ],
    [
      'stops where unknown fields are preserved, and goes on in what is specified there',
      object({ a: object({ b: object({ c: text }) }, keep) }),
      { a: { b: { c: '', d: 1 }, e: { f: 1 } } },
      { a: { b: { c: '' }, e: { f: 1 } } },
      ['a.b.d'],
    ],
    [
      'preserves below lists whose items are preserved',
      object({ l: { type: 'array', items: object({ x: object({}) }, keep) } }),
      { l: [{ x: { y: 1 }, z: { u: 1 } }] },
      { l: [{ x: {}, z: { u: 1 } }] },
      ['l[0].x.y'],
    ],
    [
      'leaves type and metadata of embedded resources alone',
      object({ e: object({ spec: object({}) }, { 'x-kubernetes-embedded-resource': true }) }),
      { e: { apiVersion: 'v1', kind: 'Pod', metadata: { foo: 1 }, spec: { a: 1 }, other: 1 } },
      { e: { apiVersion: 'v1', kind: 'Pod', metadata: { foo: 1 }, spec: {} } },
      ['e.other', 'e.spec.a'],
    ],
    [
      'removes metadata that is not specified of what is no resource',
      object({ e: object({}) }),
      { e: { metadata: {}, kind: 'x' } },
      { e: {} },
      ['e.kind', 'e.metadata'],
    ],
  ])('%s', (_what, schema, value, pruned, unknown) => {
    const resource = { apiVersion: 'v1', kind: 'Thing', metadata: { name: 'x', unknown: 1 }, ...value }
    expect(pruneResource(resource, compileStructural(schema))).toEqual(unknown)
    expect(resource).toEqual({ apiVersion: 'v1', kind: 'Thing', metadata: { name: 'x', unknown: 1 }, ...pruned })
  })

  it('does not take a value inside of a resource for one', () => {
    const value = { kind: 'x', metadata: {}, a: 1 }
    expect(prune(value, compileStructural({ type: 'object' }))).toEqual(['a'])
    expect(value).toEqual({})
  })

  it('knows fields that have names of JavaScript', () => {
    const schema = compileStructural(object({ a: text }))
    const resource = JSON.parse('{"__proto__":{"x":1},"constructor":1,"a":"b"}') as Record<string, unknown>
    expect(pruneResource(resource, schema)).toEqual(['__proto__', 'constructor'])
    expect(Object.keys(resource)).toEqual(['a'])
  })
})
