/**
 * Decoding to the letter, as sigs.k8s.io/json decodes: fields that are there twice are written over one another as Go
 * writes over its variables, each value is judged, in the order of the document.
 */
import { describe, expect, it } from 'vitest'
import { decodeObject } from '../../../src/apimachinery/schema/decode.ts'
import { createSchema } from '../../../src/apimachinery/schema/schema.ts'
import { readToTheLetter } from '../../../src/apimachinery/wire/json.ts'

const structure = {
  V1Thing: 'metadata!:V1Meta spec?:V1Spec data:a schema?:b|V1Part',
  V1Meta: 'name labels:{}s creationTimestamp:t',
  V1Spec: 'count:i replicas?:i paused:b list:[]s parts:[]V1Part byName:{}V1Part cpu!:q at?:t port!:x',
  V1Part: 'name image child?:V1Part inner!:V1Inner',
  V1Inner: 'a b',
}
const schema = createSchema(structure)

const read = (text: string): ReturnType<typeof decodeObject> => decodeObject(schema, 'V1Thing', readToTheLetter(text))
const specOf = (spec: string): unknown => read(`{${spec}}`).object['spec']
const usual = { cpu: '0', port: 0 }
const inner = { inner: {} }

describe('what is there twice', () => {
  it.each<[string, string, object]>([
    ['has both fields of two objects', '"spec":{"count":1},"spec":{"paused":true}', { count: 1, paused: true }],
    ['has the last of two scalars', '"spec":{"count":1,"count":2}', { count: 2 }],
    ['keeps a scalar where null follows', '"spec":{"count":1,"count":null}', { count: 1 }],
    ['loses what a pointer holds where null follows', '"spec":{"replicas":1,"replicas":null}', {}],
    ['loses a list where null follows', '"spec":{"list":["a"],"list":null}', {}],
    ['loses a time where null follows', '"spec":{"at":"2026-01-01T00:00:00Z","at":null}', {}],
    ['keeps a port where null follows', '"spec":{"port":1,"port":null}', { port: 1 }],
    [
      'has the items of a second list written over those of the first',
      '"spec":{"parts":[{"name":"a","image":"x"},{"name":"b"}],"parts":[{"name":"c"}]}',
      { parts: [{ name: 'c', image: 'x', ...inner }] },
    ],
    [
      'remembers what was behind the end of a shorter list',
      '"spec":{"parts":[{"name":"a"},{"image":"y"}],"parts":[{}],"parts":[{},{"name":"b"}]}',
      { parts: [{ name: 'a', ...inner }, { name: 'b', image: 'y', ...inner }] },
    ],
    [
      'begins anew after an empty list',
      '"spec":{"parts":[{"image":"y"}],"parts":[],"parts":[{"name":"b"}]}',
      { parts: [{ name: 'b', ...inner }] },
    ],
    ['keeps an item where null stands for it', '"spec":{"list":["a","b"],"list":[null]}', { list: ['a'] }],
    [
      'has the entries of two maps, and of two of one name the last alone',
      '"spec":{"byName":{"p":{"name":"a","image":"x"},"q":{}},"byName":{"p":{"name":"b"}}}',
      { byName: { p: { name: 'b', ...inner }, q: inner } },
    ],
    [
      'writes over structs that are no pointers, too',
      '"spec":{"parts":[{"inner":{"a":"1"},"inner":{"b":"2"},"inner":null}]}',
      { parts: [{ inner: { a: '1', b: '2' } }] },
    ],
  ])('%s', (_name, text, want) => {
    expect(specOf(text)).toEqual({ ...usual, ...want })
  })

  it('is another thing within what is only kept: there the last counts', () => {
    expect(read('{"data":{"a":{"b":1},"a":{"c":2}}}').object['data']).toEqual({ a: { c: 2 } })
  })
})

describe('of several mistakes', () => {
  it.each([
    [
      'the first is told, although the field is right in the end',
      '{"metadata":{"labels":{"a":[],"a":"b"}},"spec":{"count":"x"}}',
      'json: cannot unmarshal array into Go struct field Meta.metadata.labels of type string',
    ],
    [
      'the first in the document, not of its field',
      '{"spec":{"count":1,"paused":1,"count":"x"}}',
      'json: cannot unmarshal number into Go struct field Spec.spec.paused of type bool',
    ],
    [
      'one of a type that reads itself ends it',
      '{"spec":{"paused":1,"cpu":"x","cpu":"1"}}',
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ],
    [
      'whole numbers are names like all others',
      '{"metadata":{"labels":{"b":1,"1":[]}}}',
      'json: cannot unmarshal number into Go struct field Meta.metadata.labels of type string',
    ],
  ])('%s', (_name, text, message) => {
    expect(() => read(text)).toThrow(message)
  })
})

describe('complaints', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'are in the order of the document, each once',
      '{"zoo":1,"spec":{"foo":1,"count":1,"count":2},"zoo":2,"spec":{"bar":1}}',
      [
        'unknown field "zoo"', 'unknown field "spec.foo"', 'duplicate field "spec.count"', 'duplicate field "spec"',
        'unknown field "spec.bar"',
      ],
    ],
    ['are not made of what an unknown field has inside', '{"zoo":{"a":1,"a":2}}', ['unknown field "zoo"']],
    ['are not made of what is only kept', '{"data":{"a":1,"a":2}}', []],
    ['are not made of what reads itself', '{"schema":{"zoo":1,"name":"a","name":"b"}}', []],
    ['name the entry of a map', '{"spec":{"byName":{"p":{"zoo":1}}}}', ['unknown field "spec.byName.p.zoo"']],
  ])('%s', (_name, text, want) => {
    expect(read(text).complaints).toEqual(want)
  })
})
