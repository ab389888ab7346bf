/**
 * Parameters that many operations of a version 2 document have, written once and referred to. Their names end in a hash
 * of their text, which is upstream's as long as the text is (k8s.io/kube-openapi pkg/builder/parameters.go).
 */
import { byKey } from '../../lib/order.ts'
import type { ParameterV2 } from './version2.ts'

/** Told where they are: names say whose, and kubectl before 1.27 looks for the others in each operation. */
const OWN_NAMES = ['name', 'fieldValidation', 'dryRun']

const FNV_OFFSET = 0xcbf29ce484222325n
const FNV_PRIME = 0x100000001b3n
const ESCAPES: Readonly<Record<string, string>> = { '<': '\\u003c', '>': '\\u003e', '&': '\\u0026' }

export class SharedParameters {
  readonly #byText = new Map<string, { name: string; parameter: ParameterV2 }>()

  static isOwn(name: string): boolean {
    return OWN_NAMES.includes(name)
  }

  refer(parameter: ParameterV2): { $ref: string } {
    const text = JSON.stringify(parameter)
    const known = this.#byText.get(text) ?? { name: `${parameter.name}-${hashOf(text)}`, parameter }
    this.#byText.set(text, known)
    return { $ref: `#/parameters/${known.name}` }
  }

  all(): Record<string, ParameterV2> {
    const named = [...this.#byText.values()].map(({ name, parameter }): [string, ParameterV2] => [name, parameter])
    return Object.fromEntries(named.toSorted(byKey))
  }
}

/** FNV-1 of Go's JSON, six bytes of it in base 64. */
function hashOf(text: string): string {
  let hash = FNV_OFFSET
  for (const byte of new TextEncoder().encode(text.replaceAll(/[<>&]/g, (character) => ESCAPES[character] ?? ''))) {
    hash = BigInt.asUintN(64, hash * FNV_PRIME) ^ BigInt(byte)
  }
  const bytes = Array.from({ length: 6 }, (_, index) => Number((hash >> BigInt(56 - 8 * index)) & 0xffn))
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_')
}
