/**
 * `npm run bench`: what the server does per second and what it costs, beside the floor of the same machine in the same
 * run. Prints tables and writes JSON to bench-results/. Not a test: machines are noisy, so nothing fails here; each
 * target says whether it was reached. For comparisons quote ratios of one run.
 *
 *   npm run bench
 *   npm run bench -- --only crud,list      parts: crud list wire cel machinery watch sequencer pods start
 *   npm run bench -- --json results.json
 *   npm run bench -- --only crud --beside KUBECONFIG --beside-pids PID,PID    another API server, in turns
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { besideServer, parsePids } from './beside.ts'
import type { CrudRow } from './crud.ts'
import { measureCrud, measureWatchedWrites, warmUp } from './crud.ts'
import { measureLists } from './lists.ts'
import { measureMachinery } from './machinery/machinery.ts'
import { measureIsolates } from './pods.ts'
import { residentBytesOf } from './processes.ts'
import { printRun, say } from './report/report.ts'
import { NODES, measureRollouts } from './rollouts.ts'
import { measureRules } from './rules.ts'
import { measureSequencer } from './sequencer.ts'
import type { Server, StartedServer } from './server.ts'
import { SETTLE_MS, startFloor, startServer, temporaryFolder } from './server.ts'
import type { Run } from './report/targets.ts'
import { verdictsOf } from './report/targets.ts'
import { measureWatches } from './watches.ts'
import { measureWire } from './wire.ts'

const PARTS = ['start', 'crud', 'list', 'wire', 'cel', 'machinery', 'watch', 'sequencer', 'pods'] as const
type Part = (typeof PARTS)[number]

const USAGE =
  `usage: npm run bench -- [--only ${PARTS.join(',')}] [--json FILE]` +
  ' [--beside KUBECONFIG --beside-pids PID,PID]'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'string' },
    beside: { type: 'string' },
    'beside-pids': { type: 'string', default: '' },
    help: { type: 'boolean', short: 'h' },
  },
})

function partsOf(only: string | undefined): ReadonlySet<Part> {
  const wanted = only?.split(',') ?? PARTS
  const unknown = wanted.find((name) => !PARTS.some((part) => part === name))
  if (unknown !== undefined) throw new Error(`there is no part "${unknown}"; ${USAGE}`)
  return new Set(PARTS.filter((part) => wanted.includes(part)))
}

async function measureAll(parts: ReadonlySet<Part>): Promise<Run> {
  const data = temporaryFolder()
  const floor = await startFloor('worker.ts', [['FLOOR_OBJECTS', 'FloorObject']])
  try {
    const start = parts.has('start') ? await measureStart(data) : {}
    const server = await startServer(data, NODES)
    try {
      return { ...start, ...(await measureParts(server, floor, parts)) }
    } finally {
      await server.stop()
    }
  } finally {
    await floor.stop()
    rmSync(data, { recursive: true, force: true })
  }
}

/** As `npm start` starts it: the first time, and then a warm one, which is measured, and left alone for a while. */
async function measureStart(data: string): Promise<Run> {
  say('start')
  await (await startServer(data, 1)).stop()
  const server = await startServer(data, 1)
  try {
    await pause(SETTLE_MS)
    return { startMs: server.startMs, engineMs: server.engineMs, idleBytes: residentBytesOf(server.pids) }
  } finally {
    await server.stop()
  }
}

async function measureParts(server: StartedServer, floor: Server, parts: ReadonlySet<Part>): Promise<Run> {
  const run = Date.now().toString(36)
  await pause(SETTLE_MS)
  const measure = async <T>(part: Part, what: () => T | Promise<T>): Promise<T | undefined> => {
    if (!parts.has(part)) return undefined
    say(part)
    return what()
  }
  const told = ({ operation, connections, load }: CrudRow): void =>
    say(`  ${operation} c=${String(connections)}: ${load.perSecond.toFixed(0)}/s`)
  const crud = await measure('crud', async () => {
    const { beside: kubeconfig, 'beside-pids': pids } = options
    const beside = kubeconfig === undefined ? {} : { beside: besideServer(kubeconfig, parsePids(pids)) }
    const measured = { ours: server, floor, ...beside }
    await warmUp(measured, `warm-${run}`)
    return measureCrud(measured, run, told)
  })
  const watchedWrites = await measure('crud', () => measureWatchedWrites(server, run))
  const lists = await measure('list', () => measureLists(server, run))
  const watches = await measure('watch', () => measureWatches(server, floor, run))
  // The load that upstream's memory was measured after (recorded.ts): what comes now has figures of its own.
  const loadedBytes = residentBytesOf(server.pids)
  const wire = await measure('wire', () => measureWire(server, run))
  const rules = await measure('cel', measureRules)
  const machinery = await measure('machinery', () => measureMachinery(server, floor, run))
  const rollouts = await measure('pods', () => measureRollouts(server, run))
  const isolates = await measure('pods', () => measureIsolates(server, run))
  const sequencerPerSecond = await measure('sequencer', measureSequencer)
  const api = { crud, watchedWrites, lists, wire, rules, machinery, watches }
  const found = { ...api, rollouts, isolates, sequencerPerSecond }
  return {
    ...(crud === undefined ? {} : { loadedBytes }),
    ...(Object.fromEntries(Object.entries(found).filter(([, value]) => value !== undefined)) as Run),
  }
}

async function main(): Promise<void> {
  if (options.help === true) return console.log(USAGE)
  const parts = partsOf(options.only)
  const run = await measureAll(parts)
  const verdicts = verdictsOf(run)
  printRun(run, verdicts)
  const [cpu] = cpus()
  const about = { at: new Date().toISOString(), cores: cpus().length, cpu: cpu?.model ?? '', node: process.version }
  const folder = join(import.meta.dirname, '../../bench-results')
  const file = options.json ?? join(folder, `${about.at.replaceAll(':', '-')}.json`)
  if (options.json === undefined) mkdirSync(folder, { recursive: true })
  writeFileSync(file, `${JSON.stringify({ about, run, verdicts }, undefined, 2)}\n`)
  console.log(`\nwritten to ${file}`)
}

await main()
