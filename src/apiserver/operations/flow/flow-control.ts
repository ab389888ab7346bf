/**
 * Priority and fairness of one object (KEP-1040; k8s.io/apiserver pkg/util/flowcontrol): each request belongs to a
 * FlowSchema and so to a priority level, of each level so many run at once, others wait in queues dealt by flow, and
 * what is too much is refused before any of its body is read. The object is the unit: it has its own seats, as its one
 * thread is what would be overloaded. Our own actors do not come this way.
 *
 * An ordinary request costs a look-up, two counts and the time of day: which flow it is in is kept per user.
 * Differs: limits are adjusted when requests come, at most once a second, instead of by a timer, so that an idle object
 * rests.
 */
import { formatGroupVersion } from '../../../apimachinery/meta.ts'
import { storeResource } from '../../../apis/define-kind.ts'
import type { V1FlowSchema } from '../../../apis/generated/types.ts'
import type { ClusterPolicy } from '../../../auth/cluster-policy.ts'
import type { UserInfo } from '../../../auth/user.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { Distribution, Value } from '../../../lib/metrics.ts'
import type { StoreReader } from '../../../store/object-store.ts'
import type { WatchHub } from '../../../store/watch-hub.ts'
import type { RequestInfo } from '../../request-info.ts'
import { waitLimitOf } from '../deadline.ts'
import { borrowedLimits, seatLimits, sharesOf } from './concurrency.ts'
import type { FlowDump, RequestDump } from './flow-dump.ts'
import type { FlowMetrics } from './flow-metrics.ts'
import type { FlowConfiguration } from './flow-schemas.ts'
import { flowConfiguration, schemaOf } from './flow-schemas.ts'
import { PriorityLevel } from './priority-level.ts'
import type { Width } from './request-width.ts'
import { ONE_SEAT, listWidth, writeWidth } from './request-width.ts'
import { StoredSizes } from './stored-sizes.ts'
import { dealHand } from './shuffle-sharding.ts'

/** Requests of an object that run at once: what one group commit takes (registry/commits/commit-queue.ts). */
export const OBJECT_SEATS = 256

/** Requests of an object that wait: each holds its connection, and its body is still on the way. */
export const MAX_WAITING = 1_000

/** Limits follow demand this often: soon while somebody waits, otherwise now and then. */
const ADJUST_WHEN_SHORT_MS = 1_000
const ADJUST_MS = 10_000

/** Flows remembered per user; a user who names more paths than this is looked up anew. */
const MAX_FLOWS_PER_USER = 256

/** Where a request belongs, and what is counted of those there. */
export interface Flow {
  readonly schemaName: string
  readonly schemaUid: string
  readonly level: PriorityLevel
  /** What tells it from other flows of its schema. */
  readonly distinguisher: string
  /** The queues that it may wait in. */
  readonly hand: readonly number[]
  readonly dispatched: Value
  readonly executing: Value
  readonly executingSeats: Value
  readonly queuedSeats: Value
  readonly estimatedSeats: Distribution
  readonly watchers: Distribution
}

/** Who asks for what, since when. */
interface Arrival {
  readonly user: UserInfo
  readonly info: RequestInfo
  readonly arrivedMs: number
  readonly width: Width
}

/** What a request asks, before it is known how much it takes. */
export interface Asked {
  readonly info: RequestInfo
  readonly query: URLSearchParams
  readonly request: Pick<Request, 'signal'>
}

/** Where it is seen how much a request takes; absent where neither is at hand. */
export interface Load {
  readonly reader?: Pick<StoreReader, 'list'>
  readonly hub?: Pick<WatchHub, 'watchersOf'>
}

export interface Admitted extends Arrival {
  readonly flow: Flow
  readonly isAdmitted: true
  readonly startedMs: number
  /** Its queue, for the level's book-keeping. */
  readonly queue: number
}

export interface Refused {
  readonly flow: Flow
  readonly width: Width
  readonly isAdmitted: false
  readonly retryAfterSeconds: number
}

/** How long a request waits: until its client is gone, and not longer than this. */
interface Patience {
  readonly signal: AbortSignal | undefined
  readonly limitMs: number
}

export type Verdict = Admitted | Refused

export class FlowControl {
  readonly #clock: Clock
  readonly #metrics: FlowMetrics
  readonly sizes = new StoredSizes()
  #policy: ClusterPolicy | undefined
  #configuration: FlowConfiguration = { schemas: [], levels: [] }
  #levels = new Map<string, PriorityLevel>()
  /** The same UserInfo object comes with each request of a user. */
  #flows = new WeakMap<UserInfo, Map<string, Flow>>()
  #byName = new Map<string, Flow>()
  #adjustedMs = 0
  #waiting = 0
  readonly #admitted = new Set<Admitted>()
  readonly #queued = new Map<number, Arrival & { readonly flow: Flow; readonly queue: number }>()
  #lastQueued = 0

  constructor(clock: Clock, metrics: FlowMetrics) {
    this.#clock = clock
    this.#metrics = metrics
  }

  /** A promise only for a request that has to wait. Whoever is admitted says when it is done: {@link finish}. */
  admit(policy: ClusterPolicy, user: UserInfo, asked: Asked, load: Load): Verdict | Promise<Verdict> {
    const { info, request } = asked
    if (policy !== this.#policy) this.#configure(policy)
    const nowMs = this.#clock.now()
    const flow = this.#flowOf(user, info)
    const { level } = flow
    if (nowMs - this.#adjustedMs >= (level.isFull ? ADJUST_WHEN_SHORT_MS : ADJUST_MS)) this.#adjust(nowMs)
    const width = this.#widthOf(flow, asked, load, nowMs)
    flow.estimatedSeats.observe(width.seats)
    level.demand.add(width.seats, nowMs)
    const arrival = { user, info, width, arrivedMs: nowMs }
    if (level.isExempt || level.hasRoomFor(width)) {
      return this.#dispatch(flow, level.begin(flow.hand, width), arrival, nowMs)
    }
    const reason = level.refusal(flow.hand) ?? (this.#waiting >= MAX_WAITING ? 'queue-full' : undefined)
    if (reason !== undefined) return this.#refuse(flow, width, reason, nowMs)
    return this.#wait(flow, arrival, { signal: request.signal, limitMs: waitLimitOf(asked) })
  }

  finish(admitted: Admitted, verb: string): void {
    const { flow, queue, startedMs, width } = admitted
    this.#admitted.delete(admitted)
    const nowMs = this.#clock.now()
    const { level, schemaName } = flow
    flow.executing.add(-1)
    const kind = verb === 'watch' ? 'watch' : 'regular'
    this.#metrics.executed.of(level.name, schemaName, kind).observe((nowMs - startedMs) / 1000)
    level.end(queue, width, nowMs - startedMs)
    if (width.finalMs === 0) this.#release(flow, width, nowMs)
    else this.#clock.after(width.finalMs, () => this.#release(flow, width, this.#clock.now()))
  }

  #release(flow: Flow, width: Width, nowMs: number): void {
    flow.executingSeats.add(-width.seats)
    flow.level.release(width, nowMs)
  }

  /** Who reads one object is asked nothing more. */
  #widthOf({ level, watchers }: Flow, { info, query }: Asked, { reader, hub }: Load, nowMs: number): Width {
    if (info.verb === 'get' || !info.isResource) return ONE_SEAT
    switch (info.verb) {
      case 'list':
      case 'watch':
        return listWidth(info, query, level.maxSeats, () => this.sizes.of(storeResource(info), nowMs, reader))
      case 'create':
      case 'update':
      case 'patch':
      case 'delete': {
        // Of a token nobody is told.
        if (info.subresource === 'token') return ONE_SEAT
        const count = hub?.watchersOf(storeResource(info)) ?? 0
        watchers.observe(count)
        return writeWidth(count, level.maxSeats)
      }
      default:
        return ONE_SEAT
    }
  }

  #dispatch(flow: Flow, queue: number, arrival: Arrival, nowMs: number): Admitted {
    flow.dispatched.add()
    flow.executing.add()
    flow.executingSeats.add(arrival.width.seats)
    flow.level.counts.dispatched += 1
    const admitted: Admitted = { ...arrival, flow, isAdmitted: true, startedMs: nowMs, queue }
    this.#admitted.add(admitted)
    return admitted
  }

  #refuse(flow: Flow, width: Width, reason: string, nowMs: number): Refused {
    const { level, schemaName } = flow
    level.demand.add(-width.seats, nowMs)
    level.retryAfter.refused(nowMs)
    level.counts.rejected += 1
    if (reason === GAVE_UP) level.counts.cancelled += 1
    this.#metrics.rejected.of(level.name, schemaName, reason).add()
    return { flow, width, isAdmitted: false, retryAfterSeconds: level.retryAfter.seconds }
  }

  #wait(flow: Flow, arrival: Arrival, { signal, limitMs }: Patience): Promise<Verdict> {
    const { level, schemaName } = flow
    const { width } = arrival
    const id = ++this.#lastQueued
    const { queued, queueLength, waited } = this.#metrics
    return new Promise((resolve) => {
      const leave = (how: () => Verdict): void => {
        cancelTimer()
        signal?.removeEventListener('abort', giveUp)
        this.#waiting -= 1
        this.#queued.delete(id)
        queued.of(level.name, schemaName).add(-1)
        flow.queuedSeats.add(-width.seats)
        const verdict = how()
        const waitedSeconds = (this.#clock.now() - arrival.arrivedMs) / 1000
        waited.of(level.name, schemaName, String(verdict.isAdmitted)).observe(waitedSeconds)
        resolve(verdict)
      }
      const item = {
        width,
        dispatch: (queue: number) => leave(() => this.#dispatch(flow, queue, arrival, this.#clock.now())),
      }
      const giveUp = (): void => {
        level.leave(queue, item)
        leave(() => this.#refuse(flow, width, GAVE_UP, this.#clock.now()))
      }
      const cancelTimer = this.#clock.after(limitMs, giveUp)
      signal?.addEventListener('abort', giveUp)
      this.#waiting += 1
      queued.of(level.name, schemaName).add()
      flow.queuedSeats.add(width.seats)
      const queue = level.enqueue(flow.hand, item)
      this.#queued.set(id, { ...arrival, flow, queue })
      queueLength.of(level.name, schemaName).observe(level.lengthOf(queue))
    })
  }

  /** What there is at this moment, for who looks into it. */
  dump(): FlowDump {
    const levels = [...this.#levels.values()]
    const places = new Map<string, number>()
    const waiting = [...this.#queued.values()].map((one) => {
      const key = `${one.flow.level.name} ${String(one.queue)}`
      const place = places.get(key) ?? 0
      places.set(key, place + 1)
      return requestDump(one, place, undefined)
    })
    return {
      levels: levels.map((level) => {
        const { name, counts, waiting, executing, queuing } = level
        return { name, queues: queuing?.queues ?? 0, waiting, executing, ...counts }
      }),
      queues: levels.flatMap((level) => level.queues()),
      requests: [...waiting, ...[...this.#admitted].map((one) => requestDump(one, NO_PLACE, one.startedMs))],
    }
  }

  #flowOf(user: UserInfo, info: RequestInfo): Flow {
    let flows = this.#flows.get(user)
    if (flows === undefined) {
      flows = new Map()
      this.#flows.set(user, flows)
    }
    const key = info.isResource
      ? `${info.verb} ${info.group} ${info.resource}/${info.subresource} ${info.namespace}`
      : `${info.verb} ${info.path}`
    let flow = flows.get(key)
    if (flow === undefined) {
      flow = this.#newFlow(user, info)
      if (flows.size >= MAX_FLOWS_PER_USER) flows.clear()
      flows.set(key, flow)
    }
    return flow
  }

  #newFlow(user: UserInfo, info: RequestInfo): Flow {
    const schema = schemaOf(this.#configuration, user, info)
    const schemaName = schema?.metadata.name ?? ''
    const level = this.#levels.get(schema?.spec?.priorityLevelConfiguration.name ?? '')
    if (level === undefined) throw new Error(`flow schema ${schemaName} has no priority level`)
    const { queuing } = level
    const distinguisher = distinguisherOf(schema, user, info)
    const key = `${schemaName}\u0000${distinguisher}`
    const known = this.#byName.get(key)
    if (known !== undefined) return known
    const labels = [level.name, schemaName] as const
    const flow: Flow = {
      schemaName,
      schemaUid: schema?.metadata.uid ?? '',
      level,
      distinguisher,
      hand: queuing === undefined ? [] : dealHand(key, queuing.queues, queuing.handSize),
      dispatched: this.#metrics.dispatched.of(...labels),
      executing: this.#metrics.executing.of(...labels),
      executingSeats: this.#metrics.executingSeats.of(...labels),
      queuedSeats: this.#metrics.queuedSeats.of(...labels),
      estimatedSeats: this.#metrics.estimatedSeats.of(...labels),
      watchers: this.#metrics.watchers.of(...labels),
    }
    if (this.#byName.size >= MAX_FLOWS_PER_USER) this.#byName.clear()
    this.#byName.set(key, flow)
    return flow
  }

  /** Levels keep what runs and waits there; one that is gone serves what it had to the end. */
  #configure(policy: ClusterPolicy): void {
    const nowMs = this.#clock.now()
    this.#policy = policy
    this.#configuration = flowConfiguration(policy)
    const shareSum = this.#configuration.levels.reduce((sum, level) => sum + sharesOf(level), 0)
    const before = this.#levels
    this.#levels = new Map()
    for (const object of this.#configuration.levels) {
      const name = object.metadata.name ?? ''
      const level = before.get(name) ?? new PriorityLevel(name, nowMs)
      level.configure(object, seatLimits(object, shareSum, OBJECT_SEATS))
      this.#levels.set(name, level)
      this.#metrics.nominal.of(name).set(level.limits.nominal)
      this.#metrics.lower.of(name).set(level.limits.min)
      this.#metrics.upper.of(name).set(level.limits.max)
      this.#metrics.current.of(name).set(level.currentLimit)
    }
    this.#flows = new WeakMap()
    this.#byName = new Map()
  }

  #adjust(nowMs: number): void {
    this.#adjustedMs = nowMs
    const levels = [...this.#levels.values()]
    const borrowers = levels.map(({ limits, isExempt, demand }) => ({ limits, isExempt, demand: demand.look(nowMs) }))
    const { limits, targets, fairFraction } = borrowedLimits(borrowers)
    this.#metrics.fairFraction.set(fairFraction)
    for (const [index, level] of levels.entries()) {
      level.setLimit(limits[index] ?? 0)
      const { demand } = borrowers[index] ?? {}
      if (demand !== undefined) this.#metrics.demanded(level.name, demand, targets[index] ?? 0)
      this.#metrics.current.of(level.name).set(level.currentLimit)
    }
  }
}

/** It left its queue, whether its time was over or nobody waited for it any more: upstream tells them not apart. */
const GAVE_UP = 'time-out'

/** Of a request that waits in no queue. */
const NO_PLACE = -1

function requestDump(
  { flow, queue, user, info, arrivedMs, width }: Arrival & Pick<Admitted, 'flow' | 'queue'>,
  place: number,
  startedMs: number | undefined,
): RequestDump {
  const { group, version, resource, subresource, namespace, name } = info.isResource ? info : NO_RESOURCE
  return {
    level: flow.level.name,
    schema: flow.schemaName,
    queue,
    place,
    distinguisher: flow.distinguisher,
    arrivedMs,
    width,
    startedMs,
    user: user.username,
    verb: info.verb,
    path: info.path,
    namespace,
    name,
    groupVersion: version === '' ? '' : formatGroupVersion({ group, version }),
    resource,
    subresource,
  }
}

const NO_RESOURCE = { group: '', version: '', resource: '', subresource: '', namespace: '', name: '' }

function distinguisherOf(schema: V1FlowSchema | undefined, user: UserInfo, info: RequestInfo): string {
  switch (schema?.spec?.distinguisherMethod?.type) {
    case 'ByUser':
      return user.username
    case 'ByNamespace':
      return info.isResource ? info.namespace : ''
    default:
      return ''
  }
}
