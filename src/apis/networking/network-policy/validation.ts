/**
 * Validation of NetworkPolicy objects, and what their writers are warned of.
 * Upstream: kubernetes/kubernetes pkg/apis/networking/validation/validation.go, ValidateNetworkPolicySpec,
 * ValidateNetworkPolicyUpdate, ValidateIPBlock; pkg/registry/networking/networkpolicy/strategy.go.
 */
import {
  childPath, forbidden, indexPath, invalid, required, notSupported, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { cidrWarnings, validateCidr } from '../../../apimachinery/ip-validation.ts'
import { isValidPortName, isValidPortNumber } from '../../../apimachinery/names.ts'
import { parseIpPrefix, type IpPrefix } from '../../../lib/ip/ip-address.ts'
import type { V1IPBlock, V1NetworkPolicy, V1NetworkPolicyPeer, V1NetworkPolicyPort } from '../../generated/types.ts'
import { invalidFor, supportedIfSet, validateLabelSelector } from '../../validation/rules.ts'

const PROTOCOLS = ['TCP', 'UDP', 'SCTP']
const TYPES = ['Ingress', 'Egress']

/** One list of a rule: ports and peers of either direction, and where they stand. */
interface Rule {
  readonly at: string
  readonly ports: readonly V1NetworkPolicyPort[]
  readonly peers: readonly V1NetworkPolicyPeer[]
  readonly peersAt: string
}

function rulesOf({ spec }: V1NetworkPolicy): Rule[] {
  const ingress = (spec?.ingress ?? []).map(({ ports = [], from = [] }, index) => {
    const at = indexPath('spec.ingress', index)
    return { at, ports, peers: from, peersAt: childPath(at, 'from') }
  })
  const egress = (spec?.egress ?? []).map(({ ports = [], to = [] }, index) => {
    const at = indexPath('spec.egress', index)
    return { at, ports, peers: to, peersAt: childPath(at, 'to') }
  })
  return [...ingress, ...egress]
}

function validatePortRange({ port, endPort }: V1NetworkPolicyPort, at: string): FieldError[] {
  const [portAt, endAt] = [childPath(at, 'port'), childPath(at, 'endPort')]
  if (port === undefined) {
    if (endPort === undefined) return []
    return [invalid(endAt, endPort, 'may not be specified when `port` is not specified')]
  }
  if (typeof port === 'string') {
    const isRange = endPort !== undefined
    return [
      ...(isRange ? [invalid(endAt, endPort, 'may not be specified when `port` is non-numeric')] : []),
      ...invalidFor(portAt, port, isValidPortName(port)),
    ]
  }
  const errors = invalidFor(portAt, port, isValidPortNumber(port))
  if (endPort === undefined) return errors
  // Upstream prints the other port here.
  if (endPort < port) errors.push(invalid(endAt, port, 'must be greater than or equal to `port`'))
  return [...errors, ...invalidFor(endAt, endPort, isValidPortNumber(endPort))]
}

function contains({ network, bits }: IpPrefix, { bytes }: IpPrefix['network']): boolean {
  if (network.bytes.length !== bytes.length) return false
  return network.bytes.every((byte, index) => {
    const shift = 8 - Math.min(Math.max(bits - index * 8, 0), 8)
    return byte >> shift === (bytes[index] ?? 0) >> shift
  })
}

function validateBlock(block: Partial<V1IPBlock>, kept: ReadonlySet<string>, at: string): FieldError[] {
  const { cidr = '', except = [] } = block
  const cidrAt = childPath(at, 'cidr')
  if (cidr === '') return [required(cidrAt)]
  const errors = validateCidr(cidrAt, cidr, kept)
  const whole = parseIpPrefix(cidr)
  if (whole === undefined) return errors
  for (const [index, text] of except.entries()) {
    const exceptAt = indexPath(childPath(at, 'except'), index)
    errors.push(...validateCidr(exceptAt, text, kept))
    const part = parseIpPrefix(text)
    if (part === undefined) continue
    const isPart = contains(whole, part.network) && whole.bits < part.bits
    if (!isPart) errors.push(invalid(exceptAt, text, 'must be a strict subset of `cidr`'))
  }
  return errors
}

function validatePeer(peer: V1NetworkPolicyPeer, kept: ReadonlySet<string>, at: string): FieldError[] {
  const { podSelector, namespaceSelector, ipBlock } = peer
  const said = [podSelector, namespaceSelector, ipBlock].filter((one) => one !== undefined).length
  const errors = [
    ...(podSelector === undefined ? [] : validateLabelSelector(podSelector, childPath(at, 'podSelector'))),
    ...(namespaceSelector === undefined
      ? []
      : validateLabelSelector(namespaceSelector, childPath(at, 'namespaceSelector'))),
    ...(ipBlock === undefined ? [] : validateBlock(ipBlock, kept, childPath(at, 'ipBlock'))),
  ]
  if (said === 0) errors.push(required(at, 'must specify a peer'))
  if (said > 1 && ipBlock !== undefined) errors.push(forbidden(at, 'may not specify both ipBlock and another peer'))
  return errors
}

function validateTypes(types: readonly string[]): FieldError[] {
  const at = 'spec.policyTypes'
  if (types.length > TYPES.length) return [invalid(at, types, 'may not specify more than two policyTypes')]
  return types.flatMap((type, index) => (TYPES.includes(type) ? [] : [notSupported(indexPath(at, index), type, TYPES)]))
}

function validateWhole(policy: V1NetworkPolicy, kept: ReadonlySet<string>): FieldError[] {
  return [
    ...validateLabelSelector(policy.spec?.podSelector ?? {}, 'spec.podSelector'),
    ...rulesOf(policy).flatMap(({ at, ports, peers, peersAt }) => [
      ...ports.flatMap((port, index) => {
        const portAt = indexPath(childPath(at, 'ports'), index)
        return [
          ...supportedIfSet(childPath(portAt, 'protocol'), port.protocol, PROTOCOLS),
          ...validatePortRange(port, portAt),
        ]
      }),
      ...peers.flatMap((peer, index) => validatePeer(peer, kept, indexPath(peersAt, index))),
    ]),
    ...validateTypes(policy.spec?.policyTypes ?? []),
  ]
}

export function validateNetworkPolicy(policy: V1NetworkPolicy): FieldError[] {
  return validateWhole(policy, new Set())
}

/** A range that is there already may stay as it is. */
export function validateNetworkPolicyUpdate(next: V1NetworkPolicy, previous: V1NetworkPolicy): FieldError[] {
  const blocks = rulesOf(previous).flatMap(({ peers }) => peers.flatMap(({ ipBlock }) => ipBlock ?? []))
  return validateWhole(next, new Set(blocks.flatMap(({ cidr, except = [] }) => [cidr, ...except])))
}

export function networkPolicyWarnings(policy: V1NetworkPolicy): string[] {
  return rulesOf(policy).flatMap(({ peers, peersAt }) =>
    peers.flatMap(({ ipBlock }, index) => {
      if (ipBlock === undefined) return []
      const at = childPath(indexPath(peersAt, index), 'ipBlock')
      const exceptAt = childPath(at, 'except')
      return [
        ...cidrWarnings(childPath(at, 'cidr'), ipBlock.cidr),
        ...(ipBlock.except ?? []).flatMap((text, place) => cidrWarnings(indexPath(exceptAt, place), text)),
      ]
    }),
  )
}
