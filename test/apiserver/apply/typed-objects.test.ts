/**
 * Managed fields where upstream computes with typed objects: what Go tells apart that is printed alike, and what an
 * object reads as in its internal version (structured-merge-diff value/listreflect.go;
 * k8s.io/apimachinery pkg/util/managedfields/internal/structuredmerge.go).
 */
import { describe, expect, test } from 'vitest'
import { testApi } from '../../support/api.ts'
import type { ObjectMeta } from '../../../src/apimachinery/meta.ts'
import {
  CONFIG_MAPS, DEPLOYMENTS, applyWorld, configMap, deployment, namesOf, type ApplyWorld,
} from './apply-world.ts'

const JSON_PATCH = { 'content-type': 'application/json-patch+json' }
const MERGE = { 'content-type': 'application/merge-patch+json' }
const STRATEGIC = { 'content-type': 'application/strategic-merge-patch+json' }

describe('an empty list in a list that is owned as a whole', () => {
  const ROLES = '/apis/rbac.authorization.k8s.io/v1/namespaces/default/roles'
  const rule = { apiGroups: [''], resources: ['pods'], verbs: ['get'] }
  const empty = [{ ...rule, resourceNames: [] }]

  async function roleOfOne(): Promise<ApplyWorld> {
    const world = applyWorld()
    const body = { metadata: { name: 'a' }, rules: [rule] }
    expect((await world.send('POST', `${ROLES}?fieldManager=one`, { body })).code).toBe(201)
    return world
  }

  test.each([
    ['PUT', 'PUT', { body: { metadata: { name: 'a' }, rules: empty } }],
    ['merge patch', 'PATCH', { body: { rules: empty }, headers: MERGE }],
    ['strategic patch', 'PATCH', { body: { rules: empty }, headers: STRATEGIC }],
    ['JSON patch', 'PATCH', { body: [{ op: 'add', path: '/rules/0/resourceNames', value: [] }], headers: JSON_PATCH }],
  ])('makes who writes it by a %s its owner', async (_, method, options) => {
    const world = await roleOfOne()
    const { body } = await world.send(method, `${ROLES}/a?fieldManager=two`, options)
    expect(body['rules']).toEqual([rule])
    expect(namesOf(await world.managers(`${ROLES}/a`))).toEqual(['two Update'])
  })

  test('is none where null was written', async () => {
    const world = await roleOfOne()
    const rules = [{ ...rule, resourceNames: null }]
    await world.send('PATCH', `${ROLES}/a?fieldManager=two`, { body: { rules }, headers: STRATEGIC })
    expect(namesOf(await world.managers(`${ROLES}/a`))).toEqual(['one Update'])
  })

  test('is one within selectors, which are owned as a whole, too', async () => {
    const world = applyWorld()
    const path = '/apis/policy/v1/namespaces/default/poddisruptionbudgets'
    const term = { key: 'a', operator: 'Exists' }
    const spec = (inTerm: object): object => ({ selector: { matchExpressions: [{ ...term, ...inTerm }] } })
    await world.send('POST', `${path}?fieldManager=one`, { body: { metadata: { name: 'a' }, spec: spec({}) } })
    await world.send('PATCH', `${path}/a?fieldManager=two`, { body: { spec: spec({ values: [] }) }, headers: MERGE })
    expect(namesOf(await world.managers(`${path}/a`))).toEqual(['two Update'])
  })
})

test('a Node whose status says that nothing is allocatable is read with its capacity', async () => {
  const status = { capacity: { cpu: '2' }, allocatable: {} }
  const { body } = await testApi('').json('POST', '/api/v1/nodes', { body: { metadata: { name: 'a' }, status } })
  expect(body['status']).toMatchObject({ allocatable: { cpu: '2' } })
})

describe('a signal to stop by, whose feature is off', () => {
  test.each([
    ['with the rest of a lifecycle', { preStop: { sleep: { seconds: 1 } }, stopSignal: 'SIGHUP' }],
    ['alone', { stopSignal: 'SIGHUP' }],
  ])('is owned by who wrote it, and not there: %s', async (_, lifecycle) => {
    const world = applyWorld()
    const spec = { containers: [{ name: 'c', image: 'i', lifecycle }] }
    const templates = '/api/v1/namespaces/default/podtemplates'
    const body = { metadata: { name: 'a' }, template: { spec } }
    const made = await world.send('POST', `${templates}?fieldManager=one`, { body })
    expect(made.code).toBe(201)
    expect(JSON.stringify(made.body['template'])).not.toContain('stopSignal')
    const [owner] = (await world.managers(`${templates}/a`)) ?? []
    expect(JSON.stringify(owner)).toContain('"f:stopSignal":{}')
  })
})

describe('a quantity in a list that is owned as a whole', () => {
  const TEMPLATES = '/api/v1/namespaces/default/podtemplates'
  const templateOf = (divisor: object): object => {
    const item = { path: 'p', resourceFieldRef: { containerName: 'c', resource: 'limits.memory', ...divisor } }
    const spec = { containers: [{ name: 'c', image: 'i' }], volumes: [{ name: 'v', downwardAPI: { items: [item] } }] }
    return { metadata: { name: 'a' }, template: { spec } }
  }

  async function writtenAgain(divisor: object): Promise<readonly string[]> {
    const world = applyWorld()
    const body = templateOf(divisor)
    expect((await world.send('POST', `${TEMPLATES}?fieldManager=one`, { body })).code).toBe(201)
    expect((await world.send('PUT', `${TEMPLATES}/a?fieldManager=two`, { body })).code).toBe(200)
    return namesOf(await world.managers(`${TEMPLATES}/a`))
  }

  test.each([
    ['otherwise than it is printed', { divisor: '1000m' }],
    ['with zeroes', { divisor: '1.0' }],
    ['as a number that is printed otherwise', { divisor: 1000 }],
    ['not at all', {}],
    ['as null', { divisor: null }],
  ])('makes who writes it %s its owner', async (_, divisor) => {
    expect(await writtenAgain(divisor)).toEqual(['one Update', 'two Update'])
  })

  test.each([
    [{ divisor: '1' }], [{ divisor: ' 1 ' }], [{ divisor: 1 }], [{ divisor: '0' }],
  ])('has no new owner by %j', async (divisor) => {
    expect(await writtenAgain(divisor)).toEqual(['one Update'])
  })
})

describe('a HorizontalPodAutoscaler of the first version', () => {
  const V1 = '/apis/autoscaling/v1/namespaces/default/horizontalpodautoscalers'
  const V2 = '/apis/autoscaling/v2/namespaces/default/horizontalpodautoscalers'
  const memory = { type: 'Resource', resource: { name: 'memory', target: { type: 'Utilization', averageUtilization: 60 } } }
  const cpu = { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } }
  const spec = {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' },
    minReplicas: 1,
    maxReplicas: 3,
  }

  async function scaledBy(metrics: readonly object[]): Promise<ApplyWorld> {
    const world = applyWorld()
    const body = { metadata: { name: 'a' }, spec: { ...spec, metrics } }
    expect((await world.send('POST', `${V2}?fieldManager=maker`, { body })).code).toBe(201)
    return world
  }

  test.each([V1, V2])('is not deleted at the time of nothing: %s', async (path) => {
    const world = await scaledBy([cpu])
    const body = { metadata: { deletionTimestamp: '0001-01-01T00:00:00Z' } }
    const { code, body: answer } = await world.send('PATCH', `${path}/a`, { body, headers: MERGE })
    expect(code).toBe(422)
    expect(answer['message']).toContain('metadata.deletionTimestamp: Invalid value: null')
  })

  test('is owned with what the other version makes of it', async () => {
    const world = await scaledBy([memory])
    const body = { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'a' }, spec }
    const { body: written } = await world.send('PUT', `${V1}/a?fieldManager=old`, { body })
    expect(written['spec']?.['targetCPUUtilizationPercentage']).toBe(80)
    const old = (await world.managers(`${V1}/a`)).find(({ manager }) => manager === 'old')
    expect(old?.fieldsV1).toEqual({ 'f:spec': { 'f:targetCPUUtilizationPercentage': {} } })
  })

  test('keeps its metrics, and their order, when only its status is written', async () => {
    const world = await scaledBy([cpu, memory])
    const status = { currentReplicas: 1, desiredReplicas: 2 }
    const { code } = await world.send('PUT', `${V1}/a/status`, {
      body: { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'a' }, spec, status },
    })
    const { body } = await world.send('GET', `${V2}/a`)
    expect([code, body['spec']?.['metrics'], body['status']]).toEqual(
      [200, [cpu, memory], { ...status, currentMetrics: null }])
  })

  test('keeps the conditions of its status when it is written without their annotation', async () => {
    const world = await scaledBy([memory])
    const at = '2026-01-01T00:00:00Z'
    const conditions = [{ type: 'AbleToScale', status: 'True', lastTransitionTime: at }]
    const status = { desiredReplicas: 2, conditions }
    await world.send('PATCH', `${V2}/a/status`, { body: { status }, headers: MERGE })
    await world.send('PATCH', `${V1}/a`, { body: { metadata: { annotations: null } }, headers: MERGE })
    expect((await world.send('GET', `${V2}/a`)).body['status']?.['conditions']).toEqual(conditions)
  })

  test('may be applied without a word about what was applied before', async () => {
    const world = await scaledBy([memory])
    const v1 = { apiVersion: 'autoscaling/v1', kind: 'HorizontalPodAutoscaler', metadata: { name: 'a' } }
    await world.apply(`${V1}/a`, 'fieldManager=me&force=true', { ...v1, spec: { minReplicas: 2 } })
    const { code, body } = await world.apply(`${V1}/a`, 'fieldManager=me', v1)
    expect([code, body['spec']?.['maxReplicas']]).toEqual([200, 3])
  })

  test.each([
    ['a metric that says nothing', [cpu, { type: 'Object', object: {} }], [
      409,
      'Apply failed with 1 conflict: conflict with "old" using autoscaling/v1: ' +
        '.spec.targetCPUUtilizationPercentage',
    ]],
    ['a metric whose amount cannot be read', [{ type: 'Pods', pods: { target: { type: '', averageValue: '' } } }], [
      500,
      'failed to convert new object: unable to convert unstructured object to autoscaling/v2, ' +
        "Kind=HorizontalPodAutoscaler: quantities must match the regular expression " +
        "'^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ]],
  ])('is looked at in its version when %s is applied in the other', async (_, metrics, answer) => {
    const world = applyWorld()
    const first = { metadata: { name: 'a' }, spec: { ...spec, targetCPUUtilizationPercentage: 40 } }
    expect((await world.send('POST', `${V1}?fieldManager=old`, { body: first })).code).toBe(201)
    const v2 = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler', metadata: { name: 'a' } }
    const { code, body } = await world.apply(`${V2}/a`, 'fieldManager=me', { ...v2, spec: { ...spec, metrics } })
    expect([code, body['message']]).toEqual(answer)
  })

  test('comes back as it was when the average of another object is written in it', async () => {
    const target = { type: 'AverageValue', averageValue: '5' }
    const hits = { describedObject: { kind: 'K', name: 'n' }, metric: { name: 'hits' }, target }
    const world = await scaledBy([{ type: 'Object', object: hits }])
    const { body } = await world.send('GET', `${V1}/a`)
    const { annotations } = (body as unknown as { metadata: ObjectMeta }).metadata
    expect(annotations?.['autoscaling.alpha.kubernetes.io/metrics']).toBe(
      '[{"type":"Object","object":{"target":{"kind":"K","name":"n"},"metricName":"hits","targetValue":"0","averageValue":"5"}}]')
    expect((await world.send('PUT', `${V1}/a`, { body })).code).toBe(200)
    expect((await world.send('GET', `${V2}/a`)).body['spec']?.['metrics']).toEqual([{ type: 'Object', object: hits }])
  })
})

describe('a Service that is not there', () => {
  const SERVICES = '/api/v1/namespaces/default/services'
  const service = (spec: object): object => ({ apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec })

  test('is made by an apply of its status, as by one of itself, with none', async () => {
    const world = applyWorld()
    const status = { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } }
    const { code, body } = await world.apply(`${SERVICES}/a/status`, 'fieldManager=me', {
      ...service({ ports: [{ port: 80 }] }), status,
    })
    expect([code, body['status']]).toEqual([201, { loadBalancer: {} }])
    expect(namesOf(await world.managers(`${SERVICES}/a`))).toEqual(['me Apply status'])
  })

  test('is refused by what it would lack', async () => {
    const world = applyWorld()
    const { code, body } = await world.apply(`${SERVICES}/a/status`, 'fieldManager=me', service({}))
    expect([code, body['message']]).toEqual([422, 'Service "a" is invalid: spec.ports: Required value'])
    const body2 = { status: { loadBalancer: {} } }
    expect((await world.send('PATCH', `${SERVICES}/a/status`, { body: body2, headers: MERGE })).code).toBe(404)
  })
})

test('an Event is nobody\'s any more who wrote it as the other group\'s', async () => {
  const world = applyWorld()
  const path = '/namespaces/default/events'
  const body = { metadata: { name: 'a' }, involvedObject: { namespace: 'default', name: 'x', kind: 'Pod' }, reason: 'r' }
  await world.send('POST', `/api/v1${path}?fieldManager=one`, { body })
  const labelled = { body: { metadata: { labels: { a: 'b' } } }, headers: MERGE }
  await world.send('PATCH', `/apis/events.k8s.io/v1${path}/a?fieldManager=two`, labelled)
  expect(namesOf(await world.managers(`/api/v1${path}/a`))).toEqual(['two Update'])
})

test.each(['PUT', 'PATCH'])('a Scale of another namespace is refused by %s', async (method) => {
  const world = applyWorld()
  await world.send('POST', DEPLOYMENTS, { body: deployment() })
  const body = {
    apiVersion: 'autoscaling/v1', kind: 'Scale', metadata: { name: 'a', namespace: 'other' }, spec: { replicas: 2 },
  }
  const path = `${DEPLOYMENTS}/a/scale`
  const { code, body: answer } = method === 'PUT'
    ? await world.send('PUT', path, { body })
    : await world.apply(path, 'fieldManager=me&force=true', body)
  expect([code, answer['message']]).toEqual(
    [400, 'the namespace of the provided object does not match the namespace sent on the request'])
})

test('an owner that a patch names twice is kept once, with a warning', async () => {
  const world = applyWorld()
  await world.send('POST', CONFIG_MAPS, { body: configMap({ k: 'v' }) })
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'o', uid: 'u' }
  const { body, warnings } = await world.send('PATCH', `${CONFIG_MAPS}/a`, {
    body: { metadata: { ownerReferences: [owner, owner] } }, headers: MERGE,
  })
  expect(body['metadata']?.['ownerReferences']).toEqual([owner])
  expect(warnings).toBe(
    '299 - ".metadata.ownerReferences contains duplicate entries after mutating admission happens; API server dedups ' +
      'owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; ' +
      'duplicate UID(s) observed: u"')
})

test('whoever takes the last finalizer of what waits for deletion is shown what they wrote, of its revision', async () => {
  const world = applyWorld()
  const metadata = { name: 'a', finalizers: ['x/y'] }
  await world.send('POST', CONFIG_MAPS, { body: { ...configMap({ k: 'v' }), metadata } })
  const { body: marked } = await world.send('DELETE', `${CONFIG_MAPS}/a`)
  const { body } = await world.send('PATCH', `${CONFIG_MAPS}/a`, {
    body: { metadata: { finalizers: null } }, headers: MERGE,
  })
  expect(body['metadata']?.['resourceVersion']).toBe(marked['metadata']?.['resourceVersion'])
  expect((await world.send('GET', `${CONFIG_MAPS}/a`)).code).toBe(404)
})
