/**
 * Requests that connect: exec and its like up to the node, the proxies up to where they lead, and the options of logs.
 * The expected side is kubernetes/kubernetes pkg/registry/core/pod/{strategy.go,rest},
 * pkg/registry/core/service/storage, pkg/apis/core/validation/validation.go and k8s.io/apiserver
 * pkg/endpoints/handlers/rest.go.
 */
import { beforeEach, describe, expect, it } from 'vitest'
import type { ProxyTarget } from '../../../src/apiserver/subresources/connect/proxy-location.ts'
import type { RequestOptions, TestApi } from '../../support/api.ts'
import { testApi } from '../../support/api.ts'

const NAMESPACE = '/api/v1/namespaces/team'
const UPGRADE = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-protocol': 'v5.channel.k8s.io' }
const JANE = { username: 'jane', groups: ['devs'] }

let api: TestApi
let targets: ProxyTarget[]

beforeEach(async () => {
  targets = []
  api = testApi('team', {
    calls: {
      connect(target) {
        targets.push(target)
        return Promise.resolve(new Response(null, { status: 204 }))
      },
      podLog: () => Promise.resolve(new Response('a log')),
      node: (name) => {
        const node = { apiVersion: 'v1', kind: 'Node', metadata: { name } }
        return Promise.resolve(name === 'n1' ? node : undefined)
      },
    },
  })
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } }
  await api.json('POST', `${NAMESPACE}/serviceaccounts`, { body: account })
})

async function aPod(spec: object = {}, status: object = {}): Promise<void> {
  const whole = { nodeName: 'n1', containers: [{ name: 'c', image: 'i' }], ...spec }
  await api.json('POST', `${NAMESPACE}/pods`, { body: { metadata: { name: 'p' }, spec: whole } })
  const { code } = await api.json('PATCH', `${NAMESPACE}/pods/p/status`, {
    body: { status },
    headers: { 'content-type': 'application/merge-patch+json' },
  })
  expect(code).toBe(200)
}

const many = {
  initContainers: [{ name: 'init', image: 'i' }],
  containers: [
    { name: 'a', image: 'i' },
    { name: 'b', image: 'i' },
  ],
}

async function refused(method: string, path: string, options?: RequestOptions): Promise<readonly unknown[]> {
  const { code, body } = await api.json(method, `${NAMESPACE}${path}`, options)
  return [code, body['reason'], body['message']]
}

describe.each(['exec', 'attach', 'portforward'])('pods/%s', (name) => {
  it('needs a pod, on a node', async () => {
    const path = `/pods/p/${name}`
    expect(await refused('POST', path)).toEqual([404, 'NotFound', 'pods "p" not found'])
    await aPod({ nodeName: '' })
    expect(await refused('POST', path)).toEqual([400, 'BadRequest', 'pod p does not have a host assigned'])
  })

  it('needs a node that is there, whatever the client speaks', async () => {
    await aPod({ nodeName: 'gone' })
    const { code, body } = await api.json('POST', `${NAMESPACE}/pods/p/${name}`)
    expect([code, body['message'], body['details']]).toEqual([
      404,
      'pods "gone" not found',
      { name: 'gone', kind: 'pods' },
    ])
  })

  it('needs a client that asks for a stream', async () => {
    await aPod()
    const unasked = [400, 'BadRequest', 'Upgrade request required']
    expect(await refused('POST', `/pods/p/${name}`)).toEqual(unasked)
    // What is said by `Upgrade` alone is nothing that the connection is asked for.
    expect(await refused('POST', `/pods/p/${name}`, { headers: { upgrade: 'h2c' } })).toEqual(unasked)
  })

  it('is answered by the node, in JSON whatever was asked for', async () => {
    await aPod()
    for (const method of ['GET', 'POST']) {
      const response = await api.request(method, `${NAMESPACE}/pods/p/${name}`, {
        headers: { ...UPGRADE, accept: 'text/plain' },
      })
      expect([response.status, response.headers.get('content-type')]).toEqual([405, 'application/json'])
    }
  })

  it('takes other methods for none, and no dry runs', async () => {
    await aPod()
    expect((await api.json('DELETE', `${NAMESPACE}/pods/p/${name}`)).code).toBe(405)
    expect(await refused('POST', `/pods/p/${name}?dryRun=All`)).toEqual([400, 'BadRequest', 'dryRun is not supported'])
  })

  it('takes the right to create, also for those who can only GET', async () => {
    await aPod()
    const rules = [{ apiGroups: [''], resources: [`pods/${name}`], verbs: ['get'] }]
    const path = '/apis/rbac.authorization.k8s.io/v1/namespaces/team'
    await api.json('POST', `${path}/roles`, { body: { metadata: { name: 'r' }, rules } })
    const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'r' }
    const subjects = [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'jane' }]
    await api.json('POST', `${path}/rolebindings`, { body: { metadata: { name: 'r' }, roleRef, subjects } })
    const answer = await refused('GET', `/pods/p/${name}`, { headers: UPGRADE, user: JANE })
    expect(answer).toEqual([403, 'Forbidden', 'pods "p" is forbidden: '])
  })
})

describe('the ports of pods/portforward', () => {
  it.each([
    ['ports=80&ports=x', '"x": invalid syntax'],
    ['ports=80,81,', '"": invalid syntax'],
    ['ports=+1', '" 1": invalid syntax'],
    ['ports=65536', '"65536": value out of range'],
    ['ports=99999999999999999999', '"99999999999999999999": value out of range'],
  ])('are numbers, which is looked at before the pod: %s', async (query, why) => {
    expect(await refused('POST', `/pods/p/portforward?${query}`)).toEqual([
      400,
      'BadRequest',
      `cannot convert to []int32: strconv.ParseUint: parsing ${why}`,
    ])
  })

  it('may be several in one, and are looked at after dry runs', async () => {
    await aPod()
    expect((await refused('POST', '/pods/p/portforward?ports=0,080,65535'))[2]).toBe('Upgrade request required')
    expect((await refused('POST', '/pods/p/portforward?ports=x&dryRun=All'))[2]).toBe('dryRun is not supported')
  })
})

describe('an address that leaves out a name', () => {
  const NOWHERE = '/api/v1/namespaces/'

  it.each(['exec', 'log', 'proxy', 'status'])('of the pod has no object: %s', async (below) => {
    expect(await refused('GET', `/pods//${below}`)).toEqual([400, 'BadRequest', 'name must be provided'])
  })

  it.each([
    ['pods/p/exec', 'Namespace parameter required.'],
    ['pods/p/portforward?ports=x', 'cannot convert to []int32: strconv.ParseUint: parsing "x": invalid syntax'],
    ['pods/p/log', 'Namespace parameter required.'],
    ['pods/p/log?tailLines=x', 'strconv.ParseInt: parsing "x": invalid syntax'],
    ['pods/a:p:1/proxy/', 'invalid pod request "a:p:1"'],
    ['services/s/proxy/', 'Namespace parameter required.'],
    ['pods/p/status', 'Namespace parameter required.'],
  ])('of the namespace is looked for after the options: %s', async (rest, why) => {
    const { code, body } = await testApi('').json('GET', `${NOWHERE}/${rest}`)
    expect([code, body['message']]).toEqual([400, why])
  })

  it('is looked at by its form first', async () => {
    const headers = { accept: 'image/png' }
    for (const path of ['/pods//status', '/pods//log']) {
      expect((await refused('GET', path, { headers }))[2]).toContain('406: Not Acceptable\n\nAvailable representations')
    }
  })
})

describe.each(['exec', 'attach'])('the container of pods/%s', (name) => {
  it('must be one of the pod', async () => {
    await aPod(many)
    expect(await refused('POST', `/pods/p/${name}`)).toEqual([
      400,
      'BadRequest',
      'a container name must be specified for pod p, choose one of: [init a b]',
    ])
    expect(await refused('POST', `/pods/p/${name}?container=x`)).toEqual([
      400,
      'BadRequest',
      'container x is not valid for pod p',
    ])
    expect((await refused('POST', `/pods/p/${name}?container=init`))[2]).toBe('Upgrade request required')
  })
})

describe('the options of a log', () => {
  it.each([
    ['tailLines=-1', 'tailLines: Invalid value: -1: must be greater than or equal to 0'],
    ['limitBytes=0', 'limitBytes: Invalid value: 0: must be greater than 0'],
    ['sinceSeconds=0', 'sinceSeconds: Invalid value: 0: must be greater than 0'],
    [
      'sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z',
      '[]: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified',
    ],
    ['stream=Stdout', 'stream: Forbidden: may not be specified'],
    [
      'tailLines=-1&limitBytes=0&stream=All',
      '[tailLines: Invalid value: -1: must be greater than or equal to 0, ' +
        'limitBytes: Invalid value: 0: must be greater than 0, stream: Forbidden: may not be specified]',
    ],
  ])('%s', async (query, message) => {
    await aPod()
    const answer = await refused('GET', `/pods/p/log?${query}`)
    expect(answer).toEqual([422, 'Invalid', `PodLogOptions "p" is invalid: ${message}`])
  })

  it.each([
    ['tailLines=many', 'strconv.ParseInt: parsing "many": invalid syntax'],
    ['sinceTime=now', 'parsing time "now" as "2006-01-02T15:04:05Z07:00": cannot parse "now" as "2006"'],
    ['sinceTime=2026-01-02T', 'parsing time "2026-01-02T" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "15"'],
    ['sinceTime=2026-02-30T00:00:00Z', 'parsing time "2026-02-30T00:00:00Z": day out of range'],
    ['tailLines=-1&limitBytes=x&sinceSeconds=y', 'strconv.ParseInt: parsing "y": invalid syntax'],
    ['tailLines=z&sinceSeconds=0&sinceTime=x', 'parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006"'],
  ])('%s is no request', async (query, message) => {
    await aPod()
    expect(await refused('GET', `/pods/p/log?${query}`)).toEqual([400, 'BadRequest', message])
  })

  it('name a container where there are several, of any kind', async () => {
    await aPod(many)
    expect((await refused('GET', '/pods/p/log'))[2]).toBe(
      'a container name must be specified for pod p, choose one of: [init a b]',
    )
    const response = await api.request('GET', `${NAMESPACE}/pods/p/log?container=init`)
    expect(await response.text()).toBe('a log')
  })

  it('are of no content while the pod has no node', async () => {
    await aPod({ nodeName: '' })
    const response = await api.request('GET', `${NAMESPACE}/pods/p/log`)
    expect([response.status, await response.text()]).toEqual([204, ''])
  })
})

describe('pods/proxy', () => {
  const status = { podIP: '10.1.2.3', podIPs: [{ ip: '10.1.2.3' }] }

  it.each([
    ['p', 'http', 80],
    ['p:8080', 'http', 8080],
    ['https:p:', 'https', 443],
    ['https:p:8443', 'https', 8443],
    ['http:p:81', 'http', 81],
    [':p:81', 'http', 81],
  ])('%s leads to the pod', async (id, scheme, port) => {
    await aPod({}, status)
    expect((await api.request('GET', `${NAMESPACE}/pods/${id}/proxy/a/b`)).status).toBe(204)
    expect(targets).toMatchObject([{ kind: 'pod', scheme, port, address: '10.1.2.3' }])
  })

  it('without a slash leads to the address that has one, whether anybody is there or not', async () => {
    await aPod({}, status)
    const headers = { 'x-workernetes-upgrade': '1' }
    const ask = async (method: string, path: string, options = {}): Promise<readonly unknown[]> => {
      const answer = await api.request(method, `${NAMESPACE}/pods/${path}`, options)
      return [answer.status, answer.headers.get('location'), answer.headers.get('cache-control')]
    }
    const there = [301, `${NAMESPACE}/pods/p:80/proxy/?a=%20`, 'no-cache, private']
    expect(await ask('GET', 'p:80/proxy?a=%20')).toEqual(there)
    expect(await ask('HEAD', 'p%3A80/proxy?a=%20')).toEqual(there)
    expect((await ask('POST', 'p:80/proxy'))[0]).toBe(204)
    expect((await ask('GET', 'p:80/proxy', { headers }))[0]).toBe(204)
    expect((await ask('GET', 'q/proxy'))[0]).toBe(404)
  })

  it('leads to the first port that a container names', async () => {
    const [first, second] = many.containers
    await aPod({ containers: [first, { ...second, ports: [{ containerPort: 8080 }] }] }, status)
    await api.request('GET', `${NAMESPACE}/pods/p/proxy/`)
    expect(targets).toMatchObject([{ port: 8080 }])
  })

  it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('takes %s', async (method) => {
    await aPod({}, status)
    expect((await api.request(method, `${NAMESPACE}/pods/p/proxy/x`)).status).toBe(204)
  })

  it('does not mind what form is asked for', async () => {
    await aPod({}, status)
    const headers = { accept: 'text/html' }
    expect((await api.request('GET', `${NAMESPACE}/pods/p/proxy/`, { headers })).status).toBe(204)
  })

  it.each([
    ['a:p:1', 400, 'BadRequest', 'invalid pod request "a:p:1"'],
    ['http:p:1:2', 400, 'BadRequest', 'invalid pod request "http:p:1:2"'],
    [':1', 400, 'BadRequest', 'invalid pod request ":1"'],
    ['q:80', 404, 'NotFound', 'pods "q" not found'],
    ['p:http', 503, 'ServiceUnavailable', 'error trying to reach service: dial tcp: lookup tcp/http: unknown port'],
  ])('%s is refused', async (id, code, reason, message) => {
    await aPod({}, status)
    expect(await refused('GET', `/pods/${id}/proxy/`)).toEqual([code, reason, message])
  })

  it.each([[''], ['127.0.0.1'], ['169.254.1.1'], ['::1'], ['fe80::1']])('reaches no pod at %j', async (podIP) => {
    await aPod({}, podIP === '' ? {} : { podIP, podIPs: [{ ip: podIP }] })
    expect(await refused('GET', '/pods/p/proxy/')).toEqual([400, 'BadRequest', 'address not allowed'])
  })

  it('takes the right for the method, and no dry runs', async () => {
    await aPod({}, status)
    expect(await refused('PUT', '/pods/p:80/proxy/', { user: JANE })).toEqual([
      403,
      'Forbidden',
      'pods "p:80" is forbidden: User "jane" cannot update resource "pods/proxy" in API group "" in the namespace "team"',
    ])
    expect(await refused('GET', '/pods/p/proxy/?dryRun=All')).toEqual([400, 'BadRequest', 'dryRun is not supported'])
  })
})

describe('services/proxy', () => {
  const aService = async (ports: object[], subsets?: object[]): Promise<void> => {
    const spec = { ports, clusterIP: 'None', selector: { app: 'web' } }
    await api.json('POST', `${NAMESPACE}/services`, { body: { metadata: { name: 'web' }, spec } })
    if (subsets === undefined) return
    const answer = await api.json('POST', `${NAMESPACE}/endpoints`, { body: { metadata: { name: 'web' }, subsets } })
    expect(answer.code).toBe(201)
  }
  const toPod = { ip: '10.1.2.3', targetRef: { kind: 'Pod', name: 'p', namespace: 'team' } }
  const named = [
    { name: 'http', port: 80 },
    { name: 'admin', port: 9000 },
  ]
  const ready = [{ addresses: [toPod], ports: named.map(({ name }) => ({ name, port: 8080 })) }]

  it.each([
    ['web:http', 'http', 80],
    ['web:80', 'http', 80],
    ['web:admin', 'http', 9000],
    ['https:web:9000', 'https', 9000],
  ])('%s leads to the port of the Service', async (id, scheme, port) => {
    await aService(named, ready)
    expect((await api.request('GET', `${NAMESPACE}/services/${id}/proxy/`)).status).toBe(204)
    expect(targets).toEqual([{ kind: 'service', scheme, name: 'web', id, port }])
  })

  it('leads to the only port, which has no name', async () => {
    await aService([{ port: 80 }], [{ addresses: [toPod], ports: [{ port: 8080 }] }])
    expect((await api.request('GET', `${NAMESPACE}/services/web/proxy/`)).status).toBe(204)
    expect(targets).toMatchObject([{ port: 80 }])
  })

  it.each([
    ['ftp:web:80', 400, 'BadRequest', 'invalid service request "ftp:web:80"'],
    ['web', 503, 'ServiceUnavailable', 'no endpoints available for service "web"'],
    ['web:81', 503, 'ServiceUnavailable', 'no service port 81 found for service "web"'],
    ['web:nope', 503, 'ServiceUnavailable', 'no endpoints available for service "web:nope"'],
    ['web:-1', 503, 'ServiceUnavailable', 'no service port -1 found for service "web"'],
    ['web:9223372036854775808', 503, 'ServiceUnavailable', 'no endpoints available for service "web:9223372036854775808"'],
    ['nope:80', 404, 'NotFound', 'services "nope" not found'],
    ['nope', 404, 'NotFound', 'services "nope" not found'],
  ])('%s is refused', async (id, code, reason, message) => {
    await aService(named, ready)
    expect(await refused('GET', `/services/${id}/proxy/`)).toEqual([code, reason, message])
  })

  it.each([
    ['none at all', []],
    ['none that is ready', [{ notReadyAddresses: [toPod], ports: [{ name: 'http', port: 8080 }] }]],
    ['none that is a pod', [{ addresses: [{ ip: '10.1.2.3' }], ports: [{ name: 'http', port: 8080 }] }]],
  ])('has no endpoint where there is %s', async (what, subsets) => {
    await aService(named, subsets)
    const which = what === 'none at all' ? 'web' : 'web:http'
    expect(await refused('GET', '/services/web:http/proxy/')).toEqual([
      503,
      'ServiceUnavailable',
      `no endpoints available for service "${which}"`,
    ])
  })

  it('says nothing of when to come again', async () => {
    await aService(named, [])
    const response = await api.request('GET', `${NAMESPACE}/services/web:http/proxy/`)
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, null])
    expect(await response.json()).not.toHaveProperty('details')
  })
})

describe('nodes/proxy', () => {
  it('says that these nodes cannot be asked', async () => {
    const cluster = testApi('')
    await cluster.json('POST', '/api/v1/nodes', { body: { metadata: { name: 'n1' } } })
    const { code, body } = await cluster.json('GET', '/api/v1/nodes/n1:10250/proxy/metrics')
    expect([code, body['reason']]).toEqual([405, 'MethodNotAllowed'])
    expect(body['message']).toContain('nodes/proxy is not supported by node "n1"')
    const missing = await cluster.json('GET', '/api/v1/nodes/n2/proxy/')
    expect([missing.code, missing.body['message']]).toEqual([404, 'nodes "n2" not found'])
    const wrong = await cluster.json('GET', '/api/v1/nodes/a:n1:1/proxy/')
    expect([wrong.code, wrong.body['message']]).toEqual([400, 'invalid node request "a:n1:1"'])
  })
})

it('what follows another subresource is no address', async () => {
  await aPod()
  expect(await refused('GET', '/pods/p/status/more')).toEqual([
    404,
    'NotFound',
    'the server could not find the requested resource',
  ])
})
