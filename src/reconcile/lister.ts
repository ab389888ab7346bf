/**
 * Reads of the object's own store for controllers: what a shared informer is upstream (one reader for all controllers,
 * not authorized per controller), except that it is never stale. A text is parsed once per revision.
 *
 * Invariant: what is returned is shared: whoever changes an object clones it first. It has no managed fields, which no
 * controller looks at; an update without them leaves them as they are.
 */
import { parseJson } from '../lib/exact-json.ts'
import type { KindRef } from '../apis/define-kind.ts'
import { storeResource } from '../apis/define-kind.ts'
import type { KubeObject } from '../apimachinery/meta.ts'
import { RecentlyUsed } from '../lib/recently-used.ts'
import { withoutManagedFields } from '../registry/object-text.ts'
import type { Selectable, StoredObject, StoreReader } from '../store/object-store.ts'

type Matches = (selectable: Selectable, name: string) => boolean

export interface Lister {
  get<T extends KubeObject>(kind: KindRef<T>, name: string): T | undefined
  /** In order of names; `matches` is asked before anything is parsed. */
  list<T extends KubeObject>(kind: KindRef<T>, matches?: Matches): T[]
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
  return new StoreLister(reader)
}

class StoreLister implements Lister {
  readonly #reader: StoreReader
  readonly #listed = new Map<string, Listed>()
  readonly #cache = new RecentlyUsed<Cached>(MAX_CACHED_CHARACTERS, ({ size }) => size)

  constructor(reader: StoreReader) {
    this.#reader = reader
  }

  get<T extends KubeObject>(kind: KindRef<T>, name: string): T | undefined {
    const stored = this.#reader.get({ resource: storeResource(kind), name })
    return stored === undefined ? undefined : this.#parse<T>(stored)
  }

  list<T extends KubeObject>(kind: KindRef<T>, matches?: Matches): T[] {
    const resource = storeResource(kind)
    if (matches !== undefined) return this.#listMatching(resource, matches)
    const known = this.#listed.get(resource)
    // What is listed under a resource has its kind's type.
    if (known?.asOf === this.#now()) return [...known.objects] as T[]
    const found = this.#listAll<T>(resource)
    if (found.length <= MAX_LISTED) this.#listed.set(resource, { asOf: this.#now(), objects: [...found] })
    else this.#listed.delete(resource)
    return found
  }

  /** A wiped store keeps its revision; that it was wiped shows as compaction. */
  #now(): string {
    return `${String(this.#reader.revision)} ${String(this.#reader.compactedRevision)}`
  }

  #listAll<T extends KubeObject>(resource: string): T[] {
    const found: T[] = []
    for (let after: string | undefined, hasMore = true; hasMore;) {
      const page = this.#reader.list({ resource, limit: PAGE, ...(after === undefined ? {} : { after }) })
      for (const stored of page.objects) found.push(this.#parse<T>(stored))
      after = page.objects.at(-1)?.name
      hasMore = page.hasMore && after !== undefined
    }
    return found
  }

  /** Only texts that are not parsed yet are read. */
  #listMatching<T extends KubeObject>(resource: string, matches: Matches): T[] {
    const found: (T | undefined)[] = []
    const { objects } = this.#reader.list({
      resource,
      limit: Number.MAX_SAFE_INTEGER,
      matches: (selectable, name, revision) => {
        if (!matches(selectable, name)) return false
        const known = this.#cache.get(`${resource}/${name}`)
        const isParsed = known?.revision === revision
        found.push(isParsed ? (known.object as T) : undefined)
        return !isParsed
      },
    })
    let next = 0
    return found.map((object) => {
      const stored = object === undefined ? objects[next++] : undefined
      if (stored !== undefined) return this.#parse<T>(stored)
      if (object === undefined) throw new Error('a list has fewer objects than were selected')
      return object
    })
  }

  #parse<T extends KubeObject>(stored: StoredObject): T {
    const id = `${stored.resource}/${stored.name}`
    const known = this.#cache.get(id)
    // The cache is keyed by what was stored under this resource, which is what the kind's type says.
    if (known?.revision === stored.revision) return known.object as T
    const text = withoutManagedFields(stored.text)
    const object = parseJson(text) as T
    this.#cache.keep(id, { revision: stored.revision, object, size: text.length })
    return object
  }
}
