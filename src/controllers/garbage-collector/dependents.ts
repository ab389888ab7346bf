/**
 * Dependents of owners within one store, and what is done to them; also when an owner in the cluster scope asks for it
 * (kubernetes pkg/controller/garbagecollector/garbagecollector.go).
 */
import type { KindRef } from '../../apis/define-kind.ts'
import { storeResource } from '../../apis/define-kind.ts'
import { KINDS } from '../../apis/kinds.ts'
import type { AnyObject, KubeObject, OwnerReference } from '../../apimachinery/meta.ts'
import { parseGroupVersion } from '../../apimachinery/meta.ts'
import { statusErrorFrom } from '../../apimachinery/status-error.ts'
import type { Operation } from '../../client/client.ts'
import type { ReconcileContext } from '../../reconcile/define-controller.ts'
import type { OwnerState } from './plan.ts'
import { isBlockedBy, isWaitingForDependents, planFate } from './plan.ts'

export const OWNER_UIDS_FIELD = 'metadata.ownerUids'

/** Writes of one batch: one turn of the object. */
const MAX_BATCH = 256

/** What a store's own collector works with. */
export type Collecting = Pick<ReconcileContext, 'client' | 'lister' | 'reader' | 'namespace'>

/** What an owner in the cluster scope wants done to its dependents: as its deletion was asked for. */
export type Task = 'orphan' | 'foreground' | 'background'

export interface Dependent {
  readonly kind: KindRef
  readonly object: AnyObject
}

const byResource = new Map(KINDS.map((kind): [string, KindRef] => [storeResource(kind), kind]))
/** Of whatever version: owners are looked up where they are stored. */
const byKind = new Map(KINDS.map((kind): [string, KindRef] => [`${kind.group}/${kind.kind}`, kind]))

/** The kind of which objects are stored under this resource. What is parsed from there has its type. */
export function kindOfResource(resource: string): KindRef<AnyObject> | undefined {
  return byResource.get(resource) as KindRef<AnyObject> | undefined
}

export function dependentsOf(
  { reader, lister }: Collecting,
  uids: ReadonlySet<string>,
): Dependent[] {
  const found: Dependent[] = []
  for (const resource of reader.resources()) {
    const kind = kindOfResource(resource)
    if (kind === undefined) continue
    const objects = lister.list(kind, ({ fields }) =>
      (fields[OWNER_UIDS_FIELD] ?? '').split(',').some((uid) => uids.has(uid)),
    )
    for (const object of objects) found.push({ kind, object })
  }
  return found
}

/** Takes `uid` out of the owners of its dependents. */
export async function orphan(context: Collecting, uid: string): Promise<void> {
  const operations = dependentsOf(context, new Set([uid])).map(({ kind, object }) => {
    const kept = (object.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid)
    return patchOf(kind, object, { ownerReferences: kept })
  })
  await write(context, operations)
}

/** Does what an owner elsewhere asks for; returns whether dependents are left that it has to wait for. */
export async function tendDependents(context: Collecting, uid: string, task: Task): Promise<boolean> {
  const dependents = (): Dependent[] => dependentsOf(context, new Set([uid]))
  if (task === 'orphan') await orphan(context, uid)
  else await treat(context, dependents())
  return isBlockedBy(
    uid,
    dependents().map(({ object }) => object),
  )
}

/** Does to each object what its owners' states call for. */
export async function treat(context: Collecting, subjects: readonly Dependent[]): Promise<void> {
  const remote = await remoteStates(context, subjects)
  const operations: Operation[] = []
  for (const { kind, object } of subjects) {
    const { name = '', uid, resourceVersion } = object.metadata
    const stateOf = (owner: OwnerReference): OwnerState => remote.get(owner.uid) ?? stateHere(owner, context)
    const own = (): KubeObject[] => dependentsOf(context, new Set([uid ?? ''])).map((one) => one.object)
    const fate = planFate(object, stateOf, own)
    if (fate.kind === 'disown') operations.push(patchOf(kind, object, { ownerReferences: fate.ownerReferences }))
    if (fate.kind !== 'delete') continue
    if (fate.unblocked !== undefined) operations.push(patchOf(kind, object, { ownerReferences: fate.unblocked }))
    // The decision holds only for these owners: whoever adopts the object meanwhile saves it.
    const version = fate.unblocked === undefined && resourceVersion !== undefined ? { resourceVersion } : {}
    const preconditions = { ...(uid === undefined ? {} : { uid }), ...version }
    operations.push({ verb: 'delete', kind, name, options: { propagationPolicy: fate.policy, preconditions } })
  }
  await write(context, operations)
}

/** The owners' states as this store knows them; for those of another scope `unknown`. */
export function stateHere(owner: OwnerReference, context: Collecting): OwnerState {
  const kind = kindOf(owner)
  if (kind === undefined || (kind.scope === 'Cluster') !== (context.namespace === '')) return 'unknown'
  const found = findHere(owner, context)
  if (found === undefined) return 'absent'
  return isWaitingForDependents(found.object) ? 'waiting' : 'solid'
}

export function findHere(
  owner: OwnerReference,
  { lister }: Collecting,
): { resource: string; object: AnyObject } | undefined {
  const kind = kindOf(owner) as KindRef<AnyObject> | undefined
  const object = kind === undefined ? undefined : lister.get(kind, owner.name)
  if (kind === undefined || object === undefined || object.metadata.uid !== owner.uid) return undefined
  return { resource: storeResource(kind), object }
}

function kindOf({ apiVersion, kind }: OwnerReference): KindRef | undefined {
  return byKind.get(`${parseGroupVersion(apiVersion)?.group ?? ''}/${kind}`)
}

/** Owners of the cluster scope, asked for once each: uid → state. */
async function remoteStates(
  { client, namespace }: Collecting,
  subjects: readonly Dependent[],
): Promise<ReadonlyMap<string, OwnerState>> {
  const states = new Map<string, OwnerState>()
  if (namespace === '') return states
  for (const { object } of subjects) {
    for (const owner of object.metadata.ownerReferences ?? []) {
      const kind = kindOf(owner)
      if (kind === undefined || kind.scope !== 'Cluster' || states.has(owner.uid)) continue
      const found = await client.find(kind, { name: owner.name })
      if (found === undefined || found.metadata.uid !== owner.uid) states.set(owner.uid, 'absent')
      else states.set(owner.uid, isWaitingForDependents(found) ? 'waiting' : 'solid')
    }
  }
  return states
}

/** A patch that holds only for the very state it was decided on. */
function patchOf(kind: KindRef, { metadata }: KubeObject, change: Partial<KubeObject['metadata']>): Operation {
  const { name = '', uid, resourceVersion } = metadata
  return { verb: 'patch', kind, name, type: 'merge', patch: { metadata: { uid, resourceVersion, ...change } } }
}

export function withoutFinalizer(kind: KindRef, object: KubeObject, finalizer: string): Operation {
  const finalizers = (object.metadata.finalizers ?? []).filter((one) => one !== finalizer)
  return patchOf(kind, object, { finalizers })
}

export async function write({ client, namespace }: Collecting, operations: readonly Operation[]): Promise<void> {
  for (let start = 0; start < operations.length; start += MAX_BATCH) {
    for (const { error } of await client.batch(namespace, operations.slice(start, start + MAX_BATCH))) {
      if (error !== undefined && error.reason !== 'NotFound') throw statusErrorFrom(error)
    }
  }
}
