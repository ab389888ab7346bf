/**
 * Whether a signature is of a key on NIST's curve P-224, which Web Crypto has not: ECDSA as FIPS 186 has it, on BigInt.
 * Only public things are computed with, so nothing needs to take the same time always.
 */

type Point = readonly [bigint, bigint] | undefined

const P = 2n ** 224n - 2n ** 96n + 1n
const B = 0xb4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4n
const N = 0xffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3dn
const G: Point = [
  0xb70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21n,
  0xbd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34n,
]
const BITS = 224
const BYTES = BITS / 8
const UNCOMPRESSED = 4

function modulo(value: bigint, modulus: bigint): bigint {
  const rest = value % modulus
  return rest < 0n ? rest + modulus : rest
}

/** By Euclid; `value` is not 0. */
function inverse(value: bigint, modulus: bigint): bigint {
  let [rest, next] = [modulus, modulo(value, modulus)]
  let [factor, nextFactor] = [0n, 1n]
  while (next !== 0n) {
    const times = rest / next
    ;[rest, next] = [next, rest - times * next]
    ;[factor, nextFactor] = [nextFactor, factor - times * nextFactor]
  }
  return modulo(factor, modulus)
}

/** Undefined is the point at infinity. The curve's a is -3. */
function add(one: Point, other: Point): Point {
  if (one === undefined) return other
  if (other === undefined) return one
  const [[x1, y1], [x2, y2]] = [one, other]
  if (x1 === x2 && modulo(y1 + y2, P) === 0n) return undefined
  const slope = x1 === x2
    ? (3n * x1 * x1 - 3n) * inverse(2n * y1, P)
    : (y2 - y1) * inverse(x2 - x1, P)
  const x = modulo(slope * slope - x1 - x2, P)
  return [x, modulo(slope * (x1 - x) - y1, P)]
}

function multiply(point: Point, times: bigint): Point {
  let [sum, doubled] = [undefined as Point, point]
  for (let rest = times; rest > 0n; rest >>= 1n) {
    if ((rest & 1n) === 1n) sum = add(sum, doubled)
    doubled = add(doubled, doubled)
  }
  return sum
}

function numberOf(bytes: Uint8Array): bigint {
  return bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n)
}

/** A public key as X.509 has it, not compressed; undefined: it is no point of the curve. */
function pointOf(bytes: Uint8Array): Point {
  if (bytes.length !== 1 + 2 * BYTES || bytes[0] !== UNCOMPRESSED) return undefined
  const [x, y] = [numberOf(bytes.subarray(1, 1 + BYTES)), numberOf(bytes.subarray(1 + BYTES))]
  const isOnCurve = x < P && y < P && modulo(y * y - (x * x * x - 3n * x + B), P) === 0n
  return isOnCurve ? [x, y] : undefined
}

/** `plain`: both numbers of the signature, one after the other, each as long as a coordinate. */
export function isSignedOnP224(key: Uint8Array, digest: Uint8Array, plain: Uint8Array): boolean {
  const point = pointOf(key)
  const [r, s] = [numberOf(plain.subarray(0, BYTES)), numberOf(plain.subarray(BYTES))]
  if (point === undefined || r === 0n || s === 0n || r >= N || s >= N) return false
  const hash = numberOf(digest.subarray(0, BYTES))
  const unit = inverse(s, N)
  const found = add(multiply(G, modulo(hash * unit, N)), multiply(point, modulo(r * unit, N)))
  return found !== undefined && modulo(found[0], N) === r
}
