/** Rows of an index of due work in a Durable Object's key-value storage, apart from others by their prefix. */
import type { DueRows } from './due-index.ts'

export function dueRows(kv: SyncKvStorage, prefix: string): DueRows {
  return {
    load: () => [...kv.list<number>({ prefix })].map(([key, dueMs]) => [key.slice(prefix.length), dueMs] as const),
    put: (key, dueMs) => kv.put(prefix + key, dueMs),
    remove: (key) => void kv.delete(prefix + key),
  }
}
