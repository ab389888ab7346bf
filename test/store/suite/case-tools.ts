/** Words for the cases: drafts, writers that count revisions by themselves, and what a refused call said. */
import type { ManualClock } from '../../../src/lib/clock.ts'
import type { Author, Change, Draft, ObjectKey, StoreWriter, StoredObject } from '../../../src/store/object-store.ts'
import type { StoreErrorCode } from '../../../src/store/store-error.ts'
import type { StoreUnderTest } from '../store-suite.ts'

export const AUTHOR: Author = { user: 'ada', manager: 'kubectl', verb: 'patch' }

export const PODS = 'pods'

export const pod = (name: string): ObjectKey => ({ resource: PODS, name })

type Values = Readonly<Record<string, string>>

export function draft(content: string, labels: Values = {}, fields: Values = {}): Draft {
  return {
    selectable: { labels, fields: { 'metadata.name': content, ...fields } },
    text: (revision) => `{"metadata":{"resourceVersion":"${String(revision)}"},"data":${JSON.stringify(content)}}`,
  }
}

export const textOf = (content: string, revision: number): string => draft(content).text(revision)

/** Commits one turn on a range of ten above the newest revision. */
export function commit<R>(store: StoreUnderTest, work: (writer: StoreWriter) => R): R {
  const from = store.revision + 1
  return store.commit({ from, to: from + 9 }, work).result
}

export const create = (store: StoreUnderTest, key: ObjectKey, content = 'new', labels = {}, fields = {}): number =>
  commit(store, (writer) => writer.create(key, draft(content, labels, fields), AUTHOR))

export const update = (store: StoreUnderTest, key: ObjectKey, content: string, labels = {}, fields = {}): number =>
  commit(store, (writer) => writer.update(key, draft(content, labels, fields), revisionOf(store, key), AUTHOR))

export const remove = (store: StoreUnderTest, key: ObjectKey, content = 'last'): number =>
  commit(store, (writer) => writer.delete(key, draft(content), revisionOf(store, key), AUTHOR))

export function revisionOf(store: StoreUnderTest, key: ObjectKey): number {
  const object = store.get(key)
  if (object === undefined) throw new Error(`${key.name} is not there`)
  return object.revision
}

export interface Refusal {
  readonly code: StoreErrorCode | undefined
  readonly revision: number | undefined
}

/** By its fields and not by its class, since mutated copies of the sources bring their own. */
export function refusalOf(call: () => unknown): Refusal | undefined {
  try {
    call()
    return undefined
  } catch (error) {
    const { code, revision } = error as Partial<Refusal>
    if (code === undefined) throw error
    return { code, revision }
  }
}

/** Longer than the watch window. */
export const PAST_WINDOW_MS = 300_001

export const pass = (clock: ManualClock, durationMs = PAST_WINDOW_MS): void => clock.advance(durationMs)

/** A stored object or change without what it inherits or works out late, to compare. */
export function plain(object: StoredObject | Change | undefined): unknown {
  if (object === undefined) return undefined
  const { resource, name, revision, text } = object
  const base = {
    resource,
    name,
    revision,
    text,
    labels: { ...object.selectable.labels },
    fields: { ...object.selectable.fields },
  }
  if (!('type' in object)) return base
  const { type, timeMs, previousSelectable: previous } = object
  const was = previous === undefined ? undefined : { labels: { ...previous.labels }, fields: { ...previous.fields } }
  return { ...base, type, timeMs, was }
}
