/**
 * The secrets a pod uses, and whether its service account may use them, for accounts annotated
 * kubernetes.io/enforce-mountable-secrets (plugin/pkg/admission/serviceaccount/admission.go).
 */
import type { AdmissionAttributes } from '../plugin.ts'
import type { AdmittedContainer, AdmittedPod, ServiceAccount } from '../pod.ts'
import { refusal } from '../refuse.ts'

/** Volume sources other than `secret` that name a secret directly (pkg/api/pod/util.go, VisitPodSecretNames). */
const SECRET_REF_SOURCES = [
  'azureFile',
  'cephfs',
  'cinder',
  'flexVolume',
  'rbd',
  'scaleIO',
  'iscsi',
  'storageos',
  'csi',
] as const

/** Whether anything in the pod names a secret. */
export function usesSecrets({ spec }: AdmittedPod): boolean {
  if ((spec.imagePullSecrets ?? []).length > 0) return true
  const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? []), ...(spec.ephemeralContainers ?? [])]
  if (containers.some((container) => secretsOf(container).length > 0)) return true
  return (spec.volumes ?? []).some(
    (volume) =>
      volume.secret !== undefined ||
      (volume.projected?.sources ?? []).some((source) => source.secret !== undefined) ||
      SECRET_REF_SOURCES.some((source) => namesSecret(volume[source])),
  )
}

function namesSecret(source: unknown): boolean {
  if (typeof source !== 'object' || source === null) return false
  return 'secretRef' in source || 'secretName' in source || 'nodePublishSecretRef' in source
}

interface SecretUse {
  /** `envVar NAME`, or `envFrom`: the words of the refusal. */
  readonly how: string
  readonly secret: string
}

function secretsOf({ env, envFrom }: AdmittedContainer): SecretUse[] {
  const uses: SecretUse[] = []
  for (const { name = '', valueFrom } of env ?? []) {
    const ref = valueFrom?.secretKeyRef
    if (ref !== undefined) uses.push({ how: `with envVar ${name}`, secret: ref.name ?? '' })
  }
  for (const { secretRef } of envFrom ?? []) {
    if (secretRef !== undefined) uses.push({ how: 'with envFrom', secret: secretRef.name ?? '' })
  }
  return uses
}

/** Throws 403 for the first secret that the account does not list. */
export function refuseForeignSecrets(
  attributes: AdmissionAttributes,
  { spec }: AdmittedPod,
  account: ServiceAccount,
  isEphemeral: boolean,
): void {
  const mountable = new Set((account.secrets ?? []).map(({ name }) => name))
  const who = account.metadata.name ?? ''
  const tail = `is not allowed because service account ${who} does not reference that secret`
  const checkContainers = (kind: string, containers: readonly AdmittedContainer[] | undefined): void => {
    for (const container of containers ?? []) {
      const foreign = secretsOf(container).find(({ secret }) => !mountable.has(secret))
      if (foreign === undefined) continue
      throw refusal(
        attributes,
        `${kind} ${container.name} ${foreign.how} referencing secret.secretName="${foreign.secret}" ${tail}`,
      )
    }
  }
  if (isEphemeral) {
    checkContainers('ephemeral container', spec.ephemeralContainers)
    return
  }
  for (const { secret } of spec.volumes ?? []) {
    const name = secret?.secretName ?? ''
    if (secret !== undefined && !mountable.has(name)) throw refusal(
      attributes,
      `volume with secret.secretName="${name}" ${tail}`,
    )
  }
  checkContainers('init container', spec.initContainers)
  checkContainers('container', spec.containers)
  const pullSecrets = new Set((account.imagePullSecrets ?? []).map(({ name }) => name))
  for (const [index, { name = '' }] of (spec.imagePullSecrets ?? []).entries()) {
    if (pullSecrets.has(name)) continue
    throw refusal(
      attributes,
      `imagePullSecrets[${String(index)}].name="${name}" is not allowed because service account ${who} does not ` +
        'reference that imagePullSecret',
    )
  }
}
