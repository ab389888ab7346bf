/**
 * What a pod may not say once it has said for which operating system it is.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, validateOS, validateLinux, validateWindows.
 */
import { childPath, forbidden, notSupported, required, type FieldError } from '../../../../apimachinery/field-path.ts'
import { givenEmpty } from '../../../../apimachinery/schema/given-empty.ts'
import type { V1PodSecurityContext, V1PodSpec, V1SecurityContext } from '../../../generated/types.ts'
import { allContainers } from '../spec/all-containers.ts'

const SYSTEMS = ['linux', 'windows']
const NOT_ON_WINDOWS = 'cannot be set for a windows pod'
const NOT_ON_LINUX = 'windows options cannot be set for a linux pod'
/** In upstream's order; those of the first list stand in the spec itself. */
const HOST_FIELDS = ['hostUsers', 'hostPID', 'hostIPC'] as const
const POD_FIELDS: readonly (keyof V1PodSecurityContext | keyof Pick<V1PodSpec, 'shareProcessNamespace'>)[] = [
  'seccompProfile',
  'fsGroup',
  'fsGroupChangePolicy',
  'sysctls',
  'shareProcessNamespace',
  'runAsUser',
  'runAsGroup',
  'supplementalGroups',
  'supplementalGroupsPolicy',
  'seLinuxChangePolicy',
]
const CONTAINER_FIELDS: readonly (keyof V1SecurityContext)[] = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
]

/** Whether Go would see the field as set: flags and lists are not when they are false and empty. */
function isSet(name: string, value: unknown): boolean {
  if (name === 'hostPID' || name === 'hostIPC') return value === true
  return value !== undefined && !(name === 'sysctls' && Array.isArray(value) && value.length === 0)
}

function validateLinux(spec: V1PodSpec, field: string): FieldError[] {
  const places = [
    [spec.securityContext?.windowsOptions, field] as const,
    ...allContainers(spec, field).map(([{ securityContext }, at]) => [securityContext?.windowsOptions, at] as const),
  ]
  return places.flatMap(([options, at]) =>
    options === undefined ? [] : [forbidden(childPath(at, 'securityContext', 'windowsOptions'), NOT_ON_LINUX)],
  )
}

function validateWindows(spec: V1PodSpec, field: string): FieldError[] {
  const context = spec.securityContext
  const refused: string[] = []
  for (const name of ['appArmorProfile', 'seLinuxOptions'] as const) {
    if (context?.[name] !== undefined) refused.push(childPath(field, 'securityContext', name))
  }
  refused.push(...HOST_FIELDS.filter((name) => isSet(name, spec[name])).map((name) => childPath(field, name)))
  for (const name of POD_FIELDS) {
    if (name === 'shareProcessNamespace') {
      if (spec.shareProcessNamespace !== undefined) refused.push(childPath(field, name))
    } else if (isSet(name, context?.[name] ?? givenEmpty(context, name))) {
      refused.push(childPath(field, 'securityContext', name))
    }
  }
  for (const [{ securityContext }, at] of allContainers(spec, field)) {
    const names = CONTAINER_FIELDS.filter((name) => securityContext?.[name] !== undefined)
    refused.push(...names.map((name) => childPath(at, 'securityContext', name)))
  }
  return refused.map((path) => forbidden(path, NOT_ON_WINDOWS))
}

export function validateOperatingSystem(spec: V1PodSpec, field: string): FieldError[] {
  const { os } = spec
  if (os === undefined) return []
  const at = childPath(field, 'os')
  if (os.name === '') return [required(childPath(at, 'name'))]
  if (!SYSTEMS.includes(os.name)) return [notSupported(at, os.name, SYSTEMS)]
  return os.name === 'linux' ? validateLinux(spec, field) : validateWindows(spec, field)
}
