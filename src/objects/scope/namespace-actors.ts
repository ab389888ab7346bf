/**
 * What lives inside a NamespaceObject: its scope, and the actors woken by its log — controllers, the scheduler's feed,
 * the simulated nodes' kubelet — with one alarm for all of them. After each commit they run at once; the alarm is set
 * to the earliest time that any of them named, and Cron's resync does what both missed.
 */
import type { AnyObject } from '../../apimachinery/meta.ts'
import type { V1Node } from '../../apis/generated/types.ts'
import type { Client } from '../../client/client.ts'
import type { Env } from '../../env.ts'
import { variablesOf } from '../../env.ts'
import { systemClock } from '../../lib/clock.ts'
import { systemRandom } from '../../lib/random.ts'
import type { Destination, Wanted } from '../../proxy/backends.ts'
import type { Driver } from '../../reconcile/driver.ts'
import { createDriver } from '../../reconcile/driver.ts'
import type { Progress } from '../../reconcile/progress.ts'
import { actorClient, controllersOf } from './controllers-of.ts'
import type { Change } from '../../store/object-store.ts'
import { createClusterCalls } from '../calls/cluster-calls.ts'
import { scopeStub } from '../calls/scope-stub.ts'
import { documentsOf } from '../worker/documents.ts'
import { durableSql } from '../storage/durable-sql.ts'
import { Follower } from './follower.ts'
import { concernsIsolates, feedIsolates } from '../nodes/isolates-feed.ts'
import { Compactor } from '../../store/history/compact.ts'
import { MIGRATIONS } from '../storage/migrations.ts'
import type { AddressFinding } from '../../controllers/service-addresses/findings.ts'
import type { Task } from '../../controllers/garbage-collector/dependents.ts'
import type { Remaining } from '../../controllers/namespace/plan.ts'
import { MASTERS_GROUP, controllerUser } from '../../auth/user.ts'
import { tendDependentsHere } from './dependents.ts'
import { deleteContent } from './namespace-content.ts'
import { RUNTIME_LABEL } from '../../kubelet/runtimes.ts'
import type { PlatformNode } from '../nodes/node-runtimes.ts'
import { NodeRuntimes } from '../nodes/node-runtimes.ts'
import { ensurePlatformNodes } from '../nodes/platform-nodes.ts'
import { serviceDestination } from '../nodes/service-destination.ts'
import { SimulatedNodes } from '../nodes/simulated-nodes.ts'
import { NamespaceState } from './namespace-state.ts'
import type { NamespaceRecord } from './namespace-state.ts'
import type { ScopeName } from '../object-names.ts'
import { clusterObjectName } from '../object-names.ts'
import { PolicyCopy, policyUpdate } from './policy-copy.ts'
import { podLog } from '../nodes/pod-logs.ts'
import type { SchedulingState } from '../scheduler-object.ts'
import { concernsScheduler, schedulingChanges, schedulingState } from '../nodes/scheduling-feed.ts'
import { StoreSideDriver } from '../../registry/store-side-driver.ts'
import { createRequestIds } from '../../store/sequence/request-ids.ts'
import { StoreError } from '../../store/store-error.ts'
import type { LogStore } from '../../store/log-store.ts'
import { Registrants } from '../../store/registrants.ts'
import type { Sql } from '../../store/sql.ts'
import type { Scope } from './scope.ts'
import { createScope } from './scope.ts'
import { ServiceAddresses } from './service-addresses.ts'
import { issueToken } from './token-issuer.ts'

/** The kubelets of nodes that are ours to run: as trusted as the platform they stand for. */
const KUBELET = { username: 'system:node:simulated', groups: ['system:nodes', MASTERS_GROUP] }

/** Steps of some milliseconds each, so that a resync stays below a tenth of a second. */
const MAX_COMPACTION_STEPS = 20

const NAMESPACE_RECORD = 'namespace'

export class NamespaceActors {
  readonly scope: Scope<StoreSideDriver>
  readonly #ctx: DurableObjectState
  readonly #env: Env
  readonly #name: ScopeName
  readonly #state: NamespaceState
  readonly #addresses: ServiceAddresses
  /** In the cluster scope: which namespaces hold dependents of its objects. */
  readonly registrants: Registrants
  readonly #runtimes: NodeRuntimes
  readonly #driver: Driver
  readonly #simulated: SimulatedNodes
  readonly #followers: readonly Follower[]
  readonly #compactor: Compactor
  #alarmMs: number | undefined

  constructor(ctx: DurableObjectState, env: Env, name: ScopeName) {
    this.#ctx = ctx
    this.#env = env
    this.#name = name
    const sql = durableSql(ctx.storage)
    const runtimes = new NodeRuntimes(systemClock, async () => scopeStub(env, name.cluster, '').platformNodes())
    this.#runtimes = runtimes
    this.#state = new NamespaceState({
      read: () => ctx.storage.kv.get<NamespaceRecord>(NAMESPACE_RECORD),
      write: (record) => ctx.storage.kv.put(NAMESPACE_RECORD, record),
    })
    this.scope = createScope({
      ...name,
      sql,
      migrations: MIGRATIONS,
      clock: systemClock,
      random: systemRandom,
      state: this.#state,
      policy: this.#policy(),
      calls: createClusterCalls({
        env,
        ...name,
        issueToken: issueToken(env, name, (resource, key) => this.find(resource, key)),
        podLog: podLog({ env, name, runtimes, simulatedLog: (pod, options) => this.#simulated.logs(pod, options) }),
      }),
      rangesOf: (store) => this.#sequencedBy(store, sql),
      durable: () => ctx.storage.sync(),
      refreshNamespace: () => this.#refreshNamespace(),
      clusterRevision: () => this.#clusterRevision(),
      onPublished: (changes) => this.#onPublished(changes),
      documents: documentsOf(env, name.cluster),
    })
    this.registrants = new Registrants(sql)
    this.#addresses = new ServiceAddresses(sql, systemClock, systemRandom)
    this.#compactor = new Compactor(sql, this.scope.store)
    const { store, cursors, host } = this.scope
    this.#driver = createDriver({
      controllers: controllersOf(env, name, this.#addresses, this.registrants),
      namespace: name.namespace,
      reader: store,
      progress: cursors as Progress,
      clientFor: (controller) => this.#clientOf(controller),
      clock: host.clock,
      random: host.random,
      onError: (error, controller, key) => console.warn(`controller ${controller} failed for ${key}`, error),
    })
    this.#simulated = new SimulatedNodes(store, runtimes, actorClient(env, name, this.scope, KUBELET, 'kubelet'))
    this.#followers = this.#followersOf(runtimes)
  }

  /** Alarm, commit or Cron: look what there is to do. */
  async wake(): Promise<void> {
    this.#alarmMs = undefined
    const followers = this.#followers.map((follower) => follower.run())
    await Promise.all([this.#driver.wake(), this.#simulated.run(), ...followers])
    await this.#setAlarm()
  }

  async resync(): Promise<void> {
    // Controllers do not ask by themselves (controllers-of.ts), and have nothing to do where there is no namespace.
    if (this.#name.namespace !== '' && this.#state.phase !== 'active') await this.#refreshNamespace()
    if (this.#name.namespace !== '' && this.#state.phase === 'absent') return
    this.#driver.resync()
    await this.wake()
    this.#compact()
    if (this.#name.namespace !== '') return
    const { SIMULATED_NODES } = variablesOf(this.#env)
    await ensurePlatformNodes(this.scope.store, this.#clientOf('bootstrap'), SIMULATED_NODES)
  }

  /** A bounded piece of what is due; Cron comes again in a minute. */
  #compact(): void {
    for (let steps = 0; steps < MAX_COMPACTION_STEPS && this.#compactor.step(); steps++);
  }

  async seal(uid: string): Promise<void> {
    this.#state.seal(uid)
    await this.#ctx.storage.sync()
  }

  liveNamespace(name: string): { readonly uid: string; readonly isTerminating: boolean } | null {
    const stored = this.scope.store.get({ resource: 'namespaces', name })
    if (stored === undefined) return null
    const { metadata } = JSON.parse(stored.text) as { metadata: { uid?: string; deletionTimestamp?: string } }
    return { uid: metadata.uid ?? '', isTerminating: metadata.deletionTimestamp !== undefined }
  }

  allocateService(text: string, previousText: string | null, isDryRun: boolean): string {
    return this.#addresses.allocate(text, previousText, isDryRun)
  }

  confirmService(uid: string, text: string | null): void {
    this.#addresses.confirm(uid, text)
  }

  restoreService(text: string): readonly AddressFinding[] {
    return this.#addresses.restore(text)
  }

  serviceDestination(name: string, wanted: Wanted): Promise<Destination> {
    return serviceDestination(this.scope.store, this.#runtimes, name, wanted)
  }

  /** An object of this scope, parsed. */
  find(resource: string, name: string): AnyObject | undefined {
    const stored = this.scope.store.get({ resource, name })
    return stored === undefined ? undefined : (JSON.parse(stored.text) as AnyObject)
  }

  /** The nodes whose kubelets are ours, by name. */
  platformNodes(): Record<string, PlatformNode> {
    const { objects } = this.scope.store.list({ resource: 'nodes', limit: Number.MAX_SAFE_INTEGER })
    return Object.fromEntries(
      objects.flatMap(({ name, text, selectable }) => {
        const runtime = selectable.labels[RUNTIME_LABEL]
        if (runtime === undefined) return []
        const { addresses = [] } = (JSON.parse(text) as V1Node).status ?? {}
        const hostIPs = addresses.filter(({ type }) => type === 'InternalIP').map(({ address }) => address)
        return [[name, { runtime, hostIPs }]]
      }),
    )
  }

  tendDependents(uid: string, task: Task): Promise<boolean> {
    const { namespace } = this.#name
    return tendDependentsHere(this.scope.store, this.#clientOf('garbage-collector'), namespace, uid, task)
  }

  async deleteContent(uid: string, what: 'pods' | 'rest'): Promise<Remaining> {
    await this.seal(uid)
    const { store, host } = this.scope
    return deleteContent(store, host.scheme, this.#clientOf('namespace'), this.#name.namespace, what)
  }

  schedulingState(): SchedulingState {
    return schedulingState(this.scope.store, this.#name.namespace === '' ? 'nodes' : 'pods')
  }

  /** Who learns outside of this object what its log says. */
  #followersOf(runtimes: NodeRuntimes): Follower[] {
    const { cluster, namespace } = this.#name
    const schedulers = [namespace === '' ? 'nodes' : 'pods']
    const scheduler = this.#follower('scheduler', schedulers, concernsScheduler, (changes, after, upTo) =>
      this.#feedScheduler(changes, after, upTo),
    )
    if (namespace !== '') {
      const isolates = this.#follower('isolates', ['pods'], concernsIsolates, (changes) =>
        feedIsolates(this.#env, cluster, runtimes, changes),
      )
      return [scheduler, isolates]
    }
    // A namespace's own object makes what it has from the start, and does not wait for a first request to do so.
    const isNew = (change: Change): boolean => change.type === 'ADDED'
    const namespaces = this.#follower('namespaces', ['namespaces'], isNew, async (changes) => {
      await Promise.all(changes.map(({ name }) => scopeStub(this.#env, cluster, name).resync()))
    })
    return [scheduler, namespaces]
  }

  /** A follower of this log outside of it, with its durable cursor. */
  #follower(
    target: string,
    resources: readonly string[],
    concerns: (change: Change) => boolean,
    serve: (changes: readonly Change[], after: number, upTo: number) => Promise<void>,
  ): Follower {
    const { store, cursors } = this.scope
    return new Follower({
      target,
      resources,
      reader: store,
      concerns,
      serve,
      cursor: () => cursors.cursor(target),
      advance: (revision) => cursors.advance(target, revision),
      now: () => systemClock.now(),
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
        reserve: (request) => this.#sequencer().reserve(request),
        close: (request) => this.#sequencer().close(request),
        answered: (answer) => this.#sequencer().answered(answer),
        leave: (request) => this.#sequencer().leave(request),
      },
      durable: () => this.#ctx.storage.sync(),
      clock: systemClock,
    })
  }

  #sequencer() {
    const { SEQUENCER_OBJECTS: objects } = this.#env
    return objects.get(objects.idFromName(clusterObjectName(this.#name.cluster)))
  }

  /** A revision that is shown here is one that this store has finished with: nothing is committed below it any more. */
  async #clusterRevision(): Promise<number> {
    const revision = await this.#sequencer().newestRevision()
    this.scope.ranges.finish(revision)
    return revision
  }

  /** Asks whether a live Namespace of this name exists, and starts anew when it is another one than before. */
  async #refreshNamespace(): Promise<void> {
    const live = await scopeStub(this.#env, this.#name.cluster, '').liveNamespace(this.#name.namespace)
    if (live === null || live.isTerminating) return
    if (!this.#state.isOfAnother(live.uid)) {
      this.#state.activate(live.uid)
      return this.#startAnew()
    }
    await this.scope.ranges.wipe(this.#state.incarnation + 1, () => {
      this.scope.hub.closeAll(new StoreError('compacted', 'the namespace was made anew'))
      this.scope.store.wipe()
      this.#state.restart(live.uid)
    })
    await this.#startAnew()
  }

  /** What a namespace has from the start (its ServiceAccount, the root CA) is there before its first write. */
  #startAnew(): Promise<void> {
    this.#driver.resync(true)
    this.#ctx.waitUntil(this.wake())
    return this.#driver.wake()
  }

  #onPublished(changes: readonly Change[]): void {
    const areBehind = this.#followers.map((follower) => follower.observe(changes))
    const isSimulated = this.#simulated.observe(changes)
    const isControllers = changes.some((change) => this.#driver.concerns(change))
    this.#feedCloud(changes)
    if (areBehind.includes(true) || isSimulated || isControllers) this.#ctx.waitUntil(this.wake())
  }

  /** Services that have, want or had a load balancer are the cloud's business. */
  #feedCloud(changes: readonly Change[]): void {
    const names = changes
      .filter(({ resource, text }) => resource === 'services' && text.includes('"LoadBalancer"'))
      .map(({ name }) => name)
    if (names.length === 0) return
    const { CLOUD_OBJECTS: objects } = this.#env
    const cloud = objects.get(objects.idFromName(clusterObjectName(this.#name.cluster)))
    this.#ctx.waitUntil(cloud.observe(this.#name.namespace, names))
  }

  async #feedScheduler(changes: readonly Change[], after: number, upTo: number): Promise<void> {
    const { cluster, namespace } = this.#name
    const { SCHEDULER_OBJECTS: objects } = this.#env
    const scheduler = objects.get(objects.idFromName(clusterObjectName(cluster)))
    await scheduler.observe(cluster, namespace, after, upTo, schedulingChanges(changes))
  }

  async #setAlarm(): Promise<void> {
    const actors = [this.#driver, this.#simulated, ...this.#followers]
    const due = actors.map((actor) => actor.nextDueMs())
      .filter((time) => time !== undefined)
    const earliest = due.length === 0 ? undefined : Math.max(Math.min(...due), systemClock.now() + 1)
    if (earliest === undefined || (this.#alarmMs !== undefined && this.#alarmMs <= earliest)) return
    this.#alarmMs = earliest
    await this.#ctx.storage.setAlarm(earliest)
  }
}
