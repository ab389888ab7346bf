/**
 * What every kind does on writes whatever its fields: may an update do without a resourceVersion, may it create, and is
 * the spec counted. Upstream: pkg/registry/GROUP/KIND/strategy.go, AllowUnconditionalUpdate, AllowCreateOnUpdate,
 * PrepareForCreate; k8s.io/apiserver pkg/registry/rest/meta.go.
 */
import { expect, it } from 'vitest'
import { KINDS } from '../../src/apis/kinds.ts'
import { testApi } from '../support/api.ts'
import { Subject } from './validation/given-want.ts'

interface Writes {
  readonly unconditional: boolean
  readonly creates: boolean
  /** metadata.generation of a new one. */
  readonly generation: number | undefined
}

const rows = (names: string, unconditional: boolean, creates: boolean, generation?: number): [string, Writes][] =>
  names.split(' ').map((name) => [name, { unconditional, creates, generation }])

const WANT = new Map([
  ...rows('apiextensions.k8s.io/v1/CustomResourceDefinition', false, false, 1),
  ...rows('v1/ConfigMap v1/Namespace v1/Node v1/PersistentVolume v1/PersistentVolumeClaim', true, false),
  ...rows('v1/Secret v1/ServiceAccount apps/v1/ControllerRevision', true, false),
  ...rows('v1/Endpoints v1/Event v1/Service events.k8s.io/v1/Event', true, true),
  ...rows('v1/Pod v1/PodTemplate v1/ReplicationController', true, false, 1),
  ...rows('apps/v1/DaemonSet apps/v1/Deployment apps/v1/ReplicaSet apps/v1/StatefulSet', true, false, 1),
  ...rows('autoscaling/v1/HorizontalPodAutoscaler autoscaling/v2/HorizontalPodAutoscaler', true, false),
  ...rows('batch/v1/CronJob batch/v1/Job discovery.k8s.io/v1/EndpointSlice', true, false, 1),
  ...rows('certificates.k8s.io/v1/CertificateSigningRequest', true, false),
  ...rows('coordination.k8s.io/v1/Lease node.k8s.io/v1/RuntimeClass', false, true),
  ...rows('apiregistration.k8s.io/v1/APIService', false, false),
  ...rows('flowcontrol.apiserver.k8s.io/v1/FlowSchema', true, false, 1),
  ...rows('flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration', true, false, 1),
  ...rows('networking.k8s.io/v1/Ingress networking.k8s.io/v1/IngressClass', true, false, 1),
  ...rows('networking.k8s.io/v1/IPAddress networking.k8s.io/v1/ServiceCIDR', true, false),
  ...rows('policy/v1/PodDisruptionBudget', false, false, 1),
  ...['ClusterRole', 'ClusterRoleBinding', 'Role', 'RoleBinding'].flatMap((kind) =>
    rows(`rbac.authorization.k8s.io/v1/${kind}`, true, true),
  ),
  ...rows('resource.k8s.io/v1/DeviceClass resource.k8s.io/v1/ResourceSlice', true, false, 1),
  ...rows('resource.k8s.io/v1/ResourceClaim resource.k8s.io/v1/ResourceClaimTemplate', true, false),
  ...rows('scheduling.k8s.io/v1/PriorityClass', true, false, 1),
  ...['CSIDriver', 'CSINode', 'CSIStorageCapacity', 'VolumeAttachment'].flatMap((kind) =>
    rows(`storage.k8s.io/v1/${kind}`, false, false),
  ),
  ...rows('storage.k8s.io/v1/StorageClass storage.k8s.io/v1/VolumeAttributesClass', true, false),
])

const STORED = KINDS.filter(({ group, kind }) => {
  // Reviews, bindings and component statuses are answered and not kept; our own group has no upstream.
  return !/Review$|^Binding$|^ComponentStatus$/.test(kind) && group !== 'workernetes.dev'
}).map(({ group, version, kind, strategy }) => ({
  apiVersion: group === '' ? version : `${group}/${version}`,
  kind,
  strategy,
}))

it.each(STORED)('$apiVersion $kind is written as upstream says', ({ apiVersion, kind, strategy }) => {
  const given = { spec: {} }
  const writes: Writes = {
    unconditional: strategy.allowsUnconditionalUpdate ?? false,
    creates: strategy.allowsCreateOnUpdate ?? false,
    generation: new Subject(apiVersion, kind).created(given).metadata.generation,
  }
  expect(writes).toEqual(WANT.get(`${apiVersion}/${kind}`))
})

it('an EndpointSlice counts topologies and labels, and keeps no topology', async () => {
  const api = testApi('team')
  const path = '/apis/discovery.k8s.io/v1/namespaces/team/endpointslices'
  const slice = (endpoint: object = {}, labels: object = {}): object =>
    ({ metadata: { name: 'e', labels }, addressType: 'IPv4', endpoints: [{ addresses: ['1.2.3.4'], ...endpoint }] })
  await api.json('POST', path, { body: slice({ deprecatedTopology: { zone: 'a' } }) })
  const generations: unknown[] = []
  const topology = { deprecatedTopology: { zone: 'a' } }
  for (const body of [slice(topology), slice(), slice({ deprecatedTopology: {} }), slice({}, { a: 'b' })]) {
    const updated = await api.json('PUT', `${path}/e`, { body })
    expect(updated.body['endpoints']).toEqual([{ addresses: ['1.2.3.4'], conditions: {} }])
    generations.push(updated.body.metadata?.['generation'])
  }
  expect(generations).toEqual([2, 2, 2, 3])
})

it('a ResourceSlice counts fields whose feature is off, and keeps none of them', async () => {
  const api = testApi('')
  const path = '/apis/resource.k8s.io/v1/resourceslices'
  const slice = (device: object): object => {
    const pool = { name: 'p', generation: 1, resourceSliceCount: 1 }
    const devices = [{ name: 'd', ...device }]
    return { metadata: { name: 's' }, spec: { driver: 'a.b', nodeName: 'n', pool, devices } }
  }
  const made = await api.json('POST', path, { body: slice({ nodeAllocatableResourceMappings: { cpu: {} } }) })
  expect(made.body['spec']?.['devices']).toEqual([{ name: 'd' }])
  const generations: unknown[] = []
  const mappings = { nodeAllocatableResourceMappings: { cpu: {} } }
  for (const device of [mappings, {}, { nodeAllocatableResourceMappings: {} }]) {
    generations.push((await api.json('PUT', `${path}/s`, { body: slice(device) })).body.metadata?.['generation'])
  }
  expect(generations).toEqual([2, 2, 2])
})
