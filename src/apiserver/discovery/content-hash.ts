/**
 * A short name for the content of a document, for ETags and for the hashes in OpenAPI addresses. Not cryptographic: it
 * tells versions of our own documents apart (FNV-1a, 64 bits, over UTF-16 units).
 */
const OFFSET = 0xcbf29ce484222325n
const PRIME = 0x100000001b3n

export function contentHash(...texts: readonly string[]): string {
  // Two halves of 32 bits in plain numbers would not multiply exactly; blocks keep the bigint work small.
  let hash = OFFSET
  for (const text of texts) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(blockHash(text))) * PRIME)
    hash = BigInt.asUintN(64, (hash ^ BigInt(text.length)) * PRIME)
    hash = BigInt.asUintN(64, (hash ^ BigInt(blockHash(text, 0x9747b28c))) * PRIME)
  }
  return hash.toString(16).toUpperCase().padStart(16, '0')
}

/** FNV-1a of 32 bits, in number arithmetic. */
function blockHash(text: string, seed = 0x811c9dc5): number {
  let hash = seed
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return hash >>> 0
}
