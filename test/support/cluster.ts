/**
 * The whole system for one file of end-to-end tests: `workernetes up` as a user starts it, in a process of its own, on free
 * ports, in a temporary folder; and kubectl talking to it. It is restarted on the same ports and the same data, so that
 * clients find it again; `stop` ends every process.
 */
import type { ChildProcess } from 'node:child_process'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { dataFolderAt, readLock } from '../../src/local/data-folder.ts'
import type { Kubectl } from './kubectl/kubectl.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** Not the bootstrap before it: that may install dependencies, which no test should set off. */
const PROGRAM = join(import.meta.dirname, '../../src/cli/main.ts')

/** The longest of kubectl's own waits here is 60 s; what takes longer hangs. */
const KUBECTL_LIMIT_MS = 90_000

export interface Answer {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs one command line; a failure is an answer, too. */
export type RunKubectl = (args: readonly string[], more?: { readonly env?: Record<string, string> }) => Promise<Answer>

/** What a command line that must succeed has printed. */
export async function printedBy(kubectl: RunKubectl, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await kubectl(args)
  expect({ exitCode, stderr }, args.join(' ')).toMatchObject({ exitCode: 0 })
  return stdout
}

export class Cluster {
  /** Temporary, for the test's own files as well. */
  readonly folder: string
  readonly kubeconfig: string
  port = 0
  httpPort = 0
  /** Everything the server printed, for the report of a failed test. */
  output = ''
  #process: ChildProcess | undefined

  private constructor(folder: string) {
    this.folder = folder
    this.kubeconfig = join(folder, 'kubeconfig')
  }

  static async start(): Promise<Cluster> {
    const cluster = new Cluster(temporaryFolder('e2e'))
    try {
      await cluster.#start()
    } catch (error) {
      await cluster.stop()
      throw error
    }
    return cluster
  }

  get data(): string {
    return join(this.folder, 'data')
  }

  /** Resolves when it says that it is up: it does so only once it answers. */
  async #start(): Promise<void> {
    const { data } = this
    const ports = ['--port', String(this.port), '--http-port', String(this.httpPort)]
    const args = [PROGRAM, 'up', '--data', data, ...ports, '--kubeconfig', this.kubeconfig, '--simulated-nodes', '2']
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    this.#process = child
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const startsAt = this.output.length
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8')
      stream.on('data', (text: string) => {
        this.output += text
        if (this.output.includes('Workernetes is up', startsAt)) resolve()
      })
    }
    child.once('error', reject)
    child.once('close', () => reject(new Error(`the server has ended: ${this.output.slice(startsAt)}`)))
    await promise
    const running = readLock(dataFolderAt(data))
    if (running === undefined) throw new Error('a running server has a lock')
    this.port = Number(new URL(running.address).port)
    this.httpPort = running.httpPort
  }

  /** Ends it as Ctrl-C does, and waits until it is gone. */
  async #end(): Promise<void> {
    const child = this.#process
    this.#process = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const closed = once(child, 'close')
    child.kill('SIGINT')
    await closed
  }

  /** kill -9 of everything that runs here, at once: as a power cut does. */
  async kill(): Promise<void> {
    const child = this.#process
    const running = readLock(dataFolderAt(this.data))
    if (child === undefined || running === undefined) throw new Error('nothing runs')
    const closed = once(child, 'close')
    for (const pid of [running.pid, ...running.children]) process.kill(pid, 'SIGKILL')
    child.kill('SIGKILL')
    await closed
    this.#process = undefined
  }

  /** Ends the server, if it was not killed, and starts it on its data and ports; `between` runs while there is none. */
  async restart(between: () => void | Promise<void> = () => undefined): Promise<void> {
    await this.#end()
    await between()
    await this.#start()
  }

  stop(): Promise<void> {
    return this.#end()
  }

  /** A file for `-f`, in the folder where kubectl runs. */
  async file(name: string, content: unknown): Promise<string> {
    const path = join(this.folder, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o700 })
    return path
  }

  /** This kubectl in one namespace. */
  kubectl({ path }: Kubectl, namespace: string): RunKubectl {
    // HOME is where kubectl caches discovery: a cache of another test must not answer for this server.
    const env = { ...process.env, HOME: this.folder, TERM: 'dumb' }
    return (args, more = {}) =>
      new Promise((resolve) => {
        const [command = '', ...rest] = args
        const all = [command, '--kubeconfig', this.kubeconfig, '--namespace', namespace, ...rest]
        const options = { cwd: this.folder, env: { ...env, ...more.env }, timeout: KUBECTL_LIMIT_MS }
        execFile(path, all, options, (error, stdout, stderr) => {
          const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : -1
          resolve({ exitCode, stdout, stderr })
        })
      })
  }
}
