/**
 * Which keys a change wakes: the object itself, its controller owner, and whatever a controller watches besides. Wakes
 * are hints about what to look at; a wake too many costs a read, one too few is found by the resync.
 *
 * It must not know: what any controller does with a key.
 */
import { storeResource } from '../apis/define-kind.ts'
import { CONTROLLER_FIELD } from '../registry/object-text.ts'
import type { Change } from '../store/object-store.ts'
import type { Controller, ReconcileContext } from './define-controller.ts'

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
  contextOf: (controller: Controller) => ReconcileContext,
): Promise<Wake[]> {
  const wakes: Wake[] = []
  for (const controller of controllers) {
    const owned = new Set(controller.owns.map(storeResource))
    for (const change of changes) {
      const { revision } = change
      const wake = (key: string): unknown => wakes.push({ controller, key, revision })
      if (isOwn(controller, change)) wake(change.name)
      if (owned.has(change.resource)) {
        for (const owner of controlledBy(controller, change)) wake(owner)
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

/** The names of the objects of the controller's kind that control the changed object, or did until now. */
function controlledBy({ for: { kind, group } }: Controller, { selectable, previousSelectable }: Change): string[] {
  const prefix = `${kind}.${group}/`
  const named = new Set([selectable.fields[CONTROLLER_FIELD], previousSelectable?.fields[CONTROLLER_FIELD]])
  return [...named].flatMap((field) => (field?.startsWith(prefix) === true ? [field.slice(prefix.length)] : []))
}
