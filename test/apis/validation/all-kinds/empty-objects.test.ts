/**
 * What each built-in kind answers to an object that says nothing: all errors at once, in upstream's order. The texts
 * are those of pkg/apis/GROUP/validation/validation.go; a kind without a row has nothing that must be said.
 */
import { describe, expect, it } from 'vitest'
import { KINDS } from '../../../../src/apis/kinds.ts'
import { Subject } from '../given-want.ts'

const SUBDOMAIN =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
const NO_LABELS = 'spec.template.metadata.labels: Invalid value: null: `selector` does not match template `labels`'
const NO_CONTAINERS = 'spec.template.spec.containers: Required value'
const ENDS = 'Required value: valid values: "OnFailure", "Never"'
const WORKLOAD = ['spec.selector: Required value', NO_LABELS, NO_CONTAINERS]
const SCALER = [
  'spec.maxReplicas: Required value: must be set and greater than 0',
  'spec.maxReplicas: Invalid value: 0: must be greater than or equal to `minReplicas`',
  'spec.scaleTargetRef.kind: Required value',
  'spec.scaleTargetRef.name: Required value',
  'spec.scaleTargetRef.apiVersion: Invalid value: "": apiVersion must specify API group',
]

const WANT: Readonly<Record<string, readonly string[]>> = {
  'v1/PersistentVolume': [
    'spec.accessModes: Required value',
    'spec.capacity: Required value',
    'spec.capacity: Unsupported value: null: supported values: "storage"',
    'spec: Required value: must specify a volume type',
  ],
  'v1/PersistentVolumeClaim': [
    'spec.accessModes: Required value: at least 1 access mode is required',
    'spec.resources[storage]: Required value',
  ],
  'v1/Pod': ['spec.containers: Required value'],
  'v1/PodTemplate': ['template.spec.containers: Required value'],
  'v1/ReplicationController': ['spec.selector: Required value', 'spec.template: Required value'],
  'v1/Service': ['spec.ports: Required value'],
  'apps/v1/ControllerRevision': ['data: Required value: data is mandatory'],
  'apps/v1/DaemonSet': [NO_LABELS, NO_CONTAINERS],
  'apps/v1/Deployment': WORKLOAD,
  'apps/v1/ReplicaSet': WORKLOAD,
  'apps/v1/StatefulSet': WORKLOAD,
  'autoscaling/v1/HorizontalPodAutoscaler': SCALER,
  'autoscaling/v2/HorizontalPodAutoscaler': SCALER,
  'batch/v1/CronJob': [
    'spec.schedule: Required value',
    'spec.jobTemplate.spec.template.spec.containers: Required value',
    `spec.jobTemplate.spec.template.spec.restartPolicy: ${ENDS}`,
  ],
  'batch/v1/Job': [NO_CONTAINERS, `spec.template.spec.restartPolicy: ${ENDS}`],
  'certificates.k8s.io/v1/CertificateSigningRequest': [
    'spec.request: Invalid value: null: PEM block type must be CERTIFICATE REQUEST',
    'spec.usages: Required value',
    'spec.signerName: Required value',
  ],
  'discovery.k8s.io/v1/EndpointSlice': ['addressType: Required value'],
  'events.k8s.io/v1/Event': ['eventTime: Required value', 'type: Invalid value: "": has invalid value: '],
  'flowcontrol.apiserver.k8s.io/v1/FlowSchema': [
    'spec.priorityLevelConfiguration.name: Required value: must reference a priority level',
  ],
  'flowcontrol.apiserver.k8s.io/v1/PriorityLevelConfiguration': [
    'spec.type: Unsupported value: "": supported values: "Exempt", "Limited"',
  ],
  'networking.k8s.io/v1/IPAddress': ['spec.parentRef: Required value'],
  'networking.k8s.io/v1/Ingress': ['spec: Invalid value: null: either `defaultBackend` or `rules` must be specified'],
  'networking.k8s.io/v1/IngressClass': ['spec.controller: Required value'],
  'networking.k8s.io/v1/ServiceCIDR': ['spec.cidrs: Required value: at least one CIDR required'],
  'node.k8s.io/v1/RuntimeClass': ['handler: Required value'],
  'rbac.authorization.k8s.io/v1/ClusterRoleBinding': [
    'roleRef.kind: Unsupported value: "": supported values: "ClusterRole"',
    'roleRef.name: Required value',
  ],
  'rbac.authorization.k8s.io/v1/RoleBinding': [
    'roleRef.kind: Unsupported value: "": supported values: "Role", "ClusterRole"',
    'roleRef.name: Required value',
  ],
  'resource.k8s.io/v1/ResourceSlice': [
    'spec.driver: Required value',
    'spec.pool.name: Required value',
    'spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero',
    'spec: Required value: exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required',
  ],
  'storage.k8s.io/v1/CSIStorageCapacity': [`storageClassName: Invalid value: "": ${SUBDOMAIN}`],
  'storage.k8s.io/v1/StorageClass': ['provisioner: Required value'],
  'storage.k8s.io/v1/VolumeAttachment': [
    'spec.attacher: Required value',
    'spec.source: Required value: must specify exactly one of inlineVolumeSpec and persistentVolumeName',
    `spec.nodeName: Invalid value: "": ${SUBDOMAIN}`,
  ],
  'storage.k8s.io/v1/VolumeAttributesClass': [
    'driverName: Required value',
    'parameters: Required value: must contain at least one key/value pair',
  ],
}

/** Nothing of these must be said; a kind in neither list is new, and fails here until it is looked up. */
const NOTHING = new Set(
  [
    'v1/ConfigMap v1/Endpoints v1/Event v1/Namespace v1/Node v1/Secret v1/ServiceAccount v1/LimitRange v1/ResourceQuota',
    'coordination.k8s.io/v1/Lease policy/v1/PodDisruptionBudget scheduling.k8s.io/v1/PriorityClass',
    'rbac.authorization.k8s.io/v1/ClusterRole rbac.authorization.k8s.io/v1/Role',
    'resource.k8s.io/v1/DeviceClass resource.k8s.io/v1/ResourceClaim resource.k8s.io/v1/ResourceClaimTemplate',
    'storage.k8s.io/v1/CSIDriver storage.k8s.io/v1/CSINode networking.k8s.io/v1/NetworkPolicy',
  ].flatMap((names) => names.split(' ')),
)
/** Kinds of these groups are judged elsewhere: they are made of expressions, schemas and addresses. */
const ELSEWHERE = ['admissionregistration.k8s.io', 'apiextensions.k8s.io', 'apiregistration.k8s.io', 'workernetes.dev']

const STORED = KINDS.filter(({ group, isVirtual }) => isVirtual !== true && !ELSEWHERE.includes(group)).map(
  ({ group, version, kind }) => ({ apiVersion: group === '' ? version : `${group}/${version}`, kind }),
)

describe('an object that says nothing', () => {
  it.each(STORED)('of $apiVersion $kind is told of everything at once', ({ apiVersion, kind }) => {
    const name = `${apiVersion}/${kind}`
    const want = WANT[name] ?? (NOTHING.has(name) ? [] : undefined)
    expect(want, `${name} is in no list`).toBeDefined()
    expect(new Subject(apiVersion, kind).onCreate({})).toEqual(want)
  })
})
