/**
 * Dependents of owners within one store, and what is done to them; also when an owner in the cluster scope asks for it
 * (kubernetes pkg/controller/garbagecollector/garbagecollector.go).
 */
import { customResourceDefinition } from '../../apis/apiextensions/custom-resource-definition.ts'
import { groupOfDefinition } from '../../apis/custom/definition-state.ts'
import type { KindRef } from '../../apis/define-kind.ts'
import { storeResource } from '../../apis/define-kind.ts'
import { KINDS } from '../../apis/kinds.ts'
import type { AnyObject, KubeObject, OwnerReference } from '../../apimachinery/meta.ts'
import { parseGroupVersion } from '../../apimachinery/meta.ts'
import { hasReason, statusErrorFrom } from '../../apimachinery/status-error.ts'
import type { Client, Operation } from '../../client/client.ts'
import type { ReconcileContext } from '../../reconcile/define-controller.ts'
import type { OwnerState } from './plan.ts'
import { isBlockedBy, isWaitingForDependents, planFate } from './plan.ts'

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

/** What is stored under a resource; of custom resources no more is known than where they are. */
function storedUnder(resource: string): KindRef<AnyObject> {
  const builtIn = byResource.get(resource) as KindRef<AnyObject> | undefined
  if (builtIn !== undefined) return builtIn
  const [plural = '', ...group] = resource.split('.')
  return { group: group.join('.'), version: '', kind: '', resource: plural, scope: 'Namespaced' }
}

/** A custom resource says itself what kind it is of. */
function asDependent(resource: string, object: AnyObject, namespace: string): Dependent {
  const kind = storedUnder(resource)
  if (kind.kind !== '') return { kind, object }
  const { group = '', version = '' } = parseGroupVersion(object.apiVersion) ?? {}
  const scope = namespace === '' ? 'Cluster' : 'Namespaced'
  return { kind: { ...kind, group, version, kind: object.kind, scope }, object }
}

/** The object of a key `RESOURCE/NAME`. */
export function objectAt({ lister, namespace }: Collecting, resource: string, name: string): Dependent | undefined {
  const object = lister.get(storedUnder(resource), name)
  return object === undefined ? undefined : asDependent(resource, object, namespace)
}

/** In order of resources and names. */
export function dependentsOf(
  { reader, lister, namespace }: Collecting,
  uids: ReadonlySet<string>,
): Dependent[] {
  return reader.dependents([...uids]).flatMap(({ resource, name }) => {
    const object = lister.get(storedUnder(resource), name)
    return object === undefined ? [] : [asDependent(resource, object, namespace)]
  })
}

/** What each of `subjects` owns, found for all of them at once when it is asked for first. */
function ownedBy(context: Collecting, subjects: readonly Dependent[]): (uid: string) => KubeObject[] {
  let owned: Map<string, KubeObject[]> | undefined
  const search = (): Map<string, KubeObject[]> => {
    const uids = new Map(subjects.map(({ object }): [string, KubeObject[]] => [object.metadata.uid ?? '', []]))
    for (const { object } of dependentsOf(context, new Set(uids.keys()))) {
      for (const { uid } of object.metadata.ownerReferences ?? []) uids.get(uid)?.push(object)
    }
    return uids
  }
  return (uid) => {
    owned ??= search()
    return owned.get(uid) ?? []
  }
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
  const owned = ownedBy(context, subjects)
  for (const { kind, object } of subjects) {
    const { name = '', uid, resourceVersion } = object.metadata
    const stateOf = (owner: OwnerReference): OwnerState => remote.get(owner.uid) ?? stateHere(owner, context)
    const fate = planFate(object, stateOf, () => owned(uid ?? ''))
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
  if (kind !== undefined && (kind.scope === 'Cluster') !== (context.namespace === '')) return 'unknown'
  const found = findHere(owner, context)
  // Of a custom resource that is not here it is not known whether it would be.
  if (found === undefined) return kind === undefined ? 'unknown' : 'absent'
  return isWaitingForDependents(found.object) ? 'waiting' : 'solid'
}

export function findHere(
  owner: OwnerReference,
  { lister, reader }: Collecting,
): { resource: string; object: AnyObject } | undefined {
  const kind = kindOf(owner)
  const group = parseGroupVersion(owner.apiVersion)?.group ?? ''
  const resources =
    kind === undefined ? reader.resources().filter((one) => one.endsWith(`.${group}`)) : [storeResource(kind)]
  for (const resource of resources) {
    const object = lister.get(storedUnder(resource), owner.name)
    if (object?.metadata.uid === owner.uid) return { resource, object }
  }
  return undefined
}

function kindOf({ apiVersion, kind }: OwnerReference): KindRef | undefined {
  return byKind.get(`${parseGroupVersion(apiVersion)?.group ?? ''}/${kind}`)
}

/** Owners of the cluster scope, asked for once each: uid → state. */
async function remoteStates(
  context: Collecting,
  subjects: readonly Dependent[],
): Promise<ReadonlyMap<string, OwnerState>> {
  const states = new Map<string, OwnerState>()
  for (const { object } of subjects) {
    for (const owner of object.metadata.ownerReferences ?? []) {
      const kind = kindOf(owner)
      if (states.has(owner.uid) || findHere(owner, context) !== undefined) continue
      if (context.namespace === '') {
        if (kind === undefined) states.set(owner.uid, stateWithoutInstance(owner, context))
      } else if (kind === undefined || kind.scope === 'Cluster') {
        states.set(owner.uid, await stateInCluster(owner, kind, context.client))
      }
    }
  }
  return states
}

/** A custom resource that is of no scope's is asked for under its own name, and may be of no kind any more. */
async function stateInCluster(owner: OwnerReference, kind: KindRef | undefined, client: Client): Promise<OwnerState> {
  const { group = '', version = '' } = parseGroupVersion(owner.apiVersion) ?? {}
  const custom: KindRef = { group, version, kind: owner.kind, resource: '', scope: 'Cluster' }
  try {
    const found = await client.find(kind ?? custom, { name: owner.name })
    if (found === undefined || found.metadata.uid !== owner.uid) return 'absent'
    return isWaitingForDependents(found) ? 'waiting' : 'solid'
  } catch (error) {
    if (kind === undefined && hasReason(error, 'NotFound')) return 'unknown'
    throw error
  }
}

/** In the cluster scope: the owner is not there, and whether it could be its definition says. */
function stateWithoutInstance(owner: OwnerReference, { lister }: Collecting): OwnerState {
  const group = parseGroupVersion(owner.apiVersion)?.group ?? ''
  const definitions = lister.list(customResourceDefinition, (_, name) => groupOfDefinition(name) === group)
  const definition = definitions.find(({ spec }) => spec.names.kind === owner.kind)
  return definition?.spec.scope === 'Cluster' ? 'absent' : 'unknown'
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
