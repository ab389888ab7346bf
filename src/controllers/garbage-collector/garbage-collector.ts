/**
 * The garbage collector of one store: deletes what has no owner left, in the background or before its owner
 * (foreground), and lets go of what is to be orphaned (kubernetes pkg/controller/garbagecollector).
 *
 * There is no graph in memory: the store knows owners' uids by row. Keys are `object RESOURCE/NAME` for an object to
 * look at and `uid UID` for all dependents of an owner that is gone. The client asks for owners of the cluster scope.
 */
import type { KindRef } from '../../apis/define-kind.ts'
import { storeResource } from '../../apis/define-kind.ts'
import { namespace as namespaceKind } from '../../apis/core/namespace/namespace.ts'
import { KINDS } from '../../apis/kinds.ts'
import type { AnyObject, KubeObject, OwnerReference } from '../../apimachinery/meta.ts'
import { parseGroupVersion } from '../../apimachinery/meta.ts'
import { statusErrorFrom } from '../../apimachinery/status-error.ts'
import type { Operation } from '../../client/client.ts'
import type { Controller, ReconcileContext } from '../../reconcile/define-controller.ts'
import { defineController, done } from '../../reconcile/define-controller.ts'
import type { Change } from '../../store/object-store.ts'
import type { OwnerState } from './plan.ts'
import {
  FOREGROUND_FINALIZER,
  ORPHAN_FINALIZER,
  isBlockedBy,
  isOrphaning,
  isWaitingForDependents,
  planFate,
} from './plan.ts'

const OWNER_UIDS_FIELD = 'metadata.ownerUids'

/** These never own anything and come and go all the time. */
const NEVER_OWNERS: ReadonlySet<string> = new Set(['events', 'events.events.k8s.io', 'leases.coordination.k8s.io'])

/** Writes of one batch: one turn of the object. */
const MAX_BATCH = 256

const PAGE = 500

interface Dependent {
  readonly kind: KindRef
  readonly object: AnyObject
}

interface Kinds {
  byResource(resource: string): KindRef | undefined
  /** Of whatever version: owners are looked up where they are stored. */
  byKind(group: string, kind: string): KindRef | undefined
}

export function garbageCollector(scope: Controller['scope'], definitions: readonly KindRef[] = KINDS): Controller {
  const kinds = lookUps(definitions)
  return defineController({
    name: 'garbage-collector',
    scope,
    for: namespaceKind,
    ignoresFor: true,
    all: { concerns, keysOf: (changes, context) => keysOf(changes, context, kinds) },
    allKeys: ({ reader }) => suspects(reader),
    resyncSeconds: 600,
    async reconcile(context, key) {
      const [what = '', name = ''] = key.split(' ')
      if (what === 'uid') await treat(context, dependentsOf(context, kinds, new Set([name])), kinds)
      else await lookAt(context, name, kinds)
      return done
    },
  })
}

function lookUps(definitions: readonly KindRef[]): Kinds {
  const byResource = new Map(definitions.map((kind) => [storeResource(kind), kind]))
  const byKind = new Map(definitions.map((kind) => [`${kind.group}/${kind.kind}`, kind]))
  return {
    byResource: (resource) => byResource.get(resource),
    byKind: (group, kind) => byKind.get(`${group}/${kind}`),
  }
}

function concerns({ type, resource, selectable, previousSelectable, text }: Change): boolean {
  if (NEVER_OWNERS.has(resource)) return selectable.fields[OWNER_UIDS_FIELD] !== undefined && type === 'ADDED'
  if (type === 'DELETED') return true
  const owners = selectable.fields[OWNER_UIDS_FIELD]
  if (owners !== undefined && owners !== previousSelectable?.fields[OWNER_UIDS_FIELD]) return true
  return (
    text.includes('"deletionTimestamp"') &&
    (text.includes(`"${FOREGROUND_FINALIZER}"`) || text.includes(`"${ORPHAN_FINALIZER}"`))
  )
}

function keysOf(changes: readonly Change[], context: ReconcileContext, kinds: Kinds): string[] {
  const keys = new Set<string>()
  const gone = new Set<string>()
  for (const change of changes) {
    const object = JSON.parse(change.text) as KubeObject
    if (change.type !== 'DELETED') {
      if (isSuspect(object, context, kinds)) keys.add(`object ${change.resource}/${change.name}`)
      continue
    }
    if (object.metadata.uid !== undefined) gone.add(object.metadata.uid)
    // One dependent less: an owner that waits for its dependents may be free to go.
    for (const owner of object.metadata.ownerReferences ?? []) {
      const found = findHere(owner, context, kinds)
      if (found !== undefined && isWaitingForDependents(found.object))
        keys.add(`object ${found.resource}/${owner.name}`)
    }
  }
  if (gone.size > 0) {
    // One search for all that went: of thousands of deletions few have dependents.
    for (const { object } of dependentsOf(context, kinds, gone)) {
      for (const { uid } of object.metadata.ownerReferences ?? []) if (gone.has(uid)) keys.add(`uid ${uid}`)
    }
  }
  return [...keys]
}

/** Whether anything may have to be done; what has only sound owners here is dismissed without a run. */
function isSuspect(object: KubeObject, context: ReconcileContext, kinds: Kinds): boolean {
  if (isWaitingForDependents(object) || isOrphaning(object)) return true
  return (object.metadata.ownerReferences ?? []).some((owner) => stateHere(owner, context, kinds) !== 'solid')
}

/** Everything that has owners or waits for its dependents. */
function suspects(reader: ReconcileContext['reader']): string[] {
  const keys: string[] = []
  for (const resource of reader.resources()) {
    for (let after: string | undefined, hasMore = true; hasMore;) {
      const page = reader.list({ resource, limit: PAGE, ...(after === undefined ? {} : { after }) })
      for (const { name, selectable, text } of page.objects) {
        if (selectable.fields[OWNER_UIDS_FIELD] !== undefined || text.includes('"deletionTimestamp"')) {
          keys.push(`object ${resource}/${name}`)
        }
      }
      after = page.objects.at(-1)?.name
      hasMore = page.hasMore && after !== undefined
    }
  }
  return keys
}

function dependentsOf({ reader, lister }: ReconcileContext, kinds: Kinds, uids: ReadonlySet<string>): Dependent[] {
  const found: Dependent[] = []
  for (const resource of reader.resources()) {
    const kind = kinds.byResource(resource) as KindRef<AnyObject> | undefined
    if (kind === undefined) continue
    const objects = lister.list(kind, ({ fields }) =>
      (fields[OWNER_UIDS_FIELD] ?? '').split(',').some((uid) => uids.has(uid)),
    )
    for (const object of objects) found.push({ kind, object })
  }
  return found
}

async function lookAt(context: ReconcileContext, key: string, kinds: Kinds): Promise<void> {
  const slash = key.indexOf('/')
  const kind = kinds.byResource(key.slice(0, slash)) as KindRef<AnyObject> | undefined
  const object = kind === undefined ? undefined : context.lister.get(kind, key.slice(slash + 1))
  if (kind === undefined || object === undefined) return
  if (isOrphaning(object)) await orphan(context, { kind, object }, kinds)
  else if (isWaitingForDependents(object)) await clear(context, { kind, object }, kinds)
  await treat(context, [{ kind, object }], kinds)
}

/** Takes the owner out of its dependents, and only then lets it go. */
async function orphan(context: ReconcileContext, { kind, object }: Dependent, kinds: Kinds): Promise<void> {
  const { uid = '' } = object.metadata
  const operations = dependentsOf(context, kinds, new Set([uid])).map(
    ({ kind: dependentKind, object: dependent }) => {
      const kept = (dependent.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid)
      return patchOf(dependentKind, dependent, { ownerReferences: kept })
    },
  )
  await write(context, operations)
  await write(context, [withoutFinalizer(kind, object, ORPHAN_FINALIZER)])
}

/** Deletes what an object in foreground deletion waits for; the object is free when nothing blocks it. */
async function clear(context: ReconcileContext, { kind, object }: Dependent, kinds: Kinds): Promise<void> {
  const dependents = dependentsOf(context, kinds, new Set([object.metadata.uid ?? '']))
  if (
    isBlockedBy(
      object,
      dependents.map((one) => one.object),
    )
  )
    await treat(context, dependents, kinds)
  else await write(context, [withoutFinalizer(kind, object, FOREGROUND_FINALIZER)])
}

/** Does to each object what its owners' states call for. */
async function treat(context: ReconcileContext, subjects: readonly Dependent[], kinds: Kinds): Promise<void> {
  const remote = await remoteStates(context, subjects, kinds)
  const operations: Operation[] = []
  for (const { kind, object } of subjects) {
    const { name = '', uid, resourceVersion } = object.metadata
    const stateOf = (owner: OwnerReference): OwnerState => remote.get(owner.uid) ?? stateHere(owner, context, kinds)
    const own = (): KubeObject[] => dependentsOf(context, kinds, new Set([uid ?? ''])).map((one) => one.object)
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
function stateHere(owner: OwnerReference, context: ReconcileContext, kinds: Kinds): OwnerState {
  const kind = kindOf(owner, kinds)
  if (kind === undefined || (kind.scope === 'Cluster') !== (context.namespace === '')) return 'unknown'
  const found = findHere(owner, context, kinds)
  if (found === undefined) return 'absent'
  return isWaitingForDependents(found.object) ? 'waiting' : 'solid'
}

function findHere(
  owner: OwnerReference,
  { lister }: ReconcileContext,
  kinds: Kinds,
): { resource: string; object: AnyObject } | undefined {
  const kind = kindOf(owner, kinds) as KindRef<AnyObject> | undefined
  const object = kind === undefined ? undefined : lister.get(kind, owner.name)
  if (kind === undefined || object === undefined || object.metadata.uid !== owner.uid) return undefined
  return { resource: storeResource(kind), object }
}

function kindOf({ apiVersion, kind }: OwnerReference, kinds: Kinds): KindRef | undefined {
  return kinds.byKind(parseGroupVersion(apiVersion)?.group ?? '', kind)
}

/** Owners of the cluster scope, asked for once each: uid → state. */
async function remoteStates(
  { client, namespace }: ReconcileContext,
  subjects: readonly Dependent[],
  kinds: Kinds,
): Promise<ReadonlyMap<string, OwnerState>> {
  const states = new Map<string, OwnerState>()
  if (namespace === '') return states
  for (const { object } of subjects) {
    for (const owner of object.metadata.ownerReferences ?? []) {
      const kind = kindOf(owner, kinds)
      if (kind === undefined || kind.scope !== 'Cluster' || states.has(owner.uid)) continue
      const found = await client.find(kind, { name: owner.name })
      if (found === undefined || found.metadata.uid !== owner.uid) states.set(owner.uid, 'absent')
      else states.set(owner.uid, isWaitingForDependents(found) ? 'waiting' : 'solid')
    }
  }
  return states
}

function patchOf(kind: KindRef, { metadata }: KubeObject, change: Partial<KubeObject['metadata']>): Operation {
  const { name = '', uid, resourceVersion } = metadata
  return { verb: 'patch', kind, name, type: 'merge', patch: { metadata: { uid, resourceVersion, ...change } } }
}

function withoutFinalizer(kind: KindRef, object: KubeObject, finalizer: string): Operation {
  const finalizers = (object.metadata.finalizers ?? []).filter((one) => one !== finalizer)
  return patchOf(kind, object, { finalizers })
}

async function write({ client, namespace }: ReconcileContext, operations: readonly Operation[]): Promise<void> {
  for (let start = 0; start < operations.length; start += MAX_BATCH) {
    for (const { error } of await client.batch(namespace, operations.slice(start, start + MAX_BATCH))) {
      if (error !== undefined && error.reason !== 'NotFound') throw statusErrorFrom(error)
    }
  }
}
