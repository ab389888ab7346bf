/**
 * Cron: the guarantee behind alarms and wake-ups. Asks each logical cluster for the scopes with due or unfinished
 * work and wakes those, then its scheduler. A cluster where nothing is due is not touched.
 */
import type { Env } from '../../env.ts'
import { scopeStub } from '../calls/scope-stub.ts'
import { ROOT_CLUSTER, clusterObjectName } from '../object-names.ts'

export async function runScheduled(env: Env): Promise<void> {
  const cluster = ROOT_CLUSTER
  const clusterScope = scopeStub(env, cluster, '')
  await clusterScope.resync()
  const namespaces = await clusterScope.namespaceNames()
  await Promise.all(namespaces.map((namespace) => scopeStub(env, cluster, namespace).resync()))
  const scheduler = env.SCHEDULER_OBJECTS.get(env.SCHEDULER_OBJECTS.idFromName(clusterObjectName(cluster)))
  await scheduler.resync(cluster)
}
