/**
 * The audit log's file: one event a line. Beyond its size it is set aside under a name with the time, as upstream's
 * rotation does it, and the oldest of those that are too many go. What cannot be written is said once a minute at most:
 * the server goes on.
 */
import { appendFileSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'

const COMPLAIN_AGAIN_MS = 60_000

export interface AuditLogOptions {
  readonly path: string
  readonly maxSizeBytes: number
  /** Files kept beside the current one; 0: all. */
  readonly maxBackups: number
  readonly now: () => number
  readonly complain: (text: string) => void
}

export class AuditLog {
  readonly #options: AuditLogOptions
  #sizeBytes: number
  #complainedMs = Number.NEGATIVE_INFINITY
  #lost = 0

  /** Throws when the file cannot be written at all. */
  constructor(options: AuditLogOptions) {
    this.#options = options
    const { path } = options
    mkdirSync(dirname(path), { recursive: true })
    appendFileSync(path, '', { mode: 0o600 })
    this.#sizeBytes = statSync(path).size
  }

  /** False: it is lost. */
  write(line: string): boolean {
    const text = `${line}\n`
    const sizeBytes = Buffer.byteLength(text)
    try {
      if (this.#sizeBytes > 0 && this.#sizeBytes + sizeBytes > this.#options.maxSizeBytes) this.#rotate()
      appendFileSync(this.#options.path, text, { mode: 0o600 })
      this.#sizeBytes += sizeBytes
      return true
    } catch (error) {
      this.#lose(error)
      return false
    }
  }

  #rotate(): void {
    const { path, maxBackups, now } = this.#options
    const ending = extname(path)
    const prefix = `${basename(path, ending)}-`
    const time = new Date(now()).toISOString().replaceAll(':', '-').replace('Z', '')
    renameSync(path, join(dirname(path), `${prefix}${time}${ending}`))
    this.#sizeBytes = 0
    if (maxBackups === 0) return
    const backups = readdirSync(dirname(path)).filter((name) => name.startsWith(prefix) && name.endsWith(ending))
    for (const name of backups.toSorted().slice(0, -maxBackups)) rmSync(join(dirname(path), name), { force: true })
  }

  #lose(error: unknown): void {
    this.#lost += 1
    const nowMs = this.#options.now()
    if (nowMs - this.#complainedMs < COMPLAIN_AGAIN_MS) return
    this.#complainedMs = nowMs
    const why = error instanceof Error ? error.message : String(error)
    this.#options.complain(`${String(this.#lost)} audit events could not be written: ${why}`)
    this.#lost = 0
  }
}

/** How audit events begin among the lines that the control plane prints. */
export const AUDIT_LINE = '{"kind":"Event","apiVersion":"audit.k8s.io/v1"'
