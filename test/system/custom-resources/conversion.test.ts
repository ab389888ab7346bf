/** Custom resources of several versions: conversion by name alone and by webhook, and what a webhook may not do. */
import { beforeEach, describe, expect, it } from 'vitest'
import type { AnyObject } from '../../../src/apimachinery/meta.ts'
import { PROTOBUF_PAGE_OBJECTS } from '../../../src/apiserver/reading/protobuf-list.ts'
import { CRD_PATH, CustomWorld, aDefinition, aVersion, aWidget } from './custom-world.ts'

const V1 = '/apis/example.com/v1/namespaces/ns/widgets'
const V2 = '/apis/example.com/v2/namespaces/ns/widgets'
const MERGE = { 'content-type': 'application/merge-patch+json' }

const schema = (properties: object): object => ({
  openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } },
})
const v1 = (fields: object = {}): object => aVersion({ schema: schema({ size: { type: 'integer' } }), ...fields })
const v2 = (fields: object = {}): object => {
  const properties = { size: { type: 'integer' }, color: { type: 'string', default: 'red' } }
  return aVersion({ name: 'v2', storage: false, schema: schema(properties), ...fields })
}

let world: CustomWorld

beforeEach(() => {
  world = new CustomWorld()
})

async function redefine(change: (definition: { spec: { versions: object[] } }) => void): Promise<void> {
  const { body } = await world.ask('GET', `${CRD_PATH}/widgets.example.com`)
  const definition = body as unknown as { spec: { versions: object[] } }
  change(definition)
  const { code, body: answer } = await world.ask('PUT', `${CRD_PATH}/widgets.example.com`, { body: definition })
  expect([code, answer.message]).toEqual([200, undefined])
  await world.settle()
  world.clock.advance(1_000)
}

describe('without a webhook', () => {
  it('an object is what its fields are in the version asked for', async () => {
    await world.define(aDefinition({ versions: [v1(), v2()] }))
    await world.ask('POST', V1, { body: aWidget('one', { spec: { size: 1, color: 'blue' } }) })
    expect((await world.ask('GET', `${V1}/one`)).body['spec']).toEqual({ size: 1 })
    const { body } = await world.ask('GET', `${V2}/one`)
    expect(body['apiVersion']).toBe('example.com/v2')
    expect(body['spec']).toEqual({ size: 1 })
    // What is stored knows no colour, and what is read has the defaults of the version that it is stored in.
    const patched = await world.ask('PATCH', `${V2}/one`, { body: { spec: { color: 'green' } }, headers: MERGE })
    expect(patched.code).toBe(200)
    expect((await world.ask('GET', `${V2}/one`)).body['spec']).toEqual({ size: 1 })
  })

  it('what is written has the defaults of the version that it is stored in, whatever version it comes in', async () => {
    const size = { type: 'integer' }
    const stored = v1({ schema: schema({ size, weight: { type: 'integer', default: 7 } }) })
    const other = v2({ schema: schema({ size, weight: { type: 'integer' } }) })
    await world.define(aDefinition({ versions: [stored, other] }))
    const body = { ...aWidget('one', { spec: { size: 1 } }), apiVersion: 'example.com/v2' }
    for (const path of [`${V2}?dryRun=All`, V2]) {
      expect((await world.ask('POST', path, { body })).body['spec'], path).toEqual({ size: 1, weight: 7 })
    }
    for (const path of [V1, V2]) {
      expect((await world.ask('GET', `${path}/one`)).body['spec'], path).toEqual({ size: 1, weight: 7 })
    }
    const { body: read } = await world.ask('GET', `${V2}/one`)
    const replaced = await world.ask('PUT', `${V2}/one`, { body: { ...read, spec: { size: 2 } } })
    expect(replaced.body['spec']).toEqual({ size: 2, weight: 7 })
    expect((await world.ask('GET', `${V1}/one`)).body['spec']).toEqual({ size: 2, weight: 7 })
  })

  it('what a version does not know leaves nobody an owner, and is no apply where somebody owns in that version', async () => {
    await world.define(aDefinition({ versions: [v1(), v2()] }))
    await world.ask('POST', `${V1}?fieldManager=one`, { body: aWidget('one', { spec: { size: 1 } }) })
    const apply = (spec: object) => world.ask('PATCH', `${V2}/one?fieldManager=two&force=true`, {
      body: { ...aWidget('one', { spec }), apiVersion: 'example.com/v2' },
      headers: { 'content-type': 'application/apply-patch+yaml' },
    })
    const owners = async () => {
      const { body } = await world.ask('GET', `${V1}/one`)
      const { managedFields = [] } = body['metadata'] as unknown as { managedFields?: { manager: string }[] }
      return managedFields.map(({ manager }) => manager)
    }
    const refused = await apply({ color: 'blue' })
    expect([refused.code, refused.body.message]).toEqual(
      [500, 'failed to convert new object: .spec.color: field not declared in schema'])
    expect((await apply({ size: 2 })).code).toBe(200)
    expect(await owners()).toEqual(['two', 'one'])
    const again = await apply({ size: 2, color: 'blue' })
    expect([again.code, again.body.message]).toEqual([
      500,
      'failed to prune fields: failed add back owned items: failed to convert merged object at version ' +
        'example.com/v1: .spec.color: field not declared in schema',
    ])
    const patched = await world.ask('PATCH', `${V2}/one`, { body: { spec: { color: 'blue' } }, headers: MERGE })
    expect(patched.code).toBe(200)
    expect(await owners()).toEqual([])
  })

  it('an object of another version is refused, with what that version does not know of it', async () => {
    await world.define(aDefinition({ versions: [v1(), v2()] }))
    const ask = (version: string, query = '') => {
      const fields = { spec: { color: 'red', shape: 'x' }, more: 1, apiVersion: `example.com/${version}` }
      const body = aWidget('one', fields)
      return world.ask('POST', `${V1}${query}`, { body })
    }
    const refused = await ask('v2')
    expect([refused.code, refused.body.message, refused.warnings]).toEqual([
      400,
      'the API version in the data (example.com/v2) does not match the expected API version (example.com/v1)',
      ['unknown field "more"', 'unknown field "spec.shape"'],
    ])
    expect((await ask('v9')).warnings).toEqual(['unknown field "more"', 'unknown field "spec"'])
    expect((await ask('v2', '?fieldValidation=Ignore')).warnings).toEqual([])
    expect((await ask('v9', '?fieldValidation=Strict')).body.message).toBe(
      'Widget in version "v9" cannot be handled as a Widget: ' +
        'strict decoding error: unknown field "more", unknown field "spec"',
    )
  })

  it('a changed schema shows at once in what was stored before, in lists as in objects', async () => {
    await world.define(aDefinition({ versions: [v1()] }))
    await world.ask('POST', V1, { body: aWidget('one', { spec: { size: 1 } }) })
    await redefine(({ spec }) => {
      spec.versions = [aVersion({ schema: schema({ weight: { type: 'integer', default: 7 } }) })]
    })
    expect((await world.ask('GET', `${V1}/one`)).body['spec']).toEqual({ weight: 7 })
    expect((await world.ask('GET', V1)).body['items']).toMatchObject([{ spec: { weight: 7 } }])
  })

  it('another storage version is noted, and the old one kept until somebody says that nothing is stored in it', async () => {
    await world.define(aDefinition({ versions: [v1(), v2()] }))
    await world.ask('POST', V1, { body: aWidget('one', { spec: { size: 1 } }) })
    await redefine(({ spec }) => {
      spec.versions = [v1({ storage: false }), v2({ storage: true })]
    })
    const { body } = await world.ask('GET', `${CRD_PATH}/widgets.example.com`)
    expect(body['status']).toMatchObject({ storedVersions: ['v1', 'v2'] })
    expect((await world.ask('GET', `${V1}/one`)).body).toMatchObject({ apiVersion: 'example.com/v1', spec: { size: 1 } })
    const patched = await world.ask('PATCH', `${V1}/one`, { body: { spec: { size: 2 } }, headers: MERGE })
    expect(patched.body).toMatchObject({ apiVersion: 'example.com/v1', spec: { size: 2 } })
    expect(world.api.store('ns').get({ resource: 'widgets.example.com', name: 'one' })?.text).toMatch(
      /^\{"apiVersion":"example.com\/v2","kind":"Widget",/,
    )
  })

  it('a version that is not served is not found', async () => {
    await world.define(aDefinition({ versions: [v1(), v2({ served: false })] }))
    expect((await world.ask('GET', V2)).code).toBe(404)
  })

  it('a deprecated version warns, in its own words or with what to use instead', async () => {
    await world.define(
      aDefinition({
        versions: [
          v1({ deprecated: true }),
          v2(),
          v2({ name: 'v3', deprecated: true, deprecationWarning: 'v3 was a mistake' }),
        ],
      }),
    )
    expect((await world.ask('GET', V1)).warnings).toEqual([
      'example.com/v1 Widget is deprecated; use example.com/v2 Widget',
    ])
    expect((await world.ask('GET', V1.replace('v1', 'v3'))).warnings).toEqual(['v3 was a mistake'])
    const unserved = await world.ask('GET', `${V1.replace('v1', 'v3')}/one/status`)
    expect([unserved.code, unserved.warnings]).toEqual([404, ['v3 was a mistake']])
    expect((await world.ask('GET', V2)).warnings).toEqual([])
  })
})

interface Review {
  readonly request: { readonly uid: string; readonly desiredAPIVersion: string; readonly objects: AnyObject[] }
}

/** `size` of v1 is `length` of v2. */
function converted(object: AnyObject, target: string): AnyObject {
  const { size, length, ...rest } = object['spec'] as { size?: number; length?: number }
  const spec = target.endsWith('v2') ? { ...rest, length: size } : { ...rest, size: length }
  return { ...object, apiVersion: target, spec }
}

/** Of the right shape: what is inside of it is the platform's business. */
const CA_BUNDLE = btoa('-----BEGIN CERTIFICATE-----\nMDAwMA==\n-----END CERTIFICATE-----\n')

describe('by webhook', () => {
  const webhook = {
    conversionReviewVersions: ['v1'],
    clientConfig: { url: 'https://converter.example.com/convert' },
  }
  let reviews: Review['request'][]
  let respond: (request: Review['request']) => object

  beforeEach(async () => {
    reviews = []
    respond = ({ objects, desiredAPIVersion }) => ({
      result: { status: 'Success' },
      convertedObjects: objects.map((object) => converted(object, desiredAPIVersion)),
    })
    world.api.webhook = (_config, body) => {
      const { request } = JSON.parse(body) as Review
      reviews.push(request)
      const response = { uid: request.uid, ...respond(request) }
      return Promise.resolve(
        JSON.stringify({ apiVersion: 'apiextensions.k8s.io/v1', kind: 'ConversionReview', response }),
      )
    }
    const versions = [v1(), v2({ schema: schema({ length: { type: 'integer', minimum: 1 } }) })]
    await world.define(aDefinition({ versions, spec: { conversion: { strategy: 'Webhook', webhook } } }))
  })

  it('objects are converted when they are written and when they are read', async () => {
    const created = await world.ask('POST', V2, {
      body: { ...aWidget('one', { spec: { length: 3 } }), apiVersion: 'example.com/v2' },
    })
    expect(created.body).toMatchObject({ apiVersion: 'example.com/v2', spec: { length: 3 } })
    expect((await world.ask('GET', `${V1}/one`)).body['spec']).toEqual({ size: 3 })
    const patched = await world.ask('PATCH', `${V2}/one`, { body: { spec: { length: 4 } }, headers: MERGE })
    expect(patched.body).toMatchObject({ apiVersion: 'example.com/v2', spec: { length: 4 }, metadata: { generation: 2 } })
    expect((await world.ask('GET', `${V1}/one`)).body['spec']).toEqual({ size: 4 })
    const gone = await world.ask('DELETE', `${V2}/one`)
    expect(gone.body).toMatchObject({ status: 'Success' })
  })

  it('a list of metadata has the labels that the webhook gives', async () => {
    await world.ask('POST', V1, { body: aWidget('one', { spec: { size: 1 } }) })
    respond = ({ objects, desiredAPIVersion }) => ({
      result: { status: 'Success' },
      convertedObjects: objects.map((object) => {
        const { metadata, ...rest } = converted(object, desiredAPIVersion)
        return { ...rest, metadata: { ...metadata, labels: { c: 'd' } } }
      }),
    })
    const headers = { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' }
    const { body } = await world.ask('GET', V2, { headers })
    expect(body['items']).toMatchObject([{ metadata: { labels: { c: 'd' } } }])
  })

  it('a list of metadata in protobuf has them on all its pages', async () => {
    const count = PROTOBUF_PAGE_OBJECTS + 1
    for (let at = 0; at < count; at++) {
      await world.ask('POST', V1, { body: aWidget(`one-${String(at)}`, { spec: { size: 1 } }) })
    }
    respond = ({ objects, desiredAPIVersion }) => ({
      result: { status: 'Success' },
      convertedObjects: objects.map((object) => {
        const { metadata, ...rest } = converted(object, desiredAPIVersion)
        return { ...rest, metadata: { ...metadata, labels: { given: 'by-webhook' } } }
      }),
    })
    reviews = []
    const accept = 'application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'
    const asked = world.ask('GET', V2, { headers: { accept } })
    await world.settle()
    const { body } = await asked
    expect(JSON.stringify(body).split('by-webhook')).toHaveLength(count + 1)
    expect(reviews.map(({ objects }) => objects.length)).toEqual([PROTOBUF_PAGE_OBJECTS, 1])
  })

  it('is told of objects without a revision', async () => {
    await world.ask('POST', V1, { body: aWidget('one', { spec: { size: 1 } }) })
    await world.ask('PATCH', `${V2}/one`, { body: { spec: { length: 4 } }, headers: MERGE })
    const sent = reviews.flatMap(({ objects }) => objects)
    expect(sent.map(({ metadata }) => metadata.resourceVersion)).toEqual(sent.map(() => undefined))
  })

  it('a write is answered with what was stored of it', async () => {
    await redefine(({ spec }) => {
      const stored = schema({ size: { type: 'integer' }, kept: { type: 'string', default: 'here' } })
      const shown = schema({ length: { type: 'integer' }, kept: { type: 'string' } })
      spec.versions = [v1({ schema: stored }), v2({ schema: shown })]
    })
    const body = { ...aWidget('one', { spec: { length: 3 } }), apiVersion: 'example.com/v2' }
    for (const path of [`${V2}?dryRun=All`, V2]) {
      expect((await world.ask('POST', path, { body })).body['spec'], path).toEqual({ length: 3, kept: 'here' })
    }
    expect((await world.ask('GET', `${V2}/one`)).body['spec']).toEqual({ length: 3, kept: 'here' })
  })

  it('lists merge by their keys in server-side apply, and owners in other versions keep what is theirs', async () => {
    const text = { type: 'string' }
    const items = { type: 'object', required: ['name'], properties: { name: text, v: text } }
    const parts = { type: 'array', items, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'] }
    await redefine(({ spec }) => {
      spec.versions = [
        v1({ schema: schema({ size: { type: 'integer' }, parts }) }),
        v2({ schema: schema({ length: { type: 'integer' }, parts }) }),
      ]
    })
    const apply = (path: string, manager: string, spec: object) => {
      const apiVersion = path.includes('/v2/') ? 'example.com/v2' : 'example.com/v1'
      const headers = { 'content-type': 'application/apply-patch+yaml' }
      const body = { ...aWidget('one', { spec }), apiVersion }
      return world.ask('PATCH', `${path}/one?fieldManager=${manager}`, { body, headers })
    }
    await apply(V1, 'ann', { size: 1, parts: [{ name: 'a', v: '1' }] })
    const { body } = await apply(V2, 'bob', { parts: [{ name: 'b', v: '2' }] })
    expect(body['spec']).toEqual({ length: 1, parts: [{ name: 'a', v: '1' }, { name: 'b', v: '2' }] })
    const refused = await apply(V2, 'bob', { length: 2, parts: [{ name: 'b', v: '2' }] })
    expect([refused.code, refused.body.message]).toEqual([
      409, 'Apply failed with 1 conflict: conflict with "ann": .spec.size',
    ])
    const gone = await apply(V2, 'bob', {})
    expect(gone.body['spec']).toEqual({ length: 1, parts: [{ name: 'a', v: '1' }] })
  })

  it('a list is one call', async () => {
    for (const name of ['a', 'b', 'c']) await world.ask('POST', V1, { body: aWidget(name, { spec: { size: 1 } }) })
    expect(reviews).toEqual([])
    const { body } = await world.ask('GET', V2)
    expect(body['items']).toMatchObject([{ spec: { length: 1 } }, { spec: { length: 1 } }, { spec: { length: 1 } }])
    expect(reviews.map(({ objects }) => objects.length)).toEqual([3])
  })

  it('many are deleted at once', async () => {
    const names = Array.from({ length: 15 }, (_, index) => `w${String(index).padStart(2, '0')}`)
    for (const name of names) await world.ask('POST', V1, { body: aWidget(name, { spec: { size: 1 } }) })
    const { code, body } = await world.ask('DELETE', V2)
    expect(code).toBe(200)
    expect((body['items'] as unknown as AnyObject[]).map(({ spec }) => spec)).toEqual(names.map(() => ({ length: 1 })))
    expect((await world.ask('GET', V1)).body['items']).toEqual([])
  })

  it('the schema of the version asked for judges', async () => {
    await world.ask('POST', V1, { body: aWidget('one', { spec: { size: 1 } }) })
    const { code, body } = await world.ask('PATCH', `${V2}/one`, { body: { spec: { length: 0 } }, headers: MERGE })
    expect([code, body.message]).toEqual([
      422,
      'Widget.example.com "one" is invalid: spec.length: Invalid value: 0: ' +
        'spec.length in body should be greater than or equal to 1',
    ])
  })

  it('labels and annotations may change, the rest of metadata may not', async () => {
    await world.ask('POST', V1, { body: aWidget('one', { spec: { size: 1 } }, { labels: { a: 'b' } }) })
    respond = ({ objects, desiredAPIVersion }) => ({
      result: { status: 'Success' },
      convertedObjects: objects.map((object) => ({
        ...converted(object, desiredAPIVersion),
        metadata: { ...object.metadata, labels: { c: 'd' }, generation: 9, finalizers: ['x/y'] },
      })),
    })
    const { body } = await world.ask('GET', `${V2}/one`)
    expect(body['metadata']).toMatchObject({ labels: { c: 'd' }, generation: 1 })
    expect(body['metadata']).not.toHaveProperty('finalizers')
  })

  const FAILED = 'conversion webhook for example.com/v1, Kind=Widget'
  it.each([
    ['no answer', () => ({ uid: 'other' }), /failed: expected response\.uid="[\w-]+", got "other"$/],
    ['a refusal', () => ({ result: { status: 'Failure', message: 'too round' } }), /failed: too round$/],
    [
      'a refusal without words',
      () => ({ result: { status: 'Failure' } }),
      /failed: response\.result\.status was 'Failure', not 'Success'$/,
    ],
    [
      'too few objects',
      () => ({ result: { status: 'Success' }, convertedObjects: [] }),
      /returned 0 objects, expected 1$/,
    ],
    [
      'another name',
      ({ objects }: Review['request']) => ({
        result: { status: 'Success' },
        convertedObjects: objects.map((object) => ({
          ...converted(object, 'example.com/v2'),
          metadata: { ...object.metadata, name: 'two' },
        })),
      }),
      /returned invalid object: must have the same name: one != two$/,
    ],
    [
      'a label that is no text',
      ({ objects }: Review['request']) => ({
        result: { status: 'Success' },
        convertedObjects: objects.map((object) => ({
          ...converted(object, 'example.com/v2'),
          metadata: { ...object.metadata, labels: { a: 1 } },
        })),
      }),
      /returned invalid metadata: metadata\.labels\[a\] must be a string, but is int64 in converted object$/,
    ],
    [
      'a label that is none',
      ({ objects }: Review['request']) => ({
        result: { status: 'Success' },
        convertedObjects: objects.map((object) => ({
          ...converted(object, 'example.com/v2'),
          metadata: { ...object.metadata, labels: { a: 'b!' } },
        })),
      }),
      /returned invalid metadata: metadata\.labels: Invalid value: "b!": a valid label must be/,
    ],
    [
      'metadata that is gone',
      ({ objects }: Review['request']) => ({
        result: { status: 'Success' },
        convertedObjects: objects.map(({ kind, spec }) => ({ kind, spec, apiVersion: 'example.com/v2' })),
      }),
      /returned invalid object: must have the same name: one != $/,
    ],
    [
      'another version',
      ({ objects }: Review['request']) => ({ result: { status: 'Success' }, convertedObjects: objects }),
      /invalid object at index 0: invalid groupVersion \(expected example\.com\/v2, received example\.com\/v1\)$/,
    ],
  ])('%s is an error', async (_, response, message) => {
    await world.ask('POST', V1, { body: aWidget('one', { spec: { size: 1 } }) })
    respond = response
    const { code, body } = await world.ask('GET', `${V2}/one`)
    expect(code).toBe(500)
    expect(String(body.message)).toMatch(message)
    expect(String(body.message).startsWith(FAILED)).toBe(true)
  })

  it('of several objects the one that is wrong is told', async () => {
    for (const name of ['a', 'b']) await world.ask('POST', V1, { body: aWidget(name, { spec: { size: 1 } }) })
    respond = ({ objects, desiredAPIVersion }) => ({
      result: { status: 'Success' },
      convertedObjects: objects.map((object) => ({
        ...converted(object, desiredAPIVersion),
        ...(object.metadata.name === 'b' ? { kind: 'Gadget' } : {}),
      })),
    })
    const { code, body } = await world.ask('GET', V2)
    expect([code, body.message]).toEqual([
      500, `${FAILED} returned invalid converted object at index 1: invalid kind (expected Widget, received Gadget)`,
    ])
  })

  it('a webhook that reads v1beta1 alone is asked in it, and answers without a uid', async () => {
    await redefine(({ spec }) => {
      Object.assign(spec, {
        conversion: { strategy: 'Webhook', webhook: { ...webhook, conversionReviewVersions: ['v0', 'v1beta1', 'v1'] } },
      })
    })
    await world.ask('POST', V1, { body: aWidget('one', { spec: { size: 1 } }) })
    let asked: unknown
    world.api.webhook = (_config, body) => {
      asked = JSON.parse(body)
      const { request } = JSON.parse(body) as Review
      return Promise.resolve(JSON.stringify({ response: respond(request) }))
    }
    expect((await world.ask('GET', `${V2}/one`)).body['spec']).toEqual({ length: 1 })
    expect(asked).toMatchObject({ kind: 'ConversionReview', apiVersion: 'apiextensions.k8s.io/v1beta1' })
  })

  it('a watch shows what the webhook made of each change, in order', async () => {
    await world.ask('POST', V1, { body: aWidget('one', { spec: { size: 1 } }) })
    const watching = world.watch(`${V2}?watch=true&timeoutSeconds=5`)
    for (const size of [2, 3, 4]) await world.ask('PATCH', `${V1}/one`, { body: { spec: { size } }, headers: MERGE })
    await world.ask('DELETE', `${V1}/one`)
    await world.settle()
    world.clock.advance(6_000)
    const events = await watching
    expect(events.map(({ type, object }) => [type, object.apiVersion, object.spec])).toEqual([
      ['ADDED', 'example.com/v2', { length: 1 }],
      ['MODIFIED', 'example.com/v2', { length: 2 }],
      ['MODIFIED', 'example.com/v2', { length: 3 }],
      ['MODIFIED', 'example.com/v2', { length: 4 }],
      ['DELETED', 'example.com/v2', { length: 4 }],
    ])
  })

  it('a certificate bundle that the platform does not look at is warned of', async () => {
    const clientConfig = { ...webhook.clientConfig, caBundle: CA_BUNDLE }
    const conversion = { strategy: 'Webhook', webhook: { ...webhook, clientConfig } }
    const body = aDefinition({ plural: 'gadgets', kind: 'Gadget', spec: { conversion } })
    const { code, warnings } = await world.ask('POST', CRD_PATH, { body })
    expect(code).toBe(201)
    expect(warnings).toEqual([
      'spec.conversion.webhook.clientConfig.caBundle: has no effect, ' +
        'a server at an address is verified by the public certificate authorities alone',
    ])
  })

  it('nothing is written when the webhook fails', async () => {
    respond = () => ({ result: { status: 'Failure', message: 'no' } })
    const { code } = await world.ask('POST', V2, { body: { ...aWidget('one'), apiVersion: 'example.com/v2' } })
    expect(code).toBe(500)
    expect(world.api.store('ns').count('widgets.example.com')).toBe(0)
  })
})
