/**
 * Defaults of core/v1, Pod apart (pod/defaults.ts). Upstream: kubernetes/kubernetes pkg/apis/core/v1/defaults.go, the
 * function named before each row; what is marked +default there stands in k8s.io/api core/v1/types.go.
 */
import { givenEmpty } from '../../apimachinery/schema/given-empty.ts'
import type {
  V1LimitRangeItem,
  V1PersistentVolume,
  V1ReplicationController,
  V1Service,
  V1ServicePort,
} from '../generated/types.ts'
import type { DefaultTable, Fields } from '../defaulting.ts'
import { alignPodRanges } from './pod/conversions.ts'
import { nameLabel } from './namespace/name-label.ts'
import { mergeStringData } from './secret/string-data.ts'
import { isExternallyAccessible } from './service/service-type.ts'

const AFFINITY_TIMEOUT_SECONDS = 10_800
/** Of Services that have an address in the cluster. */
const CLUSTER_TYPES: readonly unknown[] = ['ClusterIP', 'NodePort', 'LoadBalancer']

function fromTemplate(owner: Fields): void {
  const { metadata, spec } = owner as Partial<V1ReplicationController>
  const labels = spec?.template?.metadata?.labels
  if (metadata === undefined || spec === undefined || labels === undefined) return
  if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = { ...labels }
  if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...labels }
}

/** SetDefaults_NodeStatus: whoever says that nothing is allocatable means it. */
function allocatableOf(status: Fields): unknown {
  const { capacity } = status
  const isSaid = capacity === undefined || givenEmpty(status, 'allocatable') !== undefined
  return isSaid ? undefined : { ...(capacity as object) }
}

type ServiceSpec = NonNullable<V1Service['spec']>

function affinity(owner: Fields): void {
  const spec: ServiceSpec = owner
  if ((spec.sessionAffinity ?? '') === '') spec.sessionAffinity = 'None'
  if (spec.sessionAffinity === 'None') delete spec.sessionAffinityConfig
  else if (spec.sessionAffinity === 'ClientIP' && spec.sessionAffinityConfig?.clientIP?.timeoutSeconds === undefined) {
    spec.sessionAffinityConfig = { clientIP: { timeoutSeconds: AFFINITY_TIMEOUT_SECONDS } }
  }
}

function targetPort(owner: Fields): void {
  const port = owner as unknown as V1ServicePort
  if ((port.targetPort ?? 0) === 0 || port.targetPort === '') port.targetPort = port.port
}

function ingressModes(owner: Fields): void {
  const { spec, status } = owner as Partial<V1Service>
  if (spec?.type !== 'LoadBalancer') return
  for (const ingress of status?.loadBalancer?.ingress ?? []) {
    if ((ingress.ip ?? '') !== '') ingress.ipMode ??= 'VIP'
  }
}

/** For containers: limit from max, request from limit, request from min, each where it is not said. */
function containerLimits(owner: Fields): void {
  const item = owner as unknown as V1LimitRangeItem
  if (item.type !== 'Container') return
  const limits = { ...item.max, ...item.default }
  const requests = { ...item.min, ...limits, ...item.defaultRequest }
  if (Object.keys(limits).length > 0) item.default = limits
  if (Object.keys(requests).length > 0) item.defaultRequest = requests
}

/** Of a PersistentVolume, not of the like that a VolumeAttachment describes. */
function keepVolume(owner: Fields): void {
  const { spec } = owner as Partial<V1PersistentVolume>
  if (spec === undefined) return
  if ((spec.persistentVolumeReclaimPolicy ?? '') === '') spec.persistentVolumeReclaimPolicy = 'Retain'
  spec.volumeMode ??= 'Filesystem'
}

export const coreDefaults: DefaultTable = {
  // SetDefaults_Namespace, SetDefaults_NamespaceStatus
  V1Namespace: { rule: nameLabel },
  V1NamespaceStatus: { fields: { phase: 'Active' } },
  V1NodeSpec: { rule: alignPodRanges },
  V1NodeStatus: { fields: { allocatable: allocatableOf } },
  // SetDefaults_Secret
  V1Secret: { rule: mergeStringData, fields: { type: 'Opaque' } },
  // SetDefaults_Service
  V1Service: { rule: ingressModes },
  V1ServiceSpec: {
    rule: affinity,
    fields: {
      type: 'ClusterIP',
      externalTrafficPolicy: (spec) => (isExternallyAccessible(spec) ? 'Cluster' : undefined),
      internalTrafficPolicy: ({ type }) => (CLUSTER_TYPES.includes(type) ? 'Cluster' : undefined),
      allocateLoadBalancerNodePorts: ({ type }) => (type === 'LoadBalancer' ? true : undefined),
    },
  },
  V1ServicePort: { rule: targetPort, fields: { protocol: 'TCP' } },
  // SetDefaults_Endpoints
  CoreV1EndpointPort: { fields: { protocol: 'TCP' } },
  // SetDefaults_ReplicationController; replicas and minReadySeconds are +default
  V1ReplicationController: { rule: fromTemplate },
  V1ReplicationControllerSpec: { fields: { replicas: 1 } },
  // SetDefaults_PersistentVolume
  V1PersistentVolumeStatus: { fields: { phase: 'Pending' } },
  V1PersistentVolume: { rule: keepVolume },
  // SetDefaults_PersistentVolumeClaim, SetDefaults_PersistentVolumeClaimSpec
  V1PersistentVolumeClaimStatus: { fields: { phase: 'Pending' } },
  V1PersistentVolumeClaimSpec: { fields: { volumeMode: 'Filesystem' } },
  // SetDefaults_LimitRangeItem
  V1LimitRangeItem: { rule: containerLimits },
  // +default of storage that upstream still decodes
  V1RBDPersistentVolumeSource: { fields: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' } },
  V1ISCSIPersistentVolumeSource: { fields: { iscsiInterface: 'default' } },
  V1ScaleIOPersistentVolumeSource: { fields: { storageMode: 'ThinProvisioned', fsType: 'xfs' } },
  V1HostPathVolumeSource: { fields: { type: '' } },
}
