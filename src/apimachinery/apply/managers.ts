/**
 * Who owns which fields: metadata.managedFields as it is computed with, one entry for each manager, operation, version
 * and subresource. Entries that nothing changes keep the very object they were read from. Follows k8s.io/apimachinery
 * pkg/util/managedfields/internal/{managedfields,capmanagers}.go.
 */
import { ascending } from '../../lib/order.ts'
import type { ManagedFieldsEntry } from '../meta.ts'
import { equalJson, isJsonObject } from '../patch/json-value.ts'
import { inSeconds } from '../schema/times.ts'
import { isEmptySet, markSorted, readFieldSet, sortSet, unionOfAll, type FieldSet } from './field-set.ts'
import { ValueError } from './typed-errors.ts'

export type ManagerOperation = 'Apply' | 'Update'

/** Who a manager is: an applier is one and the same in every version, an updater is another in each. */
export interface ManagerName {
  readonly manager: string
  readonly operation: ManagerOperation
  readonly apiVersion: string
  readonly subresource: string
}

export interface Manager extends ManagerName {
  readonly fields: FieldSet
  readonly time: string | undefined
  /** What it was read from, as long as nothing about it has changed. */
  readonly entry?: ManagedFieldsEntry
}

/** By {@link managerId}. */
export type Managers = Map<string, Manager>

/**
 * Go's JSON of the entry without fields and time: managers are sorted by this text where nothing else tells them apart.
 */
export function managerId({ manager, operation, apiVersion, subresource }: ManagerName): string {
  const version = operation === 'Apply' ? '' : apiVersion
  const name = manager === '' ? '' : `"manager":${JSON.stringify(manager)},`
  const inVersion = version === '' ? '' : `,"apiVersion":${JSON.stringify(version)}`
  const ofPart = subresource === '' ? '' : `,"subresource":${JSON.stringify(subresource)}`
  return `{${name}"operation":"${operation}"${inVersion}${ofPart}}`
}

function nameOf({ manager = '', operation, apiVersion = '', subresource = '' }: ManagedFieldsEntry): ManagerName {
  return { manager, operation: operation === 'Apply' ? 'Apply' : 'Update', apiVersion, subresource }
}

/** The entries that the server itself has written: in canonical form. */
export function readManagers(entries: readonly ManagedFieldsEntry[] | undefined): Managers {
  const managers: Managers = new Map()
  for (const entry of entries ?? []) {
    const { time, fieldsV1 } = entry
    const name = nameOf(entry)
    managers.set(managerId(name), { ...name, fields: markSorted((fieldsV1 ?? {}) as FieldSet), time, entry })
  }
  return managers
}

/**
 * Entries that a client has written; those that it has only sent back are the `kept` ones. @throws ValueError for what
 * cannot be used, in Go's words where there are some.
 */
export function parseManagers(
  entries: readonly ManagedFieldsEntry[],
  kept: readonly ManagedFieldsEntry[] = [],
): Managers {
  const managers: Managers = new Map()
  const keptById = new Map(kept.map((entry) => [managerId(nameOf(entry)), entry]))
  for (const [index, entry] of entries.entries()) {
    const { operation, apiVersion = '', fieldsType = '', time, fieldsV1 } = entry
    if (operation !== 'Apply' && operation !== 'Update') throw new ValueError('operation must be `Apply` or `Update`')
    if (apiVersion === '') throw new ValueError('apiVersion must not be empty')
    if (fieldsType === '') throw new ValueError(`missing fieldsType in managed fields entry ${String(index)}`)
    if (fieldsType !== 'FieldsV1') {
      throw new ValueError(`invalid fieldsType ${JSON.stringify(fieldsType)} in managed fields entry ${String(index)}`)
    }
    const name = nameOf(entry)
    const id = managerId(name)
    const known = keptById.get(id)
    const same = known !== undefined && equalJson(known, entry) ? known : undefined
    const fields = same === undefined ? readFieldSet(fieldsV1) : ((same.fieldsV1 ?? {}) as FieldSet)
    managers.set(id, { ...name, fields, time, ...(same === undefined ? {} : { entry: same }) })
  }
  return managers
}

/** `managedFields: []` and `managedFields: [{}]` ask for ownership to be forgotten. */
export function isReset(entries: readonly ManagedFieldsEntry[] | undefined): boolean {
  if (entries === undefined) return false
  const [first] = entries
  return first === undefined || (entries.length === 1 && isJsonObject(first) && Object.keys(first).length === 0)
}

/**
 * Whether JSON asks for that by an empty list, which is as good as none to whoever decodes it: upstream, too, forgets
 * it of custom resources, whose metadata goes through its type and comes out without what is empty.
 */
export function hasEmptyManagedFields(value: unknown): boolean {
  const metadata = isJsonObject(value) ? value['metadata'] : undefined
  const entries = isJsonObject(metadata) ? metadata['managedFields'] : undefined
  return Array.isArray(entries) && entries.length === 0
}

/** The entries to store, in upstream's order; undefined when nobody owns anything. */
export function printManagers(managers: Managers): ManagedFieldsEntry[] | undefined {
  if (managers.size === 0) return undefined
  return [...managers.values()].toSorted(byOperationAndTime).map(printManager)
}

function printManager(owner: Manager): ManagedFieldsEntry {
  if (owner.entry !== undefined) return owner.entry
  const { manager, operation, apiVersion, subresource, time, fields } = owner
  return {
    ...(manager === '' ? {} : { manager }),
    operation,
    apiVersion,
    ...(time === undefined ? {} : { time: inSeconds(time) ?? time }),
    fieldsType: 'FieldsV1',
    fieldsV1: sortSet(fields),
    ...(subresource === '' ? {} : { subresource }),
  }
}

function byOperationAndTime(left: Manager, right: Manager): number {
  return ascending(left.operation, right.operation) || ascending(left.time ?? '', right.time ?? '') ||
    ascending(left.manager, right.manager) || ascending(left.apiVersion, right.apiVersion) ||
    ascending(left.subresource, right.subresource)
}

/** Updaters of one object that are kept apart; the oldest beyond that become one, by version. */
export const MAX_UPDATE_MANAGERS = 10
const OLD_UPDATES_MANAGER = 'ancient-changes'

/** Joins the oldest updaters of a version until there are few enough. Changes `managers`. */
export function capUpdateManagers(managers: Managers): void {
  let updaters = 0
  for (const { operation } of managers.values()) if (operation === 'Update') updaters++
  if (updaters <= MAX_UPDATE_MANAGERS) return
  const oldestFirst = [...managers].filter(([, { operation }]) => operation === 'Update').toSorted(
    ([leftId, left], [rightId, right]) =>
      ascending(left.time ?? '', right.time ?? '') || ascending(leftId, rightId))
  const firstOfVersion = new Map<string, string>()
  const joined = new Map<string, FieldSet[]>()
  for (const [id, { apiVersion, fields, time }] of oldestFirst) {
    if (updaters <= MAX_UPDATE_MANAGERS) break
    const firstId = firstOfVersion.get(apiVersion)
    if (firstId === undefined) {
      firstOfVersion.set(apiVersion, id)
      continue
    }
    const name: ManagerName = { manager: OLD_UPDATES_MANAGER, operation: 'Update', apiVersion, subresource: '' }
    const bucketId = managerId(name)
    const known = managers.get(bucketId) ?? managers.get(firstId)
    if (!managers.has(bucketId)) {
      managers.delete(firstId)
      joined.delete(bucketId)
    }
    joined.set(bucketId, joined.get(bucketId) ?? (known === undefined ? [] : [known.fields]))
    joined.get(bucketId)?.push(fields)
    managers.set(bucketId, { ...name, fields: {}, time })
    managers.delete(id)
    updaters--
  }
  for (const [id, sets] of joined) {
    const bucket = managers.get(id)
    if (bucket !== undefined) managers.set(id, { ...bucket, fields: unionOfAll(sets) })
  }
}

/** `managers` with other fields for one of them; with none it goes. Changes `managers`. */
export function setFields(managers: Managers, id: string, manager: Manager, fields: FieldSet): void {
  if (isEmptySet(fields)) managers.delete(id)
  else if (fields !== manager.fields) {
    const { entry: _entry, ...name } = manager
    managers.set(id, { ...name, fields })
  }
}
