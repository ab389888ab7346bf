/**
 * Records Events as upstream's recorder does (k8s.io/client-go tools/record/{event,events_cache}.go): a repeat raises
 * the count of the Event that is there, many alike become one "combined" Event, and a source that floods about one
 * object is cut short. Events asked for in the same moment are written in one batch.
 *
 * Invariant: an Event that cannot be written never fails what it is about; `onError` hears of it.
 */
import type { KindRef } from '../apis/define-kind.ts'
import type { KubeObject } from '../apimachinery/meta.ts'
import { formatTime } from '../apimachinery/meta.ts'
import { isDns1123Subdomain } from '../apimachinery/names.ts'
import { isWithoutNamespace, statusErrorFrom } from '../apimachinery/status-error.ts'
import { Burst } from '../lib/burst.ts'
import type { Clock } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import { RecentlyUsed } from '../lib/recently-used.ts'
import type { Client, Operation } from './client.ts'

export type EventType = 'Normal' | 'Warning'

export interface EventsRecorder {
  /** Resolves when the Event is written, or given up. `fieldPath`: the part of the subject, `spec.containers{web}`. */
  record(subject: KubeObject, type: EventType, reason: string, message: string, fieldPath?: string): Promise<void>
}

export interface EventsRecorderOptions {
  readonly client: Client
  readonly clock: Clock
  /** `replicaset-controller`: source.component and reportingComponent. */
  readonly component: string
  /** The machine that reports, for kubelets; of each subject where one program is the kubelet of several nodes. */
  readonly host?: string | ((subject: KubeObject) => string)
  /**
   * How long Events wait for others of their batch, and let what they are about go first, where many come within as
   * long. Few wait for those of the same moment only, as all do where it is left out.
   */
  readonly lingerMs?: number
  /** For the names of Events about objects whose own name cannot be part of one. */
  readonly random: Pick<Random, 'uuid'>
  onError?(error: unknown): void
}

/** Entries of each correlation table; upstream's maxLruCacheEntries. Beyond it the oldest correlation is forgotten. */
const MAX_CORRELATIONS = 4_096

/** Up to so many within the time that Events may wait do not wait. */
const FEW = 24

/** Of a table whose entries are counted. */
const each = (): number => 1

/** So many messages alike within the interval are combined (defaultAggregateMaxEvents, …IntervalInSeconds). */
const COMBINE_AFTER = 10
const COMBINE_WITHIN_MS = 600_000

/** Events about one object at once, and the time in which one more is earned (defaultSpamBurst, defaultSpamQPS). */
const SPAM_BURST = 25
const SPAM_REFILL_MS = 300_000

const EVENT: KindRef<CoreEvent> = {
  group: '',
  version: 'v1',
  kind: 'Event',
  resource: 'events',
  scope: 'Namespaced',
}

interface CoreEvent extends KubeObject {
  involvedObject: Record<string, string>
  reason: string
  message: string
  source: { component: string; host?: string }
  type: EventType
  count: number
  firstTimestamp: string
  lastTimestamp: string
  reportingComponent: string
  reportingInstance: string
}

/** What is remembered of an Event: counted even when it was held back, so that the next one tells how many there were. */
interface Observed {
  readonly name: string
  readonly firstMs: number
  count: number
  isStored: boolean
}

interface Said {
  readonly type: EventType
  readonly reason: string
  readonly message: string
  /** With others alike, in one Event. */
  readonly isCombined: boolean
}

interface Pending {
  readonly namespace: string
  readonly id: string
  event: CoreEvent
  isNew: boolean
  readonly done: (() => void)[]
}

export function createEventsRecorder(options: EventsRecorderOptions): EventsRecorder {
  return new CorrelatingRecorder(options)
}

class CorrelatingRecorder implements EventsRecorder {
  readonly #options: EventsRecorderOptions
  readonly #observed = new RecentlyUsed<Observed>(MAX_CORRELATIONS, each)
  readonly #alike = new RecentlyUsed<{ messages: Set<string>; lastMs: number }>(MAX_CORRELATIONS, each)
  readonly #tokens = new RecentlyUsed<{ left: number; atMs: number }>(MAX_CORRELATIONS, each)
  readonly #burst: Burst | undefined
  #pending = new Map<string, Pending>()
  #lastNameNs = 0n

  constructor(options: EventsRecorderOptions) {
    this.#options = options
    const { clock, lingerMs } = options
    if (lingerMs !== undefined) this.#burst = new Burst(clock, FEW, lingerMs)
  }

  record(subject: KubeObject, type: EventType, reason: string, message: string, fieldPath?: string): Promise<void> {
    const reference = referenceTo(subject)
    const involved = { ...reference, ...(fieldPath === undefined ? {} : { fieldPath }) }
    const about = `${JSON.stringify(reference)}${type}`
    const alike = `${about}${reason}`
    const isCombined = this.#isCombined(alike, message)
    const id = isCombined ? alike : `${JSON.stringify(involved)}${type}${reason}\n${message}`
    const observed = this.#observe(id, involved)
    if (!this.#isAllowed(about)) return Promise.resolve()
    const event = this.#eventOf(subject, involved, observed, { type, reason, message, isCombined })
    return new Promise((resolve) => {
      this.#write(id, event, observed, resolve)
    })
  }

  /** Counts before anything is held back, as upstream does. */
  #observe(id: string, involved: Record<string, string>): Observed {
    const known = this.#observed.get(id)
    const observed = known ?? {
      name: this.#newName(involved),
      firstMs: this.#options.clock.now(),
      count: 0,
      isStored: false,
    }
    observed.count += 1
    this.#observed.keep(id, observed)
    return observed
  }

  #eventOf(
    subject: KubeObject,
    involved: Record<string, string>,
    { name, firstMs, count }: Observed,
    { type, reason, message, isCombined }: Said,
  ): CoreEvent {
    const { clock, component } = this.#options
    const host = this.#hostOf(subject)
    const { resourceVersion, namespace = 'default' } = subject.metadata
    return {
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name, namespace },
      involvedObject: { ...involved, ...(resourceVersion === undefined ? {} : { resourceVersion }) },
      reason,
      message: isCombined ? `(combined from similar events): ${message}` : message,
      source: { component, ...(host === '' ? {} : { host }) },
      firstTimestamp: formatTime(firstMs),
      lastTimestamp: formatTime(clock.now()),
      count,
      type,
      // Upstream's combined Events do not name who reports.
      reportingComponent: isCombined ? '' : component,
      reportingInstance: isCombined ? '' : host,
    }
  }

  #hostOf(subject: KubeObject): string {
    const { host = '' } = this.#options
    return typeof host === 'string' ? host : host(subject)
  }

  #write(id: string, event: CoreEvent, observed: Observed, done: () => void): void {
    const waiting = this.#pending.get(id)
    if (waiting !== undefined) {
      waiting.event = event
      waiting.done.push(done)
      return
    }
    const lingerMs = this.#burst?.delayMs() ?? 0
    if (this.#pending.size === 0) this.#flushSoon(lingerMs)
    const namespace = event.metadata.namespace ?? ''
    this.#pending.set(id, { namespace, id, event, isNew: !observed.isStored, done: [done] })
    observed.isStored = true
  }

  #flushSoon(lingerMs: number): void {
    if (lingerMs === 0) void Promise.resolve().then(() => this.#flush())
    else this.#options.clock.after(lingerMs, () => void this.#flush())
  }

  async #flush(): Promise<void> {
    const pending = this.#pending
    this.#pending = new Map()
    for (const [namespace, group] of Map.groupBy(pending.values(), (one) => one.namespace)) {
      try {
        await this.#writeAll(namespace, group)
      } catch (error) {
        this.#options.onError?.(error)
      }
      for (const { done } of group) for (const resolve of done) resolve()
    }
  }

  async #writeAll(namespace: string, group: readonly Pending[]): Promise<void> {
    const { client, onError } = this.#options
    const results = await client.batch(namespace, group.map(operationFor))
    const vanished: Pending[] = []
    for (const [index, { error }] of results.entries()) {
      const one = group[index]
      if (error === undefined || one === undefined) continue
      // The Event that a repeat belongs to has expired: the repeat becomes an Event of its own.
      if (!one.isNew && error.reason === 'NotFound') vanished.push({ ...one, isNew: true })
      else {
        this.#observed.drop(one.id)
        const refusal = statusErrorFrom(error)
        // Where everything is going, what is said of it goes, too.
        if (!isWithoutNamespace(refusal)) onError?.(refusal)
      }
    }
    if (vanished.length > 0) await this.#writeAll(namespace, vanished)
  }

  /** Whether there are too many alike by now, so that this one only counts. */
  #isCombined(id: string, message: string): boolean {
    const nowMs = this.#options.clock.now()
    const known = this.#alike.get(id)
    const isStale = known === undefined || nowMs - known.lastMs > COMBINE_WITHIN_MS
    const alike = isStale ? { messages: new Set<string>(), lastMs: nowMs } : known
    alike.lastMs = nowMs
    alike.messages.add(message)
    this.#alike.keep(id, alike)
    if (alike.messages.size < COMBINE_AFTER) return false
    // One makes room: a message that is known goes on by itself.
    const [oldest = ''] = alike.messages
    alike.messages.delete(oldest)
    return true
  }

  #isAllowed(about: string): boolean {
    const nowMs = this.#options.clock.now()
    const known = this.#tokens.get(about) ?? { left: SPAM_BURST, atMs: nowMs }
    const left = Math.min(SPAM_BURST, known.left + (nowMs - known.atMs) / SPAM_REFILL_MS)
    this.#tokens.keep(about, { left: left >= 1 ? left - 1 : left, atMs: nowMs })
    return left >= 1
  }

  /**
   * The object's name and a rising number in hexadecimal nanoseconds, as upstream names Events. The clock knows
   * milliseconds only; who reports about which kind fills the rest, so that two reporters do not meet in one name.
   */
  #newName({ name = '', kind = '' }: Record<string, string>): string {
    const { clock, component, random } = this.#options
    const nowNs = BigInt(clock.now()) * 1_000_000n + BigInt(hash(`${component}/${kind}`) % 900_000)
    this.#lastNameNs = nowNs > this.#lastNameNs ? nowNs : this.#lastNameNs + 1n
    return eventName(name, this.#lastNameNs, random)
  }
}

/** Upstream's name of an Event; a UUID where the subject's own name cannot be part of one. */
export function eventName(subject: string, nanoseconds: bigint, random: Pick<Random, 'uuid'>): string {
  const name = `${subject}.${nanoseconds.toString(16)}`
  return isDns1123Subdomain(name).length === 0 ? name : random.uuid()
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0
  return value
}

function operationFor({ event, isNew }: Pending): Operation {
  if (isNew) return { verb: 'create', kind: EVENT, object: event }
  const { count, lastTimestamp, message } = event
  return {
    verb: 'patch',
    kind: EVENT,
    name: event.metadata.name ?? '',
    type: 'strategic',
    patch: { count, lastTimestamp, message },
  }
}

function referenceTo({ apiVersion, kind, metadata }: KubeObject): Record<string, string> {
  const reference: Record<string, string> = { kind }
  if (metadata.namespace !== undefined) reference['namespace'] = metadata.namespace
  reference['name'] = metadata.name ?? ''
  if (metadata.uid !== undefined) reference['uid'] = metadata.uid
  reference['apiVersion'] = apiVersion
  return reference
}
