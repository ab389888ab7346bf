/**
 * Where a container sees the volumes of its pod: as folders or as block devices, never both.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateVolumeMounts, ValidateVolumeDevices.
 */
import {
  childPath, forbidden, indexPath, invalid, notFound, notSupported, required, type FieldError,
} from '../../../../apimachinery/field-path.ts'
import type { V1Container, V1Volume, V1VolumeDevice, V1VolumeMount } from '../../../generated/types.ts'
import { requiredText, supportedIfSet } from '../../../validation/rules.ts'
import { validateDescendingPath, validateNoBacksteps } from '../volumes/paths.ts'

const PROPAGATIONS = ['Bidirectional', 'HostToContainer', 'None']
const RECURSIONS = ['Disabled', 'Enabled', 'IfPossible']

type Volumes = ReadonlyMap<string, V1Volume>

function validatePropagation({ mountPropagation }: V1VolumeMount, isPrivileged: boolean, at: string): FieldError[] {
  const errors = supportedIfSet(at, mountPropagation, PROPAGATIONS)
  if (mountPropagation !== 'Bidirectional' || isPrivileged) return errors
  return [...errors, forbidden(at, 'Bidirectional mount propagation is available only to privileged containers')]
}

function validateRecursion({ recursiveReadOnly, readOnly, mountPropagation }: V1VolumeMount, at: string): FieldError[] {
  if (recursiveReadOnly === undefined || recursiveReadOnly === 'Disabled') return []
  if (!RECURSIONS.includes(recursiveReadOnly)) return [notSupported(at, recursiveReadOnly, RECURSIONS)]
  const isPropagated = mountPropagation !== undefined && mountPropagation !== 'None'
  return [
    ...(readOnly === true ? [] : [forbidden(at, 'may only be specified when readOnly is true')]),
    ...(isPropagated
      ? [forbidden(at, 'may only be specified when mountPropagation is None or not specified')]
      : []),
  ]
}

/** Paths of what is inside a mount have no index in upstream's errors. */
export function validateMounts(container: V1Container, volumes: Volumes, field: string): FieldError[] {
  const { volumeMounts = [], volumeDevices = [], securityContext } = container
  const isPrivileged = securityContext?.privileged === true
  const places = new Set<string>()
  const devices = new Set(volumeDevices.map((device) => device.name))
  const devicePaths = new Set(volumeDevices.map(({ devicePath }) => devicePath))
  return volumeMounts.flatMap((mount, index) => {
    const at = indexPath(field, index)
    const { name, mountPath, subPath = '', subPathExpr = '' } = mount
    const errors = requiredText(childPath(at, 'name'), name)
    if (!volumes.has(name)) errors.push(notFound(childPath(at, 'name'), name))
    if (mountPath === '') errors.push(required(childPath(at, 'mountPath')))
    if (places.has(mountPath)) errors.push(invalid(childPath(at, 'mountPath'), mountPath, 'must be unique'))
    places.add(mountPath)
    if (devices.has(name)) {
      errors.push(invalid(childPath(at, 'name'), name, 'must not already exist in volumeDevices'))
    }
    if (devicePaths.has(mountPath)) {
      const why = 'must not already exist as a path in volumeDevices'
      errors.push(invalid(childPath(at, 'mountPath'), mountPath, why))
    }
    if (subPath !== '') errors.push(...validateDescendingPath(childPath(field, 'subPath'), subPath))
    if (subPathExpr !== '' && subPath !== '') {
      const why = 'subPathExpr and subPath are mutually exclusive'
      errors.push(invalid(childPath(at, 'subPathExpr'), subPathExpr, why))
    }
    return [
      ...errors,
      ...(subPathExpr === '' ? [] : validateDescendingPath(childPath(field, 'subPathExpr'), subPathExpr)),
      ...validatePropagation(mount, isPrivileged, childPath(field, 'mountPropagation')),
      ...validateRecursion(mount, childPath(field, 'recursiveReadOnly')),
    ]
  })
}

class DevicePlaces {
  readonly #volumes: Volumes
  readonly #mounts: ReadonlySet<string>
  readonly #mountPaths: ReadonlySet<string>
  readonly #names = new Set<string>()
  readonly #paths = new Set<string>()

  constructor(volumes: Volumes, mounts: readonly V1VolumeMount[]) {
    this.#volumes = volumes
    this.#mounts = new Set(mounts.map(({ name }) => name))
    this.#mountPaths = new Set(mounts.map(({ mountPath }) => mountPath))
  }

  validate({ name, devicePath }: V1VolumeDevice, at: string): FieldError[] {
    return [
      ...this.#validateName(name, childPath(at, 'name')),
      ...this.#validatePath(devicePath, childPath(at, 'devicePath')),
      ...(this.#mounts.has(name)
        ? [invalid(childPath(at, 'name'), name, 'must not already exist in volumeMounts')]
        : []),
      ...(this.#mountPaths.has(devicePath)
        ? [invalid(childPath(at, 'devicePath'), devicePath, 'must not already exist as a path in volumeMounts')]
        : []),
    ]
  }

  #validateName(name: string, at: string): FieldError[] {
    const volume = this.#volumes.get(name)
    const errors = requiredText(at, name)
    if (this.#names.has(name)) errors.push(invalid(at, name, 'must be unique'))
    if (name !== '') this.#names.add(name)
    if (volume === undefined) return [...errors, notFound(at, name)]
    const isBlock = volume.persistentVolumeClaim !== undefined || volume.ephemeral !== undefined
    const why = 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'
    return isBlock ? errors : [...errors, invalid(at, name, why)]
  }

  #validatePath(path: string, at: string): FieldError[] {
    const errors = requiredText(at, path)
    if (this.#paths.has(path)) errors.push(invalid(at, path, 'must be unique'))
    if (validateNoBacksteps(at, path).length > 0) {
      return [...errors, invalid(at, path, "can not contain backsteps ('..')")]
    }
    this.#paths.add(path)
    return errors
  }
}

export function validateDevices(container: V1Container, volumes: Volumes, field: string): FieldError[] {
  const places = new DevicePlaces(volumes, container.volumeMounts ?? [])
  return (container.volumeDevices ?? []).flatMap((device, index) => places.validate(device, indexPath(field, index)))
}
