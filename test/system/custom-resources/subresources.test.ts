/** The status and scale of custom resources, their generation, columns, selectable fields and watches. */
import { beforeEach, describe, expect, it } from 'vitest'
import { CRD_PATH, CustomWorld, aDefinition, aVersion, aWidget } from './custom-world.ts'
import { itemNames } from '../../support/api.ts'

const WIDGETS = '/apis/example.com/v1/namespaces/ns/widgets'
const MERGE = { 'content-type': 'application/merge-patch+json' }
const TABLE = { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' }

let world: CustomWorld

beforeEach(() => {
  world = new CustomWorld()
})

const patch = (path: string, body: object) => world.ask('PATCH', path, { body, headers: MERGE })

interface Widget {
  readonly metadata: { readonly generation: number; readonly labels?: Record<string, string>; resourceVersion: string }
  readonly spec?: object
  readonly status?: object
}

const widget = async (name = 'one'): Promise<Widget> =>
  (await world.ask('GET', `${WIDGETS}/${name}`)).body as unknown as Widget

describe('without a status subresource', () => {
  beforeEach(() => world.define(aDefinition()))

  it('status is a field like any other, and counts for the generation', async () => {
    await world.ask('POST', WIDGETS, { body: aWidget('one', { status: { phase: 'new' } }) })
    expect(await widget()).toMatchObject({ metadata: { generation: 1 }, status: { phase: 'new' } })
    await patch(`${WIDGETS}/one`, { status: { phase: 'old' } })
    expect((await widget()).metadata.generation).toBe(2)
    await patch(`${WIDGETS}/one`, { metadata: { labels: { a: 'b' } } })
    expect((await widget()).metadata.generation).toBe(2)
    expect((await world.ask('GET', `${WIDGETS}/one/status`)).code).toBe(404)
  })
})

describe('the status subresource', () => {
  beforeEach(async () => {
    await world.define(aDefinition({ versions: [aVersion({ subresources: { status: {} } })] }))
    await world.ask('POST', WIDGETS, { body: aWidget('one', { spec: { size: 1 }, status: { phase: 'said' } }) })
  })

  it('is not written where the object is', async () => {
    expect(await widget()).not.toHaveProperty('status')
    await patch(`${WIDGETS}/one`, { status: { phase: 'said' }, spec: { size: 2 } })
    expect(await widget()).toMatchObject({ metadata: { generation: 2 }, spec: { size: 2 } })
    expect(await widget()).not.toHaveProperty('status')
  })

  it('writes nothing but the status, metadata included, and leaves the generation', async () => {
    const { code } = await patch(`${WIDGETS}/one/status`, {
      metadata: { labels: { a: 'b' } },
      spec: { size: 9 },
      status: { phase: 'done' },
    })
    expect(code).toBe(200)
    const { metadata, ...rest } = await widget()
    expect(rest).toMatchObject({ spec: { size: 1 }, status: { phase: 'done' } })
    expect(metadata.generation).toBe(1)
    expect(metadata.labels).toBeUndefined()
  })

  it.each([['POST', 'create'], ['DELETE', 'delete'], ['OPTIONS', '']])('knows no %s', async (method, verb) => {
    await world.ask('POST', WIDGETS, { body: aWidget('one') })
    const message = `${verb} is not supported on resources of kind "widgets.example.com"`
    const answer = await world.ask(method, `${WIDGETS}/one/status`)
    expect(answer).toMatchObject({ code: 405, body: { message, details: { group: 'example.com', kind: 'widgets' } } })
  })

  it('is replaced under a resourceVersion', async () => {
    const body = { ...(await widget()), status: { phase: 'done' } }
    expect((await world.ask('PUT', `${WIDGETS}/one/status`, { body })).code).toBe(200)
    expect((await world.ask('PUT', `${WIDGETS}/one/status`, { body })).code).toBe(409)
  })
})

describe('the scale subresource', () => {
  beforeEach(async () => {
    const scale = {
      specReplicasPath: '.spec.copies',
      statusReplicasPath: '.status.copies',
      labelSelectorPath: '.status.selector',
    }
    await world.define(aDefinition({ versions: [aVersion({ subresources: { status: {}, scale } })] }))
    await world.ask('POST', WIDGETS, { body: aWidget('one', { spec: { copies: 2 } }) })
  })

  it('reads and writes where the definition says', async () => {
    await patch(`${WIDGETS}/one/status`, { status: { copies: 1, selector: 'a=b' } })
    const { body } = await world.ask('GET', `${WIDGETS}/one/scale`)
    expect(body).toMatchObject({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      spec: { replicas: 2 },
      status: { replicas: 1, selector: 'a=b' },
    })
    const put = await world.ask('PUT', `${WIDGETS}/one/scale`, { body: { ...body, spec: { replicas: 5 } } })
    expect([put.code, put.body['spec']]).toEqual([200, { replicas: 5 }])
    expect(await widget()).toMatchObject({ spec: { copies: 5 }, metadata: { generation: 2 } })
    expect((await world.ask('PUT', `${WIDGETS}/one/scale`, { body })).code).toBe(409)
  })

  it('says how many pods a budget of theirs expects', async () => {
    const { metadata } = await widget()
    const { uid } = metadata as { uid?: string }
    const owner = { apiVersion: 'example.com/v1', kind: 'Widget', name: 'one', uid, controller: true }
    await world.ask('POST', '/api/v1/namespaces/ns/pods', {
      body: {
        metadata: { name: 'p', labels: { app: 'web' }, ownerReferences: [owner] },
        spec: { containers: [{ name: 'c', image: 'i' }] },
      },
    })
    const budgets = '/apis/policy/v1/namespaces/ns/poddisruptionbudgets'
    await world.ask('POST', budgets, {
      body: { metadata: { name: 'b' }, spec: { selector: { matchLabels: { app: 'web' } }, maxUnavailable: 1 } },
    })
    await world.settle()
    const { body } = await world.ask('GET', `${budgets}/b`)
    expect(body['status']).toMatchObject({ expectedPods: 2, desiredHealthy: 1 })
    expect(world.errors).toEqual([])
  })

  it.each([
    ['is none', 'x'],
    ['is of an older version', { apiVersion: 'extensions/v1beta1', kind: 'Scale', metadata: { name: 'one' } }],
    ['is something else', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' } }],
    ['has fields of another type', { metadata: { name: 'one' }, spec: { replicas: 'x' } }],
    ['has unknown fields', { metadata: { name: 'one' }, extra: 1 }],
  ])('cannot be read where it %s, which upstream has no words of its own for', async (_what, body) => {
    const put = await world.ask('PUT', `${WIDGETS}/one/scale?fieldValidation=Strict`, { body })
    const why = 'no kind is registered for the type v1.Scale in scheme "pkg/runtime/scheme.go:111"'
    expect([put.code, put.body.message]).toEqual([400, why])
  })

  it.each([
    ['extensions/v1beta1', 'converting (v1beta1.Scale) to (v1.Scale): unknown conversion'],
    ['apps/v1beta2', 'converting (v1beta2.Scale) to (v1.Scale): unknown conversion'],
    ['apps/v1', 'no kind "Scale" is registered for version "apps/v1" in scheme "pkg/runtime/scheme.go:111"'],
  ])('cannot be made one of %s', async (apiVersion, why) => {
    const { code, body } = await patch(`${WIDGETS}/one/scale`, { apiVersion })
    expect([code, (body.message ?? '').endsWith(`: ${why}`)]).toEqual([422, true])
  })

  it('makes whoever scales the owner of the replicas', async () => {
    await patch(`${WIDGETS}/one/scale?fieldManager=scaler`, { spec: { replicas: 7 } })
    const { metadata } = (await widget()) as unknown as { metadata: { managedFields: { manager: string }[] } }
    const owner = metadata.managedFields.find(({ manager }) => manager === 'scaler')
    expect(owner).toMatchObject({
      apiVersion: 'example.com/v1', subresource: 'scale', fieldsV1: { 'f:spec': { 'f:copies': {} } },
    })
  })

  it('is not changed by an apply, for which upstream knows no way between a custom resource and its Scale', async () => {
    const apply = (replicas: number, query = '', more = {}) => world.ask('PATCH', `${WIDGETS}/one/scale?fieldManager=me${query}`, {
      body: { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'one' }, spec: { replicas }, ...more },
      headers: { 'content-type': 'application/apply-patch+yaml' },
    })
    const no = 'to proper version: request to convert CR to an invalid group/version: autoscaling/v1'
    expect((await apply(3)).body.message).toMatch(/^Apply failed with 1 conflict: /)
    expect((await apply(2)).code).toBe(200)
    const forced = await apply(3, '&force=true')
    expect([forced.code, forced.body.message]).toEqual(
      [500, `failed to convert new object (/one; autoscaling/v1, Kind=Scale) ${no}`])
    const unnamed = await apply(3, '&force=true', { metadata: { labels: {} } })
    expect([unnamed.code, unnamed.body.message]).toEqual(
      [500, `failed to convert new object (/; autoscaling/v1, Kind=Scale) ${no}`])
    const others = [{ status: { replicas: 9 } }, { metadata: { name: 'one', resourceVersion: '1' } }]
    for (const more of others) expect((await apply(2, '', more)).code).toBe(500)
    await patch(`${WIDGETS}/one`, { metadata: { managedFields: [{}] } })
    const unowned = await apply(2)
    expect([unowned.code, unowned.body.message]).toEqual([
      500,
      'failed to create manager for existing fields: failed to convert live object ' +
        `(/; autoscaling/v1, Kind=Scale) ${no}`,
    ])
    const other = await apply(2, '', { kind: 'Widget' })
    expect([other.code, other.body.message]).toEqual([400, 'invalid object type: autoscaling/v1, Kind=Widget'])
  })

  it('is printed as custom resources are: what is not set is not zero', async () => {
    await world.ask('POST', WIDGETS, { body: aWidget('none', { spec: { copies: 0 } }) })
    const { body } = await world.ask('GET', `${WIDGETS}/none/scale`, {
      headers: { accept: 'application/json;as=Table;v=v1;g=meta.k8s.io' },
    })
    const columns = (body['columnDefinitions'] as unknown as { name: string; type: string }[])
    expect(columns.map(({ name, type }) => [name, type])).toEqual(
      [['Name', 'string'], ['Desired', 'integer'], ['Available', 'integer'], ['Age', 'date']])
    expect(body['rows']).toMatchObject([{ cells: ['none', null, 0, '0s'] }])
    const { code, body: list } = await world.ask('GET', `${WIDGETS}/none/scale`, {
      headers: { accept: 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io' },
    })
    expect([code, list.message]).toEqual([
      406,
      'you requested PartialObjectMetadataList, but the requested object is not a list (*v1.Scale)',
    ])
  })

  it('is not asked for a uid where it is patched', async () => {
    expect((await patch(`${WIDGETS}/one/scale`, { metadata: { uid: 'other' }, spec: { replicas: 3 } })).code).toBe(200)
  })

  it('of an object without replicas is an error to read, and makes them when written', async () => {
    await world.ask('POST', WIDGETS, { body: aWidget('two') })
    const { code, body } = await world.ask('GET', `${WIDGETS}/two/scale`)
    expect([code, body.message]).toEqual([
      500,
      'Internal error occurred: the spec replicas field ".spec.copies" does not exist',
    ])
    const empty = await patch(`${WIDGETS}/two/scale`, { metadata: {} })
    expect([empty.code, empty.body.message]).toEqual([400, 'the spec replicas field ".spec.copies" cannot be empty'])
    expect((await patch(`${WIDGETS}/two/scale`, { spec: { replicas: 1 } })).code).toBe(200)
    expect(await widget('two')).toMatchObject({ spec: { copies: 1 } })
  })

  it.each([
    [{ copies: -1 }, '.spec.copies: Invalid value: -1: should be a non-negative integer'],
    [{ copies: 3_000_000_000 }, '.spec.copies: Invalid value: 3000000000: should be less than or equal to 2147483647'],
    [
      { copies: 'two' },
      '.spec.copies: Invalid value: 0: .spec.copies accessor error: two is of the type string, expected int64',
    ],
  ])('replicas of %j are refused', async (spec, why) => {
    const { code, body } = await patch(`${WIDGETS}/one`, { spec })
    expect([code, body.message]).toEqual([422, `Widget.example.com "one" is invalid: ${why}`])
  })
})

describe('columns', () => {
  it('show what their paths find, by their type', async () => {
    const columns = [
      { name: 'Size', type: 'integer', jsonPath: '.spec.size' },
      { name: 'Ratio', type: 'number', jsonPath: '.spec.ratio', priority: 1, format: 'float' },
      { name: 'On', type: 'boolean', jsonPath: '.spec.on', description: 'Whether it is on.' },
      { name: 'Ready', type: 'string', jsonPath: '.status.conditions[?(@.type=="Ready")].status' },
      { name: 'Since', type: 'date', jsonPath: '.metadata.creationTimestamp' },
      { name: 'Parts', type: 'string', jsonPath: '.spec.parts' },
    ]
    await world.define(aDefinition({ versions: [aVersion({ additionalPrinterColumns: columns })] }))
    const conditions = [{ type: 'Ready', status: 'True' }]
    const spec = { size: 3, ratio: 1.5, on: true, parts: ['a', 'b'] }
    await world.ask('POST', WIDGETS, { body: aWidget('full', { spec, status: { conditions } }) })
    await world.ask('POST', WIDGETS, { body: aWidget('odd', { spec: { size: 'big', ratio: '1', on: 'yes' } }) })
    world.clock.advance(90_000)
    const { body } = await world.ask('GET', WIDGETS, { headers: TABLE })
    expect(body['columnDefinitions']).toMatchObject([
      { name: 'Name', type: 'string', format: 'name' },
      { name: 'Size', type: 'integer', description: 'Custom resource definition column (in JSONPath format): .spec.size' },
      { name: 'Ratio', type: 'number', format: 'float', priority: 1 },
      { name: 'On', description: 'Whether it is on.' },
      { name: 'Ready' },
      { name: 'Since', type: 'date' },
      { name: 'Parts' },
    ])
    const rows = body['rows'] as unknown as { cells: unknown[] }[]
    expect(rows.map(({ cells }) => cells)).toEqual([
      ['full', 3, 1.5, true, 'True', '90s', '["a","b"]'],
      ['odd', null, null, null, null, '90s', null],
    ])
  })
})

describe('selectable fields', () => {
  it('select, and no others do', async () => {
    const selectableFields = [{ jsonPath: '.spec.color' }]
    const properties = { spec: { type: 'object', properties: { color: { type: 'string' } } } }
    const schema = { openAPIV3Schema: { type: 'object', properties } }
    await world.define(aDefinition({ versions: [aVersion({ selectableFields, schema })] }))
    await world.ask('POST', WIDGETS, { body: aWidget('red', { spec: { color: 'red' } }) })
    await world.ask('POST', WIDGETS, { body: aWidget('none') })
    const names = async (selector: string): Promise<unknown> => {
      const { code, body } = await world.ask('GET', `${WIDGETS}?fieldSelector=${encodeURIComponent(selector)}`)
      if (code !== 200) return body.message
      return itemNames(body)
    }
    expect(await names('spec.color=red')).toEqual(['red'])
    expect(await names('spec.color!=red')).toEqual(['none'])
    expect(await names('metadata.name=none,metadata.namespace=ns')).toEqual(['none'])
    expect(await names('spec.size=1')).toMatch(/field label not supported: spec\.size/)
    expect(await names('metadata.definitionGeneration=1')).toMatch(/field label not supported/)
  })

  it('are the name alone in the cluster scope', async () => {
    await world.define(aDefinition({ scope: 'Cluster' }))
    const ask = async (selector: string): Promise<unknown[]> => {
      const { code, body } = await world.ask('GET', `/apis/example.com/v1/widgets?fieldSelector=${selector}`)
      return [code, body.message]
    }
    expect(await ask('metadata.name%3Da')).toEqual([200, undefined])
    expect(await ask('metadata.namespace%3Da')).toEqual([400, 'field label not supported: metadata.namespace'])
  })
})

describe('a watch', () => {
  it('shows changes, and ends with the definition', async () => {
    await world.define(aDefinition())
    const { resourceVersion } = (await world.ask('GET', WIDGETS)).body['metadata'] as unknown as Widget['metadata']
    const watching = world.watch(`${WIDGETS}?watch=true&resourceVersion=${resourceVersion}`)
    await world.ask('POST', WIDGETS, { body: aWidget('one', { spec: { size: 1 } }) })
    await world.ask('DELETE', `${CRD_PATH}/widgets.example.com`)
    await world.settle()
    // It looks from time to time whether it is still about the same kind.
    world.clock.advance(61_000)
    const events = await watching
    expect(events.map(({ type, object }) => [type, object.spec])).toEqual([
      ['ADDED', { size: 1 }],
      ['DELETED', { size: 1 }],
    ])
  })
})
