/**
 * A store of one namespace in memory, with its whole log: the StoreReader contract for tests of what stands on it, made
 * as simply as it can be. It keeps everything, and so never answers `compacted` unless told to forget.
 */
import { StoreError } from '../../src/store/store-error.ts'
import type {
  Change,
  ChangeType,
  ListPage,
  ListQuery,
  ObjectKey,
  Selectable,
  StoredObject,
  StoreReader,
} from '../../src/store/object-store.ts'

export class MemoryStore implements StoreReader {
  readonly log: Change[] = []
  compactedRevision = 0
  readonly #current = new Map<string, Map<string, StoredObject>>()
  #names: Map<string, string[]> = new Map()

  get revision(): number {
    return this.log.at(-1)?.revision ?? 0
  }

  get({ resource, name }: ObjectKey): StoredObject | undefined {
    return this.#current.get(resource)?.get(name)
  }

  getAsOf(key: ObjectKey, revision: number): StoredObject | undefined {
    if (revision < this.compactedRevision) throw new StoreError('compacted', 'compacted', { key, revision })
    const last = this.log.findLast(
      (change) => change.resource === key.resource && change.name === key.name && change.revision <= revision,
    )
    return last?.type === 'DELETED' ? undefined : last
  }

  list({ resource, after, limit, matches }: ListQuery): ListPage {
    const rows = this.#current.get(resource)
    const names = this.#names.get(resource) ?? [...(rows?.keys() ?? [])].sort()
    this.#names.set(resource, names)
    const objects: StoredObject[] = []
    let hasMore = false
    for (const name of names) {
      const row = rows?.get(name)
      if (row === undefined || (after !== undefined && name <= after)) continue
      if (matches !== undefined && !matches(row.selectable, name)) continue
      if (objects.length === limit) {
        hasMore = true
        break
      }
      objects.push(row)
    }
    return { objects, hasMore, remaining: undefined }
  }

  hasAny(resource: string): boolean {
    return this.count(resource) > 0
  }

  count(resource: string): number {
    return this.#current.get(resource)?.size ?? 0
  }

  resources(): readonly string[] {
    return [...this.#current].filter(([, rows]) => rows.size > 0).map(([resource]) => resource)
  }

  changes({ after, limit, resources }: { after: number; limit: number; resources?: readonly string[] }): Change[] {
    if (after < this.compactedRevision) throw new StoreError('compacted', 'compacted', { revision: after })
    const found: Change[] = []
    for (const change of this.log.filter(({ revision }) => revision > after)) {
      if (found.length >= limit) break
      if (resources === undefined || resources.includes(change.resource)) found.push(change)
    }
    return found
  }

  /** Appends a change and makes it current. */
  append(
    type: ChangeType,
    key: ObjectKey,
    revision: number,
    text: string,
    selectable: Selectable,
    timeMs: number,
  ): void {
    const rows = this.#current.get(key.resource) ?? new Map<string, StoredObject>()
    this.#current.set(key.resource, rows)
    const previousSelectable = rows.get(key.name)?.selectable
    const change: Change = { ...key, revision, text, selectable, type, timeMs, previousSelectable }
    this.log.push(change)
    if (type !== 'MODIFIED') this.#names.delete(key.resource)
    if (type === 'DELETED') rows.delete(key.name)
    else rows.set(key.name, change)
  }
}
