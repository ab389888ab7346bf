/**
 * What the sequencer remembers beyond a restart: the namespaces with the resources they hold, who is set aside, and the
 * marks below which a watch or a list cannot be complete. Every change is also a write to be made durable.
 */
import type { Speaker } from './messages.ts'
import type { MarkRow, SequencerState, SequencerWrite } from './sequencer-state.ts'

interface Entry {
  incarnation: number
  asideAfter: number | undefined
  lastId: number
  readonly resources: Set<string>
}

export class Directory {
  readonly #entries = new Map<string, Entry>()
  readonly #aside = new Set<string>()
  readonly #marks = { gone: new Map<string, number>(), wiped: new Map<string, number>() }
  #writes: SequencerWrite[] = []

  constructor(state: SequencerState) {
    for (const { store, incarnation, asideAfter, lastId } of state.stores) {
      this.#entries.set(store, { incarnation, asideAfter, lastId, resources: new Set() })
      if (asideAfter !== undefined) this.#aside.add(store)
    }
    for (const { store, resource } of state.holdings) this.#entries.get(store)?.resources.add(resource)
    for (const { kind, resource, revision } of state.marks) this.#marks[kind].set(resource, revision)
  }

  takeWrites(): readonly SequencerWrite[] {
    const writes = this.#writes
    if (writes.length > 0) this.#writes = []
    return writes
  }

  get hasAside(): boolean {
    return this.#aside.size > 0
  }

  asideStores(): Iterable<string> {
    return this.#aside
  }

  asideAfter(store: string): number | undefined {
    return this.#aside.size === 0 ? undefined : this.#entries.get(store)?.asideAfter
  }

  /** What the store's requests had counted up to when it was last set aside. */
  lastId(store: string): number {
    return this.#entries.get(store)?.lastId ?? 0
  }

  incarnation(store: string): number {
    return this.#entries.get(store)?.incarnation ?? 0
  }

  /** Enters a store, or its new incarnation; true for the latter. */
  meet({ store, incarnation }: Speaker): boolean {
    const entry = this.#entries.get(store)
    if (entry === undefined) {
      this.#entries.set(store, { incarnation, asideAfter: undefined, lastId: 0, resources: new Set() })
    } else if (entry.incarnation < incarnation) entry.incarnation = incarnation
    else return false
    this.#keepStore(store)
    return entry !== undefined
  }

  hold(store: string, resources: readonly string[]): void {
    const held = this.#entries.get(store)?.resources
    if (held === undefined) return
    for (const resource of resources) {
      if (held.has(resource)) continue
      held.add(resource)
      this.#writes.push({ kind: 'holding', store, resource })
    }
  }

  holdings(store: string): readonly string[] {
    return [...(this.#entries.get(store)?.resources ?? [])]
  }

  stores(): readonly string[] {
    return [...this.#entries.keys()].sort()
  }

  /** In the order of keys that begin with them: `a-b/…` is before `a/…`. */
  holders(resource: string): readonly string[] {
    const prefixes: string[] = []
    for (const [store, { resources }] of this.#entries) if (resources.has(resource)) prefixes.push(`${store}/`)
    return prefixes.sort().map((prefix) => prefix.slice(0, -1))
  }

  /** Forgets the store; what its log held up to `lastRevision` cannot be read back. */
  leave(store: string, lastRevision: number): void {
    const entry = this.#entries.get(store)
    if (entry === undefined) return
    for (const resource of entry.resources) this.#raise({ kind: 'wiped', resource, revision: lastRevision })
    this.#entries.delete(store)
    this.#writes.push({ kind: 'left', store })
  }

  setAside(store: string, after: number, lastId: number): void {
    const entry = this.#entries.get(store)
    if (entry === undefined || entry.asideAfter !== undefined) return
    entry.asideAfter = after
    entry.lastId = lastId
    this.#aside.add(store)
    this.#keepStore(store)
  }

  back(store: string): void {
    const entry = this.#entries.get(store)
    if (entry === undefined) return
    entry.asideAfter = undefined
    this.#aside.delete(store)
    this.#keepStore(store)
  }

  /** -1 without a mark: revision 0 is where everything begins. */
  mark(kind: MarkRow['kind'], resource: string): number {
    return this.#marks[kind].get(resource) ?? -1
  }

  mark410(resources: readonly string[], revision: number): void {
    for (const resource of resources) this.#raise({ kind: 'gone', resource, revision })
  }

  keepHighWater(revision: number): void {
    this.#writes.push({ kind: 'highWater', revision })
  }

  #raise(mark: MarkRow): void {
    if (mark.revision <= this.mark(mark.kind, mark.resource)) return
    this.#marks[mark.kind].set(mark.resource, mark.revision)
    this.#writes.push({ kind: 'mark', mark })
  }

  #keepStore(store: string): void {
    const entry = this.#entries.get(store)
    if (entry === undefined) return
    const { incarnation, asideAfter, lastId } = entry
    this.#writes.push({ kind: 'store', store, incarnation, asideAfter, lastId })
  }
}
