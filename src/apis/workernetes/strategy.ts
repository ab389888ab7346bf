/**
 * How Cluster objects behave on writes: a finalizer of ours stays until everything that the cluster holds is deleted,
 * and the root cluster's name is taken. Pure. Ours alone: upstream has no such kind.
 */
import { forbidden, type FieldError } from '../../apimachinery/field-path.ts'
import type { Strategy } from '../define-kind.ts'
import { specAndStatusStrategy } from '../status-strategy.ts'
import { ROOT_CLUSTER } from './root-cluster.ts'
import type { Cluster } from './structure.ts'

/** Taken off through clusters/status only, by the controller that has deleted the cluster's content. */
export const CLUSTER_FINALIZER = 'workernetes.dev/cluster-content'

const base = specAndStatusStrategy<Cluster>('Cluster', { countsGenerations: true, allowsUnconditionalUpdate: true })

export const clusterStrategy: Strategy<Cluster> = {
  ...base,
  prepareForCreate(next, context) {
    base.prepareForCreate?.(next, context)
    next.status = { phase: 'Pending' }
    addFinalizer(next)
  },
  prepareForUpdate(next, previous, context) {
    base.prepareForUpdate?.(next, previous, context)
    if (previous.metadata.finalizers?.includes(CLUSTER_FINALIZER) === true) addFinalizer(next)
  },
  validate({ metadata }): FieldError[] {
    if (metadata.name !== ROOT_CLUSTER) return []
    return [forbidden('metadata.name', `"${ROOT_CLUSTER}" is the root cluster, which is always there`)]
  },
}

function addFinalizer({ metadata }: Cluster): void {
  const finalizers = metadata.finalizers ?? []
  if (!finalizers.includes(CLUSTER_FINALIZER)) metadata.finalizers = [...finalizers, CLUSTER_FINALIZER]
}
