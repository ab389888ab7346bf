/**
 * What a writer of a pod, or of a template of pods, is warned of: what is accepted and does not do what it seems to.
 * Upstream: kubernetes/kubernetes pkg/api/pod/warnings.go; pkg/registry/core/pod/strategy.go, WarningsOnCreate;
 * pkg/registry/apps/deployment/strategy.go.
 */
import { childPath, indexPath, keyPath, quote } from '../../../../apimachinery/field-path.ts'
import { ipWarnings } from '../../../../apimachinery/ip-validation.ts'
import type { KubeObject } from '../../../../apimachinery/meta.ts'
import { isDns1123Label } from '../../../../apimachinery/names.ts'
import type { V1Affinity, V1Pod, V1PodSpec, V1PodTemplateSpec, V1Volume } from '../../../generated/types.ts'
import {
  APP_ARMOR_DEPRECATED, APP_ARMOR_PREFIX, isAppArmorSaidOnlyIn, SECCOMP_CONTAINER_PREFIX, SECCOMP_POD_ANNOTATION,
} from '../security/profiles.ts'
import { allContainers, type PlacedContainer } from '../spec/all-containers.ts'
import { claimSpecWarnings } from '../../volume/claim-warnings.ts'
import { containerWarnings, fractionWarnings } from './container-warnings.ts'
import { nodeLabelWarnings } from './node-labels.ts'
import { pathWarnings } from './path-overlaps.ts'
import { repeats } from '../../../validation/repeats.ts'

const DEPRECATED_ANNOTATIONS: readonly (readonly [key: string, message: string])[] = [
  ['scheduler.alpha.kubernetes.io/critical-pod', 'non-functional in v1.16+; use the "priorityClassName" field instead'],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  ['security.alpha.kubernetes.io/unsafe-sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
]
const GONE_IN_1_25 = 'deprecated in v1.22, non-functional in v1.25+'
/** Field, the name that the warning gives it, and why. */
const DEPRECATED_SOURCES: readonly (readonly [source: keyof V1Volume, name: string, message: string])[] = [
  ['photonPersistentDisk', 'photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'flocker', GONE_IN_1_25],
  ['storageos', 'storageOS', GONE_IN_1_25],
  ['quobyte', 'quobyte', GONE_IN_1_25],
  ['glusterfs', 'glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'rbd', 'deprecated in v1.28, non-functional in v1.31+'],
]
const NO_SELECTOR = 'a null labelSelector results in matching no pod'

type Annotations = Readonly<Record<string, string>>

function volumeWarnings(volumes: readonly V1Volume[], field: string): string[] {
  const ofEach = volumes.flatMap((volume, index) => {
    const said = DEPRECATED_SOURCES.filter(([source]) => volume[source] !== undefined)
    if (said.length === 0 && volume.ephemeral === undefined) return []
    const at = indexPath(childPath(field, 'volumes'), index)
    const claimAt = childPath(at, 'ephemeral', 'volumeClaimTemplate', 'spec')
    return [
      ...said.map(([, name, message]) => `${childPath(at, name)}: ${message}`),
      ...claimSpecWarnings(volume.ephemeral?.volumeClaimTemplate?.spec, claimAt),
    ]
  })
  return [...ofEach, ...pathWarnings(volumes)]
}

/** The same text for the second time, and what is said of it. */
function repeated(values: readonly string[], warn: (value: string, index: number) => string): string[] {
  const isRepeat = repeats()
  return values.flatMap((value, index) => (isRepeat(value) ? [warn(value, index)] : []))
}

function referenceWarnings({ hostAliases = [], imagePullSecrets = [], overhead }: V1PodSpec, field: string): string[] {
  const ipAt = (index: number): string => childPath(indexPath(childPath(field, 'hostAliases'), index), 'ip')
  const nameAt = (index: number): string => childPath(indexPath(childPath(field, 'imagePullSecrets'), index), 'name')
  const names = imagePullSecrets.map(({ name = '' }) => name)
  return [
    ...repeated(
      hostAliases.map(({ ip }) => ip),
      (ip, index) => `${ipAt(index)}: duplicate ip ${quote(ip)}`,
    ),
    ...repeated(names, (name, index) => `${nameAt(index)}: duplicate name ${quote(name)}`),
    ...names.flatMap((name, index) => (name === '' ? [`${nameAt(index)}: invalid empty name ""`] : [])),
    ...fractionWarnings(overhead, ['memory', 'ephemeral-storage'], childPath(field, 'overhead')),
  ]
}

function affinityWarnings({ podAffinity, podAntiAffinity }: V1Affinity, field: string): string[] {
  return Object.entries({ podAffinity, podAntiAffinity }).flatMap(([name, affinity]) => {
    const at = childPath(field, 'affinity', name)
    const required = affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []
    const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
    const places = [
      ...required.map(({ labelSelector }, index) => {
        const termAt = indexPath(childPath(at, 'requiredDuringSchedulingIgnoredDuringExecution'), index)
        return [labelSelector, childPath(termAt, 'labelSelector')] as const
      }),
      ...preferred.map(({ podAffinityTerm }, index) => {
        const termAt = indexPath(childPath(at, 'preferredDuringSchedulingIgnoredDuringExecution'), index)
        return [podAffinityTerm.labelSelector, childPath(termAt, 'podAffinityTerm', 'labelSelector')] as const
      }),
    ]
    return places.flatMap(([selector, place]) => (selector === undefined ? [`${place}: ${NO_SELECTOR}`] : []))
  })
}

function annotationWarnings(annotations: Annotations, at: string): string[] {
  const deprecated = DEPRECATED_ANNOTATIONS.filter(([key]) => annotations[key] !== undefined)
  return deprecated.map(([key, message]) => `${keyPath(at, key)}: ${message}`)
}

/** An annotation that a field has replaced; of pods, AppArmor's is turned into the field. */
function profileWarnings(annotations: Annotations, spec: V1PodSpec, isTemplate: boolean, at: string) {
  return ([container]: PlacedContainer): string[] => {
    const { name, securityContext } = container
    const seccomp = `${SECCOMP_CONTAINER_PREFIX}${name}`
    const appArmor = `${APP_ARMOR_PREFIX}${name}`
    const hasSeccomp = annotations[seccomp] !== undefined && securityContext?.seccompProfile === undefined
    const hasAppArmor = isTemplate && isAppArmorSaidOnlyIn(annotations[appArmor], container, spec)
    return [
      ...(hasSeccomp
        ? [`${keyPath(at, seccomp)}: non-functional in v1.27+; use the "seccompProfile" field instead`]
        : []),
      ...(hasAppArmor ? [`${keyPath(at, appArmor)}: ${APP_ARMOR_DEPRECATED}`] : []),
    ]
  }
}

/** `field` is the path of the template; '' for a pod. */
function warningsOf(given: V1PodSpec | undefined, annotations: Annotations, field: string): string[] {
  const spec = given ?? { containers: [] }
  const specAt = childPath(field, 'spec')
  const annotationsAt = childPath(field, 'metadata', 'annotations')
  const hasOldSeccomp =
    annotations[SECCOMP_POD_ANNOTATION] !== undefined && spec.securityContext?.seccompProfile === undefined
  const nameservers = spec.dnsConfig?.nameservers ?? []
  return [
    ...nodeLabelWarnings(spec, specAt),
    ...annotationWarnings(annotations, annotationsAt),
    ...volumeWarnings(spec.volumes ?? [], specAt),
    ...referenceWarnings(spec, specAt),
    ...(hasOldSeccomp
      ? [
          `${keyPath(annotationsAt, SECCOMP_POD_ANNOTATION)}: ` +
            'non-functional in v1.27+; use the "seccompProfile" field instead',
        ]
      : []),
    ...containerWarnings(
      allContainers(spec, specAt),
      profileWarnings(annotations, spec, field !== '', annotationsAt),
    ),
    ...((spec.terminationGracePeriodSeconds ?? 0) < 0
      ? [
          `${childPath(specAt, 'terminationGracePeriodSeconds')}: ` +
            'must be >= 0; negative values are invalid and will be treated as 1',
        ]
      : []),
    ...affinityWarnings(spec.affinity ?? {}, specAt),
    ...nameservers.flatMap((address, index) =>
      ipWarnings(indexPath(childPath(specAt, 'dnsConfig', 'nameservers'), index), address),
    ),
    ...(spec.hostAliases ?? []).flatMap(({ ip }, index) =>
      ipWarnings(childPath(indexPath(childPath(specAt, 'hostAliases'), index), 'ip'), ip),
    ),
  ]
}

function nameWarnings({ metadata }: KubeObject, use: string): string[] {
  const messages = isDns1123Label(metadata.name ?? '')
  if (messages.length === 0) return []
  const why = 'which can result in surprising behavior; a DNS label is recommended'
  return [`metadata.name: this is used in ${use}, ${why}: [${messages.join(' ')}]`]
}

/** Of a name that the names of pods are made of. */
export function podNameWarnings(subject: KubeObject): string[] {
  return nameWarnings(subject, 'Pod names and hostnames')
}

/** Pods are warned of once, when they are made. */
export function podWarnings(pod: V1Pod, previous: V1Pod | undefined): string[] {
  if (previous !== undefined) return []
  return [...nameWarnings(pod, "the Pod's hostname"), ...warningsOf(pod.spec, pod.metadata.annotations ?? {}, '')]
}

/** Of a template alone, at `field`. */
export function podTemplateWarnings(template: V1PodTemplateSpec | undefined, field: string): string[] {
  return warningsOf(template?.spec, template?.metadata?.annotations ?? {}, field)
}

/** Of a workload whose pods come from `template`: when it is made, and when what it wants has changed. */
export function templateWarnings(
  next: KubeObject & { readonly spec?: { readonly template?: V1PodTemplateSpec } },
  previous: KubeObject | undefined,
  field: string,
): string[] {
  if (previous !== undefined && next.metadata.generation === previous.metadata.generation) return []
  return [
    ...(previous === undefined ? podNameWarnings(next) : []),
    ...podTemplateWarnings(next.spec?.template, field),
  ]
}

/** Of a kubelet's report. */
export function podStatusWarnings({ status }: V1Pod): string[] {
  const { podIPs = [], hostIPs = [] } = status ?? {}
  return Object.entries({ podIPs, hostIPs }).flatMap(([list, addresses]) =>
    addresses.flatMap(({ ip }, index) => ipWarnings(childPath(indexPath(`status.${list}`, index), 'ip'), ip)),
  )
}
