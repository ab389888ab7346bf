/**
 * The Client of actors elsewhere: every scope is a hop away, in its own object, where the same checks are made as for
 * anybody. With a local client for one scope, calls to that scope stay in this object.
 */
import { parseJson } from '../../lib/exact-json.ts'
import type { KindRef } from '../../apis/define-kind.ts'
import type { KubeObject, ObjectList } from '../../apimachinery/meta.ts'
import { formatGroupVersion } from '../../apimachinery/meta.ts'
import type { UserInfo } from '../../auth/user.ts'
import type { Client, ListOptions, Operation, OperationResult, Target } from '../../client/client.ts'
import { OperationClient } from '../../client/operation-client.ts'
import type { Carried } from './scope-stub.ts'
import { uncarry } from './scope-stub.ts'

/** The calls of NamespaceObject that this client makes. */
export interface ScopeStub {
  batch(user: UserInfo, operations: readonly Operation[]): Promise<readonly OperationResult[]>
  readText(user: UserInfo, kind: KindRef, name: string): Promise<Carried<string | null>>
  readList(user: UserInfo, kind: KindRef, options: ListOptions): Promise<Carried<string>>
}

export interface RemoteClientOptions {
  readonly user: UserInfo
  stubOf(namespace: string): ScopeStub
  /** The text of a list over all namespaces. */
  listAll(user: UserInfo, kind: KindRef, options: ListOptions): Promise<string>
  /** The scope that this object is itself, and its own client. */
  readonly local?: { readonly namespace: string; readonly client: Client }
}

/** A definition carries functions, which do not cross a hop: only what addresses the kind does. */
export function plainKind({ group, version, kind, resource, scope }: KindRef): KindRef {
  return { group, version, kind, resource, scope }
}

export function plainOperation(operation: Operation): Operation {
  return { ...operation, kind: plainKind(operation.kind) }
}

export class RemoteClient extends OperationClient {
  readonly #options: RemoteClientOptions

  constructor(options: RemoteClientOptions) {
    super()
    this.#options = options
  }

  async find<T extends KubeObject>(kind: KindRef<T>, target: Target): Promise<T | undefined> {
    const namespace = target.namespace ?? ''
    const local = this.#localFor(namespace)
    if (local !== undefined) return local.find(kind, target)
    const text = await uncarry(
      this.#options.stubOf(namespace).readText(this.#options.user, plainKind(kind), target.name),
    )
    return text === null ? undefined : (parseJson(text) as T)
  }

  async list<T extends KubeObject>(kind: KindRef<T>, options: ListOptions = {}): Promise<ObjectList<T>> {
    const { user, stubOf, listAll } = this.#options
    if (options.namespace === undefined && kind.scope === 'Namespaced') {
      const list = parseJson(await listAll(user, plainKind(kind), options)) as ObjectList<T>
      // Items of the API's lists do not say what they are; Events about one must.
      const type = { apiVersion: formatGroupVersion(kind), kind: kind.kind }
      return { ...list, items: list.items.map((item) => ({ ...item, ...type })) }
    }
    const namespace = options.namespace ?? ''
    const local = this.#localFor(namespace)
    if (local !== undefined) return local.list(kind, options)
    return parseJson(await uncarry(stubOf(namespace).readList(user, plainKind(kind), options))) as ObjectList<T>
  }

  batch(namespace: string, operations: readonly Operation[]): Promise<readonly OperationResult[]> {
    const local = this.#localFor(namespace)
    if (local !== undefined) return local.batch(namespace, operations)
    return this.#options.stubOf(namespace).batch(this.#options.user, operations.map(plainOperation))
  }

  #localFor(namespace: string): Client | undefined {
    const { local } = this.#options
    return local?.namespace === namespace ? local.client : undefined
  }
}
