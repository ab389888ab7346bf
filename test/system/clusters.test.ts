import { exportJWK, generateKeyPair } from 'jose'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { V1Deployment, V1Service } from '../../src/apis/generated/types.ts'
import type { KubeObject, ObjectList } from '../../src/apimachinery/meta.ts'
import type { Cluster } from '../../src/apis/workernetes/structure.ts'
import { System } from '../support/platform/system.ts'
import { aCluster, aConfigMap, aDeployment, aNamespace, aService } from './manifests.ts'

const CLUSTERS = '/apis/workernetes.dev/v1/clusters'
const { privateKey } = await generateKeyPair('ES256', { extractable: true })
const SERVICE_ACCOUNT_KEY = JSON.stringify(await exportJWK(privateKey))

let system: System

beforeEach(async () => {
  system = new System({ SERVICE_ACCOUNT_KEY })
  await system.cron()
  await system.advance(2_000)
})

afterEach(async () => {
  await system.end()
  vi.restoreAllMocks()
})

async function names(path: string): Promise<string[]> {
  const { body } = await system.json<ObjectList<KubeObject>>('GET', path)
  return body.items.map(({ metadata }) => metadata.name ?? '')
}

async function untilActive(name: string): Promise<Cluster> {
  return system.until(async () => {
    const { body } = await system.json<Cluster>('GET', `${CLUSTERS}/${name}`)
    return body.status?.phase === 'Active' ? body : undefined
  })
}

async function deleteCluster(name: string): Promise<void> {
  expect((await system.json('DELETE', `${CLUSTERS}/${name}`)).code).toBe(200)
  await system.until(async () => {
    const { code } = await system.json('GET', `${CLUSTERS}/${name}`)
    return code === 404 ? true : undefined
  })
}

describe('a logical cluster', () => {
  it('works at once when its Cluster was made, with all that a cluster starts with', async () => {
    await system.create(CLUSTERS, aCluster('blue'))
    expect(await names('/clusters/blue/api/v1/namespaces')).toEqual([
      'default', 'kube-node-lease', 'kube-public', 'kube-system',
    ])
    expect(await names('/clusters/blue/api/v1/nodes')).toEqual(['isolates', 'simulated-0', 'simulated-1'])
    expect((await system.json('GET', '/clusters/blue/api/v1/namespaces/default/services/kubernetes')).code).toBe(200)
    expect(await names('/clusters/blue/apis/rbac.authorization.k8s.io/v1/clusterroles')).toContain('cluster-admin')
    const { status } = await untilActive('blue')
    expect(status?.conditions).toMatchObject([{ type: 'Ready', status: 'True', reason: 'Started' }])
  })

  it('shows its state in the table that kubectl prints', async () => {
    await system.create(CLUSTERS, aCluster('blue'))
    await untilActive('blue')
    const accept = 'application/json;as=Table;v=v1;g=meta.k8s.io'
    const response = await system.request('GET', CLUSTERS, { headers: { accept } })
    const table = await system.finish(response.json<{ rows: { cells: unknown[] }[] }>())
    expect(table.rows[0]?.cells.slice(0, 2)).toEqual(['blue', 'Active'])
  })

  it('runs workloads of its own, and nothing of one is seen in another', async () => {
    await system.create(CLUSTERS, aCluster('blue'))
    await system.create('/clusters/blue/apis/apps/v1/namespaces/default/deployments', aDeployment('web', 2))
    await system.create('/api/v1/namespaces/default/configmaps', aConfigMap('root-only'))
    await system.create('/clusters/blue/api/v1/namespaces', aNamespace('blue-only'))
    await system.create('/clusters/blue/apis/rbac.authorization.k8s.io/v1/clusterroles', {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: 'blue-role' },
      rules: [],
    })
    await system.until(async () => {
      const path = '/clusters/blue/apis/apps/v1/namespaces/default/deployments/web'
      const { body } = await system.json<V1Deployment>('GET', path)
      return body.status?.readyReplicas === 2 ? true : undefined
    })
    const [inRoot, inBlue] = [await names('/api/v1/pods'), await names('/clusters/blue/api/v1/pods')]
    expect([inRoot.length, inBlue.length]).toEqual([0, 2])
    expect(await names('/api/v1/namespaces')).not.toContain('blue-only')
    expect(await names('/apis/rbac.authorization.k8s.io/v1/clusterroles')).not.toContain('blue-role')
    expect(await names('/clusters/blue/api/v1/namespaces/default/configmaps')).not.toContain('root-only')
    const eventsOf = async (prefix: string): Promise<number> =>
      (await names(`${prefix}/api/v1/events`)).filter((name) => name.startsWith('web')).length
    expect([await eventsOf(''), (await eventsOf('/clusters/blue')) > 0]).toEqual([0, true])
  })

  it('takes no ServiceAccount token of another, nor of a former cluster of its name', async () => {
    await system.create(CLUSTERS, aCluster('blue'))
    const path = '/api/v1/namespaces/default/serviceaccounts/default/token'
    const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} }
    const tokenOf = async (prefix: string): Promise<string> =>
      (await system.create<{ status: { token: string } }>(`${prefix}${path}`, body)).status.token
    const [root, blue] = [await tokenOf(''), await tokenOf('/clusters/blue')]
    const codeOf = async (prefix: string, token: string): Promise<number> =>
      (await system.json('GET', `${prefix}/api`, { token })).code
    expect([await codeOf('', root), await codeOf('/clusters/blue', blue)]).toEqual([200, 200])
    expect([await codeOf('', blue), await codeOf('/clusters/blue', root)]).toEqual([401, 401])
    await deleteCluster('blue')
    await system.create(CLUSTERS, aCluster('blue'))
    expect(await codeOf('/clusters/blue', blue)).toBe(401)
  })

  it('does what is due though every alarm is lost, by the one scheduled handler', async () => {
    await system.create(CLUSTERS, aCluster('blue'))
    await untilActive('blue')
    vi.spyOn(console, 'warn').mockReturnValue()
    system.platform.faults.losesAlarms = true
    system.platform.faults.endsAfterAnswer = (className) => className !== 'SequencerObject'
    await system.create('/clusters/blue/apis/apps/v1/namespaces/default/deployments', aDeployment('web', 2))
    await system.until(
      async () => {
        const path = '/clusters/blue/apis/apps/v1/namespaces/default/deployments/web'
        const { body } = await system.json<V1Deployment>('GET', path)
        return body.status?.readyReplicas === 2 ? true : undefined
      },
      { withCron: true },
    )
  })
})

describe('the deletion of a logical cluster', () => {
  it('leaves nothing stored, gives back what it had in clouds and ends its pods’ objects', async () => {
    const before = system.platform.stored
    await system.create(CLUSTERS, aCluster('blue'))
    await system.create('/clusters/blue/api/v1/namespaces', aNamespace('ns'))
    await system.create('/clusters/blue/apis/apps/v1/namespaces/ns/deployments', aDeployment('web', 2))
    await system.create('/clusters/blue/api/v1/namespaces/ns/services', aService('web', 'web', 'LoadBalancer'))
    await system.create('/clusters/blue/api/v1/namespaces/ns/pods', {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'isolate' },
      spec: { runtimeClassName: 'worker', containers: [{ name: 'main', image: 'workernetes.dev/worker' }] },
    })
    await system.until(async () => {
      const { body } = await system.json<V1Service>('GET', '/clusters/blue/api/v1/namespaces/ns/services/web')
      const isObserved = system.podCalls.some(({ path }) => path === '/observe')
      return isObserved && body.status?.loadBalancer?.ingress?.[0]?.hostname === 'web.ns.blue.localhost'
        ? true
        : undefined
    })
    await deleteCluster('blue')
    await system.minutes(2)
    expect(system.platform.stored).toEqual(before)
    expect(system.platform.alarms.filter((object) => object.includes('blue'))).toEqual([])
    const [pod] = system.podCalls
    expect(system.podCalls.at(-1)).toEqual({ path: '/gone', pod: pod?.pod })
  })

  it('ends it within a second for everybody, and a cluster of its name begins empty', async () => {
    await system.create(CLUSTERS, aCluster('blue'))
    const first = await system.create('/clusters/blue/api/v1/namespaces/default/configmaps', aConfigMap('old'))
    await system.json('DELETE', `${CLUSTERS}/blue`)
    await system.advance(1_000)
    const answer = await system.json('GET', '/clusters/blue/api/v1/namespaces')
    expect([answer.code, answer.body.message]).toEqual([404, 'clusters.workernetes.dev "blue" not found'])
    await system.until(async () => ((await system.json('GET', `${CLUSTERS}/blue`)).code === 404 ? true : undefined))
    await system.create(CLUSTERS, aCluster('blue'))
    expect(await names('/clusters/blue/api/v1/namespaces/default/configmaps')).not.toContain('old')
    const again = await system.create('/clusters/blue/api/v1/namespaces/default/configmaps', aConfigMap('old'))
    expect(again.metadata.uid).not.toBe(first.metadata.uid)
  })

  it('is not undone by whoever was on the way to begin it', async () => {
    const before = system.platform.stored
    const { metadata } = await system.create(CLUSTERS, aCluster('blue'))
    await deleteCluster('blue')
    const late = system.env.NAMESPACE_OBJECTS.getByName('blue/')
    expect(await system.finish<unknown>(late.startCluster(metadata.uid ?? ''))).toEqual({ value: 'starting' })
    await system.minutes(2)
    expect(system.platform.stored).toEqual(before)
  })

  it('of a former cluster comes first when one of its name is made and something of it is left', async () => {
    vi.spyOn(console, 'warn').mockReturnValue()
    await system.create(CLUSTERS, aCluster('blue'))
    await system.create('/clusters/blue/api/v1/namespaces/default/configmaps', aConfigMap('left'))
    // Its content stays, as if the sweep had never been: the finalizer is taken off by who may.
    const { body } = await system.json<Cluster>('GET', `${CLUSTERS}/blue`)
    system.platform.faults.losesCall = ({ method }) => method === 'sealCluster'
    await system.json('DELETE', `${CLUSTERS}/blue`)
    const headers = { 'content-type': 'application/merge-patch+json' }
    const patch = { metadata: { finalizers: [] } }
    expect((await system.json('PATCH', `${CLUSTERS}/blue/status`, { body: patch, headers })).code).toBe(200)
    system.platform.faults.losesCall = () => false
    const next = await system.create(CLUSTERS, aCluster('blue'))
    expect(next.metadata.uid).not.toBe(body.metadata.uid)
    await untilActive('blue')
    expect(await names('/clusters/blue/api/v1/namespaces/default/configmaps')).not.toContain('left')
  })

  it('goes on when it was held up or cut off at any call, and says what holds it up', async () => {
    vi.spyOn(console, 'warn').mockReturnValue()
    const before = system.platform.stored
    await system.create(CLUSTERS, aCluster('blue'))
    await untilActive('blue')
    await system.create('/clusters/blue/api/v1/namespaces/default/configmaps', aConfigMap('content'))
    let calls = 0
    // Every call of the sweep fails once before it arrives and once after it was carried out.
    system.platform.faults.losesCall = ({ name, method }) =>
      name.startsWith('blue') && ['destroy', 'sealCluster', 'storeNames'].includes(method) && ++calls % 3 === 1
    system.platform.faults.losesAnswer = ({ name, method }) =>
      name.startsWith('blue') && ['destroy', 'sealCluster', 'storeNames'].includes(method) && calls % 3 === 2
    await system.json('DELETE', `${CLUSTERS}/blue`)
    const heldUp = await system.until(async () => {
      const { body } = await system.json<Cluster>('GET', `${CLUSTERS}/blue`)
      return body.status?.conditions?.find(({ reason }) => reason === 'DeletionHeldUp')
    })
    expect(heldUp.message).toMatch(/^its content could not be deleted yet: /)
    await system.advance(30_000)
    system.platform.faults.losesCall = () => false
    system.platform.faults.losesAnswer = () => false
    await system.until(async () => ((await system.json('GET', `${CLUSTERS}/blue`)).code === 404 ? true : undefined))
    await system.minutes(2)
    expect(system.platform.stored).toEqual(before)
  })
})

describe('what is refused', () => {
  it('a cluster that does not exist answers 404 and leaves nothing behind', async () => {
    const before = system.platform.stored
    for (const name of ['nowhere', 'Not-A-Name', 'a.b', 'a%2fb']) {
      const { code, body } = await system.json('GET', `/clusters/${name}/api/v1/namespaces`)
      expect([code, body.reason]).toEqual([404, 'NotFound'])
    }
    expect(system.platform.stored).toEqual(before)
  })

  it.each([
    ['Upper', 'a lowercase RFC 1123 label must consist of lower case alphanumeric characters or'],
    ['a.b', 'must not contain dots'],
    ['x'.repeat(64), 'must be no more than 63 '],
    ['default', '"default" is the root cluster, which is always there'],
  ])('the name %s: %s', async (name, why) => {
    const { code, body } = await system.json('POST', CLUSTERS, { body: aCluster(name) })
    expect(code).toBe(422)
    expect(body.message).toContain(why)
  })

  it('a cluster inside of a cluster', async () => {
    await system.create(CLUSTERS, aCluster('blue'))
    const { code, body } = await system.json('POST', `/clusters/blue${CLUSTERS}`, { body: aCluster('inner') })
    expect([code, body.message]).toEqual([
      403,
      'clusters.workernetes.dev "inner" is forbidden: logical clusters cannot be made inside of a logical cluster; ' +
        'make it in the root cluster, with a server address that ends before /clusters/',
    ])
  })

  it('users do not take off the finalizer that keeps a cluster until its content is deleted', async () => {
    await system.create(CLUSTERS, aCluster('blue'))
    const headers = { 'content-type': 'application/merge-patch+json' }
    const patch = { metadata: { finalizers: [], labels: { team: 'blue' } } }
    const { code, body } = await system.json<Cluster>('PATCH', `${CLUSTERS}/blue`, { body: patch, headers })
    const { labels, finalizers } = body.metadata
    expect([code, labels, finalizers]).toEqual([200, { team: 'blue' }, ['workernetes.dev/cluster-content']])
  })
})
