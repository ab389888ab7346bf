/**
 * What is measured: our own server as a user starts it (`workernetes up`, data on disk), and the floor of this very
 * machine, a bare Worker with one hop and one SQLite row on the same workerd with the same TLS (floor/worker.ts).
 */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { build } from 'esbuild'
import { dataFolderAt, readLock } from '../../src/local/data-folder.ts'
import { openCredentials } from '../../src/local/credentials/credentials.ts'
import { COMPATIBILITY_DATE } from '../../src/local/engine.ts'
import { claimPort } from '../../src/local/ports.ts'
import { workerdConfigText } from '../../src/local/workerd/config.ts'
import { SupervisedProcess } from '../../src/local/workerd/supervised-process.ts'
import { CONTROL_PLANE_YOUNG_MIB, workerdPath } from '../../src/local/workerd/workerd-engine.ts'

const ROOT = join(import.meta.dirname, '../..')
const HOST = '127.0.0.1'

/** After the start work goes on for a moment (the cluster's own objects); idle is what comes then. */
export const SETTLE_MS = 5_000

export interface Server {
  readonly address: string
  readonly authority: string
  readonly token: string
  /** The processes that make it up, ours only: not npm. */
  readonly pids: readonly number[]
  /** Cheap to ask for: opens a connection. */
  readonly warmPath: string
  stop(): Promise<void>
}

export interface StartedServer extends Server {
  /** From the start of the command until it said that it is up. */
  readonly startMs: number
  /** What of it workerd took, as the server says. */
  readonly engineMs: number
}

/** A temporary folder on disk (not tmpfs, where there is one to choose): commits must cost what they cost. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'workernetes-bench-'))
}

/** `workernetes up` on `data`, which may hold an earlier run's cluster. */
export async function startServer(data: string, simulatedNodes: number): Promise<StartedServer> {
  const startedMs = performance.now()
  const options = ['--data', data, '--port', '0', '--http-port', '0', '--log-level', 'warn']
  const args = ['src/cli/bootstrap.mjs', 'up', ...options, '--simulated-nodes', String(simulatedNodes)]
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] })
  const engineMs = await untilUp(child)
  const startMs = performance.now() - startedMs
  const folder = dataFolderAt(data)
  const running = readLock(folder)
  if (running === undefined) throw new Error('a running server has a lock')
  return {
    address: running.address,
    authority: readFileSync(join(folder.credentials, 'ca.crt'), 'utf8'),
    token: readFileSync(join(folder.credentials, 'admin-token'), 'utf8').trim(),
    pids: [running.pid, ...running.children],
    warmPath: '/api/v1/namespaces/default',
    startMs,
    engineMs,
    async stop() {
      const closed = once(child, 'close')
      child.kill('SIGTERM')
      await closed
    },
  }
}

/** What `work` finds on a server that was started just now, with what `data` holds; its own objects are there. */
export async function withServer<T>(data: string, work: (server: Server) => Promise<T>): Promise<T> {
  const server = await startServer(data, 1)
  try {
    await pause(SETTLE_MS)
    return await work(server)
  } finally {
    await server.stop()
  }
}

/** Milliseconds of workerd's start. */
function untilUp(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      const match = /is up .*workerd (\d+) ms/.exec(said)
      if (match !== null) resolve(Number(match[1]))
    })
    child.once('close', () => reject(new Error(`the server ended: ${said}`)))
  })
}

/** A Worker of ./floor with its objects (binding, class), on the workerd and behind the TLS that our server has. */
export async function startFloor(entry: string, objects: readonly (readonly [string, string])[]): Promise<Server> {
  const folder = temporaryFolder()
  const credentials = await openCredentials(join(folder, 'credentials'), HOST, Date.now())
  const address = `${HOST}:${String(await claimPort({ host: HOST, port: 0, option: '--port' }))}`
  await bundleFloor(entry, join(folder, 'worker.js'))
  const config = join(folder, 'floor.capnp')
  writeFileSync(config, floorConfig(folder, address, objects))
  const pids: number[] = []
  const child = new SupervisedProcess({
    title: 'floor',
    command: workerdPath(),
    args: ['--experimental', config],
    environment: () => ({}),
    sockets: ['https'],
    onLine: (line) => console.error(line),
    onLaunched: (pid) => pids.push(pid),
    onRestart: (reason) => console.error(`the floor ended: ${reason}`),
    onRestarted: () => undefined,
    onGivenUp: (reason) => console.error(`the floor keeps ending: ${reason}`),
  })
  await child.start()
  return {
    address: `https://${address}`,
    authority: credentials.authority.certificate,
    token: '',
    pids,
    warmPath: '/warm',
    async stop() {
      await child.stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function bundleFloor(entry: string, outfile: string): Promise<void> {
  await build({
    entryPoints: [join(import.meta.dirname, 'floor', entry)],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    external: ['cloudflare:*', 'node:*'],
    loader: { '.sql': 'text' },
  })
}

function floorConfig(folder: string, address: string, objects: readonly (readonly [string, string])[]): string {
  const tls = { keyPath: 'credentials/tls.key', certificatePath: 'credentials/tls.crt' }
  return workerdConfigText({
    sockets: [{ name: 'https', address, injectHeaders: {}, tls }],
    externals: [],
    worker: {
      modules: [{ name: 'worker.js', path: 'worker.js' }],
      compatibilityDate: COMPATIBILITY_DATE,
      objects: objects.map(([binding, className]) => ({ binding, className })),
      services: [],
      texts: {},
      environment: [],
    },
    storageFolder: folder,
    youngHeapMiB: CONTROL_PLANE_YOUNG_MIB,
  })
}
