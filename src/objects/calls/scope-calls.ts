/**
 * What other objects of the logical cluster ask of a scope's object: each call in a line, so that the whole list can be
 * seen. NamespaceObject adds what the platform calls.
 */
import { DurableObject } from 'cloudflare:workers'
import type { KindRef } from '../../apis/define-kind.ts'
import type { Rules } from '../../apiserver/api-host.ts'
import type { Attributes, Decision } from '../../auth/authorizer.ts'
import { areBoundObjectsLive } from '../../auth/service-account/bound-object.ts'
import type { BoundClaims } from '../../auth/service-account/service-account-token.ts'
import type { UserInfo } from '../../auth/user.ts'
import type { ListOptions, Operation, OperationResult } from '../../client/client.ts'
import type { Task } from '../../controllers/garbage-collector/dependents.ts'
import type { Remaining } from '../../controllers/namespace/plan.ts'
import type { AddressFinding } from '../../controllers/service-addresses/findings.ts'
import type { Env } from '../../env.ts'
import { systemClock } from '../../lib/clock.ts'
import type { Destination, Wanted } from '../../proxy/backends.ts'
import type { DefinitionUpdate } from '../../registry/kinds/served-kinds.ts'
import type { FlowDump } from '../../apiserver/operations/flow/flow-dump.ts'
import type { InstancesOf, RemainingInstances } from '../../controllers/custom-resource-definition/instances.ts'
import type { Page, PageRequest } from '../../registry/sequence/store-side-driver.ts'
import type { RowsAnswer, RowsRequest } from '../../store/sequence/messages.ts'
import type { SchedulingState } from '../followers/scheduler-inbox.ts'
import { scheduledResource, schedulingState } from '../followers/scheduling-feed.ts'
import type { MetricsReport } from '../operations/cluster-metrics.ts'
import type { PlatformNode } from '../nodes/node-runtimes.ts'
import { platformNodes } from '../nodes/platform-nodes.ts'
import { serviceDestination } from '../nodes/service-destination.ts'
import type { ClusterStart } from '../scope/life/cluster-life.ts'
import type { NamespaceActors } from '../scope/actors/namespace-actors.ts'
import { registerWithDefinition } from '../scope/cleanup/definition-instances.ts'
import { findObject } from '../scope/durable-scope.ts'
import { pageSelection } from '../scope/page-selection.ts'
import type { PolicyUpdate } from '../scope/policy-copy.ts'
import { policyUpdate } from '../scope/policy-copy.ts'
import type { Carried } from './scope-stub.ts'
import { carry } from './scope-stub.ts'

export abstract class ScopeCalls extends DurableObject<Env> {
  protected abstract readonly actors: NamespaceActors

  policyChanges(since: number): PolicyUpdate {
    const { store, definitions } = this.actors.scope
    return policyUpdate(store, since, definitions.revision)
  }

  definitionsOf(group: string, known: Readonly<Record<string, number>>): DefinitionUpdate {
    return this.actors.scope.definitions.update(group, known)
  }

  authorizeHere(attributes: Attributes): Promise<Carried<Decision>> {
    return this.actors.calls.authorize(attributes)
  }

  rulesHere(user: UserInfo): Promise<Carried<Rules>> {
    return this.actors.calls.rules(user)
  }

  /** Whether account, pod and secret of a token are those that it was bound to. */
  areBoundObjectsLive(bound: BoundClaims): boolean {
    const { store } = this.actors.scope
    const source = { find: (resource: string, name: string) => findObject(store, resource, name) }
    return areBoundObjectsLive(bound, source, systemClock.now())
  }

  /** The word on an object of this scope: whether a namespace or a cluster is live, a node there. */
  objectText(resource: string, name: string): string | null {
    return this.actors.scope.store.get({ resource, name })?.text ?? null
  }

  namespaceNames(): readonly string[] {
    const { objects } = this.actors.scope.store.list({ resource: 'namespaces', limit: Number.MAX_SAFE_INTEGER })
    return objects.map(({ name }) => name)
  }

  readText(user: UserInfo, kind: KindRef, name: string): Promise<Carried<string | null>> {
    return this.actors.calls.readText(user, kind, name)
  }

  readList(user: UserInfo, kind: KindRef, options: ListOptions): Promise<Carried<string>> {
    return this.actors.calls.readList(user, kind, options)
  }

  batch(user: UserInfo, operations: readonly Operation[]): Promise<readonly OperationResult[]> {
    return this.actors.calls.batch(user, operations)
  }

  sequencerRows(request: RowsRequest): Promise<RowsAnswer> {
    return this.actors.scope.ranges.answer(request)
  }

  sequencerPage(request: PageRequest): Promise<Page> {
    return this.actors.scope.ranges.page(request, pageSelection(request, this.actors.scope.host.namespace))
  }

  schedulingState(): SchedulingState {
    const { store, host } = this.actors.scope
    return schedulingState(store, scheduledResource(host.namespace))
  }

  platformNodes(): Record<string, PlatformNode> {
    return platformNodes(this.actors.scope.store)
  }

  serviceDestination(name: string, wanted: Wanted): Promise<Destination> {
    return serviceDestination(this.actors.scope.store, this.actors.runtimes, name, wanted)
  }

  allocateService(service: string, previous: string | null, isDryRun: boolean): Promise<Carried<string>> {
    return carry(() => this.actors.addresses.allocate(service, previous, isDryRun))
  }

  confirmService(uid: string, service: string | null): void {
    this.actors.addresses.confirm(uid, service)
  }

  restoreService(service: string): readonly AddressFinding[] {
    return this.actors.addresses.restore(service)
  }

  registerDependents(namespace: string, uids: readonly string[]): Promise<Carried<void>> {
    return carry(() => {
      for (const uid of uids) this.actors.registrants.register(uid, namespace)
    })
  }

  registerWithDefinition(namespace: string, definition: { name: string; uid: string }): Promise<Carried<void>> {
    const { scope, registrants } = this.actors
    return carry(() => registerWithDefinition(scope.store, registrants, namespace, definition))
  }

  deleteInstances(definition: InstancesOf): Promise<Carried<RemainingInstances>> {
    return carry(() => this.actors.cleanup.deleteInstances(definition))
  }

  tendDependents(uid: string, task: Task): Promise<Carried<boolean>> {
    return carry(() => this.actors.cleanup.tendDependents(uid, task))
  }

  startNamespace(): Promise<void> {
    return this.actors.startNamespace()
  }

  seal(uid: string): Promise<Carried<void>> {
    return carry(() => this.actors.seal(uid))
  }

  deleteContent(uid: string, what: 'pods' | 'rest'): Promise<Carried<Remaining>> {
    return carry(async () => {
      await this.actors.seal(uid)
      return this.actors.cleanup.deleteContent(what)
    })
  }

  startCluster(uid: string): Promise<Carried<ClusterStart>> {
    return carry(() => this.actors.cluster.start(uid))
  }

  /** There is reason to look whether the servers of these APIServices answer. */
  lookAtApis(names: readonly string[]): void {
    this.actors.lookAtApis(names)
  }

  /** What is the matter with the controllers here; null: nothing. */
  health(): string | null {
    return this.actors.lateText() ?? null
  }

  /** What this object stores, and what is counted in its isolate unless that is `known`. */
  metrics(known: readonly string[], isReset: boolean): MetricsReport {
    return this.actors.metrics(known, isReset)
  }

  /** What priority and fairness holds here. */
  flowDump(): FlowDump {
    return this.actors.scope.host.operations.flow.dump()
  }

  sealCluster(uid: string): Promise<Carried<void>> {
    return carry(() => this.actors.cluster.seal(uid))
  }
}
