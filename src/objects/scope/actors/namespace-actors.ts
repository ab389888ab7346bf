/**
 * What lives inside a NamespaceObject, put together: its scope, how it begins and ends, and the actors woken by its log
 * (controllers, feeds, the scheduler's follower, the simulated nodes' kubelet). The loop runs them; Cron's resync does
 * what commits and alarms missed.
 */
import type { CommitQueue } from '../../../registry/commits/commit.ts'
import { ROOT_CLUSTER } from '../../../apis/workernetes/root-cluster.ts'
import { controllerUser } from '../../../auth/user.ts'
import { AVAILABILITY } from '../../../controllers/api/api-services/api-services.ts'
import type { Client } from '../../../client/client.ts'
import type { Env } from '../../../env.ts'
import { variablesOf } from '../../../env.ts'
import { systemClock } from '../../../lib/clock.ts'
import { systemRandom } from '../../../lib/random.ts'
import type { Controller } from '../../../reconcile/define-controller.ts'
import type { Driver } from '../../../reconcile/driver.ts'
import { createDriver } from '../../../reconcile/driver.ts'
import type { Progress } from '../../../reconcile/progress.ts'
import type { StoreSideDriver } from '../../../registry/sequence/store-side-driver.ts'
import { Compactor } from '../../../store/history/compact.ts'
import { Registrants } from '../../../store/registrants.ts'
import { StoreError } from '../../../store/store-error.ts'
import { scopeStub } from '../../calls/scope-stub.ts'
import { liveClusterUid } from '../../clusters/cluster-word.ts'
import { lateText } from '../../operations/component-health.ts'
import type { MetricsReport } from '../../operations/cluster-metrics.ts'
import { metricsOf, metricsReport } from '../../operations/cluster-metrics.ts'
import { ObjectCounts } from '../../operations/object-counts.ts'
import { unavailableApis } from '../../operations/unavailable-apis.ts'
import { NodeRuntimes } from '../../nodes/node-runtimes.ts'
import { ensurePlatformNodes } from '../../nodes/platform-nodes.ts'
import { SimulatedNodes } from '../../nodes/simulated-nodes.ts'
import type { ScopeName } from '../../object-names.ts'
import { Cleanup } from '../cleanup/cleanup.ts'
import { ActorCalls } from './actor-calls.ts'
import { ActorLoop, drivenActor, earliest } from './actor-loop.ts'
import { ClusterLife } from '../life/cluster-life.ts'
import { createDurableScope } from '../durable-scope.ts'
import { KUBELET_USER, actorClient, controllersOf } from './controllers-of.ts'
import { FEEDS_TARGET, progressOfControllers, progressOfFeeds } from '../../followers/feeds.ts'
import { feedsOf, schedulerFollower } from '../../followers/followers-of.ts'
import type { Follower } from '../../followers/follower.ts'
import { NamespaceLife } from '../life/namespace-life.ts'
import type { NamespaceRecord } from '../life/namespace-state.ts'
import { NamespaceState } from '../life/namespace-state.ts'
import { ObjectAlarm } from './object-alarm.ts'
import type { Scope } from '../scope.ts'
import { ServiceAddresses } from '../service-addresses.ts'

/** Steps of some milliseconds each, so that a resync stays below a tenth of a second. */
const MAX_COMPACTION_STEPS = 20

/** Compaction that was not done by then goes on, so that requests are served in between. */
const COMPACT_AGAIN_MS = 1_000

const NAMESPACE_RECORD = 'namespace'

export class NamespaceActors {
  readonly scope: Scope<StoreSideDriver>
  readonly addresses: ServiceAddresses
  /** In the cluster scope: which namespaces hold dependents of its objects. */
  readonly registrants: Registrants
  readonly calls: ActorCalls
  readonly cluster: ClusterLife
  readonly cleanup: Cleanup
  readonly runtimes: NodeRuntimes
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
  readonly #loop: ActorLoop
  /** This store's entry in the cluster's index of due work (docs/decisions/0011-due-work.md). */
  readonly #entry = { isEntered: false }
  readonly #counts = new ObjectCounts(systemClock)

  constructor(ctx: DurableObjectState, env: Env, name: ScopeName) {
    this.#ctx = ctx
    this.#env = env
    this.#name = name
    const { storage } = ctx
    this.runtimes = new NodeRuntimes(systemClock, async () => scopeStub(env, name.cluster, '').platformNodes())
    this.#state = new NamespaceState({
      read: () => storage.kv.get<NamespaceRecord>(NAMESPACE_RECORD),
      write: (record) => storage.kv.put(NAMESPACE_RECORD, record),
    })
    this.#life = new NamespaceLife({
      state: this.#state,
      ask: async () => scopeStub(env, name.cluster, '').objectText('namespaces', name.namespace),
      wipe: (uid) => this.#wipe(uid),
      start: () => this.#start(),
    })
    this.cluster = new ClusterLife({
      state: this.#state,
      isRoot: name.cluster === ROOT_CLUSTER,
      liveUid: () => liveClusterUid(env, name.cluster),
      bootstrap: () => this.#bootstrap(),
    })
    this.scope = createDurableScope({
      ...{ storage, env, name, runtimes: this.runtimes, state: this.#state, entry: this.#entry },
      refreshNamespace: () => this.#life.refresh(),
      namespaceStarting: () => this.#life.starting,
      onCommitted: (changes) => this.#loop.onCommitted(changes),
      onPublished: () => this.#loop.onPublished(),
      simulatedLog: (pod, options) => this.#simulated.logs(pod, options),
    })
    this.calls = new ActorCalls(this.scope.host)
    this.cleanup = new Cleanup(this.scope, name.namespace, (controller) => this.#clientOf(controller))
    const { store, sql } = this.scope
    this.registrants = new Registrants(sql)
    this.addresses = new ServiceAddresses(sql, systemClock, systemRandom)
    this.#alarm = new ObjectAlarm({ set: (timeMs) => storage.setAlarm(timeMs) }, systemClock)
    this.#compactor = new Compactor(sql, store)
    const progress = this.scope.cursors as Progress
    const controllers = controllersOf(env, name, this.addresses, this.registrants, {
      scope: this.scope,
      deleteInstances: (definition) => this.cleanup.deleteInstances(definition),
    })
    this.#controllers = this.#driver(controllers, progressOfControllers(progress))
    this.#feeds = this.#driver(feedsOf(env, name, this.runtimes), progressOfFeeds(progress), FEEDS_TARGET)
    const patient: CommitQueue = { submit: (turn) => this.scope.host.commits.submit({ ...turn, isPatient: true }) }
    const kubelet = actorClient(env, name, this.scope, KUBELET_USER, 'kubelet', patient)
    this.#simulated = new SimulatedNodes(store, this.runtimes, kubelet)
    this.#scheduler = schedulerFollower(env, name, this.scope)
    this.#loop = new ActorLoop({
      actors: [drivenActor(this.#controllers), drivenActor(this.#feeds), this.#scheduler, this.#simulated],
      alarm: this.#alarm,
      clock: systemClock,
      isServing: () => this.#isServing(),
      waitUntil: (work) => ctx.waitUntil(work),
    })
  }

  /** The alarm: whatever it was set for. */
  alarm(): Promise<void> {
    this.#alarm.fired()
    return this.#loop.wake()
  }

  /** Cron: what alarms and wake-ups should have done. Answers when to come again; undefined: not before a write. */
  async resync(): Promise<number | undefined> {
    if (!(await this.#isServing())) return undefined
    this.#controllers.resync()
    this.#feeds.resync()
    await this.#loop.wake()
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

  lookAtApis(names: readonly string[]): void {
    for (const name of names) this.#controllers.look(AVAILABILITY, name)
    this.#ctx.waitUntil(this.#loop.wake())
  }

  /** Whether the controllers do what is due; undefined: they do. */
  lateText(): string | undefined {
    return lateText(this.#controllers.nextDueMs(), systemClock.now())
  }

  metrics(known: readonly string[], isReset: boolean): MetricsReport {
    const { store } = this.scope
    const { cluster, namespace } = this.#name
    const counts = this.#counts.snapshots(cluster, this.scope)
    const own = [...counts, ...this.#controllers.runningWork(), ...this.#feeds.runningWork()]
    return metricsReport(cluster, known, namespace === '' ? [...own, unavailableApis(store)] : own, isReset)
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
      metrics: metricsOf(this.#name.cluster).work,
    })
  }

  #clientOf(controller: string): Client {
    const user = controllerUser(controller)
    const name = user.username.split(':').at(-1) ?? controller
    // What upstream's API server does itself is its own.
    return actorClient(this.#env, this.#name, this.scope, user, name === 'apiserver' ? 'kube-apiserver' : name)
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
    if (this.#name.namespace === '') return this.cluster.isServing
    if (this.#state.phase === 'absent') await this.#life.refresh()
    return this.#state.phase !== 'absent'
  }

  /** True: nothing of what a cluster starts with is left to be made. */
  async #bootstrap(): Promise<boolean> {
    await this.#controllers.wake()
    await this.#ensureNodes()
    this.#ctx.waitUntil(this.#loop.wake())
    const { store, cursors } = this.scope
    return store.revision > 0 && cursors.work().every(({ controller }) => controller !== 'bootstrap')
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

  /** What is committed from here on enters again; while a commit is under way this store stays in the index. */
  #leaveIndex(): number | undefined {
    if (!this.scope.ranges.isQuiet) return systemClock.now()
    this.#entry.isEntered = false
    return earliest([this.#loop.nextDueMs(), this.#compactor.nextDueMs()])
  }
}
