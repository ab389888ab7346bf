/** Lists without repeats. From k8s.io/apiextensions-apiserver pkg/apiserver/schema/listtype/validation_test.go. */
import { describe, expect, it } from 'vitest'
import { formatFieldError } from '../../../src/apimachinery/field-path.ts'
import type { JsonSchema } from '../../../src/apimachinery/structural/json-schema.ts'
import { validateListTypes } from '../../../src/apimachinery/structural/list-types.ts'
import { compileStructural } from '../../../src/apimachinery/structural/structural-schema.ts'

const set: JsonSchema = { type: 'array', 'x-kubernetes-list-type': 'set' }
const map = (...keys: string[]): JsonSchema => ({
  type: 'array',
  'x-kubernetes-list-type': 'map',
  'x-kubernetes-list-map-keys': keys,
})

describe('list types', () => {
  it.each<[string, JsonSchema, unknown, string[]]>([
    ['a set without repeats', set, ['a', 'b', 1, '1', null, { a: 1 }, '{"a":1}'], []],
    [
      'a set tells the second of each',
      set,
      ['a', 'b', 'a', 'a', 1, 1],
      ['l[2]: Duplicate value: "a"', 'l[5]: Duplicate value: 1'],
    ],
    ['a set of objects', set, [{ a: 1, b: 2 }, { b: 2, a: 1 }], ['l[1]: Duplicate value: {"a":1,"b":2}']],
    [
      'a map by one key',
      map('name'),
      [{ name: 'a', x: 1 }, { name: 'b' }, { name: 'a' }],
      ['l[2]: Duplicate value: {"name":"a"}'],
    ],
    ['a map with items that lack the key', map('name'), [{}, null, { name: 'a' }], ['l[1]: Duplicate value: {}']],
    [
      'a map by two keys',
      map('b', 'a'),
      [{ a: 1, b: 2 }, { a: 1 }, { b: 2, a: 1, c: 3 }],
      ['l[2]: Duplicate value: {"a":1,"b":2}'],
    ],
    [
      'a map of what are no objects',
      map('name'),
      [{ name: 'a' }, 'x'],
      ['l[1]: Invalid value: "x": must be an object for an array of list-type map'],
    ],
    ['a plain list', { type: 'array' }, ['a', 'a'], []],
    ['items of items', { type: 'array', items: set }, [['a'], ['b', 'b']], ['l[1][1]: Duplicate value: "b"']],
  ])('%s', (_what, list, value, want) => {
    const schema = compileStructural({ properties: { l: list } })
    expect(validateListTypes({ l: value }, schema).map(formatFieldError)).toEqual(want)
  })

  it('are looked for below other fields', () => {
    const schema = compileStructural({ properties: { m: { additionalProperties: set } } })
    expect(validateListTypes({ m: { a: [1, 1] } }, schema).map(formatFieldError)).toEqual([
      'm[a][1]: Duplicate value: 1',
    ])
  })
})
