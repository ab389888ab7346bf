/**
 * What goes on beside the engine: Cron's ticks, and the eye on the pods' process, which is ended when a pod spins or
 * leaks.
 */
import { get } from 'node:http'
import { totalmem } from 'node:os'
import { systemClock } from '../../lib/clock.ts'
import { SECRET_HEADER } from '../../objects/calls/hop-headers.ts'
import type { Engine, ServerPlan } from '../engine.ts'
import { watchMemory } from './memory-watch.ts'
import { everyMinute } from './minute-ticks.ts'
import { Watchdog } from './watchdog.ts'

/** Of the machine's memory, for the pods' process: enough for a thousand isolates at rest on a common laptop. */
const MAX_MEMORY_SHARE = 0.25

interface Going {
  readonly engine: Engine
  readonly plan: ServerPlan
  /** Calls the control plane; never rejects. */
  readonly post: (path: string) => Promise<void>
  readonly onLog: (level: 'warn', text: string) => void
}

/** Begins all of it; what is answered ends it. */
export function keepGoing({ engine, plan, post, onLog }: Going): (() => void)[] {
  const tick = (): Promise<void> => post('/internal/scheduled')
  const ends = [everyMinute(systemClock, tick)]
  // Whatever was due while the server was down is due now.
  void tick()
  const { pods } = engine
  if (pods === undefined) return ends
  const watchdog = new Watchdog({
    clock: systemClock,
    ask: () => askPods(plan),
    onSilent(silentMs) {
      const seconds = String(Math.round(silentMs / 1000))
      onLog('warn', `pods: no answer for ${seconds} s, a pod must be spinning; ending their process`)
      pods.end({ reason: 'Unresponsive', silentMs })
    },
  })
  watchdog.start()
  ends.push(() => watchdog.stop())
  const stopWatching = watchMemory({
    clock: systemClock,
    limitBytes: totalmem() * MAX_MEMORY_SHARE,
    read: () => pods.residentBytes(),
    onExceeded(bytes) {
      const size = `${String(Math.round(bytes / 1024 ** 2))} MiB`
      onLog('warn', `pods: ${size} of memory, a pod must be leaking; ending their process`)
      pods.end({ reason: 'OutOfMemory' })
    },
  })
  return [...ends, stopWatching]
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
