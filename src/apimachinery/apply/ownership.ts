/**
 * The field manager of one endpoint: keeps metadata.managedFields through ordinary writes, and carries out applies.
 * Whoever calls gives the object as it is stored (or the empty object of its kind) and as it is to be, both of one
 * version. Follows the managers of k8s.io/apimachinery pkg/util/managedfields/internal, outermost first: fieldmanager,
 * skipnonapplied, capmanagers, managedfieldsupdater, stripmeta, structuredmerge.
 */
import { keepWrittenFloats } from '../../lib/written-floats.ts'
import { hasFraction, keepEmpties, withDropped } from '../schema/given-empty.ts'
import { cloneJson, equalJson, type JsonObject } from '../patch/json-value.ts'
import { formatTime, type AnyObject, type ManagedFieldsEntry, type ObjectMeta } from '../meta.ts'
import { difference, isEmptySet, isSameSet, markSorted, setOf, union, type FieldSet } from './field-set.ts'
import { DEDUCED, type MergeNode } from './merge-schema.ts'
import {
  capUpdateManagers, isReset, managerId, parseManagers, printManagers, readManagers,
  type ManagerName, type ManagerOperation, type Managers,
} from './managers.ts'
import { AppliedFields } from './applied-fields.ts'
import { NewFields } from './new-fields.ts'
import { reconcileFields } from './reconcile.ts'
import { TypedError, ValueError } from './typed-errors.ts'
import { checkTyped } from './typed-validation.ts'
import { applyTyped, ownershipOfUpdate, type Converter, type ResetFields, type Versioned } from './updater.ts'

/** What the server fills in, and nobody owns. */
const UNOWNED = setOf(
  ['f:apiVersion'], ['f:kind'], ['f:metadata'],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'clusterName', 'generation', 'managedFields',
    'resourceVersion'].map((field) => ['f:metadata', `f:${field}`]),
)
/** The same as far as it need not even be compared. */
const UNCOMPARED = difference(UNOWNED, setOf(['f:metadata']))

const UNKNOWN_MANAGER = 'unknown'
const BEFORE_FIRST_APPLY = 'before-first-apply'

/** One endpoint of one version of a kind. */
export interface ManagedEndpoint {
  readonly apiVersion: string
  /** undefined: the kind has no schema, and merges as plain JSON. */
  readonly node: MergeNode | undefined
  /** '' for the object itself. */
  readonly subresource: string
  readonly reset: ResetFields
  /** Upstream has no way back from what an apply makes to the object: one that changes anything fails. */
  readonly isOneWay?: boolean
  /** An object with nothing set. */
  readonly empty: AnyObject
  /** Whether the schema of the kind may be another one than when fields were recorded. */
  readonly mayHaveChanged: boolean
  readonly convert: Converter
  /** How objects merge in another version, in which somebody owns fields; undefined: there is no such version. */
  nodeIn?(apiVersion: string): MergeNode | undefined
  /** An object with what it keeps raw as what that says, for whoever merges it; absent: it keeps nothing so. */
  readonly plain?: (object: AnyObject) => AnyObject
  /** What an object reads as once it was stored, where that is in another version, which may fill in what this lacks. */
  readonly asStored?: (object: AnyObject) => AnyObject
  /** The object with its times as they are printed. */
  readonly inSeconds?: (object: AnyObject) => AnyObject
}

export interface FieldWriter {
  readonly manager: string
  readonly nowMs: number
}

function nodeOf({ node }: ManagedEndpoint): MergeNode {
  return node ?? DEDUCED
}

function versioned(endpoint: ManagedEndpoint, value: unknown): Versioned {
  return { apiVersion: endpoint.apiVersion, node: nodeOf(endpoint), value }
}

function comparing({ reset }: ManagedEndpoint): ResetFields {
  if (reset.excluded === undefined) return UNRESET
  let known = compared.get(reset)
  if (known === undefined) compared.set(reset, (known = { ...reset, excluded: union(UNCOMPARED, reset.excluded) }))
  return known
}

const UNRESET: ResetFields = { excluded: UNCOMPARED }
const compared = new WeakMap<ResetFields, ResetFields>()

/**
 * Sets the managed fields of `next`, which an ordinary write makes of `live` (undefined: of nothing). What cannot be
 * recorded is not: then nobody owns anything.
 */
export function trackUpdate(
  endpoint: ManagedEndpoint,
  live: AnyObject | undefined,
  next: AnyObject,
  writer: FieldWriter,
): void {
  const written = next.metadata.managedFields
  delete next.metadata.managedFields
  try {
    const managers = ownersBefore(endpoint, live?.metadata.managedFields, written)
    // Whose objects were never recorded, or are to be forgotten, stays unknown until somebody applies.
    if (managers.size === 0 && live !== undefined) return
    if (endpoint.mayHaveChanged) for (const object of [next, live ?? {}]) checkTyped(nodeOf(endpoint), object, true)
    const record = (): void => {
      const shown = endpoint.asStored?.(next) ?? printed(endpoint, next)
      recordUpdate(endpoint, live ?? endpoint.empty, shown, managers, writer)
    }
    withDropped(next, record)
    const entries = printManagers(managers)
    if (entries !== undefined) next.metadata.managedFields = sameIfUnchanged(live?.metadata.managedFields, entries)
  } catch (error) {
    // What is of another type than its schema says: the object's own validation may have more to say about it.
    if (!(error instanceof ValueError || error instanceof TypedError)) throw error
  }
}

/** Who owns what goes by what is printed. */
function printed({ inSeconds }: ManagedEndpoint, next: AnyObject): AnyObject {
  if (inSeconds === undefined || !hasFraction(next)) return next
  const object = inSeconds(next)
  keepEmpties(object, next)
  return object
}

/** Why an object does not fit its schema, which validation need not mind; undefined: it fits. */
export function typeFaultOf(endpoint: ManagedEndpoint, object: AnyObject): string | undefined {
  try {
    checkTyped(nodeOf(endpoint), object, true)
  } catch (error) {
    if (error instanceof TypedError) return error.message
    throw error
  }
  return undefined
}

/** The very list that was there when its entries are: then a glance tells that nothing has changed. */
function sameIfUnchanged(kept: ManagedFieldsEntry[] = [], entries: ManagedFieldsEntry[]): ManagedFieldsEntry[] {
  return kept.length === entries.length && kept.every((entry, at) => entry === entries[at]) ? kept : entries
}

/** Whom a write finds as owners: those it names itself, if it does, else those that were there. */
function ownersBefore(
  endpoint: ManagedEndpoint,
  kept: readonly ManagedFieldsEntry[] | undefined,
  written: readonly ManagedFieldsEntry[] | undefined,
): Managers {
  const isOwn = endpoint.subresource === '' && written !== undefined
  if (!isOwn || (written.length > 0 && equalJson(written, kept))) return readManagers(kept)
  if (isReset(written)) return new Map()
  try {
    const managers = parseManagers(written, kept)
    reconcile(endpoint, managers, endpoint.mayHaveChanged)
    return managers.size === 0 ? readManagers(kept) : managers
  } catch (error) {
    if (!(error instanceof ValueError)) throw error
    return readManagers(kept)
  }
}

function recordUpdate(
  endpoint: ManagedEndpoint,
  live: AnyObject,
  next: AnyObject,
  managers: Managers,
  { manager, nowMs }: FieldWriter,
): void {
  if (endpoint.mayHaveChanged) reconcile(endpoint, managers)
  const name = nameOf(endpoint, manager, 'Update')
  const id = managerId(name)
  const find = (): FieldSet => {
    const change = {
      live: versioned(endpoint, live),
      next: versioned(endpoint, next),
      convert: endpoint.convert,
      reset: comparing(endpoint),
    }
    return difference(ownershipOfUpdate(change, managers, id), UNOWNED)
  }
  const isNew = live === endpoint.empty && managers.size === 0
  const fields = isNew ? newFieldsOf(endpoint).of(next, find) : find()
  if (!isEmptySet(fields)) {
    const previous = managers.get(id)?.fields
    const owned = previous === undefined ? fields : union(previous, fields)
    managers.set(id, { ...name, fields: owned, time: formatTime(nowMs) })
  }
  capUpdateManagers(managers)
}

const newFields = new WeakMap<ManagedEndpoint, NewFields>()

function newFieldsOf(endpoint: ManagedEndpoint): NewFields {
  const known = newFields.get(endpoint)
  if (known !== undefined) return known
  const made = new NewFields(nodeOf(endpoint), endpoint.empty, comparing(endpoint).excluded ?? {})
  newFields.set(endpoint, made)
  return made
}

function nameOf(
  { apiVersion, subresource }: ManagedEndpoint,
  manager: string,
  operation: ManagerOperation,
): ManagerName {
  return { manager: manager === '' ? UNKNOWN_MANAGER : manager, operation, apiVersion, subresource }
}

/** `isAnew`: also those entries that are as they were stored. */
function reconcile(endpoint: ManagedEndpoint, managers: Managers, isAnew = true): void {
  for (const [id, manager] of managers) {
    if (!isAnew && manager.entry !== undefined) continue
    const { apiVersion } = manager
    const node = apiVersion === endpoint.apiVersion ? nodeOf(endpoint) : endpoint.nodeIn?.(apiVersion)
    if (node === undefined) continue
    const fields: FieldSet = reconcileFields(node, manager.fields)
    if (fields === manager.fields) continue
    const { entry: _entry, ...rest } = manager
    managers.set(id, { ...rest, fields })
  }
}

/** A configuration that is known to fit its schema, and what it says: {@link fieldsOfApplied}. */
export interface Applied {
  readonly object: AnyObject
  readonly fields: FieldSet
}

const appliedFields = new WeakMap<ManagedEndpoint, AppliedFields>()

/** The fields that `configuration` says. @throws TypedError for one that does not fit the schema. */
export function fieldsOfApplied(endpoint: ManagedEndpoint, configuration: JsonObject): FieldSet {
  let known = appliedFields.get(endpoint)
  if (known === undefined) appliedFields.set(endpoint, (known = new AppliedFields(nodeOf(endpoint), endpoint.reset)))
  return known.of(configuration)
}

/** What its applier owns of a configuration's fields. Remembered for the set itself: it comes again and again. */
function ownedOf(fields: FieldSet): FieldSet {
  let owned = owneds.get(fields)
  if (owned === undefined) owneds.set(fields, (owned = markSorted(difference(fields, UNOWNED))))
  return owned
}

const owneds = new WeakMap<FieldSet, FieldSet>()

export interface ApplyResult {
  /** The merged object, neither decoded nor defaulted; undefined when the apply changes nothing but ownership. */
  readonly object: AnyObject | undefined
  readonly managedFields: ManagedFieldsEntry[] | undefined
}

/**
 * Applies a configuration to `live` (undefined: there is none).
 * @throws ConflictError unless forced
 */
export function applyFields(
  endpoint: ManagedEndpoint,
  live: AnyObject | undefined,
  applied: Applied,
  { manager, nowMs, isForced }: FieldWriter & { readonly isForced: boolean },
): ApplyResult {
  const current = live ?? endpoint.empty
  const managers = readManagers(current.metadata.managedFields)
  // Objects that nobody has been recorded for belong to whoever it was.
  if (managers.size === 0) {
    recordUpdate(endpoint, endpoint.empty, current, managers, { manager: BEFORE_FIRST_APPLY, nowMs })
  }
  if (endpoint.mayHaveChanged) reconcile(endpoint, managers)
  const applier = nameOf(endpoint, manager, 'Apply')
  const applierId = managerId(applier)
  const before = managers.get(applierId)
  const unmanaged = withoutManagedFields(current)
  const value = applyTyped({
    live: versioned(endpoint, unmanaged),
    applied: applied.object,
    fields: applied.fields,
    applier,
    applierId,
    convert: endpoint.convert,
    reset: endpoint.reset,
    isForced,
  }, managers)
  // What merging leaves as it is is the very object; what was taken away may have been empty.
  const isChanged = !equalJson(unmanaged, value)
  const mine = managers.get(applierId)
  if (mine !== undefined) {
    const owned = ownedOf(mine.fields)
    // The very set that was read, where it is the same: it is printed already.
    const fields = before !== undefined && isSameSet(before.fields, owned) ? before.fields : owned
    if (isEmptySet(fields)) managers.delete(applierId)
    else if (!isChanged && before?.apiVersion === mine.apiVersion && before.fields === fields) {
      managers.set(applierId, before)
    } else managers.set(applierId, { ...mine, fields, time: isChanged ? formatTime(nowMs) : mine.time })
  }
  const entries = printManagers(managers)
  return {
    object: isChanged ? (value as AnyObject) : undefined,
    managedFields: entries === undefined ? undefined : sameIfUnchanged(current.metadata.managedFields, entries),
  }
}

/** A copy that may be changed. Entries of managed fields are never changed, and need no copies. */
export function cloneObject(object: AnyObject): AnyObject {
  const { managedFields, ...metadata } = object.metadata
  const copy = cloneJson({ ...object, metadata })
  if (managedFields !== undefined) Object.assign(copy.metadata, { managedFields })
  keepShared(copy, object)
  keepEmpties(copy, object)
  keepWrittenFloats(copy, object)
  return copy
}

/** Labels that an object has in common with its template (a Job's) are one map in the copy, too. */
function keepShared(copy: AnyObject, { metadata: { labels }, spec }: AnyObject): void {
  if (labels === undefined || labels !== templateOf(spec)?.labels) return
  const shared = templateOf(copy['spec'])?.labels
  if (shared !== undefined) copy.metadata.labels = shared
}

function templateOf(spec: unknown): ObjectMeta | undefined {
  return (spec as { template?: { metadata?: ObjectMeta } } | null | undefined)?.template?.metadata
}

export function withoutManagedFields(object: AnyObject): AnyObject {
  if (object.metadata.managedFields === undefined) return object
  const { managedFields: _managedFields, ...metadata } = object.metadata
  return { ...object, metadata }
}
