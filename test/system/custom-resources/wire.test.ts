/**
 * What clients see of custom resources beside the objects: methods and addresses that only they have, warnings of
 * refused writes, the order of discovery, and what the server alone sets.
 */
import { beforeEach, describe, expect, it } from 'vitest'
import { listedKinds, summaryOf } from '../../../src/apis/custom/listed-kind.ts'
import type { V1CustomResourceDefinition } from '../../../src/apis/generated/types.ts'
import { apiGroupDiscoveryList } from '../../../src/apiserver/discovery/aggregated.ts'
import { apiResourceList } from '../../../src/apiserver/discovery/legacy.ts'
import { CRD_PATH, CustomWorld, aDefinition, aVersion, aWidget } from './custom-world.ts'

const WIDGETS = '/apis/example.com/v1/namespaces/ns/widgets'

const properties = {
  spec: {
    type: 'object',
    properties: {
      size: { type: 'integer', maximum: 9, 'x-kubernetes-validations': [{ rule: 'self != 5' }] },
      parts: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
      inner: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
    },
  },
}
const scale = { specReplicasPath: '.spec.size', statusReplicasPath: '.status.size', labelSelectorPath: '.status.names' }

let world: CustomWorld

beforeEach(async () => {
  world = new CustomWorld()
  const schema = { openAPIV3Schema: { type: 'object', properties } }
  const columns = [{ name: 'Parts', type: 'string', jsonPath: '.spec.parts' }]
  const version = aVersion({ schema, subresources: { status: {}, scale }, additionalPrinterColumns: columns })
  await world.define(aDefinition({ versions: [version] }))
})

describe('an address of custom resources', () => {
  it('answers HEAD as GET, without the body', async () => {
    await world.ask('POST', WIDGETS, { body: aWidget('one') })
    for (const path of [WIDGETS, `${WIDGETS}/one`, `${WIDGETS}/one/status`]) {
      const { code, body, headers } = await world.ask('HEAD', path)
      expect([path, code, body, headers.get('content-type')]).toEqual([path, 200, '', 'application/json'])
    }
    expect((await world.ask('HEAD', `${WIDGETS}/two`)).code).toBe(404)
  })

  it('takes a POST at a name, which the object has for itself', async () => {
    const { code, body } = await world.ask('POST', `${WIDGETS}/other`, { body: aWidget('one') })
    expect(code).toBe(201)
    expect(body['metadata']).toMatchObject({ name: 'one' })
  })

  it.each([
    ['POST', '/apis/example.com/v1/widgets'],
    ['GET', '/apis/example.com/v1/widgets/one'],
  ])('%s %s leads nowhere without a namespace', async (method, path) => {
    const { code, body } = await world.ask(method, path, method === 'POST' ? { body: aWidget('one') } : {})
    expect([code, body]).toEqual([404, '404 page not found\n'])
  })
})

describe('what is said of a write', () => {
  it('a refusal warns of unknown fields, too', async () => {
    const metadata = { name: 'x', colour: 'red' }
    const inner = { apiVersion: 'v1', kind: 'Pod', metadata }
    const { code, warnings } = await world.ask('POST', WIDGETS, { body: aWidget('one', { spec: { size: 10, inner } }) })
    expect([code, warnings]).toEqual([422, ['unknown field "spec.inner.metadata.colour"']])
  })

  it('without a name rules are not run, and that is said', async () => {
    const nameless = { ...aWidget('x', { spec: { size: 5 } }), metadata: {} }
    const { body } = await world.ask('POST', WIDGETS, { body: nameless })
    const unchecked = /^Invalid value: null: some validation rules were not checked because/
    expect(body['details']?.['causes']).toMatchObject([
      { reason: 'FieldValueRequired', field: 'metadata.name' },
      { field: '<nil>', message: expect.stringMatching(unchecked) as string },
    ])
  })

  it.each([
    [{ spec: 'x' }, 'x is of the type string, expected map[string]interface{}'],
    [{ spec: { size: 1e20 } }, '1e+20 is of the type float64, expected int64'],
  ])('%j has no replicas where its scale looks for them', async (fields, message) => {
    const { code, body } = await world.ask('POST', WIDGETS, { body: aWidget('one', fields) })
    expect(code).toBe(422)
    expect(String(body.message)).toContain(`.spec.size: Invalid value: 0: .spec.size accessor error: ${message}`)
  })

  it('what only the server sets is nobody\'s, whoever says it', async () => {
    const said = { selfLink: '/x', deletionTimestamp: '2020-01-01T00:00:00Z', deletionGracePeriodSeconds: 5 }
    const created = await world.ask('POST', WIDGETS, { body: aWidget('one', { spec: { size: 1 } }, said) })
    const metadata = created.body['metadata'] as unknown as { managedFields: { fieldsV1: object }[] }
    for (const field of Object.keys(said)) expect(metadata).not.toHaveProperty(field)
    expect(metadata.managedFields.map(({ fieldsV1 }) => fieldsV1)).toEqual([{ 'f:spec': { '.': {}, 'f:size': {} } }])
    const headers = { 'content-type': 'application/merge-patch+json' }
    const patched = await world.ask('PATCH', `${WIDGETS}/one`, { body: { metadata: { selfLink: '/y' } }, headers })
    expect(patched.body['metadata']).not.toHaveProperty('selfLink')
  })

  it('another uid than the object has is told with the key that clients know', async () => {
    const { body } = await world.ask('POST', WIDGETS, { body: aWidget('one') })
    const { message } = (await world.ask('PUT', `${WIDGETS}/one`, {
      body: { ...body, metadata: { ...(body['metadata'] as unknown as object), uid: 'other' } },
    })).body
    expect(message).toContain('Key: /registry/example.com/widgets/ns/one, ResourceVersion: 0')
  })
})

describe('what is told of a definition', () => {
  it('discovery has its verbs and subresources in upstream\'s order', async () => {
    const { body } = await world.ask('GET', `${CRD_PATH}/widgets.example.com`)
    const kinds = listedKinds(summaryOf(body as unknown as V1CustomResourceDefinition))
    const { resources } = apiResourceList('example.com', { version: 'v1', kinds }) as {
      readonly resources: readonly { readonly name: string; readonly verbs: readonly string[] }[]
    }
    expect(resources.map(({ name, verbs }) => [name, verbs.join(' ')])).toEqual([
      ['widgets', 'delete deletecollection get list patch create update watch'],
      ['widgets/status', 'get patch update'],
      ['widgets/scale', 'get patch update'],
    ])
  })

  it('aggregated discovery tells group and version of what is answered, as of no built-in kind', async () => {
    const { body } = await world.ask('GET', `${CRD_PATH}/widgets.example.com`)
    const kinds = listedKinds(summaryOf(body as unknown as V1CustomResourceDefinition))
    const list = apiGroupDiscoveryList([{ group: 'example.com', versions: [{ version: 'v1', kinds }] }])
    const responseKind = { group: 'example.com', version: 'v1', kind: 'Widget' }
    const scale = { group: 'autoscaling', version: 'v1', kind: 'Scale' }
    expect(list).toMatchObject({ items: [{ versions: [{ resources: [
      { responseKind, subresources: [{ responseKind }, { responseKind: scale }] },
    ] }] }] })
  })

  it('a list that is no object is told with the type that all custom lists have', async () => {
    const accept = 'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io'
    const { code, body } = await world.ask('GET', WIDGETS, { headers: { accept } })
    expect({ code, message: body['message'] }).toEqual({
      code: 406,
      message: 'you requested PartialObjectMetadata, but the requested object is a list (*unstructured.UnstructuredList)',
    })
  })

  it('no names are accepted before it is looked at', async () => {
    const { body } = await world.ask('POST', CRD_PATH, { body: aDefinition({ plural: 'gadgets', kind: 'Gadget' }) })
    const wanted = { plural: 'gadgets', singular: 'gadget', kind: 'Gadget', listKind: 'GadgetList' }
    expect(body['spec']?.['names']).toEqual(wanted)
    expect(body['status']?.['acceptedNames']).toEqual({ plural: '', kind: '' })
  })

  it('its status has one stored version at least, and its end no grace period', async () => {
    const path = `${CRD_PATH}/widgets.example.com`
    const { body } = await world.ask('GET', path)
    const emptied = { ...body, status: { ...(body['status'] as unknown as object), storedVersions: [] } }
    const written = await world.ask('PUT', `${path}/status`, { body: emptied })
    expect(written.body['status']?.['storedVersions']).toEqual(['v1'])
    const deleted = await world.ask('DELETE', path)
    expect(deleted.body['metadata']).toHaveProperty('deletionTimestamp')
    expect(deleted.body['metadata']).not.toHaveProperty('deletionGracePeriodSeconds')
  })

  it('neither its name nor what a name is made from may be another', async () => {
    const generated = { ...aDefinition({ plural: 'gadgets', kind: 'Gadget' }), metadata: { generateName: 'gadgets.' } }
    const { code, body } = await world.ask('POST', CRD_PATH, { body: generated })
    expect(code).toBe(422)
    const causes = body['details']?.['causes'] as unknown as readonly { readonly field: string }[]
    expect(causes.map(({ field }) => field).slice(-2)).toEqual(['metadata.generateName', 'metadata.name'])
  })

  it('a column shows what has parts as JSON with sorted keys', async () => {
    await world.ask('POST', WIDGETS, { body: aWidget('one', { spec: { parts: { z: 1, a: { y: 2, b: [3] } } } }) })
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const { body } = await world.ask('GET', WIDGETS, { headers: { accept } })
    expect(body['rows']).toMatchObject([{ cells: ['one', '{"a":{"b":[3],"y":2},"z":1}'] }])
  })
})
