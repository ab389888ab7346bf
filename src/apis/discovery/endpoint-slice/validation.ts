/**
 * Validation of EndpointSlice objects. Upstream: kubernetes/kubernetes pkg/apis/discovery/validation/validation.go.
 * Differs: the addresses themselves and hints are not looked into.
 */
import {
  childPath, duplicate, indexPath, required, tooMany, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { isDns1123Label } from '../../../apimachinery/names.ts'
import type { V1EndpointSlice } from '../../generated/types.ts'
import { immutable, invalidFor, oneOf } from '../../core/pod/validation-rules.ts'

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6']
const PROTOCOLS = ['SCTP', 'TCP', 'UDP']
const MAX_ENDPOINTS = 1000
const MAX_PORTS = 20_000
const MAX_ADDRESSES = 100

function validatePorts(ports: NonNullable<V1EndpointSlice['ports']>): FieldError[] {
  if (ports.length > MAX_PORTS) return [tooMany('ports', ports.length, MAX_PORTS)]
  const names = new Set<string>()
  return ports.flatMap(({ name = '', protocol }, index) => {
    const at = indexPath('ports', index)
    const errors = name === '' ? [] : invalidFor(childPath(at, 'name'), name, isDns1123Label(name))
    if (names.has(name)) errors.push(duplicate(childPath(at, 'name'), name))
    names.add(name)
    return [...errors, ...oneOf(childPath(at, 'protocol'), protocol, PROTOCOLS)]
  })
}

export function validateEndpointSlice({ addressType, endpoints, ports }: V1EndpointSlice): FieldError[] {
  const slots = endpoints ?? []
  const errors = oneOf('addressType', addressType, ADDRESS_TYPES)
  if (slots.length > MAX_ENDPOINTS) errors.push(tooMany('endpoints', slots.length, MAX_ENDPOINTS))
  else {
    for (const [index, { addresses }] of slots.entries()) {
      const at = childPath(indexPath('endpoints', index), 'addresses')
      const count = (addresses as string[] | null | undefined)?.length ?? 0
      if (count === 0) errors.push(required(at, 'must contain at least 1 address'))
      else if (count > MAX_ADDRESSES) errors.push(tooMany(at, count, MAX_ADDRESSES))
    }
  }
  return [...errors, ...validatePorts(ports ?? [])]
}

export function validateEndpointSliceUpdate(next: V1EndpointSlice, previous: V1EndpointSlice): FieldError[] {
  return [...validateEndpointSlice(next), ...immutable('addressType', next.addressType, previous.addressType)]
}
