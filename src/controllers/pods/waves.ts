/**
 * Creates many objects in growing batches, so that what refuses one (quota, admission) is met once and not five hundred
 * times (the purpose of slowStartBatch, kubernetes pkg/controller/replicaset/replica_set.go).
 * Differs: the second batch is already large, because a batch is one hop and one commit here.
 */
import type { KindRef } from '../../apis/define-kind.ts'
import type { KubeObject } from '../../apimachinery/meta.ts'
import type { Status } from '../../apimachinery/status-error.ts'
import type { Client } from '../../client/client.ts'

/** How much larger each batch is than the one before; the first is a single object. */
const GROWTH = 16

/** No batch is larger: it runs within one turn of the object. */
const MAX_BATCH = 256

export interface WaveResult {
  readonly created: readonly KubeObject[]
  /** Refusals of the wave that was the last one. */
  readonly errors: readonly Status[]
}

export async function createInWaves(
  client: Pick<Client, 'batch'>,
  namespace: string,
  kind: KindRef,
  objects: readonly KubeObject[],
): Promise<WaveResult> {
  const created: KubeObject[] = []
  for (let start = 0, size = 1; start < objects.length; start += size, size = Math.min(size * GROWTH, MAX_BATCH)) {
    const wave = objects.slice(start, start + size)
    const results = await client.batch(
      namespace,
      wave.map((object) => ({ verb: 'create', kind, object })),
    )
    const errors: Status[] = []
    for (const result of results) {
      if (result.error === undefined) created.push(result.object)
      else errors.push(result.error)
    }
    if (errors.length > 0) return { created, errors }
  }
  return { created, errors: [] }
}

/** Whether a create was refused because its namespace is going: nothing to report and nothing to retry. */
export function isNamespaceTerminating({ reason, details }: Status): boolean {
  return reason === 'Forbidden' && (details?.causes ?? []).some((cause) => cause.reason === 'NamespaceTerminating')
}
