/**
 * Validation of a pod's spec, alone and in templates: what pods, ReplicaSets, Deployments and Jobs share. All errors at
 * once, in upstream's order.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidatePodSpec.
 * Differs: what upstream lets pass because an object had it before it was refused is refused; no object here is older.
 */
import {
  childPath, duplicate, forbidden, indexPath, invalid, notFound, required, type FieldError,
} from '../../../../apimachinery/field-path.ts'
import { validateLabels } from '../../../../apimachinery/metadata-validation.ts'
import { isInRange } from '../../../../apimachinery/names.ts'
import type { V1PodResourceClaim, V1PodSpec } from '../../../generated/types.ts'
import { internalForm } from '../../../validation/internal-form.ts'
import { itemsOf,
  dnsLabel, dnsSubdomain, invalidFor, MAX_INT32, oneOf, qualifiedName, requiredAnd, supportedIfSet, unlessEmpty,
} from '../../../validation/rules.ts'
import { validateContainers, type ContainerSurroundings } from '../containers/containers.ts'
import { validateEphemeralContainers, validateInitContainers } from '../containers/other-containers.ts'
import { validateOverhead, validatePodResources } from '../containers/resources.ts'
import { validateOperatingSystem } from '../security/operating-system.ts'
import { validateHostUsers, validatePodSecurity } from '../security/security-context.ts'
import { validateHostProcess } from '../security/windows-options.ts'
import { validateVolumes } from '../volumes/volumes.ts'
import { validateAffinity } from './affinity.ts'
import { MIRROR_ANNOTATION } from '../annotations.ts'
import { allContainers } from './all-containers.ts'
import { validateDnsConfig, validateHostAliases, validateHostnameOverride } from './name-resolution.ts'
import { validateTolerations } from './tolerations.ts'
import { validateTopologySpread } from './topology-spread.ts'

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never']
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
const PREEMPTION_POLICIES = ['PreemptLowerPriority', 'Never']

/** The pod that the spec is of; templates are of none. */
export interface PodIdentity {
  readonly name: string
  readonly annotations: Readonly<Record<string, string>>
}

function validateClaim(claim: V1PodResourceClaim, names: Set<string>, at: string): FieldError[] {
  const { name, resourceClaimName, resourceClaimTemplateName } = claim
  const nameAt = childPath(at, 'name')
  const isKnown = names.has(name)
  const errors = isKnown ? [duplicate(nameAt, name)] : requiredAnd(nameAt, name, dnsLabel)
  if (name !== '') names.add(name)
  const wrong = (why: string): FieldError => invalid(at, internalForm('PodResourceClaim', claim), why)
  if (resourceClaimName !== undefined && resourceClaimTemplateName !== undefined) {
    errors.push(wrong('at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified'))
  }
  if (resourceClaimName === undefined && resourceClaimTemplateName === undefined) {
    errors.push(wrong('must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'))
  }
  if (resourceClaimName !== undefined) {
    errors.push(...dnsSubdomain(childPath(at, 'resourceClaimName'), resourceClaimName))
  }
  if (resourceClaimTemplateName === undefined) return errors
  return [...errors, ...dnsSubdomain(childPath(at, 'resourceClaimTemplateName'), resourceClaimTemplateName)]
}

function validateClaims({ resourceClaims = [] }: V1PodSpec, pod: PodIdentity | undefined, at: string): FieldError[] {
  const names = new Set<string>()
  if (pod?.annotations[MIRROR_ANNOTATION] !== undefined) {
    return resourceClaims.map(() => forbidden('[]', 'static pods do not support resource claims'))
  }
  return resourceClaims.flatMap((claim, index) => validateClaim(claim, names, indexPath(at, index)))
}

/** On the host's network a port is the host's; templates may leave that to the pod's defaults. */
function validateHostPorts(spec: V1PodSpec, isPod: boolean, at: string): FieldError[] {
  if (spec.hostNetwork !== true) return []
  return itemsOf(spec.containers).flatMap(({ ports = [] }, index) =>
    ports.flatMap(({ hostPort = 0, containerPort }, place) => {
      if (hostPort === containerPort || (hostPort === 0 && !isPod)) return []
      const portAt = childPath(indexPath(childPath(indexPath(at, index), 'ports'), place), 'hostPort')
      return [invalid(portAt, hostPort, 'must match `containerPort` when `hostNetwork` is true')]
    }),
  )
}

function validateGates(gates: NonNullable<V1PodSpec['schedulingGates']>, field: string): FieldError[] {
  const names = new Set<string>()
  return gates.flatMap(({ name }, index) => {
    const at = indexPath(field, index)
    const errors = qualifiedName(at, name)
    if (names.has(name)) errors.push(duplicate(at, name))
    names.add(name)
    return errors
  })
}

/** Files that give environment variables are in a volume that the pod's own containers write. */
function validateFileRefs(spec: V1PodSpec, field: string): FieldError[] {
  const volumes = new Map((spec.volumes ?? []).map((volume) => [volume.name, volume]))
  return allContainers(spec, field).flatMap(([{ env = [] }, at]) =>
    env.flatMap(({ valueFrom }, index) => {
      const name = valueFrom?.fileKeyRef?.volumeName
      if (name === undefined) return []
      const nameAt = childPath(indexPath(childPath(at, 'env'), index), 'valueFrom', 'fileKeyRef', 'volumeName')
      const volume = volumes.get(name)
      if (volume === undefined) return [notFound(nameAt, name)]
      return volume.emptyDir === undefined ? [invalid(nameAt, name, 'referenced volume must be of type emptyDir')] : []
    }),
  )
}

/** What is said once for the whole pod: policies, and how and where it is placed. */
function validatePlacement(spec: V1PodSpec, field: string, old: V1PodSpec | undefined): FieldError[] {
  const at = (name: keyof V1PodSpec): string => childPath(field, name)
  return [
    ...oneOf(at('restartPolicy'), spec.restartPolicy, RESTART_POLICIES),
    ...oneOf(at('dnsPolicy'), spec.dnsPolicy, DNS_POLICIES),
    ...validateLabels(spec.nodeSelector, at('nodeSelector')),
    ...validatePodSecurity(spec, field, old),
    ...validateAffinity(spec.affinity, at('affinity')),
    ...validateDnsConfig(spec.dnsConfig, spec.dnsPolicy, at('dnsConfig')),
    ...(spec.readinessGates ?? []).flatMap(({ conditionType }, index) =>
      qualifiedName(childPath(indexPath(at('readinessGates'), index), 'conditionType'), conditionType),
    ),
    ...validateGates(spec.schedulingGates ?? [], at('schedulingGates')),
    ...validateTopologySpread(spec.topologySpreadConstraints ?? [], at('topologySpreadConstraints')),
    ...validateHostProcess(spec, field),
    ...validateHostUsers(spec, field),
    ...validateHostnameOverride(spec, field),
  ]
}

/** Names of other objects, and the rest. */
function validateReferences(spec: V1PodSpec, field: string): FieldError[] {
  const at = (name: keyof V1PodSpec): string => childPath(field, name)
  const { activeDeadlineSeconds: deadline, runtimeClassName, preemptionPolicy, overhead } = spec
  return [
    ...unlessEmpty(at('serviceAccountName'), spec.serviceAccountName, dnsSubdomain),
    ...unlessEmpty(at('nodeName'), spec.nodeName, dnsSubdomain),
    ...(deadline === undefined
      ? []
      : invalidFor(at('activeDeadlineSeconds'), deadline, isInRange(deadline, 1, MAX_INT32))),
    ...unlessEmpty(at('hostname'), spec.hostname, dnsLabel),
    ...unlessEmpty(at('subdomain'), spec.subdomain, dnsLabel),
    ...validateTolerations(spec.tolerations ?? [], at('tolerations')),
    ...validateHostAliases(spec.hostAliases ?? [], at('hostAliases')),
    ...unlessEmpty(at('priorityClassName'), spec.priorityClassName, dnsSubdomain),
    ...(runtimeClassName === undefined ? [] : dnsSubdomain(at('runtimeClassName'), runtimeClassName)),
    ...(preemptionPolicy === '' ? [required(at('preemptionPolicy'))] : []),
    ...supportedIfSet(at('preemptionPolicy'), preemptionPolicy === '' ? undefined : preemptionPolicy, PREEMPTION_POLICIES),
    ...(overhead === undefined ? [] : validateOverhead(overhead, at('overhead'))),
    ...validateOperatingSystem(spec, field),
    ...validateFileRefs(spec, field),
  ]
}

/**
 * A spec that is missing is judged as an empty one, as Go has it. `pod` is undefined in templates; `old` is the spec
 * before an update, which may go on with what it has.
 */
export function validatePodSpec(
  given: V1PodSpec | undefined,
  pod: PodIdentity | undefined,
  field: string,
  old?: V1PodSpec,
): FieldError[] {
  const spec = given ?? { containers: [] }
  const at = (name: keyof V1PodSpec): string => childPath(field, name)
  const isPod = pod !== undefined
  const volumes = validateVolumes(spec.volumes ?? [], { podName: pod?.name ?? '', isPod }, at('volumes'))
  const claims = new Set((spec.resourceClaims ?? []).map(({ name }) => name).filter((name) => name !== ''))
  const grace = spec.terminationGracePeriodSeconds
  const surroundings: ContainerSurroundings = {
    volumes: volumes.sound,
    claims,
    grace,
    restartPolicy: spec.restartPolicy,
    sharesUsers: spec.hostUsers !== false,
  }
  return [
    ...(grace === undefined ? [required(at('terminationGracePeriodSeconds'))] : []),
    ...volumes.errors,
    ...validateClaims(spec, pod, at('resourceClaims')),
    ...validateContainers(itemsOf(spec.containers), surroundings, at('containers')),
    ...validateInitContainers(spec, surroundings, at('initContainers')),
    ...validateEphemeralContainers(spec, surroundings, at('ephemeralContainers')),
    ...validatePodResources(spec, claims, at('resources')),
    ...validateHostPorts(spec, isPod, at('containers')),
    ...validatePlacement(spec, field, old),
    ...validateReferences(spec, field),
  ]
}
