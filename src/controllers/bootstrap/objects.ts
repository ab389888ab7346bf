/** What every logical cluster has from its first minute, besides roles. Data; upstream's names, values and words. */
import type {
  V1EndpointSlice,
  V1Endpoints,
  V1Namespace,
  V1PriorityClass,
  V1RuntimeClass,
  V1Service,
} from '../../apis/generated/types.ts'

/** kubernetes pkg/controlplane/controller/systemnamespaces, and the default namespace. */
export const SYSTEM_NAMESPACES = ['default', 'kube-node-lease', 'kube-public', 'kube-system'] as const

export function systemNamespaces(): V1Namespace[] {
  return SYSTEM_NAMESPACES.map((name) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }))
}

/** kubernetes pkg/apis/scheduling/v1/helpers.go. */
export function systemPriorityClasses(): V1PriorityClass[] {
  const header = { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass' }
  return [
    {
      ...header,
      metadata: { name: 'system-cluster-critical' },
      value: 2_000_000_000,
      description:
        'Used for system critical pods that must run in the cluster, but can be moved to another node if necessary.',
    },
    {
      ...header,
      metadata: { name: 'system-node-critical' },
      value: 2_000_001_000,
      description: 'Used for system critical pods that must not be moved from their current node.',
    },
  ]
}

/** Pods of this class run in isolates. */
export function workerRuntimeClass(): V1RuntimeClass {
  return {
    apiVersion: 'node.k8s.io/v1',
    kind: 'RuntimeClass',
    metadata: { name: 'worker' },
    handler: 'worker',
    // Its pods go where isolates run, and only they do.
    scheduling: {
      nodeSelector: { 'workernetes.dev/runtime': 'isolates' },
      tolerations: [{ key: 'workernetes.dev/runtime', operator: 'Equal', value: 'isolates', effect: 'NoSchedule' }],
    },
  }
}

/**
 * Stands in default/kubernetes' endpoints where the API has a name, or an address that no endpoint may have (upstream
 * refuses loopback ones). Of those kept for documentation (RFC 5737), as nobody dials it: pods' requests to the API are
 * routed by what they ask for (objects/worker/service-routes.ts).
 */
const UNDIALLED_IP = '192.0.2.1'

/** The IPv4 address under which the API is shown, given the host of its address. */
export function advertisedIp(host: string): string {
  return /^\d+(?:\.\d+){3}$/.test(host) && !/^(?:0|127|169\.254|224)\./.test(host) ? host : UNDIALLED_IP
}

/** Where clients inside the cluster find the API. */
export interface ApiAddress {
  /** The ClusterIP of default/kubernetes: the first of the service range. */
  readonly clusterIP: string
  /** What all ClusterIPs are of, `10.96.0.0/12`. */
  readonly serviceRange: string
  /** Where the API answers itself. */
  readonly ip: string
  readonly port: number
}

const API_NAME = 'kubernetes'
const API_NAMESPACE = 'default'

/** kubernetes pkg/controlplane/controller/kubernetesservice. */
export function apiService({ clusterIP, port }: ApiAddress): V1Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      name: API_NAME,
      namespace: API_NAMESPACE,
      labels: { component: 'apiserver', provider: 'kubernetes' },
    },
    spec: {
      clusterIP,
      clusterIPs: [clusterIP],
      type: 'ClusterIP',
      sessionAffinity: 'None',
      ipFamilies: ['IPv4'],
      ipFamilyPolicy: 'SingleStack',
      ports: [{ name: 'https', port: 443, protocol: 'TCP', targetPort: port }],
    },
  }
}

export function apiEndpoints({ ip, port }: ApiAddress): V1Endpoints {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      name: API_NAME,
      namespace: API_NAMESPACE,
      labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' },
    },
    subsets: [{ addresses: [{ ip }], ports: [{ name: 'https', port, protocol: 'TCP' }] }],
  }
}

export function apiEndpointSlice({ ip, port }: ApiAddress): V1EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: API_NAME,
      namespace: API_NAMESPACE,
      labels: { 'kubernetes.io/service-name': API_NAME },
    },
    addressType: 'IPv4',
    endpoints: [{ addresses: [ip], conditions: { ready: true } }],
    ports: [{ name: 'https', port, protocol: 'TCP' }],
  }
}
