/**
 * Validation of CustomResourceDefinitions: their schemas. Texts and paths from k8s.io/apiextensions-apiserver
 * pkg/apis/apiextensions/validation/validation.go, cases from its validation_test.go. A definition with one version is
 * judged in upstream's internal form: what all versions share stands at the top
 * (pkg/apis/apiextensions/v1/conversion.go).
 */
import { describe, expect, it } from 'vitest'
import { decodeObject } from '../../../src/apimachinery/schema/decode.ts'
import { inFieldOrder } from '../../../src/apimachinery/schema/field-order.ts'
import { printJson } from '../../../src/apimachinery/wire/print-json.ts'
import type { JsonSchema } from '../../../src/apimachinery/structural/json-schema.ts'
import type { V1CustomResourceDefinition } from '../../../src/apis/generated/types.ts'
import { schema } from '../../../src/apis/schema.ts'
import { ROOT, create, definition, properties, version, withSchema } from './definitions.ts'

/** What a definition of these versions says of the first, of which none is where objects are stored. */
function firstShown(...versions: readonly object[]): unknown {
  const text = create(definition({ versions })).find((error) => error.includes('exactly one version')) ?? ''
  return (JSON.parse(text.slice(text.indexOf('['), text.lastIndexOf(']') + 1)) as unknown[])[0]
}

const columns = [{ name: 'a', type: 'string', jsonPath: '.a' }]
const STRINGS: JsonSchema = { type: 'array', items: { type: 'string' } }

describe('a schema in an error', () => {
  it('shows lists of columns and of selectable fields as they were given', () => {
    const empty = { additionalPrinterColumns: [], selectableFields: [] }
    expect(firstShown(version('v1', empty), version('v2', { additionalPrinterColumns: columns }))).toMatchObject({
      AdditionalPrinterColumns: [], SelectableFields: null,
    })
    expect(firstShown(version('v1', empty), version('v2', { selectableFields: [{ jsonPath: '.a' }] }))).toMatchObject({
      AdditionalPrinterColumns: null, SelectableFields: [],
    })
    expect(firstShown(version('v1'), version('v2', { additionalPrinterColumns: columns }))).toMatchObject({
      AdditionalPrinterColumns: null,
    })
  })

  it('shows defaults as they were judged', () => {
    const given = { apiVersion: 'v1', kind: 'A', metadata: { name: 'a', labels: null } }
    const open: JsonSchema = {
      type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true,
    }
    const spec = { ...open, default: given }
    const judged = version('v1', { schema: { openAPIV3Schema: properties({ spec }) } })
    expect(firstShown(judged, version('v2'))).toMatchObject({
      Schema: { OpenAPIV3Schema: { Properties: { spec: { Default: { metadata: { name: 'a' } } } } } },
    })
    const closed: JsonSchema = { type: 'object', 'x-kubernetes-embedded-resource': true, properties: { b: STRINGS } }
    const unpruned = { apiVersion: 'v1', kind: 'A', metadata: null, z: 1 }
    expect(create(withSchema(properties({ a: { ...closed, default: unpruned } })))).toEqual([
      `${ROOT}.properties[a].default: Invalid value: {"apiVersion":"v1","kind":"A","metadata":{},"z":1}: ` +
      'must not have unknown fields',
    ])
  })

  it('is that of all versions that have it, with defaults as they were judged', () => {
    const embedded: JsonSchema = {
      type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true,
    }
    const own = (name: string): object => {
      const spec = { ...embedded, default: { apiVersion: 'v1', kind: 'A', metadata: { name: 'a', unknown: 1 } } }
      return version(name, { storage: name === 'v1', schema: { openAPIV3Schema: properties({ spec }) } })
    }
    const judged = definition({ versions: [own('v1'), own('v2')] })
    expect(create(judged)).toEqual([])
    const defaults = judged.spec.versions.map((one) => one.schema?.openAPIV3Schema?.properties?.['spec']?.default)
    const expected = { apiVersion: 'v1', kind: 'A', metadata: { name: 'a' } }
    expect(defaults).toEqual([expected, expected])
  })

  it('has its properties in the order of bytes', () => {
    const a = properties({ 9: {}, 10: {}, b: {}, '': {} })
    const [text = ''] = create(withSchema({ ...properties({ a }), minProperties: 1 }, { subresources: { status: {} } }))
    const places = ['"":{', '"10":{', '"9":{', '"b":{'].map((name) => text.indexOf(name))
    expect(places).toEqual(places.toSorted((one, other) => one - other))
    expect(places).not.toContain(-1)
  })

  it.each<[string, JsonSchema, JsonSchema, boolean]>([
    ['a default that is empty', { ...STRINGS, default: [] }, STRINGS, false],
    ['what is empty in a default', { type: 'object', default: { a: [] } }, { type: 'object', default: {} }, false],
    ['an example that is empty', { ...STRINGS, example: [] }, STRINGS, false],
    ['values to choose from', { ...STRINGS, enum: [[]] }, { ...STRINGS, enum: [null] }, false],
    ['nothing to choose from', { ...STRINGS, enum: [] }, STRINGS, true],
    ['nothing that is required', { type: 'object', required: [] }, { type: 'object' }, true],
    ['names in another order', { type: 'object', default: { a: 1, b: 2 } },
      { type: 'object', default: { b: 2, a: 1 } }, true],
    ['a property called default', properties({ default: STRINGS }), properties({ default: STRINGS }), true],
  ])('stands with all versions that have it: %s', (_name, one, other, isSame) => {
    const wrong: JsonSchema = { type: 'foo' }
    const [first, second] = [one, other].map((a) => ({ openAPIV3Schema: properties({ a, wrong }) }))
    const versions = [version('v1', { storage: true, schema: first }), version('v2', { schema: second })]
    const errors = create(definition({ versions })).filter((error) => error.includes('[wrong]'))
    const places = errors.map((error) => error.split('.openAPIV3Schema')[0])
    const own = ['spec.versions[0].schema', 'spec.versions[1].schema']
    expect(places).toEqual(isSame ? ['spec.validation'] : own)
  })

  it('shows what was given empty, and what depends on what', () => {
    const a: JsonSchema = { type: 'object', required: [], properties: {}, dependencies: { b: ['c'], d: {} } }
    const [text = ''] = create(withSchema({ ...properties({ a }), minProperties: 1 }, { subresources: { status: {} } }))
    const shown = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1)) as { Properties: { a: object } }
    expect(shown.Properties.a).toMatchObject({
      Required: [], Properties: {}, Enum: null,
      Dependencies: { b: { Schema: null, Property: ['c'] }, d: { Schema: { Type: '' }, Property: null } },
    })
  })
})

it('has values of any type, in a list that has a name', () => {
  const spec = { versions: [{ schema: { openAPIV3Schema: { enum: 1 } } }] }
  expect(() => decodeObject(schema, 'V1CustomResourceDefinition', { spec })).toThrow(
    'json: cannot unmarshal number into Go struct field ' +
      'JSONSchemaProps.spec.versions.schema.openAPIV3Schema.enum of type []v1.JSON')
})

it('has its values printed with their keys in order, however deep they are', () => {
  const openAPIV3Schema = { default: [{ b: { d: 1, c: 2 }, a: 3 }], enum: [{ y: 1, x: 2 }] }
  const spec = { versions: [{ schema: { openAPIV3Schema } }] }
  const { object } = decodeObject(schema, 'V1CustomResourceDefinition', { spec })
  const printed = printJson(inFieldOrder(schema.structOf('V1CustomResourceDefinition'), object))
  expect(printed).toContain('"default":[{"a":3,"b":{"c":2,"d":1}}],"enum":[{"x":2,"y":1}]')
})

// pkg/apis/apiextensions/v1/marshal.go, JSONSchemaPropsOrArray
it.each([
  [[], undefined], ['10%', undefined], [5, undefined], [null, undefined], [{}, {}], [[null], [{}]],
])('has items that are a schema, or a list of some: %j', (items, want) => {
  const spec = { versions: [{ schema: { openAPIV3Schema: { items } } }] }
  const { object } = decodeObject(schema, 'V1CustomResourceDefinition', { spec })
  const read = object['spec'] as V1CustomResourceDefinition['spec']
  expect(read.versions[0]?.schema?.openAPIV3Schema?.items).toEqual(want)
})

describe('a schema', () => {
  const embedded: JsonSchema = { type: 'object', 'x-kubernetes-embedded-resource': true }
  const list = (rest: JsonSchema): JsonSchema => properties({ l: { type: 'array', ...rest } })
  const L = `${ROOT}.properties[l]`
  const A = `${ROOT}.properties[a]`
  it.each<[string, JsonSchema, string[]]>([
    ['has a type at the root', {}, [`${ROOT}.type: Required value: must not be empty at the root`]],
    ['is an object at the root', { type: 'string' },
      [`${ROOT}.type: Invalid value: "string": must be object at the root`]],
    ['has types in fields', properties({ a: {} }),
      [`${A}.type: Required value: must not be empty for specified object fields`]],
    ['has types in items', list({ items: {} }),
      [`${L}.items.type: Required value: must not be empty for specified array items`]],
    ['has items', list({}), [`${L}.items: Required value: must be specified`]],
    ['has known types', properties({ a: { type: 'text' } }), [
      `${A}.type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"`,
    ]],
    ['is not nullable at the root', { type: 'object', nullable: true }, [
      `${ROOT}.nullable: Forbidden: nullable cannot be true at the root`,
    ]],
    ['has no other fields at the root', { type: 'object', additionalProperties: true }, [
      `${ROOT}.additionalProperties: Forbidden: must not be used at the root`,
    ]],
    ['has properties or others',
      properties({ a: { ...properties({ b: { type: 'string' } }), additionalProperties: { type: 'string' } } }), [
      `${A}.additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive`,
    ]],
    ['restricts metadata to names', properties({ metadata: properties({ labels: { type: 'object' } }) }), [
      `${ROOT}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified`,
    ]],
    ['restricts metadata not even by no rules',
      properties({ metadata: { type: 'object', 'x-kubernetes-validations': [] } }), [
      `${ROOT}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified`,
    ]],
    ['restricts metadata not even by nothing that is required',
      properties({ metadata: { type: 'object', required: [] } }), [
      `${ROOT}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified`,
    ]],
    ['restricts metadata not even by no keys of lists',
      properties({ metadata: { type: 'object', 'x-kubernetes-list-map-keys': [] } }), [
      `${ROOT}.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified`,
    ]],
    ['may restrict the name', properties({ metadata: properties({ name: { type: 'string', maxLength: 3 } }) }), []],
    ['has a kind that is text', properties({ kind: { type: 'integer' } }), [
      `${ROOT}.properties[kind].type: Invalid value: "integer": must be string`,
    ]],
    ['has patterns that can be read', properties({ a: { type: 'string', pattern: '(' } }), [
      `${A}.pattern: Invalid value: "(": must be a valid regular expression, but isn't: ` +
        'error parsing regexp: missing closing ): `(`',
    ]],
    ['has structure outside of alternatives only', properties({
      a: { type: 'object', anyOf: [{ type: 'object', description: 'x', not: { nullable: true, title: 'y' } }] },
    }), [
      `${A}.anyOf[0].description: Forbidden: must be empty to be structural`,
      `${A}.anyOf[0].not.nullable: Forbidden: must be false to be structural`,
      `${A}.anyOf[0].not.title: Forbidden: must be empty to be structural`,
      `${A}.anyOf[0].type: Forbidden: must be empty to be structural`,
    ]],
    ['knows the structure of what alternatives judge',
      { type: 'object', oneOf: [properties({ b: {} }), { items: {} }] }, [
      `${ROOT}.items: Required value: because it is defined in ${ROOT}.oneOf[1].items`,
      `${ROOT}.oneOf[0].type: Forbidden: must be empty to be structural`,
      `${ROOT}.properties[b]: Required value: because it is defined in ${ROOT}.oneOf[0].properties[b]`,
    ]],
    ['may be int-or-string',
      properties({ a: { 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] } }),
      []],
    ['may be int-or-string and more',
      properties({ a: { 'x-kubernetes-int-or-string': true,
        allOf: [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, { minimum: 1 }] } }),
      []],
    ['is not int-or-string and whatever',
      properties({ a: { 'x-kubernetes-int-or-string': true, 'x-kubernetes-preserve-unknown-fields': true } }), [
      `${A}.x-kubernetes-preserve-unknown-fields: Invalid value: true: must be false if x-kubernetes-int-or-string is true`,
    ]],
    ['says something of embedded resources', properties({ a: embedded }), [
      `${A}.properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields`,
    ]],
    ['has no unique items', list({ uniqueItems: true, items: { type: 'string' } }), [
      `${L}.uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic`,
    ]],
    ['has nothing that is not supported',
      properties({ a: { type: 'object', patternProperties: { x: { type: 'string' } } } }), [
      `${A}.patternProperties: Forbidden: patternProperties is not supported`,
    ]],
    ['has no dependencies, not even none', properties({ a: { type: 'object', dependencies: {} } }), [
      `${A}.dependencies: Forbidden: dependencies is not supported`,
    ]],
    ['is judged in dependencies, too', properties({
      a: { type: 'object', dependencies: { b: ['c'], d: { type: 'text' } } },
    }), [
      `${A}.dependencies: Forbidden: dependencies is not supported`,
      `${A}.dependencies[d].type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string"`,
    ]],
    ['has no list of items', list({ items: [{ type: 'string' }] }), [
      `${L}.items: Forbidden: items must be a schema object and not an array`,
    ]],
    ['preserves unknown fields or does not say',
      properties({ a: { type: 'object', 'x-kubernetes-preserve-unknown-fields': false } }), [
      `${A}.x-kubernetes-preserve-unknown-fields: Invalid value: false: must be true or undefined`,
    ]],
    ['has list types that there are', list({ items: { type: 'string' }, 'x-kubernetes-list-type': 'bag' }), [
      `${L}.x-kubernetes-list-type: Unsupported value: "bag": supported values: "atomic", "set", "map"`,
    ]],
    ['has map types on objects', properties({ a: { type: 'string', 'x-kubernetes-map-type': 'x' } }), [
      `${A}.type: Invalid value: "string": must be object if x-kubernetes-map-type is specified`,
      `${A}.x-kubernetes-map-type: Unsupported value: "x": supported values: "atomic", "granular"`,
    ]],
    ['has keys for lists of type map only', list({ items: { type: 'object' }, 'x-kubernetes-list-map-keys': ['a'] }), [
      `${L}.x-kubernetes-list-type: Required value: must be map if x-kubernetes-list-map-keys is non-empty`,
    ]],
    ['has keys for lists of type map', list({ items: { type: 'object' }, 'x-kubernetes-list-type': 'map' }), [
      `${L}.x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map`,
    ]],
    [
      'has keys that are there, once, and scalar',
      list({
        items: { type: 'object', required: ['a', 'o'], properties: { a: { type: 'string' }, o: { type: 'object' } } },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['a', 'a', 'b', 'o'],
      }),
      [
        `${L}.x-kubernetes-list-map-keys: Invalid value: ["a","a","b","o"]: must not contain duplicate entries`,
        `${L}.x-kubernetes-list-map-keys: Invalid value: ["a","a","b","o"]: entries must all be names of item properties`,
        `${L}.items.properties[o].type: Invalid value: "object": must be a scalar type if parent array's x-kubernetes-list-type is map`,
      ],
    ],
    [
      'has keys that are always there',
      list({
        items: { type: 'object', nullable: true, properties: { a: { type: 'string', nullable: true } } },
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['a'],
      }),
      [
        `${L}.items.nullable: Forbidden: cannot be nullable when x-kubernetes-list-type is map`,
        `${L}.items.properties[a].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property`,
        `${L}.items.properties[a].nullable: Forbidden: this property is in x-kubernetes-list-map-keys, so it cannot be nullable`,
      ],
    ],
    ['has sets of what is atomic', list({ items: { type: 'object' }, 'x-kubernetes-list-type': 'set' }), [
      `${L}.items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set`,
    ]],
    ['has no defaults at the root of metadata', properties({ metadata: { type: 'object', default: {} } }), [
      `${ROOT}.properties[metadata].default: Forbidden: must not be set in top-level metadata`,
    ]],
    ['has rules that may name any other field', properties({ a: { type: 'object', additionalProperties: true,
      'x-kubernetes-validations': [{ rule: 'true', fieldPath: `['x']` }] } }), []],
    ['has rules that are complete', properties({ a: { type: 'string', 'x-kubernetes-validations': [
      { rule: ' ' }, { rule: 'true', message: ' ' }, { rule: 'true\n', message: 'a\nb' }, { rule: 'a\n&& b' },
      { rule: 'true', messageExpression: ' ', reason: 'Nope', fieldPath: '.x' },
    ] } }), [
      `${A}.x-kubernetes-validations[0].rule: Required value: rule is not specified`,
      `${A}.x-kubernetes-validations[1].message: Invalid value: " ": must be non-empty if specified`,
      `${A}.x-kubernetes-validations[2].message: Invalid value: "a\\nb": must not contain line breaks`,
      `${A}.x-kubernetes-validations[3].message: Required value: message must be specified if rule contains line breaks`,
      `${A}.x-kubernetes-validations[4].messageExpression: Required value: messageExpression must be non-empty if specified`,
      `${A}.x-kubernetes-validations[4].reason: Unsupported value: "Nope": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"`,
      `${A}.x-kubernetes-validations[4].fieldPath: Invalid value: ".x": must be a valid path`,
    ]],
  ])('%s', (_what, schema, want) => {
    expect(create(withSchema(schema))).toEqual(want)
  })

  it('with a status of its own has nothing at the root that the status would miss', () => {
    const subresources = { status: {} }
    expect(create(withSchema({ type: 'object', description: 'x' }, { subresources }))).toEqual([])
    const [error = ''] = create(withSchema({ type: 'object', maxProperties: 3 }, { subresources }))
    expect(error).toContain(
      `${ROOT}: Invalid value: {"ID":"","Schema":"","Ref":null,"Description":"","Type":"object","Nullable":false,`,
    )
    expect(error).toContain(': only [Description Type Format Title Maximum ')
    expect(error).toContain(
      ' XValidations] fields are allowed at the root of the schema if the status subresource is enabled',
    )
  })

  it('that versions do not share is told with its version', () => {
    const versions = [
      version('v1', { storage: true }),
      version('v2', { schema: { openAPIV3Schema: { type: 'object', nullable: true } } }),
    ]
    expect(create(definition({ versions }))).toEqual([
      'spec.versions[1].schema.openAPIV3Schema.nullable: Forbidden: nullable cannot be true at the root',
    ])
  })

  it('has items and other fields that are decoded as schemas', () => {
    const object = definition({
      versions: [version('v1', { schema: { openAPIV3Schema: { type: 'object', properties: {
        a: { type: 'array', items: { type: 'string', nullable: false, unknown: 1 } },
        b: { type: 'object', additionalProperties: { type: 'string', required: [] } },
      } } } })],
    })
    expect(object.spec.versions[0]?.schema?.openAPIV3Schema?.properties).toEqual({
      a: { type: 'array', items: { type: 'string' } },
      b: { type: 'object', additionalProperties: { type: 'string' } },
    })
    expect(() => withSchema({ type: 'object', additionalProperties: 'x' })).toThrow('boolean or JSON schema expected')
  })
})

describe('a default', () => {
  const embedded: JsonSchema = {
    type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true,
  }
  const A = `${ROOT}.properties[a].default`
  it.each<[string, JsonSchema, string[]]>([
    ['that fits', { type: 'integer', default: 3 }, []],
    ['that does not fit', { type: 'integer', default: 'x' }, [
      `${A}: Invalid value: "string":  in body must be of type integer: "string"`,
    ]],
    ['that does not fit inside', { ...properties({ b: { type: 'integer' } }), default: { b: 'x' } }, [
      `${A}.b: Invalid value: "string": b in body must be of type integer: "string"`,
    ]],
    ['with fields that are not known', { type: 'object', default: { b: 1 } }, [
      `${A}: Invalid value: {"b":1}: must not have unknown fields`,
    ]],
    ['with fields that are not known, in order', { type: 'object', default: { b: 1, a: { d: 1, c: 2 } } }, [
      `${A}: Invalid value: {"a":{"c":2,"d":1},"b":1}: must not have unknown fields`,
    ]],
    // Upstream judges defaults by what is written: int-or-string is no type, and any format says what a number is.
    ['of an int-or-string, whatever it is', { 'x-kubernetes-int-or-string': true, default: 1.5 }, []],
    ['of a format that says nothing', { type: 'string', format: 'x', default: 5 }, [
      `${A}: Invalid value: "int64":  in body must be of type x: "int64"`,
    ]],
    ['that can be none', { type: 'array', items: { type: 'string' }, maxItems: -1, default: ['a'] }, [
      `${A}: Too many: 1: has too many items`,
    ]],
    ['that is no resource', { ...embedded, default: { kind: 'X' } }, [`${A}.apiVersion: Required value`]],
    ['that is a resource', { ...embedded, default: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'x' } } }, []],
    [
      'inside of metadata',
      { ...embedded,
        properties: { metadata: { type: 'object', properties: { name: { type: 'string', default: 'a/b' } } } } },
      [
        `${ROOT}.properties[a].properties[metadata].properties[name].default: Invalid value: "a/b": must result in valid metadata: metadata.name: Invalid value: "a/b": may not contain '/'`,
      ],
    ],
  ])('%s', (_what, schema, want) => {
    expect(create(withSchema(properties({ a: schema })))).toEqual(want)
  })
})
