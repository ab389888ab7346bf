/**
 * Parsed definitions, shared by all objects of an isolate and bounded by what they weigh: many namespaces use the
 * same few. Keyed by cluster, uid and revision, so that nothing of one cluster is ever seen in another, and one that
 * changed is a new entry. Who uses one holds it; the cache only spares parsing and compiling it again.
 */
import type { CustomDefinition } from '../apis/custom/custom-definition.ts'

/** Characters of definitions' texts together: a hundred of the largest there are in the field. */
const MAX_CHARACTERS = 16 * 1024 * 1024

export interface DefinitionCache {
  /** The definition of this text, which is one of the cache's cluster. */
  definition(stored: StoredDefinition): CustomDefinition
}

interface StoredDefinition {
  readonly uid: string
  readonly revision: number
  readonly text: string
}

export class SharedDefinitions {
  readonly #parse: (text: string) => CustomDefinition
  readonly #maxCharacters: number
  readonly #byKey = new Map<string, CustomDefinition>()
  #characters = 0

  constructor(parse: (text: string) => CustomDefinition, maxCharacters = MAX_CHARACTERS) {
    this.#parse = parse
    this.#maxCharacters = maxCharacters
  }

  /** How much is kept. */
  get characters(): number {
    return this.#characters
  }

  of(cluster: string): DefinitionCache {
    return { definition: (stored) => this.#definition(cluster, stored) }
  }

  #definition(cluster: string, { uid, revision, text }: StoredDefinition): CustomDefinition {
    const key = `${cluster}/${uid}/${String(revision)}`
    const known = this.#byKey.get(key)
    this.#byKey.delete(key)
    const definition = known ?? this.#parse(text)
    this.#byKey.set(key, definition)
    if (known === undefined) this.#characters += definition.size
    for (const [oldest, { size }] of this.#byKey) {
      if (this.#characters <= this.#maxCharacters || oldest === key) break
      this.#byKey.delete(oldest)
      this.#characters -= size
    }
    return definition
  }
}
