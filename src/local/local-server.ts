/**
 * The whole system on this machine: takes a data folder, claims the ports, starts the engine, waits until the API is
 * ready, and keeps it going (Cron's ticks, an eye on the pods' process) until it is stopped. Whatever is started here
 * is ended here, also when starting fails half-way.
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ROOT } from './bundle.ts'
import type { ControlPlaneClient } from './control-plane-client.ts'
import { SECRET_HEADER } from '../objects/calls/hop-headers.ts'
import { controlPlaneClient } from './control-plane-client.ts'
import type { Credentials } from './credentials/credentials.ts'
import type { DataFolder, Running } from './data-folder.ts'
import {
  dataFolderAt,
  lockDataFolder,
  prepareDataFolder,
  readLock,
  runningIn,
  unlockDataFolder,
  updateLock,
} from './data-folder.ts'
import { openAuditDoor } from './audit/audit-door.ts'
import { AUDIT_LINE } from './audit/audit-log.ts'
import type { AuditOptions, AuditPlan } from './audit/audit-options.ts'
import { readAuditOptions } from './audit/audit-options.ts'
import type { WriteAudit } from './audit/audit-writer.ts'
import { auditWriter } from './audit/audit-writer.ts'
import type { Engine, EngineEvents, EngineName, ServerPlan } from './engine.ts'
import { OperatorError } from './operator-error.ts'
import { killLeftOvers } from './pid-mark.ts'
import type { PlanOptions } from './server-plan.ts'
import { addressOf, makePlan, reachable } from './server-plan.ts'
import { keepGoing } from './upkeep/upkeep.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface LocalServerOptions extends PlanOptions {
  readonly dataFolder: string
  readonly server: EngineName
  readonly kubeconfig: string
  readonly logLevel: LogLevel
  readonly audit?: AuditOptions
  /** Something to show: progress, a Worker's line, trouble. */
  readonly onLog: (level: LogLevel, text: string) => void
  /** The server is of no use any more; stop it. */
  readonly onGivenUp: (reason: string) => void
}

export interface LocalServer {
  /** `https://127.0.0.1:6443` */
  readonly address: string
  readonly port: number
  readonly httpPort: number
  readonly folder: DataFolder
  readonly credentials: Credentials
  /** How long the engine took of the start, and the whole start: what the benchmark reports. */
  readonly engineStartMs: number
  readonly startMs: number
  readonly client: ControlPlaneClient
  stop(): Promise<void>
}

/** The first start makes the cluster's own objects; on a slow machine that takes seconds, never this long. */
/** On data with much that is due the first tick comes before whoever asks. */
const READY_LIMIT_MS = 120_000

/**
 * As long as Cron's handler has on the platform (Cloudflare's limits, 2026-11). Who gives up earlier cancels the visits
 * that are under way, and the next tick begins with the same ones.
 */
const TICK_LIMIT_MS = 15 * 60_000
const READY_POLL_MS = 15

export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const startedAtMs = performance.now()
  const audit = options.audit && readAuditOptions(options.audit, (text) => options.onLog('warn', text))
  const folder = dataFolderAt(options.dataFolder)
  const migrations = readdirSync(join(ROOT, 'migrations')).filter((name) => name.endsWith('.sql'))
  refuseSecond(folder)
  prepareDataFolder(folder, migrations.sort())
  await endLeftOvers(folder, options)
  const plan = await makePlan(folder, options, audit)
  const { port, httpPort, credentials } = plan
  const { server, kubeconfig } = options
  const address = addressOf(plan.host, port)
  lockDataFolder(folder, { address, httpPort, kubeconfig, server, children: [] })
  const parts = new Parts()
  parts.add(() => unlockDataFolder(folder))
  try {
    const client = clientOf(plan)
    parts.add(() => client.close())
    const post = poster(client, parts, options)
    const writeAudit = auditWriter(options.audit, options.onLog)
    const auditLogPort = await auditLogPortOf(plan, audit, writeAudit, parts)
    const events = eventsOf(options, { folder, post, writeAudit })
    const engine = await engineOf(server, { ...plan, auditLogPort }, events)
    const engineStartedAtMs = performance.now()
    parts.add(() => engine.stop())
    await engine.start()
    const engineStartMs = performance.now() - engineStartedAtMs
    // Not all of /readyz: a new cluster has what makes it ready only after its first tick.
    await untilAnswered(client, '/readyz/etcd')
    for (const end of keepGoing({ engine, plan, post, onLog: options.onLog })) parts.add(end)
    // The first tick of a new cluster makes what it starts with, and what people apply first goes into this.
    await untilAnswered(client, '/api/v1/namespaces/default')
    return {
      ...{ address, port, httpPort, folder, credentials },
      engineStartMs,
      startMs: performance.now() - startedAtMs,
      client,
      stop: () => parts.end(),
    }
  } catch (error) {
    await parts.end()
    throw error
  }
}

/** What was started, to be ended in the reverse order, once. */
class Parts {
  readonly #ends: (() => void | Promise<void>)[] = []
  isEnding = false

  add(end: () => void | Promise<void>): void {
    this.#ends.push(end)
  }

  async end(): Promise<void> {
    this.isEnding = true
    for (let end = this.#ends.pop(); end !== undefined; end = this.#ends.pop()) await end()
  }
}

/** Before anything is written or any port is asked for: the other server is the cause of all that would follow. */
function refuseSecond(folder: DataFolder): void {
  const running = runningIn(folder)
  if (running === undefined) return
  const who = `${folder.path} is in use by process ${String(running.pid)} (${running.address})`
  throw new OperatorError(`${who}; stop it with "down", or choose another: --data DIR`)
}

/** A host that was killed leaves its workerd behind, holding ports and databases. */
async function endLeftOvers(folder: DataFolder, { onLog }: LocalServerOptions): Promise<void> {
  const children: Running['children'] = readLock(folder)?.children ?? []
  const ended = await killLeftOvers(children, folder.run)
  if (ended.length > 0) onLog('debug', `ended what a killed server left behind: ${ended.join(', ')}`)
}

/** Each engine is loaded only where it is chosen: miniflare alone costs a second. */
async function engineOf(name: EngineName, plan: ServerPlan, events: EngineEvents): Promise<Engine> {
  if (name === 'miniflare') return (await import('./miniflare-engine.ts')).miniflareEngine(plan, events)
  return (await import('./workerd/workerd-engine.ts')).workerdEngine(plan, events)
}

/** Of the door to the audit log; undefined: nobody waits for it. */
async function auditLogPortOf(
  { credentials }: ServerPlan,
  audit: AuditPlan | undefined,
  write: WriteAudit,
  parts: Parts,
): Promise<number | undefined> {
  if (audit?.isLogAwaited !== true) return undefined
  const door = await openAuditDoor({ secret: credentials.internalSecret, write })
  parts.add(() => door.close())
  return door.port
}

interface EventsPorts {
  readonly folder: DataFolder
  readonly post: Post
  readonly writeAudit: WriteAudit
}

function eventsOf({ onLog, onGivenUp }: LocalServerOptions, { folder, post, writeAudit }: EventsPorts): EngineEvents {
  const children = new Map<string, number>()
  return {
    onLaunched(source, pid) {
      children.set(source, pid)
      updateLock(folder, { children: [...children.values()] })
    },
    onLine(source, line) {
      // Lines of JSON are the audit's and the request log's: programs read them, so they stay as they are.
      if (line.startsWith(AUDIT_LINE)) writeAudit(line)
      else if (line.startsWith('{')) onLog('debug', line)
      else onLog('info', `${source}: ${line}`)
    },
    onRestart: (source, reason) => onLog('warn', `${source}: ${reason}; starting it again`),
    onPodsRestarted: (end) => void post('/internal/pod-process-restarted', end),
    onGivenUp: (source, reason) => onGivenUp(`${source} keeps ending (${reason})`),
  }
}

function clientOf({ host, port, credentials }: ServerPlan): ControlPlaneClient {
  return controlPlaneClient({
    host: reachable(host),
    port,
    authority: credentials.authority.certificate,
    headers: { [SECRET_HEADER]: credentials.internalSecret, authorization: `Bearer ${credentials.adminToken}` },
  })
}

async function untilAnswered(client: ControlPlaneClient, path: string): Promise<void> {
  const end = performance.now() + READY_LIMIT_MS
  for (;;) {
    const { httpCode, text } = await client.call('GET', path, undefined, READY_LIMIT_MS)
    if (httpCode === 200) return
    if (performance.now() > end) throw new Error(`the API does not become ready: ${String(httpCode)} ${text}`)
    await sleep(READY_POLL_MS)
  }
}

/** Tells the control plane something; failing is reported, and made good by the next tick. */
type Post = (path: string, body?: unknown) => Promise<void>

function poster(client: ControlPlaneClient, parts: Parts, { onLog }: LocalServerOptions): Post {
  return async (path, body) => {
    try {
      const { httpCode, text } = await client.call('POST', path, body, TICK_LIMIT_MS)
      if (httpCode !== 200) onLog('warn', `${path} answered ${String(httpCode)}: ${text}`)
    } catch (error) {
      // A server that is being stopped answers no more, and its next start makes the same call.
      if (!parts.isEnding) onLog('warn', `${path} was not answered: ${String(error)}`)
    }
  }
}
