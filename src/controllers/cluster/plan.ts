/** What a Cluster's status says. Pure. */
import type { Condition } from '../../apimachinery/meta.ts'
import { formatTime } from '../../apimachinery/meta.ts'
import { CLUSTER_FINALIZER } from '../../apis/workernetes/strategy.ts'
import type { Cluster, ClusterStatus } from '../../apis/workernetes/structure.ts'

export type Progress =
  | { readonly kind: 'starting' | 'started' | 'terminating' }
  /** The deletion cannot go on for now. */
  | { readonly kind: 'heldUp'; readonly message: string }

type Verdict = readonly [phase: string, status: 'True' | 'False', reason: string, message: string]

/** Whether it is our turn: others' finalizers do not hold the content. */
export function isDeletable({ metadata }: Cluster): boolean {
  return metadata.finalizers?.includes(CLUSTER_FINALIZER) === true
}

export function clusterStatus({ metadata, status }: Cluster, progress: Progress, nowMs: number): ClusterStatus {
  const [phase, ready, reason, message] = verdictOf(metadata.name ?? '', progress)
  const before = status?.conditions?.find(({ type }) => type === 'Ready')
  const lastTransitionTime = before?.status === ready ? before.lastTransitionTime : formatTime(nowMs)
  const condition: Condition = {
    type: 'Ready',
    status: ready,
    reason,
    message,
    ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }),
    ...(metadata.generation === undefined ? {} : { observedGeneration: metadata.generation }),
  }
  const others = (status?.conditions ?? []).filter(({ type }) => type !== 'Ready')
  return { phase, conditions: [...others, condition] }
}

function verdictOf(name: string, progress: Progress): Verdict {
  switch (progress.kind) {
    case 'starting':
      return ['Pending', 'False', 'Starting', 'what a cluster starts with is being made']
    case 'started':
      return ['Active', 'True', 'Started', `the cluster answers at /clusters/${name}`]
    case 'terminating':
      return ['Terminating', 'False', 'Terminating', 'everything that the cluster holds is being deleted']
    case 'heldUp':
      return ['Terminating', 'False', 'DeletionHeldUp', `its content could not be deleted yet: ${progress.message}`]
  }
}
