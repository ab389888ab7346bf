/** The kinds that controllers speak of: addresses and types, no behaviour. */
import type { KindRef } from '../apis/define-kind.ts'
import type { KubeObject } from '../apimachinery/meta.ts'
import type {
  V1ClusterRole,
  V1ConfigMap,
  V1Deployment,
  V1EndpointSlice,
  V1Endpoints,
  V1Job,
  V1Namespace,
  V1Node,
  V1Pod,
  V1PriorityClass,
  V1ReplicaSet,
  V1RuntimeClass,
  V1Service,
  V1ServiceAccount,
} from '../apis/generated/types.ts'

function ref<T extends KubeObject>(
  group: string,
  kind: string,
  resource: string,
  scope: 'Namespaced' | 'Cluster' = 'Namespaced',
): KindRef<T> {
  return { group, version: 'v1', kind, resource, scope }
}

export const clusterRole = ref<V1ClusterRole>('rbac.authorization.k8s.io', 'ClusterRole', 'clusterroles', 'Cluster')
export const configMap = ref<V1ConfigMap>('', 'ConfigMap', 'configmaps')
export const deployment = ref<V1Deployment>('apps', 'Deployment', 'deployments')
export const endpointSlice = ref<V1EndpointSlice>('discovery.k8s.io', 'EndpointSlice', 'endpointslices')
export const endpoints = ref<V1Endpoints>('', 'Endpoints', 'endpoints')
export const job = ref<V1Job>('batch', 'Job', 'jobs')
export const namespace = ref<V1Namespace>('', 'Namespace', 'namespaces', 'Cluster')
export const node = ref<V1Node>('', 'Node', 'nodes', 'Cluster')
export const pod = ref<V1Pod>('', 'Pod', 'pods')
export const priorityClass = ref<V1PriorityClass>('scheduling.k8s.io', 'PriorityClass', 'priorityclasses', 'Cluster')
export const replicaSet = ref<V1ReplicaSet>('apps', 'ReplicaSet', 'replicasets')
export const runtimeClass = ref<V1RuntimeClass>('node.k8s.io', 'RuntimeClass', 'runtimeclasses', 'Cluster')
export const service = ref<V1Service>('', 'Service', 'services')
export const serviceAccount = ref<V1ServiceAccount>('', 'ServiceAccount', 'serviceaccounts')
