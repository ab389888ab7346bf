/**
 * Schemas and rules of custom resources in the running system: what is refused and with which words, what is pruned and
 * filled in, and what an update is not blamed for. The texts are upstream's (k8s.io/apiextensions-apiserver
 * pkg/apis/apiextensions/validation, pkg/apiserver/schema/cel, pkg/registry/customresource/strategy.go).
 */
import { beforeEach, describe, expect, it } from 'vitest'
import type { Json } from '../../support/api.ts'
import { CRD_PATH, CustomWorld, aDefinition, aVersion, aWidget } from './custom-world.ts'

const WIDGETS = '/apis/example.com/v1/namespaces/ns/widgets'
const MERGE = { 'content-type': 'application/merge-patch+json' }

let world: CustomWorld

beforeEach(() => {
  world = new CustomWorld()
})

const withSpec = (spec: object, rest: object = {}): object =>
  aDefinition({
    versions: [aVersion({ schema: { openAPIV3Schema: { type: 'object', properties: { spec }, ...rest } } })],
  })
const create = (name: string, spec: object) => world.ask('POST', WIDGETS, { body: aWidget(name, { spec }) })
const patch = (name: string, spec: object) =>
  world.ask('PATCH', `${WIDGETS}/${name}`, { body: { spec }, headers: MERGE })
const messageOf = (body: Json): string => String(body['message'])

const SIZED = {
  type: 'object',
  properties: {
    size: { type: 'integer', default: 1, maximum: 9 },
    mode: { type: 'string', enum: ['a', 'b'] },
    name: { type: 'string', pattern: '^[a-z]+$' },
  },
  'x-kubernetes-validations': [
    { rule: 'self.size < 5', message: 'too large', fieldPath: '.size' },
    { rule: '!has(oldSelf.mode) || has(self.mode)', message: 'mode may not go' },
  ],
}

describe('a definition', () => {
  it('is refused with all that is wrong, in its own words', async () => {
    await world.api.ready
    const { code, body } = await world.ask('POST', CRD_PATH, {
      body: withSpec({ type: 'object', 'x-kubernetes-validations': [{ rule: 'self.nope' }] }),
    })
    expect(code).toBe(422)
    expect(messageOf(body)).toBe(
      'CustomResourceDefinition.apiextensions.k8s.io "widgets.example.com" is invalid: spec.validation.openAPIV3Schema' +
        '.properties[spec].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.nope","Message":"",' +
        '"MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: ' +
        "<input>:1:5: undefined field 'nope'\n | self.nope\n | ....^",
    )
  })

  it('keeps of the metadata in a default what metadata has', async () => {
    const inner = {
      type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true,
      default: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a', bogus: 1, creationTimestamp: null }, spec: 1 },
    }
    const openAPIV3Schema = { type: 'object', properties: { inner, list: { type: 'array', items: inner } } }
    const body = aDefinition({ versions: [aVersion({ schema: { openAPIV3Schema } })] })
    const { body: made } = await world.ask('POST', CRD_PATH, { body })
    const kept = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: 1 }
    const [version] = (made as unknown as { spec: { versions: object[] } }).spec.versions
    expect(version).toMatchObject({
      schema: { openAPIV3Schema: { properties: { inner: { default: kept }, list: { items: { default: kept } } } } },
    })
    expect(JSON.stringify(version)).not.toMatch(/bogus|creationTimestamp/)
  })

  it('warns of formats that nobody checks', async () => {
    await world.api.ready
    const body = withSpec({ type: 'string', format: 'made-up' })
    expect((await world.ask('POST', CRD_PATH, { body })).warnings).toContain('unrecognized format "made-up"')
  })
})

describe('custom resources', () => {
  beforeEach(() => world.define(withSpec(SIZED)))

  it('are pruned and filled in', async () => {
    const { code, body } = await create('one', { unknown: 1 })
    expect(code).toBe(201)
    expect(body).toMatchObject({ spec: { size: 1 } })
    expect(body['spec']).toEqual({ size: 1 })
  })

  it('are refused by their values, and rules wait', async () => {
    const { code, body } = await create('one', { size: 'x', mode: 'c', name: 'A' })
    expect(code).toBe(422)
    expect(body['details']).toMatchObject({
      name: 'one',
      group: 'example.com',
      kind: 'Widget',
      causes: [
        { reason: 'FieldValueNotSupported', field: 'spec.mode' },
        { reason: 'FieldValueInvalid', field: 'spec.name' },
        { reason: 'FieldValueTypeInvalid', field: 'spec.size' },
        {
          reason: 'FieldValueInvalid',
          field: '<nil>',
          message:
            'Invalid value: null: some validation rules were not checked because the object was invalid; ' +
            'correct the existing errors to complete validation',
        },
      ],
    })
  })

  it('are refused by their rules', async () => {
    expect(messageOf((await create('one', { size: 7 })).body)).toBe(
      'Widget.example.com "one" is invalid: spec.size: Invalid value: too large',
    )
    await create('two', { mode: 'a' })
    expect(messageOf((await patch('two', { mode: null })).body)).toBe(
      'Widget.example.com "two" is invalid: spec: Invalid value: mode may not go',
    )
  })

  it('keep what was right when it was written', async () => {
    await create('one', { size: 3 })
    const stricter = { ...SIZED, properties: { ...SIZED.properties, size: { type: 'integer', maximum: 2 } } }
    const { body: definition } = await world.ask('GET', `${CRD_PATH}/widgets.example.com`)
    const next = withSpec({ ...stricter, 'x-kubernetes-validations': [{ rule: 'self.size < 2', fieldPath: '.size' }] })
    const { code } = await world.ask('PUT', `${CRD_PATH}/widgets.example.com`, {
      body: { ...next, metadata: definition['metadata'] },
    })
    expect(code).toBe(200)
    await world.settle()
    // By then no copy of the old definition is believed any longer.
    await world.advance(5_000)
    const labelled = await world.ask('PATCH', `${WIDGETS}/one`, {
      body: { metadata: { labels: { a: 'b' } } },
      headers: MERGE,
    })
    expect([labelled.code, labelled.warnings]).toEqual([
      200,
      ['spec.size: Invalid value: failed rule: self.size < 2'],
    ])
    // Told as well where something else refuses the change.
    const refused = await world.ask('PATCH', `${WIDGETS}/one`, {
      body: { metadata: { labels: { a: '-' } } },
      headers: MERGE,
    })
    expect([refused.code, refused.warnings]).toEqual([
      422,
      ['spec.size: Invalid value: failed rule: self.size < 2'],
    ])
    expect(messageOf((await patch('one', { size: 4 })).body)).toContain(
      'spec.size: Invalid value: 4: spec.size in body should be less than or equal to 2',
    )
  })
})

describe('server-side apply of custom resources', () => {
  const item = { type: 'object', required: ['name'], properties: { name: { type: 'string' }, v: { type: 'string' } } }
  const listed = {
    type: 'object',
    properties: {
      items: {
        type: 'array',
        items: item,
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': ['name'],
      },
      plain: { type: 'array', items: { type: 'string' } },
    },
  }
  beforeEach(() => world.define(withSpec(listed)))

  const apply = (manager: string, spec: object) =>
    world.ask('PATCH', `${WIDGETS}/one?fieldManager=${manager}`, {
      body: aWidget('one', { spec }),
      headers: { 'content-type': 'application/apply-patch+yaml' },
    })

  it('merges lists of type map by key, and owns other lists as a whole', async () => {
    await apply('a', { items: [{ name: 'x', v: '1' }], plain: ['p'] })
    const both = await apply('b', { items: [{ name: 'y', v: '2' }] })
    expect(both.body['spec']).toEqual({ items: [{ name: 'x', v: '1' }, { name: 'y', v: '2' }], plain: ['p'] })
    const conflict = await apply('b', { items: [{ name: 'y', v: '2' }, { name: 'x', v: '3' }], plain: ['q'] })
    expect(conflict.code).toBe(409)
    expect(messageOf(conflict.body)).toBe(
      'Apply failed with 2 conflicts: conflicts with "a":\n- .spec.plain\n- .spec.items[name="x"].v',
    )
    const less = await apply('a', { plain: ['p'] })
    expect(less.body['spec']).toEqual({ items: [{ name: 'y', v: '2' }], plain: ['p'] })
  })
})
