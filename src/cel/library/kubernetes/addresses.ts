/**
 * `ip('10.0.0.1')` and `cidr('10.0.0.0/8')` (apiserver pkg/cel/library/ip.go, cidr.go). Reading is strict, as Go's
 * net/netip: no leading zeros; and no IPv4 inside IPv6, no zones.
 */
import { addressProblem } from '../../../lib/ip/address-problem.ts'
import { formatIpAddress, parseIpAddress, parseIpPrefix } from '../../../lib/ip/ip-address.ts'
import type { IpAddress, IpPrefix } from '../../../lib/ip/ip-address.ts'
import { addRanges, argumentSize, fixed, scaleRange, STRING_FACTOR, traversal } from '../../types/call-cost.ts'
import type { CallCost } from '../../types/call-cost.ts'
import { declareFunction, member, overload, type FunctionDeclaration } from '../../types/declarations.ts'
import { BOOL, INT, STRING, opaqueType } from '../../types/type.ts'
import { EvaluationError, hasValue, noSuchOverload } from '../../values/evaluation-error.ts'
import { OpaqueValue, type CelValue, type Value } from '../../values/value.ts'
import type { Library } from '../library.ts'

const IP = opaqueType('net.IP')
const CIDR = opaqueType('net.CIDR')
/** Longer texts are no addresses. */
const MAX_TEXT = 128

class IpValue extends OpaqueValue {
  readonly type = IP
  readonly address: IpAddress

  constructor(address: IpAddress) {
    super()
    this.address = address
  }

  override equals(other: CelValue): boolean {
    return other instanceof IpValue && String(other) === String(this)
  }

  override get keyText(): string {
    return `ip ${String(this)}`
  }

  override get asText(): string {
    return String(this)
  }

  override toString(): string {
    return formatIpAddress(this.address)
  }
}

class CidrValue extends OpaqueValue {
  readonly type = CIDR
  readonly prefix: IpPrefix

  constructor(prefix: IpPrefix) {
    super()
    this.prefix = prefix
  }

  override equals(other: CelValue): boolean {
    return other instanceof CidrValue && String(other) === String(this)
  }

  override get keyText(): string {
    return `cidr ${String(this)}`
  }

  override get asText(): string {
    return String(this)
  }

  /** The address as it was written, not the network's. */
  override toString(): string {
    return `${formatIpAddress(this.prefix.address)}/${String(this.prefix.bits)}`
  }

  containsAddress({ bytes }: IpAddress): boolean {
    const { network, bits } = this.prefix
    if (bytes.length !== network.bytes.length) return false
    return bytes.every((byte, index) => {
      const shift = Math.min(8, Math.max(0, 8 * (index + 1) - bits))
      return byte >> shift === (network.bytes[index] ?? 0) >> shift
    })
  }

  containsPrefix({ prefix }: CidrValue): boolean {
    return this.containsAddress(prefix.address) && this.prefix.bits <= prefix.bits
  }
}

/** What Go's net/netip says of a text that is no network. */
function problemOfPrefix(text: string): string {
  const slash = text.lastIndexOf('/')
  if (slash < 0) return "no '/'"
  const [host, bits] = [text.slice(0, slash), text.slice(slash + 1)]
  const problem = addressProblem(host)
  if (problem !== undefined) return `ParseAddr(${JSON.stringify(host)}): ${problem}`
  if (host.includes('%')) return 'IPv6 zones cannot be present in a prefix'
  const isNumber = /^(?:0|[1-9]\d{0,18})$/.test(bits) && BigInt(bits) < 2n ** 63n
  return isNumber ? 'prefix length out of range' : `bad bits after slash: ${JSON.stringify(bits)}`
}

function readIp(text: string): IpValue {
  const address = text.length > MAX_TEXT ? undefined : parseIpAddress(text)
  if (address === undefined || address.hasLeadingZeros) throw new EvaluationError(problemOfIp(text))
  if (address.isMapped) throw new EvaluationError(`IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`)
  return new IpValue(address)
}

function problemOfIp(text: string): string {
  const shown = JSON.stringify(text)
  const problem = addressProblem(text)
  if (problem === undefined) return `IP address ${shown} with zone value is not allowed`
  return `IP Address ${shown} parse error during conversion from string: ParseAddr(${shown}): ${problem}`
}

function readCidr(text: string): CidrValue {
  const problem = 'network address parse error during conversion from string'
  const prefix = text.length > MAX_TEXT ? undefined : parseIpPrefix(text)
  if (prefix === undefined || prefix.hasLeadingZeros) {
    const reading = `netip.ParsePrefix(${JSON.stringify(text)})`
    throw new EvaluationError(`${problem}: ${problem}: ${reading}: ${problemOfPrefix(text)}`)
  }
  if (prefix.address.isMapped) {
    throw new EvaluationError(`${problem}: IPv4-mapped IPv6 address ${JSON.stringify(text)} is not allowed`)
  }
  return new CidrValue(prefix)
}

/** What is no address fits no overload, as upstream has it. */
function addressIn(text: string): IpValue['address'] {
  const address = parseIpAddress(text)
  if (address === undefined || address.hasLeadingZeros || address.isMapped || text.includes('%')) throw noSuchOverload()
  return address
}

const READING = { cost: traversal(0) }
const CANONICAL = { cost: traversal(0, 2 * STRING_FACTOR) }

/** Go's net/netip: what kind of address it is. */
function test(name: string, id: string, holds: (bytes: readonly number[]) => boolean): FunctionDeclaration {
  const call = (ip: Value): Value => holds((ip as IpValue).address.bytes)
  return declareFunction(name, member(`ip_${id}`, [IP], BOOL, call))
}

const isV4 = (bytes: readonly number[]): boolean => bytes.length === 4
const at = (bytes: readonly number[], index: number): number => bytes[index] ?? 0
const isUnspecified = (bytes: readonly number[]): boolean => bytes.every((byte) => byte === 0)
const isLoopback = (bytes: readonly number[]): boolean =>
  isV4(bytes) ? at(bytes, 0) === 127 : bytes.every((byte, index) => byte === (index === 15 ? 1 : 0))
const isMulticast = (bytes: readonly number[]): boolean =>
  isV4(bytes) ? at(bytes, 0) >> 4 === 0xe : at(bytes, 0) === 0xff
const isLinkLocalMulticast = (bytes: readonly number[]): boolean =>
  isV4(bytes)
    ? at(bytes, 0) === 224 && at(bytes, 1) === 0 && at(bytes, 2) === 0
    : at(bytes, 0) === 0xff && (at(bytes, 1) & 0xf) === 2
const isLinkLocalUnicast = (bytes: readonly number[]): boolean =>
  isV4(bytes) ? at(bytes, 0) === 169 && at(bytes, 1) === 254 : at(bytes, 0) === 0xfe && at(bytes, 1) >> 6 === 2
const isBroadcast = (bytes: readonly number[]): boolean => isV4(bytes) && bytes.every((byte) => byte === 255)
const isGlobalUnicast = (bytes: readonly number[]): boolean =>
  ![isBroadcast, isUnspecified, isLoopback, isMulticast, isLinkLocalUnicast].some((holds) => holds(bytes))

export const IP_ADDRESSES: Library = {
  types: [[IP.name, IP]],
  sizes: [[IP.name, 1]],
  functions: [
    declareFunction('ip', overload('string_to_ip', [STRING], IP, (text) => readIp(text as string), READING)),
    declareFunction('isIP', overload('is_ip', [STRING], BOOL, (text) => hasValue(() => readIp(text as string)), READING)),
    declareFunction(
      'ip.isCanonical',
      overload('ip_is_canonical', [STRING], BOOL, (text) => String(readIp(text as string)) === text, CANONICAL),
    ),
    declareFunction(
      'family',
      member('ip_family', [IP], INT, (ip) => (isV4((ip as IpValue).address.bytes) ? 4 : 6)),
    ),
    declareFunction('string', overload('ip_to_string', [IP], STRING, String)),
    test('isUnspecified', 'is_unspecified', isUnspecified),
    test('isLoopback', 'is_loopback', isLoopback),
    test('isLinkLocalMulticast', 'is_link_local_multicast', isLinkLocalMulticast),
    test('isLinkLocalUnicast', 'is_link_local_unicast', isLinkLocalUnicast),
    test('isGlobalUnicast', 'is_global_unicast', isGlobalUnicast),
  ],
}

/** Two addresses are compared; one that is a text is read first; a network's length is compared as well. */
function containment(isText: boolean, isNetwork: boolean): { cost: CallCost } {
  const address = { min: 4, max: 16 }
  const factor = STRING_FACTOR
  const compared = scaleRange(addRanges(address, address), factor)
  const network = isNetwork ? addRanges(scaleRange(address, factor), fixed(1)) : fixed(0)
  return {
    cost: {
      estimate: (args) => {
        const reading = isText ? scaleRange(args.size(1), factor) : fixed(0)
        return { cost: addRanges(compared, network, reading) }
      },
      actual: (args) => {
        const size = argumentSize(args, 0)
        const reading = isText ? Math.ceil(argumentSize(args, 1) * factor) : 0
        return Math.ceil(2 * size * factor) + (isNetwork ? Math.ceil(size * factor) + 1 : 0) + reading
      },
    },
  }
}

const asCidr = (value: Value): CidrValue => value as CidrValue

export const CIDRS: Library = {
  types: [[CIDR.name, CIDR]],
  sizes: [[CIDR.name, 1]],
  functions: [
    declareFunction('cidr', overload('string_to_cidr', [STRING], CIDR, (text) => readCidr(text as string), READING)),
    declareFunction('isCIDR', overload('is_cidr', [STRING], BOOL, (text) => hasValue(() => readCidr(text as string)), READING)),
    declareFunction(
      'containsIP',
      member(
        'cidr_contains_ip_string',
        [CIDR, STRING],
        BOOL,
        (cidr, text) => asCidr(cidr).containsAddress(addressIn(text as string)),
        containment(true, false),
      ),
      member(
        'cidr_contains_ip_ip',
        [CIDR, IP],
        BOOL,
        (cidr, ip) => asCidr(cidr).containsAddress((ip as IpValue).address),
        containment(false, false),
      ),
    ),
    declareFunction(
      'containsCIDR',
      member(
        'cidr_contains_cidr_string',
        [CIDR, STRING],
        BOOL,
        (cidr, text) => asCidr(cidr).containsPrefix(readCidr(text as string)),
        containment(true, true),
      ),
      member(
        'cidr_contains_cidr',
        [CIDR, CIDR],
        BOOL,
        (cidr, other) => asCidr(cidr).containsPrefix(asCidr(other)),
        containment(false, true),
      ),
    ),
    declareFunction('ip', member('cidr_ip', [CIDR], IP, (cidr) => new IpValue(asCidr(cidr).prefix.address))),
    declareFunction('prefixLength', member('cidr_prefix_length', [CIDR], INT, (cidr) => asCidr(cidr).prefix.bits)),
    declareFunction(
      'masked',
      member('cidr_masked', [CIDR], CIDR, (cidr) => {
        const { prefix } = asCidr(cidr)
        return new CidrValue({ ...prefix, address: prefix.network })
      }),
    ),
    declareFunction('string', overload('cidr_to_string', [CIDR], STRING, String)),
  ],
}
