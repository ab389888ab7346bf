/**
 * The root's word on which logical clusters there are, as the Worker keeps it: good for a second, asked single-flight.
 * That there is none is never kept, so a cluster that was just made works at once.
 */
import { notFoundError, serviceUnavailableError } from '../../apimachinery/status-error.ts'
import { CLUSTER_WORD_MS, ROOT_CLUSTER } from '../../apis/workernetes/root-cluster.ts'
import { isDns1123Label } from '../../apimachinery/names.ts'
import type { Cluster } from '../../apis/workernetes/structure.ts'
import type { Env } from '../../env.ts'
import { systemClock } from '../../lib/clock.ts'
import { scopeStub, uncarry } from '../calls/scope-stub.ts'

export interface KnownCluster {
  readonly name: string
  /** Of its Cluster object; '' for the root cluster, which has none. */
  readonly uid: string
}

/** Clusters remembered per isolate; the oldest goes first. */
const MAX_CLUSTERS = 1_000

const ROOT: KnownCluster = { name: ROOT_CLUSTER, uid: '' }

interface Kept {
  readonly untilMs: number
  readonly cluster: Promise<KnownCluster>
}

const kept = new WeakMap<Env, Map<string, Kept>>()

/** Rejects with 404 for a cluster that is not there, or is being deleted. Waits until one that was just made begins. */
export function knownCluster(env: Env, name: string): KnownCluster | Promise<KnownCluster> {
  if (name === ROOT_CLUSTER) return ROOT
  const words = kept.get(env) ?? new Map<string, Kept>()
  kept.set(env, words)
  const nowMs = systemClock.now()
  const known = words.get(name)
  if (known !== undefined && nowMs < known.untilMs) return known.cluster
  const cluster = ask(env, name)
  cluster.catch(() => {
    if (words.get(name)?.cluster === cluster) words.delete(name)
  })
  if (words.size >= MAX_CLUSTERS) words.delete(words.keys().next().value ?? '')
  words.set(name, { untilMs: nowMs + CLUSTER_WORD_MS, cluster })
  return cluster
}

async function ask(env: Env, name: string): Promise<KnownCluster> {
  const { metadata, status } = (await clusterObject(env, name)) ?? {}
  if (metadata === undefined || metadata.deletionTimestamp !== undefined) {
    throw notFoundError({ group: 'workernetes.dev', resource: 'clusters' }, name)
  }
  const { uid = '' } = metadata
  if (status?.phase !== 'Active' && (await uncarry(scopeStub(env, name, '').startCluster(uid))) === 'former') {
    throw serviceUnavailableError(`a former cluster ${name} is still being deleted; try again`)
  }
  return { name, uid }
}

/** The uid of the cluster of this name, unless there is none or it is being deleted. Asked of the root, never kept. */
export async function liveClusterUid(env: Env, name: string): Promise<string | undefined> {
  const { metadata } = (await clusterObject(env, name)) ?? {}
  return metadata?.deletionTimestamp === undefined ? metadata?.uid : undefined
}

async function clusterObject(env: Env, name: string): Promise<Cluster | undefined> {
  if (isDns1123Label(name).length > 0) return undefined
  try {
    const text = await scopeStub(env, ROOT_CLUSTER, '').objectText('clusters.workernetes.dev', name)
    return text === null ? undefined : (JSON.parse(text) as Cluster)
  } catch (error) {
    console.warn('the root cluster cannot be asked', error)
    throw serviceUnavailableError('the root cluster cannot be reached at the moment; try again')
  }
}
