/**
 * Addresses of pods that nobody routes packets to (isolates, simulated pods): found from the pod's uid, so that no
 * table of addresses in use has to be kept, written or read.
 *
 * Differs: upstream's node takes the next free address of its CIDR. Here two pods may share one once there are
 * thousands; Services therefore address serverless pods by their reference in the endpoint slice, never by address
 * alone.
 */

/** 10.64.0.0 to 10.79.255.255 of RFC 1918: a million addresses, outside the usual Service range 10.96.0.0/12. */
const FIRST_OCTETS = [64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79]

/** An IPv4 address that is always the same for the uid. */
export function addressFromUid(uid: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < uid.length; index++) {
    hash = Math.imul(hash ^ uid.charCodeAt(index), 0x01000193) >>> 0
  }
  const mixed = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0
  const second = FIRST_OCTETS[(mixed >>> 24) % FIRST_OCTETS.length] ?? 64
  // 1 to 254: neither a network's nor a broadcast address by its looks.
  return `10.${String(second)}.${String((mixed >>> 12) & 255)}.${String(1 + ((mixed & 0xfff) % 254))}`
}
