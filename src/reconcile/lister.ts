/**
 * Reads of the object's own store for controllers: what a shared informer is upstream (one reader for all controllers,
 * not authorized per controller), except that it is never stale. A text is parsed once per revision.
 *
 * Invariant: what is returned is shared: whoever changes an object clones it first.
 */
import type { KindRef } from '../apis/define-kind.ts'
import { storeResource } from '../apis/define-kind.ts'
import type { KubeObject } from '../apimachinery/meta.ts'
import type { Selectable, StoredObject, StoreReader } from '../store/object-store.ts'

export interface Lister {
  get<T extends KubeObject>(kind: KindRef<T>, name: string): T | undefined
  /** In order of names; `matches` is asked before anything is parsed. */
  list<T extends KubeObject>(kind: KindRef<T>, matches?: (selectable: Selectable, name: string) => boolean): T[]
}

/** Texts of this many characters together stay parsed: some 2,000 pods, about 30 MB of objects. */
const MAX_CACHED_CHARACTERS = 6_000_000

const PAGE = 500

/**
 * A whole resource of at most this many objects stays listed until the store changes: each of a burst of changes asks
 * which Services or sets select it.
 */
const MAX_LISTED = 500

interface Cached {
  readonly revision: number
  readonly object: KubeObject
  readonly size: number
}

interface Listed {
  readonly asOf: string
  readonly objects: readonly KubeObject[]
}

export function createLister(reader: StoreReader): Lister {
  const listed = new Map<string, Listed>()
  // A wiped store keeps its revision; that it was wiped shows as compaction.
  const now = (): string => `${String(reader.revision)} ${String(reader.compactedRevision)}`
  const cache = new Map<string, Cached>()
  let characters = 0
  const parse = <T extends KubeObject>(stored: StoredObject): T => {
    const id = `${stored.resource}/${stored.name}`
    const known = cache.get(id)
    // The cache is keyed by what was stored under this resource, which is what the kind's type says.
    if (known?.revision === stored.revision) return known.object as T
    if (known !== undefined) characters -= known.size
    const object = JSON.parse(stored.text) as T
    cache.delete(id)
    cache.set(id, { revision: stored.revision, object, size: stored.text.length })
    characters += stored.text.length
    for (const [oldest, { size }] of cache) {
      if (characters <= MAX_CACHED_CHARACTERS) break
      cache.delete(oldest)
      characters -= size
    }
    return object
  }
  return {
    get<T extends KubeObject>(kind: KindRef<T>, name: string): T | undefined {
      const stored = reader.get({ resource: storeResource(kind), name })
      return stored === undefined ? undefined : parse<T>(stored)
    },
    list<T extends KubeObject>(kind: KindRef<T>, matches?: (selectable: Selectable, name: string) => boolean): T[] {
      const resource = storeResource(kind)
      const known = matches === undefined ? listed.get(resource) : undefined
      // What is listed under a resource has its kind's type.
      if (known?.asOf === now()) return [...known.objects] as T[]
      const found: T[] = []
      for (let after: string | undefined, hasMore = true; hasMore;) {
        const page = reader.list({
          resource,
          limit: PAGE,
          ...(after === undefined ? {} : { after }),
          ...(matches === undefined ? {} : { matches }),
        })
        for (const stored of page.objects) found.push(parse<T>(stored))
        after = page.objects.at(-1)?.name
        hasMore = page.hasMore && after !== undefined
      }
      if (matches === undefined && found.length <= MAX_LISTED) listed.set(resource, { asOf: now(), objects: found })
      else if (matches === undefined) listed.delete(resource)
      return found
    },
  }
}
