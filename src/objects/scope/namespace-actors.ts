/**
 * What lives inside a NamespaceObject: its scope, and the actors woken by its log — controllers, feeds, the scheduler's
 * follower, the simulated nodes' kubelet — with one alarm for all of them. The turn of a commit that concerns one
 * of them sets the alarm; after the commit they run at once, and Cron's resync does what both missed.
 */
import type { Remaining } from '../../controllers/namespace/plan.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import { controllerUser } from '../../auth/user.ts'
import type { Client } from '../../client/client.ts'
import type { Env } from '../../env.ts'
import { variablesOf } from '../../env.ts'
import { systemClock } from '../../lib/clock.ts'
import { systemRandom } from '../../lib/random.ts'
import type { Controller } from '../../reconcile/define-controller.ts'
import type { Driver } from '../../reconcile/driver.ts'
import { createDriver } from '../../reconcile/driver.ts'
import type { Progress } from '../../reconcile/progress.ts'
import { StoreSideDriver } from '../../registry/store-side-driver.ts'
import { Compactor } from '../../store/history/compact.ts'
import type { LogStore } from '../../store/log-store.ts'
import type { Change } from '../../store/object-store.ts'
import { createRequestIds } from '../../store/sequence/request-ids.ts'
import type { Sql } from '../../store/sql.ts'
import { StoreError } from '../../store/store-error.ts'
import { RUNTIME_LABEL } from '../../kubelet/runtimes.ts'
import { createClusterCalls } from '../calls/cluster-calls.ts'
import { scopeStub } from '../calls/scope-stub.ts'
import { NodeRuntimes } from '../nodes/node-runtimes.ts'
import { ensurePlatformNodes } from '../nodes/platform-nodes.ts'
import { podLog } from '../nodes/pod-logs.ts'
import { schedulingState } from '../nodes/scheduling-feed.ts'
import { SimulatedNodes } from '../nodes/simulated-nodes.ts'
import type { ScopeName } from '../object-names.ts'
import { clusterObjectName } from '../object-names.ts'
import type { SchedulingState } from '../scheduling/scheduler-inbox.ts'
import { durableSql } from '../storage/durable-sql.ts'
import { MIGRATIONS } from '../storage/migrations.ts'
import { documentsOf } from '../worker/documents.ts'
import { KUBELET_USER, actorClient, controllersOf } from './controllers-of.ts'
import { FEEDS_TARGET, progressOfControllers, progressOfFeeds } from './feeds.ts'
import { feedsOf, schedulerFollower } from './followers-of.ts'
import type { Follower } from './follower.ts'
import { deleteContent } from './namespace-content.ts'
import type { LiveNamespace } from './namespace-life.ts'
import { NamespaceLife } from './namespace-life.ts'
import type { NamespaceRecord } from './namespace-state.ts'
import { NamespaceState } from './namespace-state.ts'
import { ObjectAlarm } from './object-alarm.ts'
import { PolicyCopy, policyUpdate } from './policy-copy.ts'
import type { Scope } from './scope.ts'
import { createScope } from './scope.ts'
import { ServiceDesk } from './service-desk.ts'
import { issueToken } from './token-issuer.ts'

/** Steps of some milliseconds each, so that a resync stays below a tenth of a second. */
const MAX_COMPACTION_STEPS = 20

/** Compaction that was not done by then goes on, so that requests are served in between. */
const COMPACT_AGAIN_MS = 1_000

/** The alarm that the turn of a commit sets: only an object that died meanwhile needs it. */
const BURST_ALARM_MS = 5_000

const NAMESPACE_RECORD = 'namespace'

export class NamespaceActors {
  readonly scope: Scope<StoreSideDriver>
  readonly services: ServiceDesk
  readonly #ctx: DurableObjectState
  readonly #env: Env
  readonly #name: ScopeName
  readonly #state: NamespaceState
  readonly #life: NamespaceLife
  readonly #controllers: Driver
  readonly #feeds: Driver
  readonly #scheduler: Follower
  readonly #simulated: SimulatedNodes
  readonly #compactor: Compactor
  readonly #alarm: ObjectAlarm
  /** This store's entry in the cluster's index of due work (docs/decisions/0011-due-work.md). */
  readonly #entry = { isEntered: false }
  #isConcerned = false

  constructor(ctx: DurableObjectState, env: Env, name: ScopeName) {
    this.#ctx = ctx
    this.#env = env
    this.#name = name
    const { storage } = ctx
    const runtimes = new NodeRuntimes(systemClock, async () => scopeStub(env, name.cluster, '').nodeRuntimes())
    this.#state = new NamespaceState({
      read: () => storage.kv.get<NamespaceRecord>(NAMESPACE_RECORD),
      write: (record) => storage.kv.put(NAMESPACE_RECORD, record),
    })
    this.#life = new NamespaceLife({
      state: this.#state,
      ask: async () => scopeStub(env, name.cluster, '').liveNamespace(name.namespace),
      wipe: (uid) => this.#wipe(uid),
      start: () => this.#start(),
    })
    this.scope = this.#createScope(runtimes)
    const { store, sql } = this.scope
    this.services = new ServiceDesk({ reader: store, sql, clock: systemClock, random: systemRandom })
    this.#alarm = new ObjectAlarm({ set: (timeMs) => storage.setAlarm(timeMs) }, systemClock)
    this.#compactor = new Compactor(sql, store)
    const progress = this.scope.cursors as Progress
    this.#controllers = this.#driver(controllersOf(env, name), progressOfControllers(progress))
    this.#feeds = this.#driver(feedsOf(env, name, runtimes), progressOfFeeds(progress), FEEDS_TARGET)
    this.#simulated = new SimulatedNodes(store, runtimes, actorClient(env, name, this.scope, KUBELET_USER, 'kubelet'))
    this.#scheduler = schedulerFollower(env, name, this.scope)
  }

  /** The alarm: whatever it was set for. */
  alarm(): Promise<void> {
    this.#alarm.fired()
    return this.wake()
  }

  /** Looks what there is to do. */
  async wake(): Promise<void> {
    if (!(await this.#isServing())) return
    await Promise.all([this.#controllers.wake(), this.#feeds.wake(), this.#scheduler.run(), this.#simulated.run()])
    await this.#alarm.atLatest(this.#dueMs())
  }

  /** Cron: what alarms and wake-ups should have done. Answers when to come again; undefined: not before a write. */
  async resync(): Promise<number | undefined> {
    if (!(await this.#isServing())) return undefined
    this.#controllers.resync()
    this.#feeds.resync()
    await this.wake()
    this.#scheduler.keepCursor()
    if (this.#name.namespace === '') await this.#ensureNodes()
    await this.#compact()
    return this.#leaveIndex()
  }

  /** The namespace was made, perhaps anew: what it has from the start is made as well. */
  async startNamespace(): Promise<void> {
    await this.#life.refresh()
    await this.#life.starting
  }

  async seal(uid: string): Promise<void> {
    this.#state.seal(uid)
    await this.#ctx.storage.sync()
  }

  liveNamespace(name: string): LiveNamespace | null {
    const found = this.find('namespaces', name)
    if (found === undefined) return null
    const { uid = '', deletionTimestamp } = found.metadata
    return { uid, isTerminating: deletionTimestamp !== undefined }
  }

  /** An object of this scope, parsed. */
  find(resource: string, name: string): AnyObject | undefined {
    const stored = this.scope.store.get({ resource, name })
    return stored === undefined ? undefined : (JSON.parse(stored.text) as AnyObject)
  }

  /** Nodes that one of our runtimes looks after, by name. */
  nodeRuntimes(): Record<string, string> {
    const { objects } = this.scope.store.list({ resource: 'nodes', limit: Number.MAX_SAFE_INTEGER })
    return Object.fromEntries(
      objects.flatMap(({ name, selectable }) => {
        const runtime = selectable.labels[RUNTIME_LABEL]
        return runtime === undefined ? [] : [[name, runtime]]
      }),
    )
  }

  async deleteContent(uid: string, what: 'pods' | 'rest'): Promise<Remaining> {
    await this.seal(uid)
    const { store, host } = this.scope
    return deleteContent(store, host.scheme, this.#clientOf('namespace'), this.#name.namespace, what)
  }

  schedulingState(): SchedulingState {
    return schedulingState(this.scope.store, this.#name.namespace === '' ? 'nodes' : 'pods')
  }

  #createScope(runtimes: NodeRuntimes): Scope<StoreSideDriver> {
    const [ctx, env, name] = [this.#ctx, this.#env, this.#name]
    return createScope({
      ...name,
      sql: durableSql(ctx.storage),
      migrations: MIGRATIONS,
      clock: systemClock,
      random: systemRandom,
      state: this.#state,
      policy: this.#policy(),
      calls: createClusterCalls({
        env,
        cluster: name.cluster,
        issueToken: issueToken(env, name, (resource, key) => this.find(resource, key)),
        podLog: podLog({ env, name, runtimes, simulatedLog: (pod, options) => this.#simulated.logs(pod, options) }),
      }),
      rangesOf: (store, sql) => this.#sequencedBy(store, sql),
      durable: () => ctx.storage.sync(),
      refreshNamespace: () => this.#life.refresh(),
      namespaceStarting: () => this.#life.starting,
      clusterRevision: () => this.#clusterRevision(),
      onCommitted: (changes) => this.#onCommitted(changes),
      onPublished: () => this.#onPublished(),
      documents: documentsOf(env, name.cluster),
    })
  }

  #driver(controllers: readonly Controller[], progress: Progress, target?: string): Driver {
    const { store, host } = this.scope
    return createDriver({
      controllers,
      namespace: this.#name.namespace,
      reader: store,
      progress,
      ...(target === undefined ? {} : { target }),
      clientFor: (controller) => this.#clientOf(controller),
      clock: host.clock,
      random: host.random,
      onError: (error, controller, key) => console.warn(`controller ${controller} failed for ${key}`, error),
    })
  }

  #clientOf(controller: string): Client {
    const user = controllerUser(controller)
    return actorClient(this.#env, this.#name, this.scope, user, user.username.split(':').at(-1) ?? controller)
  }

  #policy(): PolicyCopy {
    const { cluster, namespace } = this.#name
    return new PolicyCopy(systemClock, (since) =>
      namespace === '' ? policyUpdate(this.scope.store, since) : scopeStub(this.#env, cluster, '').policyChanges(since),
    )
  }

  #sequencedBy(store: LogStore, sql: Sql): StoreSideDriver {
    // A stub that has thrown may stay broken, so each call takes a new one.
    return new StoreSideDriver({
      speaker: { store: this.#name.namespace, incarnation: this.#state.incarnation },
      store,
      nextId: createRequestIds(sql),
      calls: {
        reserve: async (request) => this.#sequencer().reserve(request),
        close: (request) => this.#sequencer().close(request),
        answered: (answer) => this.#sequencer().answered(answer),
        leave: (request) => this.#sequencer().leave(request),
      },
      durable: () => this.#ctx.storage.sync(),
      clock: systemClock,
      entry: this.#entry,
    })
  }

  #sequencer() {
    return this.#env.SEQUENCER_OBJECTS.getByName(clusterObjectName(this.#name.cluster))
  }

  /** A revision that is shown here is one that this store has finished with: nothing is committed below it any more. */
  async #clusterRevision(): Promise<number> {
    const revision = await this.#sequencer().newestRevision()
    this.scope.ranges.finish(revision)
    return revision
  }

  /** The store of a former namespace of this name gives way to that of `uid`. */
  #wipe(uid: string): Promise<void> {
    return this.scope.ranges.wipe(this.#state.incarnation + 1, () => {
      this.scope.hub.closeAll(new StoreError('compacted', 'the namespace was made anew'))
      this.scope.store.wipe()
      this.#state.restart(uid)
    })
  }

  #start(): Promise<void> {
    this.#controllers.resync(true)
    return this.#controllers.wake()
  }

  /** Whether there is anything here to act upon: a namespace that does not exist has no actors. */
  async #isServing(): Promise<boolean> {
    if (this.#name.namespace === '') return true
    if (this.#state.phase === 'absent') await this.#life.refresh()
    return this.#state.phase !== 'absent'
  }

  #onCommitted(changes: readonly Change[]): void {
    const isOf = [
      this.#scheduler.observe(changes),
      this.#simulated.observe(changes),
      changes.some((change) => this.#controllers.concerns(change) || this.#feeds.concerns(change)),
    ]
    if (!isOf.includes(true)) return
    this.#isConcerned = true
    void this.#alarm.atLatest(systemClock.now() + BURST_ALARM_MS)
  }

  #onPublished(): void {
    if (!this.#isConcerned) return
    this.#isConcerned = false
    this.#ctx.waitUntil(this.#wakeSoon())
  }

  /** A macrotask later: whoever wrote is answered before anybody acts upon it. */
  async #wakeSoon(): Promise<void> {
    await new Promise<void>((resolve) => {
      systemClock.after(0, resolve)
    })
    await this.wake()
  }

  async #ensureNodes(): Promise<void> {
    const { SIMULATED_NODES } = variablesOf(this.#env)
    await ensurePlatformNodes(this.scope.store, this.#clientOf('bootstrap'), SIMULATED_NODES)
  }

  /** A bounded piece of what is due. */
  async #compact(): Promise<void> {
    for (let steps = 0; this.#compactor.step(); steps++) {
      if (steps < MAX_COMPACTION_STEPS) continue
      await this.#alarm.atLatest(systemClock.now() + COMPACT_AGAIN_MS)
      return
    }
  }

  /** When an actor has something to do; undefined: not before a write. */
  #dueMs(): number | undefined {
    const actors = [this.#controllers, this.#feeds, this.#scheduler, this.#simulated]
    return earliest(actors.map((actor) => actor.nextDueMs()))
  }

  /** What is committed from here on enters again; while a commit is under way this store stays in the index. */
  #leaveIndex(): number | undefined {
    if (!this.scope.ranges.isQuiet) return systemClock.now()
    this.#entry.isEntered = false
    return earliest([this.#dueMs(), this.#compactor.nextDueMs()])
  }
}

function earliest(times: readonly (number | undefined)[]): number | undefined {
  const known = times.filter((time) => time !== undefined)
  return known.length === 0 ? undefined : Math.min(...known)
}
