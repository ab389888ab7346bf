/** Custom resources from end to end in one process: a definition is made, its resources are served, and it goes. */
import { beforeEach, describe, expect, it } from 'vitest'
import { CRD_PATH, CustomWorld, aDefinition, aVersion, aWidget } from './custom-world.ts'

const WIDGETS = '/apis/example.com/v1/namespaces/ns/widgets'
const OTHERS = '/apis/example.com/v1/namespaces/other/widgets'

let world: CustomWorld

beforeEach(() => {
  world = new CustomWorld()
})

interface Condition {
  type: string
  status: string
  reason: string
  message: string
}

async function conditionsOf(name = 'widgets.example.com'): Promise<Condition[]> {
  const { body } = await world.ask('GET', `${CRD_PATH}/${name}`)
  const { conditions } = (body as unknown as { status: { conditions: (Condition & { lastTransitionTime: string })[] } })
    .status
  return conditions.map(({ lastTransitionTime: _time, ...condition }) => condition)
}

describe('a definition', () => {
  it('is established once its names are accepted', async () => {
    await world.define(aDefinition({ names: { shortNames: ['wd'], categories: ['all'] } }))
    expect(await conditionsOf()).toEqual([
      { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts', message: 'no conflicts found' },
      {
        type: 'Established',
        status: 'True',
        reason: 'InitialNamesAccepted',
        message: 'the initial names have been accepted',
      },
    ])
    const { body } = await world.ask('GET', `${CRD_PATH}/widgets.example.com`)
    expect(body['status']).toMatchObject({
      acceptedNames: { plural: 'widgets', kind: 'Widget', shortNames: ['wd'], categories: ['all'] },
      storedVersions: ['v1'],
    })
  })

  it('serves nothing before that', async () => {
    await world.api.ready
    expect((await world.ask('POST', CRD_PATH, { body: aDefinition() })).code).toBe(201)
    expect((await world.ask('GET', WIDGETS)).code).toBe(404)
    await world.settle()
    expect((await world.ask('GET', WIDGETS)).code).toBe(200)
  })

  it('waits for a name that another one of its group has', async () => {
    await world.define(aDefinition({ names: { shortNames: ['wd'] } }))
    await world.define(aDefinition({ plural: 'wads', kind: 'Wad', names: { shortNames: ['wd', 'widgets'] } }))
    expect(await conditionsOf('wads.example.com')).toEqual([
      {
        type: 'NamesAccepted',
        status: 'False',
        reason: 'ShortNamesConflict',
        message: '["wd" is already in use, "widgets" is already in use]',
      },
      { type: 'Established', status: 'False', reason: 'NotAccepted', message: 'not all names are accepted' },
    ])
    expect((await world.ask('GET', WIDGETS.replace('widgets', 'wads'))).code).toBe(404)
    await world.ask('DELETE', `${CRD_PATH}/widgets.example.com`)
    await world.settle()
    expect((await conditionsOf('wads.example.com')).map(({ status }) => status)).toEqual(['True', 'True'])
    expect((await world.ask('GET', WIDGETS.replace('widgets', 'wads'))).code).toBe(200)
  })
})

describe('custom resources', () => {
  beforeEach(() => world.define(aDefinition()))

  it('are created, read, listed, changed and deleted', async () => {
    const created = await world.ask('POST', WIDGETS, { body: aWidget('one', { spec: { size: 1 } }) })
    expect(created.code).toBe(201)
    expect(created.body['metadata']).toMatchObject({ name: 'one', namespace: 'ns', generation: 1 })
    const { body: list } = await world.ask('GET', WIDGETS)
    expect(list).toMatchObject({
      kind: 'WidgetList',
      apiVersion: 'example.com/v1',
      items: [{ kind: 'Widget', apiVersion: 'example.com/v1', spec: { size: 1 } }],
    })
    const merge = { 'content-type': 'application/merge-patch+json' }
    const patched = await world.ask('PATCH', `${WIDGETS}/one`, { body: { spec: { size: 2 } }, headers: merge })
    expect(patched.body).toMatchObject({ spec: { size: 2 }, metadata: { generation: 2 } })
    const deleted = await world.ask('DELETE', `${WIDGETS}/one`)
    expect(deleted.body).toMatchObject({
      status: 'Success',
      details: { name: 'one', group: 'example.com', kind: 'widgets' },
    })
    expect((await world.ask('GET', `${WIDGETS}/one`)).code).toBe(404)
  })

  it('begin with the default of a status, which no create may bring, and which nobody owns', async () => {
    const status = { type: 'object', default: { phase: 'New' }, properties: { phase: { type: 'string' } } }
    const spec = { type: 'object', properties: { size: { type: 'integer' } } }
    const schema = { openAPIV3Schema: { type: 'object', properties: { spec, status } } }
    const versions = [aVersion({ schema, subresources: { status: {} } })]
    await world.define(aDefinition({ versions, plural: 'gears', kind: 'Gear' }))
    const path = WIDGETS.replace('widgets', 'gears')
    const gear = { ...aWidget('one', { spec: { size: 1 }, status: { phase: 'Old' } }), kind: 'Gear' }
    const { body } = await world.ask('POST', path, { body: gear })
    expect(body['status']).toEqual({ phase: 'New' })
    const owned = { 'f:spec': { '.': {}, 'f:size': {} } }
    expect(body['metadata']).toMatchObject({ managedFields: [{ operation: 'Update', fieldsV1: owned }] })
    expect((await world.ask('GET', `${path}/one`)).body['status']).toEqual({ phase: 'New' })
  })

  it('need a resourceVersion to be replaced', async () => {
    await world.ask('POST', WIDGETS, { body: aWidget('one') })
    const { code, body } = await world.ask('PUT', `${WIDGETS}/one`, { body: aWidget('one') })
    expect([code, body.message]).toEqual([
      422,
      'widgets.example.com "one" is invalid: metadata.resourceVersion: Invalid value: 0: must be specified for an update',
    ])
  })

  it.each([
    [{ metadata: { name: 'x' } }, 400, /^the object provided is unrecognized .*: Object 'Kind' is missing in '/],
    [{ kind: 'Widget', metadata: { name: 'x' } }, 400, /^the API version in the data \(\) does not match the expected/],
    [{ ...aWidget('x'), apiVersion: 'example.com/v2' }, 400, /^the API version in the data \(example.com\/v2\) does not/],
    [{ ...aWidget('x'), kind: 'Gadget' }, 422, /^Gadget.example.com "x" is invalid: kind: Invalid value: "Gadget": must be/],
    [aWidget('x', {}, { labels: 3 }), 400, /json: cannot unmarshal number into Go struct field ObjectMeta.labels of type/],
  ])('are refused as %j with %i', async (object, code, message) => {
    const answer = await world.ask('POST', WIDGETS, { body: object })
    expect(answer.body.message).toMatch(message)
    expect(answer.code).toBe(code)
  })

  it('take no strategic merge patch', async () => {
    await world.ask('POST', WIDGETS, { body: aWidget('one') })
    const headers = { 'content-type': 'application/strategic-merge-patch+json' }
    const { code, body } = await world.ask('PATCH', `${WIDGETS}/one`, { body: {}, headers })
    expect(code).toBe(415)
    expect(body.message).toMatch(/^the body of the request was in an unknown format - accepted media types include: application\/json-patch\+json, application\/merge-patch\+json/)
    // What a patch is comes before what is to be answered; what is written otherwise after it.
    const unanswerable = { accept: 'text/html' }
    const both = await world.ask('PATCH', `${WIDGETS}/one`, { body: {}, headers: { ...headers, ...unanswerable } })
    expect(both.code).toBe(415)
    const put = await world.ask('PUT', `${WIDGETS}/one`, {
      body: aWidget('one'),
      headers: { 'content-type': 'text/plain', ...unanswerable },
    })
    expect(put.code).toBe(406)
  })

  it('are not taken with a type that is nothing but parameters', async () => {
    const { code } = await world.ask('POST', WIDGETS, { body: aWidget('x'), headers: { 'content-type': ';' } })
    expect(code).toBe(415)
  })

  it('say what they know of unknown metadata', async () => {
    const body = aWidget('one', {}, { nickname: 'w' })
    const strict = await world.ask('POST', `${WIDGETS}?fieldValidation=Strict`, { body })
    expect(strict.body.message).toBe(
      'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "metadata.nickname"',
    )
    expect((await world.ask('POST', WIDGETS, { body })).warnings).toEqual(['unknown field "metadata.nickname"'])
  })

  it('are printed with the columns of their definition', async () => {
    await world.ask('POST', WIDGETS, { body: aWidget('one') })
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const { body } = await world.ask('GET', WIDGETS, { headers: { accept } })
    expect(body).toMatchObject({ columnDefinitions: [{ name: 'Name' }, { name: 'Age', type: 'date' }] })
    expect(body['rows']).toMatchObject([{ cells: ['one', '0s'] }])
  })

  it('have no items where the metadata of a list is asked for', async () => {
    await world.ask('POST', WIDGETS, { body: aWidget('one') })
    const accept = 'application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io'
    const { code, body } = await world.ask('GET', `${WIDGETS}/one`, { headers: { accept } })
    expect({ code, reason: body['reason'], message: body['message'] }).toEqual({
      code: 500,
      reason: undefined,
      message: 'content is not a list',
    })
  })
})

describe('the end of a definition', () => {
  beforeEach(() => world.define(aDefinition()))

  it('takes all instances in all namespaces with it', async () => {
    await world.ask('POST', WIDGETS, { body: aWidget('one') })
    await world.ask('POST', OTHERS, { body: aWidget('two') })
    const { body } = await world.ask('DELETE', `${CRD_PATH}/widgets.example.com`)
    expect(body['metadata']).toMatchObject({ finalizers: ['customresourcecleanup.apiextensions.k8s.io'] })
    expect(body['status']).toMatchObject({
      conditions: [{}, {}, { type: 'Terminating', status: 'True', reason: 'InstanceDeletionPending' }],
    })
    await world.settle()
    expect((await world.ask('GET', `${CRD_PATH}/widgets.example.com`)).code).toBe(404)
    expect(world.api.store('ns').count('widgets.example.com')).toBe(0)
    expect(world.api.store('other').count('widgets.example.com')).toBe(0)
    expect((await world.ask('GET', WIDGETS)).code).toBe(404)
    expect(world.errors).toEqual([])
  })

  it('waits for an instance that is held, and lets nothing new be made', async () => {
    await world.ask('POST', WIDGETS, { body: aWidget('held', {}, { finalizers: ['example.com/hold'] }) })
    await world.ask('DELETE', `${CRD_PATH}/widgets.example.com`)
    await world.settle()
    expect(await conditionsOf()).toContainEqual({
      type: 'Terminating',
      status: 'True',
      reason: 'InstanceDeletionInProgress',
      message: 'CustomResource deletion is in progress',
    })
    for (const path of [WIDGETS, OTHERS]) {
      const { code, body } = await world.ask('POST', path, { body: aWidget('late') })
      expect([code, body.message]).toEqual([
        403,
        'widgets.example.com "late" is forbidden: create not allowed while custom resource definition is terminating',
      ])
    }
    const headers = { 'content-type': 'application/merge-patch+json' }
    const freed = await world.ask('PATCH', `${WIDGETS}/held`, { body: { metadata: { finalizers: null } }, headers })
    expect(freed.code).toBe(200)
    await world.advance(5_000)
    expect((await world.ask('GET', `${CRD_PATH}/widgets.example.com`)).code).toBe(404)
  })

  it('says nothing of dependents the first time, and is like any other the second', async () => {
    await world.ask('POST', WIDGETS, { body: aWidget('held', {}, { finalizers: ['example.com/hold'] }) })
    const path = `${CRD_PATH}/widgets.example.com`
    const first = await world.ask('DELETE', `${path}?propagationPolicy=Foreground`)
    expect(first.body['metadata']).not.toHaveProperty('deletionGracePeriodSeconds')
    expect(first.body['metadata']).toMatchObject({ finalizers: ['customresourcecleanup.apiextensions.k8s.io'] })
    const second = await world.ask('DELETE', `${path}?propagationPolicy=Foreground`)
    expect(second.body['metadata']).toMatchObject({
      deletionGracePeriodSeconds: 0,
      finalizers: ['customresourcecleanup.apiextensions.k8s.io', 'foregroundDeletion'],
    })
  })

  it('lets another definition of the same name begin with nothing', async () => {
    await world.ask('POST', WIDGETS, { body: aWidget('one') })
    await world.ask('DELETE', `${CRD_PATH}/widgets.example.com`)
    await world.settle()
    await world.define(aDefinition())
    expect((await world.ask('GET', WIDGETS)).body['items']).toEqual([])
    expect((await world.ask('POST', WIDGETS, { body: aWidget('one') })).code).toBe(201)
  })
})

describe('other parts of the system', () => {
  beforeEach(() => world.define(aDefinition()))

  it('a namespace takes its custom resources with it', async () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'fresh' } }
    await world.ask('POST', '/api/v1/namespaces', { body: namespace })
    world.driver('fresh')
    await world.settle()
    const path = WIDGETS.replace('/ns/', '/fresh/')
    expect((await world.ask('POST', path, { body: aWidget('one') })).code).toBe(201)
    world.restart()
    await world.ask('DELETE', '/api/v1/namespaces/fresh')
    await world.advance(10_000)
    expect(world.api.store('fresh').count('widgets.example.com')).toBe(0)
    expect((await world.ask('GET', '/api/v1/namespaces/fresh')).code).toBe(404)
  })

  it('a custom resource takes what it owns with it', async () => {
    const { body: owner } = await world.ask('POST', WIDGETS, { body: aWidget('owner') })
    const { uid } = owner['metadata'] as unknown as { uid: string }
    const ownerReferences = [{ apiVersion: 'example.com/v1', kind: 'Widget', name: 'owner', uid }]
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owned', ownerReferences } }
    expect((await world.ask('POST', '/api/v1/namespaces/ns/configmaps', { body: configMap })).code).toBe(201)
    await world.ask('POST', WIDGETS, { body: aWidget('owned', {}, { ownerReferences }) })
    await world.settle()
    await world.ask('DELETE', `${WIDGETS}/owner?propagationPolicy=Foreground`)
    await world.settle()
    expect((await world.ask('GET', '/api/v1/namespaces/ns/configmaps/owned')).code).toBe(404)
    expect((await world.ask('GET', `${WIDGETS}/owned`)).code).toBe(404)
    expect((await world.ask('GET', `${WIDGETS}/owner`)).code).toBe(404)
    expect(world.errors).toEqual([])
  })

  it('what a custom resource of the cluster scope owns in namespaces goes with it', async () => {
    await world.define(aDefinition({ plural: 'owners', kind: 'Owner', scope: 'Cluster' }))
    const path = '/apis/example.com/v1/owners'
    const { body } = await world.ask('POST', path, { body: { ...aWidget('big'), kind: 'Owner' } })
    const { uid } = body['metadata'] as unknown as { uid: string }
    const ownerReferences = [{ apiVersion: 'example.com/v1', kind: 'Owner', name: 'big', uid }]
    const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'owned', ownerReferences } }
    const owned = await world.ask('POST', '/api/v1/namespaces/ns/configmaps', { body: configMap })
    expect([owned.code, owned.body.message]).toEqual([201, undefined])
    await world.ask('DELETE', `${path}/big`)
    await world.settle()
    expect((await world.ask('GET', '/api/v1/namespaces/ns/configmaps/owned')).code).toBe(404)
  })

  it('RBAC decides over them as over others', async () => {
    const user = { username: 'jane', groups: ['system:authenticated'] }
    expect((await world.ask('GET', WIDGETS, { user })).body.message).toBe(
      'widgets.example.com is forbidden: User "jane" cannot list resource "widgets" in API group "example.com" in the namespace "ns"',
    )
    const role = { rules: [{ apiGroups: ['example.com'], resources: ['widgets'], verbs: ['list'] }] }
    const rbac = '/apis/rbac.authorization.k8s.io/v1/namespaces/ns'
    const meta = { apiVersion: 'rbac.authorization.k8s.io/v1', metadata: { name: 'widgets' } }
    await world.ask('POST', `${rbac}/roles`, { body: { ...meta, kind: 'Role', ...role } })
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'widgets' }
    const subjects = [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'jane' }]
    await world.ask('POST', `${rbac}/rolebindings`, { body: { ...meta, kind: 'RoleBinding', roleRef, subjects } })
    expect((await world.ask('GET', WIDGETS, { user })).code).toBe(200)
    expect((await world.ask('DELETE', `${WIDGETS}/one`, { user })).code).toBe(403)
  })

  it('a definition that has just changed is what a write is judged by', async () => {
    await world.ask('POST', WIDGETS, { body: aWidget('one') })
    const { body } = await world.ask('GET', `${CRD_PATH}/widgets.example.com`)
    const spec = body['spec'] as unknown as { versions: object[] }
    spec.versions = [aVersion(), aVersion({ name: 'v2', storage: false })]
    expect((await world.ask('PUT', `${CRD_PATH}/widgets.example.com`, { body })).code).toBe(200)
    expect((await world.ask('GET', '/apis/example.com/v2/namespaces/ns/widgets/one')).body).toMatchObject({
      apiVersion: 'example.com/v2',
      metadata: { name: 'one' },
    })
  })
})
