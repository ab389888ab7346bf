/** IPv4 addresses and ranges as numbers. No domain words: who gets an address is decided elsewhere. */
export interface Ipv4Range {
  /** The network address. */
  readonly first: number
  readonly size: number
  readonly text: string
}

/** Undefined when the text is not a dotted quad (leading zeros are refused, as Go's net/netip does). */
export function parseIpv4(text: string): number | undefined {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255))
    return undefined
  return parts.reduce((sum, part) => sum * 256 + Number(part), 0)
}

export function formatIpv4(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.')
}

/** `10.96.0.0/12`; throws on anything else, because ranges are ours. */
export function ipv4Range(text: string): Ipv4Range {
  const [network = '', bits = ''] = text.split('/')
  const first = parseIpv4(network)
  const size = 2 ** (32 - Number(bits))
  const isLength = /^\d{1,2}$/.test(bits) && Number(bits) <= 32
  if (first === undefined || !isLength || first % size !== 0) throw new Error(`not an IPv4 range: ${text}`)
  return { first, size, text }
}

export function isInRange(range: Ipv4Range, address: number): boolean {
  return address >= range.first && address < range.first + range.size
}
