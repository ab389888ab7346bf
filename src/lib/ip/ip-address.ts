/**
 * IP addresses of both families as bytes: reading, printing and telling apart, as Go's net and net/netip do. Reading is
 * lenient (leading zeros, IPv4 inside IPv6); `isStrict` says whether a strict reader would take the text as well.
 */
export interface IpAddress {
  /** 4 or 16 of them; IPv4 inside IPv6 has 4. */
  readonly bytes: readonly number[]
  /** Written as `::ffff:1.2.3.4`. */
  readonly isMapped: boolean
  readonly hasLeadingZeros: boolean
}

const GROUPS = 8
const MAPPED_PREFIX = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

function parseQuad(text: string): { bytes: number[]; hasLeadingZeros: boolean } | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^\d+$/.test(part) && Number(part) <= 255)) return undefined
  return { bytes: parts.map(Number), hasLeadingZeros: parts.some((part) => part.length > 1 && part.startsWith('0')) }
}

/** The 16-bit groups of one side of `::`. A dotted quad may end it. */
function parseGroups(text: string): { groups: number[]; hasLeadingZeros: boolean } | undefined {
  if (text === '') return { groups: [], hasLeadingZeros: false }
  const parts = text.split(':')
  const groups: number[] = []
  let hasLeadingZeros = false
  for (const [index, part] of parts.entries()) {
    const quad = index === parts.length - 1 && part.includes('.') ? parseQuad(part) : undefined
    if (quad !== undefined) {
      const [a = 0, b = 0, c = 0, d = 0] = quad.bytes
      groups.push(a * 256 + b, c * 256 + d)
      hasLeadingZeros = quad.hasLeadingZeros
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16))
    else return undefined
  }
  return { groups, hasLeadingZeros }
}

/** Undefined when the text is no address at all. */
export function parseIpAddress(text: string): IpAddress | undefined {
  if (!text.includes(':')) {
    const quad = parseQuad(text)
    return quad === undefined ? undefined : { ...quad, isMapped: false }
  }
  const halves = text.split('::')
  if (halves.length > 2) return undefined
  const [head, tail] = [parseGroups(halves[0] ?? ''), parseGroups(halves[1] ?? '')]
  if (head === undefined || tail === undefined) return undefined
  const missing = GROUPS - head.groups.length - tail.groups.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return undefined
  const groups = [...head.groups, ...Array.from({ length: missing }, () => 0), ...tail.groups]
  const bytes = groups.flatMap((group) => [group >> 8, group & 0xff])
  const isMapped = MAPPED_PREFIX.every((byte, index) => bytes[index] === byte)
  return {
    bytes: isMapped ? bytes.slice(MAPPED_PREFIX.length) : bytes,
    isMapped,
    hasLeadingZeros: head.hasLeadingZeros || tail.hasLeadingZeros,
  }
}

/** The one form of an address that Go prints (RFC 5952 for IPv6). */
export function formatIpAddress({ bytes }: Pick<IpAddress, 'bytes'>): string {
  if (bytes.length === 4) return bytes.join('.')
  const groupAt = (index: number): number => (bytes[2 * index] ?? 0) * 256 + (bytes[2 * index + 1] ?? 0)
  const groups = Array.from({ length: GROUPS }, (_, index) => groupAt(index))
  const { start, length } = longestZeros(groups)
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':')
  return length < 2 ? hex(groups) : `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (const start of groups.keys()) {
    let length = 0
    while (groups[start + length] === 0) length += 1
    if (length > best.length) best = { start, length }
  }
  return best
}

/** A range of addresses as written: the address may have bits beyond the prefix. */
export interface IpPrefix {
  readonly address: IpAddress
  readonly bits: number
  /** The first address of the range. */
  readonly network: IpAddress
  readonly hasLeadingZeros: boolean
}

export function parseIpPrefix(text: string): IpPrefix | undefined {
  const slash = text.indexOf('/')
  if (slash === -1) return undefined
  const address = parseIpAddress(text.slice(0, slash))
  const digits = text.slice(slash + 1)
  if (address === undefined || !/^\d+$/.test(digits)) return undefined
  const width = address.isMapped ? 128 : address.bytes.length * 8
  const written = Number(digits)
  if (written > width) return undefined
  const bits = address.isMapped ? Math.max(0, written - MAPPED_PREFIX.length * 8) : written
  const network = { ...address, bytes: address.bytes.map((byte, index) => byte & maskOf(bits - 8 * index)) }
  const hasLeadingZeros = address.hasLeadingZeros || (digits.length > 1 && digits.startsWith('0'))
  return { address, bits, network, hasLeadingZeros }
}

/** The mask of a byte of which the first `bits` belong to the network. */
function maskOf(bits: number): number {
  return (0xff << (8 - Math.min(8, Math.max(0, bits)))) & 0xff
}

export function formatIpPrefix({ network, bits }: IpPrefix): string {
  return `${formatIpAddress(network)}/${String(bits)}`
}
