/**
 * Validation of a pod's status: what a kubelet may report.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidatePodStatusUpdate;
 * pkg/api/v1/pod/util.go, ContainerShouldRestart.
 */
import {
  childPath, forbidden, indexPath, internalFieldError, invalid, ofNamedType, type FieldError,
} from '../../../../apimachinery/field-path.ts'
import { isDualStack, validateIp } from '../../../../apimachinery/ip-validation.ts'
import { isValidUserOrGroupId } from '../../../../apimachinery/names.ts'
import { parseIpAddress } from '../../../../lib/ip/ip-address.ts'
import type { V1Container, V1ContainerStatus, V1Pod, V1PodSpec, V1PodStatus } from '../../../generated/types.ts'
import { internalForm } from '../../../validation/internal-form.ts'
import { itemsOf, dnsSubdomain, invalidFor, qualifiedName } from '../../../validation/rules.ts'
import { validateAnnotationsKept } from '../annotations.ts'
import { validateAllocatedDevices, validateClaimStatuses, validateExtendedClaim } from './claims.ts'

const SYSTEM_CONDITIONS = ['PodScheduled', 'Ready', 'Initialized']
const NOT_NEGATIVE = 'must be a non-negative integer'
const STATUS_LISTS = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const

/** Whether a container that ended so is started again. */
function isRestarted(container: V1Container | undefined, podPolicy: string | undefined, exitCode: number): boolean {
  if (container === undefined) return false
  const { restartPolicy, restartPolicyRules = [] } = container
  const rule = restartPolicyRules.find(({ exitCodes }) => {
    const isListed = (exitCodes?.values ?? []).includes(exitCode)
    return exitCodes?.operator === 'In' ? isListed : exitCodes?.operator === 'NotIn' && !isListed
  })
  if (restartPolicy !== undefined && rule !== undefined) return true
  const policy = restartPolicy ?? podPolicy ?? 'Always'
  return policy === 'Always' || (policy === 'OnFailure' && exitCode !== 0)
}

/** A container that has ended for good stays ended. */
function validateTransitions(
  next: readonly V1ContainerStatus[],
  previous: readonly V1ContainerStatus[],
  mayRestart: (name: string, exitCode: number) => boolean,
  field: string,
): FieldError[] {
  const byName = new Map(next.toReversed().map((status) => [status.name, status]))
  return previous.flatMap(({ name, state }, index) => {
    const ended = state?.terminated
    const now = byName.get(name)
    if (ended === undefined || now === undefined || now.state?.terminated !== undefined) return []
    if (mayRestart(name, ended.exitCode)) return []
    const at = childPath(indexPath(field, index), 'state')
    return [forbidden(at, 'may not be transitioned to non-terminated state')]
  })
}

function validateStates(next: V1PodStatus, previous: V1PodStatus, spec: V1PodSpec): FieldError[] {
  const lists = {
    containerStatuses: itemsOf(spec.containers),
    initContainerStatuses: spec.initContainers ?? [],
    ephemeralContainerStatuses: [],
  }
  const all = [...lists.containerStatuses, ...lists.initContainerStatuses]
  const restartsAll = all.some(({ restartPolicyRules = [] }) =>
    restartPolicyRules.some(({ action }) => action === 'RestartAllContainers'),
  )
  return STATUS_LISTS.flatMap((list) => {
    if (restartsAll && list !== 'ephemeralContainerStatuses') return []
    const byName = new Map(lists[list].map((container) => [container.name, container]))
    const mayRestart = (name: string, exitCode: number): boolean =>
      isRestarted(byName.get(name), spec.restartPolicy, exitCode)
    return validateTransitions(next[list] ?? [], previous[list] ?? [], mayRestart, childPath('status', list))
  })
}

function validateConditions({ conditions = [] }: V1PodStatus): FieldError[] {
  return conditions.flatMap(({ type, observedGeneration = 0 }, index) => {
    const at = indexPath('status.conditions', index)
    return [
      ...(observedGeneration < 0
        ? [invalid(childPath(at, 'observedGeneration'), observedGeneration, NOT_NEGATIVE)]
        : []),
      ...(SYSTEM_CONDITIONS.includes(type) ? [] : qualifiedName(childPath(at, 'Type'), type)),
    ]
  })
}

type Addresses = readonly { readonly ip: string }[]

/** At most one address of each family. */
function validateAddresses(
  next: Addresses,
  previous: Addresses,
  type: 'HostIP' | 'PodIP',
  field: string,
): FieldError[] {
  const addresses = next.map(({ ip }) => ip)
  const kept = new Set(previous.map(({ ip }) => ip))
  const errors = addresses.flatMap((address, index) => validateIp(indexPath(field, index), address, kept))
  if (addresses.length < 2) return errors
  const unread = addresses.findIndex((address) => parseIpAddress(address) === undefined)
  if (unread !== -1) {
    const why = `invalid IP[${String(unread)}]: ${addresses[unread] ?? ''}`
    errors.push(internalFieldError(field, `failed to check for dual stack with error:${why}`))
  } else if (isDualStack(addresses) && addresses.length === 2) return errors
  const printed = next.map((address) => internalForm(type, address))
  return [...errors, invalid(field, printed, 'may specify no more than one IP for each IP family')]
}

function validateHostAddresses(next: V1PodStatus, previous: V1PodStatus): FieldError[] {
  const { hostIP = '', hostIPs = [] } = next
  const [first] = hostIPs
  const errors: FieldError[] = []
  if (first !== undefined && first.ip !== hostIP) {
    errors.push(invalid('status.hostIPs[0].ip', first.ip, 'must be equal to `hostIP`'))
  }
  return [...errors, ...validateAddresses(hostIPs, previous.hostIPs ?? [], 'HostIP', 'status.hostIPs')]
}

/** Which user a container turned out to run as. */
function validateUsers(status: V1PodStatus, system: string): FieldError[] {
  return STATUS_LISTS.flatMap((list) =>
    (status[list] ?? []).flatMap(({ user }, index) => {
      const at = childPath(indexPath(childPath('status', list), index), 'user', 'linux')
      if (user?.linux === undefined) return []
      if (system === 'windows') return [forbidden(at, 'cannot be set for a windows pod')]
      const { uid, gid, supplementalGroups = [] } = user.linux
      return [
        ...invalidFor(childPath(at, 'uid'), uid, isValidUserOrGroupId(uid)),
        ...invalidFor(childPath(at, 'gid'), gid, isValidUserOrGroupId(gid)),
        ...supplementalGroups.flatMap((id, place) =>
          invalidFor(indexPath(childPath(at, 'supplementalGroups'), place), id, isValidUserOrGroupId(id)),
        ),
      ]
    }),
  )
}

function validateNomination(next: V1PodStatus, previous: V1PodStatus, isBound: boolean): FieldError[] {
  const { nominatedNodeName = '' } = next
  if (nominatedNodeName === '' || nominatedNodeName === previous.nominatedNodeName) return []
  const at = 'status.nominatedNodeName'
  const why = 'may not be set on pods that are already bound to a node'
  return [...dnsSubdomain(at, nominatedNodeName), ...(isBound ? [forbidden(at, why)] : [])]
}

export function validatePodStatusUpdate(pod: V1Pod, old: V1Pod): FieldError[] {
  const [next, previous] = [pod.status ?? {}, old.status ?? {}]
  const spec = old.spec ?? { containers: [] }
  const { observedGeneration = 0, qosClass } = next
  return [
    ...validateAnnotationsKept(pod.metadata.annotations ?? {}, old.metadata.annotations ?? {}, 'metadata.annotations'),
    ...validateConditions(next),
    ...validateNomination(next, previous, (spec.nodeName ?? '') !== ''),
    ...(observedGeneration < 0 ? [invalid('status.observedGeneration', observedGeneration, NOT_NEGATIVE)] : []),
    ...(qosClass === previous.qosClass
      ? []
      : [invalid('status.qosClass', ofNamedType(qosClass ?? ''), 'field is immutable')]),
    ...validateStates(next, previous, spec),
    ...validateClaimStatuses(next, spec),
    ...validateExtendedClaim(next, spec),
    ...validateAddresses(next.podIPs ?? [], previous.podIPs ?? [], 'PodIP', 'status.podIPs'),
    ...validateHostAddresses(next, previous),
    ...validateUsers(next, spec.os?.name ?? 'linux'),
    ...validateAllocatedDevices(next, spec),
  ]
}
