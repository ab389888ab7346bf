/** Server-side apply of custom resources: what their schema says about lists and maps decides who owns what. */
import { beforeEach, describe, expect, it } from 'vitest'
import { CustomWorld, aDefinition, aVersion } from './custom-world.ts'

const WIDGETS = '/apis/example.com/v1/namespaces/ns/widgets'

let world: CustomWorld

beforeEach(async () => {
  world = new CustomWorld()
  const properties = {
    ports: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['name'],
      items: {
        type: 'object',
        required: ['name'],
        properties: { name: { type: 'string' }, port: { type: 'integer' } },
      },
    },
    tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
    steps: { type: 'array', items: { type: 'string' } },
    options: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    anything: { 'x-kubernetes-preserve-unknown-fields': true },
  }
  const openAPIV3Schema = { type: 'object', properties: { spec: { type: 'object', properties } } }
  await world.define(aDefinition({ versions: [aVersion({ schema: { openAPIV3Schema } })] }))
})

function apply(manager: string, spec: object, query = '') {
  const body = JSON.stringify({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'one' }, spec })
  const headers = { 'content-type': 'application/apply-patch+yaml' }
  return world.ask('PATCH', `${WIDGETS}/one?fieldManager=${manager}${query}`, { body, headers })
}

describe('apply', () => {
  it('makes what is not there, and merges lists by their keys', async () => {
    const [http, https] = [{ name: 'http', port: 80 }, { name: 'https', port: 443 }]
    const created = await apply('one', { ports: [http], tags: ['a'], options: { deep: { a: 1 } } })
    expect(created.code).toBe(201)
    const merged = await apply('two', { ports: [https], tags: ['b'], options: { deep: { b: 2 } } })
    expect(merged.body['spec']).toEqual({
      ports: [http, https],
      tags: ['a', 'b'],
      options: { deep: { a: 1, b: 2 } },
    })
    // What nobody applies any more goes.
    const less = await apply('one', { tags: ['a'] })
    expect(less.body['spec']).toEqual({ ports: [https], tags: ['a', 'b'], options: { deep: { b: 2 } } })
  })

  it('of a null where none may be is refused for its type, or else counts as a change and is not kept', async () => {
    const refused = await apply('one', { steps: null })
    expect([refused.code, refused.body.message]).toEqual([
      422,
      'Widget.example.com "one" is invalid: spec.steps: Invalid value: "null": ' +
        'spec.steps in body must be of type array: "null"',
    ])
    const generations: unknown[] = []
    for (const spec of [{ steps: ['a'] }, { steps: ['a'], anything: null }, { steps: ['a'], anything: null }]) {
      const { body } = await apply('one', spec)
      expect(body['spec']).toEqual({ steps: ['a'] })
      generations.push((body as unknown as { metadata: { generation?: number } }).metadata.generation)
    }
    expect(generations).toEqual([1, 2, 3])
  })

  it('of embedded metadata that is not in form counts as a change each time, and is brought into form', async () => {
    const embedded = {
      type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true,
    }
    const openAPIV3Schema = { type: 'object', properties: { template: embedded } }
    const versions = [aVersion({ schema: { openAPIV3Schema } })]
    await world.define(aDefinition({ plural: 'gadgets', kind: 'Gadget', versions }))
    const generations: unknown[] = []
    for (const metadata of [{ name: 't' }, { name: 't' }, { name: 't', creationTimestamp: null, labels: {} }]) {
      const body = {
        apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'one' },
        template: { apiVersion: 'v1', kind: 'Thing', metadata },
      }
      const path = '/apis/example.com/v1/namespaces/ns/gadgets/one?fieldManager=me'
      const headers = { 'content-type': 'application/apply-patch+yaml' }
      const { body: made } = await world.ask('PATCH', path, { body, headers })
      expect(made['template']).toEqual({ apiVersion: 'v1', kind: 'Thing', metadata: { name: 't' } })
      generations.push((made as unknown as { metadata: { generation?: number } }).metadata.generation)
    }
    expect(generations).toEqual([1, 1, 2])
  })

  it('tells of what is there, where it fits no schema and nobody owns it, before what is applied', async () => {
    const spec = (type: string): object => ({ type: 'object', properties: { spec: { type } } })
    const versions = [
      aVersion({ name: 'v1', storage: true, schema: { openAPIV3Schema: spec('string') } }),
      aVersion({ name: 'v2', storage: false, schema: { openAPIV3Schema: spec('integer') } }),
    ]
    await world.define(aDefinition({ plural: 'gadgets', kind: 'Gadget', versions }))
    const path = (version: string): string => `/apis/example.com/${version}/namespaces/ns/gadgets`
    const metadata = { name: 'one' }
    const made = { apiVersion: 'example.com/v1', kind: 'Gadget', metadata, spec: 'x' }
    expect((await world.ask('POST', path('v1'), { body: made })).code).toBe(201)
    const forget = { metadata: { managedFields: [{}] } }
    const merge = { 'content-type': 'application/merge-patch+json' }
    await world.ask('PATCH', `${path('v1')}/one`, { body: forget, headers: merge })
    const body = { ...made, apiVersion: 'example.com/v2', spec: 'y' }
    const headers = { 'content-type': 'application/apply-patch+yaml' }
    const { body: answer } = await world.ask('PATCH', `${path('v2')}/one?fieldManager=me`, { body, headers })
    expect(answer.message).toBe('failed to create manager for existing fields: failed to convert new object ' +
      '(ns/one; example.com/v2, Kind=Gadget) to smd typed: .spec: expected numeric (int or float), got string')
  })

  it('of embedded metadata that are none is refused for all that is wrong', async () => {
    const openAPIV3Schema = {
      type: 'object', properties: {
        template: {
          type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true,
        },
      },
    }
    const versions = [aVersion({ schema: { openAPIV3Schema } })]
    await world.define(aDefinition({ plural: 'gadgets', kind: 'Gadget', versions }))
    const body = {
      apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'one' },
      template: { apiVersion: 'a/b/c', kind: 'Thing', metadata: { creationTimestamp: 'x' } },
    }
    const path = '/apis/example.com/v1/namespaces/ns/gadgets/one?fieldManager=me'
    const headers = { 'content-type': 'application/apply-patch+yaml' }
    const { code, body: answer } = await world.ask('PATCH', path, { body, headers })
    expect([code, answer.message]).toEqual([422,
      'Gadget.example.com "one" is invalid: [template.apiVersion: Invalid value: "a/b/c": ' +
        'unexpected GroupVersion string: a/b/c, template.metadata: Invalid value: {"creationTimestamp":"x"}: ' +
        'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"]'])
  })

  it('of embedded metadata that are none in a status, of which nobody asks, leaves out what cannot be read', async () => {
    const embedded = {
      type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true,
    }
    const status = { type: 'object', properties: { template: embedded } }
    const schema = { openAPIV3Schema: { type: 'object', properties: { status } } }
    const versions = [aVersion({ schema, subresources: { status: {} } })]
    await world.define(aDefinition({ plural: 'gadgets', kind: 'Gadget', versions }))
    const made = { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'one' } }
    const path = '/apis/example.com/v1/namespaces/ns/gadgets'
    await world.ask('POST', path, { body: made })
    const metadata = { creationTimestamp: 'x', labels: { 'a b': 'c' } }
    const body = { ...made, status: { template: { apiVersion: 'v1', kind: 'Thing', metadata } } }
    const headers = { 'content-type': 'application/apply-patch+yaml' }
    const { body: answer } = await world.ask('PATCH', `${path}/one/status?fieldManager=me`, { body, headers })
    const kept = { template: { apiVersion: 'v1', kind: 'Thing', metadata: { labels: { 'a b': 'c' } } } }
    expect(answer['status']).toEqual(kept)
    expect((await world.ask('GET', `${path}/one`)).body['status']).toEqual(kept)
  })

  it('of fields that the schema does not say counts as a change each time, and so does the next write', async () => {
    const plain = { type: 'array', items: { type: 'object' } }
    const status = { type: 'object', properties: { nodes: plain } }
    const openAPIV3Schema = { type: 'object', properties: { things: plain, status } }
    const versions = [aVersion({ schema: { openAPIV3Schema }, subresources: { status: {} } })]
    await world.define(aDefinition({ plural: 'gadgets', kind: 'Gadget', versions }))
    const one = '/apis/example.com/v1/namespaces/ns/gadgets/one'
    const seen: unknown[] = []
    let version = ''
    const write = async (path: string, type: string, body: object) => {
      world.clock.advance(1_000)
      const headers = { 'content-type': `application/${type}` }
      const { body: made } = await world.ask('PATCH', `${path}?fieldManager=me`, { body, headers })
      const { generation, resourceVersion = '' } = made['metadata'] as unknown as { generation?: number; resourceVersion?: string }
      seen.push([generation, resourceVersion !== version])
      version = resourceVersion
      return made
    }
    const applied = { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'one' } }
    const spec = { ...applied, things: [{ a: 1 }, {}] }
    const made = await write(one, 'apply-patch+yaml', spec)
    expect(made['things']).toEqual([{}, {}])
    await write(one, 'apply-patch+yaml', spec)
    await write(one, 'merge-patch+json', {})
    await write(one, 'merge-patch+json', {})
    const { status: shown } = await write(`${one}/status`, 'apply-patch+yaml', { ...applied, status: { nodes: [{ a: 1 }] } })
    expect(shown).toEqual({ nodes: [{}] })
    await write(`${one}/status`, 'apply-patch+yaml', { ...applied, status: { nodes: [{ a: 1 }] } })
    await write(one, 'merge-patch+json', {})
    await write(one, 'merge-patch+json', {})
    expect(seen).toEqual([
      [1, true], [2, true], [2, true], [2, false],
      [2, true], [2, true], [2, true], [2, false],
    ])
  })

  it('of empty labels is one change, and the next write is another', async () => {
    const body = { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'one', labels: {} } }
    const headers = { 'content-type': 'application/apply-patch+yaml' }
    const made = await world.ask('PATCH', `${WIDGETS}/one?fieldManager=me`, { body, headers })
    expect(made.body['metadata']).not.toHaveProperty('labels')
    const versions = [made.body['metadata']?.['resourceVersion']]
    for (let count = 0; count < 2; count++) {
      const patch = { body: [], headers: { 'content-type': 'application/json-patch+json' } }
      const { body: patched } = await world.ask('PATCH', `${WIDGETS}/one`, patch)
      versions.push(patched['metadata']?.['resourceVersion'])
    }
    expect(versions[1]).not.toBe(versions[0])
    expect(versions[2]).toBe(versions[1])
  })

  it('of the status leaves alone what managers of another version own beside it', async () => {
    const openAPIV3Schema = {
      type: 'object',
      properties: {
        spec: { type: 'object', properties: { size: { type: 'integer' } } },
        status: { type: 'object', properties: { phase: { type: 'string' } } },
      },
    }
    const schema = { openAPIV3Schema }
    const versions = [
      aVersion({ schema, subresources: { status: {} } }),
      aVersion({ name: 'v2', storage: false, schema, subresources: { status: {} } }),
    ]
    await world.define(aDefinition({ plural: 'gadgets', kind: 'Gadget', versions }))
    const body = { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'one' }, spec: { size: 1 } }
    const headers = { 'content-type': 'application/apply-patch+yaml' }
    const gadget = '/apis/example.com/VERSION/namespaces/ns/gadgets/one'
    const made = await world.ask('PATCH', `${gadget.replace('VERSION', 'v1')}?fieldManager=me`, { body, headers })
    const { resourceVersion = '' } = made.body['metadata'] as unknown as { resourceVersion?: string }
    const status = { ...body, apiVersion: 'example.com/v2', metadata: { name: 'one', resourceVersion }, status: { phase: 'x' } }
    const put = await world.ask('PUT', `${gadget.replace('VERSION', 'v2')}/status?fieldManager=other`, {
      body: { ...status, spec: undefined },
    })
    const owners = (put.body['metadata'] as unknown as { managedFields?: { manager: string; fieldsV1: unknown }[] }).managedFields
    expect(owners?.map(({ manager, fieldsV1 }) => [manager, fieldsV1])).toEqual([
      ['me', { 'f:spec': { 'f:size': {} } }],
      ['other', { 'f:status': { '.': {}, 'f:phase': {} } }],
    ])
  })

  it('of the status lets others lose what it says beside it, in a version that has no status of its own', async () => {
    const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
    const schema = { openAPIV3Schema }
    const versions = [aVersion({ schema }), aVersion({ name: 'v2', storage: false, schema, subresources: { status: {} } })]
    await world.define(aDefinition({ plural: 'gadgets', kind: 'Gadget', versions }))
    const gadgets = '/namespaces/ns/gadgets'
    const body = { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'one' }, spec: { size: 1, colour: 'x' } }
    await world.ask('POST', `/apis/example.com/v1${gadgets}?fieldManager=me`, { body })
    const patch = { spec: { size: 2 }, status: { phase: 'x' } }
    const answer = await world.ask('PATCH', `/apis/example.com/v2${gadgets}/one/status?fieldManager=other`, {
      body: patch, headers: { 'content-type': 'application/merge-patch+json' },
    })
    const { managedFields } = answer.body['metadata'] as unknown as { managedFields: { manager: string; fieldsV1: object }[] }
    expect(answer.body['spec']).toEqual({ size: 1, colour: 'x' })
    expect(managedFields.map(({ manager, fieldsV1 }) => [manager, fieldsV1])).toEqual([
      ['me', { 'f:spec': { '.': {}, 'f:colour': {} } }],
      ['other', { 'f:status': { '.': {}, 'f:phase': {} } }],
    ])
  })

  describe('where owners are of other versions', () => {
    const gadgets = (version: string) => `/apis/example.com/${version}/namespaces/ns/gadgets`
    type Said = Partial<Record<'manager' | 'apiVersion', string>>

    const ask = async (version: string, manager: string, type: string, body: object) => {
      const path = `${gadgets(version)}/one?fieldManager=${manager}`
      const answer = await world.ask('PATCH', path, { body, headers: { 'content-type': `application/${type}` } })
      const { managedFields = [] } = (answer.body['metadata'] ?? {}) as unknown as { managedFields?: Said[] }
      const owners = managedFields.map(({ manager: who = '', apiVersion = '' }) => `${who} ${apiVersion}`).toSorted()
      return [answer.code, answer.body.message ?? owners]
    }
    const write = (version: string, manager: string, fields: object) => {
      const said = { apiVersion: `example.com/${version}`, kind: 'Gadget', metadata: { name: 'one' } }
      return ask(version, manager, 'apply-patch+yaml', { ...said, ...fields })
    }
    const merge = (fields: object) => ask('v1', 'other', 'merge-patch+json', fields)

    const versionsAre = async (...versions: object[]) => {
      await world.ask('PATCH', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/gadgets.example.com', {
        body: { spec: { versions } }, headers: { 'content-type': 'application/merge-patch+json' },
      })
      await world.settle()
      world.clock.advance(1_000)
    }

    beforeEach(async () => {
      const versions = [aVersion(), aVersion({ name: 'v2', storage: false })]
      await world.define(aDefinition({ plural: 'gadgets', kind: 'Gadget', versions }))
      await write('v1', 'one', { spec: { size: 1 } })
      await write('v2', 'two', { spec: { color: 'red' } })
    })

    it('keeps those of a version that is served no more', async () => {
      await versionsAre(aVersion(), aVersion({ name: 'v2', storage: false, served: false }))
      const both = ['one example.com/v1', 'two example.com/v2']
      expect(await write('v1', 'one', { spec: { size: 2 } })).toEqual([200, both])
      expect(await merge({ spec: { extra: 3 } })).toEqual([200, [both[0], 'other example.com/v1', both[1]]])
    })

    it('is refused where the version is there no more, until an ordinary write has forgotten all owners', async () => {
      await versionsAre(aVersion())
      const gone = 'request to convert CR to an invalid group/version: example.com/v2'
      expect(await write('v1', 'one', { spec: { size: 1 } })).toEqual([500, gone])
      expect(await merge({ spec: { size: 3 } })).toEqual([200, []])
      expect(await write('v1', 'one', { spec: { size: 3 } })).toEqual([
        200, ['before-first-apply example.com/v1', 'one example.com/v1'],
      ])
    })

    it.each(['example.com/v9', 'apps/v1', 'a/b/c', '/'])('forgets all where a client names one of %s', async (apiVersion) => {
      const entry = { operation: 'Update', apiVersion, fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': {} } }
      expect(await merge({ metadata: { managedFields: [entry] } })).toEqual([200, []])
    })
  })

  it('finds no owners where an ordinary write said what is of another type, though it was not kept', async () => {
    const status = { type: 'object', properties: { phase: { type: 'string' } } }
    const spec = { type: 'object', properties: { size: { type: 'integer' } } }
    const openAPIV3Schema = { type: 'object', properties: { spec, status } }
    const versions = [aVersion({ schema: { openAPIV3Schema }, subresources: { status: {} } })]
    await world.define(aDefinition({ plural: 'gadgets', kind: 'Gadget', versions }))
    const path = '/apis/example.com/v1/namespaces/ns/gadgets'
    const made = await world.ask('POST', path, {
      body: {
        apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'one' },
        spec: { size: 1 }, status: { phase: 5 },
      },
    })
    expect(made.code).toBe(201)
    expect(made.body['metadata']).not.toHaveProperty('managedFields')
  })

  it('does not come to an object whose schema has become another one than it fits', async () => {
    await apply('one', { steps: ['a'] })
    const properties = { steps: { type: 'string' } }
    const openAPIV3Schema = { type: 'object', properties: { spec: { type: 'object', properties } } }
    await world.ask('PATCH', '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com', {
      body: { spec: { versions: [aVersion({ schema: { openAPIV3Schema } })] } },
      headers: { 'content-type': 'application/merge-patch+json' },
    })
    await world.settle()
    world.clock.advance(1_000)
    const { code, body } = await apply('two', { steps: 'b' }, '&force=true')
    expect([code, body.message]).toEqual([
      500,
      'failed to create typed live object (ns/one; example.com/v1, Kind=Widget): ' +
        '.spec.steps: expected string, got &value.valueUnstructured{Value:[]interface {}{"a"}}',
    ])
  })

  it('is refused where another manager owns the field, unless it is forced', async () => {
    await apply('one', { ports: [{ name: 'http', port: 80 }], steps: ['a'] })
    const conflict = await apply('two', { ports: [{ name: 'http', port: 81 }] })
    expect([conflict.code, conflict.body.message]).toEqual([
      409,
      'Apply failed with 1 conflict: conflict with "one": .spec.ports[name="http"].port',
    ])
    const forced = await apply('two', { ports: [{ name: 'http', port: 81 }], steps: ['b'] }, '&force=true')
    expect(forced.body['spec']).toEqual({ ports: [{ name: 'http', port: 81 }], steps: ['b'] })
  })

  it('does not take what the schema does not know', async () => {
    const { code, body } = await apply('one', { colour: 'red' })
    expect(body.message).toMatch(/\.spec\.colour: field not declared in schema$/)
    expect(code).toBe(500)
  })

  it('is not what an empty list of managed fields forgets, as it does of built-in kinds', async () => {
    await apply('one', { tags: ['a'] })
    const { body } = await world.ask('GET', `${WIDGETS}/one`)
    const { metadata, ...rest } = body as unknown as { metadata: object }
    const emptied = await world.ask('PUT', `${WIDGETS}/one`, { body: { ...rest, metadata: { ...metadata, managedFields: [] } } })
    expect(emptied.body['metadata']?.['managedFields']).toHaveLength(1)
    const headers = { 'content-type': 'application/merge-patch+json' }
    const patched = (managedFields: object[]) =>
      world.ask('PATCH', `${WIDGETS}/one`, { body: { metadata: { managedFields } }, headers })
    expect((await patched([])).body['metadata']?.['managedFields']).toHaveLength(1)
    expect((await patched([{}])).body['metadata']).not.toHaveProperty('managedFields')
  })

  it('fills in the default of what is applied no more, also where others own fields in another version', async () => {
    const properties = { mode: { type: 'string', default: 'usual' }, other: { type: 'string' } }
    const schema = {
      openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } },
    }
    const versions = [aVersion({ schema }), { ...aVersion({ schema }), name: 'v2', storage: false }]
    await world.define(aDefinition({ plural: 'gadgets', kind: 'Gadget', versions }))
    const path = '/namespaces/ns/gadgets/one'
    const applyIn = (version: string, manager: string, spec: object) =>
      world.ask('PATCH', `/apis/example.com/${version}${path}?fieldManager=${manager}`, {
        body: { apiVersion: `example.com/${version}`, kind: 'Gadget', metadata: { name: 'one' }, spec },
        headers: { 'content-type': 'application/apply-patch+yaml' },
      })
    await applyIn('v1', 'one', { mode: 'special' })
    await applyIn('v2', 'two', { other: 'x' })
    const { body } = await applyIn('v1', 'one', {})
    expect(body['spec']).toEqual({ mode: 'usual', other: 'x' })
  })

  it('of a status is let go when the object is written in another version without it, though the status stays', async () => {
    const openAPIV3Schema = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }
    const version = { schema: { openAPIV3Schema }, subresources: { status: {} } }
    const versions = [aVersion(version), { ...aVersion(version), name: 'v2', storage: false }]
    await world.define(aDefinition({ plural: 'gadgets', kind: 'Gadget', versions }))
    const path = '/namespaces/ns/gadgets'
    const gadget = (apiVersion: string, fields: object) => ({
      apiVersion: `example.com/${apiVersion}`, kind: 'Gadget', metadata: { name: 'one' }, ...fields,
    })
    await world.ask('POST', `/apis/example.com/v1${path}`, { body: gadget('v1', {}) })
    await world.ask('PATCH', `/apis/example.com/v2${path}/one/status?fieldManager=me`, {
      body: gadget('v2', { status: { a: 1, b: 2 } }), headers: { 'content-type': 'application/apply-patch+yaml' },
    })
    const { body } = await world.ask('PATCH', `/apis/example.com/v1${path}/one`, {
      body: { status: { b: null }, spec: { c: 1 } }, headers: { 'content-type': 'application/merge-patch+json' },
    })
    const { managedFields } = body['metadata'] as unknown as { managedFields: { manager: string; fieldsV1: object }[] }
    expect(body['status']).toEqual({ a: 1, b: 2 })
    const mine = managedFields.find(({ manager }) => manager === 'me')
    expect(mine?.fieldsV1).toEqual({ 'f:status': { '.': {}, 'f:a': {} } })
  })

  it('owns a status that is null where there is none, and is not shown', async () => {
    const status = { type: 'object', properties: { n: { type: 'integer' } } }
    const schema = { openAPIV3Schema: { type: 'object', properties: { status } } }
    const versions = [aVersion({ schema, subresources: { status: {} } })]
    await world.define(aDefinition({ plural: 'gadgets', kind: 'Gadget', versions }))
    const gadgets = '/apis/example.com/v1/namespaces/ns/gadgets'
    const gadget = { apiVersion: 'example.com/v1', kind: 'Gadget', metadata: { name: 'one' } }
    await world.ask('POST', gadgets, { body: gadget })
    const { code, body } = await world.ask('PATCH', `${gadgets}/one/status?fieldManager=me`, {
      body: { ...gadget, status: null }, headers: { 'content-type': 'application/apply-patch+yaml' },
    })
    expect([code, Object.keys(body)]).toEqual([200, ['apiVersion', 'kind', 'metadata']])
    const { managedFields } = body['metadata'] as unknown as { managedFields: object[] }
    expect(managedFields).toMatchObject([{ manager: 'me', fieldsV1: { 'f:status': {} }, subresource: 'status' }])
  })

  it('is a patch like others in that none may take the resourceVersion out', async () => {
    await apply('one', { tags: ['a'] })
    const { code, body } = await world.ask('PATCH', `${WIDGETS}/one`, {
      body: { metadata: { resourceVersion: null } }, headers: { 'content-type': 'application/merge-patch+json' },
    })
    expect([code, body.message]).toEqual([422,
      'widgets.example.com "one" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update'])
  })
})
