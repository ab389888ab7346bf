/**
 * What clients have in common that carry out every write as an Operation: each verb says which one. What is left to say
 * is how a batch of them is carried out, and how objects are read.
 */
import { notFoundError, statusErrorFrom } from '../apimachinery/status-error.ts'
import type { KubeObject, ObjectList } from '../apimachinery/meta.ts'
import type { KindRef } from '../apis/define-kind.ts'
import type {
  Client,
  DeleteOptions,
  ListOptions,
  Operation,
  OperationResult,
  PatchType,
  Target,
  WriteOptions,
} from './client.ts'

export abstract class OperationClient implements Client {
  abstract find<T extends KubeObject>(kind: KindRef<T>, target: Target): Promise<T | undefined>
  abstract list<T extends KubeObject>(kind: KindRef<T>, options?: ListOptions): Promise<ObjectList<T>>
  abstract batch(namespace: string, operations: readonly Operation[]): Promise<readonly OperationResult[]>

  /** In `namespace`, '' for the cluster scope; answers the object as it was written. Throws ApiStatusError. */
  protected async write(namespace: string, operation: Operation): Promise<KubeObject> {
    const [result] = await this.batch(namespace, [operation])
    if (result === undefined) throw new Error('a batch of one came back empty')
    if (result.error !== undefined) throw statusErrorFrom(result.error)
    return result.object
  }

  async get<T extends KubeObject>(kind: KindRef<T>, target: Target): Promise<T> {
    const found = await this.find(kind, target)
    if (found === undefined) throw notFoundError(kind, target.name)
    return found
  }

  create<T extends KubeObject>(kind: KindRef<T>, object: T, options: WriteOptions = {}): Promise<T> {
    return this.#written(object.metadata.namespace, { verb: 'create', kind, object, options })
  }

  update<T extends KubeObject>(kind: KindRef<T>, object: T, options: WriteOptions = {}): Promise<T> {
    return this.#written(object.metadata.namespace, { verb: 'update', kind, object, options })
  }

  updateStatus<T extends KubeObject>(kind: KindRef<T>, object: T): Promise<T> {
    return this.update(kind, object, { subresource: 'status' })
  }

  patch<T extends KubeObject>(
    kind: KindRef<T>,
    { namespace, name }: Target,
    type: PatchType,
    patch: unknown,
    options: WriteOptions = {},
  ): Promise<T> {
    return this.#written(namespace, { verb: 'patch', kind, name, type, patch, options })
  }

  async delete<T extends KubeObject>(
    kind: KindRef<T>,
    { namespace, name }: Target,
    options: DeleteOptions = {},
  ): Promise<void> {
    await this.write(namespace ?? '', { verb: 'delete', kind, name, options })
  }

  /** What is written under a kind comes back as an object of it. */
  async #written<T extends KubeObject>(namespace: string | undefined, operation: Operation): Promise<T> {
    return (await this.write(namespace ?? '', operation)) as T
  }
}
