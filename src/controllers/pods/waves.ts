/**
 * Creates one object and then all others, so that what refuses one (quota, admission) is met once and not five hundred
 * times (the purpose of slowStartBatch, kubernetes pkg/controller/replicaset/replica_set.go).
 * Differs: the second batch is everything, because a batch is one hop and a commit or two here.
 */
import type { KindRef } from '../../apis/define-kind.ts'
import type { KubeObject } from '../../apimachinery/meta.ts'
import type { Status } from '../../apimachinery/status-error.ts'
import type { Client } from '../../client/client.ts'

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
  for (const wave of [objects.slice(0, 1), objects.slice(1)]) {
    if (wave.length === 0) break
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
