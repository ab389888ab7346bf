/**
 * Cron: the guarantee behind alarms and wake-ups. Reads the root's index of due work, where whoever has due or
 * unfinished work entered before that was acknowledged (docs/decisions/0011-due-work.md); a cluster that is not in it
 * is not touched.
 */
import type { Env } from '../../env.ts'
import { ROOT_CLUSTER } from '../../apis/workernetes/root-cluster.ts'
import { clusterObjectName } from '../object-names.ts'

export async function runScheduled(env: Env): Promise<void> {
  await env.SEQUENCER_OBJECTS.getByName(clusterObjectName(ROOT_CLUSTER)).tick()
}
