/**
 * Lists and watches over all namespaces of a logical cluster, on top of the sequencer: a list reads the namespaces that
 * hold the resource as of one revision T; a watch is a position in the order of all revisions, served from the
 * sequencer's feed or, where that does not reach back, merged from the namespaces' logs first.
 *
 * Invariants: every page of a list shows T; a watch shows every row above its position once, in order, or ends with
 * `compacted`. It must not know: HTTP, kinds, what selectors mean.
 */
import { hasReason, serviceUnavailableError } from '../../apimachinery/status-error.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Change } from '../../store/object-store.ts'
import { nameBehind } from '../../store/continue-token.ts'
import type { Place } from '../../store/continue-token.ts'
import { Merge } from '../../store/sequence/merge.ts'
import type { WatchStart } from '../../store/sequence/sequencer.ts'
import { StoreError } from '../../store/store-error.ts'
import type { Watch, WatchSink } from '../../store/watch-hub.ts'
import { PARALLEL_STORES, remainingBehind } from './remaining.ts'
import type { SequencerDriver, StoreCalls } from './sequencer-driver.ts'
import type { Page, PageRequest } from './store-side-driver.ts'

/** Objects of one page of one namespace. */
const PAGE_OBJECTS = 500

/** A namespace that does not answer for so long fails the list: 503. */
const ANSWER_TIMEOUT_MS = 5_000

/** How long a resource stays turned on when nobody watches it any more: clients come back soon. */
const TURN_OFF_AFTER_MS = 60_000

/** A watch that begins while a namespace cannot be reached tries again this often, then ends and is resumed. */
const MERGE_RETRY_MS = 1_000
const MAX_MERGE_ATTEMPTS = 10

/** Watches over all namespaces of one logical cluster at a time. */
export const MAX_WATCHERS = 2_000

export interface AllNamespacesPage {
  readonly namespace: string
  readonly objects: Page['objects']
  /** Whether more may follow after the last object of this page, here or in a later namespace. */
  readonly hasMore: boolean
  /** How many follow; undefined: nobody has counted (remaining.ts). */
  remaining(): Promise<number | undefined>
}

export interface ListRequest extends Omit<PageRequest, 'after'> {
  /** Where the former page ended; undefined to begin at the first namespace. */
  readonly from: Place | undefined
  /** The only one to read; undefined: all. */
  readonly namespace?: string | undefined
}

type MergeStart = Extract<WatchStart, { kind: 'merge' }>

interface Watcher {
  readonly resource: string
  readonly sink: WatchSink
  position: number
  phase: 'starting' | 'live' | 'full' | 'ended'
  /** Set while a merge waits for the sink to drain. */
  onRoom: (() => void) | undefined
}

export class AllNamespaces {
  readonly #driver: SequencerDriver
  readonly #calls: StoreCalls
  readonly #clock: Clock
  readonly #watchers = new Set<Watcher>()
  readonly #counts = new Map<string, number>()

  constructor(driver: SequencerDriver, calls: StoreCalls, clock: Clock) {
    this.#driver = driver
    this.#calls = calls
    this.#clock = clock
    driver.onMoved(() => {
      for (const watcher of this.#watchers) {
        if (watcher.phase === 'live') this.#advance(watcher)
        else if (watcher.phase === 'full') this.#endIfLaggard(watcher)
      }
    })
  }

  /** T for a list that begins now; also what "most recent" means. */
  get newestRevision(): number {
    return this.#driver.machine.newest
  }

  /** Everything up to here has been shown to watches that keep up: the revision of bookmarks. */
  get shownRevision(): number {
    return this.#driver.machine.emitted
  }

  get watcherCount(): number {
    return this.#watchers.size
  }

  /** The namespaces that may hold objects of the resource, in order. '' is the cluster scope. */
  namespacesWith(resource: string): readonly string[] {
    return this.#driver.machine.holders(resource)
  }

  /**
   * The pages of a list as of `revision`, in order of keys (namespace, slash, name). Throws StoreError `compacted` when
   * the revision can no longer be shown, `future` when it was not given out yet; ApiStatusError ServiceUnavailable when
   * a namespace does not answer.
   */
  async *pages(list: ListRequest): AsyncGenerator<AllNamespacesPage> {
    const { from, namespace, ...asked } = list
    const { resource, revision } = asked
    if (revision > this.newestRevision) {
      throw new StoreError('future', String(revision), { revision: this.newestRevision })
    }
    const limit = Math.max(1, Math.min(list.limit, PAGE_OBJECTS))
    const read = (store: string, after: string): Promise<Page> => this.#page(store, { ...asked, after, limit })
    // The directory as it is now may name more than it did at `revision`, never less, or canList says no.
    const behind = (store: string): string | undefined => (from === undefined ? '' : nameBehind(from, store))
    const stores = this.namespacesWith(resource).filter(
      (store) => (namespace === undefined || store === namespace) && behind(store) !== undefined,
    )
    const ahead: Promise<Page>[] = []
    for (const [at, store] of stores.entries()) {
      for (let next = at + ahead.length; ahead.length < PARALLEL_STORES && next < stores.length; next += 1) {
        const name = stores[next] ?? ''
        ahead.push(read(name, behind(name) ?? ''))
      }
      for (let page = await ahead.shift(); page !== undefined; ) {
        if (page.isCompacted || !this.#driver.machine.canList(resource, revision)) throw tooOld(revision)
        const last = page.objects.at(-1)
        if (last !== undefined) {
          const { objects, hasMore, hasOthers = false, remaining } = page
          const unread = stores.slice(at + 1 + ahead.length)
          const countIn = (name: string): Promise<Page> =>
            this.#page(name, { ...asked, after: behind(name) ?? '', limit: 1 })
          yield {
            namespace: store,
            objects,
            hasMore: hasMore || hasOthers || at < stores.length - 1,
            remaining: () => remainingBehind(remaining, ahead, unread, countIn),
          }
        }
        page = page.hasMore && last !== undefined ? await read(store, last.name) : undefined
      }
    }
    if (!this.#driver.machine.canList(resource, revision)) throw tooOld(revision)
  }

  /** Throws StoreError tooManyWatchers when there is no room for one more. */
  checkRoom(): void {
    if (this.#watchers.size < MAX_WATCHERS) return
    const message = `too many watches are open (${String(MAX_WATCHERS)}), please try again later`
    throw new StoreError('tooManyWatchers', message)
  }

  /** As WatchHub.watch, over all namespaces: what follows `after`, then what is shown from now on. */
  watch({ resource, after, sink }: { resource: string; after: number; sink: WatchSink }): Watch {
    this.checkRoom()
    const watcher: Watcher = { resource, sink, position: after, phase: 'starting', onRoom: undefined }
    this.#watchers.add(watcher)
    this.#counts.set(resource, (this.#counts.get(resource) ?? 0) + 1)
    this.#start(watcher, 1)
    return {
      get position() {
        return watcher.position
      },
      resume: () => {
        watcher.onRoom?.()
        if (watcher.phase === 'full') this.#advance(watcher)
      },
      close: () => this.#remove(watcher),
    }
  }

  #page(store: string, request: PageRequest): Promise<Page> {
    const page = this.#within(store, this.#calls.page(store, request))
    // Read ahead: whoever awaits it gets the error; until then it is not an unhandled one.
    page.catch(() => undefined)
    return page
  }

  /** The answer of a namespace, or ServiceUnavailable when it fails or takes too long. */
  #within<T>(store: string, answer: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const refuse = (cause?: unknown): void => {
        const error = serviceUnavailableError(`namespace "${store}" does not answer, please try again`)
        reject(Object.assign(error, { cause }))
      }
      const cancel = this.#clock.after(ANSWER_TIMEOUT_MS, refuse)
      answer.then((value) => {
        cancel()
        resolve(value)
      }, refuse)
    })
  }

  #start(watcher: Watcher, attempt: number): void {
    if (watcher.phase === 'ended') return
    const start = this.#driver.machine.start(watcher.resource, watcher.position)
    if (start.kind === 'gone') this.#endAsTooOld(watcher)
    else if (start.kind === 'future') {
      this.#end(watcher, new StoreError('future', String(watcher.position), { revision: this.newestRevision }))
    } else if (start.kind === 'live') this.#advance(watcher)
    else void this.#merge(watcher, start, attempt)
  }

  async #merge(watcher: Watcher, { through, stores }: MergeStart, attempt: number): Promise<void> {
    watcher.phase = 'starting'
    const merge = new Merge(watcher.resource, watcher.position, through, stores)
    while (!merge.isDone) {
      const isWhole = await this.#readInto(merge).catch((error: unknown) => {
        if (hasReason(error, 'ServiceUnavailable')) return 'unreachable'
        throw error
      })
      if (hasEnded(watcher)) return
      if (isWhole === 'unreachable') {
        // The watch goes on from where it is when it can; at last its client resumes it, perhaps elsewhere.
        if (attempt >= MAX_MERGE_ATTEMPTS) this.#end(watcher, undefined)
        else this.#clock.after(MERGE_RETRY_MS, () => this.#start(watcher, attempt + 1))
        return
      }
      if (!isWhole) {
        this.#endAsTooOld(watcher)
        return
      }
      await this.#deliverAndWait(watcher, merge.release())
      if (hasEnded(watcher)) return
    }
    watcher.position = through
    this.#advance(watcher)
  }

  /** False: a log does not reach back far enough. */
  async #readInto(merge: Merge): Promise<boolean> {
    const answers = await Promise.all(
      merge.wants().map(async ({ store, request }) => {
        return { store, answer: await this.#within(store, this.#calls.rows(store, request)) }
      }),
    )
    return answers.every(({ store, answer }) => merge.take(store, answer))
  }

  async #deliverAndWait(watcher: Watcher, rows: readonly Change[]): Promise<void> {
    const last = rows.at(-1)
    if (last === undefined) return
    watcher.position = last.revision
    if (watcher.sink.deliver(rows)) return
    await new Promise<void>((resolve) => {
      watcher.onRoom = resolve
    })
    watcher.onRoom = undefined
  }

  /** Delivers from the feed until there is no more, or no room. */
  #advance(watcher: Watcher): void {
    for (;;) {
      const reading = this.#driver.machine.read(watcher.resource, watcher.position)
      if (reading.kind === 'gone') return this.#endAsTooOld(watcher)
      if (reading.kind === 'behind') return this.#start(watcher, 1)
      watcher.phase = 'live'
      watcher.position = reading.position
      if (reading.rows.length === 0) return
      if (!watcher.sink.deliver(reading.rows)) {
        watcher.phase = 'full'
        return
      }
    }
  }

  /** A client that takes nothing while all that the feed keeps is replaced is gone, or never keeps up. */
  #endIfLaggard(watcher: Watcher): void {
    if (this.#driver.machine.read(watcher.resource, watcher.position, 0).kind !== 'behind') return
    this.#end(
      watcher,
      new StoreError('laggard', `the watch fell too far behind at revision ${String(watcher.position)}`),
    )
  }

  /** The revision that was asked for, then one that can be had: as {@link StoreError} `compacted` is told. */
  #endAsTooOld(watcher: Watcher): void {
    const { resource, position: revision } = watcher
    const oldest = this.#driver.machine.startOf(resource)
    this.#end(watcher, new StoreError('compacted', `${String(revision)} (${String(oldest)})`, { revision }))
  }

  #end(watcher: Watcher, error: StoreError | undefined): void {
    if (this.#remove(watcher)) watcher.sink.end(error)
  }

  #remove(watcher: Watcher): boolean {
    if (!this.#watchers.delete(watcher)) return false
    watcher.phase = 'ended'
    watcher.onRoom?.()
    const { resource } = watcher
    const count = (this.#counts.get(resource) ?? 1) - 1
    this.#counts.set(resource, count)
    if (count === 0) {
      this.#clock.after(TURN_OFF_AFTER_MS, () => {
        if (this.#counts.get(resource) === 0) this.#driver.machine.turnOff(resource)
      })
    }
    return true
  }
}

const hasEnded = ({ phase }: Watcher): boolean => phase === 'ended'

const tooOld = (revision: number): StoreError => new StoreError('compacted', String(revision), { revision })
