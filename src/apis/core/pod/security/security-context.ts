/**
 * Security contexts of pods and of containers. Privileged containers are allowed here; what may be refused beyond this
 * is admission's business.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, validatePodSpecSecurityContext,
 * ValidateSecurityContext, validateSysctls, validateHostUsers.
 */
import {
  childPath, duplicate, forbidden, indexPath, invalid, required, type FieldError,
} from '../../../../apimachinery/field-path.ts'
import { byteLength, isValidUserOrGroupId } from '../../../../apimachinery/names.ts'
import type { V1PodSecurityContext, V1PodSpec, V1SecurityContext } from '../../../generated/types.ts'
import { internalForm } from '../../../validation/internal-form.ts'
import { invalidFor, supportedIfSet } from '../../../validation/rules.ts'
import { allContainers } from '../spec/all-containers.ts'
import { validateAppArmor, validateSeccomp } from './profiles.ts'
import { validateWindowsOptions } from './windows-options.ts'

const GROUP_CHANGE_POLICIES = ['Always', 'OnRootMismatch']
const GROUPS_POLICIES = ['Merge', 'Strict']
/** MountOption needs SELinuxMount, which is off in 1.36. */
/** SELinuxMount is off: the other may be taken up only in place of this one. */
const SELINUX_CHANGE_POLICIES = ['Recursive']
const PROC_MOUNTS = ['Default', 'Unmasked']
const SYSCTL_SEGMENT = '[a-z0-9]([-_a-z0-9]*[a-z0-9])?'
const SYSCTL_PATTERN = `^(${SYSCTL_SEGMENT}[\\./])*${SYSCTL_SEGMENT}$`
const SYSCTL_NAME = new RegExp(SYSCTL_PATTERN)
const SYSCTL_MAX_LENGTH = 253

function validateId(field: string, id: number | undefined): FieldError[] {
  return id === undefined ? [] : invalidFor(field, id, isValidUserOrGroupId(id))
}

/** Which namespace of the kernel a setting belongs to; it may be written with slashes. */
function namespaceOf(sysctl: string): 'ipc' | 'net' | undefined {
  const first = /[./]/.exec(sysctl)?.[0]
  const name = first === '/' ? sysctl.replaceAll(/[./]/g, (mark) => (mark === '/' ? '.' : '/')) : sysctl
  if (name.startsWith('net.')) return 'net'
  const prefixes = ['kernel.shm', 'kernel.msg', 'fs.mqueue.']
  const isIpc = name === 'kernel.sem' || prefixes.some((prefix) => name.startsWith(prefix))
  return isIpc ? 'ipc' : undefined
}

/** Settings of a namespace that the pod shares with its host are the host's. */
function validateSysctls(
  { hostNetwork, hostIPC }: V1PodSpec,
  { sysctls = [] }: V1PodSecurityContext,
  at: string,
): FieldError[] {
  const names = new Set<string>()
  return sysctls.flatMap(({ name }, index) => {
    const nameAt = childPath(indexPath(at, index), 'name')
    const errors: FieldError[] = []
    if (name === '') errors.push(required(nameAt))
    else if (byteLength(name) > SYSCTL_MAX_LENGTH || !SYSCTL_NAME.test(name)) {
      const why = `must have at most ${String(SYSCTL_MAX_LENGTH)} characters and match regex ${SYSCTL_PATTERN}`
      errors.push(invalid(nameAt, name, why))
    } else if (names.has(name)) errors.push(duplicate(nameAt, name))
    names.add(name)
    const namespace = namespaceOf(name)
    if (hostNetwork === true && namespace === 'net') {
      errors.push(invalid(nameAt, name, "may not be specified when 'hostNetwork' is true"))
    } else if (hostIPC === true && namespace === 'ipc') {
      errors.push(invalid(nameAt, name, "may not be specified when 'hostIPC' is true"))
    }
    return errors
  })
}

/** `field` is the path of the spec; `old` is it before an update. */
export function validatePodSecurity(spec: V1PodSpec, field: string, old?: V1PodSpec): FieldError[] {
  const context = spec.securityContext ?? {}
  const hadPolicy = old?.securityContext?.seLinuxChangePolicy !== undefined
  const policies = hadPolicy ? ['MountOption', ...SELINUX_CHANGE_POLICIES] : SELINUX_CHANGE_POLICIES
  const at = (name: keyof V1PodSecurityContext | 'shareProcessNamespace'): string =>
    childPath(field, 'securityContext', name)
  const isShared = spec.shareProcessNamespace === true && spec.hostPID === true
  const why = 'ShareProcessNamespace and HostPID cannot both be enabled'
  return [
    ...validateId(at('fsGroup'), context.fsGroup),
    ...validateId(at('runAsUser'), context.runAsUser),
    ...validateId(at('runAsGroup'), context.runAsGroup),
    ...(context.supplementalGroups ?? []).flatMap((id, index) =>
      validateId(indexPath(at('supplementalGroups'), index), id),
    ),
    ...(isShared ? [invalid(at('shareProcessNamespace'), true, why)] : []),
    ...validateSysctls(spec, context, at('sysctls')),
    ...supportedIfSet(at('fsGroupChangePolicy'), context.fsGroupChangePolicy, GROUP_CHANGE_POLICIES),
    ...validateSeccomp(context.seccompProfile, at('seccompProfile')),
    ...validateWindowsOptions(context.windowsOptions, at('windowsOptions')),
    ...validateAppArmor(context.appArmorProfile, at('appArmorProfile')),
    ...supportedIfSet(at('supplementalGroupsPolicy'), context.supplementalGroupsPolicy, GROUPS_POLICIES),
    ...supportedIfSet(at('seLinuxChangePolicy'), context.seLinuxChangePolicy, policies),
  ]
}

export function validateContainerSecurity(
  context: V1SecurityContext | undefined,
  sharesUsers: boolean,
  at: string,
): FieldError[] {
  if (context === undefined) return []
  const { allowPrivilegeEscalation, privileged, capabilities, procMount } = context
  const procAt = childPath(at, 'procMount')
  const errors = [
    ...validateId(childPath(at, 'runAsUser'), context.runAsUser),
    ...validateId(childPath(at, 'runAsGroup'), context.runAsGroup),
    ...supportedIfSet(procAt, procMount, PROC_MOUNTS),
  ]
  if (sharesUsers && procMount === 'Unmasked') {
    errors.push(invalid(procAt, procMount, '`hostUsers` must be false to use `Unmasked`'))
  }
  errors.push(...validateSeccomp(context.seccompProfile, childPath(at, 'seccompProfile')))
  if (allowPrivilegeEscalation === false) {
    const conflicts = (capabilities?.add ?? [])
      .filter((name) => name === 'CAP_SYS_ADMIN')
      .map(() => '`capabilities.Add` CAP_SYS_ADMIN')
    if (privileged === true) conflicts.unshift('`privileged` to true')
    const printed = conflicts.length === 0 ? {} : internalForm('SecurityContext', context)
    errors.push(
      ...conflicts.map((other) =>
        invalid(at, printed, `cannot set \`allowPrivilegeEscalation\` to false and ${other}`),
      ),
    )
  }
  return [
    ...errors,
    ...validateWindowsOptions(context.windowsOptions, childPath(at, 'windowsOptions')),
    ...validateAppArmor(context.appArmorProfile, childPath(at, 'appArmorProfile')),
  ]
}

/** A pod with users of its own shares no other namespace with its host; upstream's paths are as they are. */
export function validateHostUsers(spec: V1PodSpec, field: string): FieldError[] {
  if (spec.hostUsers !== false) return []
  const why = 'when `hostUsers` is false'
  return [
    ...(spec.hostNetwork === true ? [forbidden(childPath(field, 'hostNetwork'), why)] : []),
    ...(spec.hostPID === true ? [forbidden(childPath(field, 'HostPID'), why)] : []),
    ...(spec.hostIPC === true ? [forbidden(childPath(field, 'HostIPC'), why)] : []),
    ...allContainers(spec, field).flatMap(([{ volumeDevices = [] }, at]) =>
      volumeDevices.length > 0 ? [forbidden(childPath(at, 'volumeDevices'), why)] : [],
    ),
  ]
}
