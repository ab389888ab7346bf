/**
 * The garbage collector of one store: deletes what has no owner left, in the background or before its owner
 * (foreground), and lets go of what is to be orphaned (kubernetes pkg/controller/garbagecollector).
 *
 * There is no graph in memory: the store finds dependents by the uid of their owner. Keys are `object RESOURCE/NAME`
 * for an object to look at and `uid UID` for all dependents of an owner that is gone. The client asks for owners of the
 * cluster scope.
 */
import { namespace as namespaceKind } from '../../apis/core/namespace/namespace.ts'
import type { KubeObject } from '../../apimachinery/meta.ts'
import type { Controller, ReconcileContext, ReconcileResult } from '../../reconcile/define-controller.ts'
import { again, defineController, done } from '../../reconcile/define-controller.ts'
import { parseWithoutManagedFields } from '../../registry/object-text.ts'
import type { Change } from '../../store/object-store.ts'
import { OWNER_UIDS_FIELD } from '../../store/object-store.ts'
import type { DependentNamespaces } from './dependent-namespaces.ts'
import { NO_NAMESPACES, tendAll } from './dependent-namespaces.ts'
import type { Dependent } from './dependents.ts'
import {
  dependentsOf,
  findHere,
  objectAt,
  orphan,
  stateHere,
  treat,
  withoutFinalizer,
  write,
} from './dependents.ts'
import { FOREGROUND_FINALIZER, ORPHAN_FINALIZER, isBlockedBy, isOrphaning, isWaitingForDependents } from './plan.ts'

/** These never own anything and come and go all the time. */
const NEVER_OWNERS: ReadonlySet<string> = new Set(['events', 'events.events.k8s.io', 'leases.coordination.k8s.io'])

/** How soon namespaces are asked again for dependents that an owner in the cluster scope waits for. */
const NAMESPACES_WAIT_MS = 1_000

const PAGE = 500

/** `namespaces`: for the collector of the cluster scope, whose objects may own things in namespaces. */
export function garbageCollector(
  scope: Controller['scope'],
  namespaces: DependentNamespaces = NO_NAMESPACES,
): Controller {
  return defineController({
    name: 'garbage-collector',
    scope,
    for: namespaceKind,
    ignoresFor: true,
    all: { concerns, keysOf: (changes, context) => keysOf(changes, context, namespaces) },
    allKeys: ({ reader }) => [...suspects(reader), ...lostOwners(reader, namespaces)],
    resyncSeconds: 600,
    async reconcile(context, key) {
      const [what = '', name = ''] = key.split(' ')
      if (what !== 'uid') return lookAt(context, name, namespaces)
      await treat(context, dependentsOf(context, new Set([name])))
      await tendAll(namespaces, name, 'background')
      namespaces.forget(name)
      return done
    },
  })
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

function keysOf(
  changes: readonly Change[],
  context: ReconcileContext,
  namespaces: DependentNamespaces,
): string[] {
  const keys = new Set<string>()
  const gone = new Set<string>()
  for (const change of changes) {
    const object: KubeObject = parseWithoutManagedFields(change.text)
    if (change.type !== 'DELETED') {
      if (isSuspect(object, context)) keys.add(`object ${change.resource}/${change.name}`)
      continue
    }
    const { uid = '' } = object.metadata
    if (uid !== '') gone.add(uid)
    if (namespaces.of(uid).length > 0) keys.add(`uid ${uid}`)
    // One dependent less: an owner that waits for its dependents may be free to go.
    for (const owner of object.metadata.ownerReferences ?? []) {
      const found = findHere(owner, context)
      if (found !== undefined && isWaitingForDependents(found.object))
        keys.add(`object ${found.resource}/${owner.name}`)
    }
  }
  if (gone.size > 0) {
    // One search for all that went: of thousands of deletions few have dependents.
    for (const { object } of dependentsOf(context, gone)) {
      for (const { uid } of object.metadata.ownerReferences ?? []) if (gone.has(uid)) keys.add(`uid ${uid}`)
    }
  }
  return [...keys]
}

/** Whether anything may have to be done; what has only sound owners here is dismissed without a run. */
function isSuspect(object: KubeObject, context: ReconcileContext): boolean {
  if (isWaitingForDependents(object) || isOrphaning(object)) return true
  return (object.metadata.ownerReferences ?? []).some((owner) => stateHere(owner, context) !== 'solid')
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

/** Owners that namespaces are registered with and that are gone, or never were: told by no change any more. */
function lostOwners(reader: ReconcileContext['reader'], namespaces: DependentNamespaces): string[] {
  const lost = new Set(namespaces.uids())
  for (const resource of lost.size === 0 ? [] : reader.resources()) {
    for (const { text } of reader.list({ resource, limit: Number.MAX_SAFE_INTEGER }).objects) {
      lost.delete((JSON.parse(text) as KubeObject).metadata.uid ?? '')
    }
  }
  return [...lost].map((uid) => `uid ${uid}`)
}

async function lookAt(
  context: ReconcileContext,
  key: string,
  namespaces: DependentNamespaces,
): Promise<ReconcileResult> {
  const slash = key.indexOf('/')
  const found = objectAt(context, key.slice(0, slash), key.slice(slash + 1))
  if (found === undefined) return done
  const { kind, object } = found
  const { uid = '' } = object.metadata
  let isHeldElsewhere = false
  if (isOrphaning(object)) {
    // Out of its dependents first, and only then it is let go.
    await tendAll(namespaces, uid, 'orphan')
    await orphan(context, uid)
    await write(context, [withoutFinalizer(kind, object, ORPHAN_FINALIZER)])
  } else if (isWaitingForDependents(object)) {
    isHeldElsewhere = await tendAll(namespaces, uid, 'foreground')
    await clear(context, { kind, object }, isHeldElsewhere)
  }
  await treat(context, [{ kind, object }])
  return isHeldElsewhere ? again(NAMESPACES_WAIT_MS) : done
}

/** Deletes what an object in foreground deletion waits for; the object is free when nothing blocks it. */
async function clear(
  context: ReconcileContext,
  { kind, object }: Dependent,
  isHeldElsewhere: boolean,
): Promise<void> {
  const { uid = '' } = object.metadata
  const dependents = dependentsOf(context, new Set([uid]))
  const isBlocked = isBlockedBy(
    uid,
    dependents.map((one) => one.object),
  )
  if (isBlocked) await treat(context, dependents)
  else if (!isHeldElsewhere) await write(context, [withoutFinalizer(kind, object, FOREGROUND_FINALIZER)])
}
