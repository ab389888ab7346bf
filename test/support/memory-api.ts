/**
 * A small honest API in memory: the Client contract over MemoryStores, with the semantics that controllers lean on
 * (conflicts, generations, finalizers, propagation, grace of bound pods, the status endpoint). No admission, no
 * defaults, no validation: tests give whole objects. Writes can be counted, and cut off after the nth.
 */
import type { AnyObject, KubeObject, ObjectList } from '../../src/apimachinery/meta.ts'
import { formatGroupVersion, formatTime } from '../../src/apimachinery/meta.ts'
import {
  ApiStatusError,
  OPTIMISTIC_LOCK_MESSAGE,
  alreadyExistsError,
  conflictError,
  notFoundError,
} from '../../src/apimachinery/status-error.ts'
import type { KindRef } from '../../src/apis/define-kind.ts'
import { storeResource } from '../../src/apis/define-kind.ts'
import type {
  Client,
  DeleteOptions,
  ListOptions,
  Operation,
  OperationResult,
  PatchType,
  Target,
  WriteOptions,
} from '../../src/client/client.ts'
import type { Clock } from '../../src/lib/clock.ts'
import type { Random } from '../../src/lib/random.ts'
import { nameSuffix } from '../../src/lib/random.ts'
import { MemoryStore } from './memory-store.ts'

const FOREGROUND = 'foregroundDeletion'

export class MemoryApi implements Client {
  readonly #clock: Clock
  readonly #random: Random
  readonly #stores = new Map<string, MemoryStore>()
  #revision = 0
  #fault: (() => void) | undefined
  /** All writes so far, as `verb resource/name`. */
  readonly writes: string[] = []
  /** The sizes of the batches so far. */
  readonly batches: number[] = []
  /** Throws to refuse a create, as admission would. */
  admit: (object: AnyObject) => void = () => undefined

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  /** The store of a namespace; '' for the cluster scope. */
  store(namespace: string): MemoryStore {
    const store = this.#stores.get(namespace) ?? new MemoryStore()
    this.#stores.set(namespace, store)
    return store
  }

  /** The `count`th write from now on is done, and then the caller dies: every call throws until `mend`. */
  dieAfterWrites(count: number): void {
    let left = count
    this.#fault = () => {
      left -= 1
      if (left < 0) throw new Error('cut off')
    }
  }

  mend(): void {
    this.#fault = undefined
  }

  find<T extends KubeObject>(kind: KindRef<T>, { namespace = '', name }: Target): Promise<T | undefined> {
    const stored = this.store(namespace).get({ resource: storeResource(kind), name })
    return Promise.resolve(stored === undefined ? undefined : (JSON.parse(stored.text) as T))
  }

  async get<T extends KubeObject>(kind: KindRef<T>, target: Target): Promise<T> {
    const found = await this.find(kind, target)
    if (found === undefined) throw notFoundError(kind, target.name)
    return found
  }

  list<T extends KubeObject>(kind: KindRef<T>, options: ListOptions = {}): Promise<ObjectList<T>> {
    const names =
      kind.scope === 'Cluster'
        ? ['']
        : options.namespace === undefined
          ? [...this.#stores.keys()]
          : [options.namespace]
    const items: T[] = []
    for (const namespace of names) {
      const page = this.store(namespace).list({ resource: storeResource(kind), limit: Infinity })
      for (const { text } of page.objects) {
        const item = JSON.parse(text) as T
        if (matchesSelector(item, options.labelSelector) && matchesNode(item, options.fieldSelector)) items.push(item)
      }
    }
    const metadata = { resourceVersion: String(this.#revision) }
    return Promise.resolve({ apiVersion: formatGroupVersion(kind), kind: `${kind.kind}List`, metadata, items })
  }

  create<T extends KubeObject>(kind: KindRef<T>, object: T, options: WriteOptions = {}): Promise<T> {
    return this.#attempt(() => this.#create(kind, structuredClone(object), options))
  }

  update<T extends KubeObject>(kind: KindRef<T>, object: T, options: WriteOptions = {}): Promise<T> {
    return this.#attempt(() => {
      const next = structuredClone(object)
      return this.#replace(kind, next.metadata.namespace ?? '', next.metadata.name ?? '', () => next, options)
    })
  }

  updateStatus<T extends KubeObject>(kind: KindRef<T>, object: T): Promise<T> {
    return this.update(kind, object, { subresource: 'status' })
  }

  patch<T extends KubeObject>(
    kind: KindRef<T>,
    { namespace = '', name }: Target,
    type: PatchType,
    patch: unknown,
    options: WriteOptions = {},
  ): Promise<T> {
    if (type !== 'merge' && type !== 'strategic') throw new Error(`no ${type} patches here`)
    return this.#attempt(() => this.#replace(kind, namespace, name, (now) => mergePatch(now, patch) as T, options))
  }

  async delete<T extends KubeObject>(
    kind: KindRef<T>,
    { namespace = '', name }: Target,
    options: DeleteOptions = {},
  ): Promise<void> {
    await this.#attempt(() => this.#delete(kind, namespace, name, options))
  }

  async batch(namespace: string, operations: readonly Operation[]): Promise<readonly OperationResult[]> {
    this.batches.push(operations.length)
    const results: OperationResult[] = []
    for (const operation of operations) {
      try {
        results.push({ object: await this.#operate(namespace, operation) })
      } catch (error) {
        if (!(error instanceof ApiStatusError)) throw error
        results.push({ error: error.status })
      }
    }
    return results
  }

  async #operate(namespace: string, operation: Operation): Promise<KubeObject> {
    const { kind } = operation
    switch (operation.verb) {
      case 'create':
        return this.create(kind, within(namespace, operation.object), operation.options)
      case 'update':
        return this.update(kind, within(namespace, operation.object), operation.options)
      case 'patch':
        return this.patch(
          kind,
          { namespace, name: operation.name },
          operation.type,
          operation.patch,
          operation.options,
        )
      case 'delete':
        return this.#attempt(() => this.#delete(kind, namespace, operation.name, operation.options ?? {}))
    }
  }

  #attempt<R>(work: () => R): Promise<R> {
    try {
      return Promise.resolve(work())
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)))
    }
  }

  #create<T extends KubeObject>(kind: KindRef<T>, object: T, options: WriteOptions): T {
    const namespace = object.metadata.namespace ?? ''
    this.admit(object as T & AnyObject)
    const meta = object.metadata
    if (meta.name === undefined || meta.name === '')
      meta.name = `${meta.generateName ?? ''}${nameSuffix(this.#random)}`
    const key = { resource: storeResource(kind), name: meta.name }
    if (this.store(namespace).get(key) !== undefined) throw alreadyExistsError(kind, meta.name)
    meta.uid = this.#random.uuid()
    meta.creationTimestamp = formatTime(this.#clock.now())
    if ('spec' in object) meta.generation = 1
    if (options.dryRun === true) return object
    return this.#write('ADDED', kind, namespace, object)
  }

  #replace<T extends KubeObject>(
    kind: KindRef<T>,
    namespace: string,
    name: string,
    change: (now: T) => T,
    { subresource }: WriteOptions,
  ): T {
    const stored = this.store(namespace).get({ resource: storeResource(kind), name })
    if (stored === undefined) throw notFoundError(kind, name)
    const now = JSON.parse(stored.text) as AnyObject
    let next = change(JSON.parse(stored.text) as T) as T & AnyObject as AnyObject
    const said = next.metadata.resourceVersion
    if (said !== undefined && said !== '' && said !== String(stored.revision)) {
      throw conflictError(kind, name, OPTIMISTIC_LOCK_MESSAGE)
    }
    if (subresource === 'status') next = { ...structuredClone(now), status: next['status'] }
    else if (subresource === 'finalize') next = { ...structuredClone(now), spec: next['spec'] }
    else if ('status' in now || 'status' in next) {
      if (now['status'] === undefined) delete (next)['status']
      else Object.assign(next, { status: now['status'] })
    }
    const meta = next.metadata
    for (const field of ['uid', 'creationTimestamp', 'deletionTimestamp', 'generation', 'resourceVersion'] as const) {
      if (now.metadata[field] !== undefined) Object.assign(meta, { [field]: now.metadata[field] })
    }
    if (JSON.stringify(next['spec']) !== JSON.stringify(now['spec']) && now.metadata.generation !== undefined) {
      meta.generation = now.metadata.generation + 1
    }
    if (sorted(next) === sorted(now)) return next as AnyObject & T
    const isGone =
      meta.deletionTimestamp !== undefined && (meta.deletionGracePeriodSeconds ?? 0) === 0 && !isHeld(next)
    return this.#write(isGone ? 'DELETED' : 'MODIFIED', kind, namespace, next as AnyObject & T)
  }

  #delete<T extends KubeObject>(kind: KindRef<T>, namespace: string, name: string, options: DeleteOptions): T {
    const stored = this.store(namespace).get({ resource: storeResource(kind), name })
    if (stored === undefined) throw notFoundError(kind, name)
    const next = JSON.parse(stored.text) as T & AnyObject
    const { uid } = options.preconditions ?? {}
    if (uid !== undefined && uid !== next.metadata.uid) throw conflictError(kind, name, 'Precondition failed')
    const others = (next.metadata.finalizers ?? []).filter((one) => one !== 'orphan' && one !== FOREGROUND)
    if (options.propagationPolicy === 'Foreground') others.push(FOREGROUND)
    if (options.propagationPolicy === 'Orphan') others.push('orphan')
    if (options.propagationPolicy !== undefined) next.metadata.finalizers = others
    const isBound =
      kind.resource === 'pods' && (next['spec'] as { nodeName?: string } | undefined)?.nodeName !== undefined
    const grace = isBound ? (options.gracePeriodSeconds ?? 30) : 0
    if (grace === 0 && !isHeld(next)) return this.#write('DELETED', kind, namespace, next)
    if (next.metadata.deletionTimestamp === undefined || grace < (next.metadata.deletionGracePeriodSeconds ?? 0)) {
      next.metadata.deletionTimestamp = formatTime(this.#clock.now() + grace * 1_000)
      next.metadata.deletionGracePeriodSeconds = grace
    }
    if (sorted(next) === sorted(JSON.parse(stored.text))) return next
    return this.#write('MODIFIED', kind, namespace, next)
  }

  #write<T extends KubeObject>(
    type: 'ADDED' | 'MODIFIED' | 'DELETED',
    kind: KindRef<T>,
    namespace: string,
    object: T,
  ): T {
    this.#fault?.()
    this.#revision += 1
    object.metadata.resourceVersion = String(this.#revision)
    const key = { resource: storeResource(kind), name: object.metadata.name ?? '' }
    const uids = object.metadata.ownerReferences?.map((owner) => owner.uid).join(',') ?? ''
    const fields: Record<string, string> = uids === '' ? {} : { 'metadata.ownerUids': uids }
    const selectable = { labels: object.metadata.labels ?? {}, fields }
    this.store(namespace).append(type, key, this.#revision, JSON.stringify(object), selectable, this.#clock.now())
    this.writes.push(`${type} ${key.resource}/${key.name}`)
    return object
  }
}

function within(namespace: string, object: KubeObject): KubeObject {
  return namespace === '' ? object : { ...object, metadata: { ...object.metadata, namespace } }
}

function isHeld(object: AnyObject): boolean {
  const spec = object['spec'] as { finalizers?: string[] } | undefined
  const isHeldBySpec = object.kind === 'Namespace' && (spec?.finalizers?.length ?? 0) > 0
  return (object.metadata.finalizers?.length ?? 0) > 0 || isHeldBySpec
}

function matchesSelector(object: KubeObject, selector: string | undefined): boolean {
  if (selector === undefined || selector === '') return true
  return selector.split(',').every((part) => {
    const [key = '', value = ''] = part.split('=')
    return object.metadata.labels?.[key] === value
  })
}

/** The one field selector that is needed here. */
function matchesNode(object: KubeObject & { spec?: unknown }, selector: string | undefined): boolean {
  if (selector === undefined) return true
  const [field, value] = selector.split('=')
  if (field !== 'spec.nodeName') throw new Error(`no field selector ${selector} here`)
  return (object.spec as { nodeName?: string } | undefined)?.nodeName === value
}

function sorted(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)))
      : inner,
  )
}

function mergePatch(target: unknown, patch: unknown): unknown {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch
  const base: Record<string, unknown> =
    typeof target === 'object' && target !== null && !Array.isArray(target) ? { ...target } : {}
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete base[field]
    else base[field] = mergePatch(base[field], value)
  }
  return base
}
