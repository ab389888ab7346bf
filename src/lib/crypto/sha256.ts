/**
 * SHA-256 (FIPS 180-4) without waiting, for short texts that become part of a document: the platform's own answers with
 * a promise. Not for secrets: nothing here hides how long it takes.
 */
const FIRST_PRIMES = 64
const WORD = 2 ** 32

/** The first 32 bits of the fractional part of the nth root. */
function fraction(value: number, root: number): number {
  const part = value ** (1 / root)
  return Math.floor((part - Math.floor(part)) * WORD)
}

const PRIMES: readonly number[] = (() => {
  const primes: number[] = []
  for (let number = 2; primes.length < FIRST_PRIMES; number++) {
    if (primes.every((prime) => number % prime !== 0)) primes.push(number)
  }
  return primes
})()

const START: readonly number[] = PRIMES.slice(0, 8).map((prime) => fraction(prime, 2))
const ROUNDS: readonly number[] = PRIMES.map((prime) => fraction(prime, 3))

const rotate = (word: number, by: number): number => (word >>> by) | (word << (32 - by))

export function sha256(text: string): Uint8Array {
  const state = Int32Array.from(START)
  const message = padded(new TextEncoder().encode(text))
  for (let at = 0; at < message.byteLength; at += 64) compress(state, new DataView(message.buffer, at, 64))
  const digest = new DataView(new ArrayBuffer(32))
  for (const [index, word] of state.entries()) digest.setInt32(4 * index, word)
  return new Uint8Array(digest.buffer)
}

function padded(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const message = new Uint8Array(64 * Math.ceil((bytes.length + 9) / 64))
  message.set(bytes)
  message[bytes.length] = 0x80
  new DataView(message.buffer).setBigUint64(message.length - 8, BigInt(8 * bytes.length))
  return message
}

function compress(state: Int32Array, block: DataView): void {
  const words = new Int32Array(64)
  for (let index = 0; index < 64; index++) {
    if (index < 16) words[index] = block.getInt32(4 * index)
    else words[index] = mixed(words, index)
  }
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state
  for (let index = 0; index < 64; index++) {
    const big1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
    const choice = (e & f) ^ (~e & g)
    const one = (h + big1 + choice + (ROUNDS[index] ?? 0) + (words[index] ?? 0)) | 0
    const big0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
    const majority = (a & b) ^ (a & c) ^ (b & c)
    ;[h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + big0 + majority) | 0]
  }
  for (const [index, word] of [a, b, c, d, e, f, g, h].entries()) state[index] = ((state[index] ?? 0) + word) | 0
}

function mixed(words: Int32Array, index: number): number {
  const early = words[index - 15] ?? 0
  const late = words[index - 2] ?? 0
  const small0 = rotate(early, 7) ^ rotate(early, 18) ^ (early >>> 3)
  const small1 = rotate(late, 17) ^ rotate(late, 19) ^ (late >>> 10)
  return (words[index - 16] ?? 0) + small0 + (words[index - 7] ?? 0) + small1
}
