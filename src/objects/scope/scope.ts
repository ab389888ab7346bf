/**
 * The inside of a scope's object (a namespace, or the cluster scope) without the platform: store, group commit,
 * watches, authorization and the API on top, put together from ports. NamespaceObject gives it a Durable Object's
 * storage and hops; tests give it node:sqlite and a clock that they move.
 */
import type { AdmissionWatch } from '../../admission/chain.ts'
import { createAdmissionChain } from '../../admission/chain.ts'
import { clusterPlacement } from '../../admission/plugins/cluster-placement.ts'
import { certificateSigners } from '../../admission/plugins/certificate-signers.ts'
import { rbacEscalation } from '../../admission/plugins/rbac-escalation.ts'
import { ADMISSION_PLUGINS } from '../../admission/plugins.ts'
import { readNumberedAnnotations } from '../../apis/apps/numbered-annotations.ts'
import { applyDefaults } from '../../apis/defaulting.ts'
import { KINDS } from '../../apis/kinds.ts'
import type { CustomType, DecodeOptions, KindDefinition, KindRef } from '../../apis/define-kind.ts'
import { typeOfKind } from '../../apis/kind-type.ts'
import { ROOT_CLUSTER } from '../../apis/workernetes/root-cluster.ts'
import { schema } from '../../apis/schema.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import { decodeObject } from '../../apimachinery/schema/decode.ts'
import { ClusterOwners } from '../../apiserver/writing/cluster-owners.ts'
import type { ApiHost, ClusterCalls } from '../../apiserver/api-host.ts'
import type { Aggregation } from '../../apiserver/handlers/aggregated/proxy.ts'
import { RemoteDocuments } from '../../apiserver/handlers/aggregated/remote-documents.ts'
import { ApiMetrics } from '../../apiserver/operations/metrics/api-metrics.ts'
import type { OperationsPorts } from '../../apiserver/operations/operations.ts'
import { Operations } from '../../apiserver/operations/operations.ts'
import { checkEscalation } from '../../auth/rbac/escalation.ts'
import type { RbacAuthorizer } from '../../auth/rbac/rbac.ts'
import { rbacAuthorizer } from '../../auth/rbac/rbac.ts'
import type { Role, RoleBinding } from '../../auth/rbac/rbac-kinds.ts'
import type { ClusterPolicy } from '../../auth/cluster-policy.ts'
import type { Clock } from '../../lib/clock.ts'
import { MetricRegistry } from '../../lib/metrics.ts'
import type { Random } from '../../lib/random.ts'
import type { CommitQueue } from '../../registry/commits/commit.ts'
import { createCommitQueue } from '../../registry/commits/commit-queue.ts'
import type { RangeSource } from '../../registry/commits/range-source.ts'
import { CONTROLLERS_TARGET } from '../../reconcile/driver.ts'
import type { Scheme } from '../../registry/kinds/scheme.ts'
import { createScheme } from '../../registry/kinds/scheme.ts'
import type { DefinitionUpdate } from '../../registry/kinds/served-kinds.ts'
import { ServedKinds } from '../../registry/kinds/served-kinds.ts'
import { DefinitionIndex } from '../../registry/kinds/definition-index.ts'
import type { SharedDefinitions } from '../../registry/kinds/definition-cache.ts'
import { DEFINITIONS } from '../../apis/custom/definition-state.ts'
import type { Change } from '../../store/object-store.ts'
import { Cursors } from '../../store/cursors.ts'
import { LogStore } from '../../store/log-store.ts'
import type { Migration } from '../../store/migrate.ts'
import { madeAtFirstWrite, migrate } from '../../store/migrate.ts'
import type { Sql } from '../../store/sql.ts'
import { WatchHub } from '../../store/watch-hub.ts'
import type { NamespaceState } from './life/namespace-state.ts'
import type { PolicyCopy } from './policy-copy.ts'

/** The built-in kinds; one scheme serves every object of the isolate, since it holds nothing of any cluster. */
export const builtInScheme: Scheme = createScheme(KINDS)

const ROLES = 'roles.rbac.authorization.k8s.io'
const ROLE_BINDINGS = 'rolebindings.rbac.authorization.k8s.io'

export interface ScopePorts<Ranges extends RangeSource> {
  readonly cluster: string
  /** '' for the cluster scope. */
  readonly namespace: string
  readonly sql: Sql
  readonly migrations: readonly Migration[]
  readonly clock: Clock
  readonly random: Random
  readonly state: NamespaceState
  readonly policy: PolicyCopy
  readonly calls: ClusterCalls
  /** The definitions of a group, asked of the cluster scope; itself, it looks into its own index. */
  pullDefinitions(group: string, known: Readonly<Record<string, number>>): Promise<DefinitionUpdate>
  /** Parsed definitions of all clusters. */
  readonly sharedDefinitions: SharedDefinitions
  /** What is counted together with other objects, and logged; own ones otherwise. */
  readonly operations?: OperationsPorts
  readonly aggregation: Aggregation
  /** Reservations of revisions, once the store is there to answer for. */
  rangesOf(store: LogStore, sql: Sql): Ranges
  durable(): Promise<void>
  /** Lets input and output in (registry/commits/commit-queue.ts). Left out: nothing else needs the thread. */
  giveWay?(): Promise<void>
  /** Asks the cluster scope whether the namespace lives. */
  refreshNamespace(): Promise<void>
  clusterRevision(): Promise<number>
  /** Set while what the namespace has from the start is being made. */
  namespaceStarting(): Promise<void> | undefined
  /** In the turn of every commit. */
  onCommitted(changes: readonly Change[]): void
  /** After every durable commit, when watchers have been served. */
  onPublished(changes: readonly Change[]): void
  /** Discovery and OpenAPI; undefined: there is no such document. */
  documents(request: Request, url: URL): Promise<Response | undefined>
}

export interface Scope<Ranges extends RangeSource = RangeSource> {
  readonly ranges: Ranges
  readonly host: ApiHost
  readonly store: LogStore
  readonly hub: WatchHub
  readonly commits: CommitQueue
  readonly cursors: Cursors
  readonly kinds: ServedKinds
  /** Of the cluster scope: all definitions. */
  readonly definitions: DefinitionIndex
  /** The database, made by the first write. */
  readonly sql: Sql
}

export function createScope<Ranges extends RangeSource>(ports: ScopePorts<Ranges>): Scope<Ranges> {
  const { clock, random, namespace } = ports
  const sql = madeAtFirstWrite(ports.sql, (database) => migrate(database, ports.migrations))
  const store = new LogStore(sql, clock)
  const hub = new WatchHub(store)
  const roles = new RoleReader(store)
  const index = new DefinitionIndex(store)
  const kinds = servedKinds(ports, index)
  const cursors = new Cursors(sql)
  const ranges = ports.rangesOf(store, sql)
  const commits = createCommitQueue({
    store,
    ranges,
    committed: ports.onCommitted,
    durable: ports.durable,
    ...(ports.giveWay === undefined ? {} : { giveWay: ports.giveWay }),
    publish(changes) {
      hub.publish(changes)
      roles.observe(changes)
      if (namespace === '') noticeDefinitions(index, kinds, changes)
      ports.onPublished(changes)
    },
  })
  const authorizer = authorizers(namespace, roles)
  const operations = new Operations(clock, ports.operations ?? { metrics: new ApiMetrics(new MetricRegistry()) })
  const host: ApiHost = {
    cluster: ports.cluster,
    namespace,
    scheme: kinds.scheme,
    kinds,
    reader: store,
    controllers: {
      haveBegun: () => cursors.cursor(CONTROLLERS_TARGET) > 0,
      owe: (name) => cursors.work().some(({ controller }) => controller === name),
    },
    commits,
    hub,
    admission: admissionOf(ports.cluster, authorizer, operations.metrics.admission(clock)),
    clock,
    random,
    calls: ports.calls,
    aggregation: ports.aggregation,
    remoteDocuments: new RemoteDocuments(clock, ports.aggregation),
    operations,
    clusterOwners: new ClusterOwners(),
    policy: () => ports.policy.current(),
    refreshPolicy: () => ports.policy.refresh(),
    authorizer,
    namespacePhase: () => (namespace === '' ? 'active' : ports.state.phase),
    refreshNamespace: ports.refreshNamespace,
    namespaceStarting: ports.namespaceStarting,
    clusterRevision: ports.clusterRevision,
    decode: decodeKind,
    applyDefaults: fillKind,
    documents: ports.documents,
  }
  return { ranges, host, store, hub, commits, cursors, kinds, definitions: index, sql }
}

function noticeDefinitions(index: DefinitionIndex, kinds: ServedKinds, changes: readonly Change[]): void {
  index.observe(changes)
  for (const { resource, name } of changes) if (resource === DEFINITIONS) kinds.notice(name)
}

/** The cluster scope knows all definitions itself, and at once; the others keep copies. */
function servedKinds(
  { cluster, namespace, policy, pullDefinitions, sharedDefinitions }: ScopePorts<RangeSource>,
  index: DefinitionIndex,
): ServedKinds {
  const source =
    namespace === ''
      ? {
          pull: index.update.bind(index),
          freshness: () => index.revision,
          newest: () => Promise.resolve(index.revision),
        }
      : {
          pull: pullDefinitions,
          freshness: () => policy.definitionsRevision(),
          newest: () => policy.newestDefinitionsRevision(),
        }
  return new ServedKinds(builtInScheme, source, sharedDefinitions.of(cluster))
}

function decodeKind(kind: KindRef, value: unknown, options?: DecodeOptions): ReturnType<ApiHost['decode']> {
  const custom = customOf(kind)
  // What is no object has been refused before.
  if (custom !== undefined) return custom.decode(value as object, options)
  const type = typeOf(kind)
  const decoded = decodeObject(schema, type, value, { ...options, keepsFractions: true })
  readNumberedAnnotations(type, decoded.object)
  return decoded
}

function fillKind(kind: KindRef, subject: AnyObject): void {
  const custom = customOf(kind)
  if (custom === undefined) applyDefaults({ type: typeOf(kind) }, subject)
  else custom.applyDefaults(subject)
}

function customOf(kind: KindRef): CustomType | undefined {
  return (kind as Partial<KindDefinition>).custom
}

function typeOf(kind: KindRef): string {
  const type = typeOfKind(kind)
  if (type === undefined) throw new Error(`no such kind: ${kind.group}/${kind.version} ${kind.kind}`)
  return type
}

function admissionOf(
  cluster: string,
  authorizer: ReturnType<typeof authorizers>,
  watch: AdmissionWatch,
): ApiHost['admission'] {
  const plugins = [
    ...ADMISSION_PLUGINS,
    clusterPlacement(cluster === ROOT_CLUSTER),
    ...certificateSigners((attributes, policy) => authorizer(policy).authorize(attributes).isAllowed),
    rbacEscalation((request, { policy }) => checkEscalation(authorizer(policy), request)),
  ]
  return createAdmissionChain(plugins, watch)
}

/** One authorizer per policy copy: it caches by itself what it worked out. */
function authorizers(namespace: string, roles: RoleReader): (policy: ClusterPolicy) => RbacAuthorizer {
  let last: { readonly policy: ClusterPolicy; readonly authorizer: RbacAuthorizer } | undefined
  return (policy) => {
    if (last?.policy !== policy) {
      const authorizer = rbacAuthorizer({
        policy,
        namespace,
        roleRevision: () => roles.revision,
        role: (name) => roles.role(name),
        roleBindings: () => roles.bindings(),
      })
      last = { policy, authorizer }
    }
    return last.authorizer
  }
}

/** Roles and bindings of the own namespace, read from the store when they changed. */
class RoleReader {
  readonly #store: LogStore
  revision = 0

  constructor(store: LogStore) {
    this.#store = store
  }

  observe(changes: readonly Change[]): void {
    for (const { resource, revision } of changes) {
      if (resource === ROLES || resource === ROLE_BINDINGS) this.revision = revision
    }
  }

  role(name: string): Role | undefined {
    const stored = this.#store.get({ resource: ROLES, name })
    return stored === undefined ? undefined : (JSON.parse(stored.text) as Role)
  }

  bindings(): Iterable<RoleBinding> {
    const { objects } = this.#store.list({ resource: ROLE_BINDINGS, limit: Number.MAX_SAFE_INTEGER })
    return objects.map(({ text }) => JSON.parse(text) as RoleBinding)
  }
}
