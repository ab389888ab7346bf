/**
 * NamespaceObject: one per namespace of a logical cluster, and one for its cluster scope. Glue only: gives the scope
 * (scope.ts) a Durable Object's storage, clock and hops, and answers the calls of other objects.
 */
import { DurableObject } from 'cloudflare:workers'
import type { Rules } from '../apiserver/api-host.ts'
import type { Attributes, Decision } from '../auth/authorizer.ts'
import type { UserInfo } from '../auth/user.ts'
import { LocalClient } from '../apiserver/local-client.ts'
import { answerRequest } from '../apiserver/chain.ts'
import type { KindRef } from '../apis/define-kind.ts'
import type { ListOptions, Operation, OperationResult } from '../client/client.ts'
import { areBoundObjectsLive } from '../auth/bound-object.ts'
import type { BoundClaims } from '../auth/service-account-token.ts'
import type { Env } from '../env.ts'
import { systemClock } from '../lib/clock.ts'
import type { Page, PageRequest } from '../registry/store-side-driver.ts'
import type { RowsAnswer, RowsRequest } from '../store/sequence/messages.ts'
import type { Destination, Wanted } from '../proxy/backends.ts'
import type { Carried } from './calls/scope-stub.ts'
import { carry } from './calls/scope-stub.ts'
import type { PlatformNode } from './nodes/node-runtimes.ts'
import { pageSelection } from './scope/page-selection.ts'
import type { AddressFinding } from '../controllers/service-addresses/findings.ts'
import type { Task } from '../controllers/garbage-collector/dependents.ts'
import type { Remaining } from '../controllers/namespace/plan.ts'
import { NamespaceActors } from './scope/namespace-actors.ts'
import { parseScopeObjectName } from './object-names.ts'
import type { PolicyUpdate } from './scope/policy-copy.ts'
import { policyUpdate } from './scope/policy-copy.ts'
import type { SchedulingState } from './scheduler-object.ts'
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
    return this.#actors.wake()
  }

  /** Cron: everything that alarms and wake-ups should have done. */
  resync(): Promise<void> {
    return this.#actors.resync()
  }

  policyChanges(since: number): PolicyUpdate {
    return policyUpdate(this.#actors.scope.store, since)
  }

  authorizeHere(attributes: Attributes): Promise<Carried<Decision>> {
    return carry(async () => {
      const { host } = this.#actors.scope
      return host.authorizer(await host.refreshPolicy()).authorize(attributes)
    })
  }

  rulesHere(user: UserInfo): Promise<Carried<Rules>> {
    return carry(async () => {
      const { host } = this.#actors.scope
      return host.authorizer(await host.refreshPolicy()).rulesFor(user, host.namespace)
    })
  }

  seal(uid: string): Promise<Carried<void>> {
    return carry(() => this.#actors.seal(uid))
  }

  /** The cluster scope's word on a namespace: its uid while it is live. */
  liveNamespace(name: string): { readonly uid: string; readonly isTerminating: boolean } | null {
    return this.#actors.liveNamespace(name)
  }

  /** Whether account, pod and secret of a token are those that it was bound to. */
  areBoundObjectsLive(bound: BoundClaims): boolean {
    return areBoundObjectsLive(bound, this.#actors, systemClock.now())
  }

  objectText(resource: string, name: string): string | null {
    return this.#actors.scope.store.get({ resource, name })?.text ?? null
  }

  namespaceNames(): readonly string[] {
    const { objects } = this.#actors.scope.store.list({ resource: 'namespaces', limit: Number.MAX_SAFE_INTEGER })
    return objects.map(({ name }) => name)
  }

  sequencerRows(request: RowsRequest): Promise<RowsAnswer> {
    return this.#actors.scope.ranges.answer(request)
  }

  sequencerPage(request: PageRequest): Promise<Page> {
    return this.#actors.scope.ranges.page(request, pageSelection(request, this.#actors.scope.host.namespace))
  }

  allocateService(service: string, previous: string | null, isDryRun: boolean): Promise<Carried<string>> {
    return carry(() => this.#actors.allocateService(service, previous, isDryRun))
  }

  confirmService(uid: string, service: string | null): void {
    this.#actors.confirmService(uid, service)
  }

  registerDependents(namespace: string, uids: readonly string[]): Promise<Carried<void>> {
    return carry(() => {
      for (const uid of uids) this.#actors.registrants.register(uid, namespace)
    })
  }

  tendDependents(uid: string, task: Task): Promise<Carried<boolean>> {
    return carry(() => this.#actors.tendDependents(uid, task))
  }

  restoreService(service: string): readonly AddressFinding[] {
    return this.#actors.restoreService(service)
  }

  serviceDestination(name: string, wanted: Wanted): Promise<Destination> {
    return this.#actors.serviceDestination(name, wanted)
  }

  platformNodes(): Record<string, PlatformNode> {
    return this.#actors.platformNodes()
  }

  deleteContent(uid: string, what: 'pods' | 'rest'): Promise<Carried<Remaining>> {
    return carry(() => this.#actors.deleteContent(uid, what))
  }

  schedulingState(): SchedulingState {
    return this.#actors.schedulingState()
  }

  readText(user: UserInfo, kind: KindRef, name: string): Promise<Carried<string | null>> {
    return carry(async () => {
      const found = await new LocalClient(this.#actors.scope.host, user, '').find(kind, { name })
      return found === undefined ? null : JSON.stringify(found)
    })
  }

  readList(user: UserInfo, kind: KindRef, options: ListOptions): Promise<Carried<string>> {
    return carry(async () =>
      JSON.stringify(await new LocalClient(this.#actors.scope.host, user, '').list(kind, options)),
    )
  }

  /** Many writes by an actor elsewhere: one hop, one commit. */
  batch(user: UserInfo, operations: readonly Operation[]): Promise<readonly OperationResult[]> {
    const { host } = this.#actors.scope
    return new LocalClient(host, user, user.username.split(':').at(-1) ?? '').batch(host.namespace, operations)
  }
}
