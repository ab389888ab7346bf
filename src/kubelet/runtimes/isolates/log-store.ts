/**
 * What an isolate's containers printed: the current attempt and the one before it, bounded in bytes and in bytes a
 * second, with a line that says so where lines were dropped. Lines that arrive together are one row.
 */
import type { Clock } from '../../../lib/clock.ts'
import type { Sql } from '../../../store/sql.ts'
import type { LogOptions } from '../../logs/log-options.ts'
import type { LogLine } from '../../logs/log-text.ts'
import { LogPrinter, selectLines } from '../../logs/log-text.ts'

/** Kept per container, as the kubelet's containerLogMaxSize bounds a file; the oldest lines go first. */
export const MAX_LOG_BYTES = 4 * 1024 * 1024

/** A container may print this much at once, and this much a second for ever; a row written costs, and others wait. */
export const LOG_BURST_BYTES = 1024 * 1024
export const LOG_BYTES_PER_SECOND = 64 * 1024

/** Longer lines are cut, as container runtimes cut them. */
const MAX_LINE_CHARACTERS = 16_384

/** What a follower may lag behind before it is cut off; kubectl then shows what it has. */
const MAX_FOLLOWER_BYTES = 1024 * 1024

interface Follower {
  readonly container: string
  readonly options: LogOptions
  readonly printer: LogPrinter
  readonly controller: ReadableStreamDefaultController<Uint8Array>
}

type LogRow = { id: number; attempt: number; size_bytes: number; lines: string }

export class LogStore {
  readonly #sql: Sql
  readonly #clock: Clock
  readonly #followers = new Set<Follower>()
  readonly #allowances = new Map<string, { bytes: number; atMs: number; dropped: number }>()
  /** What each container's log holds, and its newest attempt: counted once, because lines come by the thousand. */
  readonly #held = new Map<string, { sizeBytes: number; attempt: number }>()

  constructor(sql: Sql, clock: Clock) {
    this.#sql = sql
    this.#clock = clock
  }

  /** `lost`: lines after these that were dropped before they came here. */
  append(container: string, attempt: number, printed: readonly (readonly [number, string])[], lost: number): void {
    const lines = this.#admitted(container, printed, lost)
    if (lines.length === 0) return
    const text = JSON.stringify(lines.map(({ atMs, text: line }) => [atMs, line]))
    this.#sql.run(
      'INSERT INTO logs (container, attempt, size_bytes, lines) VALUES (?, ?, ?, ?)',
      container,
      attempt,
      text.length,
      text,
    )
    this.#trim(container, attempt, text.length)
    for (const follower of this.#followers) if (follower.container === container) this.#send(follower, lines)
  }

  /** The container's attempt has ended: whoever follows it has seen everything. */
  close(container: string, attempt: number): void {
    const allowance = this.#allowances.get(container)
    if (allowance !== undefined && allowance.dropped > 0) {
      const { atMs, text } = this.#note(allowance, this.#clock.now())
      this.append(container, attempt, [[atMs, text]], 0)
    }
    this.#allowances.delete(container)
    for (const follower of this.#followers) if (follower.container === container) this.#drop(follower)
  }

  sizeBytes(container: string): number {
    const [row] = this.#sql.all<{ total: number | null }>(
      'SELECT SUM(size_bytes) AS total FROM logs WHERE container = ?',
      container,
    )
    return row?.total ?? 0
  }

  /** `attempt`: the one to show; `isLive`: it still runs, so that following it makes sense. */
  read(options: LogOptions, attempt: number, isLive: boolean): ReadableStream<Uint8Array> {
    const { container, isFollowed, isPrevious } = options
    const printer = new LogPrinter(options)
    const lines = selectLines(this.#lines(container, attempt), options)
    let follower: Follower | undefined
    return new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          for (const line of lines) if (!printer.isFull) controller.enqueue(printer.print(line))
          if (isFollowed && !isPrevious && isLive && !printer.isFull) {
            follower = { container, options, printer, controller }
            this.#followers.add(follower)
          } else controller.close()
        },
        cancel: () => {
          if (follower !== undefined) this.#followers.delete(follower)
        },
      },
      new ByteLengthQueuingStrategy({ highWaterMark: MAX_FOLLOWER_BYTES }),
    )
  }

  #lines(container: string, attempt: number): LogLine[] {
    return this.#sql
      .all<LogRow>('SELECT * FROM logs WHERE container = ? AND attempt = ? ORDER BY id', container, attempt)
      .flatMap(({ lines }) => (JSON.parse(lines) as [number, string][]).map(([atMs, text]) => ({ atMs, text })))
  }

  /** The lines that may be kept; the first one after a drop says how many were dropped. */
  #admitted(container: string, printed: readonly (readonly [number, string])[], lost: number): LogLine[] {
    const nowMs = this.#clock.now()
    const before = this.#allowances.get(container) ?? { bytes: LOG_BURST_BYTES, atMs: nowMs, dropped: 0 }
    const earned = ((nowMs - before.atMs) / 1_000) * LOG_BYTES_PER_SECOND
    const allowance = { bytes: Math.min(LOG_BURST_BYTES, before.bytes + earned), atMs: nowMs, dropped: before.dropped }
    this.#allowances.set(container, allowance)
    const lines: LogLine[] = []
    for (const [atMs, whole] of printed) {
      for (const text of whole.slice(0, MAX_LINE_CHARACTERS).split('\n')) {
        if (allowance.bytes < text.length) {
          allowance.dropped += 1
          continue
        }
        if (allowance.dropped > 0) lines.push(this.#note(allowance, nowMs))
        allowance.bytes -= text.length + 1
        // A module that prints while it loads has no clock: the platform says 0 then.
        lines.push({ atMs: atMs === 0 ? nowMs : atMs, text })
      }
    }
    allowance.dropped += lost
    // Said once at the onset of a flood, and how many when a line gets through again or the container ends.
    if (allowance.dropped > 0 && before.dropped === 0) lines.push(this.#note(allowance, nowMs, false))
    return lines
  }

  #note(allowance: { dropped: number }, atMs: number, isOver = true): LogLine {
    const rate = `${String(LOG_BYTES_PER_SECOND / 1024)} KiB/s`
    const text = isOver
      ? `workernetes: ${String(allowance.dropped)} lines were dropped here: more than ${rate} was printed`
      : `workernetes: lines are being dropped: more than ${rate} is printed`
    if (isOver) allowance.dropped = 0
    return { atMs, text }
  }

  #trim(container: string, attempt: number, addedBytes: number): void {
    let held = this.#held.get(container)
    if (held?.attempt === attempt) held.sizeBytes += addedBytes
    else {
      this.#sql.run('DELETE FROM logs WHERE container = ? AND attempt < ?', container, attempt - 1)
      held = { sizeBytes: this.sizeBytes(container), attempt }
      this.#held.set(container, held)
    }
    if (held.sizeBytes <= MAX_LOG_BYTES) return
    const oldest = this.#sql.all<LogRow>('SELECT * FROM logs WHERE container = ? ORDER BY id LIMIT 64', container)
    for (const { id, size_bytes: sizeBytes } of oldest) {
      if (held.sizeBytes <= MAX_LOG_BYTES) return
      this.#sql.run('DELETE FROM logs WHERE id = ?', id)
      held.sizeBytes -= sizeBytes
    }
  }

  #send(follower: Follower, lines: readonly LogLine[]): void {
    const { printer, controller, options } = follower
    for (const line of lines) {
      if (options.sinceMs !== undefined && line.atMs < options.sinceMs) continue
      controller.enqueue(printer.print(line))
    }
    if (printer.isFull || (controller.desiredSize ?? 0) <= 0) this.#drop(follower)
  }

  #drop(follower: Follower): void {
    this.#followers.delete(follower)
    follower.controller.close()
  }
}
