/**
 * A scope with the platform under it: a Durable Object’s storage, the system’s clock, the sequencer and the cluster’s
 * policy a hop away.
 */
import { parseJson } from '../../lib/exact-json.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import type { Env } from '../../env.ts'
import type { LogOptions } from '../../kubelet/logs/log-options.ts'
import type { V1Pod } from '../../apis/generated/types.ts'
import { systemClock } from '../../lib/clock.ts'
import { systemRandom } from '../../lib/random.ts'
import { StoreSideDriver } from '../../registry/sequence/store-side-driver.ts'
import type { LogStore } from '../../store/log-store.ts'
import type { Change } from '../../store/object-store.ts'
import { createRequestIds } from '../../store/sequence/request-ids.ts'
import type { Sql } from '../../store/sql.ts'
import { createClusterCalls } from '../calls/cluster-calls.ts'
import { scopeStub } from '../calls/scope-stub.ts'
import { aggregationOf, lookAgainBehind } from '../calls/aggregation.ts'
import { operationsPorts } from '../operations/operations-ports.ts'
import type { NodeRuntimes } from '../nodes/node-runtimes.ts'
import { podLog } from '../nodes/pod-logs.ts'
import { connect } from '../nodes/proxied.ts'
import { serviceDestination } from '../nodes/service-destination.ts'
import type { ScopeName } from '../object-names.ts'
import { clusterObjectName } from '../object-names.ts'
import { durableSql } from '../storage/durable-sql.ts'
import { MIGRATIONS } from '../storage/migrations.ts'
import { documentsOf } from '../worker/documents.ts'
import type { NamespaceState } from './life/namespace-state.ts'
import { PolicyCopy, policyUpdate } from './policy-copy.ts'
import type { Scope } from './scope.ts'
import { createScope } from './scope.ts'
import { sharedDefinitions } from './shared-definitions.ts'
import { issueToken } from './token-issuer.ts'

export interface DurableScopeOptions {
  readonly storage: DurableObjectStorage
  readonly env: Env
  readonly name: ScopeName
  readonly state: NamespaceState
  readonly runtimes: NodeRuntimes
  /** This store's entry in the cluster's index of due work. */
  readonly entry: { isEntered: boolean }
  refreshNamespace(): Promise<void>
  namespaceStarting(): Promise<void> | undefined
  onCommitted(changes: readonly Change[]): void
  onPublished(): void
  simulatedLog(pod: V1Pod, options: LogOptions): ReadableStream<Uint8Array>
}

export function createDurableScope(options: DurableScopeOptions): Scope<StoreSideDriver> {
  const { storage, env, name, state, runtimes } = options
  const sequencer = () => env.SEQUENCER_OBJECTS.getByName(clusterObjectName(name.cluster))
  const policy = new PolicyCopy(systemClock, (since) =>
    name.namespace === ''
      ? policyUpdate(scope.store, since, scope.definitions.revision)
      : scopeStub(env, name.cluster, '').policyChanges(since),
  )
  const scope: Scope<StoreSideDriver> = createScope({
    ...name,
    sql: durableSql(storage),
    migrations: MIGRATIONS,
    clock: systemClock,
    random: systemRandom,
    state,
    operations: operationsPorts(env, name.cluster),
    aggregation: aggregationOf(env, name.cluster),
    policy,
    sharedDefinitions,
    pullDefinitions: async (group, known) => scopeStub(env, name.cluster, '').definitionsOf(group, known),
    calls: createClusterCalls({
      ...{ env, ...name },
      issueToken: issueToken(env, name, (resource, key) => findObject(scope.store, resource, key)),
      podLog: podLog({ env, name, runtimes, simulatedLog: options.simulatedLog }),
      connect: connect(name, runtimes, (service, wanted) =>
        serviceDestination(scope.store, runtimes, service, wanted),
      ),
    }),
    rangesOf: (store, sql) => sequencedBy(options, store, sql),
    durable: () => storage.sync(),
    giveWay: () => new Promise((resolve) => systemClock.after(0, () => resolve())),
    refreshNamespace: options.refreshNamespace,
    namespaceStarting: options.namespaceStarting,
    async clusterRevision() {
      const revision = await sequencer().newestRevision()
      // What is shown here is what this store has finished with: nothing is committed below it any more.
      scope.ranges.finish(revision)
      return revision
    },
    onCommitted: options.onCommitted,
    onPublished(changes) {
      options.onPublished()
      if (name.namespace !== '') lookAgainBehind(env, name, policy.known, changes)
    },
    documents: documentsOf(env, name.cluster, () => scope.definitions),
  })
  return scope
}

/** An object of the store, parsed. */
export function findObject(store: LogStore, resource: string, name: string): AnyObject | undefined {
  const stored = store.get({ resource, name })
  return stored === undefined ? undefined : (parseJson(stored.text) as AnyObject)
}

function sequencedBy(options: DurableScopeOptions, store: LogStore, sql: Sql): StoreSideDriver {
  const { storage, env, name, state, entry } = options
  // A stub that has thrown may stay broken, so each call takes a new one.
  const sequencer = () => env.SEQUENCER_OBJECTS.getByName(clusterObjectName(name.cluster))
  return new StoreSideDriver({
    speaker: { store: name.namespace, incarnation: state.incarnation },
    store,
    nextId: createRequestIds(sql),
    calls: {
      reserve: async (request) => sequencer().reserve(request),
      close: (request) => sequencer().close(request),
      answered: (answer) => sequencer().answered(answer),
      leave: (request) => sequencer().leave(request),
    },
    durable: () => storage.sync(),
    clock: systemClock,
    entry,
  })
}
