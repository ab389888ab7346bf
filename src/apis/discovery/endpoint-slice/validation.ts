/**
 * Validation of EndpointSlice objects. Upstream: kubernetes/kubernetes pkg/apis/discovery/validation/validation.go.
 */
import {
  childPath, duplicate, indexPath, invalid, ofNamedType, required, tooMany, type FieldError,
} from '../../../apimachinery/field-path.ts'
import {
  ipFamilyOf,
  validateCanonicalIp,
  validateIp,
  validateReachableIp,
} from '../../../apimachinery/ip-validation.ts'
import { isDns1123Label, isDns1123Subdomain, isValidLabelValue } from '../../../apimachinery/names.ts'
import { PORT_PROTOCOLS } from '../../core/pod/containers/containers.ts'
import type { V1Endpoint, V1EndpointHints, V1EndpointSlice } from '../../generated/types.ts'
import { itemsOf,
  dnsLabel, dnsSubdomain, immutableNamed, invalidFor, isEqual, oneOf, qualifiedName, supportedIfSet, unlessEmpty,
} from '../../validation/rules.ts'

const ADDRESS_TYPES = ['FQDN', 'IPv4', 'IPv6']
const MAX_ENDPOINTS = 1000
const MAX_PORTS = 20_000
const MAX_ADDRESSES = 100
const MAX_HINTS = 8

/** Names of hosts: at least two labels, and a dot at the end if one likes. */
function validateDomainName(field: string, written: string): FieldError[] {
  if (written === '') return [required(field)]
  const name = written.replace(/\.$/, '')
  const messages = isDns1123Subdomain(name)
  if (messages.length > 0) return [invalid(field, name, messages.join(','))]
  const labels = name.split('.')
  if (labels.length < 2) {
    return [invalid(field, name, 'should be a domain with at least two segments separated by dots')]
  }
  const wrong = labels.find((label) => isDns1123Label(label).length > 0)
  return wrong === undefined ? [] : [invalid(field, wrong, isDns1123Label(wrong).join(','))]
}

/** What is said of the family stands at the list, not at the address. */
function validateAddress(address: string, type: string, at: string, list: string): FieldError[] {
  if (type === 'FQDN') return validateDomainName(at, address)
  if (type !== 'IPv4' && type !== 'IPv6') return []
  const errors = type === 'IPv4' ? validateIp(at, address) : validateCanonicalIp(at, address)
  if (errors.length > 0) return errors
  const isOfFamily = `IPv${String(ipFamilyOf(address))}` === type
  return [
    ...(isOfFamily ? [] : [invalid(list, address, `must be an ${type} address`)]),
    ...validateReachableIp(at, address),
  ]
}

function validateHints({ forZones = [], forNodes = [] }: V1EndpointHints, at: string): FieldError[] {
  const validate = (
    hints: readonly { readonly name: string }[],
    field: string,
    rule: (name: string) => string[],
  ): FieldError[] => {
    const listAt = childPath(at, field)
    if (hints.length > MAX_HINTS) return [tooMany(listAt, hints.length, MAX_HINTS)]
    const names = new Set<string>()
    return hints.flatMap(({ name }, index) => {
      const nameAt = childPath(indexPath(listAt, index), 'name')
      const errors = names.has(name) ? [duplicate(nameAt, name)] : []
      names.add(name)
      return [...errors, ...invalidFor(nameAt, name, rule(name))]
    })
  }
  const errors = validate(forZones, 'forZones', isValidLabelValue)
  return forZones.length > MAX_HINTS ? errors : [...errors, ...validate(forNodes, 'forNodes', isDns1123Subdomain)]
}

function validateEndpoint(endpoint: V1Endpoint, type: string, at: string): FieldError[] {
  const { nodeName, hostname, hints } = endpoint
  const list = childPath(at, 'addresses')
  const addresses = itemsOf(endpoint.addresses)
  const errors: FieldError[] = []
  if (addresses.length === 0) errors.push(required(list, 'must contain at least 1 address'))
  else if (addresses.length > MAX_ADDRESSES) errors.push(tooMany(list, addresses.length, MAX_ADDRESSES))
  return [
    ...errors,
    ...addresses.flatMap((address, index) => validateAddress(address, type, indexPath(list, index), list)),
    ...(nodeName === undefined ? [] : dnsSubdomain(childPath(at, 'nodeName'), nodeName)),
    ...(hostname === undefined ? [] : dnsLabel(childPath(at, 'hostname'), hostname)),
    ...(hints === undefined ? [] : validateHints(hints, childPath(at, 'hints'))),
  ]
}

function validatePorts(ports: NonNullable<V1EndpointSlice['ports']>): FieldError[] {
  if (ports.length > MAX_PORTS) return [tooMany('ports', ports.length, MAX_PORTS)]
  const names = new Set<string>()
  return ports.flatMap(({ name = '', protocol, appProtocol }, index) => {
    const at = indexPath('ports', index)
    const errors = unlessEmpty(childPath(at, 'name'), name, dnsLabel)
    if (names.has(name)) errors.push(duplicate(childPath(at, 'name'), ofNamedType(name)))
    names.add(name)
    return [
      ...errors,
      ...(protocol === undefined
        ? [required(childPath(at, 'protocol'))]
        : supportedIfSet(childPath(at, 'protocol'), protocol, PORT_PROTOCOLS)),
      ...(appProtocol === undefined ? [] : qualifiedName(childPath(at, 'appProtocol'), appProtocol)),
    ]
  })
}

function validateEndpoints({ addressType, endpoints }: V1EndpointSlice): FieldError[] {
  const members = itemsOf(endpoints)
  if (members.length > MAX_ENDPOINTS) return [tooMany('endpoints', members.length, MAX_ENDPOINTS)]
  return members.flatMap((endpoint, index) => validateEndpoint(endpoint, addressType, indexPath('endpoints', index)))
}

function validateFrame({ addressType, ports }: V1EndpointSlice): FieldError[] {
  return [...oneOf('addressType', addressType, ADDRESS_TYPES), ...validatePorts(ports ?? [])]
}

export function validateEndpointSlice(slice: V1EndpointSlice): FieldError[] {
  return [...validateFrame(slice), ...validateEndpoints(slice)]
}

/** Endpoints that stay as they are are not looked into. */
export function validateEndpointSliceUpdate(next: V1EndpointSlice, previous: V1EndpointSlice): FieldError[] {
  return [
    ...validateFrame(next),
    ...(isEqual(next.endpoints, previous.endpoints) ? [] : validateEndpoints(next)),
    ...immutableNamed('addressType', next.addressType, previous.addressType),
  ]
}
