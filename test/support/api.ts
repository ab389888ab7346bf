/**
 * The API of one scope in this process: the real scope on node:sqlite, with revisions from a counter instead of a
 * sequencer. Requests go through the real chain; nothing of ours is mocked.
 */
import type { ClusterCalls } from '../../src/apiserver/api-host.ts'
import { answerRequest } from '../../src/apiserver/chain.ts'
import type { UserInfo } from '../../src/auth/user.ts'
import { MASTERS_GROUP } from '../../src/auth/user.ts'
import { systemClock } from '../../src/lib/clock.ts'
import type { Clock } from '../../src/lib/clock.ts'
import { seededRandom } from '../../src/lib/random.ts'
import { NamespaceState } from '../../src/objects/scope/life/namespace-state.ts'
import type { NamespaceRecord } from '../../src/objects/scope/life/namespace-state.ts'
import { PolicyCopy, policyUpdate } from '../../src/objects/scope/policy-copy.ts'
import type { Scope, ScopePorts } from '../../src/objects/scope/scope.ts'
import { createScope } from '../../src/objects/scope/scope.ts'
import { createSharedDefinitions } from '../../src/objects/scope/shared-definitions.ts'
import type { RangeSource } from '../../src/registry/commits/range-source.ts'
import type { Sql } from '../../src/store/sql.ts'
import { migrationsOnDisk, nodeSqlite } from './sql/node-sqlite.ts'

export const ADMIN: UserInfo = { username: 'admin', groups: [MASTERS_GROUP] }

/** Revisions of a logical cluster, shared by the scopes of a test. */
export class Counter {
  last = 0

  ranges(): RangeSource {
    return {
      reserve: (count) => {
        const from = this.last + 1
        this.last += count
        return Promise.resolve({
          claim: () => ({ from, to: from + count - 1 }),
          close: () => undefined,
          abandon: () => undefined,
        })
      },
    }
  }
}

export interface TestApi {
  readonly scope: Scope
  /** Where the scope keeps everything. */
  readonly sql: Sql
  readonly state: NamespaceState
  request(method: string, path: string, options?: RequestOptions): Promise<Response>
  json(method: string, path: string, options?: RequestOptions): Promise<{ code: number; body: Json }>
}

/** An answer whose shape the test says by what it expects: any field may be looked at, as whatever it is. */
export type Json = { readonly [field: string]: Json & string & number }

/** The names of a list's items, in its order. */
export function itemNames(list: { readonly items?: unknown }): string[] {
  return (list.items as { metadata: { name: string } }[]).map(({ metadata }) => metadata.name)
}

export interface RequestOptions {
  readonly body?: unknown
  /** A body that is no text. */
  readonly bytes?: Uint8Array<ArrayBuffer>
  readonly headers?: Record<string, string>
  readonly user?: UserInfo
}

const refuse = (what: string) => (): never => {
  throw new Error(`${what} is not part of this test`)
}

export function testApi(
  namespace: string,
  options: {
    clock?: Clock
    counter?: Counter
    calls?: Partial<ClusterCalls>
    /** The namespace is not there. */
    isAbsent?: true
    /** What is to be other than usual. */
    ports?: Partial<ScopePorts<RangeSource>>
  } = {},
): TestApi {
  const clock = options.clock ?? systemClock
  const counter = options.counter ?? new Counter()
  let record: NamespaceRecord | undefined
  const state = new NamespaceState({
    read: () => record,
    write: (next) => {
      record = next
    },
  })
  if (namespace !== '' && options.isAbsent === undefined) state.activate('11111111-1111-4111-8111-111111111111')
  const database = nodeSqlite()
  const scope: Scope = createScope({
    cluster: 'default',
    namespace,
    sql: database,
    migrations: migrationsOnDisk(),
    clock,
    random: seededRandom(1),
    state,
    policy: new PolicyCopy(clock, (since) =>
      namespace === ''
        ? policyUpdate(scope.store, since, scope.definitions.revision)
        : { revision: 1, isWhole: true, definitionsRevision: 0, changes: [] },
    ),
    sharedDefinitions: createSharedDefinitions(),
    pullDefinitions: () => Promise.resolve({ revision: 1, definitions: [] }),
    calls: {
      authorizeInNamespace: () => Promise.resolve({ isAllowed: false, reason: '' }),
      rulesInNamespace: refuse('rules of another namespace'),
      reviewToken: refuse('a token review'),
      sealNamespace: () => Promise.resolve(),
      allocateService: (service) => Promise.resolve(service),
      settleService: () => Promise.resolve(),
      registerWithOwners: () => Promise.resolve(),
      registerWithDefinition: () => Promise.resolve(),
      callWebhook: refuse('a webhook'),
      issueToken: refuse('issuing tokens'),
      podLog: refuse('a pod log'),
      connect: refuse('a connection'),
      componentWrong: () => Promise.resolve(undefined),
      node: () => Promise.resolve(undefined),
      ownNamespace: () => Promise.resolve(undefined),
      ...options.calls,
    },
    rangesOf: () => counter.ranges(),
    durable: () => Promise.resolve(),
    refreshNamespace: () => Promise.resolve(),
    namespaceStarting: () => undefined,
    onCommitted: () => undefined,
    aggregation: { send: refuse('a request to another server'), suspect: refuse('a server that is suspected') },
    clusterRevision: () => Promise.resolve(Math.max(1, counter.last)),
    onPublished: () => undefined,
    documents: () => Promise.resolve(undefined),
    ...options.ports,
  })
  const request = (
    method: string,
    path: string,
    { body, bytes, headers = {}, user = ADMIN }: RequestOptions = {},
  ): Promise<Response> => {
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body)
    return answerRequest(
      scope.host,
      new Request(`https://test${path}`, {
        method,
        headers: { ...(text === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(text === undefined ? {} : { body: text }),
        ...(bytes === undefined ? {} : { body: bytes }),
      }),
      user,
    )
  }
  return {
    scope,
    sql: database,
    state,
    request,
    async json(method, path, requestOptions) {
      const response = await request(method, path, requestOptions)
      return { code: response.status, body: await response.json<Json>() }
    },
  }
}
