/** What a logical cluster starts with, and what is put right later. */
import { describe, expect, it } from 'vitest'
import { configMap } from '../../../src/apis/core/config-map/config-map.ts'
import { endpoints } from '../../../src/apis/core/endpoints/endpoints.ts'
import { namespace } from '../../../src/apis/core/namespace/namespace.ts'
import { service } from '../../../src/apis/core/service/service.ts'
import { endpointSlice } from '../../../src/apis/discovery/endpoint-slice/endpoint-slice.ts'
import { serviceCIDR } from '../../../src/apis/networking/service-cidr/service-cidr.ts'
import { runtimeClass } from '../../../src/apis/node/runtime-class/runtime-class.ts'
import { clusterRole } from '../../../src/apis/rbac/cluster-role/cluster-role.ts'
import { priorityClass } from '../../../src/apis/scheduling/priority-class/priority-class.ts'
import type { Role, RoleBinding } from '../../../src/auth/rbac/rbac-kinds.ts'
import { bootstrapController } from '../../../src/controllers/bootstrap/bootstrap.ts'
import { advertisedIp } from '../../../src/controllers/bootstrap/objects.ts'
import { planBinding, planRole } from '../../../src/controllers/bootstrap/rbac-plan.ts'
import { withReadiness } from '../../../src/controllers/bootstrap/service-range.ts'
import { clusterRoleAggregationController } from '../../../src/controllers/bootstrap/cluster-role-aggregation.ts'
import { ControllersWorld } from '../../support/controllers-world.ts'

const address = { clusterIP: '10.96.0.1', serviceRange: '10.96.0.0/12', ip: '192.0.2.1', port: 6443 }
const aWorld = (): ControllersWorld =>
  new ControllersWorld(
    [bootstrapController(address), clusterRoleAggregationController],
    ['default', 'kube-system', 'kube-node-lease'],
  )

describe('a new logical cluster', () => {
  it('has its namespaces, classes, roles and the Service of the API', async () => {
    const world = aWorld()
    await world.settle()
    const names = async (kind: Parameters<typeof world.api.list>[0]): Promise<string[]> =>
      (await world.api.list(kind)).items.map(({ metadata }) => metadata.name ?? '').sort()
    expect(await names(namespace)).toEqual(['default', 'kube-node-lease', 'kube-public', 'kube-system'])
    expect(await names(priorityClass)).toEqual(['system-cluster-critical', 'system-node-critical'])
    expect((await world.api.get(runtimeClass, { name: 'worker' })).handler).toBe('worker')
    expect(await names(clusterRole)).toEqual(expect.arrayContaining(['admin', 'cluster-admin', 'edit', 'view']))
    const at = { namespace: 'default', name: 'kubernetes' }
    expect((await world.api.get(service, at)).spec).toMatchObject({
      clusterIP: '10.96.0.1',
      ports: [{ name: 'https', port: 443, targetPort: 6443 }],
    })
    expect((await world.api.get(endpoints, at)).subsets).toEqual([
      { addresses: [{ ip: '192.0.2.1' }], ports: [{ name: 'https', port: 6443, protocol: 'TCP' }] },
    ])
    expect((await world.api.get(endpointSlice, at)).endpoints).toEqual([
      { addresses: ['192.0.2.1'], conditions: { ready: true } },
    ])
  })

  it('shows the range of its Services as ready, and makes it again once it is deleted', async () => {
    const world = aWorld()
    await world.settle()
    const look = async () => await world.api.get(serviceCIDR, { name: 'kubernetes' })
    const made = await look()
    expect(made.spec).toEqual({ cidrs: ['10.96.0.0/12'] })
    const ready = { type: 'Ready', status: 'True', reason: '', message: 'Kubernetes default Service CIDR is ready' }
    expect(made.status?.conditions).toEqual([{ ...ready, lastTransitionTime: expect.any(String) }])
    await world.api.delete(serviceCIDR, { name: 'kubernetes' })
    await world.settle()
    expect((await look()).metadata.uid).not.toBe(made.metadata.uid)
  })

  it('says since which day it tracks tokens in Secrets', async () => {
    const world = aWorld()
    await world.settle()
    const at = { namespace: 'kube-system', name: 'kube-apiserver-legacy-service-account-token-tracking' }
    const { data } = await world.api.get(configMap, at)
    expect(data).toEqual({ since: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/) })
  })

  it('gets a system namespace back that was deleted', async () => {
    const world = aWorld()
    await world.settle()
    await world.api.delete(namespace, { name: 'kube-node-lease' })
    await world.settle()
    expect(await world.api.find(namespace, { name: 'kube-node-lease' })).toBeDefined()
  })

  it('adds rules of an aggregated role as roles with its label come, and takes them away as they go', async () => {
    const world = aWorld()
    await world.settle()
    const before = (await world.api.get(clusterRole, { name: 'view' })).rules?.length ?? 0
    const metadata = { name: 'extra', labels: { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' } }
    const rules = [{ apiGroups: ['example.org'], resources: ['widgets'], verbs: ['get'] }]
    await world.api.create(clusterRole, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata,
      rules,
    })
    await world.settle()
    const { rules: grown = [] } = await world.api.get(clusterRole, { name: 'view' })
    expect(grown).toContainEqual(rules[0])
    await world.api.delete(clusterRole, { name: 'extra' })
    await world.settle()
    expect((await world.api.get(clusterRole, { name: 'view' })).rules).toHaveLength(before)
  })
})

describe('the range of Services', () => {
  const own = ['10.96.0.0/12']
  it.each([
    ['becomes ready where nothing is said of it', own, {}, ['Other', 'Ready']],
    ['becomes ready where it is not known', own, { said: 'Unknown' }, ['Other', 'Ready']],
    ['stays as it is where it is ready', own, { said: 'True' }, undefined],
    ['stays as it is where others say that it is not', own, { said: 'False' }, undefined],
    ['is left alone while it goes', own, { deletionTimestamp: '2026-01-01T00:00:00Z' }, undefined],
    ['is left alone where it is another one', ['10.0.0.0/8'], {}, undefined],
    ['is left alone where it is wider', [...own, 'fd00::/108'], {}, undefined],
  ])('%s', (_name, cidrs, { said, deletionTimestamp }: { said?: string; deletionTimestamp?: string }, want) => {
    const header = { apiVersion: 'networking.k8s.io/v1', kind: 'ServiceCIDR' }
    const metadata = { name: 'kubernetes', ...(deletionTimestamp !== undefined && { deletionTimestamp }) }
    const lastTransitionTime = '2026-01-01T00:00:00Z'
    const other = { type: 'Other', status: 'True', lastTransitionTime, reason: '', message: '' }
    const conditions = said === undefined ? [other] : [{ ...other, type: 'Ready', status: said }, other]
    const next = withReadiness({ ...header, metadata, spec: { cidrs }, status: { conditions } }, '10.96.0.0/12', 0)
    expect(next?.status?.conditions?.map(({ type }) => type)).toEqual(want)
  })
})

describe("the API's endpoint", () => {
  it.each([
    ['10.1.2.3', '10.1.2.3'],
    ['127.0.0.1', '192.0.2.1'],
    ['localhost', '192.0.2.1'],
    ['kube.example.com', '192.0.2.1'],
    ['[::1]', '192.0.2.1'],
  ])('of an API at %s is %s, which every endpoint may have', (host, ip) => {
    expect(advertisedIp(host)).toBe(ip)
  })
})

describe('a bootstrap role that is there already', () => {
  const aRole = (rules: Role['rules'] & object, annotations?: Record<string, string>): Role => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'r', ...(annotations === undefined ? {} : { annotations }) },
    rules,
  })
  const get = { apiGroups: [''], resources: ['pods'], verbs: ['get'] }
  const list = { apiGroups: [''], resources: ['pods'], verbs: ['list'] }
  const all = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] }
  const table: readonly [string, Role, Role, Role['rules'] | 'keep'][] = [
    ['stays when it has the rules', aRole([get]), aRole([get]), 'keep'],
    ['keeps what people added and gets what is missing', aRole([list]), aRole([get]), [list, get]],
    ['stays when a wider rule covers it', aRole([all]), aRole([get, list]), 'keep'],
    [
      'stays when it is protected',
      aRole([], { 'rbac.authorization.kubernetes.io/autoupdate': 'false' }),
      aRole([get]),
      'keep',
    ],
    [
      'is not covered by a rule for one name',
      aRole([{ ...get, resourceNames: ['x'] }]),
      aRole([get]),
      [{ ...get, resourceNames: ['x'] }, get],
    ],
  ]
  it.each(table)('%s', (_name, existing, expected, want) => {
    const plan = planRole(existing, expected)
    expect(plan.kind === 'update' ? plan.next.rules : plan.kind).toEqual(want)
  })

  const aBinding = (role: string, subjects: string[]): RoleBinding => ({
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'b' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: subjects.map((name) => ({ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name })),
  })
  it('keeps subjects that people added and gets those that are missing', () => {
    const plan = planBinding(aBinding('r', ['ann']), aBinding('r', ['bob']))
    expect(plan.kind === 'update' ? plan.next.subjects?.map(({ name }) => name) : plan.kind).toEqual(['ann', 'bob'])
  })
  it('is made anew when its binding points elsewhere', () => {
    expect(planBinding(aBinding('other', ['ann']), aBinding('r', ['ann'])).kind).toBe('replace')
  })
})
