/** A run as tables for people. Progress goes to stderr, so that stdout is the report alone. */
import type { CrudRow } from '../crud.ts'
import type { ListRow } from '../lists.ts'
import { FLOOR, UPSTREAM } from './recorded.ts'
import type { Machinery } from '../machinery/machinery.ts'
import type { Run, Verdict } from './targets.ts'
import { machineSpeed } from './targets.ts'

/** Of the columns after operation and connections. */
const WIDTHS = [11, 9, 9, 9, 13, 15] as const

export function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

export function printRun(run: Run, verdicts: readonly Verdict[]): void {
  printCrud('The floor (bare Worker, one hop, one row)', run.crud?.floor ?? [], FLOOR, run)
  printCrud('Workernetes', run.crud?.ours ?? [], UPSTREAM, run)
  printCrud('The API server beside it', run.crud?.beside ?? [], UPSTREAM, run)
  printOthers(run)
  console.log('\nTargets')
  const width = Math.max(0, ...verdicts.map(({ target }) => target.length))
  for (const { target, value, unit, bound, isMinimum, isReached, ...ratios } of verdicts) {
    const figure = `${number(value)} ${unit}`.padEnd(22)
    const wanted = `${isMinimum ? '≥' : '≤'} ${String(bound)}`.padEnd(8)
    const { corrected, beside, remark } = ratios
    const others = [
      ...(corrected === undefined ? [] : [`${number(corrected)} corrected`]),
      ...(beside === undefined ? [] : [`${number(beside)} × the one beside it`]),
      ...(remark === undefined ? [] : [remark]),
    ]
    const strict = others.length === 0 ? '' : `(${others.join(', ')})`
    console.log(`  ${isReached ? '✔' : '✘'} ${target.padEnd(width)}  ${figure} ${wanted} ${strict}`.trimEnd())
  }
}

function printCrud(title: string, rows: readonly CrudRow[], recorded: typeof UPSTREAM, run: Run): void {
  if (rows.length === 0) return
  console.log(`\n${title}`)
  console.log('  operation  c   requests/s   p50 ms   p99 ms   CPU ms   × recorded   of the floor')
  for (const { operation, connections, load } of rows) {
    const then = recorded[operation]?.[connections]
    const times = then === undefined ? '' : number(load.perSecond / then.perSecond)
    const floor = run.crud?.floor.find(
      (row) => row.connections === connections && row.operation === (operation === 'get' ? 'get' : 'put'),
    )
    const share = floor === undefined ? '' : number(load.perSecond / floor.load.perSecond)
    const figures = [load.perSecond.toFixed(0), number(load.p50Ms), number(load.p99Ms), load.cpuMs.toFixed(3)]
    const cells = [...figures, times, share].map((cell, at) => cell.padStart(WIDTHS[at] ?? 0))
    console.log(`  ${operation.padEnd(9)} ${String(connections).padStart(2)} ${cells.join('')}`)
  }
  const speed = machineSpeed(run, 'get', 8, 'perSecond')
  if (recorded === UPSTREAM && speed !== undefined) {
    const [get, put] = [number(speed), number(machineSpeed(run, 'create', 8, 'perSecond') ?? 0)]
    console.log(`  This machine's floor: ${get} (get), ${put} (put) times the recorded one; what is corrected is divided by it.`)
  }
}

function printMachinery({ writes, documents, lists, definitions }: Machinery): void {
  const line = (text: string): void => console.log(`  ${text}`)
  for (const { operation, apiMs, load } of writes) {
    const whole = `on the server ${number(load.cpuMs)} ms with its controller, p50 ${number(load.p50Ms)} ms`
    line(`Deployment of 5 KB, ${operation}: ${apiMs.toFixed(3)} ms of CPU in process (warm), ${whole}`)
  }
  for (const { document, p50Ms, bytes, floorP50Ms } of documents) {
    const bare = floorP50Ms === undefined ? '' : ` (a bare Worker: ${number(floorP50Ms)} ms)`
    line(`${document}: p50 ${number(p50Ms)} ms${bare}, ${number(bytes / 1000)} kB`)
  }
  for (const row of lists) line(listText(`custom resources, ${row.what},`, row))
  const { firstCpuMs, lastCpuMs, perSecond, changedDiscoveryMs, discoveryP50Ms, bytesEach } = definitions
  const costs = `CPU ${number(firstCpuMs)} ms each at first, ${number(lastCpuMs)} ms at last`
  const discovery = `discovery ${number(changedDiscoveryMs)} ms after a change, p50 ${number(discoveryP50Ms)} ms`
  line(`1,000 definitions: ${number(perSecond)}/s, ${costs}, ${number(bytesEach / 1024)} KiB each; ${discovery}`)
}

function printOthers({ watchedWrites, lists = [], wire, rules, machinery, watches, rollouts, isolates }: Run): void {
  const line = (text: string): void => console.log(`  ${text}`)
  console.log('')
  if (watchedWrites !== undefined) {
    const { alone, watched, events } = watchedWrites
    const beside = `with an all-namespaces watcher ${number(watched.perSecond)}/s, ${String(events)} events`
    line(`create c=8: ${number(alone.perSecond)}/s; ${beside}`)
  }
  for (const row of lists) line(listText('list', row))
  if (rules !== undefined) {
    line(`CEL rule: compiled in ${number(rules.compileUs)} µs, evaluated in ${number(rules.evaluateUs)} µs`)
  }
  if (wire !== undefined) {
    line(`protobuf: a Pod in ${number(wire.podInUs)} µs, out ${number(wire.podOutUs)} µs`)
    line(listText('protobuf list of pods', wire.list))
    line(listText('list of pods over all namespaces', wire.listOverAll))
  }
  if (machinery !== undefined) printMachinery(machinery)
  for (const [who, rows] of [['floor', watches?.floor], ['ours', watches?.ours]] as const) {
    for (const { isPaced, p50Ms, p99Ms, events, expected, eventsPerSecond, cpuUs } of rows ?? []) {
      const pace = isPaced ? 'a write each 20 ms' : 'back to back'
      const times = `p50 ${number(p50Ms)} ms, p99 ${number(p99Ms)} ms, ${number(eventsPerSecond)} events/s`
      const came = `${String(events)} of ${String(expected)}`
      line(`100 watchers (${who}), ${pace}: ${times}, CPU ${number(cpuUs)} µs, ${came}`)
    }
  }
  for (const [who, row] of [['the steps alone', rollouts?.floor], ['ours', rollouts?.ours]] as const) {
    if (row === undefined) continue
    const { replicas, boundPerSecond, runningPerSecond, firstPodMs } = row
    const rates = `bound ${number(boundPerSecond)}/s, Running ${number(runningPerSecond)}/s`
    line(`Deployment of ${String(replicas)} (${who}): first pod after ${number(firstPodMs)} ms, ${rates}`)
  }
  if (isolates === undefined) return
  line(`isolate pod to Ready: p50 ${number(isolates.p50Ms)} ms, p99 ${number(isolates.p99Ms)} ms`)
}

function listText(what: string, { objects, load, growthBytes }: ListRow): string {
  const size = `${number(load.bytes / 1e6)} MB, CPU ${number(load.cpuMs)} ms, memory +${number(growthBytes / 2 ** 20)} MiB`
  return `${what} ${String(objects)}: p50 ${number(load.p50Ms)} ms, p99 ${number(load.p99Ms)} ms, ${size}`
}

function number(value: number): string {
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(2)
}
