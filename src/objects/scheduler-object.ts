/**
 * The scheduler of one logical cluster as a Durable Object: keeps the snapshot in memory, fed by the cursors of the
 * stores, and binds by calls to them. After an eviction it loads nodes and pods anew from the stores that hold them;
 * nothing that it decided is lost, because a decision is only what a store committed.
 */
import { DurableObject } from 'cloudflare:workers'
import type { V1Node, V1Pod } from '../apis/generated/types.ts'
import type { Env } from '../env.ts'
import { systemClock } from '../lib/clock.ts'
import { systemRandom } from '../lib/random.ts'
import { DEFAULT_PROFILE } from '../scheduler/profile.ts'
import { Scheduler } from '../scheduler/scheduler.ts'
import { scopeObjectName } from './object-names.ts'
import { storeBinder } from './calls/store-binder.ts'
import type { NamespaceObject } from './namespace-object.ts'

/** A change as the stores serve it: the object's text, or null when it is gone. */
export interface SchedulingChange {
  readonly kind: 'pod' | 'node'
  readonly name: string
  readonly uid: string
  readonly text: string | null
  readonly revision: number
}

export interface SchedulingState {
  readonly revision: number
  readonly changes: readonly SchedulingChange[]
}

export class SchedulerObject extends DurableObject<Env> {
  readonly #scheduler: Scheduler
  readonly #positions = new Map<string, number>()
  #loading: Promise<void> | undefined
  #cluster = ''

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.#scheduler = new Scheduler({
      profile: DEFAULT_PROFILE,
      binder: storeBinder((namespace) => this.#store(namespace)),
      clock: systemClock,
      random: systemRandom,
    })
  }

  /**
   * A store's changes with `after < revision <= upTo`. Resolves when they are in the snapshot; binding goes on
   * behind.
   */
  async observe(
    cluster: string,
    scope: string,
    after: number,
    upTo: number,
    changes: readonly SchedulingChange[],
  ): Promise<void> {
    await this.#load(cluster)
    const position = this.#positions.get(scope)
    if (position === undefined || position < after) await this.#loadScope(scope)
    else for (const change of changes) if (change.revision > position) this.#apply(change)
    this.#positions.set(scope, Math.max(upTo, this.#positions.get(scope) ?? 0))
    this.ctx.waitUntil(this.#run())
  }

  /** Cron and alarm: load what may have been missed, and go on. */
  async resync(cluster: string): Promise<void> {
    await this.#load(cluster)
    await Promise.all([...this.#positions.keys()].map((scope) => this.#loadScope(scope)))
    await this.#run()
  }

  override async alarm(): Promise<void> {
    const cluster = this.ctx.storage.kv.get<string>('cluster')
    if (cluster === undefined) return
    await this.#load(cluster)
    await this.#run()
  }

  async #run(): Promise<void> {
    await this.#scheduler.run()
    const due = this.#scheduler.nextDueMs()
    if (due !== undefined) await this.ctx.storage.setAlarm(Math.max(due, systemClock.now() + 1))
  }

  #load(cluster: string): Promise<void> {
    this.#cluster = cluster
    this.#loading ??= this.#loadAll(cluster).catch((error: unknown) => {
      this.#loading = undefined
      throw error
    })
    return this.#loading
  }

  /** Nodes, and the pods of every namespace that the sequencer's directory names. */
  async #loadAll(cluster: string): Promise<void> {
    this.ctx.storage.kv.put('cluster', cluster)
    await this.#loadScope('')
    const sequencer = this.env.SEQUENCER_OBJECTS.get(this.env.SEQUENCER_OBJECTS.idFromName(cluster))
    const namespaces = await sequencer.namespacesWith('pods')
    await Promise.all(namespaces.map((namespace) => this.#loadScope(namespace)))
  }

  async #loadScope(scope: string): Promise<void> {
    const state = await this.#store(scope).schedulingState()
    for (const change of state.changes) this.#apply(change)
    this.#positions.set(scope, state.revision)
  }

  #apply({ kind, name, uid, text }: SchedulingChange): void {
    if (kind === 'node') {
      if (text === null) this.#scheduler.removeNode(name)
      else this.#scheduler.setNode(JSON.parse(text) as V1Node)
    } else if (text === null) this.#scheduler.removePod(uid)
    else this.#scheduler.setPod(JSON.parse(text) as V1Pod)
  }

  #store(namespace: string): DurableObjectStub<NamespaceObject> {
    const name = scopeObjectName({ cluster: this.#cluster, namespace })
    return this.env.NAMESPACE_OBJECTS.get(this.env.NAMESPACE_OBJECTS.idFromName(name))
  }
}
