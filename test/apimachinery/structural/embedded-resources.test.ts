/**
 * Embedded resources. From k8s.io/apiextensions-apiserver
 * pkg/apiserver/schema/objectmeta/{algorithm,coerce,validation}_test.go; texts of types are those of Go's
 * encoding/json.
 */
import { describe, expect, it } from 'vitest'
import { formatFieldError } from '../../../src/apimachinery/field-path.ts'
import { CustomResourceSchema } from '../../../src/apimachinery/structural/custom-resource.ts'
import { validateAsResource } from '../../../src/apimachinery/structural/embedded-resources.ts'
import type { JsonSchema } from '../../../src/apimachinery/structural/json-schema.ts'
import { compileStructural } from '../../../src/apimachinery/structural/structural-schema.ts'
import { TOOLS } from './schema-tools.ts'

const embedded: JsonSchema = {
  type: 'object',
  'x-kubernetes-embedded-resource': true,
  'x-kubernetes-preserve-unknown-fields': true,
}
const custom = new CustomResourceSchema(
  compileStructural({
    type: 'object',
    properties: { e: embedded, l: { type: 'array', items: embedded }, m: { additionalProperties: embedded } },
  }),
  TOOLS,
)
const resource = (rest: object) => ({ apiVersion: 'v1', kind: 'Thing', metadata: {}, ...rest })
const pod = (metadata: unknown) => ({ apiVersion: 'v1', kind: 'Pod', metadata })

describe('bringing embedded resources into form', () => {
  it('drops what metadata does not know, and tells where', () => {
    const given = resource({ e: pod({ name: 'x', foo: 1 }), l: [pod({ bar: 1 })], m: { k: pod({ b: { c: 1 } }) } })
    expect(custom.shape(given)).toEqual({
      error: undefined,
      unknownFields: ['e.metadata.foo', 'l[0].metadata.bar', 'm[k].metadata.b'],
    })
    expect(given).toMatchObject({ e: pod({ name: 'x' }), l: [pod({})], m: { k: pod({}) } })
  })

  it.each<[object, string]>([
    [{ e: { apiVersion: 1, kind: 'x' } }, 'e.apiVersion: Invalid value: 1: must be a string'],
    [{ l: [{ apiVersion: 'v1', kind: [] }] }, 'l[0].kind: Invalid value: []: must be a string'],
    [
      { e: pod({ labels: 'x' }) },
      'e.metadata: Invalid value: {"labels":"x"}: json: cannot unmarshal string into Go struct field ObjectMeta.labels of type map[string]string',
    ],
    [
      { e: pod('x') },
      'e.metadata: Invalid value: "x": json: cannot unmarshal string into Go value of type v1.ObjectMeta',
    ],
  ])('refuses what cannot be', (given, want) => {
    const { error } = custom.shape(resource(given))
    expect(error === undefined ? '' : formatFieldError(error)).toBe(want)
  })

  it('drops what cannot be from what comes out of the store', () => {
    const given = resource({ e: { apiVersion: 1, kind: 'x', metadata: { labels: 'x', name: 'y' } } })
    expect(custom.shape(given, { dropsInvalid: true }).error).toBeUndefined()
    expect(given).toEqual(resource({ e: { kind: 'x', metadata: { name: 'y' } } }))
  })

  it('takes a creation timestamp of null for none', () => {
    const given = resource({ e: pod({ name: 'x', creationTimestamp: null }) })
    custom.shape(given)
    expect(given).toMatchObject({ e: { metadata: { name: 'x' } } })
    expect(Object.keys((given as unknown as { e: { metadata: object } }).e.metadata)).toEqual(['name'])
  })
})

describe('judging embedded resources', () => {
  it.each<[object, string[]]>([
    [{}, ['e.apiVersion: Required value', 'e.kind: Required value']],
    [{ apiVersion: '', kind: '' }, [
      'e.apiVersion: Invalid value: "": must not be empty',
      'e.kind: Invalid value: "": must not be empty',
    ]],
    [
      { apiVersion: 'a/b/c', kind: 'Pod' },
      ['e.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c'],
    ],
    [{ apiVersion: 'v1', kind: '%' }, [
      `e.kind: Invalid value: "%": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')`,
    ]],
    [pod({ name: 'a/b' }), [`e.metadata.name: Invalid value: "a/b": may not contain '/'`]],
    [pod({ namespace: 'x', name: 'Any Name' }), []],
    [pod({ generateName: '..' , labels: { a: '!' } }), [
      `e.metadata.labels: Invalid value: "!": a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')`,
    ]],
  ])('%j', (e, want) => {
    expect(custom.validateEmbedded(resource({ e })).map(formatFieldError)).toEqual(want)
  })

  it('judges a resource itself only when asked to', () => {
    const schema = compileStructural({ type: 'object' })
    expect(validateAsResource({}, schema, TOOLS.decodeMetadata).map(formatFieldError)).toEqual([
      'apiVersion: Required value',
      'kind: Required value',
    ])
  })
})
