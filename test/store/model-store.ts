/**
 * The store's contract (src/store/object-store.ts) as a model: every change is kept, and every read folds them anew.
 * It is slow and obvious, and shares no code with the store, so that the two agree only when both are right.
 */
import type { ManualClock } from '../../src/lib/clock.ts'
import type {
  Author,
  Change,
  Draft,
  ListPage,
  ListQuery,
  ObjectKey,
  Selectable,
  StoredObject,
} from '../../src/store/object-store.ts'
import type { RevisionRange, StoreWriter } from '../../src/store/object-store.ts'
import { StoreError } from '../../src/store/store-error.ts'
import type { StoreUnderTest } from './store-suite.ts'

const WINDOW_MS = 300_000
const MAX_BYTES = 1_572_864

export class ModelStore implements StoreUnderTest {
  readonly clock: ManualClock
  /** Everything that was ever committed, and who did it. */
  log: readonly (Change & { readonly author: Author })[] = []
  compactedRevision = 0
  #range: RevisionRange | undefined

  constructor(clock: ManualClock) {
    this.clock = clock
  }

  get revision(): number {
    return this.log.at(-1)?.revision ?? 0
  }

  get(key: ObjectKey): StoredObject | undefined {
    return this.#stateAt(this.revision).find(({ resource, name }) => resource === key.resource && name === key.name)
  }

  getAsOf(key: ObjectKey, revision: number): StoredObject | undefined {
    this.#check(revision, true)
    return this.#stateAt(revision).find(({ resource, name }) => resource === key.resource && name === key.name)
  }

  list(query: ListQuery): ListPage {
    const { resource, after, limit, asOf, matches, maxCharacters = Infinity, counts = true } = query
    if (asOf !== undefined) this.#check(asOf, true)
    const behind = this.#stateAt(asOf ?? this.revision).filter(
      (object) => object.resource === resource && (after === undefined || compareBytes(object.name, after) > 0),
    )
    const isWhole = matches === undefined
    const wanted = behind.filter(
      ({ selectable, name, revision }) =>
        matches === undefined || matches(selectable, name, revision),
    )
    const lengthUpTo = (count: number): number =>
      wanted.slice(0, count).reduce((sum, { text }) => sum + text.length, 0)
    let size = Math.min(limit, wanted.length)
    while (size > 1 && lengthUpTo(size) > maxCharacters) size -= 1
    const remaining = isWhole && counts ? wanted.length - size : undefined
    const objects = wanted.slice(0, size)
    // Behind a full page it is not looked at what matches.
    const hasMore = size === limit ? behind.at(-1) !== objects.at(-1) : wanted.length > size
    return { objects, hasMore, remaining }
  }

  hasAny(resource: string): boolean {
    return this.count(resource) > 0
  }

  count(resource: string): number {
    return this.#stateAt(this.revision).filter((object) => object.resource === resource).length
  }

  dependents(uids: readonly string[]): readonly ObjectKey[] {
    const owned = this.#stateAt(this.revision).filter(({ selectable }) =>
      (selectable.fields['metadata.ownerUids'] ?? '').split(',').some((uid) => uids.includes(uid)),
    )
    return owned
      .map(({ resource, name }) => ({ resource, name }))
      .sort((one, other) => compareBytes(one.resource, other.resource) || compareBytes(one.name, other.name))
  }

  resources(): readonly string[] {
    return [...new Set(this.#stateAt(this.revision).map(({ resource }) => resource))].sort(compareBytes)
  }

  changes({
    after,
    limit,
    resources,
  }: {
    after: number
    limit: number
    resources?: readonly string[]
  }): readonly Change[] {
    this.#check(after, false)
    return this.log
      .filter(({ revision, resource }) => revision > after && (resources === undefined || resources.includes(resource)))
      .slice(0, limit)
  }

  commit<R>(range: RevisionRange, work: (writer: StoreWriter) => R) {
    if (range.from <= range.to && range.from <= this.revision) throw new Error('the range is not new')
    const before = this.log
    this.#range = range
    try {
      const result = work(this.#writer())
      const changes = this.log.slice(before.length)
      return { result, used: changes.length, changes }
    } catch (error) {
      this.log = before
      throw error
    } finally {
      this.#range = undefined
    }
  }

  compact(): void {
    for (const { revision, timeMs } of this.log) {
      if (timeMs > this.clock.now() - WINDOW_MS) return
      this.compactedRevision = Math.max(this.compactedRevision, revision)
    }
  }

  reopen(): StoreUnderTest {
    return this
  }

  #writer(): StoreWriter {
    const expect = (key: ObjectKey, expected: number): StoredObject => {
      const now = this.get(key)
      if (now === undefined) throw new StoreError('notFound', 'model', { key })
      if (now.revision !== expected) throw new StoreError('conflict', 'model', { key, revision: now.revision })
      return now
    }
    return {
      create: (key, draft, author) => {
        const now = this.get(key)
        if (now !== undefined) throw new StoreError('exists', 'model', { key, revision: now.revision })
        return this.#write('ADDED', key, draft, undefined, author)
      },
      update: (key, draft, expected, author) =>
        this.#write('MODIFIED', key, draft, expect(key, expected).selectable, author),
      delete: (key, draft, expected, author) =>
        this.#write('DELETED', key, draft, expect(key, expected).selectable, author),
    }
  }

  #write(
    type: Change['type'],
    key: ObjectKey,
    draft: Draft,
    previousSelectable: Selectable | undefined,
    author: Author,
  ): number {
    const range = this.#range
    if (range === undefined) throw new Error('no commit')
    const used = this.log.filter(({ revision }) => revision >= range.from).length
    const revision = range.from + used
    if (revision > range.to) throw new StoreError('rangeExhausted', 'model')
    const text = draft.text(revision)
    if (bytesOf(text).length > MAX_BYTES) throw new StoreError('tooLarge', 'model', { key })
    const { resource, name } = key
    const { selectable } = draft
    const timeMs = this.clock.now()
    this.log = [...this.log, { resource, name, revision, text, selectable, type, timeMs, previousSelectable, author }]
    return revision
  }

  /** What is there after every change up to `revision`, in the order of lists. */
  #stateAt(revision: number): readonly StoredObject[] {
    const state = new Map<string, StoredObject>()
    for (const change of this.log) {
      if (change.revision > revision) break
      const { resource, name, text, selectable } = change
      const key = JSON.stringify([resource, name])
      if (change.type === 'DELETED') state.delete(key)
      else state.set(key, { resource, name, revision: change.revision, text, selectable })
    }
    return [...state.values()].sort((left, right) => compareBytes(left.name, right.name))
  }

  #check(revision: number, isRead: boolean): void {
    if (revision < this.compactedRevision)
      throw new StoreError('compacted', 'model', { revision: this.compactedRevision })
    if (isRead && revision > this.revision) throw new StoreError('future', 'model', { revision: this.revision })
  }
}

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

function compareBytes(left: string, right: string): number {
  const [leftBytes, rightBytes] = [bytesOf(left), bytesOf(right)]
  for (const [index, byte] of leftBytes.entries()) {
    const other = rightBytes[index]
    if (other === undefined) return 1
    if (byte !== other) return byte - other
  }
  return leftBytes.length - rightBytes.length
}
