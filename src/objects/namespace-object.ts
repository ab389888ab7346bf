/**
 * NamespaceObject: one per namespace of a logical cluster, and one for its cluster scope. Glue only: gives the scope
 * (scope.ts) a Durable Object's storage, clock and hops, and answers the calls of other objects.
 */
import { DurableObject } from 'cloudflare:workers'
import type { Rules } from '../apiserver/api-host.ts'
import type { Attributes, Decision } from '../auth/authorizer.ts'
import type { UserInfo } from '../auth/user.ts'
import { answerRequest } from '../apiserver/chain.ts'
import type { KindRef } from '../apis/define-kind.ts'
import type { ListOptions, Operation, OperationResult } from '../client/client.ts'
import { areBoundObjectsLive } from '../auth/bound-object.ts'
import type { BoundClaims } from '../auth/service-account-token.ts'
import type { Env } from '../env.ts'
import { systemClock } from '../lib/clock.ts'
import type { Page, PageRequest } from '../registry/store-side-driver.ts'
import type { RowsAnswer, RowsRequest } from '../store/sequence/messages.ts'
import type { ServiceBackends } from '../proxy/backends.ts'
import type { Carried } from './calls/scope-stub.ts'
import { carry } from './calls/scope-stub.ts'
import { pageSelection } from './scope/page-selection.ts'
import type { Remaining } from '../controllers/namespace/plan.ts'
import { NamespaceActors } from './scope/namespace-actors.ts'
import type { ClusterStart } from './scope/cluster-life.ts'
import { serviceBackends } from './scope/service-backends.ts'
import { parseScopeObjectName } from './object-names.ts'
import { destroyObject } from './storage/destroy.ts'
import type { PolicyUpdate } from './scope/policy-copy.ts'
import { policyUpdate } from './scope/policy-copy.ts'
import type { SchedulingState } from './followers/scheduler-inbox.ts'
import { USER_HEADER, parseUser } from './calls/user-header.ts'

export class NamespaceObject extends DurableObject<Env> {
  readonly #actors: NamespaceActors

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    const { name } = ctx.id
    if (name === undefined) throw new Error('a scope is addressed by its name (object-names.ts)')
    this.#actors = new NamespaceActors(ctx, env, parseScopeObjectName(name))
  }

  override fetch(request: Request): Promise<Response> {
    const user = request.headers.get(USER_HEADER)
    if (user === null) throw new Error('a request came without its user')
    return answerRequest(this.#actors.scope.host, request, parseUser(user))
  }

  override alarm(): Promise<void> {
    return this.#actors.alarm()
  }

  /** Cron: everything that alarms and wake-ups should have done; answers when to come again. */
  resync(): Promise<number | undefined> {
    return this.#actors.resync()
  }

  policyChanges(since: number): PolicyUpdate {
    return policyUpdate(this.#actors.scope.store, since)
  }

  authorizeHere(attributes: Attributes): Promise<Carried<Decision>> {
    return this.#actors.calls.authorize(attributes)
  }

  rulesHere(user: UserInfo): Promise<Carried<Rules>> {
    return this.#actors.calls.rules(user)
  }

  seal(uid: string): Promise<Carried<void>> {
    return carry(() => this.#actors.seal(uid))
  }

  startNamespace(): Promise<void> {
    return this.#actors.startNamespace()
  }

  /** Whether account, pod and secret of a token are those that it was bound to. */
  areBoundObjectsLive(bound: BoundClaims): boolean {
    return areBoundObjectsLive(bound, this.#actors, systemClock.now())
  }

  /** The word on an object of this scope: whether a namespace or a cluster is live, a node there. */
  objectText(resource: string, name: string): string | null {
    return this.#actors.scope.store.get({ resource, name })?.text ?? null
  }

  sequencerRows(request: RowsRequest): Promise<RowsAnswer> {
    return this.#actors.scope.ranges.answer(request)
  }

  sequencerPage(request: PageRequest): Promise<Page> {
    return this.#actors.scope.ranges.page(request, pageSelection(request, this.#actors.scope.host.namespace))
  }

  allocateService(service: string, previous: string | null, isDryRun: boolean): Promise<Carried<string>> {
    return carry(() => this.#actors.addresses.allocate(service, previous, isDryRun))
  }

  confirmService(uid: string, service: string | null): void {
    this.#actors.addresses.confirm(uid, service)
  }

  serviceBackends(name: string, port: number | undefined): ServiceBackends | undefined {
    return serviceBackends(this.#actors.scope.store, name, port)
  }

  nodeRuntimes(): Record<string, string> {
    return this.#actors.nodeRuntimes()
  }

  deleteContent(uid: string, what: 'pods' | 'rest'): Promise<Carried<Remaining>> {
    return carry(() => this.#actors.deleteContent(uid, what))
  }

  schedulingState(): SchedulingState {
    return this.#actors.schedulingState()
  }

  readText(user: UserInfo, kind: KindRef, name: string): Promise<Carried<string | null>> {
    return this.#actors.calls.readText(user, kind, name)
  }

  readList(user: UserInfo, kind: KindRef, options: ListOptions): Promise<Carried<string>> {
    return this.#actors.calls.readList(user, kind, options)
  }

  batch(user: UserInfo, operations: readonly Operation[]): Promise<readonly OperationResult[]> {
    return this.#actors.calls.batch(user, operations)
  }

  startCluster(uid: string): Promise<Carried<ClusterStart>> {
    return carry(() => this.#actors.cluster.start(uid))
  }

  sealCluster(uid: string): Promise<Carried<void>> {
    return carry(() => this.#actors.cluster.seal(uid))
  }

  namespaceNames(): readonly string[] {
    return this.#actors.namespaceNames()
  }

  /** The logical cluster was deleted. True: nothing is left here. */
  async destroy(): Promise<boolean> {
    await this.#actors.endPods()
    return destroyObject(this.ctx)
  }
}
