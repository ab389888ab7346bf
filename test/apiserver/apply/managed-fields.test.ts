/** metadata.managedFields of ordinary writes: who owns what after create, update, patch, status and scale. */
import { describe, expect, test } from 'vitest'
import { CONFIG_MAPS, DEPLOYMENTS, applyWorld, configMap, deployment, namesOf } from './apply-world.ts'

const A = `${CONFIG_MAPS}/a`
const BY_KUBECTL = `${CONFIG_MAPS}?fieldManager=kubectl-client-side-apply`
const MERGE = { 'content-type': 'application/merge-patch+json' }

describe('managed fields', () => {
  test('of what is created are all its fields but those that the server fills in', async () => {
    const world = applyWorld()
    const body = { ...configMap({ k: 'v' }), metadata: { name: 'a', labels: { l: 'x' }, finalizers: ['x/y'] } }
    const { code } = await world.send('POST', CONFIG_MAPS, { body, headers: { 'user-agent': 'curl/8.1 (linux)' } })
    expect(code).toBe(201)
    expect(await world.managers(A)).toEqual([
      {
        manager: 'curl',
        operation: 'Update',
        apiVersion: 'v1',
        time: '2026-01-01T00:00:00Z',
        fieldsType: 'FieldsV1',
        fieldsV1: {
          'f:data': { '.': {}, 'f:k': {} },
          'f:metadata': { 'f:finalizers': { '.': {}, 'v:"x/y"': {} }, 'f:labels': { '.': {}, 'f:l': {} } },
        },
      },
    ])
  })

  test('of a field whose feature is off are recorded, though the object does not get it', async () => {
    const world = applyWorld()
    const leases = '/apis/coordination.k8s.io/v1/namespaces/default/leases'
    const spec = { holderIdentity: 'x', preferredHolder: 'y' }
    const { body } = await world.send('POST', leases, { body: { metadata: { name: 'a' }, spec } })
    expect(body['spec']).toEqual({ holderIdentity: 'x' })
    const owned = async (): Promise<unknown> => (await world.managers(`${leases}/a`)).map((entry) => entry.fieldsV1)
    expect(await owned()).toEqual([{ 'f:spec': { 'f:holderIdentity': {}, 'f:preferredHolder': {} } }])
    const patch = { spec: { strategy: 'OldestEmulationVersion' } }
    const patched = await world.send('PATCH', `${leases}/a?fieldManager=b`, { body: patch, headers: MERGE })
    expect(patched.body['spec']).toEqual({ holderIdentity: 'x' })
    expect((await world.managers(`${leases}/a`)).find(({ manager }) => manager === 'b')?.fieldsV1)
      .toEqual({ 'f:spec': { 'f:strategy': {} } })
  })

  test('are of whoever says so, else of the program, else of nobody known', async () => {
    const world = applyWorld()
    await world.send('POST', `${CONFIG_MAPS}?fieldManager=named`, { body: configMap({ k: 'v' }) })
    await world.send('PATCH', A, { body: { data: { l: 'w' } }, headers: { ...MERGE, 'user-agent': 'tool/1' } })
    await world.send('PATCH', A, { body: { data: { m: 'x' } }, headers: MERGE })
    expect(namesOf(await world.managers(A)).toSorted()).toEqual(['named Update', 'tool Update', 'unknown Update'])
  })

  test('go over to whoever changes them, with the time of the change', async () => {
    const world = applyWorld()
    await world.send('POST', `${CONFIG_MAPS}?fieldManager=one`, { body: configMap({ k: 'v', l: 'w' }) })
    world.clock.advance(5_000)
    await world.send('PUT', `${A}?fieldManager=two`, { body: configMap({ k: 'v', l: 'x' }) })
    const [one, two] = await world.managers(A)
    expect([one?.manager, one?.time, one?.fieldsV1]).toEqual(
      ['one', '2026-01-01T00:00:00Z', { 'f:data': { '.': {}, 'f:k': {} } }])
    expect([two?.manager, two?.time, two?.fieldsV1]).toEqual(
      ['two', '2026-01-01T00:00:05Z', { 'f:data': { 'f:l': {} } }])
  })

  test('are not touched by a write that changes nothing', async () => {
    const world = applyWorld()
    const { body: made } = await world.send('POST', `${CONFIG_MAPS}?fieldManager=one`, { body: configMap({ k: 'v' }) })
    world.clock.advance(5_000)
    const { body } = await world.send('PUT', `${A}?fieldManager=two`, { body: configMap({ k: 'v' }) })
    expect(body).toEqual(made)
  })

  test.each([[[]], [[{}]]])('are forgotten when a write says %j, until somebody applies', async (managedFields) => {
    const world = applyWorld()
    await world.send('POST', `${CONFIG_MAPS}?fieldManager=one`, { body: configMap({ k: 'v' }) })
    await world.send('PATCH', A, { body: { metadata: { managedFields } }, headers: MERGE })
    expect(await world.managers(A)).toEqual([])
    await world.send('PATCH', A, { body: { data: { l: 'w' } }, headers: MERGE })
    expect(await world.managers(A)).toEqual([])
    await world.apply(A, 'fieldManager=me', configMap({ m: 'x' }))
    expect(namesOf(await world.managers(A))).toEqual(['me Apply', 'before-first-apply Update'])
  })

  test('may be written by a client; what cannot be used is not', async () => {
    const world = applyWorld()
    await world.send('POST', `${CONFIG_MAPS}?fieldManager=one`, { body: configMap({ k: 'v' }) })
    const entry = {
      manager: 'other',
      operation: 'Apply',
      apiVersion: 'v1',
      fieldsType: 'FieldsV1',
      fieldsV1: { 'f:data': { 'f:k': {} } },
    }
    await world.send('PATCH', A, { body: { metadata: { managedFields: [entry] } }, headers: MERGE })
    expect(await world.managers(A)).toEqual([entry])
    const bad = { ...entry, fieldsV1: { nonsense: {} } }
    await world.send('PATCH', A, { body: { metadata: { managedFields: [bad] } }, headers: MERGE })
    expect(await world.managers(A)).toEqual([entry])
  })

  test.each([['a/b/c', []], ['v9', ['left Update']], ['/', ['left Update']]])(
    'that a client writes of version %s are not kept, and those beside them if it can be one: %j',
    async (apiVersion, kept) => {
      const world = applyWorld()
      await world.send('POST', CONFIG_MAPS, { body: configMap({ k: 'v' }) })
      const entry = { operation: 'Update', fieldsType: 'FieldsV1', fieldsV1: { 'f:data': { 'f:k': {} } } }
      const managedFields = [{ ...entry, manager: 'left', apiVersion: 'v1' }, { ...entry, manager: 'gone', apiVersion }]
      await world.send('PATCH', A, { body: { metadata: { managedFields } }, headers: MERGE })
      expect(namesOf(await world.managers(A))).toEqual(kept)
    },
  )

  test('of many updaters become one, the oldest first', async () => {
    const world = applyWorld()
    await world.send('POST', `${CONFIG_MAPS}?fieldManager=m00`, { body: configMap({ k0: '0' }) })
    for (let at = 1; at <= 12; at++) {
      world.clock.advance(1_000)
      const body = { data: { [`k${String(at)}`]: String(at) } }
      await world.send('PATCH', `${A}?fieldManager=m${String(at).padStart(2, '0')}`, { body, headers: MERGE })
    }
    const managers = await world.managers(A)
    expect(managers).toHaveLength(10)
    expect(namesOf(managers)[0]).toBe('ancient-changes Update')
    expect(managers[0]?.fieldsV1).toEqual({ 'f:data': { '.': {}, 'f:k0': {}, 'f:k1': {}, 'f:k2': {}, 'f:k3': {} } })
  })

  test('of a status are apart from those of the rest', async () => {
    const world = applyWorld()
    await world.send('POST', `${DEPLOYMENTS}?fieldManager=one`, { body: deployment() })
    await world.send('PATCH', `${DEPLOYMENTS}/a/status?fieldManager=two`, {
      body: { status: { replicas: 2 }, spec: { replicas: 7 } }, headers: MERGE,
    })
    const managers = await world.managers(`${DEPLOYMENTS}/a`)
    expect(namesOf(managers)).toEqual(['one Update', 'two Update status'])
    expect(managers[1]?.fieldsV1).toEqual({ 'f:status': { 'f:replicas': {} } })
  })

  test('of a Secret are those that it has, in whichever form they were written', async () => {
    const world = applyWorld()
    const secrets = '/api/v1/namespaces/default/secrets'
    const body = { metadata: { name: 'a' }, data: { a: 'YQ==' }, stringData: { b: 'x' }, type: 'Opaque' }
    await world.send('POST', `${secrets}?fieldManager=one`, { body })
    await world.send('PATCH', `${secrets}/a?fieldManager=two`, { body: { stringData: { b: 'y' } }, headers: MERGE })
    const [one, two] = await world.managers(`${secrets}/a`)
    expect(one?.fieldsV1).toEqual({ 'f:data': { '.': {}, 'f:a': {} }, 'f:type': {} })
    expect(two?.fieldsV1).toEqual({ 'f:data': { 'f:b': {} } })
  })

  test('of a DaemonSet are the count of its templates, too', async () => {
    const world = applyWorld()
    const path = '/apis/apps/v1/namespaces/default/daemonsets'
    await world.send('POST', `${path}?fieldManager=one`, {
      body: { ...(deployment() as object), kind: 'DaemonSet' },
    })
    const [one] = await world.managers(`${path}/a`)
    expect(one?.fieldsV1).toMatchObject({
      'f:metadata': { 'f:annotations': { '.': {}, 'f:deprecated.daemonset.template.generation': {} } },
    })
  })

  test('of a pod\'s resize are all that it says, whether it may change them or not', async () => {
    const world = applyWorld()
    const pods = '/api/v1/namespaces/default/pods'
    await world.send('POST', '/api/v1/namespaces/default/serviceaccounts', { body: { metadata: { name: 'default' } } })
    const spec = { containers: [{ name: 'c', image: 'one', resources: { requests: { cpu: '1' } } }] }
    await world.send('POST', `${pods}?fieldManager=one`, { body: { metadata: { name: 'a' }, spec } })
    const container = { name: 'c', resources: { requests: { cpu: '2' } } }
    const resized = { containers: [container], terminationGracePeriodSeconds: 30 }
    const { code } = await world.apply(`${pods}/a/resize`, 'fieldManager=two&force=true', {
      apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' }, spec: resized,
    })
    expect(code).toBe(200)
    const two = (await world.managers(`${pods}/a`)).find(({ manager }) => manager === 'two')
    expect(two?.fieldsV1).toEqual({
      'f:spec': {
        'f:containers': { 'k:{"name":"c"}': { '.': {}, 'f:name': {}, 'f:resources': { 'f:requests': { 'f:cpu': {} } } } },
        'f:terminationGracePeriodSeconds': {},
      },
    })
  })

  test('without a field are no entry', async () => {
    const world = applyWorld()
    await world.send('POST', `${CONFIG_MAPS}?fieldManager=one`, { body: configMap({ k: 'v' }) })
    const { body } = await world.send('GET', A)
    const [entry] = await world.managers(A)
    const { fieldsV1: _fields, ...empty } = { ...entry, manager: 'nothing' }
    const metadata = { ...(body as unknown as { metadata: object }).metadata, managedFields: [entry, empty] }
    await world.send('PUT', `${A}?fieldManager=two`, { body: { ...(body as object), metadata } })
    expect(namesOf(await world.managers(A))).toEqual(['one Update'])
  })

  test('are of nobody where items of a keyed list have no key, which no apply can be merged with', async () => {
    const world = applyWorld()
    const accounts = '/api/v1/namespaces/default/serviceaccounts'
    const account = (rest: object) => ({ apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'a' }, ...rest })
    await world.send('POST', accounts, { body: account({ secrets: [{ namespace: 'x' }] }) })
    expect(await world.managers(`${accounts}/a`)).toEqual([])
    const { code, body } = await world.apply(`${accounts}/a`, 'fieldManager=me', account({}))
    expect([code, body['message']]).toEqual([
      500,
      'failed to create manager for existing fields: failed to convert new object ' +
        '(default/a; /v1, Kind=ServiceAccount) to smd typed: .secrets: element 0: associative list with keys has an ' +
        `element that omits all key fields ["name"] (and doesn't have default values for any key fields)`,
    ])
  })

  test('of replicas that an updater of the whole owns become an entry of their own when it is scaled', async () => {
    const world = applyWorld()
    const path = `${DEPLOYMENTS}/a`
    await world.send('POST', `${DEPLOYMENTS}?fieldManager=one`, { body: deployment({ replicas: 1 }) })
    const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: { replicas: 1 } }
    await world.apply(`${path}/scale`, 'fieldManager=two', scale)
    const [two, replicas, rest] = await world.managers(path)
    expect([two?.manager, replicas?.manager, rest?.manager]).toEqual(['two', 'one', 'one'])
    expect([two?.fieldsV1, replicas?.fieldsV1]).toEqual(
      [{ 'f:spec': { 'f:replicas': {} } }, { 'f:spec': { 'f:replicas': {} } }])
    expect([replicas?.time, rest?.time]).toEqual([undefined, '2026-01-01T00:00:00Z'])
    expect(JSON.stringify(rest?.fieldsV1)).not.toContain('f:replicas')
  })

  test('of a Scale that nobody owns yet are not of what every Scale has', async () => {
    const world = applyWorld()
    const path = `${DEPLOYMENTS}/a`
    const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' } }
    await world.apply(path, 'fieldManager=one', deployment())
    const { code } = await world.apply(`${path}/scale`, 'fieldManager=two', { ...scale, spec: {}, status: { replicas: 1 } })
    expect(code).toBe(200)
    const refused = await world.apply(`${path}/scale`, 'fieldManager=two', { ...scale, spec: { replicas: 3 } })
    expect(refused.body['message']).toBe('Apply failed with 1 conflict: conflict with "before-first-apply" with ' +
      'subresource "scale" using autoscaling/v1: .spec.replicas')
  })

  test('of replicas go over to whoever scales, and back', async () => {
    const world = applyWorld()
    const path = `${DEPLOYMENTS}/a`
    await world.apply(path, 'fieldManager=me', deployment({ replicas: 1 }))
    await world.send('PATCH', `${path}/scale?fieldManager=scaler`, { body: { spec: { replicas: 3 } }, headers: MERGE })
    expect(namesOf(await world.managers(path))).toEqual(['me Apply', 'scaler Update scale'])
    const scaled = await world.apply(path, 'fieldManager=me', deployment({ replicas: 1 }))
    expect(scaled.body['message']).toBe(
      'Apply failed with 1 conflict: conflict with "scaler" with subresource "scale" using apps/v1: .spec.replicas')
    const scale = { apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a' }, spec: { replicas: 5 } }
    const conflict = await world.apply(`${path}/scale`, 'fieldManager=applier', scale)
    expect(conflict.body['message']).toBe(
      'Apply failed with 1 conflict: conflict with "scaler" with subresource "scale" using autoscaling/v1: .spec.replicas')
    const forced = await world.apply(`${path}/scale`, 'fieldManager=applier&force=true', scale)
    expect([forced.code, forced.body['spec']?.['replicas']]).toEqual([200, 5])
    expect(namesOf(await world.managers(path)).toSorted()).toEqual(['applier Apply scale', 'me Apply'])
  })

  test('are each in the version that they were written in', async () => {
    const world = applyWorld()
    const path = '/namespaces/default/horizontalpodautoscalers'
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' }
    const spec = { scaleTargetRef, maxReplicas: 3, targetCPUUtilizationPercentage: 50 }
    await world.send('POST', `/apis/autoscaling/v1${path}?fieldManager=old`, {
      body: { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'a' }, spec },
    })
    const conflict = await world.apply(`/apis/autoscaling/v2${path}/a`, 'fieldManager=new', {
      apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'a' }, spec: { maxReplicas: 4 },
    })
    expect(conflict.body['message']).toBe(
      'Apply failed with 1 conflict: conflict with "old" using autoscaling/v1: .spec.maxReplicas')
    const { body } = await world.send('PATCH', `/apis/autoscaling/v2${path}/a?fieldManager=new`, {
      body: { spec: { maxReplicas: 4 } }, headers: MERGE,
    })
    expect(body['kind']).toBe('HorizontalPodAutoscaler')
    const managers = await world.managers(`/apis/autoscaling/v2${path}/a`)
    expect(managers.map(({ manager, apiVersion }) => [manager, apiVersion])).toEqual(
      [['new', 'autoscaling/v2'], ['old', 'autoscaling/v1']])
    expect(managers[0]?.fieldsV1).toEqual({ 'f:spec': { 'f:maxReplicas': {} } })
    expect(JSON.stringify(managers[1]?.fieldsV1)).not.toContain('maxReplicas')
  })

  test('keep what another version always prints, though its applier has let it go', async () => {
    const world = applyWorld()
    const path = '/namespaces/default/horizontalpodautoscalers'
    const v2 = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'a' } }
    const scaleTargetRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' }
    await world.send('POST', `/apis/autoscaling/v2${path}?fieldManager=maker`, {
      body: { ...v2, spec: { scaleTargetRef, maxReplicas: 3 } },
    })
    await world.send('PATCH', `/apis/autoscaling/v1${path}/a?fieldManager=old`, {
      body: { spec: { minReplicas: 2 } }, headers: MERGE,
    })
    await world.apply(`/apis/autoscaling/v2${path}/a`, 'fieldManager=me&force=true', { ...v2, spec: { maxReplicas: 5 } })
    const { body } = await world.apply(`/apis/autoscaling/v2${path}/a`, 'fieldManager=me', { ...v2, spec: {} })
    expect(body['spec']?.['maxReplicas']).toBe(5)
  })

  test('stay as they are when an object is deleted in steps', async () => {
    const world = applyWorld()
    const body = { ...configMap({ k: 'v' }), metadata: { name: 'a', finalizers: ['x/y'] } }
    await world.send('POST', `${CONFIG_MAPS}?fieldManager=one`, { body })
    const before = await world.managers(A)
    await world.send('DELETE', A)
    expect(await world.managers(A)).toEqual(before)
  })
})

/** Names of fields are what managed fields repeat: so many are half a megabyte, and again as much in these. */
function named(count: number): Record<string, unknown> {
  const keys = Array.from({ length: count }, (_, n) => `${String(n).padStart(5, '0')}${'x'.repeat(245)}`)
  return configMap(Object.fromEntries(keys.map((key) => [key, ''])))
}

describe('an object that is too large with its managed fields', () => {
  const [FITS, TOO_LARGE_MANAGED, TOO_LARGE] = [named(2000), named(4000), named(8000)]
  const REPLACED = [{ op: 'replace', path: '/data', value: TOO_LARGE_MANAGED['data'] }]
  const JSON_PATCH = { 'content-type': 'application/json-patch+json' }

  test.each([
    ['PUT', { body: TOO_LARGE_MANAGED }],
    ['merge patch', { body: TOO_LARGE_MANAGED, headers: MERGE }],
    ['JSON patch', { body: REPLACED, headers: JSON_PATCH }],
  ])('is stored without them by a %s, and belongs to nobody from then on', async (what, options) => {
    const world = applyWorld()
    expect((await world.send('POST', CONFIG_MAPS, { body: FITS })).code).toBe(201)
    expect(await world.managers(A)).toHaveLength(1)
    const written = await world.send(what === 'PUT' ? 'PUT' : 'PATCH', A, options)
    expect([written.code, written.body['data']]).toEqual([200, TOO_LARGE_MANAGED['data']])
    expect(await world.managers(A)).toEqual([])
    const labels = { metadata: { labels: { a: 'b' } } }
    expect((await world.send('PATCH', A, { body: labels, headers: MERGE })).code).toBe(200)
    expect(await world.managers(A)).toEqual([])
  })

  test('is made without them, and of a dry run shows them', async () => {
    const world = applyWorld()
    const tried = await world.send('POST', `${CONFIG_MAPS}?dryRun=All`, { body: TOO_LARGE_MANAGED })
    expect([tried.code, 'managedFields' in (tried.body['metadata'] ?? {})]).toEqual([201, true])
    const made = await world.send('POST', CONFIG_MAPS, { body: TOO_LARGE_MANAGED })
    expect([made.code, 'managedFields' in (made.body['metadata'] ?? {})]).toEqual([201, false])
  })

  test('is not applied, in the words of etcd, nor is one stored that is too large in itself', async () => {
    const world = applyWorld()
    const refusal = {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: 'etcdserver: request is too large',
      code: 500,
    }
    const refused = { code: 500, warnings: '', body: refusal }
    expect(await world.apply(A, 'fieldManager=me', TOO_LARGE_MANAGED)).toEqual(refused)
    expect(await world.send('POST', CONFIG_MAPS, { body: TOO_LARGE })).toEqual(refused)
    expect((await world.send('POST', CONFIG_MAPS, { body: FITS })).code).toBe(201)
    expect(await world.send('PUT', A, { body: TOO_LARGE })).toEqual(refused)
    expect(await world.managers(A)).toHaveLength(1)
  })
})

describe('kubectl\'s way from client-side to server-side apply', () => {
  const annotation = 'kubectl.kubernetes.io/last-applied-configuration'
  const lastApplied = (data: Record<string, string>): Record<string, unknown> => ({
    ...configMap(data),
    metadata: { name: 'a', annotations: { [annotation]: `${JSON.stringify(configMap(data))}\n` } },
  })

  test('takes over without conflicts what it applied last, and keeps the annotation up to date', async () => {
    const world = applyWorld()
    await world.send('POST', BY_KUBECTL, { body: lastApplied({ k: 'v' }) })
    const { code, body } = await world.apply(A, 'fieldManager=kubectl', configMap({ k: '<w>' }))
    expect([code, body['data']]).toEqual([200, { k: '<w>' }])
    const annotations = (body as unknown as { metadata: { annotations: Record<string, string> } }).metadata.annotations
    expect(annotations[annotation]).toBe(
      '{"apiVersion":"v1","data":{"k":"\\u003cw\\u003e"},"kind":"ConfigMap","metadata":{"name":"a"}}\n')
  })

  test('keeps in the annotation what was said of annotations, though it is nothing', async () => {
    const world = applyWorld()
    await world.send('POST', BY_KUBECTL, { body: lastApplied({ k: 'v' }) })
    const applied = { ...configMap({ k: 'v' }), metadata: { name: 'a', annotations: {} } }
    const { body } = await world.apply(A, 'fieldManager=kubectl', applied)
    const annotations = (body as unknown as { metadata: { annotations: Record<string, string> } }).metadata.annotations
    expect(annotations[annotation]).toContain('"metadata":{"annotations":{},"name":"a"}')
  })

  test('keeps nulls of annotations as empty texts', async () => {
    const world = applyWorld()
    await world.send('POST', BY_KUBECTL, { body: lastApplied({ k: 'v' }) })
    const annotationsOf = async (said: unknown): Promise<string | undefined> => {
      const metadata = { name: 'a', annotations: said }
      const { body } = await world.apply(A, 'fieldManager=kubectl', { ...configMap({ k: 'v' }), metadata })
      return (body as unknown as { metadata: { annotations: Record<string, string> } }).metadata.annotations[annotation]
    }
    expect(await annotationsOf({ x: null })).toContain('"metadata":{"annotations":{"x":""},"name":"a"}')
    expect(await annotationsOf(null)).toContain('"metadata":{"name":"a"}')
  })

  test('conflicts about what others have changed since', async () => {
    const world = applyWorld()
    await world.send('POST', BY_KUBECTL, { body: lastApplied({ k: 'v', l: 'w' }) })
    await world.send('PATCH', `${A}?fieldManager=other`, { body: { data: { l: 'x' } }, headers: MERGE })
    const { body } = await world.apply(A, 'fieldManager=kubectl', configMap({ k: 'y', l: 'y' }))
    expect(body['message']).toBe('Apply failed with 1 conflict: conflict with "other" using v1: .data.l')
  })

  test('is no one else\'s', async () => {
    const world = applyWorld()
    await world.send('POST', BY_KUBECTL, { body: lastApplied({ k: 'v' }) })
    expect((await world.apply(A, 'fieldManager=other', configMap({ k: 'w' }))).code).toBe(409)
  })
})
