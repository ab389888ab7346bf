/**
 * Defaults of Pod and of what is inside pod templates. Upstream: kubernetes/kubernetes
 * pkg/apis/core/v1/defaults.go, the function named before each row; what is marked +default there stands in k8s.io/api
 * core/v1/types.go. Rows of V1Pod hold for pods alone, never for templates.
 */
import { hasDropped, noteDropped } from '../../../apimachinery/schema/given-empty.ts'
import type { V1Container, V1Pod } from '../../generated/types.ts'
import type { DefaultTable, Fields } from '../../defaulting.ts'
import { itemsOf } from '../../validation/rules.ts'
import {
  alignPodAddresses,
  alignServiceAccount,
  dropInitContainerAnnotations,
  shortenGracePeriod,
} from './conversions.ts'
import { fillResources } from './resource-defaults.ts'

/** 0644 */
const FILE_MODE = 0o644
/** Kubelets turn a token over when it has lived 80 % of its time; an hour is what upstream gives it. */
const TOKEN_SECONDS = 3600

function fillPod(owner: Fields): void {
  dropInitContainerAnnotations(owner)
  shortenGracePeriod(owner)
  const { spec } = owner as Partial<V1Pod>
  if (spec === undefined) return
  fillResources(spec)
  spec.enableServiceLinks ??= true
  if (spec.hostNetwork !== true) return
  for (const { ports } of [...itemsOf(spec.containers), ...(spec.initContainers ?? [])]) {
    for (const port of ports ?? []) if ((port.hostPort ?? 0) === 0) port.hostPort = port.containerPort
  }
}

/** An id, which upstream takes for no name. */
const IMAGE_ID = /^[0-9a-f]{64}$/

/** `host.example:5000/path/name:tag@digest`, as github.com/distribution/reference reads it. */
const IMAGE = imagePattern()
const MAX_PATH_LENGTH = 255

function imagePattern(): RegExp {
  const label = '[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?'
  const part = String.raw`[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*`
  const host = String.raw`(?:(?:${label}(?:\.${label})*|\[[0-9a-fA-F:]+\])(?::\d+)?/)?`
  const digest = '(?<digest>@sha(?:256:[0-9a-f]{64}|384:[0-9a-f]{96}|512:[0-9a-f]{128}))?'
  return new RegExp(String.raw`^(?<name>${host}${part}(?:/${part})*)(?::(?<tag>\w[\w.-]{0,127}))?${digest}$`)
}

/** Without the registry; a short name is one of Docker's library. */
function pathLength(name: string): number {
  const slash = name.indexOf('/')
  if (slash < 0) return `library/${name}`.length
  const first = name.slice(0, slash)
  return first === 'localhost' || /[.:A-Z]/.test(first) ? name.length - slash - 1 : name.length
}

/** `latest`, said or meant, is pulled each time. What is not an image name at all is left to validation. */
export function pullPolicyOf(image: unknown): string {
  const found = typeof image === 'string' && !IMAGE_ID.test(image) ? IMAGE.exec(image)?.groups : undefined
  if (found === undefined) return 'IfNotPresent'
  const { name = '', tag, digest } = found
  if (pathLength(name) > MAX_PATH_LENGTH) return 'IfNotPresent'
  return tag === 'latest' || (tag === undefined && digest === undefined) ? 'Always' : 'IfNotPresent'
}

/** A volume that names no source is an empty directory. */
function fillVolume(owner: Fields): void {
  if (Object.entries(owner).every(([field, value]) => field === 'name' || value === undefined)) owner['emptyDir'] = {}
}

/**
 * ContainerStopSignals is off: with the signal a lifecycle goes that says nothing else. One that said nothing to begin
 * with stays (pkg/api/pod/util.go, dropContainerStopSignals).
 */
function dropStopSignal(owner: Fields): void {
  const { lifecycle } = owner as Partial<V1Container>
  if (lifecycle === undefined || Object.keys(lifecycle).length > 0 || !hasDropped(lifecycle)) return
  delete owner['lifecycle']
  noteDropped(owner, 'lifecycle', lifecycle)
}

// SetDefaults_Container; SetDefaults_EphemeralContainer is the same
const container: DefaultTable[string] = {
  rule: dropStopSignal,
  fields: {
    imagePullPolicy: ({ image }) => pullPolicyOf(image),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  },
}

export const podDefaults: DefaultTable = {
  // SetDefaults_Pod
  V1Pod: { rule: fillPod },
  V1PodTemplateSpec: { rule: dropInitContainerAnnotations },
  V1PodStatus: { rule: alignPodAddresses },
  // SetDefaults_PodSpec
  V1PodSpec: {
    rule: alignServiceAccount,
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
