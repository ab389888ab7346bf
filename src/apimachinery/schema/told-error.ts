/**
 * Which of several mistakes upstream tells of: its JSON decoder goes on after a value of a wrong type, and tells of the
 * first one, unless it comes to a value that a type reads itself and refuses, which ends it (sigs.k8s.io/json
 * decode.go, savedError). In the order of the document. Runs only where decoding has failed.
 */
import { isJsonObject } from '../patch/json-value.ts'
import { DecodeError, mismatch } from './decode-error.ts'
import type { ScalarNode, SchemaNode, StructNode } from './schema.ts'

/** One walk over what cannot be decoded. `decodeScalar` throws for a scalar of a wrong type. */
export class ToldError {
  readonly #decodeScalar: (node: ScalarNode, value: unknown) => unknown
  /** Where the walk is: structs and the fields of theirs, the innermost one last. */
  readonly #way: (readonly [goName: string, goPath: string])[] = []
  #first: DecodeError | undefined

  constructor(decodeScalar: (node: ScalarNode, value: unknown) => unknown) {
    this.#decodeScalar = decodeScalar
  }

  of(struct: StructNode, value: unknown): DecodeError | undefined {
    try {
      this.#node(struct, value)
    } catch (error) {
      if (error instanceof DecodeError) return error
      throw error
    }
    return this.#first
  }

  #node(node: SchemaNode, value: unknown): void {
    if (value === null || value === undefined) return
    switch (node.kind) {
      case 'scalar':
        return this.#scalar(node, value)
      case 'list':
        if (!Array.isArray(value)) return this.#note(mismatch(value, node.goType, 'slice'))
        return value.forEach((item) => { this.#node(node.item, item) })
      case 'map':
        if (!isJsonObject(value)) return this.#note(mismatch(value, node.goType, 'map'))
        return Object.values(value).forEach((entry) => { this.#node(node.value, entry) })
      case 'struct':
        if (!isJsonObject(value)) return this.#note(mismatch(value, node.goType, 'struct'))
        return this.#fields(node, value)
    }
  }

  #fields({ goName, fields }: StructNode, value: Readonly<Record<string, unknown>>): void {
    for (const key of Object.keys(value)) {
      const field = fields.get(key)
      if (field === undefined) continue
      this.#way.push([goName, field.goPath])
      this.#node(field.node, value[key])
      this.#way.pop()
    }
  }

  #scalar(node: ScalarNode, value: unknown): void {
    try {
      this.#decodeScalar(node, value)
    } catch (error) {
      if (!(error instanceof DecodeError)) throw error
      this.#note(error)
    }
  }

  #note(error: DecodeError): void {
    if (this.#first !== undefined && !error.ends) return
    for (const [goName, goPath] of this.#way.toReversed()) error.within(goName, goPath)
    if (error.ends) throw error
    this.#first = error
  }
}
