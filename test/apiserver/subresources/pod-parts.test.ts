/**
 * pods/ephemeralcontainers and pods/resize: what they change and what they refuse. The expected side is
 * kubernetes/kubernetes pkg/registry/core/pod/strategy.go and pkg/apis/core/validation/validation.go.
 */
import { beforeEach, describe, expect, it } from 'vitest'
import type { AnyObject } from '../../../src/apimachinery/meta.ts'
import type { Json, TestApi } from '../../support/api.ts'
import { testApi } from '../../support/api.ts'

const NAMESPACE = '/api/v1/namespaces/team'
const MERGE = { 'content-type': 'application/merge-patch+json' }
const STRATEGIC = { 'content-type': 'application/strategic-merge-patch+json' }

let api: TestApi
/** The node of the pods. */
let node: object | undefined

beforeEach(async () => {
  node = { metadata: { name: 'n1' }, status: { allocatable: { cpu: '4', memory: '8Gi' } } }
  api = testApi('team', { calls: { node: () => Promise.resolve(node as AnyObject | undefined) } })
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } }
  await api.json('POST', `${NAMESPACE}/serviceaccounts`, { body: account })
})

const web = { name: 'web', image: 'i', resources: { requests: { cpu: '100m' }, limits: { memory: '1Gi' } } }

async function aPod(spec: object = {}, metadata: object = {}): Promise<Json> {
  const whole = { nodeName: 'n1', containers: [web], ...spec }
  const labelled = { name: 'p', labels: { app: 'web' }, ...metadata }
  const body = { apiVersion: 'v1', kind: 'Pod', metadata: labelled, spec: whole }
  const answer = await api.json('POST', `${NAMESPACE}/pods`, { body })
  expect(answer.code, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}

const patch = (part: string, body: object, headers: Record<string, string> = STRATEGIC): ReturnType<TestApi['json']> =>
  api.json('PATCH', `${NAMESPACE}/pods/p${part}`, { body, headers })

const read = async (): Promise<Json> => (await api.json('GET', `${NAMESPACE}/pods/p`)).body

const adding = (...containers: object[]): object => ({ spec: { ephemeralContainers: containers } })

it.each(['ephemeralcontainers', 'resize', 'status'])('pods/%s says nothing of when a pod is deleted', async (part) => {
  const pod = await aPod()
  Object.assign(pod['metadata'] ?? {}, { deletionTimestamp: '2026-01-02T03:04:05Z' })
  const { code, body } = await api.json('PUT', `${NAMESPACE}/pods/p/${part}`, { body: pod })
  expect([code, body.metadata?.['deletionTimestamp']], JSON.stringify(body)).toEqual([200, undefined])
})

describe('pods/ephemeralcontainers', () => {
  it('adds containers, defaulted, as kubectl debug does, and counts as a change of the spec', async () => {
    await aPod()
    const debug = { name: 'debug', image: 'busybox', targetContainerName: 'web' }
    const { code, body } = await patch('/ephemeralcontainers', adding(debug))
    expect([code, body['kind'], body['metadata']?.['generation']]).toEqual([200, 'Pod', 2])
    expect(body['spec']?.['ephemeralContainers']).toEqual([
      {
        name: 'debug',
        image: 'busybox',
        targetContainerName: 'web',
        resources: {},
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        imagePullPolicy: 'Always',
      },
    ])
    const more = await patch('/ephemeralcontainers', adding({ name: 'other', image: 'busybox' }))
    expect(more.body['spec']?.['ephemeralContainers']).toHaveLength(2)
    expect(await api.json('GET', `${NAMESPACE}/pods/p/ephemeralcontainers`)).toEqual({ code: 200, body: more.body })
  })

  it('changes nothing else of the pod', async () => {
    const before = await aPod()
    type Fields = Record<string, unknown>
    const whole = structuredClone(before) as unknown as { metadata: Fields; spec: Fields }
    whole.metadata['labels'] = { app: 'other' }
    whole.metadata['annotations'] = { a: 'b' }
    whole.metadata['finalizers'] = ['example.com/f']
    whole.spec['activeDeadlineSeconds'] = 1
    whole.spec['ephemeralContainers'] = [{ name: 'debug', image: 'busybox' }]
    const { code, body } = await api.json('PUT', `${NAMESPACE}/pods/p/ephemeralcontainers`, { body: whole })
    expect(code).toBe(200)
    expect(body['metadata']?.['labels']).toEqual({ app: 'web' })
    expect([body['metadata']?.['annotations'], body['metadata']?.['finalizers']]).toEqual([undefined, undefined])
    expect(body['spec']?.['activeDeadlineSeconds']).toBeUndefined()
    expect(body['spec']?.['ephemeralContainers']).toHaveLength(1)
  })

  it.each([
    [
      'one that is there already',
      adding({ name: 'web', image: 'busybox' }),
      'spec.ephemeralContainers[0].name: Duplicate value: "web"',
    ],
    [
      'one with ports',
      adding({ name: 'debug', image: 'busybox', ports: [{ containerPort: 80 }] }),
      'spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container',
    ],
    [
      'one for a container that is not there',
      adding({ name: 'debug', image: 'busybox', targetContainerName: 'db' }),
      'spec.ephemeralContainers[0].targetContainerName: Not found: "db"',
    ],
  ])('refuses %s', async (_what, body, message) => {
    await aPod()
    const answer = await patch('/ephemeralcontainers', body)
    expect([answer.code, answer.body['message']]).toEqual([422, `Pod "p" is invalid: ${message}`])
  })

  it('neither removes nor changes what is there', async () => {
    await aPod()
    await patch('/ephemeralcontainers', adding({ name: 'debug', image: 'busybox' }))
    const removed = await patch('/ephemeralcontainers', { spec: { ephemeralContainers: null } }, MERGE)
    expect([removed.code, removed.body['message']]).toEqual([
      422,
      'Pod "p" is invalid: spec.ephemeralContainers: Forbidden: existing ephemeral containers "debug" may not be removed\n',
    ])
    const changed = await patch('/ephemeralcontainers', adding({ name: 'debug', image: 'alpine' }))
    expect(changed.code).toBe(422)
    expect(changed.body['message']).toMatch(
      /^Pod "p" is invalid: spec\.ephemeralContainers: Forbidden: existing ephemeral containers "debug" may not be changed\n/,
    )
    expect(changed.body['message']).toContain('- "Image": "busybox",\n+ "Image": "alpine",\n')
  })

  it('is not for static pods', async () => {
    await aPod({}, { annotations: { 'kubernetes.io/config.mirror': 'x' } })
    const { code, body } = await patch('/ephemeralcontainers', adding({ name: 'debug', image: 'busybox' }))
    expect([code, body['message']]).toEqual([
      422,
      'Pod "p" is invalid: []: Forbidden: static pods do not support ephemeral containers',
    ])
  })

  it('is tried in a dry run', async () => {
    const before = await aPod()
    const { code, body } = await patch('/ephemeralcontainers?dryRun=All', adding({ name: 'debug', image: 'busybox' }))
    expect([code, body['spec']?.['ephemeralContainers']?.['length']]).toEqual([200, 1])
    expect(await read()).toEqual(before)
  })

  it('is the only way to add them', async () => {
    await aPod()
    const { code } = await patch('', adding({ name: 'debug', image: 'busybox' }))
    expect(code).toBe(422)
    expect((await patch('/ephemeralcontainers', {}, MERGE)).code).toBe(200)
    expect((await api.json('POST', `${NAMESPACE}/pods/p/ephemeralcontainers`, { body: {} })).code).toBe(405)
  })
})

const resizing = (resources: object, more: object = {}): object => ({
  spec: { containers: [{ name: 'web', resources, ...more }] },
})

describe('pods/resize', () => {
  it('changes cpu and memory, and counts as a change of the spec', async () => {
    await aPod()
    const { code, body } = await patch('/resize', resizing({ requests: { cpu: '200m' }, limits: { memory: '2Gi' } }))
    expect([code, body['metadata']?.['generation']]).toEqual([200, 2])
    expect(body['spec']?.['containers']).toMatchObject([
      { resources: { requests: { cpu: '200m', memory: '1Gi' }, limits: { memory: '2Gi' } } },
    ])
  })

  it('changes nothing else of the pod', async () => {
    await aPod()
    const containers = [{ name: 'web', resources: { requests: { cpu: '1' } } }]
    const body = { metadata: { labels: { app: 'other' } }, spec: { activeDeadlineSeconds: 1, containers } }
    const answer = await patch('/resize', body)
    expect(answer.code).toBe(200)
    expect(answer.body['metadata']?.['labels']).toEqual({ app: 'web' })
    expect(answer.body['spec']?.['activeDeadlineSeconds']).toBeUndefined()
  })

  it.each([
    [
      'another class of service',
      resizing({ requests: { cpu: '1', memory: '1Gi' }, limits: { cpu: '1', memory: '1Gi' } }),
      'spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing',
    ],
    [
      'other resources',
      resizing({ requests: { 'example.com/dongle': '1' }, limits: { 'example.com/dongle': '1' } }),
      'spec: Forbidden: only cpu and memory resources are mutable',
    ],
    [
      'a new policy',
      resizing({}, { resizePolicy: [{ resourceName: 'cpu', restartPolicy: 'RestartContainer' }] }),
      'spec: Forbidden: only cpu and memory resources are mutable',
    ],
    ['a request taken back', resizing({ requests: { cpu: null } }), 'spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed'],
    ['a limit taken back', resizing({ limits: { memory: null } }), 'spec.containers[0].resources.limits: Forbidden: resource limits cannot be removed'],
    [
      'more containers',
      { spec: { containers: [{ name: 'more', image: 'i' }] } },
      'spec.containers: Forbidden: containers may not be added or removed on resize',
    ],
    [
      'requests over limits',
      resizing({ requests: { memory: '4Gi' } }),
      'spec.containers[0].resources.requests: Invalid value: "4Gi": must be less than or equal to memory limit of 1Gi',
    ],
  ])('refuses %s', async (_what, body, message) => {
    const before = await aPod()
    const answer = await patch('/resize', body)
    expect([answer.code, answer.body['message']]).toEqual([422, `Pod "p" is invalid: ${message}`])
    expect(await read()).toEqual(before)
  })

  it('refuses containers under another name', async () => {
    await aPod()
    const { code, body } = await patch('/resize', { spec: { containers: [{ ...web, name: 'db' }] } }, MERGE)
    expect([code, body['message']]).toEqual([
      422,
      'Pod "p" is invalid: spec.containers[0].name: Forbidden: containers may not be renamed or reordered on resize',
    ])
  })

  it('resizes init containers, too, but not those that restart for it', async () => {
    const policy = [{ resourceName: 'cpu', restartPolicy: 'NotRequired' }]
    await aPod({ initContainers: [{ ...web, name: 'init', resizePolicy: policy }] })
    const body = { spec: { initContainers: [{ name: 'init', resources: { requests: { cpu: '300m' } } }] } }
    const answer = await patch('/resize', body)
    expect(answer.code).toBe(200)
    expect(answer.body['spec']?.['initContainers']).toMatchObject([{ resources: { requests: { cpu: '300m' } } }])
  })

  it('resizes the pod as a whole', async () => {
    await aPod({ resources: { requests: { cpu: '1' }, limits: { cpu: '2' } } })
    const grown = await patch('/resize', { spec: { resources: { limits: { cpu: '3' } } } })
    expect([grown.code, grown.body['spec']?.['resources']?.['limits']]).toEqual([200, { cpu: '3' }])
    const gone = await patch('/resize', { spec: { resources: { limits: { cpu: null } } } })
    expect(gone.body['message']).toContain('spec.resources.limits: Forbidden: pod-level resource limits cannot be removed')
  })

  it('is refused by a node whose kubelet does not report resources', async () => {
    await aPod()
    const running = { name: 'web', image: 'i', imageID: '', ready: true, restartCount: 0, state: { running: {} } }
    await patch('/status', { status: { containerStatuses: [running] } }, MERGE)
    const refused = await patch('/resize', resizing({ requests: { cpu: '200m' } }))
    expect([refused.code, refused.body['message']]).toEqual([
      422,
      'Pod "p" is invalid: spec: Forbidden: Pod running on node without support for resize',
    ])
    await patch('/status', { status: { containerStatuses: [{ ...running, resources: {} }] } }, MERGE)
    expect((await patch('/resize', resizing({ requests: { cpu: '200m' } }))).code).toBe(200)
  })

  it.each([
    ['static', {}, { annotations: { 'kubernetes.io/config.mirror': 'x' } }],
    ['windows', { os: { name: 'windows' } }, {}],
  ])('is not for %s pods', async (which, spec, metadata) => {
    await aPod(spec, metadata)
    const { code, body } = await patch('/resize', resizing({ requests: { cpu: '200m' } }))
    expect([code, body['message']]).toEqual([422, `Pod "p" is invalid: []: Forbidden: ${which} pods cannot be resized`])
  })

  it.each([
    [
      'that is too small',
      {},
      "node didn't have enough allocatable resources: cpu, requested: 5000, allocatable: 4000",
      'NodeCapacity',
    ],
    [
      'of another system',
      { labels: { 'kubernetes.io/os': 'windows' } },
      'pod resize is only supported on linux nodes, node "n1" is "windows"',
      'UnsupportedPlatform',
    ],
    ['that is gone', undefined, 'node "n1" not found', undefined],
  ])('is refused for a node %s', async (_what, metadata, message, reason) => {
    const before = await aPod()
    node = metadata === undefined ? undefined : { ...node, metadata }
    const { code, body } = await patch('/resize', resizing({ requests: { cpu: '5' } }))
    expect([code, body['message']]).toEqual([403, `pods "p" is forbidden: ${message}`])
    expect(body['details']?.['causes']).toEqual(reason === undefined ? undefined : [{ reason }])
    expect(await read()).toEqual(before)
  })

  it('counts what init containers and overhead ask for', async () => {
    await aPod({ initContainers: [{ ...web, name: 'init' }] })
    const body = { spec: { initContainers: [{ name: 'init', resources: { requests: { cpu: '4100m' } } }] } }
    expect((await patch('/resize', body)).body['message']).toContain('cpu, requested: 4100, allocatable: 4000')
  })

  it('is the only way to change them', async () => {
    await aPod()
    expect((await patch('', resizing({ requests: { cpu: '200m' } }))).code).toBe(422)
  })
})
