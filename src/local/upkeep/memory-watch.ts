/**
 * Looks at how much memory the pods' process holds. The engine limits each isolate's heap, but not what lies outside of
 * it (buffers, Wasm memories): so a process that holds more than it should is reported, to be ended and started again.
 * Knows nothing of processes: only a reading and a verdict.
 */
import { readFileSync } from 'node:fs'
import type { Clock } from '../../lib/clock.ts'

export interface MemoryWatchOptions {
  readonly clock: Clock
  readonly limitBytes: number
  /** Undefined: it cannot be told at the moment. */
  readonly read: () => number | undefined
  /** Looking goes on afterwards, as if the process were new. */
  readonly onExceeded: (bytes: number) => void
}

const LOOK_EVERY_MS = 500

/** Starts to look; the returned function stops it. */
export function watchMemory({ clock, limitBytes, read, onExceeded }: MemoryWatchOptions): () => void {
  let cancel: () => void = () => undefined
  const look = (): void => {
    const bytes = read() ?? 0
    if (bytes > limitBytes) onExceeded(bytes)
    cancel = clock.after(LOOK_EVERY_MS, look)
  }
  look()
  return () => cancel()
}

/** Linux's page, in which /proc counts. */
const PAGE_BYTES = 4_096

/** What a process holds in memory (proc(5): the second number of statm); undefined where there is no /proc. */
export function residentBytes(pid: number): number | undefined {
  try {
    const [, pages] = readFileSync(`/proc/${String(pid)}/statm`, 'utf8').split(' ')
    return Number(pages) * PAGE_BYTES
  } catch {
    return undefined
  }
}
