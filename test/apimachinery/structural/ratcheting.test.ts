/**
 * What an update leaves as it was is not judged again. From k8s.io/apiextensions-apiserver
 * pkg/apiserver/validation/ratcheting.go and k8s.io/apiserver pkg/cel/common/equality_test.go.
 */
import { describe, expect, it } from 'vitest'
import { formatFieldError } from '../../../src/apimachinery/field-path.ts'
import { CustomResourceSchema } from '../../../src/apimachinery/structural/custom-resource.ts'
import type { JsonSchema } from '../../../src/apimachinery/structural/json-schema.ts'
import { compileStructural } from '../../../src/apimachinery/structural/structural-schema.ts'
import { TOOLS } from './schema-tools.ts'

const short: JsonSchema = { type: 'string', maxLength: 1 }
const named: JsonSchema = { type: 'object', properties: { name: { type: 'string' }, v: short } }
const schema: JsonSchema = {
  type: 'object',
  properties: {
    a: short,
    o: { type: 'object', properties: { x: short, y: short }, maxProperties: 1 },
    list: { type: 'array', items: short },
    set: { type: 'array', items: short, 'x-kubernetes-list-type': 'set' },
    map: {
      type: 'array',
      items: named,
      maxItems: 2,
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
    },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, maxProperties: 1 },
    any: {
      type: 'object',
      properties: { x: { type: 'string' } },
      anyOf: [{ required: ['p'] }, { properties: { x: short } }],
    },
  },
}
const custom = new CustomResourceSchema(compileStructural(schema), TOOLS)
const resource = (rest: object) => ({ apiVersion: 'v1', kind: 'Thing', metadata: {}, ...rest })
const TOO_LONG = 'Too long: may not be more than 1 byte'

function update(previous: object, next: object): string[] {
  return custom.validateValues(resource(next), resource(previous)).map(formatFieldError)
}

describe('ratcheting', () => {
  it.each<[string, object, object, string[]]>([
    ['a value that stays wrong', { a: 'long' }, { a: 'long' }, []],
    ['a value that becomes wrong', { a: 'x' }, { a: 'long' }, [`a: ${TOO_LONG}`]],
    ['a value that changes and stays wrong', { a: 'long' }, { a: 'longer' }, [`a: ${TOO_LONG}`]],
    ['one that is new', {}, { a: 'long' }, [`a: ${TOO_LONG}`]],
    [
      'one beside it that changes',
      { o: { x: 'long' } },
      { o: { x: 'long', y: 'a' } },
      ['o: Too many: 2: must have at most 1 item'],
    ],
    ['an object that stays, keys in another order', { o: { x: 'long', y: '' } }, { o: { y: '', x: 'long' } }, []],
    ['a list that stays', { list: ['long', 'b'] }, { list: ['long', 'b'] }, []],
    ['a list that changes is judged as a whole', { list: ['long'] }, { list: ['long', 'b'] }, [`list[0]: ${TOO_LONG}`]],
    ['so is a set', { set: ['long'] }, { set: ['b', 'long'] }, [`set[1]: ${TOO_LONG}`]],
    [
      'items of a map are found by key',
      { map: [{ name: 'a', v: 'long' }, { name: 'b', v: 'x' }] },
      { map: [{ name: 'b', v: 'more' }, { name: 'a', v: 'long' }] },
      [`map[0].v: ${TOO_LONG}`],
    ],
    [
      'a map in another order is the same',
      { map: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] },
      { map: [{ name: 'c' }, { name: 'a' }, { name: 'b' }] },
      [],
    ],
    [
      'a map that grows is not',
      { map: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] },
      { map: [{ name: 'c' }, { name: 'a' }, { name: 'b' }, { name: 'd' }] },
      ['map: Too many: 4: must have at most 2 items'],
    ],
    ['fields that the schema does not know do not correlate', { free: { x: 1, y: 1 } }, { free: { x: 1, y: 1 } }, [
      'free: Too many: 2: must have at most 1 item',
    ]],
    ['alternatives stay or fall with their value', { any: { x: 'long' } }, { any: { x: 'long' } }, []],
  ])('%s', (_what, previous, next, want) => {
    expect(update(previous, next)).toEqual(want)
  })

  it('holds for the status alone as well', () => {
    const status = new CustomResourceSchema(
      compileStructural({ properties: { spec: short, status: { properties: { a: short, b: short } } } }),
      TOOLS,
    )
    const previous = resource({ spec: 'long', status: { a: 'long' } })
    const next = resource({ spec: 'longer', status: { a: 'long', b: 'long' } })
    expect(status.validateStatusValues(next, previous).map(formatFieldError)).toEqual([`status.b: ${TOO_LONG}`])
    expect(status.validateStatusValues(resource({}), previous)).toEqual([])
  })

  it('lets a status be null where there was none, as if it had been null', () => {
    const status = new CustomResourceSchema(compileStructural({ properties: { status: { type: 'object' } } }), TOOLS)
    expect(status.validateStatusValues(resource({ status: null }), resource({}))).toEqual([])
    expect(status.validateStatusValues(resource({ status: null }), resource({ status: {} }))).toHaveLength(1)
  })

  it('does not judge repeats in lists where the old object had some', () => {
    expect(custom.validateListTypes(resource({ set: ['a', 'a'] }), resource({ set: ['b'] }))).toHaveLength(1)
    expect(custom.validateListTypes(resource({ set: ['a', 'a'] }), resource({ set: ['b', 'b'] }))).toEqual([])
  })
})
