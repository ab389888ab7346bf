/**
 * Validation of what is reported of a pod's resource claims and of the devices that its containers got.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, validatePodResourceClaimStatuses,
 * validatePodExtendedResourceClaimStatus, validateContainerStatusAllocatedResourcesStatus.
 */
import {
  childPath, duplicate, forbidden, indexPath, invalid, notSupported, ofNamedType, required, tooLong, type FieldError,
} from '../../../../apimachinery/field-path.ts'
import { byteLength, isDns1123Subdomain } from '../../../../apimachinery/names.ts'
import type {
  V1Container, V1ContainerExtendedResourceRequest, V1ContainerStatus, V1PodSpec, V1PodStatus, V1ResourceHealth,
} from '../../../generated/types.ts'
import { dnsLabel, dnsSubdomain, invalidFor, itemsOf, requiredAnd } from '../../../validation/rules.ts'

const HEALTHS = ['Healthy', 'Unhealthy', 'Unknown']
const MAX_MESSAGE_BYTES = 1024
const CLAIM_PREFIX = 'claim:'
const NO_CLAIM =
  "must match one of the container's resource claims in a format " +
  "'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty"
const NO_REQUEST = "must match one of the container's resource requests"
const NO_CONTAINER = 'must match the name of an entry in spec.initContainers.name or spec.containers.name'
const NO_EXTENDED_RESOURCE =
  'must match the extended resource name of an entry in ' +
  'spec.initContainers.resources.requests or spec.containers.resources.requests'

export function validateClaimStatuses({ resourceClaimStatuses = [] }: V1PodStatus, spec: V1PodSpec): FieldError[] {
  const claims = new Set((spec.resourceClaims ?? []).map((claim) => claim.name))
  const seen = new Set<string>()
  return resourceClaimStatuses.flatMap(({ name, resourceClaimName }, index) => {
    const at = indexPath('status.resourceClaimStatuses', index)
    const nameAt = childPath(at, 'name')
    const errors = claims.has(name) ? [] : [invalid(nameAt, name, 'must match the name of an entry in `spec.resourceClaims`')]
    if (seen.has(name)) errors.push(duplicate(nameAt, name))
    seen.add(name)
    if (resourceClaimName === undefined) return errors
    const nameFaults = isDns1123Subdomain(resourceClaimName)
    return [...errors, ...invalidFor(childPath(at, 'resourceClaimName'), ofNamedType(resourceClaimName), nameFaults)]
  })
}

/** The claim that was made for resources which a device class gives by their names. */
export function validateExtendedClaim(status: V1PodStatus, spec: V1PodSpec): FieldError[] {
  const { extendedResourceClaimStatus: said } = status
  if (said === undefined) return []
  const field = 'status.extendedResourceClaimStatus'
  return [
    ...validateMappings(itemsOf(said.requestMappings), spec, field),
    ...requiredAnd(childPath(field, 'resourceClaimName'), said.resourceClaimName, dnsSubdomain),
  ]
}

function validateMappings(
  mappings: readonly V1ContainerExtendedResourceRequest[],
  spec: V1PodSpec,
  field: string,
): FieldError[] {
  const mappingsAt = childPath(field, 'requestMappings')
  if (mappings.length === 0) return [required(mappingsAt, 'at least one request mapping is required')]
  const all = [...(spec.initContainers ?? []), ...itemsOf(spec.containers)]
  const containers = new Map(all.map((one) => [one.name, one]))
  const seen = new Set<string>()
  return mappings.flatMap((mapping, index) => {
    const at = indexPath(mappingsAt, index)
    const { containerName, resourceName, requestName } = mapping
    const container = containers.get(containerName)
    const errors: FieldError[] = []
    if (container === undefined) errors.push(invalid(childPath(at, 'containerName'), containerName, NO_CONTAINER))
    else if (container.resources?.requests?.[resourceName] === undefined) {
      errors.push(invalid(childPath(at, 'resourceName'), resourceName, NO_EXTENDED_RESOURCE))
    }
    // Upstream leaves the list out of this path.
    errors.push(...dnsLabel(childPath(field, 'requestName'), requestName))
    const id = JSON.stringify([containerName, resourceName, requestName])
    if (seen.has(id)) {
      for (const name of ['containerName', 'resourceName', 'requestName'] as const) {
        errors.push(duplicate(childPath(at, name), mapping[name]))
      }
    }
    seen.add(id)
    return errors
  })
}

/** What a container may be given. One that the pod does not have is passed over, as upstream does. */
function askedBy(container: V1Container | undefined): (name: string) => boolean {
  if (container === undefined) return () => true
  const { requests, claims = [] } = container.resources ?? {}
  const names = new Set(claims.map((claim) => {
    const { request = '' } = claim
    return `${CLAIM_PREFIX}${claim.name}${request === '' ? '' : `/${request}`}`
  }))
  return (name) => (name.startsWith(CLAIM_PREFIX) ? names.has(name) : requests?.[name] !== undefined)
}

function validateHealth(reported: V1ResourceHealth, seen: Set<string>, at: string): FieldError[] {
  const { resourceID, health = '', message } = reported
  const messageAt = childPath(at, 'message')
  const errors = HEALTHS.includes(health) ? [] : [notSupported(childPath(at, 'health'), health, HEALTHS)]
  if (message === '') errors.push(required(messageAt, 'must be non-empty if specified'))
  else if (message !== undefined && byteLength(message) > MAX_MESSAGE_BYTES) {
    errors.push(tooLong(messageAt, MAX_MESSAGE_BYTES))
  }
  if (seen.has(resourceID)) errors.push(duplicate(childPath(at, 'resourceID'), ofNamedType(resourceID)))
  seen.add(resourceID)
  return errors
}

function validateDevices(
  statuses: readonly V1ContainerStatus[] = [],
  containers: readonly V1Container[] = [],
  field: string,
): FieldError[] {
  const byName = new Map(containers.toReversed().map((container) => [container.name, container]))
  return statuses.flatMap(({ name: containerName, allocatedResourcesStatus = [] }, index) => {
    if (allocatedResourcesStatus.length === 0) return []
    const isAsked = askedBy(byName.get(containerName))
    return allocatedResourcesStatus.flatMap(({ name, resources = [] }, place) => {
      const at = indexPath(childPath(indexPath(field, index), 'allocatedResourcesStatus'), place)
      const why = name.startsWith(CLAIM_PREFIX) ? NO_CLAIM : NO_REQUEST
      const seen = new Set<string>()
      return [
        ...(isAsked(name) ? [] : [invalid(childPath(at, 'name'), ofNamedType(name), why)]),
        ...resources.flatMap((one, which) => validateHealth(one, seen, indexPath(childPath(at, 'resources'), which))),
      ]
    })
  })
}

export function validateAllocatedDevices(status: V1PodStatus, spec: V1PodSpec): FieldError[] {
  const { containerStatuses, initContainerStatuses, ephemeralContainerStatuses = [] } = status
  return [
    ...validateDevices(containerStatuses, itemsOf(spec.containers), 'status.containerStatuses'),
    ...validateDevices(initContainerStatuses, spec.initContainers, 'status.initContainerStatuses'),
    ...ephemeralContainerStatuses.flatMap(({ allocatedResourcesStatus = [] }, index) => {
      const at = childPath(indexPath('status.ephemeralContainerStatuses', index), 'allocatedResourcesStatus')
      return allocatedResourcesStatus.length === 0 ? [] : [forbidden(at, 'must not be specified in container status')]
    }),
  ]
}
