/**
 * Shuffle sharding: each flow is dealt a hand of queues, so that a busy flow fills some of them and others, dealt
 * otherwise, still find one (k8s.io/apiserver pkg/util/shufflesharding). Pure.
 */

/** Indexes of different queues below `queues`; equal flows get equal hands. */
export function dealHand(flow: string, queues: number, handSize: number): number[] {
  let entropy = hash64(flow)
  const remainders = Array.from({ length: handSize }, (_, index) => {
    const deck = BigInt(queues - index)
    const remainder = Number(entropy % deck)
    entropy /= deck
    return remainder
  })
  return remainders.map((remainder, index) => {
    // A card counts among those that are left: pass over each one dealt before it.
    let card = remainder
    for (let before = index; before > 0; before--) if (card >= (remainders[before - 1] ?? 0)) card++
    return card
  })
}

/** FNV-1a of 64 bits, and a last stir (MurmurHash3's), as the upper bits of short texts differ little. */
function hash64(text: string): bigint {
  let hash = 0xcbf29ce484222325n
  for (const byte of new TextEncoder().encode(text)) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n)
  }
  for (const factor of [0xff51afd7ed558ccdn, 0xc4ceb9fe1a85ec53n]) {
    hash = BigInt.asUintN(64, (hash ^ (hash >> 33n)) * factor)
  }
  return hash ^ (hash >> 33n)
}
