/**
 * The projected volume through which a pod's containers reach the API: a token, the root certificate and the
 * namespace's name (plugin/pkg/admission/serviceaccount/admission.go).
 */
import { nameSuffix } from '../../lib/random.ts'
import type { AdmittedPod, AdmittedVolume } from '../pod.ts'

const MOUNT_PATH = '/var/run/secrets/kubernetes.io/serviceaccount'
const VOLUME_PREFIX = 'kube-api-access-'

/**
 * serviceaccount.WarnOnlyBoundTokenExpirationSeconds: one hour and seven seconds, by which such tokens are
 * recognised.
 */
export const TOKEN_VOLUME_EXPIRATION_SECONDS = 3607

/** corev1.ProjectedVolumeSourceDefaultMode: 0644. */
const DEFAULT_MODE = 0o644

/** Mounts the volume in every container that has nothing at its path yet, and adds the volume if any needs it. */
export function mountToken({ spec }: AdmittedPod, uuid: () => string): void {
  const volumes = spec.volumes ?? []
  const existing = volumes.find(({ name }) => name.startsWith(VOLUME_PREFIX))?.name
  const name = existing ?? `${VOLUME_PREFIX}${suffix(uuid)}`
  let isNeeded = false
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
    const mounts = container.volumeMounts ?? []
    if (mounts.some(({ mountPath }) => mountPath === MOUNT_PATH)) continue
    container.volumeMounts = [...mounts, { name, readOnly: true, mountPath: MOUNT_PATH }]
    isNeeded = true
  }
  if (isNeeded && existing === undefined) spec.volumes = [...volumes, tokenVolume(name)]
}

function suffix(uuid: () => string): string {
  return nameSuffix({ next: () => Number.parseInt(uuid().slice(0, 8), 16) / 0x1_0000_0000, uuid })
}

function tokenVolume(name: string): AdmittedVolume {
  return {
    name,
    projected: {
      sources: [
        { serviceAccountToken: { expirationSeconds: TOKEN_VOLUME_EXPIRATION_SECONDS, path: 'token' } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
        {
          downwardAPI: {
            items: [{ path: 'namespace', fieldRef: { apiVersion: 'v1', fieldPath: 'metadata.namespace' } }],
          },
        },
      ],
      defaultMode: DEFAULT_MODE,
    },
  }
}
