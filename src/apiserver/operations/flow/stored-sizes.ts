/**
 * How much there is of each kind, for estimates: counted once a minute where a list asks, from the index and a few of
 * the objects, never from all. Where no store is at hand (over all namespaces) the last whole list says it.
 */
import type { StoreReader } from '../../../store/object-store.ts'
import type { Stored } from './request-width.ts'

/** Upstream counts as often. */
const MAX_AGE_MS = 60_000

/** Objects whose texts stand for all of their kind, and how much of them is read at most. */
const SAMPLE = { limit: 10, maxCharacters: 1024 * 1024 } as const

/** Kinds are named by clients, too, who may name what there is not. */
const MAX_KINDS = 1_000

export class StoredSizes {
  readonly #known = new Map<string, Stored & { readonly atMs: number }>()

  of(resource: string, nowMs: number, reader: Pick<StoreReader, 'list'> | undefined): Stored | undefined {
    const known = this.#known.get(resource)
    if (reader === undefined || (known !== undefined && nowMs - known.atMs < MAX_AGE_MS)) return known
    const { objects, remaining = 0 } = reader.list({ resource, ...SAMPLE })
    const stored = storedOf(objects.length, objects.reduce((sum, { text }) => sum + text.length, 0))
    return this.learn(resource, { ...stored, count: objects.length + remaining }, nowMs)
  }

  learn(resource: string, stored: Stored, nowMs: number): Stored {
    if (this.#known.size >= MAX_KINDS) this.#known.clear()
    this.#known.set(resource, { ...stored, atMs: nowMs })
    return stored
  }
}

/** Of so many objects that are so long together. */
export function storedOf(count: number, size: number): Stored {
  return { count, averageSize: count === 0 ? 0 : Math.ceil(size / count) }
}
