/**
 * Starts a real workerd on a Worker bundled from src/, for tests: own folder for its data, own port, killed at will.
 * `kill` is SIGKILL, as a machine's death is; a new start with the same folder finds what was on disk.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { build } from 'esbuild'
import { temporaryFolder } from '../temporary-folder.ts'

const COMPATIBILITY_DATE = '2026-11-17'

export interface WorkerdOptions {
  /** The Worker's entry file. */
  readonly entry: string
  /** binding → class, both with SQLite. */
  readonly objects: Readonly<Record<string, string>>
  readonly loader?: string
  readonly text?: Readonly<Record<string, string>>
  /** binding → address of an HTTP server that the test runs. */
  readonly servers?: Readonly<Record<string, string>>
}

export class Workerd {
  readonly #folder: string
  readonly #options: WorkerdOptions
  #process: ChildProcess | undefined
  address = ''
  /** Everything it printed, for the report of a failed test. */
  output = ''

  private constructor(folder: string, options: WorkerdOptions) {
    this.#folder = folder
    this.#options = options
  }

  static async start(options: WorkerdOptions): Promise<Workerd> {
    const folder = temporaryFolder('workerd')
    await mkdir(join(folder, 'data'))
    await build({
      entryPoints: [options.entry],
      outfile: join(folder, 'worker.js'),
      bundle: true,
      format: 'esm',
      target: 'es2024',
      external: ['cloudflare:*', 'node:*'],
      loader: { '.sql': 'text' },
      logLevel: 'error',
    })
    const workerd = new Workerd(folder, options)
    await workerd.restart()
    return workerd
  }

  /** Starts it (again), with other text bindings if given. */
  async restart(text: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.kill()
    const config = join(this.#folder, 'config.capnp')
    await writeFile(config, configText({ ...this.#options, text: { ...this.#options.text, ...text } }))
    const binary = join(process.cwd(), 'node_modules/.bin/workerd')
    const child = spawn(binary, ['serve', '--experimental', '--control-fd=3', config], {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    })
    this.#process = child
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString()
      })
    }
    const port = await new Promise<number>((resolve, reject) => {
      let told = ''
      child.stdio[3]?.on('data', (chunk: Buffer) => {
        told += chunk.toString()
        const match = /"event":"listen","socket":"http","port":(\d+)/.exec(told)
        if (match !== null) resolve(Number(match[1]))
      })
      child.once('exit', (code) => reject(new Error(`workerd ended (${String(code)}): ${this.output}`)))
    })
    this.address = `http://127.0.0.1:${String(port)}`
  }

  async kill(): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await ended
  }
}

function configText({ objects, loader, text = {}, servers = {} }: WorkerdOptions): string {
  const quoted = (value: string): string => JSON.stringify(value)
  const bindings = [
    ...Object.entries(objects).map(
      ([name, className]) => `(name = ${quoted(name)}, durableObjectNamespace = ${quoted(className)})`,
    ),
    ...Object.keys(servers).map((name) => `(name = ${quoted(name)}, service = ${quoted(name)})`),
    ...Object.entries(text).map(([name, value]) => `(name = ${quoted(name)}, text = ${quoted(value)})`),
    ...(loader === undefined ? [] : [`(name = ${quoted(loader)}, workerLoader = ())`]),
  ]
  const namespaces = Object.values(objects).map(
    (className) => `(className = ${quoted(className)}, uniqueKey = ${quoted(`${className}-test`)}, enableSql = true)`,
  )
  const external = Object.entries(servers).map(
    ([name, address]) => `(name = ${quoted(name)}, external = (address = ${quoted(address)}, http = ()))`,
  )
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  v8Flags = ["--max-old-space-size=512"],
  services = [
    (name = "main", worker = .main),
    (name = "disk", disk = (path = "data", writable = true)),
    ${external.join(',\n    ')}
  ],
  sockets = [ (name = "http", address = "127.0.0.1:0", service = "main", http = ()) ]
);
const main :Workerd.Worker = (
  modules = [ (name = "worker.js", esModule = embed "worker.js") ],
  compatibilityDate = ${quoted(COMPATIBILITY_DATE)},
  bindings = [ ${bindings.join(', ')} ],
  durableObjectNamespaces = [ ${namespaces.join(', ')} ],
  durableObjectStorage = (localDisk = "disk")
);
`
}
