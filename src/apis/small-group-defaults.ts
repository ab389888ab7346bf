/**
 * Defaults of groups that have a handful. The upstream file is named before each: kubernetes/kubernetes
 * pkg/apis/GROUP/v1/defaults.go unless said.
 * The time of a device's taint is set where a clock is known: resource/resource-slice/strategy.ts.
 */
import type { DefaultTable, Fields } from './defaulting.ts'

const RBAC_GROUP = 'rbac.authorization.k8s.io'

function policyTypes({ egress }: Fields): string[] {
  return Array.isArray(egress) && egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress']
}

export const smallGroupDefaults: DefaultTable = {
  // networking
  V1NetworkPolicyPort: { fields: { protocol: 'TCP' } },
  V1NetworkPolicySpec: { fields: { policyTypes } },
  V1IngressClassParametersReference: { fields: { scope: 'Cluster' } },
  // discovery
  DiscoveryV1EndpointPort: { fields: { name: '', protocol: 'TCP' } },
  // rbac
  V1RoleRef: { fields: { apiGroup: RBAC_GROUP } },
  RbacV1Subject: { fields: { apiGroup: ({ kind }) => (kind === 'User' || kind === 'Group' ? RBAC_GROUP : undefined) } },
  // scheduling
  V1PriorityClass: { fields: { preemptionPolicy: 'PreemptLowerPriority' } },
  // storage
  V1StorageClass: { fields: { reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate' } },
  V1CSIDriverSpec: {
    fields: {
      attachRequired: true,
      podInfoOnMount: false,
      storageCapacity: false,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      volumeLifecycleModes: () => ['Persistent'],
      requiresRepublish: false,
      seLinuxMount: false,
    },
  },
  // authentication
  V1TokenRequestSpec: { fields: { expirationSeconds: 3600 } },
  // resource; count is filled in only for this mode
  V1ExactDeviceRequest: {
    fields: {
      allocationMode: 'ExactCount',
      count: ({ allocationMode }) => (allocationMode === 'ExactCount' ? 1 : undefined),
    },
  },
  V1DeviceSubRequest: {
    fields: {
      allocationMode: 'ExactCount',
      count: ({ allocationMode }) => (allocationMode === 'ExactCount' ? 1 : undefined),
    },
  },
  V1DeviceToleration: { fields: { operator: 'Equal' } },
  // flowcontrol
  V1FlowSchemaSpec: { fields: { matchingPrecedence: 1000 } },
  V1LimitedPriorityLevelConfiguration: { fields: { nominalConcurrencyShares: 30, lendablePercent: 0 } },
  V1ExemptPriorityLevelConfiguration: { fields: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
  V1QueuingConfiguration: { fields: { queues: 64, handSize: 8, queueLengthLimit: 50 } },
  // k8s.io/kube-aggregator pkg/apis/apiregistration/v1/defaults.go
  ApiregistrationV1ServiceReference: { fields: { port: 443 } },
  // k8s.io/apiextensions-apiserver pkg/apis/apiextensions/v1/defaults.go
  V1CustomResourceDefinition: { rule: fillStoredVersions },
  V1CustomResourceDefinitionSpec: {
    // Of the names wanted alone: those that are accepted are of the same type.
    rule: ({ names }) => fillNames(names),
    fields: { conversion: () => ({ strategy: 'None' }) },
  },
  ApiextensionsV1ServiceReference: { fields: { port: 443 } },
}

/** Who says nothing of where objects may be stored means the version that is stored now. */
function fillStoredVersions({ spec, status }: Fields): void {
  const said = status as { storedVersions?: readonly string[] | null } | undefined
  if (said === undefined || (said.storedVersions ?? []).length > 0) return
  const { versions } = (spec ?? {}) as { versions?: readonly { name: string; storage: boolean }[] | null }
  const storage = versions?.find((version) => version.storage)
  if (storage !== undefined) said.storedVersions = [storage.name]
}

function fillNames(wanted: unknown): void {
  const names = (wanted ?? {}) as Record<string, unknown>
  const { kind } = names
  if (typeof kind !== 'string' || kind === '') return
  if ((names['singular'] ?? '') === '') names['singular'] = kind.toLowerCase()
  if ((names['listKind'] ?? '') === '') names['listKind'] = `${kind}List`
}
