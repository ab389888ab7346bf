/** Health over HTTP, as load balancers and people ask for it (k8s.io/apiserver pkg/server/healthz). */
import { describe, expect, it } from 'vitest'
import type { KindRef } from '../../../src/apis/define-kind.ts'
import { storeResource } from '../../../src/apis/define-kind.ts'
import { KINDS } from '../../../src/apis/kinds.ts'
import { HEALTH_CHECKS } from '../../../src/apiserver/operations/health-checks.ts'
import type { ControllersProgress } from '../../../src/apiserver/operations/health.ts'
import { answerHealth, healthMetrics } from '../../../src/apiserver/operations/health.ts'
import { MetricRegistry } from '../../../src/lib/metrics.ts'
import type { StoreReader } from '../../../src/store/object-store.ts'
import { testApi } from '../../support/api.ts'

const anonymous = { username: 'system:anonymous', groups: ['system:unauthenticated'] }

const HOOKS = [
  'start-apiserver-admission-initializer', 'generic-apiserver-start-informers',
  'priority-and-fairness-config-consumer', 'start-apiextensions-informers', 'start-apiextensions-controllers',
  'crd-informer-synced', 'start-system-namespaces-controller', 'start-cluster-authentication-info-controller',
  'start-kube-apiserver-identity-lease-controller', 'storage-readiness', 'start-legacy-token-tracking-controller',
  'start-service-ip-repair-controllers', 'rbac/bootstrap-roles', 'scheduling/bootstrap-system-priority-classes',
  'priority-and-fairness-config-producer', 'bootstrap-controller', 'start-kubernetes-service-cidr-controller',
  'start-kube-aggregator-informers', 'apiservice-status-local-available-controller',
  'apiservice-status-remote-available-controller', 'apiservice-registration-controller',
  'apiservice-discovery-controller', 'kube-apiserver-autoregistration',
]

const ORDER = [
  'ping', 'log', 'etcd', 'etcd-readiness', 'informer-sync', ...HOOKS.map((name) => `poststarthook/${name}`),
  'autoregister-completion', 'poststarthook/apiservice-openapi-controller',
  'poststarthook/apiservice-openapiv3-controller',
]

const OF_READINESS: ReadonlySet<string> = new Set(['etcd-readiness', 'informer-sync'])

/** Controllers that have begun, and have left of their work what is said. */
const controllersOwing = (...owed: readonly string[]): ControllersProgress => ({
  haveBegun: () => true,
  owe: (controller) => owed.includes(controller),
})

/** A store that holds everything but what is said. */
function storeWithout(missing: readonly string[] = []): StoreReader {
  const { reader } = testApi('').scope.host
  return Object.create(reader, {
    revision: { value: 9 },
    compactedRevision: { value: 0 },
    resources: { value: () => [] },
    hasAny: { value: (resource: string) => !missing.includes(resource) },
    get: {
      value: ({ resource, name }: { resource: string; name: string }) =>
        missing.includes(`${resource}/${name}`) ? undefined : { name },
    },
  }) as StoreReader
}

async function ask(path: string, missing: readonly string[] = [], controllers = controllersOwing()) {
  const registry = new MetricRegistry()
  const url = new URL(`https://test${path}`)
  const examined = { reader: storeWithout(missing), controllers }
  const response = answerHealth(url, HEALTH_CHECKS, examined, healthMetrics(registry))
  return { code: response?.status ?? 404, text: (await response?.text()) ?? '', registry }
}

const examinedOf = (reader: StoreReader) => ({ reader, controllers: controllersOwing() })

const resourceOf = (kind: string): string => storeResource(KINDS.find((one) => one.kind === kind) as KindRef)

describe('health', () => {
  it.each(['/healthz', '/livez', '/readyz'])('at %s is two letters while all is well', async (path) => {
    expect(await ask(path)).toMatchObject({ code: 200, text: 'ok' })
  })

  it('tells each check in its verbose form, those of readiness to /readyz alone', async () => {
    const passed = (name: string, checks: readonly string[]) =>
      `${checks.map((check) => `[+]${check} ok\n`).join('')}${name} check passed\n`
    expect((await ask('/readyz?verbose')).text).toBe(passed('readyz', ORDER))
    const others = ORDER.filter((check) => !OF_READINESS.has(check))
    expect((await ask('/livez?verbose')).text).toBe(passed('livez', others))
    expect((await ask('/healthz?verbose')).text).toBe(passed('healthz', others))
  })

  it('leaves out what is excluded, and says what it cannot exclude', async () => {
    const { text } = await ask('/livez?verbose&exclude=etcd&exclude=store&exclude=disk')
    expect(text.split('\n').slice(0, 3)).toEqual(['[+]ping ok', '[+]log ok', '[+]etcd excluded: ok'])
    const warning = 'warn: some health checks cannot be excluded: no matches for "disk","store"\n'
    expect(text).toContain(`${warning}livez check passed`)
  })

  it('has an address for each check, whatever is in its name', async () => {
    for (const name of ORDER) expect(await ask(`/readyz/${name}`)).toMatchObject({ code: 200, text: 'ok' })
    for (const path of ['/readyz/store', '/readyz/poststarthook', '/livez/etcd-readiness', '/livez/ping/'])
      expect((await ask(path)).code).toBe(404)
  })

  it.each([
    ['poststarthook/start-system-namespaces-controller', 'namespaces/kube-system'],
    ['poststarthook/rbac/bootstrap-roles', resourceOf('ClusterRoleBinding')],
    [
      'poststarthook/scheduling/bootstrap-system-priority-classes',
      `${resourceOf('PriorityClass')}/system-node-critical`,
    ],
    ['poststarthook/priority-and-fairness-config-producer', resourceOf('FlowSchema')],
    ['autoregister-completion', resourceOf('APIService')],
  ])('%s fails while its objects are not there, and says why at its own address only', async (name, gone) => {
    const whole = await ask('/readyz', [gone])
    expect(whole.code).toBe(500)
    expect(whole.text).toContain(`[-]${name} failed: reason withheld\n`)
    expect(whole.text.endsWith('readyz check failed\n')).toBe(true)
    const one = await ask(`/readyz/${name}`, [gone])
    expect([one.code, one.text]).toEqual([500, `internal server error: not finished: ${gone} not there yet\n`])
    expect((await ask(`/readyz?exclude=${name}`, [gone])).text).toBe('ok')
  })

  it('of what controllers do fails until they have begun, and while what is made once has failed', async () => {
    const idle = { haveBegun: () => false, owe: () => false }
    for (const name of ['informer-sync', 'poststarthook/bootstrap-controller', 'poststarthook/crd-informer-synced']) {
      const { code, text } = await ask(`/readyz/${name}`, [], idle)
      expect([code, text]).toEqual([500, 'internal server error: not finished: the controllers have not begun\n'])
    }
    const owing = controllersOwing('bootstrap')
    const { code, text } = await ask('/livez/poststarthook/bootstrap-controller', [], owing)
    expect([code, text]).toEqual([500, 'internal server error: not finished: it will be tried again\n'])
    expect((await ask('/livez/poststarthook/crd-informer-synced', [], owing)).code).toBe(200)
  })

  it('fails where the store cannot be read', async () => {
    const reader = Object.create(storeWithout(), {
      resources: {
        value: () => {
          throw new Error('disk I/O error')
        },
      },
    }) as StoreReader
    const url = new URL('https://test/livez/etcd')
    const answer = answerHealth(url, HEALTH_CHECKS, examinedOf(reader), healthMetrics(new MetricRegistry()))
    expect(await answer?.text()).toBe('internal server error: the store cannot be read: disk I/O error\n')
  })

  it('reads the store once for both checks of it', () => {
    let reads = 0
    const reader = Object.create(storeWithout(), {
      resources: {
        value: () => {
          reads += 1
          return []
        },
      },
    }) as StoreReader
    const url = new URL('https://test/readyz')
    expect(answerHealth(url, HEALTH_CHECKS, examinedOf(reader), healthMetrics(new MetricRegistry()))?.status).toBe(200)
    expect(reads).toBe(1)
  })

  it('is counted check by check, with what came out last', async () => {
    const { registry } = await ask('/readyz?exclude=log', ['namespaces/default'])
    const [last, total] = registry.snapshots()
    const of = (snapshot: typeof last) =>
      Object.fromEntries((snapshot?.series ?? []).map(({ labels, value }) => [labels.join(' '), value]))
    expect(of(last)).toMatchObject({
      'ping readyz': 1,
      'poststarthook/start-system-namespaces-controller readyz': 0,
    })
    expect(of(total)).toMatchObject({ 'ping readyz success': 1 })
    expect(of(total)).not.toHaveProperty('log readyz success')
    expect(of(total)['poststarthook/start-system-namespaces-controller readyz error']).toBe(1)
  })

  it('of a cluster that has not begun says that it is not ready', async () => {
    const response = await testApi('').request('GET', '/readyz')
    expect(response.status).toBe(500)
    expect(await response.text()).toContain('[+]etcd ok\n')
    expect((await testApi('').request('GET', '/readyz/ping')).status).toBe(200)
  })

  it('is nobody else’s business without a role', async () => {
    expect((await testApi('').request('GET', '/readyz', { user: anonymous })).status).toBe(403)
  })
})
