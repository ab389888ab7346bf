/**
 * Which keys a change wakes: the object itself, its controller owner, and whatever a controller watches besides. Wakes
 * are hints about what to look at; a wake too many costs a read, one too few is found by the resync.
 *
 * It must not know: what any controller does with a key.
 */
import { storeResource } from '../apis/define-kind.ts'
import type { KubeObject, OwnerReference } from '../apimachinery/meta.ts'
import { controllerOf, parseGroupVersion } from '../apimachinery/meta.ts'
import type { Change, StoreReader } from '../store/object-store.ts'
import { StoreError } from '../store/store-error.ts'
import type { Controller, ReconcileContext } from './define-controller.ts'

/** The pseudo field of Selectable under which the registry keeps the owners' uids. */
const OWNER_UIDS_FIELD = 'metadata.ownerUids'

export interface Wake {
  readonly controller: Controller
  readonly key: string
  readonly revision: number
}

/** The store's names of the resources that can wake one of `controllers`; undefined: any can. */
export function wakingResources(controllers: readonly Controller[]): readonly string[] | undefined {
  if (controllers.some((controller) => controller.all !== undefined)) return undefined
  const resources = new Set<string>()
  for (const controller of controllers) {
    if (controller.ignoresFor !== true) resources.add(storeResource(controller.for))
    for (const kind of controller.owns) resources.add(storeResource(kind))
    for (const { kind } of controller.watches) resources.add(storeResource(kind))
  }
  return [...resources].sort()
}

/** Whether `change` could wake any of `controllers`: cheap, for whoever sets the alarm. */
export function concernsAny(controllers: readonly Controller[], change: Change): boolean {
  return controllers.some(
    (controller) =>
      isOwn(controller, change) ||
      controller.owns.some((kind) => storeResource(kind) === change.resource) ||
      controller.watches.some(({ kind }) => storeResource(kind) === change.resource) ||
      (controller.all?.concerns(change) ?? false),
  )
}

/** A change of an object whose name is a key of the controller; with `startKeys` there are no other keys. */
function isOwn({ ignoresFor, for: kind, startKeys }: Controller, { resource, name }: Change): boolean {
  return ignoresFor !== true && storeResource(kind) === resource && (startKeys?.includes(name) ?? true)
}

/** The wakes of a batch of changes, in the order of the changes for each controller. */
export async function wakesOf(
  changes: readonly Change[],
  controllers: readonly Controller[],
  reader: StoreReader,
  contextOf: (controller: Controller) => ReconcileContext,
): Promise<Wake[]> {
  const wakes: Wake[] = []
  const owners = new Map<Change, readonly OwnerReference[]>()
  const ownersOf = (change: Change): readonly OwnerReference[] => {
    const known = owners.get(change) ?? controllerOwners(change, reader)
    owners.set(change, known)
    return known
  }
  for (const controller of controllers) {
    const owned = new Set(controller.owns.map(storeResource))
    for (const change of changes) {
      const { revision } = change
      const wake = (key: string): unknown => wakes.push({ controller, key, revision })
      if (isOwn(controller, change)) wake(change.name)
      if (owned.has(change.resource)) {
        for (const owner of ownersOf(change)) if (isOf(owner, controller)) wake(owner.name)
      }
      for (const { kind, keysOf } of controller.watches) {
        if (storeResource(kind) !== change.resource) continue
        for (const key of await keysOf(change, contextOf(controller))) wake(key)
      }
    }
    wakes.push(...wakesOfAll(changes, controller, contextOf))
  }
  return wakes
}

function wakesOfAll(
  changes: readonly Change[],
  controller: Controller,
  contextOf: (controller: Controller) => ReconcileContext,
): Wake[] {
  const { all } = controller
  const concerned = all === undefined ? [] : changes.filter((change) => all.concerns(change))
  const oldest = concerned[0]
  if (all === undefined || oldest === undefined) return []
  return all.keysOf(concerned, contextOf(controller)).map((key) => ({ controller, key, revision: oldest.revision }))
}

function isOf(owner: OwnerReference, controller: Controller): boolean {
  return owner.kind === controller.for.kind && parseGroupVersion(owner.apiVersion)?.group === controller.for.group
}

/** The controller that a changed object has, and the one it had where that was taken away. */
function controllerOwners(change: Change, reader: StoreReader): readonly OwnerReference[] {
  const now = change.selectable.fields[OWNER_UIDS_FIELD]
  const before = change.previousSelectable?.fields[OWNER_UIDS_FIELD]
  const found: OwnerReference[] = []
  const add = (text: string): void => {
    const owner = controllerOf(JSON.parse(text) as KubeObject)
    if (owner !== undefined) found.push(owner)
  }
  if (now !== undefined) add(change.text)
  if (before !== undefined && before !== now) {
    const previous = textBefore(change, reader)
    if (previous !== undefined) add(previous)
  }
  return found
}

/** Undefined when that is compacted already: the resync finds what is missed then. */
function textBefore({ resource, name, revision }: Change, reader: StoreReader): string | undefined {
  try {
    return reader.getAsOf({ resource, name }, revision - 1)?.text
  } catch (error) {
    if (error instanceof StoreError && error.code === 'compacted') return undefined
    throw error
  }
}
