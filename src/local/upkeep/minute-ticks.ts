/**
 * Cron for the local server: workerd fires nothing by itself, so the host calls the Worker's scheduled route at every
 * full minute, as `crons = ["* * * * *"]` does at the edge. A tick that takes long is not overtaken by the next.
 */
import type { Clock } from '../../lib/clock.ts'

const MINUTE_MS = 60_000

/** Calls `tick` at every full minute until the returned function is called. `tick` reports its own failures. */
export function everyMinute(clock: Clock, tick: () => Promise<void>): () => void {
  let isStopped = false
  let cancel: () => void = () => undefined
  const waitForNext = (): void => {
    if (isStopped) return
    cancel = clock.after(MINUTE_MS - (clock.now() % MINUTE_MS), () => {
      tick().then(waitForNext, waitForNext)
    })
  }
  waitForNext()
  return () => {
    isStopped = true
    cancel()
  }
}
