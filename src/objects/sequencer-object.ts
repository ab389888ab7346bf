/**
 * SequencerObject: one per logical cluster. Glue only: gives the sequencer (registry/sequence/sequencer-driver.ts) a
 * Durable Object's storage and hops, and what reads over all namespaces (registry/sequence/all-namespaces.ts) its calls
 * to the namespaces.
 */
import { DurableObject } from 'cloudflare:workers'
import type { AllNamespacesHost } from '../apiserver/reading/all-namespaces.ts'
import { answerAllNamespaces } from '../apiserver/reading/all-namespaces.ts'
import type { Env } from '../env.ts'
import { systemClock } from '../lib/clock.ts'
import { AllNamespaces } from '../registry/sequence/all-namespaces.ts'
import type { StoreCalls } from '../registry/sequence/sequencer-driver.ts'
import { SequencerDriver } from '../registry/sequence/sequencer-driver.ts'
import type { EnteringRequest, Page, PageRequest } from '../registry/sequence/store-side-driver.ts'
import type {
  CloseReply,
  CloseRequest,
  LeaveRequest,
  ReserveReply,
  RowsAnswer,
  RowsRequest,
} from '../store/sequence/messages.ts'
import { allNamespacesHost } from './calls/all-namespaces-host.ts'
import { ClusterDue } from './due/cluster-due.ts'
import type { FlowDump } from '../apiserver/operations/flow/flow-dump.ts'
import type { MetricsReport } from './operations/cluster-metrics.ts'
import { metricsReport } from './operations/cluster-metrics.ts'
import { scopeObjectName } from './object-names.ts'
import { destroyObject } from './storage/destroy.ts'
import { keepSequencer, loadSequencer } from './storage/sequencer-disk.ts'
import { USER_HEADER, parseUser } from './calls/user-header.ts'

/** What NamespaceObject offers to the sequencer: both delegate to its StoreSideDriver. */
interface SequencedObject {
  sequencerRows(request: RowsRequest): Promise<RowsAnswer>
  sequencerPage(request: PageRequest): Promise<Page>
}

export class SequencerObject extends DurableObject<Env> {
  readonly #driver: SequencerDriver
  readonly #reads: AllNamespaces
  readonly #host: AllNamespacesHost
  readonly #due: ClusterDue
  readonly #cluster: string

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    const { name } = ctx.id
    if (name === undefined) throw new Error('a sequencer is addressed by the name of its cluster (object-names.ts)')
    this.#cluster = name
    const calls = callsInto(name, env)
    this.#driver = new SequencerDriver({
      state: loadSequencer(ctx.storage.kv),
      keep: (writes) => keepSequencer(ctx.storage.kv, writes),
      durable: () => ctx.storage.sync(),
      calls,
      clock: systemClock,
      onError: (error) => console.warn('a namespace did not answer the sequencer', error),
    })
    this.#reads = new AllNamespaces(this.#driver, calls, systemClock)
    this.#host = allNamespacesHost(env, name, this.#reads)
    this.#due = new ClusterDue(ctx.storage.kv, env, name)
  }

  /** Lists and watches over all namespaces. */
  override fetch(request: Request): Promise<Response> {
    const user = request.headers.get(USER_HEADER)
    if (user === null) throw new Error('a request came without its user')
    return answerAllNamespaces(this.#host, request, parseUser(user))
  }

  /** Answered from memory, but for the first reservation of a burst: its store enters the index of due work first. */
  reserve(request: EnteringRequest): ReserveReply | Promise<ReserveReply> {
    const entering = request.entersIndex === true ? this.#due.enterScope(request.store) : undefined
    return entering === undefined ? this.#driver.reserve(request) : entering.then(() => this.#driver.reserve(request))
  }

  close(request: CloseRequest): CloseReply {
    return this.#driver.close(request)
  }

  answered(answer: RowsAnswer): RowsRequest | undefined {
    return this.#driver.answered(answer)
  }

  leave(request: LeaveRequest): CloseReply {
    return this.#driver.leave(request)
  }

  /** The scheduler or the cloud loops may have something to do: durable when it resolves. */
  async enterIndex(key: string): Promise<void> {
    await this.#due.enter(key)
  }

  /** In the root cluster: `cluster` has due work. */
  enterCluster(cluster: string): void {
    this.#due.enterCluster(cluster)
  }

  forgetCluster(cluster: string): void {
    this.#due.forgetCluster(cluster)
  }

  metrics(known: readonly string[], isReset: boolean): MetricsReport {
    return metricsReport(this.#cluster, known, [], isReset)
  }

  /** What priority and fairness holds of requests over all namespaces. */
  flowDump(): FlowDump {
    return this.#host.operations.flow.dump()
  }

  /** The stores that ever wrote. */
  storeNames(): readonly string[] {
    return this.#driver.machine.stores()
  }

  /** The logical cluster was deleted. True: nothing is left here. */
  destroy(): Promise<boolean> {
    return destroyObject(this.ctx)
  }

  /** Visits what is due in this cluster; answers when it is to be swept next. */
  sweep(): Promise<number | undefined> {
    return this.#due.sweep()
  }

  /** Cron's tick, asked of the root cluster. */
  tick(): Promise<void> {
    return this.#due.tick()
  }

  /** The newest revision given out. */
  newestRevision(): number {
    return this.#reads.newestRevision
  }

  /** The namespaces that may hold objects of the resource; '' is the cluster scope. */
  namespacesWith(resource: string): readonly string[] {
    return this.#reads.namespacesWith(resource)
  }
}

function callsInto(cluster: string, env: Env): StoreCalls {
  const objectOf = (namespace: string): SequencedObject =>
    env.NAMESPACE_OBJECTS.getByName(scopeObjectName({ cluster, namespace }))
  return {
    rows: (store, request) => objectOf(store).sequencerRows(request),
    page: (store, request) => objectOf(store).sequencerPage(request),
  }
}
