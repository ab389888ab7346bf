/**
 * The whole system on this machine: takes a data folder, claims the ports, starts the engine, waits until the API is
 * ready, and keeps it going (Cron's ticks, an eye on the pods' process) until it is stopped. Whatever is started here
 * is ended here, also when starting fails half-way.
 */
import { readdirSync } from 'node:fs'
import { get } from 'node:http'
import { totalmem } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../lib/clock.ts'
import { ROOT, bundlesOf } from './bundle.ts'
import type { ControlPlaneClient } from './control-plane-client.ts'
import { SECRET_HEADER } from '../objects/calls/hop-headers.ts'
import { controlPlaneClient } from './control-plane-client.ts'
import type { Credentials } from './credentials/credentials.ts'
import { openCredentials } from './credentials/credentials.ts'
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
import { AUDIT_LINE, AuditLog } from './audit/audit-log.ts'
import type { AuditOptions, AuditPlan } from './audit/audit-options.ts'
import { readAuditOptions } from './audit/audit-options.ts'
import type { Engine, EngineEvents, EngineName, ServerPlan } from './engine.ts'
import { watchMemory } from './memory-watch.ts'
import { everyMinute } from './minute-ticks.ts'
import { OperatorError } from './operator-error.ts'
import { claimPort } from './ports.ts'
import { killLeftOvers } from './pid-mark.ts'
import { Watchdog } from './watchdog.ts'

export const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface LocalServerOptions {
  readonly dataFolder: string
  readonly server: EngineName
  readonly host: string
  /** 0: any free port. */
  readonly port: number
  readonly httpPort: number
  readonly kubeconfig: string
  readonly simulatedNodes: number
  readonly logLevel: LogLevel
  readonly audit?: AuditOptions
  /** Something to show: progress, a Worker's line, trouble. */
  readonly onLog: (level: LogLevel, text: string) => void
  /** The server is of no use any more; stop it. */
  readonly onGivenUp: (reason: string) => void
  /** Entries to run instead of the system's own, for tests of the server itself. */
  readonly entries?: Entries
}

export interface Entries {
  readonly controlPlane: string
  readonly pods: string
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

const ENTRIES: Entries = { controlPlane: 'src/worker.ts', pods: 'src/objects/pod-worker.ts' }

/** Of the machine's memory, for the pods' process: enough for a thousand isolates at rest on a common laptop. */
const MAX_MEMORY_SHARE = 0.25

/** The first start makes the cluster's own objects; on a slow machine that takes seconds, never this long. */
const READY_LIMIT_MS = 30_000
const READY_POLL_MS = 15

export async function startLocalServer(options: LocalServerOptions): Promise<LocalServer> {
  const startedAtMs = performance.now()
  const audit = options.audit === undefined ? undefined : readAuditOptions(options.audit)
  const folder = dataFolderAt(options.dataFolder)
  const migrations = readdirSync(join(ROOT, 'migrations')).filter((name) => name.endsWith('.sql'))
  refuseSecond(folder)
  prepareDataFolder(folder, migrations.sort())
  await endLeftOvers(folder, options)
  const plan = await makePlan(folder, options, audit)
  const address = addressOf(plan.host, plan.port)
  const { server, httpPort, kubeconfig } = { ...options, httpPort: plan.httpPort }
  lockDataFolder(folder, { address, httpPort, kubeconfig, server, children: [] })
  const parts = new Parts()
  parts.add(() => unlockDataFolder(folder))
  try {
    const client = clientOf(plan)
    parts.add(() => client.close())
    const post = poster(client, parts, options)
    const engine = await engineOf(options.server, plan, eventsOf(options, folder, post))
    const engineStartedAtMs = performance.now()
    parts.add(() => engine.stop())
    await engine.start()
    const engineStartMs = performance.now() - engineStartedAtMs
    // Not all of /readyz: a new cluster has what makes it ready only after its first tick.
    await untilAnswered(client, '/readyz/etcd')
    keepGoing({ engine, plan, post, options, parts })
    // The first tick of a new cluster makes what it starts with, and what people apply first goes into this.
    await untilAnswered(client, '/api/v1/namespaces/default')
    return {
      address,
      port: plan.port,
      httpPort: plan.httpPort,
      folder,
      credentials: plan.credentials,
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

/** Who listens on every address is reached on loopback. */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  return host === '::' ? '::1' : host
}

function addressOf(host: string, port: number): string {
  const near = reachable(host)
  return `https://${near.includes(':') ? `[${near}]` : near}:${String(port)}`
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

async function makePlan(
  folder: DataFolder,
  options: LocalServerOptions,
  audit: AuditPlan | undefined,
): Promise<ServerPlan> {
  const { host, onLog } = options
  const port = await claimPort({ host, port: options.port, option: '--port' })
  const httpPort = await claimPort({ host, port: options.httpPort, option: '--http-port' })
  const podsPort = await claimPort({ host: '127.0.0.1', port: 0, option: '--port' })
  const credentials = await openCredentials(folder.credentials, host, Date.now())
  const { controlPlane: controlPlaneEntry, pods: podsEntry } = options.entries ?? ENTRIES
  const [controlPlane, pods] = await bundlesOf([controlPlaneEntry, podsEntry], (entry) => {
    onLog('info', `bundling ${entry} (kept for the next start)`)
  })
  if (controlPlane === undefined || pods === undefined) throw new Error('two entries give two bundles')
  return {
    ...{ host, port, httpPort, podsPort, folder, credentials, controlPlane, pods },
    variables: {
      BOOTSTRAP_TOKEN_SHA256: credentials.adminTokenSha256,
      ROOT_CA: credentials.authority.certificate,
      API_ADDRESS: addressOf(host, port),
      SERVICE_HTTP_PORT: String(httpPort),
      SIMULATED_NODES: String(options.simulatedNodes),
      LOG_LEVEL: options.logLevel,
      AUDIT_POLICY: audit?.policy ?? '',
      AUDIT_LOG: audit?.isLogged === true ? 'console' : '',
      AUDIT_WEBHOOK_URL: audit?.webhook?.url ?? '',
    },
    auditWebhook: audit?.webhook,
    secrets: {
      INTERNAL_SECRET: credentials.internalSecret,
      SERVICE_ACCOUNT_KEY: credentials.serviceAccountKey,
      AUDIT_WEBHOOK_TOKEN: audit?.webhook?.token ?? '',
    },
  }
}

/** Each engine is loaded only where it is chosen: miniflare alone costs a second. */
async function engineOf(name: EngineName, plan: ServerPlan, events: EngineEvents): Promise<Engine> {
  if (name === 'miniflare') return (await import('./miniflare-engine.ts')).miniflareEngine(plan, events)
  return (await import('./workerd/workerd-engine.ts')).workerdEngine(plan, events)
}

/** The file of the audit log; undefined: its lines go where all others go. */
function auditLogOf({ audit, onLog }: LocalServerOptions): AuditLog | undefined {
  const { logPath = '-', logMaxSizeMib = 0, logMaxBackups = 0 } = audit ?? {}
  if (logPath === '-') return undefined
  const complain = (text: string): void => onLog('error', text)
  const maxSizeBytes = logMaxSizeMib * 1024 * 1024
  try {
    return new AuditLog({ path: logPath, maxSizeBytes, maxBackups: logMaxBackups, now: () => Date.now(), complain })
  } catch (error) {
    throw new OperatorError(`--audit-log-path: ${error instanceof Error ? error.message : String(error)}`)
  }
}

function eventsOf(options: LocalServerOptions, folder: DataFolder, post: Post): EngineEvents {
  const { onLog, onGivenUp } = options
  const auditLog = auditLogOf(options)
  const children = new Map<string, number>()
  return {
    onLaunched(source, pid) {
      children.set(source, pid)
      updateLock(folder, { children: [...children.values()] })
    },
    onLine(source, line) {
      // Lines of JSON are the audit's and the request log's: programs read them, so they stay as they are.
      if (line.startsWith(AUDIT_LINE) && auditLog !== undefined) auditLog.write(line)
      else if (line.startsWith(AUDIT_LINE)) process.stdout.write(`${line}\n`)
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
    const { httpCode, text } = await client.call('GET', path)
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
      const { httpCode, text } = await client.call('POST', path, body)
      if (httpCode !== 200) onLog('warn', `${path} answered ${String(httpCode)}: ${text}`)
    } catch (error) {
      // A server that is being stopped answers no more, and its next start makes the same call.
      if (!parts.isEnding) onLog('warn', `${path} was not answered: ${String(error)}`)
    }
  }
}

interface Going {
  readonly engine: Engine
  readonly plan: ServerPlan
  readonly post: Post
  readonly options: LocalServerOptions
  readonly parts: Parts
}

/** What goes on beside the engine: Cron's ticks, and the eye on the pods' process. */
function keepGoing({ engine, plan, post, options, parts }: Going): void {
  const tick = (): Promise<void> => post('/internal/scheduled')
  parts.add(everyMinute(systemClock, tick))
  // Whatever was due while the server was down is due now.
  void tick()
  const { pods } = engine
  if (pods === undefined) return
  const watchdog = new Watchdog({
    clock: systemClock,
    ask: () => askPods(plan),
    onSilent(silentMs) {
      const seconds = String(Math.round(silentMs / 1000))
      options.onLog('warn', `pods: no answer for ${seconds} s, a pod must be spinning; ending their process`)
      pods.end({ reason: 'Unresponsive', silentMs })
    },
  })
  watchdog.start()
  parts.add(() => watchdog.stop())
  const stopWatching = watchMemory({
    clock: systemClock,
    limitBytes: totalmem() * MAX_MEMORY_SHARE,
    read: () => pods.residentBytes(),
    onExceeded(bytes) {
      const size = `${String(Math.round(bytes / 1024 ** 2))} MiB`
      options.onLog('warn', `pods: ${size} of memory, a pod must be leaking; ending their process`)
      pods.end({ reason: 'OutOfMemory' })
    },
  })
  parts.add(stopWatching)
}

/** Any answer will do: what counts is that the process's only thread comes round to it. (fetch would cost 20 MB.) */
function askPods({ podsPort, credentials }: ServerPlan): Promise<void> {
  return new Promise((resolve, reject) => {
    const headers = { [SECRET_HEADER]: credentials.internalSecret }
    const question = get({ host: '127.0.0.1', port: podsPort, path: '/livez', headers, agent: false })
    question.once('error', reject)
    question.once('response', (response) => {
      response.resume()
      resolve()
    })
  })
}
