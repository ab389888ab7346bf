/**
 * What the figures are to reach, as data: each target takes its value out of a run, and says whether more or less is
 * better. Beside a ratio to upstream's recorded figure stands the one that would be left if upstream, too, ran as much
 * faster here as the bare floor does (recorded.ts).
 */
import type { Crud, CrudRow, WatchedWrites } from '../crud.ts'
import type { ListRow } from '../lists.ts'
import type { Latency } from '../load.ts'
import type { DocumentRow } from '../machinery/documents.ts'
import type { Machinery } from '../machinery/machinery.ts'
import type { Rollouts } from '../rollouts.ts'
import type { Figure } from './recorded.ts'
import { FLOOR, UPSTREAM } from './recorded.ts'
import type { RuleFigures } from '../rules.ts'
import type { Watches } from '../watches.ts'
import type { WireFigures } from '../wire.ts'

/** All that a run measured; parts that were left out are missing. */
export interface Run {
  readonly crud?: Crud
  readonly watchedWrites?: WatchedWrites
  readonly lists?: readonly ListRow[]
  readonly wire?: WireFigures
  readonly rules?: RuleFigures
  readonly machinery?: Machinery
  readonly watches?: Watches
  readonly sequencerPerSecond?: number
  readonly rollouts?: Rollouts
  readonly isolates?: Latency
  readonly startMs?: number
  readonly engineMs?: number
  readonly idleBytes?: number
  readonly loadedBytes?: number
}

export interface Verdict {
  readonly target: string
  readonly value: number
  readonly unit: string
  readonly bound: number
  readonly isMinimum: boolean
  readonly isReached: boolean
  /** A ratio to upstream, divided by what the machine's floor has gained since that was recorded. */
  readonly corrected?: number
  /** The ratio to the API server that was measured in turns with ours, where there was one. */
  readonly beside?: number
  /** What else of the same minute the value is to be read by. */
  readonly remark?: string
}

const MIB = 1024 * 1024
const WRITES = ['create', 'update', 'patch'] as const

type Measure = keyof Figure

function measured(rows: readonly CrudRow[] | undefined, operation: string, connections: number): Figure | undefined {
  const row = rows?.find((each) => each.operation === operation && each.connections === connections)
  return row === undefined ? undefined : row.load
}

/** How much faster this machine's floor is than the recorded one; for milliseconds, how much less it takes. */
export function machineSpeed(run: Run, operation: string, connections: number, measure: Measure): number | undefined {
  const kind = operation === 'get' ? 'get' : 'put'
  const now = measured(run.crud?.floor, kind, connections)?.[measure]
  const then = FLOOR[kind]?.[connections]?.[measure]
  return now === undefined || then === undefined ? undefined : now / then
}

interface Target {
  readonly target: string
  readonly value: number | undefined
  readonly unit: string
  readonly comparison: '≥' | '≤'
  readonly bound: number
  readonly corrected?: number | undefined
  readonly beside?: number | undefined
  readonly remark?: string
}

function target(
  ...[name, value, unit, comparison, bound]: readonly [string, number | undefined, string, '≥' | '≤', number]
): Target {
  return { target: name, value, unit, comparison, bound }
}

/** Ours to upstream's recorded figure. */
function toUpstream(
  run: Run,
  [operation, connections, measure]: readonly [string, number, Measure],
  comparison: '≥' | '≤',
  bound: number,
): Target {
  const ours = measured(run.crud?.ours, operation, connections)?.[measure]
  const theirs = UPSTREAM[operation]?.[connections]?.[measure]
  const ratio = (other: number | undefined): number | undefined =>
    ours === undefined || other === undefined ? undefined : ours / other
  const value = ratio(theirs)
  const beside = ratio(measured(run.crud?.beside, operation, connections)?.[measure])
  const speed = machineSpeed(run, operation, connections, measure)
  const corrected = value === undefined || speed === undefined ? undefined : value / speed
  const name = `${operation} c=${String(connections)}, ${NAMES[measure]}`
  return { ...target(name, value, '× upstream', comparison, bound), corrected, beside }
}

const NAMES: Readonly<Record<Measure, string>> = { perSecond: 'requests/s', p50Ms: 'p50', cpuMs: 'CPU' }

function crudTargets(run: Run): Target[] {
  const rows: Target[] = []
  for (const connections of [8, 32]) {
    for (const operation of WRITES) {
      rows.push(toUpstream(run, [operation, connections, 'perSecond'], '≥', 1.3))
      rows.push(toUpstream(run, [operation, connections, 'cpuMs'], '≤', 0.6))
    }
    rows.push(toUpstream(run, ['get', connections, 'perSecond'], '≥', 1))
    rows.push(toUpstream(run, ['get', connections, 'cpuMs'], '≤', 0.7))
  }
  for (const operation of WRITES) rows.push(toUpstream(run, [operation, 1, 'p50Ms'], '≤', 1))
  return rows
}

function watchTargets({ watches }: Run): Target[] {
  const paced = watches?.ours.find(({ isPaced }) => isPaced)
  const floor = watches?.floor.find(({ isPaced }) => isPaced)
  const lost = watches?.ours.reduce((sum, { events, expected }) => sum + expected - events, 0)
  const times = (measure: keyof Latency): number | undefined =>
    paced === undefined || floor === undefined ? undefined : paced[measure] / floor[measure]
  return [
    target('100 watchers, p50', times('p50Ms'), '× bare fan-out', '≤', 1.2),
    target('100 watchers, p99', times('p99Ms'), '× bare fan-out', '≤', 1.2),
    target('100 watchers, events lost', lost, '', '≤', 0),
  ]
}

function listTargets({ lists = [] }: Run): Target[] {
  const of = (objects: number): ListRow | undefined => lists.find((row) => row.objects === objects)
  const growth = of(5000)?.growthBytes
  return [
    target('list 500, p50', of(500)?.load.p50Ms, 'ms', '≤', 8),
    target('list 5,000, p50', of(5000)?.load.p50Ms, 'ms', '≤', 100),
    target('list 5,000, memory growth', growth === undefined ? undefined : growth / MIB, 'MiB', '≤', 48),
  ]
}

function wireTargets({ wire }: Run): Target[] {
  const mib = (row: ListRow | undefined): number | undefined => (row === undefined ? undefined : row.growthBytes / MIB)
  return [
    target('protobuf, a Pod in', wire?.podInUs, 'µs', '≤', 60),
    target('protobuf, a Pod out', wire?.podOutUs, 'µs', '≤', 60),
    target('protobuf, list 5,000 pods, memory growth', mib(wire?.list), 'MiB', '≤', 48),
    target('JSON, list 5,000 pods over all namespaces, memory growth', mib(wire?.listOverAll), 'MiB', '≤', 48),
  ]
}

function machineryTargets({ machinery }: Run): Target[] {
  if (machinery === undefined) return []
  const { writes, documents, lists, definitions } = machinery
  const apiMs = (operation: string): number | undefined => writes.find((row) => row.operation === operation)?.apiMs
  const times = (apiMs('apply') ?? 0) / (apiMs('merge patch') ?? 1)
  const list = (what: string) => lists.find((row) => row.what === what)
  const perObject = (list('list in pages of 500')?.load.cpuMs ?? 0) / (list('list')?.load.cpuMs ?? 1)
  const { firstCpuMs, lastCpuMs, changedDiscoveryMs, bytesEach } = definitions
  return [
    ...writes.map(({ operation, apiMs: ms }) => target(`${operation} of a Deployment of 5 KB, CPU`, ms, 'ms', '≤', 1)),
    target('apply of a Deployment of 5 KB', times, '× merge patch', '≤', 1.5),
    ...lists.map(({ what, growthBytes }) =>
      target(`10,000 custom resources, ${what}, memory growth`, growthBytes / MIB, 'MiB', '≤', 48),
    ),
    target('10,000 custom resources, CPU in pages of 500', perObject, '× one list', '≤', 1.5),
    ...documents.map((row) => ({ ...target(`${row.document}, p50`, row.p50Ms, 'ms', '≤', 2), ...remarkOf(row) })),
    target('1,000 definitions, the last ones', lastCpuMs / firstCpuMs, '× the first', '≤', 1.2),
    target('1,000 definitions, discovery after a change', changedDiscoveryMs, 'ms', '≤', 100),
    target('1,000 definitions, memory', (bytesEach * 1000) / MIB, 'MiB', '≤', 64),
  ]
}

/** A megabyte takes what the machine takes for it, and hardly anybody has it sent as it is. */
function remarkOf({ floorP50Ms, compressedP50Ms }: DocumentRow): Pick<Target, 'remark'> {
  if (floorP50Ms === undefined) return {}
  const asked = compressedP50Ms === undefined ? '' : `; compressed, as kubectl asks: ${compressedP50Ms.toFixed(2)} ms`
  return { remark: `a bare Worker: ${floorP50Ms.toFixed(2)} ms${asked}` }
}

function targetsOf(run: Run): Target[] {
  const { watchedWrites, idleBytes, loadedBytes } = run
  const kept = watchedWrites === undefined ? undefined : watchedWrites.watched.perSecond / watchedWrites.alone.perSecond
  return [
    ...crudTargets(run),
    target('create c=8 beside an all-namespaces watcher', kept, '× alone', '≥', 0.7),
    target('sequencer, reservations', run.sequencerPerSecond, '/s', '≥', 5000),
    ...listTargets(run),
    ...wireTargets(run),
    ...machineryTargets(run),
    target('CEL rule of medium size', run.rules?.evaluateUs, 'µs', '≤', 20),
    ...watchTargets(run),
    target('up (warm) to ready', run.startMs, 'ms', '≤', 1000),
    target('up (warm), of which workerd', run.engineMs, 'ms', '≤', 350),
    target('resident memory, idle', idleBytes === undefined ? undefined : idleBytes / MIB, 'MiB', '≤', 230),
    target('resident memory, after the load', loadedBytes === undefined ? undefined : loadedBytes / MIB, 'MiB', '≤', 400),
    target('Deployment of 500, bound', run.rollouts?.ours.boundPerSecond, 'pods/s', '≥', 1000),
    target('Deployment of 500, Running', run.rollouts?.ours.runningPerSecond, 'pods/s', '≥', 500),
    target('isolate pod, create to Ready, p50', run.isolates?.p50Ms, 'ms', '≤', 150),
  ]
}

/** The targets whose parts were measured. */
export function verdictsOf(run: Run): Verdict[] {
  return targetsOf(run).flatMap(({ target: name, value, unit, comparison, bound, corrected, beside, remark }) => {
    if (value === undefined) return []
    const isMinimum = comparison === '≥'
    const isReached = isMinimum ? value >= bound : value <= bound
    const ratios = { ...(corrected === undefined ? {} : { corrected }), ...(beside === undefined ? {} : { beside }) }
    const said = remark === undefined ? {} : { remark }
    return [{ target: name, value, unit, bound, isMinimum, isReached, ...ratios, ...said }]
  })
}
