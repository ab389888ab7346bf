/**
 * Defaults of Pod and of what is inside pod templates. Upstream: kubernetes/kubernetes
 * pkg/apis/core/v1/defaults.go, the function named before each row. Rows of V1Pod hold for pods alone, never for
 * templates.
 * Differs: requests and limits of the pod as a whole (spec.resources) are not filled from its containers.
 */
import type { V1Container, V1Pod } from '../../generated/types.ts'
import type { DefaultTable, Fields } from '../../defaulting.ts'

/** 0644 */
const FILE_MODE = 0o644
/** Kubelets turn a token over when it has lived 80 % of its time; an hour is what upstream gives it. */
const TOKEN_SECONDS = 3600

function fillPod(owner: Fields): void {
  const { spec } = owner as Partial<V1Pod>
  if (spec === undefined) return
  const containers = [...((spec.containers as V1Container[] | null) ?? []), ...(spec.initContainers ?? [])]
  for (const { resources, ports } of containers) {
    if (resources?.limits !== undefined) resources.requests = { ...resources.limits, ...resources.requests }
    if (spec.hostNetwork === true) for (const port of ports ?? []) port.hostPort ??= port.containerPort
  }
  spec.enableServiceLinks ??= true
}

/** `latest`, said or meant, is pulled each time. What is not an image name at all is left to validation. */
export function pullPolicyOf(image: unknown): string {
  if (typeof image !== 'string' || image === '') return 'IfNotPresent'
  const [name = '', digest] = image.split('@')
  const tag = /:([\w.-]+)$/.exec(name)?.[1]
  return tag === 'latest' || (tag === undefined && digest === undefined) ? 'Always' : 'IfNotPresent'
}

/** A volume that names no source is an empty directory. */
function fillVolume(owner: Fields): void {
  if (Object.entries(owner).every(([field, value]) => field === 'name' || value === undefined)) owner['emptyDir'] = {}
}

// SetDefaults_Container; SetDefaults_EphemeralContainer is the same
const container: DefaultTable[string] = {
  fields: {
    imagePullPolicy: ({ image }) => pullPolicyOf(image),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  },
}

export const podDefaults: DefaultTable = {
  // SetDefaults_Pod
  V1Pod: { rule: fillPod },
  // SetDefaults_PodSpec
  V1PodSpec: {
    rule: aliasServiceAccount,
    fields: {
      dnsPolicy: 'ClusterFirst',
      restartPolicy: 'Always',
      securityContext: () => ({}),
      terminationGracePeriodSeconds: 30,
      schedulerName: 'default-scheduler',
    },
  },
  V1Container: container,
  V1EphemeralContainer: container,
  // +default
  V1ContainerPort: { fields: { protocol: 'TCP' } },
  // SetDefaults_Probe
  V1Probe: { fields: { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 } },
  // SetDefaults_HTTPGetAction
  V1HTTPGetAction: { fields: { path: '/', scheme: 'HTTP' } },
  // +default
  V1GRPCAction: { fields: { service: '' } },
  // SetDefaults_ObjectFieldSelector
  V1ObjectFieldSelector: { fields: { apiVersion: 'v1' } },
  // +default
  V1FileKeySelector: { fields: { optional: false } },
  // SetDefaults_Volume
  V1Volume: { rule: fillVolume },
  V1ImageVolumeSource: { fields: { pullPolicy: ({ reference }) => pullPolicyOf(reference) } },
  // SetDefaults_{Secret,ConfigMap,DownwardAPI,Projected}VolumeSource
  V1SecretVolumeSource: { fields: { defaultMode: FILE_MODE } },
  V1ConfigMapVolumeSource: { fields: { defaultMode: FILE_MODE } },
  V1DownwardAPIVolumeSource: { fields: { defaultMode: FILE_MODE } },
  V1ProjectedVolumeSource: { fields: { defaultMode: FILE_MODE } },
  // SetDefaults_ServiceAccountTokenProjection
  V1ServiceAccountTokenProjection: { fields: { expirationSeconds: TOKEN_SECONDS } },
  // +default of storage that upstream still decodes
  V1RBDVolumeSource: { fields: { pool: 'rbd', user: 'admin', keyring: '/etc/ceph/keyring' } },
  V1ISCSIVolumeSource: { fields: { iscsiInterface: 'default' } },
  V1AzureDiskVolumeSource: {
    fields: { cachingMode: 'ReadWrite', fsType: 'ext4', readOnly: false, kind: 'Shared' },
  },
  V1ScaleIOVolumeSource: { fields: { storageMode: 'ThinProvisioned', fsType: 'xfs' } },
}

/** The field's old name always says the same; the new one wins (Convert_v1_PodSpec_To_core_PodSpec and back). */
function aliasServiceAccount(spec: Fields): void {
  const name = spec['serviceAccountName'] || spec['serviceAccount']
  if (name === undefined || name === '') return
  spec['serviceAccountName'] = name
  spec['serviceAccount'] = name
}
