/**
 * Validation of Endpoints objects. Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go,
 * ValidateEndpoints, validateEndpointSubsets.
 */
import { childPath, indexPath, required, type FieldError } from '../../../apimachinery/field-path.ts'
import { ipWarnings, validateIp, validateReachableIp } from '../../../apimachinery/ip-validation.ts'
import { isValidPortNumber } from '../../../apimachinery/names.ts'
import type { CoreV1EndpointPort, V1EndpointAddress, V1Endpoints } from '../../generated/types.ts'
import {
  dnsLabel, dnsSubdomain, invalidFor, isEqual, oneOf, qualifiedName, requiredAnd, unlessEmpty,
} from '../../validation/rules.ts'
import { PORT_PROTOCOLS } from '../pod/containers/containers.ts'

const MANAGED_BY = 'endpoints.kubernetes.io/managed-by'
const CONTROLLER = 'endpoint-controller'

function validateAddress({ ip, hostname, nodeName }: V1EndpointAddress, at: string): FieldError[] {
  const ipAt = childPath(at, 'ip')
  return [
    ...validateIp(ipAt, ip),
    ...unlessEmpty(childPath(at, 'hostname'), hostname, dnsLabel),
    ...(nodeName === undefined ? [] : dnsSubdomain(childPath(at, 'nodeName'), nodeName)),
    ...validateReachableIp(ipAt, ip),
  ]
}

function validatePort(port: CoreV1EndpointPort, needsName: boolean, at: string): FieldError[] {
  const nameAt = childPath(at, 'name')
  return [
    ...(needsName ? requiredAnd : unlessEmpty)(nameAt, port.name, dnsLabel),
    ...invalidFor(childPath(at, 'port'), port.port, isValidPortNumber(port.port)),
    ...oneOf(childPath(at, 'protocol'), port.protocol, PORT_PROTOCOLS),
    ...(port.appProtocol === undefined ? [] : qualifiedName(childPath(at, 'appProtocol'), port.appProtocol)),
  ]
}

export function validateEndpoints({ subsets = [] }: V1Endpoints): FieldError[] {
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }, index) => {
    const at = indexPath('subsets', index)
    const isEmpty = addresses.length + notReadyAddresses.length === 0
    return [
      ...(isEmpty ? [required(at, 'must specify `addresses` or `notReadyAddresses`')] : []),
      ...Object.entries({ addresses, notReadyAddresses }).flatMap(([list, members]) =>
        members.flatMap((address, place) => validateAddress(address, indexPath(childPath(at, list), place))),
      ),
      ...ports.flatMap((port, place) => validatePort(port, ports.length > 1, indexPath(childPath(at, 'ports'), place))),
    ]
  })
}

/** Subsets that stay as they are are not looked into. */
export function validateEndpointsUpdate(next: V1Endpoints, previous: V1Endpoints): FieldError[] {
  return isEqual(next.subsets, previous.subsets) ? [] : validateEndpoints(next)
}

/** About addresses that somebody wrote by hand. */
export function endpointsWarnings({ metadata, subsets = [] }: V1Endpoints): string[] {
  if (metadata.labels?.[MANAGED_BY] === CONTROLLER) return []
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [] }, index) =>
    Object.entries({ addresses, notReadyAddresses }).flatMap(([list, members]) =>
      members.flatMap(({ ip }, place) => {
        const at = indexPath(childPath(indexPath('subsets', index), list), place)
        return ipWarnings(childPath(at, 'ip'), ip)
      }),
    ),
  )
}
