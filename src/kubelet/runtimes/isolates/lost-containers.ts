/**
 * Which containers ended because the process that ran them is gone: those whose code was being run (their note in the
 * store names another process), and those that run once, whose one call is lost with the process.
 */
import type { LostContainer } from '../../runtime.ts'
import { KILLED_EXIT_CODE } from './isolate-container.ts'
import type { IsolatesPorts } from './isolates-ports.ts'
import { startedOf } from './program.ts'

const MESSAGES = {
  Unresponsive: 'the process was stopped because the container’s code did not yield',
  OutOfMemory: 'the process ran out of memory while the container’s code was being run',
  Crashed: 'the process died while the container’s code was being run',
  Stopped: 'the process was stopped while the container’s code was being run',
} as const

export function lostContainers(
  uid: string,
  { store, process, lastProcessEnd, clock }: Pick<IsolatesPorts, 'store' | 'process' | 'lastProcessEnd' | 'clock'>,
): LostContainer[] {
  const { reason = 'Crashed', suspects } = lastProcessEnd ?? {}
  const isSuspect = suspects === undefined || suspects.includes(uid)
  const orphans = new Set(
    store
      .busy()
      .filter((note) => note.process !== process)
      .map(({ container }) => container),
  )
  for (const container of orphans) store.setBusy(container, undefined)
  return store.programs().flatMap(({ container, attempt, mode, startedMs }) => {
    // A server that is not to blame goes on: its next request makes a new isolate. Code that runs once has lost its
    // call.
    const isLost = orphans.has(container) && mode !== 'ended' && (isSuspect || mode !== 'serve')
    if (!isLost) return []
    const isOutOfMemory = reason === 'OutOfMemory' && isSuspect
    const exit = {
      exitCode: KILLED_EXIT_CODE,
      reason: isOutOfMemory ? 'OOMKilled' : 'Error',
      message: MESSAGES[reason],
      startedAtMs: startedMs,
      finishedAtMs: clock.now(),
    }
    return [{ container, attempt, exit, started: startedOf(uid, container, attempt) }]
  })
}
