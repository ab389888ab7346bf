/**
 * pods/eviction: exact answers. The expected side is kubernetes/kubernetes pkg/registry/core/pod/storage/eviction.go
 * and k8s.io/apiserver pkg/endpoints/handlers/create.go.
 */
import { beforeEach, describe, expect, it } from 'vitest'
import type { Json, TestApi } from '../../support/api.ts'
import { testApi } from '../../support/api.ts'
import { SteppedClock } from '../../support/stepped-clock.ts'

const NAMESPACE = '/api/v1/namespaces/team'
const BUDGETS = '/apis/policy/v1/namespaces/team/poddisruptionbudgets'
const SUCCESS = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }

let api: TestApi
let clock: SteppedClock

beforeEach(async () => {
  clock = new SteppedClock()
  api = testApi('team', { clock })
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } }
  await api.json('POST', `${NAMESPACE}/serviceaccounts`, { body: account })
})

async function made(path: string, body: object, code = 201): Promise<Json> {
  const answer = await api.json('POST', path, { body })
  expect(answer.code, JSON.stringify(answer.body)).toBe(code)
  return answer.body
}

/** A pod on a node, in a phase, ready or not. */
async function aPod(name: string, { phase = 'Running', isReady = true } = {}): Promise<Json> {
  const spec = { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }] }
  await made(`${NAMESPACE}/pods`, { apiVersion: 'v1', kind: 'Pod', metadata: { name, labels: { app: 'web' } }, spec })
  const conditions = [{ type: 'Ready', status: isReady ? 'True' : 'False' }]
  const { code, body } = await api.json('PATCH', `${NAMESPACE}/pods/${name}/status`, {
    body: { status: { phase, conditions } },
    headers: { 'content-type': 'application/merge-patch+json' },
  })
  expect(code).toBe(200)
  return body
}

/** A budget as its controller has left it. */
async function aBudget(status: object, spec: object = {}, name = 'web'): Promise<void> {
  const selector = { matchLabels: { app: 'web' } }
  const type = { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' }
  await made(BUDGETS, { ...type, metadata: { name }, spec: { selector, minAvailable: 1, ...spec } })
  const patched = await api.json('PATCH', `${BUDGETS}/${name}/status`, {
    body: { status: { observedGeneration: 1, expectedPods: 2, ...status } },
    headers: { 'content-type': 'application/merge-patch+json' },
  })
  expect(patched.code).toBe(200)
}

const statusOf = async (path: string): Promise<Json | undefined> => (await api.json('GET', path)).body['status']

const evict = (name: string, more: object = {}, query = ''): ReturnType<TestApi['json']> =>
  api.json('POST', `${NAMESPACE}/pods/${name}/eviction${query}`, {
    body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name }, ...more },
  })

const refused = (message: string, retryAfterSeconds?: number): object => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message: "Cannot evict pod as it would violate the pod's disruption budget.",
  reason: 'TooManyRequests',
  details: {
    causes: [{ reason: 'DisruptionBudget', message }],
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  },
  code: 429,
})

describe('an eviction without a budget', () => {
  it('of a pod that is not there is of nothing, whatever its options', async () => {
    const { code, body } = await evict('none', { deleteOptions: { propagationPolicy: 'Sideways' } })
    expect([code, body['message']]).toEqual([404, 'pods "none" not found'])
  })

  it('marks the pod for deletion and says why', async () => {
    await aPod('p')
    expect(await evict('p')).toEqual({ code: 201, body: SUCCESS })
    const { body } = await api.json('GET', `${NAMESPACE}/pods/p`)
    expect(body['metadata']).toMatchObject({ deletionGracePeriodSeconds: 30 })
    expect(body['status']?.['conditions']).toContainEqual({
      type: 'DisruptionTarget',
      status: 'True',
      lastProbeTime: null,
      lastTransitionTime: expect.any(String) as string,
      reason: 'EvictionByEvictionAPI',
      message: 'Eviction API: evicting',
    })
  })

  it('takes the deletion options that it brings, and the older version of its kind', async () => {
    await aPod('p')
    const more = { apiVersion: 'policy/v1beta1', deleteOptions: { gracePeriodSeconds: 0 } }
    expect((await evict('p', more)).code).toBe(201)
    expect((await api.json('GET', `${NAMESPACE}/pods/p`)).code).toBe(404)
  })

  it('leaves a pod alone that has no room for the reason', async () => {
    const pod = await aPod('p')
    const message = 'x'.repeat(1_536 * 1024 - JSON.stringify(pod).length - 100)
    const filled = { ...pod, status: { ...(pod['status'] as object | undefined), message } }
    expect((await api.json('PUT', `${NAMESPACE}/pods/p/status`, { body: filled })).code).toBe(200)
    const { body: before } = await api.json('GET', `${NAMESPACE}/pods/p`)
    const { code, body } = await evict('p')
    expect([code, body['message']]).toEqual([500, 'etcdserver: request is too large'])
    expect((await api.json('GET', `${NAMESPACE}/pods/p`)).body).toEqual(before)
  })

  it('changes nothing when it is a dry run, asked for in either place', async () => {
    const before = await aPod('p')
    expect((await evict('p', {}, '?dryRun=All')).code).toBe(201)
    expect((await evict('p', { deleteOptions: { dryRun: ['All'] } })).code).toBe(201)
    expect((await api.json('GET', `${NAMESPACE}/pods/p`)).body).toEqual(before)
  })

  it('looks for the pod before the options of its deletion', async () => {
    const wrong = { deleteOptions: { propagationPolicy: 'Sideways' } }
    const gone = await evict('p', wrong)
    expect([gone.code, gone.body['message']]).toEqual([404, 'pods "p" not found'])
    await aPod('p')
    expect((await evict('p', wrong)).code).toBe(422)
    expect((await api.json('GET', `${NAMESPACE}/pods/p`)).body['metadata']?.['deletionTimestamp']).toBeUndefined()
  })

  it.each([
    ['of another name', { metadata: { name: 'q' } }, '', 400, 'name in URL does not match name in Eviction object'],
    [
      'for another namespace',
      { metadata: { name: 'p', namespace: 'other' } },
      '',
      400,
      'the namespace of the provided object does not match the namespace sent on the request',
    ],
    [
      'of another kind',
      { apiVersion: 'v1', kind: 'Pod' },
      '',
      400,
      'Pod in version "v1" cannot be handled as a Eviction: converting (v1.Pod) to (policy.Eviction): unknown conversion',
    ],
    [
      'with dry runs that differ',
      { deleteOptions: { dryRun: ['Some'] } },
      '?dryRun=All',
      500,
      'Non-matching dry-run options in request and content: [All] and [Some]',
    ],
    [
      'with an unknown dry run',
      {},
      '?dryRun=Some',
      422,
      'CreateOptions.meta.k8s.io "" is invalid: dryRun: Unsupported value: ["Some"]: supported values: "All"',
    ],
    [
      'with a breaking option',
      { deleteOptions: { ignoreStoreReadErrorWithClusterBreakingPotential: true } },
      '',
      422,
      'Eviction.policy "p" is invalid: deleteOptions.ignoreStoreReadErrorWithClusterBreakingPotential: ' +
        'Invalid value: true: can not be set for pod eviction, try after removing the option',
    ],
    [
      'of another pod of that name',
      { deleteOptions: { preconditions: { uid: 'other' } } },
      '',
      409,
      /^Operation cannot be fulfilled on Pod "p": the UID in the precondition \(other\) does not match the UID in record \(.*\)\. The object might have been deleted and then recreated$/,
    ],
    [
      'of another state',
      { deleteOptions: { preconditions: { resourceVersion: '1' } } },
      '',
      409,
      'Operation cannot be fulfilled on Pod "p": the ResourceVersion in the precondition (1) does not match the ' +
        'ResourceVersion in record (3). The object might have been modified',
    ],
  ])('%s is refused', async (_what, more, query, code, message) => {
    const before = await aPod('p')
    const answer = await evict('p', more, query)
    expect(answer.code).toBe(code)
    if (typeof message === 'string') expect(answer.body['message']).toBe(message)
    else expect(answer.body['message']).toMatch(message)
    expect((await api.json('GET', `${NAMESPACE}/pods/p`)).body).toEqual(before)
  })

  it('of no pod is 404, and so it is read', async () => {
    const { code, body } = await evict('nobody')
    expect([code, body['message']]).toEqual([404, 'pods "nobody" not found'])
    expect((await api.json('GET', `${NAMESPACE}/pods/nobody/eviction`)).code).toBe(405)
  })

  it('takes the right to create pods/eviction', async () => {
    await aPod('p')
    const user = { username: 'jane', groups: [] }
    const body = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } }
    const answer = await api.json('POST', `${NAMESPACE}/pods/p/eviction`, { body, user })
    expect([answer.code, answer.body['message']]).toEqual([
      403,
      'pods "p" is forbidden: User "jane" cannot create resource "pods/eviction" in API group "" in the namespace "team"',
    ])
  })
})

const notAllowed = (reason: string, message: string): object => ({
  type: 'DisruptionAllowed',
  status: 'False',
  reason,
  message,
  lastTransitionTime: '2026-01-01T00:00:00Z',
})

describe('an eviction under a budget', () => {
  it('takes a disruption in the same turn as the pod, and the last one shows in the condition', async () => {
    await aPod('p')
    await aBudget({ disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1 })
    expect(await evict('p')).toEqual({ code: 201, body: SUCCESS })
    const time = new Date(clock.now()).toISOString().replace(/\.\d+/, '')
    expect(await statusOf(`${BUDGETS}/web`)).toEqual({
      disruptionsAllowed: 0,
      currentHealthy: 2,
      desiredHealthy: 1,
      expectedPods: 2,
      observedGeneration: 1,
      disruptedPods: { p: time },
      conditions: [
        {
          type: 'DisruptionAllowed',
          status: 'False',
          observedGeneration: 1,
          lastTransitionTime: time,
          reason: 'InsufficientPods',
          message: '',
        },
      ],
    })
  })

  it('is written down as the server\'s own', async () => {
    await aPod('p')
    await aBudget({ disruptionsAllowed: 2, currentHealthy: 3, desiredHealthy: 1 })
    await evict('p')
    const { body } = await api.json('GET', `${BUDGETS}/web`)
    const entries = (body['metadata']?.['managedFields'] ?? []) as unknown as { manager: string; fieldsV1: object }[]
    expect(entries.find(({ manager }) => manager === 'kube-apiserver')).toMatchObject({
      operation: 'Update',
      subresource: 'status',
      fieldsV1: { 'f:status': { 'f:disruptedPods': { 'f:p': {} }, 'f:disruptionsAllowed': {} } },
    })
  })

  it('costs nothing when the deletion is refused, and in a dry run', async () => {
    await aPod('p')
    await aBudget({ disruptionsAllowed: 1, currentHealthy: 2, desiredHealthy: 1 })
    const before = await statusOf(`${BUDGETS}/web`)
    expect((await evict('p', { deleteOptions: { preconditions: { uid: 'other' } } })).code).toBe(409)
    expect((await evict('p', {}, '?dryRun=All')).code).toBe(201)
    expect(await statusOf(`${BUDGETS}/web`)).toEqual(before)
  })

  it('lets exactly as many go as it allows, however many ask at once', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `p${String(index)}`)
    for (const name of names) await aPod(name)
    await aBudget({ disruptionsAllowed: 3, currentHealthy: 10, desiredHealthy: 7 })
    const codes = (await Promise.all(names.map((name) => evict(name)))).map(({ code }) => code)
    expect(codes.filter((code) => code === 201)).toHaveLength(3)
    expect(codes.filter((code) => code === 429)).toHaveLength(7)
    const status = await statusOf(`${BUDGETS}/web`)
    expect(status?.['disruptionsAllowed']).toBe(0)
    expect(Object.keys(status?.['disruptedPods'] ?? {})).toHaveLength(3)
  })

  it.each([
    ['none left', { currentHealthy: 1, desiredHealthy: 1 }, 'The disruption budget web needs 1 healthy pods and has 1 currently'],
    ['none though enough', { currentHealthy: 2, desiredHealthy: 1 }, 'The disruption budget web does not allow evicting pods currently'],
    [
      'none, and why',
      {
        currentHealthy: 2,
        desiredHealthy: 1,
        conditions: [notAllowed('Held', 'by hand')],
      },
      'The disruption budget web does not allow evicting pods currently (Held): by hand',
    ],
    [
      'it could not be reckoned',
      {
        conditions: [notAllowed('SyncFailed', 'boom')],
      },
      'The disruption budget web does not allow evicting pods currently because it failed sync: boom',
    ],
  ])('is refused with 429 and a cause: %s', async (_what, status, message) => {
    await aPod('p')
    await aBudget(status)
    const response = await api.request('POST', `${NAMESPACE}/pods/p/eviction`, {
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } },
    })
    expect(response.headers.get('retry-after')).toBeNull()
    expect([response.status, await response.json()]).toEqual([429, refused(message)])
  })

  it('that is not reckoned yet asks to come again', async () => {
    await aPod('p')
    await aBudget({ observedGeneration: 0 })
    const response = await api.request('POST', `${NAMESPACE}/pods/p/eviction`, {
      body: { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name: 'p' } },
    })
    expect(response.headers.get('retry-after')).toBe('10')
    expect(await response.json()).toEqual(refused('The disruption budget web is still being processed by the server.', 10))
  })

  it('and another one is more than is supported, which the body alone says', async () => {
    const before = await aPod('p')
    await aBudget({ disruptionsAllowed: 1 })
    await aBudget({ disruptionsAllowed: 1 }, {}, 'web-too')
    expect(await evict('p')).toEqual({
      code: 201,
      body: {
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
        code: 500,
      },
    })
    expect((await api.json('GET', `${NAMESPACE}/pods/p`)).body).toEqual(before)
  })

  it.each([
    ['one that has not begun', { phase: 'Pending' }],
    ['one that has ended', { phase: 'Succeeded' }],
    ['one that has failed', { phase: 'Failed' }],
  ])('is not asked about %s', async (_what, traits) => {
    await aPod('p', traits)
    await aBudget({ disruptionsAllowed: 0 })
    expect((await evict('p')).code).toBe(201)
  })

  it('is not asked about a pod that is going already', async () => {
    await aPod('p')
    await aBudget({ disruptionsAllowed: 0 })
    expect((await api.json('DELETE', `${NAMESPACE}/pods/p`)).code).toBe(200)
    expect((await evict('p')).code).toBe(201)
    expect((await evict('p', { deleteOptions: { gracePeriodSeconds: 0 } })).code).toBe(201)
    expect((await api.json('GET', `${NAMESPACE}/pods/p`)).code).toBe(404)
  })

  it.each([
    ['goes while the others are healthy', undefined, { currentHealthy: 1, desiredHealthy: 1 }, 201],
    ['stays while they are not', undefined, { currentHealthy: 0, desiredHealthy: 1 }, 429],
    ['stays while none is wanted', undefined, { currentHealthy: 0, desiredHealthy: 0 }, 429],
    ['goes whatever they are, if the policy says so', 'AlwaysAllow', { currentHealthy: 0, desiredHealthy: 1 }, 201],
    ['stays under IfHealthyBudget', 'IfHealthyBudget', { currentHealthy: 0, desiredHealthy: 1 }, 429],
  ])('an unready pod %s', async (_what, policy, numbers, code) => {
    await aPod('p', { isReady: false })
    const spec = policy === undefined ? {} : { unhealthyPodEvictionPolicy: policy }
    await aBudget({ disruptionsAllowed: 0, ...numbers }, spec)
    expect((await evict('p')).code).toBe(code)
    expect((await statusOf(`${BUDGETS}/web`))?.['disruptedPods']).toBeUndefined()
  })
})
