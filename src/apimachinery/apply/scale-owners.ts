/**
 * Owners of an object's replicas as owners of its Scale's, and back: the scale subresource is another kind, whose field
 * manager knows nothing of the parent. Follows k8s.io/apimachinery pkg/util/managedfields/scalehandler.go.
 * An updater of the parent is another one to the Scale, as it is one of another version: it becomes two entries, one of
 * the replicas alone; appliers are the same in every version.
 */
import type { ManagedFieldsEntry } from '../meta.ts'
import { difference, hasPath, isEmptySet, setOf } from './field-set.ts'
import { managerId, printManagers, readManagers, type Manager, type Managers } from './managers.ts'
import type { PathElement } from './elements/path-element.ts'

export const SCALE_API_VERSION = 'autoscaling/v1'
const REPLICAS_IN_SCALE: readonly PathElement[] = ['f:spec', 'f:replicas']

/** Where each version of the parent has its replicas. */
export type ReplicasPaths = ReadonlyMap<string, readonly PathElement[]>

type Entries = readonly ManagedFieldsEntry[] | undefined

export function scaleOwners(parentEntries: Entries, paths: ReplicasPaths): ManagedFieldsEntry[] | undefined {
  const owners: Managers = new Map()
  for (const manager of readManagers(parentEntries).values()) {
    const path = paths.get(manager.apiVersion)
    if (path === undefined || !hasPath(manager.fields, path)) continue
    const { entry: _entry, ...name } = manager
    const owner = { ...name, apiVersion: SCALE_API_VERSION, fields: setOf(REPLICAS_IN_SCALE) }
    owners.set(managerId(owner), owner)
  }
  return printManagers(owners)
}

/** The parent's entries after a write of its Scale in `apiVersion`. */
export function parentOwners(
  parentEntries: Entries,
  scaleEntries: Entries,
  paths: ReplicasPaths,
  apiVersion: string,
): ManagedFieldsEntry[] | undefined {
  const left = readManagers(scaleEntries)
  const owners: Managers = new Map()
  for (const [id, manager] of readManagers(parentEntries)) {
    const path = paths.get(manager.apiVersion)
    if (path === undefined) continue
    const isOwner = hasPath(manager.fields, path)
    if (!isOwner || left.delete(id)) owners.set(id, manager)
    else addRest(owners, id, manager, path)
  }
  const path = paths.get(apiVersion)
  for (const [id, manager] of left) {
    if (path === undefined || !hasPath(manager.fields, REPLICAS_IN_SCALE)) continue
    const { entry: _entry, ...name } = manager
    // As upstream has it: when the replicas were scaled is not said.
    owners.set(id, { ...name, apiVersion, fields: setOf(path), time: undefined })
  }
  return printManagers(owners)
}

function addRest(owners: Managers, id: string, manager: Manager, path: readonly PathElement[]): void {
  const fields = difference(manager.fields, setOf(path))
  const { entry: _entry, ...name } = manager
  if (!isEmptySet(fields)) owners.set(id, { ...name, fields })
}
