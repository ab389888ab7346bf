/** What kubectl leans on and that is easy to get wrong, over HTTP. */
import { describe, expect, it } from 'vitest'
import type { Json, TestApi } from '../../support/api.ts'
import { testApi } from '../../support/api.ts'

const TEAM = '/api/v1/namespaces/team'
const CONFIG_MAPS = `${TEAM}/configmaps`
const TABLE = { accept: 'application/json;as=Table;g=meta.k8s.io;v=v1' }
const MERGE = { 'content-type': 'application/merge-patch+json' }
const JSON_PATCH = { 'content-type': 'application/json-patch+json' }

async function apiWithPod(nodeName?: string): Promise<TestApi> {
  const node = (name: string) => Promise.resolve({ apiVersion: 'v1', kind: 'Node', metadata: { name } })
  const api = testApi('team', { calls: { node } })
  await api.json('POST', `${TEAM}/serviceaccounts`, { body: { metadata: { name: 'default' } } })
  const spec = { containers: [{ name: 'c', image: 'i' }, { name: 'd', image: 'i' }], nodeName }
  await api.json('POST', `${TEAM}/pods`, { body: { metadata: { name: 'p' }, spec } })
  return api
}

describe('Tables', () => {
  it('of what was just written have one row', async () => {
    const api = testApi('team')
    const { code, body } = await api.json('POST', CONFIG_MAPS, { body: { metadata: { name: 'a' } }, headers: TABLE })
    expect(code).toBe(201)
    expect(body).toMatchObject({ kind: 'Table', rows: [{ cells: ['a', 0, expect.anything()] }] })
  })

  it('of a SelfSubjectAccessReview are not acceptable', async () => {
    const path = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'
    const body = { spec: { resourceAttributes: { verb: 'get', resource: 'pods' } } }
    const answer = await testApi('').json('POST', path, { body, headers: TABLE })
    expect([answer.code, answer.body['reason']]).toEqual([406, 'NotAcceptable'])
  })

  it('give way to the object where the kind of answer has none, in the order of Accept', async () => {
    const headers = { accept: `${TABLE.accept},application/json` }
    const { body } = await testApi('team').json('DELETE', `${CONFIG_MAPS}/none`, { headers })
    expect(body['kind']).toBe('Status')
  })
})

describe('exec, attach and port-forward', () => {
  it.each(['exec', 'attach', 'portforward'])('%s is refused with a Status in JSON, which kubectl prints', async (name) => {
    const api = await apiWithPod('n1')
    for (const method of ['GET', 'POST']) {
      const response = await api.request(method, `${TEAM}/pods/p/${name}?container=c`, {
        headers: { upgrade: 'websocket', connection: 'upgrade', 'sec-websocket-protocol': 'v5.channel.k8s.io' },
      })
      expect(response.headers.get('content-type')).toBe('application/json')
      expect(await response.json()).toMatchObject({
        kind: 'Status',
        code: 405,
        reason: 'MethodNotAllowed',
        message: expect.stringContaining(`${name} is not supported by the node that pod "p" runs on`) as string,
      })
    }
  })

  it('of a pod that is not there is not found', async () => {
    expect((await (await apiWithPod()).json('GET', `${TEAM}/pods/none/exec`)).code).toBe(404)
  })
})

describe('logs', () => {
  it('need the name of a container where there are several', async () => {
    const { code, body } = await (await apiWithPod()).json('GET', `${TEAM}/pods/p/log`)
    expect([code, body['message']]).toEqual([
      400,
      'a container name must be specified for pod p, choose one of: [c d]',
    ])
  })

  it.each([
    ['tailLines=-1', 422, 'tailLines: Invalid value: -1: must be greater than or equal to 0'],
    ['limitBytes=0', 422, 'limitBytes: Invalid value: 0: must be greater than 0'],
    ['sinceSeconds=0', 422, 'sinceSeconds: Invalid value: 0: must be greater than 0'],
    [
      'sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z',
      422,
      '[]: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified',
    ],
    ['tailLines=some', 400, 'strconv.ParseInt: parsing "some": invalid syntax'],
  ])('with %s are refused before the pod is looked for', async (query, code, why) => {
    const answer = await testApi('team').json('GET', `${TEAM}/pods/none/log?${query}`)
    const prefix = code === 422 ? 'PodLogOptions "none" is invalid: ' : ''
    expect([answer.code, answer.body['message']]).toEqual([code, prefix + why])
  })

  it('of a container that is not there are refused', async () => {
    const { code, body } = await (await apiWithPod()).json('GET', `${TEAM}/pods/p/log?container=x`)
    expect([code, body['message']]).toEqual([400, 'container x is not valid for pod p'])
  })
})

describe('writes', () => {
  it('may be dry: everything is answered, and nothing is stored', async () => {
    const api = testApi('team')
    await api.json('POST', CONFIG_MAPS, { body: { metadata: { name: 'a' }, data: { k: '1' } } })
    const { revision } = api.scope.store
    const created = await api.json('POST', `${CONFIG_MAPS}?dryRun=All`, { body: { metadata: { generateName: 'x-' } } })
    expect(created.code).toBe(201)
    expect(created.body['metadata']).toMatchObject({
      name: expect.stringMatching(/^x-[a-z0-9]{5}$/) as string,
      uid: expect.any(String) as string,
      creationTimestamp: expect.any(String) as string,
    })
    expect(created.body['metadata']).not.toHaveProperty('resourceVersion')
    const next = { metadata: { name: 'a' }, data: { k: '2' } }
    const put = await api.json('PUT', `${CONFIG_MAPS}/a?dryRun=All`, { body: next })
    expect([put.code, put.body['data'], put.body['metadata']?.['resourceVersion']]).toEqual([200, { k: '2' }, '1'])
    const patch = await api.json('PATCH', `${CONFIG_MAPS}/a?dryRun=All`, { body: { data: { k: '3' } }, headers: MERGE })
    expect([patch.code, patch.body['data']]).toEqual([200, { k: '3' }])
    expect(api.scope.store.revision).toBe(revision)
    expect((await api.json('GET', `${CONFIG_MAPS}/a`)).body['data']).toEqual({ k: '1' })
  })

  it('may take the resourceVersion of a JSON patch as a condition, as the migration of managed fields does', async () => {
    const api = testApi('team')
    await api.json('POST', CONFIG_MAPS, { body: { metadata: { name: 'a' } } })
    const migration = (resourceVersion: string): object => ({
      body: [
        { op: 'replace', path: '/metadata/managedFields', value: [] },
        { op: 'replace', path: '/metadata/resourceVersion', value: resourceVersion },
      ],
      headers: JSON_PATCH,
    })
    expect((await api.json('PATCH', `${CONFIG_MAPS}/a`, migration('1'))).code).toBe(200)
    expect((await api.json('PATCH', `${CONFIG_MAPS}/a`, migration('99'))).code).toBe(409)
  })

  it('are written down under the field manager, or else the User-Agent up to its slash', async () => {
    const api = testApi('team')
    const agent = { 'user-agent': 'kubectl-client/v1.36.0 (linux/amd64) kubernetes/abc' }
    await api.json('POST', CONFIG_MAPS, { body: { metadata: { name: 'a' } }, headers: agent })
    await api.json('PUT', `${CONFIG_MAPS}/a?fieldManager=me`, {
      body: { metadata: { name: 'a' }, data: { k: '' } },
      headers: agent,
    })
    const versions = [...api.scope.store.versions({ resource: 'configmaps', name: 'a' })]
    expect(versions.map(({ author }) => author?.manager).toSorted()).toEqual(['kubectl-client', 'me'])
  })

  it('generate names that nobody has, and say so when one is taken all the same', async () => {
    const api = testApi('team')
    const names = new Set<string>()
    for (let count = 0; count < 20; count++) {
      const { body } = await api.json('POST', CONFIG_MAPS, { body: { metadata: { generateName: 'job-' } } })
      names.add(String(body['metadata']?.['name']))
    }
    expect(names.size).toBe(20)
    const [name = ''] = names
    const taken = await api.json('POST', CONFIG_MAPS, { body: { metadata: { generateName: 'job-', name } } })
    expect(taken.body).toMatchObject({
      code: 409,
      reason: 'AlreadyExists',
      message:
        `configmaps "${name}" already exists, ` +
        'the server was not able to generate a unique name for the object',
      details: { name, kind: 'configmaps', retryAfterSeconds: 1 },
    })
  })
})

describe('scale', () => {
  const DEPLOYMENTS = '/apis/apps/v1/namespaces/team/deployments'
  const scale = (body: Json): unknown => [body['kind'], body['apiVersion'], body['spec'], body['status']]

  async function apiWithDeployment(): Promise<TestApi> {
    const api = testApi('team')
    const template = { metadata: { labels: { app: 'd' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    const spec = { replicas: 2, selector: { matchLabels: { app: 'd' } }, template }
    await api.json('POST', DEPLOYMENTS, { body: { metadata: { name: 'd' }, spec } })
    return api
  }

  it('is read, replaced and patched as autoscaling/v1, and changes the parent', async () => {
    const api = await apiWithDeployment()
    const read = await api.json('GET', `${DEPLOYMENTS}/d/scale`)
    expect(scale(read.body)).toEqual(['Scale', 'autoscaling/v1', { replicas: 2 }, { replicas: 0, selector: 'app=d' }])
    const put = await api.json('PUT', `${DEPLOYMENTS}/d/scale`, { body: { ...read.body, spec: { replicas: 5 } } })
    expect([put.code, put.body['spec']]).toEqual([200, { replicas: 5 }])
    for (const [headers, body] of [
      [MERGE, { spec: { replicas: 6 } }],
      [JSON_PATCH, [{ op: 'replace', path: '/spec/replicas', value: 7 }]],
      [{ 'content-type': 'application/strategic-merge-patch+json' }, { spec: { replicas: 8 } }],
    ] as const) {
      expect((await api.json('PATCH', `${DEPLOYMENTS}/d/scale`, { body, headers })).code).toBe(200)
    }
    const { body } = await api.json('GET', `${DEPLOYMENTS}/d`)
    expect([body['spec']?.['replicas'], body['metadata']?.['generation']]).toEqual([8, 5])
  })

  it('refuses what is stale, negative or of another name', async () => {
    const api = await apiWithDeployment()
    const put = (metadata: object, replicas: number): Promise<{ code: number; body: Json }> =>
      api.json('PUT', `${DEPLOYMENTS}/d/scale`, { body: { metadata, spec: { replicas } } })
    expect((await put({ name: 'd', resourceVersion: '99' }, 1)).code).toBe(409)
    expect((await put({ name: 'd', uid: 'other' }, 1)).code).toBe(409)
    expect((await put({ name: 'e' }, 1)).code).toBe(400)
    expect((await put({ name: 'd' }, -1)).body).toMatchObject({
      code: 422,
      message:
        'Scale.autoscaling "d" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    })
    expect((await api.json('GET', `${DEPLOYMENTS}/none/scale`)).code).toBe(404)
  })
})

describe('status', () => {
  it('changes nothing but itself, and the object nothing of it', async () => {
    const api = testApi('')
    await api.json('POST', '/api/v1/nodes', { body: { metadata: { name: 'n' } } })
    const status = { phase: 'Running' }
    const labels = { a: 'b' }
    const body = { metadata: { name: 'n', labels }, spec: { unschedulable: true }, status }
    const put = await api.json('PUT', '/api/v1/nodes/n/status', { body })
    expect([put.body['spec']?.['unschedulable'], put.body['status']?.['phase']]).toEqual([undefined, 'Running'])
    const object = await api.json('PUT', '/api/v1/nodes/n', { body: { ...body, status: {} } })
    expect([object.body['spec']?.['unschedulable'], object.body['status']?.['phase']]).toEqual([true, 'Running'])
  })
})

describe('what comes first', () => {
  const HUGE = 'x'.repeat(3 * 1024 * 1024 + 1)
  const deploymentPath = '/apis/apps/v1/namespaces/team/deployments'

  it.each([
    ['403 before 406', { user: { username: 'eve', groups: [] }, headers: { accept: 'text/html' } }, 403],
    ['406 before 415', { headers: { accept: 'text/html', 'content-type': 'text/html' }, body: HUGE }, 406],
    ['415 before 413', { headers: { 'content-type': 'text/html' }, body: HUGE }, 415],
    ['413 before 422 for the options', { body: HUGE }, 413],
    ['422 for the options before 400 for the body', { body: '{' }, 422],
  ])('is %s', async (_, options, code) => {
    expect((await testApi('team').json('POST', `${CONFIG_MAPS}?dryRun=x`, options)).code).toBe(code)
  })

  it('is 409 for a stale version before 422 on update, and 422 before 409 on create', async () => {
    const api = testApi('team')
    const template = { metadata: { labels: { app: 'd' } }, spec: { containers: [{ name: 'c', image: 'i' }] } }
    const spec = { selector: { matchLabels: { app: 'd' } }, template }
    await api.json('POST', deploymentPath, { body: { metadata: { name: 'd' }, spec } })
    const invalid = { ...spec, replicas: -1 }
    const stale = { body: { metadata: { name: 'd', resourceVersion: '99' }, spec: invalid } }
    expect((await api.json('PUT', `${deploymentPath}/d`, stale)).code).toBe(409)
    const taken = { body: { metadata: { name: 'd' }, spec: invalid } }
    expect((await api.json('POST', deploymentPath, taken)).code).toBe(422)
  })
})
