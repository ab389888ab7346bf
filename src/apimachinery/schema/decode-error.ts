/**
 * The error of a value of the wrong JSON type, worded as Go's encoding/json words it, because the API's answer
 * quotes it: `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`. The
 * path is gathered while the error travels up, so that decoding what is right pays nothing for it. Indices and map
 * keys are not in it.
 */
import { WrittenNumber, isNumeric, type Int64 } from '../../lib/exact-json.ts'

/** What takes the value: a struct, map or list of Go's, or a type that reads JSON itself. Of all else there is no need. */
export type Taker = 'struct' | 'map' | 'slice' | 'own parser'

/** How the converter sees what a decoder refuses. */
interface Met {
  /** What it was; of numbers it tells two kinds apart. */
  readonly as: string
  readonly by?: Taker | undefined
}

export class DecodeError extends Error {
  readonly #said: string
  readonly #goType: string
  readonly #met: Met
  #struct = ''
  readonly #fields: string[] = []

  constructor(said: string, goType: string, met: Met) {
    super(goType === '' ? said : `json: cannot unmarshal ${said} into Go value of type ${goType}`)
    this.name = 'DecodeError'
    this.#said = said
    this.#goType = goType
    this.#met = met
  }

  /** Of a type that reads JSON itself: upstream's decoder reads no further; of all others it goes on. */
  get ends(): boolean {
    return this.#met.by === 'own parser'
  }

  /** Called by each struct on the way up; the innermost one gives its name. */
  within(struct: string, field: string): void {
    if (this.#fields.length === 0) this.#struct = struct
    this.#fields.unshift(field)
    this.message = this.#text()
  }

  /**
   * The same in the words of Go's converter from maps, which strategic patches go through (k8s.io/apimachinery
   * pkg/runtime/converter.go): it says only what met what, never where.
   */
  inConversion(): string {
    if (this.#goType === '') {
      return this.#said.startsWith('illegal base64') ? `error decoding from json: ${this.#said}` : this.message
    }
    const said = this.#met.as
    const { by } = this.#met
    if (by === 'own parser') return `json: cannot unmarshal ${this.#said} into Go value of type ${this.#goType}`
    if (by === 'struct') return `cannot restore struct from: ${said}`
    if (by !== undefined) return `cannot restore ${by} from ${said}`
    // What has a name of its own is a string below it.
    const kind = this.#goType.includes('.') ? 'string' : this.#goType
    const isConvertible = said.endsWith('64') && kind !== 'bool' && !(said === 'float64' && kind === 'string')
    return isConvertible ? `cannot convert ${said} to ${this.#goType}` : `unrecognized type: ${kind}`
  }

  #text(): string {
    if (this.#goType === '') return this.#said
    const field = `${this.#struct}.${this.#fields.join('.')}`
    return `json: cannot unmarshal ${this.#said} into Go struct field ${field} of type ${this.#goType}`
  }
}

/** An object that was read, and is nothing in the form that all its versions share. */
export class UnconvertibleError extends DecodeError {
  constructor(why: string) {
    super(why, '', { as: '', by: 'own parser' })
    this.name = 'UnconvertibleError'
  }
}

/** JSON types as the converter names them. */
const CONVERTED: Readonly<Record<string, string>> = {
  array: 'slice', bool: 'bool', object: 'map', string: 'string',
}

function metAs(value: unknown): string {
  if (value instanceof WrittenNumber) return 'float64'
  if (isNumeric(value)) return typeof value === 'bigint' || Number.isInteger(value) ? 'int64' : 'float64'
  return CONVERTED[jsonTypeOf(value)] ?? ''
}

/** `value` is not of the JSON type that a Go variable of `goType` takes. */
export function mismatch(value: unknown, goType: string, by?: Taker): DecodeError {
  return new DecodeError(jsonTypeOf(value), goType, { as: metAs(value), by })
}

/** A number that a Go variable of `goType` cannot hold: the message quotes it. */
export function numberMismatch(value: Int64 | WrittenNumber, goType: string, by?: Taker): DecodeError {
  const text = value instanceof WrittenNumber ? value.text : String(value)
  return new DecodeError(`number ${text}`, goType, { as: metAs(value), by })
}

/** A text that its type's own parser refuses, if it has one; the message stays as it is. */
export function refusal(message: string, by: Taker = 'own parser'): DecodeError {
  return new DecodeError(message, '', { as: '', by })
}

function jsonTypeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array'
  return typeof value === 'boolean' ? 'bool' : isNumeric(value) || value instanceof WrittenNumber ? 'number' : typeof value
}
