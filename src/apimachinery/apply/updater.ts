/**
 * What becomes of ownership: after an ordinary write whoever changed a field owns it, alone; an apply owns what its
 * configuration says, and what it said before and says no more goes when nobody else owns it. Follows
 * structured-merge-diff's merge/update.go; versions are converted through a port.
 */
import { compareObjects, type Comparison } from './compare.ts'
import { ConflictError, conflictsOf } from './conflict.ts'
import {
  difference, hasChildren, intersection, isEmptySet, isMember, isSubset, union, unionOfAll,
  type FieldSet,
} from './field-set.ts'
import { fieldsOf } from './fields-of.ts'
import { setFields, type Manager, type Managers } from './managers.ts'
import { mergeTyped } from './merge.ts'
import { resolveNode, type MergeNode } from './merge-schema.ts'
import { removeFields } from './remove.ts'
import { TypedError, VersionError } from './typed-errors.ts'

/** An object in one version of its kind. */
export interface Versioned {
  readonly apiVersion: string
  readonly node: MergeNode
  readonly value: unknown
}

/** Gives an object in another version; undefined when that version is served no more. @throws TypedError */
export type Converter = (object: Versioned, apiVersion: string) => Versioned | undefined

/** The same, saying what was wanted where it fails. @throws VersionError */
function saying(convert: Converter, why: (apiVersion: string) => string): Converter {
  return (object, apiVersion) => {
    try {
      return convert(object, apiVersion)
    } catch (error) {
      if (!(error instanceof TypedError)) throw error
      throw new VersionError(why(apiVersion) + error.message)
    }
  }
}

/** As it stands in every version in which somebody owns a part of it. @throws VersionError */
function inVersionsOf(managers: Managers, live: Versioned, convert: Converter): Converter {
  const known = new Map<string, Versioned | undefined>()
  const convertLive = saying(convert, () => '')
  for (const { apiVersion } of managers.values()) {
    if (!known.has(apiVersion)) known.set(apiVersion, convertLive(live, apiVersion))
  }
  return (object, apiVersion) =>
    object === live && known.has(apiVersion) ? known.get(apiVersion) : convert(object, apiVersion)
}

/** Which fields an endpoint leaves alone, whatever a write says. */
export interface ResetFields {
  readonly excluded?: FieldSet
  /** Whether that holds as well for what managers of another version own there; absent: it does. */
  readonly isLeftIn?: (apiVersion: string) => boolean
}

const NONE: FieldSet = {}

function compareVersioned(live: Versioned, next: Versioned, { excluded }: ResetFields): Comparison {
  return compareObjects(live.node, live.value, next.value, excluded)
}

interface Difference {
  /** What has another value, or one at all. */
  readonly changed: FieldSet
  readonly removed: FieldSet
}

function differenceOf({ removed, modified, added }: Comparison): Difference {
  return { removed, changed: union(modified, added) }
}

/** Whoever an apply is by keeps all; whoever else writes keeps what has changed. */
interface Taker {
  readonly selfId?: string
  readonly writerId?: string
  readonly isForced: boolean
}

export interface OwnershipChange {
  readonly live: Versioned
  readonly next: Versioned
  readonly convert: Converter
  /** The same of `next`, with what is said where it fails. */
  readonly convertNext?: Converter
  readonly reset: ResetFields
}

/**
 * Takes what has changed from all managers but `selfId`; managers of versions that are served no more go. Changes
 * `managers`. Returns what has changed, in the version of the write. @throws ConflictError unless forced.
 */
function takeChanged(
  change: OwnershipChange,
  managers: Managers,
  { selfId, writerId, isForced }: Taker,
): FieldSet {
  const { live, next, convert, convertNext = saying(convert, () => 'failed to convert new object: '), reset } = change
  const own = differenceOf(compareVersioned(live, next, reset))
  const known = new Map<string, Difference | undefined>([[live.apiVersion, own]])
  const differenceIn = (apiVersion: string): Difference | undefined => {
    if (known.has(apiVersion)) return known.get(apiVersion)
    const before = convert(live, apiVersion)
    const after = before === undefined ? undefined : convertNext(next, apiVersion)
    const isServed = before !== undefined && after !== undefined
    const left = reset.isLeftIn?.(apiVersion) === false ? {} : reset
    const found = isServed ? differenceOf(compareVersioned(before, after, left)) : undefined
    known.set(apiVersion, found)
    return found
  }
  const conflicts: { manager: Manager; fields: FieldSet }[] = []
  const changes: { id: string; manager: Manager; taken: FieldSet }[] = []
  for (const [id, manager] of managers) {
    if (id === selfId) continue
    // Whoever changes what is theirs goes on owning it.
    const isWriter = id === writerId
    const found = differenceIn(manager.apiVersion)
    if (found === undefined) {
      changes.push({ id, manager, taken: manager.fields })
      continue
    }
    const fields = isWriter ? NONE : intersection(manager.fields, found.changed)
    if (!isEmptySet(fields)) conflicts.push({ manager, fields })
    // What is theirs of what is gone: that may be far more, and there may be many of them.
    changes.push({ id, manager, taken: union(fields, intersection(manager.fields, found.removed)) })
  }
  if (!isForced && conflicts.length > 0) throw new ConflictError(conflictsOf(conflicts))
  for (const { id, manager, taken } of changes) setFields(managers, id, manager, difference(manager.fields, taken))
  return own.changed
}

/** An ordinary write. Changes `managers`; returns what the writer owns by it, beside what it owns before and after. */
export function ownershipOfUpdate(change: OwnershipChange, managers: Managers, writerId: string): FieldSet {
  return takeChanged(change, managers, { writerId, isForced: true })
}

export interface Application extends Omit<OwnershipChange, 'next'> {
  /** The configuration, in the version of `live`. */
  readonly applied: unknown
  /** What it says, in order; without what the endpoint leaves alone. */
  readonly fields: FieldSet
  readonly applierId: string
  readonly applier: Omit<Manager, 'fields' | 'time'>
  readonly isForced: boolean
}

/** An apply. Changes `managers`; returns the object that results. @throws ConflictError */
export function applyTyped(given: Application, managers: Managers): unknown {
  const application = { ...given, convert: inVersionsOf(managers, given.live, given.convert) }
  const { live, applied, applier, applierId, fields, isForced } = application
  const merged = mergeTyped(live.node, live.value, applied)
  const last = managers.get(applierId)
  managers.set(applierId, { ...applier, fields, time: last?.time })
  // What was said before and is said again stays: then there is nothing to look for.
  const isPruned = last !== undefined && !isSubset(last.fields, fields)
  const value = !isPruned ? merged : prune({ ...live, value: merged }, last, managers, application)
  const next = { ...live, value }
  // Upstream has looked for it all the same: in the version that was applied last, and then in all others.
  const convertNext = isPruned || last === undefined || isEmptySet(last.fields)
    ? undefined
    : saying(application.convert, (apiVersion) => mergedFault(apiVersion, last))
  if (last !== undefined) convertNext?.(next, last.apiVersion)
  const change = { ...application, ...(convertNext === undefined ? {} : { convertNext }), next }
  takeChanged(change, managers, { selfId: applierId, isForced })
  if (isEmptySet(fields)) managers.delete(applierId)
  return value
}

const NOT_PRUNED = 'failed to prune fields'
const NOT_ADDED_BACK = `${NOT_PRUNED}: failed add back owned items`

/**
 * What the applier said last and says no more goes, unless another manager owns it; what is below it and was never the
 * applier's stays too, and keeps its parent.
 */
function prune(merged: Versioned, last: Manager, managers: Managers, { convert }: Application): unknown {
  const convertMerged = saying(convert, (apiVersion) => mergedFault(apiVersion, last))
  const full = convertMerged(merged, last.apiVersion)
  if (full === undefined) return merged.value
  const lastNamed = withNamedFields(last.fields, full.node)
  let pruned: Versioned = { ...full, value: removeFields(full.node, full.value, lastNamed) }
  pruned = addBackOwned(full, pruned, managers, { convert, convertMerged })
  const why = `${NOT_PRUNED}: failed add back dangling items: failed to convert pruned object to last applied version: `
  const inLast = saying(convert, () => why)(pruned, last.apiVersion)
  if (inLast === undefined) return merged.value
  const gone = difference(allFields(full), allFields(inLast))
  const kept = removeFields(full.node, full.value, intersection(gone, lastNamed))
  const back = saying(convert, () => `${NOT_PRUNED}: `)
  return back({ ...full, value: kept }, merged.apiVersion)?.value ?? merged.value
}

function mergedFault(apiVersion: string, last: Manager): string {
  const isLast = apiVersion === last.apiVersion
  const where = isLast ? 'to last applied version' : `at version ${apiVersion}`
  return `${isLast ? NOT_PRUNED : NOT_ADDED_BACK}: failed to convert merged object ${where}: `
}

interface Converters {
  readonly convert: Converter
  readonly convertMerged: Converter
}

function addBackOwned(
  full: Versioned,
  pruned: Versioned,
  managers: Managers,
  { convert, convertMerged }: Converters,
): Versioned {
  const byVersion = new Map<string, FieldSet[]>([[full.apiVersion, []]])
  for (const { apiVersion, fields } of managers.values()) {
    const known = byVersion.get(apiVersion)
    if (known === undefined) byVersion.set(apiVersion, [fields])
    else known.push(fields)
  }
  const convertPruned = saying(convert, (apiVersion) =>
    `${NOT_ADDED_BACK}: failed to convert pruned object at version ${apiVersion}: `)
  let [whole, rest] = [full, pruned]
  for (const [apiVersion, owned] of byVersion) {
    const wholeThere = convertMerged(whole, apiVersion)
    const restThere = wholeThere === undefined ? undefined : convertPruned(rest, apiVersion)
    if (wholeThere === undefined || restThere === undefined) continue
    const stays = union(allFields(restThere), withNamedFields(unionOfAll(owned), wholeThere.node))
    const value = removeFields(wholeThere.node, wholeThere.value, difference(allFields(wholeThere), stays))
    ;[whole, rest] = [wholeThere, { ...wholeThere, value }]
  }
  return rest
}

function allFields({ node, value }: Versioned): FieldSet {
  return withNamedFields(fieldsOf(node, value), node)
}

/** The set with every declared field a member that something below it is a member. */
function withNamedFields(fields: FieldSet, node: MergeNode | undefined): FieldSet {
  const result: FieldSet = {}
  const type = node === undefined ? undefined : resolveForSet(node)
  for (const element of Object.keys(fields)) {
    const inner = fields[element]
    if (inner === undefined) continue
    if (element === '.' || !hasChildren(inner)) {
      result[element] = inner
      continue
    }
    const [child, isNamed] = stepInto(type, element)
    const below = withNamedFields(inner, child)
    result[element] = isNamed && !isMember(inner) ? { '.': NONE, ...below } : below
  }
  return result
}

function resolveForSet(node: MergeNode): { list?: MergeNode; map?: MergeNode } {
  if (node.kind === 'any') return { list: node.list, map: node.map }
  return node.kind === 'list' ? { list: node } : { map: resolveNode(node, undefined) }
}

/** The type below a step, and whether the step is a declared field. */
function stepInto(
  type: { list?: MergeNode; map?: MergeNode } | undefined,
  element: string,
): [MergeNode | undefined, boolean] {
  if (element.startsWith('f:')) {
    const map = type?.map
    if (map?.kind !== 'map') return [undefined, false]
    const field = map.fields.get(element.slice(2))
    return [field?.node ?? map.value, field !== undefined]
  }
  return [element.startsWith('k:') && type?.list?.kind === 'list' ? type.list.item : undefined, false]
}
