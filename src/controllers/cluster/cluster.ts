/**
 * The cluster controller, in the root cluster alone: lets a logical cluster begin, and deletes everything that it holds
 * before its object goes. What lives in the other cluster is reached through a port. Ours alone.
 */
import { equalJson } from '../../apimachinery/patch/json-value.ts'
import type { Cluster } from '../../apis/workernetes/structure.ts'
import { cluster as clusterKind } from '../../apis/workernetes/cluster.ts'
import { CLUSTER_WORD_MS } from '../../apis/workernetes/root-cluster.ts'
import { CLUSTER_FINALIZER } from '../../apis/workernetes/strategy.ts'
import type { Controller, ReconcileContext, ReconcileResult } from '../../reconcile/define-controller.ts'
import { again, defineController, done } from '../../reconcile/define-controller.ts'
import type { Progress } from './plan.ts'
import { clusterStatus, isDeletable } from './plan.ts'

/** The objects of another logical cluster. `uid` is the Cluster's: a later one of the same name is not meant. */
export interface LogicalClusters {
  /** Makes what a cluster starts with, as far as it is missing; false: not all of it is there yet. */
  start(name: string, uid: string): Promise<boolean>
  /** Deletes everything that the cluster holds, also outside of it. Resolves when nothing is left. */
  destroy(name: string, uid: string): Promise<void>
}

/** A start that did not come to its end is looked at again. */
const START_AGAIN_MS = 1_000

/** So is a deletion that something outside (a cloud, the pods' process) held up. */
const DELETE_AGAIN_MS = 5_000

/** Nobody may be on the way into a cluster any more, on a word from before its deletion, when its content goes. */
const DELETE_AFTER_MS = 2 * CLUSTER_WORD_MS

export function clusterController(clusters: LogicalClusters): Controller {
  return defineController({
    name: 'cluster',
    scope: 'cluster',
    for: clusterKind,
    resyncSeconds: 600,
    reconcile(context, key) {
      const subject = context.lister.get(clusterKind, key)
      if (subject === undefined) return Promise.resolve(done)
      return subject.metadata.deletionTimestamp === undefined
        ? start(context, subject, clusters)
        : end(context, subject, clusters)
    },
  })
}

async function start(context: ReconcileContext, subject: Cluster, clusters: LogicalClusters): Promise<ReconcileResult> {
  if (subject.status?.phase === 'Active') return done
  const { name = '', uid = '' } = subject.metadata
  const isStarted = await clusters.start(name, uid)
  await report(context, subject, { kind: isStarted ? 'started' : 'starting' })
  return isStarted ? done : again(START_AGAIN_MS)
}

async function end(context: ReconcileContext, subject: Cluster, clusters: LogicalClusters): Promise<ReconcileResult> {
  if (!isDeletable(subject)) return done
  const { name = '', uid = '', deletionTimestamp = '' } = subject.metadata
  const marked = await report(context, subject, { kind: 'terminating' })
  const waitMs = Date.parse(deletionTimestamp) + DELETE_AFTER_MS - context.clock.now()
  if (waitMs > 0) return again(waitMs)
  try {
    await clusters.destroy(name, uid)
  } catch (error) {
    // It stands in the status, where whoever waits for the deletion looks.
    await report(context, marked, { kind: 'heldUp', message: error instanceof Error ? error.message : String(error) })
    return again(DELETE_AGAIN_MS)
  }
  const finalizers = (marked.metadata.finalizers ?? []).filter((one) => one !== CLUSTER_FINALIZER)
  await context.client.updateStatus(clusterKind, { ...marked, metadata: { ...marked.metadata, finalizers } })
  return done
}

/** Writes the status if it says something new; returns the object as it is then. */
async function report({ client, clock }: ReconcileContext, subject: Cluster, progress: Progress): Promise<Cluster> {
  const status = clusterStatus(subject, progress, clock.now())
  if (equalJson(subject.status, status)) return subject
  return client.updateStatus(clusterKind, { ...subject, status })
}
