/**
 * The due work of a logical cluster with the platform's storage and calls: what SequencerObject answers Cron with. The
 * root cluster's also holds the index of all clusters.
 */
import type { Env } from '../../env.ts'
import { systemClock } from '../../lib/clock.ts'
import { scopeStub } from '../calls/scope-stub.ts'
import { ROOT_CLUSTER } from '../../apis/workernetes/root-cluster.ts'
import { clusterObjectName } from '../object-names.ts'
import { dueRows } from './due-rows.ts'
import { DueClusters, DueWork, scopeKey } from './due-work.ts'

const BEGUN = 'begun'

export class ClusterDue {
  readonly #kv: SyncKvStorage
  readonly #env: Env
  readonly #cluster: string
  readonly #work: DueWork
  readonly #clusters: DueClusters

  constructor(kv: SyncKvStorage, env: Env, cluster: string) {
    this.#kv = kv
    this.#env = env
    this.#cluster = cluster
    const name = clusterObjectName(cluster)
    this.#clusters = new DueClusters(dueRows(kv, 'dueCluster/'), () => systemClock.now())
    this.#work = new DueWork({
      rows: dueRows(kv, 'due/'),
      enterRoot: () => this.#enterRoot(),
      visitScope: (namespace) => scopeStub(env, cluster, namespace).resync(),
      visitScheduler: () => env.SCHEDULER_OBJECTS.getByName(name).resync(),
      visitCloud: () => env.CLOUD_OBJECTS.getByName(name).resync(),
      now: () => systemClock.now(),
      onError: (error, key) => console.warn(`${cluster}: Cron's visit of ${key} failed, to be made again`, error),
    })
  }

  enterScope(namespace: string): Promise<void> | undefined {
    return this.#work.enter(scopeKey(namespace))
  }

  enter(key: string): Promise<void> | undefined {
    return this.#work.enter(key)
  }

  sweep(): Promise<number | undefined> {
    return this.#work.sweep()
  }

  /** Cron's tick, in the root cluster. The first one of a deployment begins the root cluster itself. */
  async tick(): Promise<void> {
    if (this.#kv.get(BEGUN) === undefined) {
      this.#kv.put(BEGUN, true)
      await this.enterScope('')
    }
    await this.#clusters.sweep(
      (cluster) => (cluster === this.#cluster ? this.sweep() : sequencerOf(this.#env, cluster).sweep()),
      (error, cluster) => console.warn(`cluster ${cluster} could not be swept, to be tried again`, error),
    )
  }

  enterCluster(cluster: string): void {
    this.#clusters.enter(cluster)
  }

  forgetCluster(cluster: string): void {
    this.#clusters.forget(cluster)
  }

  #enterRoot(): Promise<void> | undefined {
    if (this.#cluster === ROOT_CLUSTER) {
      this.#clusters.enter(ROOT_CLUSTER)
      return undefined
    }
    return Promise.resolve(sequencerOf(this.#env, ROOT_CLUSTER).enterCluster(this.#cluster))
  }
}

function sequencerOf(env: Env, cluster: string) {
  return env.SEQUENCER_OBJECTS.getByName(clusterObjectName(cluster))
}
