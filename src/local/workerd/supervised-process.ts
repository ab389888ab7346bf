/**
 * One workerd process: started until its sockets listen, restarted when it dies by itself, ended for certain. workerd
 * drains on TERM and would wait for open watches for ever, so TERM is followed by KILL after a second.
 */
import type { ChildProcess } from 'node:child_process'
import { spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { createInterface } from 'node:readline'

export interface ProcessOptions {
  /** For messages: `control plane`. */
  readonly title: string
  readonly command: string
  readonly args: readonly string[]
  /** Asked at every launch. */
  readonly environment: () => Readonly<Record<string, string>>
  /** Names of the sockets that must listen before it counts as started. */
  readonly sockets: readonly string[]
  /** Each line that it prints. */
  readonly onLine: (line: string) => void
  readonly onLaunched: (pid: number) => void
  /** It ended without being asked to, and is being started again. */
  readonly onRestart: (reason: string) => void
  /** Its sockets listen again. */
  readonly onRestarted: () => void
  /** It keeps dying: nobody starts it any more. Left out: it is started for ever, with a pause. */
  readonly onGivenUp?: (reason: string) => void
}

const START_LIMIT_MS = 20_000
const TERM_LIMIT_MS = 1_000

/** A process that dies more often than this is broken, not unlucky. */
const MAX_RESTARTS = 5
const RESTART_WINDOW_MS = 60_000

/** Before each further start of one that is never given up. */
const RESTART_PAUSE_MS = 1_000

/** The file descriptor on which workerd reports its sockets. */
const CONTROL_FD = 3

export class SupervisedProcess {
  readonly #options: ProcessOptions
  #child: ChildProcess | undefined
  #isStopping = false
  #restarts: number[] = []
  #lastLines: string[] = []

  constructor(options: ProcessOptions) {
    this.#options = options
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Resolves when every socket listens; rejects with what the process said when it ends before. */
  async start(): Promise<void> {
    this.#isStopping = false
    await this.#launch()
  }

  /** Ends it now, without mercy; it is started again as after any death. */
  kill(): void {
    this.#child?.kill('SIGKILL')
  }

  async stop(): Promise<void> {
    this.#isStopping = true
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    await new Promise<void>((resolve) => {
      const force = setTimeout(() => child.kill('SIGKILL'), TERM_LIMIT_MS)
      child.once('exit', () => {
        clearTimeout(force)
        resolve()
      })
      child.kill('SIGTERM')
    })
  }

  #launch(): Promise<void> {
    const { command, args, environment } = this.#options
    const child = spawn(command, ['serve', `--control-fd=${String(CONTROL_FD)}`, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
      env: environment(),
    })
    this.#child = child
    if (child.pid !== undefined) this.#options.onLaunched(child.pid)
    this.#lastLines = []
    for (const stream of [child.stdout, child.stderr]) if (stream !== null) this.#readLines(stream)
    return new Promise((resolve, reject) => {
      const limit = setTimeout(() => {
        child.kill('SIGKILL')
      }, START_LIMIT_MS)
      let hasStarted = false
      this.#whenListening(child, () => {
        hasStarted = true
        clearTimeout(limit)
        resolve()
      })
      child.once('error', reject)
      child.once('close', (code, signal) => {
        clearTimeout(limit)
        const reason = this.#endOf(code, signal)
        if (hasStarted) this.#revive(reason)
        else reject(new Error(`${this.#options.title} did not start: ${reason}`))
      })
    })
  }

  #readLines(stream: Readable): void {
    createInterface({ input: stream }).on('line', (line) => {
      this.#lastLines = [...this.#lastLines.slice(-4), line]
      this.#options.onLine(line)
    })
  }

  /** workerd writes `{"event":"listen","socket":"https","port":6443}` for each socket. */
  #whenListening(child: ChildProcess, resolve: () => void): void {
    const waiting = new Set(this.#options.sockets)
    const control = child.stdio[CONTROL_FD]
    if (!isReadable(control)) throw new Error('workerd has no control stream')
    createInterface({ input: control }).on('line', (line) => {
      const report: unknown = JSON.parse(line)
      if (typeof report !== 'object' || report === null || !('socket' in report)) return
      waiting.delete(String(report.socket))
      if (waiting.size === 0) resolve()
    })
  }

  #endOf(code: number | null, signal: NodeJS.Signals | null): string {
    const end = signal === null ? `it left with ${String(code)}` : `it was ended by ${signal}`
    const said = this.#lastLines.join(' | ')
    return said === '' ? end : `${end} after: ${said}`
  }

  #revive(reason: string): void {
    if (this.#isStopping) return
    const now = Date.now()
    this.#restarts = [...this.#restarts.filter((at) => now - at < RESTART_WINDOW_MS), now]
    const isTooOften = this.#restarts.length > MAX_RESTARTS
    const { onGivenUp, onRestart } = this.#options
    if (isTooOften && onGivenUp !== undefined) {
      onGivenUp(reason)
      return
    }
    onRestart(reason)
    setTimeout(() => this.#relaunch(), isTooOften ? RESTART_PAUSE_MS : 0)
  }

  #relaunch(): void {
    if (this.#isStopping) return
    this.#launch().then(
      () => this.#options.onRestarted(),
      (error: unknown) => this.#revive(error instanceof Error ? error.message : String(error)),
    )
  }
}

function isReadable(stream: unknown): stream is Readable {
  return typeof stream === 'object' && stream !== null && 'readable' in stream && stream.readable === true
}
