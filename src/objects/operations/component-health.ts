/**
 * How the parts of the control plane that work by themselves do: the controllers of the cluster scope, the scheduler.
 * Neither is a process that could be down; what can be the matter is that it does not answer, or that work which is due
 * is not done.
 */
import type { Component } from '../../apiserver/api-host.ts'
import type { Env } from '../../env.ts'
import { scopeStub } from '../calls/scope-stub.ts'
import { clusterObjectName } from '../object-names.ts'

/** As upstream's watchdog of leaders: twice the time in which a lease is renewed. Cron comes within a minute. */
const MAX_LATE_MS = 80_000

/** `dueMs`: when there is something to do next. */
export function lateText(dueMs: number | undefined, nowMs: number): string | undefined {
  const lateMs = dueMs === undefined ? 0 : nowMs - dueMs
  return lateMs > MAX_LATE_MS ? `work has been due for ${String(Math.floor(lateMs / 1_000))} s` : undefined
}

export async function componentWrong(env: Env, cluster: string, component: Component): Promise<string | undefined> {
  try {
    const asked =
      component === 'scheduler'
        ? env.SCHEDULER_OBJECTS.getByName(clusterObjectName(cluster))
        : scopeStub(env, cluster, '')
    return (await asked.health()) ?? undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
