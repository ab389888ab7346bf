/**
 * What priority and fairness holds at a moment, as the tables of /debug/api_priority_and_fairness
 * (k8s.io/apiserver pkg/util/flowcontrol/apf_controller_debug.go): of several objects together, since each has queues of
 * its own. Pure. Differs: a queue that several objects have something in has a row for each.
 */
import { ascending } from '../../../lib/order.ts'
import type { QueueSnapshot } from './fair-queues.ts'
import type { Width } from './request-width.ts'

export interface LevelDump {
  readonly name: string
  /** How many queues it is configured to have. */
  readonly queues: number
  readonly waiting: number
  readonly executing: number
  readonly dispatched: number
  readonly rejected: number
  readonly timedOut: number
  readonly cancelled: number
}

export interface QueueDump extends QueueSnapshot {
  readonly level: string
}

export interface RequestDump {
  readonly level: string
  readonly schema: string
  /** -1: it need not queue. */
  readonly queue: number
  /** -1: it executes. */
  readonly place: number
  readonly distinguisher: string
  readonly arrivedMs: number
  readonly width: Width
  /** Undefined while it waits. */
  readonly startedMs: number | undefined
  readonly user: string
  readonly verb: string
  readonly path: string
  readonly namespace: string
  readonly name: string
  readonly groupVersion: string
  readonly resource: string
  readonly subresource: string
}

export interface FlowDump {
  readonly levels: readonly LevelDump[]
  readonly queues: readonly QueueDump[]
  readonly requests: readonly RequestDump[]
}

const ROOT = '/debug/api_priority_and_fairness/'

/** The table at a path; undefined: there is none. `hasDetails`: who asks for what is told as well. */
export function flowTable(path: string): ((dumps: readonly FlowDump[], hasDetails: boolean) => string) | undefined {
  switch (path) {
    case `${ROOT}dump_priority_levels`:
      return (dumps) => levelsTable(dumps)
    case `${ROOT}dump_queues`:
      return (dumps) => queuesTable(dumps)
    case `${ROOT}dump_requests`:
      return (dumps, hasDetails) => requestsTable(dumps, hasDetails)
    default:
      return undefined
  }
}

const LEVEL_HEADERS = [
  'PriorityLevelName', 'ActiveQueues', 'IsIdle', 'IsQuiescing', 'WaitingRequests', 'ExecutingRequests',
  'DispatchedRequests', 'RejectedRequests', 'TimedoutRequests', 'CancelledRequests',
]
const QUEUE_HEADERS = [
  'PriorityLevelName', 'Index', 'PendingRequests', 'ExecutingRequests', 'SeatsInUse', 'NextDispatchR',
  'InitialSeatsSum', 'MaxSeatsSum', 'TotalWorkSum',
]
// Upstream's spelling.
const REQUEST_HEADERS = [
  'PriorityLevelName', 'FlowSchemaName', 'QueueIndex', 'RequestIndexInQueue', 'FlowDistingsher', 'ArriveTime',
  'InitialSeats', 'FinalSeats', 'AdditionalLatency', 'StartTime',
]
const DETAIL_HEADERS = ['UserName', 'Verb', 'APIPath', 'Namespace', 'Name', 'APIVersion', 'Resource', 'SubResource']

const NO_TIME = '0001-01-01T00:00:00Z'

function levelsTable(dumps: readonly FlowDump[]): string {
  const queues = dumps.flatMap((dump) => dump.queues)
  const names = [...new Set(dumps.flatMap(({ levels }) => levels.map(({ name }) => name)))].toSorted(ascending)
  const rows = names.map((name) => {
    const own = dumps.flatMap(({ levels }) => levels.filter((level) => level.name === name))
    const sum = (of: (level: LevelDump) => number): number => own.reduce((total, level) => total + of(level), 0)
    const [waiting, executing] = [sum((level) => level.waiting), sum((level) => level.executing)]
    const active = queues.filter((queue) => queue.level === name && queue.waiting > 0).length
    const counts = [
      waiting, executing, sum((level) => level.dispatched), sum((level) => level.rejected),
      sum((level) => level.timedOut), sum((level) => level.cancelled),
    ]
    return [name, String(active), String(waiting + executing === 0), 'false', ...counts.map(String)]
  })
  return tableText([LEVEL_HEADERS, ...rows])
}

function queuesTable(dumps: readonly FlowDump[]): string {
  const used = Map.groupBy(dumps.flatMap(({ queues }) => queues), ({ level, index }) => `${level} ${String(index)}`)
  const counts = new Map(dumps.flatMap(({ levels }) => levels.map(({ name, queues }) => [name, queues] as const)))
  for (const [level, count] of counts) {
    for (let index = 0; index < count; index += 1) {
      const key = `${level} ${String(index)}`
      if (!used.has(key)) used.set(key, [{ ...EMPTY_QUEUE, level, index }])
    }
  }
  const queues = [...used.values()].flat()
  const sorted = queues.toSorted((one, other) => ascending(one.level, other.level) || one.index - other.index)
  return tableText([QUEUE_HEADERS, ...sorted.map(queueRow)])
}

const EMPTY_QUEUE = {
  waiting: 0, initialSeatsWaiting: 0, seatsWaiting: 0, workWaitingMs: 0, executing: 0, seatsExecuting: 0, nextMs: 0,
}

function queueRow(queue: QueueDump): string[] {
  return [
    ...[queue.level, queue.index, queue.waiting, queue.executing, queue.seatsExecuting].map(String),
    seatSeconds(queue.nextMs / 1000), String(queue.initialSeatsWaiting), String(queue.seatsWaiting),
    seatSeconds(queue.workWaitingMs / 1000),
  ]
}

function requestsTable(dumps: readonly FlowDump[], hasDetails: boolean): string {
  const rows = dumps.flatMap(({ requests }) =>
    requests.map((one) => [
      one.level, one.schema, String(one.queue), String(one.place), one.distinguisher, timeText(one.arrivedMs),
      String(one.width.initialSeats), String(one.width.finalSeats), durationText(one.width.finalMs),
      timeText(one.startedMs),
      ...(hasDetails ? detailsOf(one) : []),
    ]),
  )
  return tableText([[...REQUEST_HEADERS, ...(hasDetails ? DETAIL_HEADERS : [])], ...rows])
}

function detailsOf({ user, verb, path, namespace, name, groupVersion, resource, subresource }: RequestDump): string[] {
  return [user, verb, path, namespace, name, groupVersion, resource, subresource]
}

/** As Go prints it; none is longer than a second. */
function durationText(ms: number): string {
  return ms === 0 ? '0s' : `${String(Math.floor(ms * 1e6) / 1e6)}ms`
}

function seatSeconds(seconds: number): string {
  return `${seconds.toFixed(8)}ss`
}

function timeText(timeMs: number | undefined): string {
  return timeMs === undefined ? NO_TIME : new Date(timeMs).toISOString()
}

/** Cells end with a comma and are as wide as their column, at least eight; the last of a row is as wide as it is. */
function tableText(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(8, ...rows.map((row) => (row[column] ?? '').length + 2)))
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (column === row.length - 1 ? cell : `${cell},`.padEnd(widths[column] ?? 0))).join('')
  return rows.map((row) => `${line(row)}\n`).join('')
}
