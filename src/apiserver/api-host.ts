/**
 * What the API's face needs of the object it runs in: the one list of dependencies that the composition root fills in
 * (objects/namespace-object.ts; tests on node:sqlite). Everything the apiserver floor does is a function of these.
 */
import type { AdmissionChain } from '../admission/chain.ts'
import type { DecodeOptions, KindRef } from '../apis/define-kind.ts'
import type { AnyObject } from '../apimachinery/meta.ts'
import type { Decoded } from '../apimachinery/schema/decode.ts'
import type { ApiextensionsV1WebhookClientConfig } from '../apis/generated/types.ts'
import type { TokenResult } from '../auth/authenticate.ts'
import type { Attributes, Decision, RuleResolver } from '../auth/authorizer.ts'
import type { RbacAuthorizer } from '../auth/rbac/rbac.ts'
import type { UserInfo } from '../auth/user.ts'
import type { ClusterPolicy } from '../auth/cluster-policy.ts'
import type { Clock } from '../lib/clock.ts'
import type { Random } from '../lib/random.ts'
import type { CommitQueue } from '../registry/commits/commit.ts'
import type { Scheme } from '../registry/kinds/scheme.ts'
import type { ServedKinds } from '../registry/kinds/served-kinds.ts'
import type { StoreReader } from '../store/object-store.ts'
import type { Aggregation } from './handlers/aggregated/proxy.ts'
import type { RemoteDocuments } from './handlers/aggregated/remote-documents.ts'
import type { ControllersProgress } from './operations/health.ts'
import type { Operations } from './operations/operations.ts'
import type { ProxyTarget } from './subresources/connect/proxy-location.ts'
import type { ClusterOwners } from './writing/cluster-owners.ts'
import type { WatchHub } from '../store/watch-hub.ts'

export type NamespacePhase = 'active' | 'terminating' | 'absent'

/** Parts that work by themselves, somewhere else than where they are asked about. */
export type Component = 'controller-manager' | 'scheduler'

/** Rules of a user, and what could not be resolved. */
export type Rules = ReturnType<RuleResolver['rulesFor']>

/** Calls to the cluster scope and to other actors, each an RPC in production. Failures are ApiStatusError. */
export interface ClusterCalls {
  /** Is namespace `name` allowed what its own role bindings say? Asked for `namespaces/NAME` requests only. */
  authorizeInNamespace(namespace: string, attributes: Attributes): Promise<Decision>
  /** Everything that the user may do in another namespace. */
  rulesInNamespace(namespace: string, user: UserInfo): Promise<Rules>
  /** Whose token it is; for TokenReview. */
  reviewToken(token: string, audiences: readonly string[]): Promise<TokenResult>
  /** Seals a namespace's object so that no create can slip in; resolves when that is durable. */
  sealNamespace(namespace: string, uid: string): Promise<void>
  /** Reserves addresses and node ports for a Service (keyed by its uid) and returns its spec filled in. */
  allocateService(service: AnyObject, previous: AnyObject | undefined, isDryRun: boolean): Promise<AnyObject>
  /**
   * What a Service holds for good: its spec's addresses once it is stored, nothing (undefined) when it is not, or is
   * gone.
   */
  settleService(uid: string, service: AnyObject | undefined): Promise<void>
  /** Registers this namespace with owners of the cluster scope, durably, by their uids. */
  registerWithOwners(uids: readonly string[]): Promise<void>
  /** Registers this namespace with a definition before the first of its instances. Refused when it is going or gone. */
  registerWithDefinition(definition: { readonly name: string; readonly uid: string }): Promise<void>
  /** Posts a review to the webhook of a definition; answers with the body. Throws Error with what went wrong. */
  callWebhook(config: ApiextensionsV1WebhookClientConfig, body: string): Promise<string>
  /** A signed ServiceAccount token. */
  issueToken(serviceAccount: AnyObject, request: AnyObject, user: string): Promise<AnyObject>
  /** The Namespace of this scope, as the cluster scope has it. */
  ownNamespace(): Promise<AnyObject | undefined>
  /** What is the matter with a part of the control plane; undefined: nothing. */
  componentWrong(component: Component): Promise<string | undefined>
  /** A node of the cluster; undefined: there is none. */
  node(name: string): Promise<AnyObject | undefined>
  /** The pod's log as a stream, from wherever its kubelet runs. */
  podLog(pod: AnyObject, query: URLSearchParams): Promise<Response>
  /** An answer by which the Worker carries the request on to where it is proxied. */
  connect(target: ProxyTarget): Promise<Response>
}

export interface ApiHost {
  readonly cluster: string
  /** '' for the cluster scope. */
  readonly namespace: string
  /** Synchronous lookups: the built-in kinds, and those of custom resources that are at hand. */
  readonly scheme: Scheme
  /** All kinds, asked for where they are not at hand. */
  readonly kinds: ServedKinds
  readonly reader: StoreReader
  /** How far the controllers of this scope have come. */
  readonly controllers: ControllersProgress
  readonly commits: CommitQueue
  readonly hub: WatchHub
  readonly admission: AdmissionChain
  readonly clock: Clock
  readonly random: Random
  readonly calls: ClusterCalls
  /** Priority and fairness, and what is counted. */
  readonly operations: Operations
  /** Owners of the cluster scope with which this namespace is registered. */
  readonly clusterOwners: ClusterOwners
  /** A policy copy that is fresh enough (POLICY_MAX_AGE_MS); a promise only when it has to be asked for. */
  policy(): ClusterPolicy | Promise<ClusterPolicy>
  /** The newest policy, asked for now; before anybody is told no. */
  refreshPolicy(): Promise<ClusterPolicy>
  authorizer(policy: ClusterPolicy): RbacAuthorizer
  /** Decided here, in the namespace's own object; `absent` when it was never told of a live namespace. */
  namespacePhase(): NamespacePhase
  /** Asks the cluster scope whether the namespace lives by now; before anybody is told that it does not. */
  refreshNamespace(): Promise<void>
  /** Set while what the namespace has from the start (its ServiceAccount) is being made: others create after that. */
  namespaceStarting(): Promise<void> | undefined
  /**
   * Says that the newest revision of the logical cluster is wanted (a resourceVersion ahead of this store was given).
   */
  clusterRevision(): Promise<number>
  /** Decodes `value` as an object of `kind`: pruned, canonical, defaulted. Paths of unknown fields come back. */
  decode(kind: KindRef, value: unknown, options?: DecodeOptions): Decoded
  applyDefaults(kind: KindRef, subject: AnyObject): void
  /** The way to servers of other APIs, and what they say of themselves. */
  readonly aggregation: Aggregation
  readonly remoteDocuments: RemoteDocuments
  /** Discovery, OpenAPI and the like; undefined: there is no such document. */
  documents(request: Request, url: URL): Promise<Response | undefined>
}
