/**
 * The volumes that an isolate can see: files by absolute path, from ConfigMaps, Secrets, the downward API and
 * projections of these. emptyDir is an empty folder, since isolates have no disk. Texts of errors:
 * pkg/volume/configmap, pkg/volume/secret and pkg/kubelet/volumemanager.
 */
import { withoutTrailing } from '../../../lib/trailing.ts'
import type {
  V1Container,
  V1DownwardAPIVolumeFile,
  V1KeyToPath,
  V1Pod,
  V1Volume,
  V1VolumeProjection,
} from '../../../apis/generated/types.ts'
import { specOf } from '../../lifecycle/pod-life.ts'
import { RuntimeError } from '../../runtime.ts'
import type { Configuration, ConfigurationData, FileBody } from './configuration.ts'
import { fieldValue, resourceValue } from './downward.ts'

export interface VolumePorts {
  readonly configuration: Configuration
  /** A token of the pod's ServiceAccount, bound to the pod. */
  token(pod: V1Pod, audience: string | undefined, expirationSeconds: number): Promise<string>
}

/** Files of one volume, by path within it. */
export type VolumeFiles = ReadonlyMap<string, FileBody>

/** Every volume of the pod; throws FailedMount for the first that cannot be made. */
export async function resolveVolumes(pod: V1Pod, ports: VolumePorts): Promise<ReadonlyMap<string, VolumeFiles>> {
  const volumes = new Map<string, VolumeFiles>()
  for (const volume of specOf(pod).volumes ?? []) {
    try {
      volumes.set(volume.name, await filesOf(pod, volume, ports))
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      throw new RuntimeError('FailedMount', `MountVolume.SetUp failed for volume "${volume.name}" : ${why}`, error)
    }
  }
  return volumes
}

/** What a container sees: files by path without the leading slash. */
export function mountedFiles(
  container: V1Container,
  volumes: ReadonlyMap<string, VolumeFiles>,
): ReadonlyMap<string, FileBody> {
  const files = new Map<string, FileBody>()
  for (const { name, mountPath, subPath = '' } of container.volumeMounts ?? []) {
    const at = withoutTrailing(mountPath.replace(/^\/+/, ''), '/')
    for (const [path, body] of volumes.get(name) ?? []) {
      if (subPath === '') files.set(joined(at, path), body)
      else if (path === subPath) files.set(at, body)
      else if (path.startsWith(`${subPath}/`)) files.set(joined(at, path.slice(subPath.length + 1)), body)
    }
  }
  return files
}

function joined(folder: string, path: string): string {
  return folder === '' ? path : `${folder}/${path}`
}

async function filesOf(pod: V1Pod, volume: V1Volume, ports: VolumePorts): Promise<VolumeFiles> {
  const { configMap, secret, projected, downwardAPI, emptyDir } = volume
  if (emptyDir !== undefined) return new Map()
  const sources: V1VolumeProjection[] = [...(projected?.sources ?? [])]
  if (configMap !== undefined) sources.push({ configMap })
  if (secret !== undefined) {
    const { secretName = '', items, optional } = secret
    sources.push({ secret: { name: secretName, ...(items && { items }), ...(optional !== undefined && { optional }) } })
  }
  if (downwardAPI !== undefined) sources.push({ downwardAPI })
  if (sources.length === 0 && projected === undefined) {
    const kind = Object.keys(volume).find((field) => field !== 'name') ?? 'unknown'
    throw new Error(`volumes of type ${kind} are not supported by isolates`)
  }
  const files = new Map<string, FileBody>()
  for (const source of sources) for (const [path, body] of await project(pod, source, ports)) files.set(path, body)
  return files
}

async function project(pod: V1Pod, source: V1VolumeProjection, ports: VolumePorts): Promise<VolumeFiles> {
  const { configMap, secret, downwardAPI, serviceAccountToken } = source
  if (configMap !== undefined) {
    const { name = '', items, optional = false } = configMap
    return chosen(await ports.configuration.configMap(name), { kind: 'configmap', name, items, optional })
  }
  if (secret !== undefined) {
    const { name = '', items, optional = false } = secret
    return chosen(await ports.configuration.secret(name), { kind: 'secret', name, items, optional })
  }
  if (downwardAPI !== undefined)
    return new Map((downwardAPI.items ?? []).map((item) => [item.path, downwardText(pod, item)]))
  if (serviceAccountToken !== undefined) {
    const { path, audience, expirationSeconds = 3_600 } = serviceAccountToken
    return new Map([[path, await ports.token(pod, audience, expirationSeconds)]])
  }
  throw new Error(`projections of ${Object.keys(source).join(', ')} are not supported by isolates`)
}

interface Choice {
  readonly kind: 'configmap' | 'secret'
  readonly name: string
  readonly items: readonly V1KeyToPath[] | undefined
  readonly optional: boolean
}

function chosen(data: ConfigurationData | undefined, { kind, name, items, optional }: Choice): VolumeFiles {
  if (data === undefined && !optional) throw new Error(`${kind} ${JSON.stringify(name)} not found`)
  const files = data?.files() ?? new Map<string, FileBody>()
  if (items === undefined || items.length === 0) return files
  const picked = new Map<string, FileBody>()
  for (const { key, path } of items) {
    const body = files.get(key)
    if (body !== undefined) picked.set(path, body)
    else if (!optional)
      throw new Error(
        missingKey(kind, key),
      )
  }
  return picked
}

function downwardText(pod: V1Pod, { fieldRef, resourceFieldRef }: V1DownwardAPIVolumeFile): string {
  if (fieldRef !== undefined) return fieldValue(pod, fieldRef.fieldPath)
  const [first] = specOf(pod).containers
  if (resourceFieldRef === undefined || first === undefined) return ''
  return resourceValue(pod, first, resourceFieldRef)
}

/** Upstream's two wordings (pkg/volume/{configmap,secret}). */
function missingKey(kind: Choice['kind'], key: string): string {
  return kind === 'secret'
    ? `references non-existent secret key: ${key}`
    : `configmap references non-existent config key: ${key}`
}
