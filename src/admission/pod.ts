/**
 * The parts of pods and service accounts that admission reads and changes; everything else passes through untouched.
 */
import type { AnyObject, KubeObject, ObjectMeta } from '../apimachinery/meta.ts'
import type { AdmissionAttributes } from './plugin.ts'

export interface Toleration {
  key?: string
  operator?: string
  value?: string
  effect?: string
  tolerationSeconds?: number
}

export interface EnvSource {
  name?: string
  valueFrom?: { secretKeyRef?: { name?: string }; configMapKeyRef?: { name?: string } }
}

export interface AdmittedContainer {
  name: string
  env?: EnvSource[]
  envFrom?: { secretRef?: { name?: string }; configMapRef?: { name?: string } }[]
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[]
}

export interface AdmittedVolume {
  name: string
  secret?: { secretName?: string }
  projected?: { defaultMode?: number; sources?: Record<string, unknown>[] }
  [source: string]: unknown
}

export interface AdmittedPod extends KubeObject {
  metadata: ObjectMeta
  spec: {
    serviceAccountName?: string
    /** The deprecated twin of serviceAccountName; both always say the same. */
    serviceAccount?: string
    automountServiceAccountToken?: boolean
    imagePullSecrets?: { name?: string }[]
    volumes?: AdmittedVolume[]
    containers?: AdmittedContainer[]
    initContainers?: AdmittedContainer[]
    ephemeralContainers?: AdmittedContainer[]
    priorityClassName?: string
    priority?: number
    preemptionPolicy?: string
    tolerations?: Toleration[]
    nodeSelector?: Record<string, string>
    runtimeClassName?: string
    overhead?: Record<string, string | number>
  }
}

export interface ServiceAccount extends KubeObject {
  automountServiceAccountToken?: boolean
  imagePullSecrets?: { name?: string }[]
  secrets?: { name?: string }[]
}

/** Whether anything in the pod names a ConfigMap. */
export function usesConfigMaps({ spec }: AdmittedPod): boolean {
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])]
  const isNamed = containers.some(
    ({ env = [], envFrom = [] }) =>
      env.some(({ valueFrom }) => valueFrom?.configMapKeyRef !== undefined) ||
      envFrom.some(({ configMapRef }) => configMapRef !== undefined),
  )
  if (isNamed) return true
  return (spec.volumes ?? []).some(
    (volume) =>
      volume['configMap'] !== undefined ||
      (volume.projected?.sources ?? []).some((source) => source['configMap'] !== undefined),
  )
}

/** A write of pods themselves (or of one of the named subresources). */
export function isPodWrite(
  { definition, subresource, object }: AdmissionAttributes,
  ...subresources: string[]
): boolean {
  if (definition.group !== '' || definition.resource !== 'pods' || object === undefined) return false
  return subresource === '' || subresources.includes(subresource)
}

/** The object of a pod write, by its own type. A pod without spec gets an empty one; validation refuses it later. */
export function podOf(object: AnyObject | undefined): AdmittedPod {
  if (object === undefined) throw new Error('a pod write carries a pod')
  object.spec ??= {}
  return object as AnyObject & AdmittedPod
}
