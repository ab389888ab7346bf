/**
 * The Client of a pod's kubelet: plain API requests through the binding to the control plane, as the node's user. The
 * paths are the API's own below /internal/clusters/CLUSTER, where the secret stands for a token.
 */
import type { KindRef } from '../../apis/define-kind.ts'
import type { KubeObject, ObjectList } from '../../apimachinery/meta.ts'
import type { Status } from '../../apimachinery/status-error.ts'
import { ApiStatusError, hasReason, serviceUnavailableError, statusErrorFrom } from '../../apimachinery/status-error.ts'
import type {
  Client,
  DeleteOptions,
  ListOptions,
  Operation,
  OperationResult,
  PatchType,
  Target,
  WriteOptions,
} from '../../client/client.ts'
import { PATCH_MEDIA_TYPES } from '../../apiserver/writing/patch-types.ts'
import { SECRET_HEADER } from '../calls/hop-headers.ts'
import { USER_HEADER } from '../calls/user-header.ts'

export interface ControlPlaneOptions {
  readonly binding: Fetcher
  readonly secret: string
  readonly cluster: string
  /** `system:node:isolates`. */
  readonly username: string
}

export class ControlPlaneClient implements Client {
  readonly #options: ControlPlaneOptions

  constructor(options: ControlPlaneOptions) {
    this.#options = options
  }

  get<T extends KubeObject>(kind: KindRef<T>, target: Target): Promise<T> {
    return this.#call<T>('GET', pathOf(kind, target))
  }

  async find<T extends KubeObject>(kind: KindRef<T>, target: Target): Promise<T | undefined> {
    try {
      return await this.get(kind, target)
    } catch (error) {
      if (hasReason(error, 'NotFound')) return undefined
      throw error
    }
  }

  list<T extends KubeObject>(kind: KindRef<T>, { namespace, ...options }: ListOptions = {}): Promise<ObjectList<T>> {
    const query = new URLSearchParams(Object.entries(options).map(([name, value]) => [name, String(value)]))
    return this.#call('GET', `${collectionOf(kind, namespace)}?${query.toString()}`)
  }

  create<T extends KubeObject>(kind: KindRef<T>, object: T, options?: WriteOptions): Promise<T> {
    return this.#call('POST', `${collectionOf(kind, object.metadata.namespace)}${queryOf(options)}`, object)
  }

  update<T extends KubeObject>(kind: KindRef<T>, object: T, options?: WriteOptions): Promise<T> {
    const { namespace, name = '' } = object.metadata
    return this.#call(
      'PUT',
      `${pathOf(kind, withNamespace(namespace, name), options?.subresource)}${queryOf(options)}`,
      object,
    )
  }

  updateStatus<T extends KubeObject>(kind: KindRef<T>, object: T): Promise<T> {
    return this.update(kind, object, { subresource: 'status', fieldManager: 'kubelet' })
  }

  patch<T extends KubeObject>(
    kind: KindRef<T>,
    target: Target,
    type: PatchType,
    patch: unknown,
    options?: WriteOptions,
  ): Promise<T> {
    const path = `${pathOf(kind, target, options?.subresource)}${queryOf(options)}`
    return this.#call('PATCH', path, patch, PATCH_MEDIA_TYPES[type])
  }

  async delete<T extends KubeObject>(kind: KindRef<T>, target: Target, options: DeleteOptions = {}): Promise<void> {
    await this.#call('DELETE', pathOf(kind, target), { apiVersion: 'v1', kind: 'DeleteOptions', ...options })
  }

  /** One request per operation: a pod's kubelet writes little, and Events must not hold up anything. */
  batch(namespace: string, operations: readonly Operation[]): Promise<readonly OperationResult[]> {
    return Promise.all(
      operations.map(async (operation): Promise<OperationResult> => {
        try {
          return { object: await this.#operate(namespace, operation) }
        } catch (error) {
          if (error instanceof ApiStatusError) return { error: error.status }
          throw error
        }
      }),
    )
  }

  /** A bound token of a ServiceAccount (authentication.k8s.io/v1 TokenRequest). */
  async token(target: Target, spec: Readonly<Record<string, unknown>>): Promise<string> {
    const kind: KindRef = {
      group: '',
      version: 'v1',
      kind: 'ServiceAccount',
      resource: 'serviceaccounts',
      scope: 'Namespaced',
    }
    const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec }
    const answer = await this.#call<{ status?: { token?: string } }>('POST', pathOf(kind, target, 'token'), request)
    return answer.status?.token ?? ''
  }

  #operate(namespace: string, operation: Operation): Promise<KubeObject> {
    const { kind, options } = operation
    switch (operation.verb) {
      case 'create':
        return this.create(kind, within(namespace, operation.object), operation.options)
      case 'update':
        return this.update(kind, within(namespace, operation.object), operation.options)
      case 'patch':
        return this.patch(kind, { namespace, name: operation.name }, operation.type, operation.patch, operation.options)
      case 'delete':
        return this.#call('DELETE', pathOf(kind, { namespace, name: operation.name }), {
          apiVersion: 'v1',
          kind: 'DeleteOptions',
          ...options,
        })
    }
  }

  async #call<T>(method: string, path: string, body?: unknown, contentType = 'application/json'): Promise<T> {
    const { binding, secret, cluster, username } = this.#options
    const headers = {
      accept: 'application/json',
      'user-agent': 'kubelet/v1.36',
      [SECRET_HEADER]: secret,
      [USER_HEADER]: JSON.stringify({ username, groups: ['system:nodes', 'system:authenticated'] }),
      ...(body === undefined ? {} : { 'content-type': contentType }),
    }
    let response: Response
    try {
      const url = `http://control-plane/internal/clusters/${cluster}${path}`
      response = await binding.fetch(url, {
        method,
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
    } catch (error) {
      console.warn('the control plane did not answer', error)
      throw serviceUnavailableError('the control plane cannot be reached at the moment; try again')
    }
    // The answer is what the path's kind says, as every client of the API trusts.
    const answer = (await response.json()) as T | Status
    if (!response.ok) throw statusErrorFrom(answer as Status)
    return answer as T
  }
}

function within(namespace: string, object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, namespace } }
}

function withNamespace(namespace: string | undefined, name: string): Target {
  return namespace === undefined ? { name } : { namespace, name }
}

function collectionOf({ group, version, resource, scope }: KindRef, namespace: string | undefined): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  const within = scope === 'Namespaced' && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : ''
  return `${root}${within}/${resource}`
}

function pathOf(kind: KindRef, { namespace, name }: Target, subresource?: string): string {
  const below = subresource === undefined ? '' : `/${subresource}`
  return `${collectionOf(kind, namespace)}/${encodeURIComponent(name)}${below}`
}

function queryOf({ fieldManager, dryRun }: WriteOptions = {}): string {
  const query = new URLSearchParams()
  if (fieldManager !== undefined) query.set('fieldManager', fieldManager)
  if (dryRun === true) query.set('dryRun', 'All')
  return query.size === 0 ? '' : `?${query.toString()}`
}
