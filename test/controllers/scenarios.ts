/**
 * For each controller of THE list a short life with everything that it writes: what is played with a cut after each
 * write (cut-anywhere.test.ts). By scope and name.
 */
import { apiService } from '../../src/apis/apiregistration/api-service.ts'
import { deployment } from '../../src/apis/apps/deployment/deployment.ts'
import { replicaSet } from '../../src/apis/apps/replica-set/replica-set.ts'
import { job } from '../../src/apis/batch/job/job.ts'
import { endpoints } from '../../src/apis/core/endpoints/endpoints.ts'
import { configMap } from '../../src/apis/core/config-map/config-map.ts'
import { namespace } from '../../src/apis/core/namespace/namespace.ts'
import { node } from '../../src/apis/core/node/node.ts'
import { pod } from '../../src/apis/core/pod/pod.ts'
import { serviceAccount } from '../../src/apis/core/service-account/service-account.ts'
import { service } from '../../src/apis/core/service/service.ts'
import type { KindRef } from '../../src/apis/define-kind.ts'
import { flowSchema } from '../../src/apis/flowcontrol/flow-schema.ts'
import { priorityLevelConfiguration } from '../../src/apis/flowcontrol/priority-level-configuration.ts'
import type { V1Endpoints, V1Job, V1Node, V1PodDisruptionBudget } from '../../src/apis/generated/types.ts'
import { podDisruptionBudget } from '../../src/apis/policy/pod-disruption-budget/pod-disruption-budget.ts'
import { customResourceDefinition } from '../../src/apis/apiextensions/custom-resource-definition.ts'
import { clusterRole } from '../../src/apis/rbac/cluster-role/cluster-role.ts'
import type { KubeObject, OwnerReference } from '../../src/apimachinery/meta.ts'
import { cluster } from '../../src/apis/workernetes/cluster.ts'
import { hasReason } from '../../src/apimachinery/status-error.ts'
import type { DeleteOptions, Target } from '../../src/client/client.ts'
import type { Scenario } from '../support/cut-anywhere.ts'
import { aDeployment, aReplicaSet, aService, anUnboundPod, containers, ensure, put } from './builders.ts'

type Step = Scenario['steps'][number]

const at = (name: string): Target => ({ namespace: 'ns', name })
const wait = (ms: number): Step => (world) => world.advance(ms)

const remove =
  (kind: KindRef, target: Target, options?: DeleteOptions): Step =>
  async (world) => {
    try {
      await world.api.delete(kind, target, options)
    } catch (error) {
      // Done before the cut.
      if (!hasReason(error, 'NotFound')) throw error
    }
  }

const aJob = (spec: Partial<NonNullable<V1Job['spec']>>): V1Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'work', namespace: 'ns' },
  spec: { template: { spec: { containers, restartPolicy: 'Never' } }, ...spec },
})

const API_SERVICE = { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService' }
const FLOW = { apiVersion: 'flowcontrol.apiserver.k8s.io/v1' }
const ROLE = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'ClusterRole' }

const aNode = (runtime: string): V1Node => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'n', labels: { 'workernetes.dev/runtime': runtime } },
})

/** Ends all running pods. */
const end =
  (phase: 'Succeeded' | 'Failed'): Step =>
  async (world) => {
    for (const { metadata, status } of world.pods()) {
      if (status?.phase === 'Running') await world.setPod('ns', metadata.name ?? '', phase, false)
    }
  }

const family: Step = async (world) => {
  const root = await ensure(world, configMap, named(configMap, 'root'))
  const held = { ...ownerOf(root), blockOwnerDeletion: true }
  const child = await ensure(world, configMap, named(configMap, 'child', [held]))
  await ensure(world, configMap, named(configMap, 'grandchild', [{ ...ownerOf(child), blockOwnerDeletion: true }]))
  const other = await ensure(world, configMap, named(configMap, 'other'))
  await ensure(world, configMap, named(configMap, 'shared', [ownerOf(root), ownerOf(other)]))
  const gone = await ensure(world, configMap, named(configMap, 'orphaner'))
  await ensure(world, configMap, named(configMap, 'orphaned', [ownerOf(gone)]))
}

const named = (kind: KindRef, name: string, ownerReferences?: OwnerReference[]): KubeObject => ({
  apiVersion: 'v1',
  kind: kind.kind,
  metadata: { name, namespace: 'ns', ...(ownerReferences === undefined ? {} : { ownerReferences }) },
})

const ownerOf = ({ apiVersion, kind, metadata: { name = '', uid = '' } }: KubeObject): OwnerReference => ({
  apiVersion,
  kind,
  name,
  uid,
})

const handMade = (...ips: string[]): V1Endpoints => ({
  apiVersion: 'v1',
  kind: 'Endpoints',
  metadata: { name: 'web', namespace: 'ns' },
  subsets: [{ addresses: ips.map((ip) => ({ ip })), ports: [{ name: 'http', port: 8080, protocol: 'TCP' }] }],
})

const aBudget: V1PodDisruptionBudget = {
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web', namespace: 'ns' },
  spec: { selector: { matchLabels: { app: 'web' } }, maxUnavailable: 1 },
}

const WIDGETS_API = 'example.com/v1'
const WIDGET: KindRef = {
  group: 'example.com', version: 'v1', kind: 'Widget', resource: 'widgets', scope: 'Namespaced',
}

const aDefinition: Step = async (world) => {
  const { group, kind, resource: plural, scope } = WIDGET
  const openAPIV3Schema = { type: 'object' }
  const names = { kind, plural, singular: 'widget', listKind: 'WidgetList' }
  const versions = [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema } }]
  await ensure(world, customResourceDefinition, {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: { group, scope, names, versions },
  })
}

const aDownNode: Step = async (world) => {
  const conditions = [{ type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', message: '' }]
  const down: V1Node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' }, status: { conditions } }
  await ensure(world, node, down)
  const tolerations = [{ operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 }]
  const one = anUnboundPod('p')
  await ensure(world, pod, { ...one, spec: { containers, nodeName: 'n', tolerations } })
  await ensure(world, node, { ...aNode('simulated'), metadata: { ...aNode('simulated').metadata, name: 'other' } })
}

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  'cluster ipallocator-repair': {
    steps: [
      (world) => ensure(world, service, aService({ type: 'NodePort', clusterIP: '' })),
      // Lost what it uses, and holds what nobody uses.
      async (world) => {
        const { metadata } = await world.api.get(service, at('web'))
        world.api.addresses().confirm(metadata.uid ?? '', null)
        const stray = aService({ clusterIP: '10.96.7.7', clusterIPs: ['10.96.7.7'] })
        world.api.addresses().confirm('nobody', JSON.stringify(stray))
        world.driver('').resync(true)
      },
    ],
  },
  // Its roles are alike, and there are many.
  'cluster bootstrap': {
    isBatched: true,
    with: ['service-addresses'],
    namespaces: ['default', 'kube-system', 'kube-public'],
    steps: [],
  },
  'cluster cluster': {
    steps: [
      async (world) => {
        const wasMade = world.api.writes.includes('ADDED clusters.workernetes.dev/blue')
        const blue = { apiVersion: 'workernetes.dev/v1', kind: 'Cluster', metadata: { name: 'blue' } }
        if (!wasMade) await ensure(world, cluster, blue)
      },
      remove(cluster, { name: 'blue' }),
      wait(5_000),
    ],
  },
  'cluster cluster-role-aggregation': {
    steps: [
      async (world) => {
        const labels = { 'rbac.authorization.k8s.io/aggregate-to-mine': 'true' }
        const aggregationRule = { clusterRoleSelectors: [{ matchLabels: labels }] }
        await ensure(world, clusterRole, { ...ROLE, metadata: { name: 'mine' }, aggregationRule, rules: [] })
        const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
        await ensure(world, clusterRole, { ...ROLE, metadata: { name: 'part', labels }, rules })
      },
    ],
  },
  'cluster apiservice-availability': {
    steps: [
      (world) => {
        const spec = { group: 'example.org', version: 'v1', groupPriorityMinimum: 1000, versionPriority: 15 }
        const theirs = { ...spec, service: { namespace: 'ns', name: 'web', port: 443 } }
        return ensure(world, apiService, { ...API_SERVICE, metadata: { name: 'v1.example.org' }, spec: theirs })
      },
      (world) => {
        const spec = { type: 'ExternalName', externalName: 'api.example.org' }
        const metadata = { name: 'web', namespace: 'ns' }
        return ensure(world, service, { apiVersion: 'v1', kind: 'Service', metadata, spec })
      },
      wait(10_000),
    ],
  },
  'cluster apiservice-registration': {
    isBatched: true,
    steps: [remove(apiService, { name: 'v1.apps' })],
  },
  'cluster custom-resource-cleanup': {
    with: ['custom-resource-definition'],
    steps: [
      aDefinition,
      wait(1_000),
      async (world) => {
        for (const name of ['one', 'two']) await ensure(world, WIDGET, { ...named(WIDGET, name), apiVersion: WIDGETS_API })
      },
      remove(customResourceDefinition, { name: 'widgets.example.com' }),
      wait(10_000),
    ],
  },
  'cluster custom-resource-definition': { steps: [aDefinition, wait(1_000)] },
  // The objects are alike; a suggested one is changed, and one that is kept is deleted.
  'cluster flow-control-defaults': {
    isBatched: true,
    with: ['flow-schema-status'],
    steps: [remove(flowSchema, { name: 'catch-all' })],
  },
  'cluster flow-schema-status': {
    steps: [
      (world) => {
        const spec = { priorityLevelConfiguration: { name: 'mine' }, matchingPrecedence: 500 }
        return ensure(world, flowSchema, { ...FLOW, kind: 'FlowSchema', metadata: { name: 'mine' }, spec })
      },
      (world) => {
        const spec = { type: 'Limited', limited: { limitResponse: { type: 'Reject' } } }
        const level = { ...FLOW, kind: 'PriorityLevelConfiguration', metadata: { name: 'mine' }, spec }
        return ensure(world, priorityLevelConfiguration, level)
      },
    ],
  },
  'cluster garbage-collector': {
    steps: [
      async (world) => {
        if (world.api.writes.includes('DELETED nodes/n')) return
        const owner = await ensure(world, node, aNode('simulated'))
        const rules = [{ apiGroups: [''], resources: ['pods'], verbs: ['get'] }]
        const metadata = { name: 'owned', ownerReferences: [ownerOf(owner)] }
        await ensure(world, clusterRole, { ...ROLE, metadata, rules })
        await ensure(world, configMap, named(configMap, 'dependent', [{ ...ownerOf(owner), blockOwnerDeletion: true }]))
      },
      remove(node, { name: 'n' }, { propagationPolicy: 'Foreground' }),
    ],
  },
  'cluster namespace': {
    with: ['service-account', 'replicaset'],
    namespaces: ['ns', 'team'],
    steps: [
      async (world) => {
        const metadata = { name: 'team' }
        const wasMade = world.api.writes.includes('ADDED namespaces/team')
        if (!wasMade) await ensure(world, namespace, { apiVersion: 'v1', kind: 'Namespace', metadata })
      },
      remove(namespace, { name: 'team' }),
    ],
  },
  'cluster node': { steps: [aDownNode, wait(60_000)] },
  'cluster node-ipam': {
    steps: [
      async (world) => {
        for (const name of ['a', 'b']) await ensure(world, node, { apiVersion: 'v1', kind: 'Node', metadata: { name } })
      },
    ],
  },
  'cluster pod-garbage-collector': {
    steps: [
      async (world) => {
        const wasGone = world.api.writes.includes('DELETED nodes/n')
        if (wasGone) return
        await ensure(world, node, aNode('simulated'))
        await ensure(world, pod, { ...anUnboundPod('p'), spec: { containers, nodeName: 'n' } })
      },
      remove(node, { name: 'n' }),
      wait(40_000),
    ],
  },
  'cluster taint-eviction': { with: ['node'], steps: [aDownNode, wait(120_000)] },
  'namespace deployment': {
    with: ['replicaset'],
    steps: [
      (world) => put(world, deployment, aDeployment(3, {}, 'app:1')),
      wait(1_000),
      (world) => put(world, deployment, aDeployment(4, { revisionHistoryLimit: 0 }, 'app:2')),
      wait(1_000),
    ],
  },
  'namespace endpoint': { steps: servesPods() },
  'namespace endpointslice': { steps: servesPods() },
  'namespace disruption': {
    with: ['replicaset'],
    steps: [
      (world) => ensure(world, replicaSet, aReplicaSet(2)),
      (world) => ensure(world, podDisruptionBudget, aBudget),
      async (world) => {
        await world.api.patch(podDisruptionBudget, at('web'), 'merge', { spec: { maxUnavailable: 2 } })
      },
    ],
  },
  'namespace stale-pod-disruption': {
    steps: [
      async (world) => {
        await ensure(world, pod, anUnboundPod('p'))
        await ensure(world, pod, anUnboundPod('q'))
        for (const name of ['p', 'q']) {
          const since = { lastTransitionTime: '2026-01-01T00:00:00Z' }
          const conditions = [{ type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', ...since }]
          await world.api.patch(pod, at(name), 'strategic', { status: { conditions } }, { subresource: 'status' })
        }
      },
      wait(120_000),
    ],
  },
  'namespace endpointslicemirroring': {
    steps: [
      async (world) => {
        const { selector: _none, ...spec } = aService({ clusterIP: 'None' }).spec ?? {}
        await ensure(world, service, { ...aService(), spec })
        await ensure(world, endpoints, handMade('10.0.0.1', '2001:db8::1'))
      },
      async (world) => {
        const { metadata } = await world.api.get(endpoints, at('web'))
        await world.api.update(endpoints, { ...handMade('10.0.0.2'), metadata })
      },
    ],
  },
  'namespace garbage-collector': {
    steps: [
      family,
      remove(configMap, at('root'), { propagationPolicy: 'Foreground' }),
      remove(configMap, at('orphaner'), { propagationPolicy: 'Orphan' }),
    ],
  },
  'namespace job': {
    steps: [
      (world) => ensure(world, job, aJob({ completions: 3, parallelism: 2 })),
      end('Failed'),
      wait(60_000),
      end('Succeeded'),
      wait(1_000),
      end('Succeeded'),
    ],
  },
  'namespace replicaset': {
    steps: [
      (world) => ensure(world, pod, anUnboundPod('orphan')),
      (world) => put(world, replicaSet, aReplicaSet(4)),
      (world) => put(world, replicaSet, aReplicaSet(2)),
    ],
  },
  'namespace root-ca': { steps: [remove(configMap, at('kube-root-ca.crt'))] },
  'namespace service-account': { steps: [remove(serviceAccount, at('default'))] },
  'namespace service-addresses': {
    steps: [
      (world) => ensure(world, service, aService({ type: 'NodePort', clusterIP: '' })),
      remove(service, at('web')),
    ],
  },
  'namespace ttl-after-finished': {
    with: ['job', 'garbage-collector'],
    steps: [
      async (world) => {
        const isOver = world.api.writes.includes('ADDED jobs.batch/work')
        if (!isOver) await ensure(world, job, aJob({ ttlSecondsAfterFinished: 60 }))
      },
      end('Succeeded'),
      wait(60_000),
    ],
  },
}

function servesPods(): Step[] {
  return [
    (world) => ensure(world, service, aService({ clusterIP: 'None' })),
    async (world) => {
      for (const name of ['a', 'b']) await ensure(world, pod, anUnboundPod(name))
    },
    remove(pod, at('a')),
  ]
}
