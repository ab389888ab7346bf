/**
 * The API of a logical cluster in this process: a real scope (src/objects/scope) for each namespace and one for what is
 * cluster-scoped, each on a database of its own, with the bootstrap roles as their policy. Actors get a client with
 * their own identity and rights; the API itself is the administrator's client. Writes are listed, and the process can
 * be ended after any of them, and started anew on the same databases.
 */
import type { AnyObject, KubeObject, ObjectList } from '../../src/apimachinery/meta.ts'
import type { ClusterCalls } from '../../src/apiserver/api-host.ts'
import { LocalClient } from '../../src/apiserver/local-client.ts'
import { serviceAccount } from '../../src/apis/core/service-account/service-account.ts'
import type { KindRef } from '../../src/apis/define-kind.ts'
import { bootstrapClusterRoleBindings, bootstrapClusterRoles } from '../../src/auth/bootstrap-policy/bootstrap-policy.ts'
import type { ServiceAccountKeys } from '../../src/auth/service-account/service-account-keys.ts'
import { generateServiceAccountKey, loadServiceAccountKeys } from '../../src/auth/service-account/service-account-keys.ts'
import { answerTokenRequest } from '../../src/auth/service-account/token-request.ts'
import { controllerUser } from '../../src/auth/user.ts'
import type { UserInfo } from '../../src/auth/user.ts'
import type { Client, ListOptions, Operation, OperationResult, Target } from '../../src/client/client.ts'
import { OperationClient } from '../../src/client/operation-client.ts'
import { systemPriorityClasses, workerRuntimeClass } from '../../src/controllers/bootstrap/objects.ts'
import type { Remaining } from '../../src/controllers/namespace/plan.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type { Random } from '../../src/lib/random.ts'
import type { ScopeStub } from '../../src/objects/calls/remote-client.ts'
import { RemoteClient } from '../../src/objects/calls/remote-client.ts'
import { carry } from '../../src/objects/calls/scope-stub.ts'
import { registerWithDefinition } from '../../src/objects/scope/cleanup/definition-instances.ts'
import { deleteContent } from '../../src/objects/scope/cleanup/namespace-content.ts'
import type { NamespaceRecord } from '../../src/objects/scope/life/namespace-state.ts'
import { NamespaceState } from '../../src/objects/scope/life/namespace-state.ts'
import type { PolicyUpdate } from '../../src/objects/scope/policy-copy.ts'
import { PolicyCopy, policyUpdate } from '../../src/objects/scope/policy-copy.ts'
import type { Scope } from '../../src/objects/scope/scope.ts'
import { createSharedDefinitions } from '../../src/objects/scope/shared-definitions.ts'
import { ServiceAddresses } from '../../src/objects/scope/service-addresses.ts'
import { Compactor } from '../../src/store/history/compact.ts'
import type { LogStore } from '../../src/store/log-store.ts'
import { Registrants } from '../../src/store/registrants.ts'
import type { Sql } from '../../src/store/sql.ts'
import { ADMIN, Counter, testApi } from './api.ts'
import type { ClusterPorts, NamespacePorts, Scopes } from './controller-ports.ts'
import { clusterPorts, namespacePorts, promised } from './controller-ports.ts'
import { Life, mortalSql } from './sql/mortal-sql.ts'
import { nodeSqlite } from './sql/node-sqlite.ts'

/** Namespaces that are there without a Namespace object, each with its `default` ServiceAccount. */
const NAMESPACES = ['default', 'ns'] as const

/** What the bootstrap controller makes of it is the same; without it here every test would begin with its writes. */
const BOOTSTRAP_POLICY: PolicyUpdate['changes'] = [
  ['runtimeclasses.node.k8s.io', workerRuntimeClass()] as const,
  ...systemPriorityClasses().map((one) => ['priorityclasses.scheduling.k8s.io', one] as const),
  ...bootstrapClusterRoles().map((role) => ['clusterroles.rbac.authorization.k8s.io', role] as const),
  ...bootstrapClusterRoleBindings().map((one) => ['clusterrolebindings.rbac.authorization.k8s.io', one] as const),
].map(([resource, object]) => ({ resource, name: object.metadata.name ?? '', text: JSON.stringify(object) }))

interface OpenScope {
  readonly scope: Scope
  readonly state: NamespaceState
  readonly sql: Sql
}

export class ScopesApi extends OperationClient implements Scopes {
  readonly #clock: Clock
  readonly #random: Random
  readonly #counter = new Counter()
  /** Of the isolate, which all scopes share. */
  readonly #definitions = createSharedDefinitions()
  readonly #databases = new Map<string, Sql>()
  readonly #records = new Map<string, NamespaceRecord>()
  #scopes = new Map<string, OpenScope>()
  #keys: Promise<ServiceAccountKeys> | undefined
  readonly #admin: Client
  /** The process that runs now. */
  life = new Life()
  /** Resolved once the namespaces are set up. */
  readonly ready: Promise<void>
  /** All writes since then, as `verb resource/name`. */
  writes: string[] = []
  /** The sizes of the batches of several writes since then. */
  batches: number[] = []
  /** Whoever converts custom resources. */
  webhook: ClusterCalls['callWebhook'] = () => Promise.reject(new Error('there is no webhook'))
  /** Each write of a batch becomes a commit of its own. */
  isOneByOne = false

  constructor(clock: Clock, random: Random, namespaces: readonly string[] = NAMESPACES) {
    super()
    this.#clock = clock
    this.#random = random
    this.#admin = this.client(ADMIN)
    for (const name of namespaces) this.#records.set(name, { uid: `uid-of-${name}`, phase: 'active', incarnation: 0 })
    this.ready = this.#setUp(namespaces)
  }

  async #setUp(namespaces: readonly string[]): Promise<void> {
    for (const namespace of namespaces) {
      const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default', namespace } }
      await this.#admin.create(serviceAccount, account)
    }
    this.writes = []
    this.batches = []
  }

  scope(namespace: string): Scope {
    return this.#open(namespace).scope
  }

  store(namespace: string): LogStore {
    return this.scope(namespace).store
  }

  get namespaces(): readonly string[] {
    return [...this.#databases.keys()]
  }

  /** A client with this identity, which reaches every scope. */
  client(user: UserInfo): Client {
    return new RemoteClient({
      user,
      stubOf: (namespace) => this.#stub(namespace),
      listAll: (who, kind, options) => this.#listAll(who, kind, options),
    })
  }

  /** The `count`th durable write from now on is done, and then the process ends. */
  endAfterWrites(count: number): void {
    this.life.endAfter(count)
  }

  /** A new process on the same databases: everything that was only in memory is gone. */
  restart(): void {
    this.life.end()
    this.life = new Life()
    this.#scopes = new Map()
  }

  addresses(): ServiceAddresses {
    return new ServiceAddresses(this.#open('').sql, this.#clock, this.#random)
  }

  registrants(): Registrants {
    return new Registrants(this.#open('').sql)
  }

  /** Gives up the log beyond the watch window, as Cron's resync does. */
  compact(namespace: string): void {
    const { sql, scope } = this.#open(namespace)
    const compactor = new Compactor(sql, scope.store)
    while (compactor.step()) continue
  }

  /** As NamespaceActors.deleteContent does in a namespace's object. */
  async deleteContent(namespace: string, uid: string, what: 'pods' | 'rest'): Promise<Remaining> {
    const { scope, state } = this.#open(namespace)
    state.seal(uid)
    const client = this.client(controllerUser('namespace'))
    return deleteContent(scope.store, scope.kinds, client, namespace, what)
  }

  /** What controllers of the cluster scope ask of other objects. */
  clusterPorts(): ClusterPorts {
    return clusterPorts(this)
  }

  /** What controllers of a namespace ask of other objects. */
  namespacePorts(): NamespacePorts {
    return namespacePorts(this)
  }

  #open(namespace: string): OpenScope {
    const known = this.#scopes.get(namespace)
    if (known !== undefined) return known
    const { life } = this
    const sql = mortalSql(this.#database(namespace), life)
    const state = new NamespaceState({
      read: () => this.#records.get(namespace),
      write: (record) => {
        life.check()
        this.#records.set(namespace, record)
      },
    })
    const { scope } = testApi(namespace, {
      clock: this.#clock,
      counter: this.#counter,
      calls: this.#calls(namespace),
      ports: {
        sql,
        state,
        random: this.#random,
        policy: new PolicyCopy(this.#clock, (since) => this.#policy(since)),
        sharedDefinitions: this.#definitions,
        pullDefinitions: (group, known) => promised(() => this.scope('').definitions.update(group, known)),
        durable: async () => life.check(),
        refreshNamespace: () => this.#refreshNamespace(namespace, state),
        onPublished: (changes) => {
          for (const { type, resource, name } of changes) this.writes.push(`${type} ${resource}/${name}`)
        },
      },
    })
    const opened = { scope, state, sql: scope.sql }
    this.#scopes.set(namespace, opened)
    return opened
  }

  #database(namespace: string): Sql {
    const known = this.#databases.get(namespace) ?? nodeSqlite()
    this.#databases.set(namespace, known)
    return known
  }

  #calls(namespace: string): Partial<ClusterCalls> {
    const text = (service: AnyObject | undefined): string | null =>
      service === undefined ? null : JSON.stringify(service)
    const addresses = (): ServiceAddresses => this.addresses()
    const registrants = (): Registrants => this.registrants()
    return {
      sealNamespace: (name, uid) => Promise.resolve(this.#open(name).state.seal(uid)),
      async allocateService(service, previous, isDryRun) {
        return JSON.parse(addresses().allocate(JSON.stringify(service), text(previous), isDryRun)) as AnyObject
      },
      async settleService(uid, service) {
        addresses().confirm(uid, text(service))
      },
      async registerWithOwners(uids) {
        for (const uid of uids) registrants().register(uid, namespace)
      },
      registerWithDefinition: (definition) =>
        promised(() => registerWithDefinition(this.store(''), registrants(), namespace, definition)),
      ownNamespace: () =>
        promised(() => {
          const found = this.store('').get({ resource: 'namespaces', name: namespace })
          return found === undefined ? undefined : (JSON.parse(found.text) as AnyObject)
        }),
      callWebhook: (config, body) => this.webhook(config, body),
      issueToken: (account, request) => this.#issueToken(account, request),
    }
  }

  async #issueToken(account: AnyObject, request: AnyObject): Promise<AnyObject> {
    this.#keys ??= generateServiceAccountKey().then(loadServiceAccountKeys)
    const home = account.metadata.namespace ?? ''
    const find = (resource: string, name: string, namespace = home): AnyObject | undefined => {
      const stored = this.store(namespace).get({ resource, name })
      return stored === undefined ? undefined : (JSON.parse(stored.text) as AnyObject)
    }
    const issuer = 'https://test'
    const source = { find, findNode: (name: string) => Promise.resolve(find('nodes', name, '')) }
    const { keys, nowMs } = { keys: await this.#keys, nowMs: this.#clock.now() }
    const { uuid } = this.#random
    return answerTokenRequest({ keys, issuer, audiences: [issuer], source, nowMs, uuid }, account, request)
  }

  #policy(since: number): PolicyUpdate {
    const { store, definitions } = this.scope('')
    const common = { revision: Math.max(1, store.revision), definitionsRevision: definitions.revision }
    if (since === common.revision) return { ...common, isWhole: false, changes: [] }
    const { changes } = policyUpdate(store, 0, definitions.revision)
    return { ...common, isWhole: true, changes: [...BOOTSTRAP_POLICY, ...changes] }
  }

  /** As NamespaceActors does: a namespace is served once the cluster scope says that it lives. */
  async #refreshNamespace(name: string, state: NamespaceState): Promise<void> {
    const found = this.store('').get({ resource: 'namespaces', name })
    if (found === undefined) return
    const { metadata } = JSON.parse(found.text) as KubeObject
    if (metadata.deletionTimestamp === undefined) state.activate(metadata.uid ?? '')
  }

  /** The calls of NamespaceObject that actors elsewhere make. */
  #stub(namespace: string): ScopeStub {
    const clientOf = (user: UserInfo): LocalClient =>
      new LocalClient(this.scope(namespace).host, user, user.username.split(':').at(-1) ?? '')
    return {
      batch: async (user, operations) => {
        if (operations.length > 1) this.batches.push(operations.length)
        if (!this.isOneByOne) return clientOf(user).batch(namespace, operations)
        const results: OperationResult[] = []
        for (const operation of operations) results.push(...(await clientOf(user).batch(namespace, [operation])))
        return results
      },
      readText: (user, kind, name) =>
        carry(async () => {
          const found = await clientOf(user).find(kind, { name })
          return found === undefined ? null : JSON.stringify(found)
        }),
      readList: (user, kind, options) =>
        carry(async () => JSON.stringify(await clientOf(user).list(kind, options))),
    }
  }

  async #listAll(user: UserInfo, kind: KindRef, options: ListOptions): Promise<string> {
    const lists = await Promise.all(
      this.namespaces
        .filter((namespace) => namespace !== '')
        .map((namespace) => new LocalClient(this.scope(namespace).host, user, '').list(kind, options)),
    )
    const metadata = { resourceVersion: String(this.#counter.last) }
    const items = lists.flatMap((list) => list.items)
    return JSON.stringify({ apiVersion: kind.version, kind: `${kind.kind}List`, metadata, items })
  }

  async find<T extends KubeObject>(kind: KindRef<T>, target: Target): Promise<T | undefined> {
    await this.ready
    return this.#admin.find(kind, target)
  }

  async list<T extends KubeObject>(kind: KindRef<T>, options: ListOptions = {}): Promise<ObjectList<T>> {
    await this.ready
    return this.#admin.list(kind, options)
  }

  async batch(namespace: string, operations: readonly Operation[]): Promise<readonly OperationResult[]> {
    await this.ready
    return this.#admin.batch(namespace, operations)
  }
}
