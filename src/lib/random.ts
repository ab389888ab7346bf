/**
 * Randomness as a parameter: real in production, seeded in tests and simulations, so that a failing history can be
 * replayed from its printed seed.
 */
export interface Random {
  /** A number in [0, 1). */
  next(): number
  /** A version 4 UUID, as metadata.uid wants. */
  uuid(): string
}

/** Unpredictable randomness of the platform. */
export const systemRandom: Random = {
  next: () => Math.random(),
  uuid: () => crypto.randomUUID(),
}

/** Repeatable randomness (mulberry32): the same seed gives the same sequence on every platform. */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  const hex = (digits: number): string =>
    Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join('')
  const variant = (): string => '89ab'.charAt(Math.floor(next() * 4))
  return { next, uuid: () => `${hex(8)}-${hex(4)}-4${hex(3)}-${variant()}${hex(3)}-${hex(12)}` }
}

/** Letters and digits of generated names: no vowels and no look-alikes, as upstream's util/rand picks them. */
const NAME_ALPHABET = 'bcdfghjklmnpqrstvwxz2456789'

/** A suffix for generated names: `length` characters that can neither form words nor be misread. */
export function nameSuffix(random: Random, length = 5): string {
  return Array.from({ length }, () => NAME_ALPHABET.charAt(Math.floor(random.next() * NAME_ALPHABET.length))).join('')
}
