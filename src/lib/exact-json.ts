/**
 * JSON whose whole numbers keep all of their 64 bits, as Go's do. A number is a number while that is exact, and a bigint
 * beyond 2^53 when it was written as a whole number within 64 bits; so each value has one form, `===`, `<` and `>` hold
 * between all of them, and what is written with a fraction or an exponent stays the double that Go makes of it. Texts
 * without long digits, which are nearly all, cost one look; JSON.stringify prints what this module reads.
 */

/** An int64: a bigint where a number would not be exact. */
export type Int64 = number | bigint

declare global {
  interface BigInt {
    /** Makes JSON.stringify print a bigint as the number that it is, wherever it is asked to. */
    toJSON: (this: bigint) => unknown
  }
  interface JSON {
    rawJSON: (text: string) => unknown
    /** What a replacer is shown of a bigint. */
    isRawJSON: (value: unknown) => boolean
  }
}

// oxlint-disable-next-line no-extend-native -- JSON.stringify asks for it, and is called wherever objects are printed
BigInt.prototype.toJSON = function toJSON() {
  return JSON.rawJSON(this.toString())
}

export const MAX_INT64 = 2n ** 63n - 1n
export const MIN_INT64 = -(2n ** 63n)
export const MAX_UINT64 = 2n ** 64n - 1n

/**
 * As many digits in a row as a number has that may not be exact, be they in a number or not. Told one by one, V8 looks
 * at every sixteenth character only: half a µs in 5 KB, of the six that a repetition takes (2026-11).
 */
const MANY_DIGITS = new RegExp(String.raw`\d`.repeat(16))
/** A number of so many; whatever has fewer is exact. The same within a text only costs a second look. */
const LONG_NUMBER = /(?:^|[:,[])\s*-?\d{16}/
const WHOLE = /^-?\d+$/

export function isInt64(value: unknown): value is Int64 {
  return typeof value === 'bigint' || Number.isSafeInteger(value)
}

export function isNumeric(value: unknown): value is Int64 {
  return typeof value === 'number' || typeof value === 'bigint'
}

/**
 * An int64 to reckon with, as near as a number comes to it. Fields of API objects are declared as numbers, and are
 * bigints where a client says so much: whoever adds or multiplies asks for this first.
 */
export function near(value: Int64): number {
  return Number(value)
}

/** The next int64, exact; declared as the fields that count are. */
export function successor(value: Int64): number {
  return int64(BigInt(value) + 1n) as number
}

/** The one form of a whole number. */
export function int64(value: bigint): Int64 {
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : value
}

/** A whole number out of its decimal digits; undefined for what is none, or none within 64 bits. */
export function parseInt64(digits: string): Int64 | undefined {
  if (!WHOLE.test(digits)) return undefined
  const value = BigInt(digits)
  return value > MAX_INT64 || value < MIN_INT64 ? undefined : int64(value)
}

/** Revivers are told what a value was written as; the library's types do not know that yet. */
const parse = JSON.parse as (text: string, reviver: Reviver) => unknown
type Reviver = (key: string, value: unknown, context: Source) => unknown

/** What is kept as it was written: a leaf to all who walk JSON, and no object. */
export abstract class AsWritten {
  abstract toJSON(): unknown

  /** Whether the same was written. */
  abstract isSame(other: AsWritten): boolean
}

/**
 * A number of a body as it was written, where whoever decodes it has to know: with a fraction or an exponent, of which
 * Go makes no integer, or beyond 64 bits. Printed as it was written; it goes no further than decoding.
 */
export class WrittenNumber extends AsWritten {
  readonly #text: string

  constructor(text: string) {
    super()
    this.#text = text
  }

  get text(): string {
    return this.#text
  }

  toJSON(): unknown {
    return JSON.rawJSON(this.#text)
  }

  isSame(other: AsWritten): boolean {
    return other instanceof WrittenNumber && other.text === this.#text
  }
}

/** The end of a number with a fraction or an exponent. What is within a text mostly has another end. */
const MORE_THAN_DIGITS = /\d[.eE][-+\d]\d*\s*(?:[,\]}]|$)/
/** One of many digits, or with more than digits. Texts may look the same. */
const MAYBE_WRITTEN = /(?:^|[:,[])\s*-?\d(?:\d{15}|\d{0,14}[.eE][-+\deE]*\s*(?:[,\]}]|$))/

/** Whether JSON may have a number that is more than its digits. */
export function mayHoldWritten(text: string): boolean {
  return (MANY_DIGITS.test(text) || MORE_THAN_DIGITS.test(text)) && MAYBE_WRITTEN.test(text)
}

/**
 * `value`, which JSON.parse made of `text`, with every number that is more than its digits as it was written.
 * @throws what `refuse` does of a number that no double holds.
 */
export function writtenJson(text: string, value: unknown, refuse?: (source: string) => never): unknown {
  if (!mayHoldWritten(text)) return value
  let isWritten = false
  const read = parse(text, (_key, found, { source = '' }) => {
    if (found === Infinity || found === -Infinity) refuse?.(source)
    if (typeof found !== 'number' || (Number.isSafeInteger(found) && WHOLE.test(source))) return found
    const exact = writtenNumber(source)
    isWritten ||= exact instanceof WrittenNumber
    return exact
  })
  if (isWritten && typeof read === 'object' && read !== null) holdWritten.add(read)
  return read
}

/** A number of JSON out of its text: exact, or as it was written. */
export function writtenNumber(source: string): Int64 | WrittenNumber {
  return parseInt64(source) ?? new WrittenNumber(source)
}

const holdWritten = new WeakSet<object>()

/** Whether there are numbers as they were written in `value`, which `writtenJson` has made. */
export function holdsWritten(value: unknown): boolean {
  return typeof value === 'object' && value !== null && holdWritten.has(value)
}

/** @throws RangeError in Go's words */
function finite(text: string): number {
  const number = Number(text)
  if (Number.isFinite(number)) return number
  throw new RangeError(`json: cannot unmarshal number ${text} into Go value of type float64`)
}

/** `value` with its numbers as others know them: itself, if there is nothing to change. @throws RangeError */
export function plainNumbers(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof WrittenNumber) return finite(value.text)
  let changed: unknown
  for (const [key, inner] of Object.entries(value)) {
    const plain = plainNumbers(inner)
    if (plain === inner) continue
    changed ??= Array.isArray(value) ? [...value as unknown[]] : { ...value }
    const field = { value: plain, writable: true, enumerable: true, configurable: true }
    Reflect.defineProperty(changed as object, key, field)
  }
  return changed ?? value
}

/** JSON.parse, exact. @throws SyntaxError */
export function parseJson(text: string): unknown {
  return MANY_DIGITS.test(text) && LONG_NUMBER.test(text) ? parse(text, exactly) : JSON.parse(text)
}

/** Beyond those, an exponent of several digits: no double may hold it. */
const LARGE_EXPONENT = /\d[eE]\+?\d\d\d/
const LONG_OR_LARGE = /(?:^|[:,[])\s*-?(?:\d{16}|[\d.]+[eE]\+?\d{3})/

/**
 * `value`, which JSON.parse made of `text`, or what is exact; for texts of which is not known that all numbers are
 * finite. @throws what `refuse` does of a number that is not.
 */
export function exactJson(text: string, value: unknown, refuse: (source: string) => never): unknown {
  if (!(MANY_DIGITS.test(text) || LARGE_EXPONENT.test(text)) || !LONG_OR_LARGE.test(text)) return value
  return parse(text, (key, found, context) => {
    if (found === Infinity || found === -Infinity) refuse(context.source ?? '')
    return exactly(key, found, context)
  })
}

/** What a scalar was written as. */
interface Source {
  readonly source?: string
}

function exactly(_key: string, value: unknown, { source = '' }: Source): unknown {
  return typeof value === 'number' && !Number.isSafeInteger(value) ? (parseInt64(source) ?? value) : value
}
