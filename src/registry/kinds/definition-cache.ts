/**
 * Parsed definitions, shared by all objects of an isolate and bounded by what they weigh: many namespaces use the
 * same few. Keyed by cluster, uid and revision, so that nothing of one cluster is ever seen in another, and one that
 * changed is a new entry. Who uses one holds it; the cache only spares parsing and compiling it again.
 */
import { RecentlyUsed } from '../../lib/recently-used.ts'
import type { CustomDefinition } from '../../apis/custom/custom-definition.ts'

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
  readonly #kept: RecentlyUsed<CustomDefinition>

  constructor(parse: (text: string) => CustomDefinition, maxCharacters = MAX_CHARACTERS) {
    this.#parse = parse
    this.#kept = new RecentlyUsed(maxCharacters, ({ size }) => size)
  }

  /** How much is kept. */
  get characters(): number {
    return this.#kept.size
  }

  of(cluster: string): DefinitionCache {
    return { definition: (stored) => this.#definition(cluster, stored) }
  }

  #definition(cluster: string, { uid, revision, text }: StoredDefinition): CustomDefinition {
    const key = `${cluster}/${uid}/${String(revision)}`
    const known = this.#kept.get(key)
    if (known !== undefined) return known
    const definition = this.#parse(text)
    this.#kept.keep(key, definition)
    return definition
  }
}
