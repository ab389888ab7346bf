/**
 * The scheduler of one logical cluster as a Durable Object: keeps the snapshot in memory, fed by the cursors of the
 * stores, and binds by calls to them. After an eviction it loads nodes and pods anew from the stores that hold them;
 * nothing that it decided is lost, because a decision is only what a store committed.
 */
import { DurableObject } from 'cloudflare:workers'
import type { Env } from '../env.ts'
import { systemClock } from '../lib/clock.ts'
import { systemRandom } from '../lib/random.ts'
import { DEFAULT_PROFILE } from '../scheduler/profile.ts'
import { Scheduler } from '../scheduler/scheduler.ts'
import { scopeStub } from './calls/scope-stub.ts'
import { storeBinder } from './calls/store-binder.ts'
import { SCHEDULER } from './due/due-work.ts'
import { IndexEntry } from './due/index-entry.ts'
import { lateText } from './operations/component-health.ts'
import { metricsOf, metricsReport } from './operations/cluster-metrics.ts'
import type { MetricsReport } from './operations/cluster-metrics.ts'
import { pendingPods } from '../scheduler/scheduler-metrics.ts'
import { ROOT_CLUSTER } from '../apis/workernetes/root-cluster.ts'
import { destroyObject } from './storage/destroy.ts'
import type { SchedulingChange, SchedulingState } from './followers/scheduler-inbox.ts'
import { SchedulerInbox } from './followers/scheduler-inbox.ts'

export class SchedulerObject extends DurableObject<Env> {
  readonly #scheduler: Scheduler
  readonly #inbox: SchedulerInbox
  readonly #entry: IndexEntry
  readonly #cluster: string

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    const cluster = ctx.id.name ?? ROOT_CLUSTER
    const sequencer = () => env.SEQUENCER_OBJECTS.getByName(cluster)
    this.#scheduler = new Scheduler({
      profile: DEFAULT_PROFILE,
      binder: storeBinder((namespace) => scopeStub(env, cluster, namespace)),
      clock: systemClock,
      random: systemRandom,
      metrics: metricsOf(cluster).scheduler,
    })
    this.#cluster = cluster
    this.#inbox = new SchedulerInbox({
      scheduler: this.#scheduler,
      stateOf: async (scope) => scopeStub(env, cluster, scope).schedulingState(),
      scopes: async () => sequencer().namespacesWith('pods'),
    })
    this.#entry = new IndexEntry(async () => sequencer().enterIndex(SCHEDULER))
  }

  /** A store's changes with `after < revision <= upTo`. Resolves when they are in the snapshot; binding goes on behind. */
  async observe(scope: string, after: number, upTo: number, changes: readonly SchedulingChange[]): Promise<void> {
    await this.#entry.during(() => this.#inbox.tell(scope, after, upTo, changes))
    this.ctx.waitUntil(this.#run())
  }

  /** A store's whole state, when its log no longer reaches back to what was told last. */
  async replace(scope: string, state: SchedulingState): Promise<void> {
    await this.#entry.during(() => this.#inbox.replace(scope, state))
    this.ctx.waitUntil(this.#run())
  }

  /** Cron: goes on with what is there; answers when there is something to do next. */
  async resync(): Promise<number | undefined> {
    await this.#inbox.load()
    await this.#run()
    return this.#entry.leave(systemClock.now(), this.#scheduler.nextDueMs())
  }

  /** What is the matter with it; null: nothing. */
  health(): string | null {
    return lateText(this.#scheduler.waitingSinceMs(), systemClock.now()) ?? null
  }

  metrics(known: readonly string[], isReset: boolean): MetricsReport {
    return metricsReport(this.#cluster, known, [pendingPods(this.#scheduler.pending())], isReset)
  }

  /** The logical cluster was deleted. True: nothing is left here. */
  destroy(): Promise<boolean> {
    return destroyObject(this.ctx)
  }

  override async alarm(): Promise<void> {
    await this.#inbox.load()
    await this.#run()
  }

  async #run(): Promise<void> {
    await this.#scheduler.run()
    const due = this.#scheduler.nextDueMs()
    if (due !== undefined) await this.ctx.storage.setAlarm(Math.max(due, systemClock.now() + 1))
  }
}
