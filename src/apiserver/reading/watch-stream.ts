/**
 * The watch verb of one namespace or of the cluster scope, as a stream: initial events where asked for, then changes
 * from the hub, bookmarks, and an end after a while. Once a request is authorized, errors travel in the stream,
 * because clients that resume take an HTTP 410 for a broken server. Backlog is bounded by bytes, for each watch and
 * for all of the isolate: a full stream makes the hub wait, and who never reads is cut off.
 */
import type { KindDefinition, StoredText } from '../../apis/define-kind.ts'
import { resourceVersionTooLargeError } from '../../apimachinery/status-error.ts'
import { near } from '../../lib/exact-json.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import type { Change, ChangeType } from '../../store/object-store.ts'
import { PROTOBUF_MEDIA_TYPE } from '../../apimachinery/wire/protobuf/codec.ts'
import { StoreError } from '../../store/store-error.ts'
import type { Backlog, BacklogBudget } from '../../store/watch/backlog-budget.ts'
import { isolateBacklog } from '../../store/watch/backlog-budget.ts'
import type { Watch, WatchSink } from '../../store/watch-hub.ts'
import { asStatusError, deprecationOf } from '../answer.ts'
import { addWarnings } from '../warning-headers.ts'
import { StreamedSize, sized } from './body-size.ts'
import type { ListOptions } from './list-options.ts'
import type { Form } from '../negotiate.ts'
import type { WatchCounts } from '../operations/metrics/request-metrics.ts'
import type { WatchEncoder } from './watch-encoder.ts'
import { visibleChange, visibleType, watchEncoder } from './watch-encoder.ts'

/** Bytes that wait in one watch's stream before the hub stops delivering to it. */
export const MAX_BACKLOG_BYTES = 1024 * 1024

/** What a client that keeps up may hold at any moment: its reading is not followed, and counts when more comes. */
const SMALL_BACKLOG_BYTES = 4 * 1024

/** Events are put together until a chunk is about as large as this: a slice of the hub. */
const MAX_CHUNK_BYTES = 256 * 1024

/** A bookmark (or an empty chunk, for those who did not ask) at least this often: it finds dead clients. */
export const BOOKMARK_INTERVAL_MS = 60_000

/** How long before its end a watch says once more where it is (k8s.io/apiserver pkg/storage/cacher/cache_watcher.go). */
const PARTING_MS = 2_000

/** Without `timeoutSeconds` a watch ends after 30 to 60 minutes, as upstream's does. */
const MIN_TIMEOUT_MS = 1_800_000

/** What is watched: the store of one scope, or all namespaces of a cluster through the sequencer. */
export interface WatchSource {
  readonly clock: Clock
  readonly random: Random
  /** The newest revision that watchers may be shown. */
  readonly shownRevision: number
  /** The newest revision of the logical cluster: anything above it is from the future. */
  clusterRevision(): Promise<number>
  /** Changes as the watched kind shows them, where a webhook has to be asked. */
  convert?(changes: readonly Change[]): Promise<readonly Change[]>
  /** Calls `ended` when the watched kind is another one by now; answers how to stop that. */
  onKindChange?(ended: () => void): () => void
  /** Looks whether it is. */
  checkKind?(): void
  /** Texts of the objects that match, as of `revision`, a page at a time. */
  initialPages(revision: number, matches: ListOptions['matches']): AsyncIterable<readonly StoredText[]>
  watch(query: { after: number; sink: WatchSink }): Watch
  /** Throws StoreError tooManyWatchers when there is no room for one more. */
  checkRoom(): void
  namespaceOf(change: Change): string
  /** What the backlogs of all watches may hold; the isolate's when absent. */
  readonly backlogs?: BacklogBudget
  readonly counts?: WatchCounts
  /** The watch is over, whoever ended it. */
  readonly onEnd?: (() => void) | undefined
}

export interface WatchAnswerOptions {
  readonly form: Form
  readonly includeObject: string
  /** A watch of one object by its path: same as fieldSelector=metadata.name. */
  readonly name: string
}

interface WatchStart {
  /** Deliver what was logged after this. */
  readonly after: number
  /** Nothing up to this is told: of a revision from the future, which is waited for. */
  readonly beyond: number
  readonly sendsInitial: boolean
  /** The bookmark that ends the initial events was asked for. */
  readonly marksInitialEnd: boolean
}

const PROTOBUF_FRAMES = `${PROTOBUF_MEDIA_TYPE};stream=watch`

const HEADERS = {
  // Watches are never compressed or transformed on their way: each event must arrive when it is sent.
  'content-encoding': 'identity',
  'cache-control': 'no-cache, private, no-transform',
}

export async function answerWatch(
  source: WatchSource,
  definition: KindDefinition,
  options: ListOptions,
  answer: WatchAnswerOptions,
): Promise<Response> {
  // The one error of a watch that is an HTTP status, for its Retry-After.
  source.checkRoom()
  const selection = answer.name === '' ? options.matches : withName(options.matches, answer.name)
  const stream = new WatchStream(source, definition, { ...options, matches: selection }, answer)
  const body = new ReadableStream<Uint8Array>(stream, {
    highWaterMark: MAX_BACKLOG_BYTES,
    size: (chunk) => chunk?.byteLength ?? 0,
  })
  await stream.started
  const { mediaType } = answer.form
  const contentType = mediaType === PROTOBUF_MEDIA_TYPE ? PROTOBUF_FRAMES : mediaType
  const headers = new Headers({ 'content-type': contentType, ...HEADERS })
  addWarnings(headers, deprecationOf(definition))
  return sized(new Response(body, { headers }), stream.size)
}

function withName(matches: ListOptions['matches'], wanted: string): NonNullable<ListOptions['matches']> {
  return (selectable, name, namespace) => name === wanted && (matches?.(selectable, name, namespace) ?? true)
}

/** Where the watch begins, by resourceVersion and sendInitialEvents. */
async function startOf(source: WatchSource, options: ListOptions): Promise<WatchStart> {
  const wanted = options.revision ?? 0
  const sendsInitial = options.sendsInitialEvents ?? wanted === 0
  const newest = source.shownRevision
  const cluster = wanted > newest ? await source.clusterRevision() : newest
  // Only who wants a state is refused one of the future (waitUntilWatchCacheFreshAndForceAllEvents).
  if (wanted > cluster && sendsInitial) throw resourceVersionTooLargeError(wanted, cluster)
  const marksInitialEnd = options.sendsInitialEvents === true && options.allowsBookmarks
  // At least as new as what was asked for: what clusterRevision says, this source has finished with.
  const state = Math.max(source.shownRevision, near(wanted))
  const changes = wanted === 0 ? newest : Math.min(near(wanted), cluster)
  return { after: sendsInitial ? state : changes, beyond: near(wanted), sendsInitial, marksInitialEnd }
}

class WatchStream implements UnderlyingSource<Uint8Array> {
  readonly started: Promise<void>
  readonly size = new StreamedSize()
  readonly #source: WatchSource
  readonly #options: ListOptions
  readonly #encoder: WatchEncoder
  readonly #isOfLists: boolean
  readonly #backlog: Backlog
  #resolveStarted: () => void = () => undefined
  /** Set while the initial events wait for the client to read. */
  #onRoom: () => void = () => undefined
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #watch: Watch | undefined
  #cancelTimers: (() => void)[] = []
  /** Resolved when the stream holds something, so that only then it asks (`pull`) whenever its client reads. */
  #untilHeld: PromiseWithResolvers<void> | undefined
  #lastSentMs = 0
  #beyond = 0
  #isOver = false
  #isConverting = false

  constructor(source: WatchSource, definition: KindDefinition, options: ListOptions, answer: WatchAnswerOptions) {
    this.#source = source
    this.#options = options
    this.#backlog = (source.backlogs ?? isolateBacklog).open()
    this.#isOfLists = answer.form.shape === 'partialList'
    this.#encoder = watchEncoder(definition, {
      form: answer.form,
      includeObject: answer.includeObject,
      nowMs: () => source.clock.now(),
    })
    this.started = new Promise((resolve) => {
      this.#resolveStarted = resolve
    })
  }

  /** Returns at once, because nothing is pulled before it has: initial events wait for a client that reads. */
  start(controller: ReadableStreamDefaultController<Uint8Array>): void {
    this.#controller = controller
    this.#source.counts?.open.add(1)
    void this.#run()
  }

  async #run(): Promise<void> {
    this.#lastSentMs = this.#source.clock.now()
    try {
      const begin = await startOf(this.#source, this.#options)
      if ((this.#options.timeoutSeconds ?? 0) < 0) {
        this.#finish()
        return
      }
      if (begin.sendsInitial) {
        // The answer begins with the first events; headers do not wait for a client that is slow to take them.
        this.#resolveStarted()
        await this.#sendInitial(begin)
      }
      if (this.#isOver) return
      this.#beyond = begin.beyond
      this.#watch = this.#source.watch({
        after: begin.after,
        sink: {
          deliver: (changes) => this.#deliver(changes),
          end: (error) => (error === undefined ? this.#finish() : this.#fail(error)),
        },
      })
      this.#setTimers()
    } catch (error) {
      this.#fail(error)
    } finally {
      this.#resolveStarted()
    }
  }

  /** While the promise is pending the stream does not ask again: 6 µs less an event and watcher (2026-11). */
  pull(): Promise<void> {
    this.#untilHeld = Promise.withResolvers()
    if (this.#hasRoom()) {
      this.#onRoom()
      if (!this.#isConverting) this.#watch?.resume()
    }
    return this.#untilHeld.promise
  }

  cancel(): void {
    this.#release()
  }

  /** The state as of the start, page by page, then the bookmark that says where the changes begin. */
  async #sendInitial({ after, marksInitialEnd }: WatchStart): Promise<void> {
    const { clock, counts } = this.#source
    const startMs = clock.now()
    for await (const texts of this.#source.initialPages(after, this.#options.matches)) {
      this.#tell(texts.map((stored) => this.#encoder.initial(stored)))
      if (!this.#hasRoom()) await new Promise<void>((resolve) => (this.#onRoom = resolve))
      if (this.#isOver) return
    }
    if (!marksInitialEnd) return
    this.#tell([this.#encoder.bookmark(after, true)])
    counts?.listed.observe((clock.now() - startMs) / 1000)
  }

  #deliver(changes: readonly Change[]): boolean {
    const types: ChangeType[] = []
    const shown: Change[] = []
    for (const change of changes) {
      if (change.revision <= this.#beyond) continue
      const type = visibleType(change, this.#options.matches, () => this.#source.namespaceOf(change))
      if (type === undefined) continue
      types.push(type)
      shown.push(visibleChange(type, change))
    }
    if (this.#source.convert !== undefined && shown.length > 0) {
      void this.#deliverConverted(types, shown)
      return false
    }
    return this.#deliverShown(types, shown)
  }

  /** Nothing more is taken until these are converted; then the log goes on. */
  async #deliverConverted(types: readonly ChangeType[], changes: readonly Change[]): Promise<void> {
    this.#isConverting = true
    try {
      const converted = await this.#source.convert?.(changes)
      this.#isConverting = false
      if (this.#isOver || converted === undefined) return
      if (this.#deliverShown(types, converted)) this.#watch?.resume()
    } catch (error) {
      this.#fail(error)
    }
  }

  #deliverShown(types: readonly ChangeType[], changes: readonly Change[]): boolean {
    this.#tell(changes.map((change, at) => this.#encoder.change(types[at] ?? change.type, change)))
    return this.#hasRoom()
  }

  /** Whether the client has taken enough, and all clients of the isolate together, for more to be queued here. */
  #hasRoom(): boolean {
    if (this.#isOver) return false
    const roomBytes = this.#controller?.desiredSize ?? 0
    const heldBytes = MAX_BACKLOG_BYTES - roomBytes
    this.#backlog.holds(heldBytes)
    const hasRoom = roomBytes > 0 && this.#backlog.hasRoom()
    // Who was refused is served again when its client reads, so that must be noticed.
    if (!hasRoom || heldBytes > SMALL_BACKLOG_BYTES) this.#untilHeld?.resolve()
    return hasRoom
  }

  #setTimers(): void {
    const { clock, random } = this.#source
    const asked = this.#options.timeoutSeconds ?? 0
    const timeoutMs = asked > 0 ? asked * 1_000 : MIN_TIMEOUT_MS * (1 + random.next())
    const ended = this.#source.onKindChange?.(() => this.#finish())
    if (ended !== undefined) this.#cancelTimers.push(ended)
    const end = (): void => this.#finish()
    // Who takes bookmarks gets one before the end, so that little is to be gone through again on resuming.
    const hasParting = this.#options.allowsBookmarks && timeoutMs > PARTING_MS
    const part = (): void => {
      if (this.#isOver) return
      this.#keepAlive()
      this.#cancelTimers.push(clock.after(PARTING_MS, end))
    }
    this.#cancelTimers.push(hasParting ? clock.after(timeoutMs - PARTING_MS, part) : clock.after(timeoutMs, end))
    const beat = (): void => {
      if (this.#isOver) return
      this.#source.checkKind?.()
      if (clock.now() - this.#lastSentMs >= BOOKMARK_INTERVAL_MS) this.#keepAlive()
      this.#cancelTimers.push(clock.after(BOOKMARK_INTERVAL_MS, beat))
    }
    this.#cancelTimers.push(clock.after(BOOKMARK_INTERVAL_MS, beat))
  }

  #keepAlive(): void {
    const position = this.#watch?.position ?? 0
    const { nothing } = this.#encoder
    // The empty line is no event to any client's decoder, but a write to a socket that may be dead. There is no such
    // frame.
    const hasPosition = position > 0 && position >= this.#beyond
    if (this.#options.allowsBookmarks && hasPosition) this.#tell([this.#encoder.bookmark(position, false)])
    else if (nothing !== undefined) this.#enqueue(nothing)
  }

  /** An object is no list: whoever asks for lists is told errors only, and the watch ends where an event would be. */
  #tell(events: readonly Uint8Array[]): void {
    if (this.#isOfLists && events.length > 0) this.#finish()
    else this.#enqueueAll(events)
  }

  #enqueue(bytes: Uint8Array): void {
    this.#enqueueAll([bytes])
  }

  #enqueueAll(events: readonly Uint8Array[]): void {
    if (this.#isOver || events.length === 0) return
    this.#lastSentMs = this.#source.clock.now()
    const { counts } = this.#source
    counts?.events.add(events.length)
    for (const event of events) {
      counts?.eventBytes.observe(event.byteLength)
      this.size.add(event.byteLength)
    }
    const [first] = events
    if (events.length === 1 && first !== undefined) this.#controller?.enqueue(first)
    else for (const chunk of chunksOf(events)) this.#controller?.enqueue(chunk)
  }

  #fail(error: unknown): void {
    // Who does not read would not read this either; an aborted stream also gives back what it held.
    if (error instanceof StoreError && error.code === 'laggard') {
      this.#release()
      this.#controller?.error(error)
      return
    }
    this.#enqueue(this.#encoder.error(asStatusError(error).status))
    this.#finish()
  }

  #finish(): void {
    if (this.#isOver) return
    this.#release()
    this.#controller?.close()
  }

  #release(): void {
    if (!this.#isOver) {
      this.#source.counts?.open.add(-1)
      this.#source.onEnd?.()
      this.size.end()
    }
    this.#isOver = true
    this.#backlog.close()
    this.#onRoom()
    this.#watch?.close()
    for (const cancel of this.#cancelTimers) cancel()
    this.#cancelTimers = []
  }
}

/**
 * Events that come together, in few chunks. Each chunk of a stream waits anew for its turn on the thread, behind
 * whatever else is to be done: a rollout's watcher saw its pods 400 ms late, an event at a time (workerd, 2026-11).
 */
function* chunksOf(events: readonly Uint8Array[]): Generator<Uint8Array> {
  for (let start = 0; start < events.length;) {
    let end = start + 1
    let size = events[start]?.byteLength ?? 0
    for (; end < events.length && size < MAX_CHUNK_BYTES; end += 1) size += events[end]?.byteLength ?? 0
    yield joined(events.slice(start, end), size)
    start = end
  }
}

function joined(events: readonly Uint8Array[], size: number): Uint8Array {
  const chunk = new Uint8Array(size)
  let at = 0
  for (const event of events) {
    chunk.set(event, at)
    at += event.byteLength
  }
  return chunk
}
