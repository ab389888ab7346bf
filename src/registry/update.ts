/**
 * The update verb, once for all kinds and for every patch: `change` gives the next object from the current one,
 * inside the turn, so there is nothing to retry. Order (k8s.io/apiserver pkg/registry/rest/update.go,
 * generic/registry/ store.go): uid precondition → mutating admission → defaults → resourceVersion (409) →
 * prepareForUpdate → validate (422) → validating admission (403) → store. A write that changes nothing is not
 * written, unless upstream's storage has the object in another form (Strategy.canonicalize) until then.
 */
import { successor } from '../lib/exact-json.ts'
import {
  OPTIMISTIC_LOCK_MESSAGE,
  conflictError,
  invalidError,
  notFoundError,
} from '../apimachinery/status-error.ts'
import { invalid, judgeOne, type FieldError } from '../apimachinery/field-path.ts'
import { cloneJson, equalJson } from '../apimachinery/patch/json-value.ts'
import { validateMetadataOnUpdate } from '../apimachinery/metadata-validation.ts'
import { withoutFieldsAmong } from '../apis/apps/numbered-annotations.ts'
import { checkCustomKind } from '../apis/custom/custom-type.ts'
import { metadataChecksOf } from '../apis/facts/metadata-checks.ts'
import type { AnyObject, ManagedFieldsEntry } from '../apimachinery/meta.ts'
import type { EndpointStrategy, Strategy } from '../apis/define-kind.ts'
import type { StoredObject } from '../store/object-store.ts'
import { checkVersionForm, createOnUpdate, hooksOf, placeInNamespace, storedKindOf } from './create.ts'
import { isReadyToGo, removeStored } from './delete.ts'
import {
  draftOf, isShownAsStored, parseStored, parseWithoutManagedFields, printUnstamped, showStored, storeText, storedText,
  toBeStored, wasStoredOtherwise, withoutEmpty,
} from './object-text.ts'
import { storagePreconditionError } from './storage-precondition.ts'
import type { WriteContext, WriteResult } from './write-context.ts'
import { groupResourceOf, keyOf } from './write-context.ts'

/**
 * Gives the next object from the current one (undefined: there is none), which is to be left alone. Of what it gives
 * only parts that nobody changes in place may be the current one's: whole fields of the spec or the status.
 */
export type Change = (current: AnyObject | undefined) => AnyObject

export interface UpdateOptions {
  /** What the caller wants the object's uid to be. */
  readonly preconditionUid?: string
  /** Server-side apply and PUT of some kinds make what is not there. */
  readonly allowsCreate?: boolean
}

export function updateObject(
  context: WriteContext,
  name: string,
  change: Change,
  options: UpdateOptions = {},
): WriteResult {
  const current = context.reader.get(keyOf(context, name))
  if (current === undefined) {
    const { definition: { strategy }, subresource } = context
    const allowsCreate = options.allowsCreate ?? (subresource === '' && strategy.allowsCreateOnUpdate === true)
    if (!allowsCreate) throw notFoundError(groupResourceOf(context), name)
    const created = change(undefined)
    checkUid(context, name, options.preconditionUid ?? created.metadata.uid ?? '', '')
    return createOnUpdate(context, created)
  }
  const stored = storedText(current)
  const read = parseStored(context.stored, stored)
  const { managedFields } = read.metadata
  const previous = showStored(context.definition, read, stored)
  const next = change(previous)
  keepSystemMetadata(context, name, next, previous, options)
  context.admit('UPDATE', next, previous)
  context.applyDefaults(next)
  checkResourceVersion(context, name, next, previous)
  context.begin?.()
  prepare(context, next, previous)
  validateChanged(context, next, previous)
  const isStoredOtherwise = context.definition.strategy.canonicalize?.(next) ?? false
  for (const warning of endpointOf(context).warnings?.(next, previous) ?? []) context.warn(warning)
  context.review('UPDATE', next, previous)
  const isShown = isShownAsStored(context.definition, stored)
  const kept = (): AnyObject => (isShown ? previous : parseWithoutManagedFields(current.text))
  const was = { kept, managedFields, generation: previous.metadata.generation }
  return writeChanged(context, current, was, { next, isStoredOtherwise })
}

function keepSystemMetadata(
  context: WriteContext,
  name: string,
  next: AnyObject,
  previous: AnyObject,
  options: UpdateOptions,
): void {
  const meta = next.metadata
  const kept = previous.metadata
  placeInNamespace(context, next)
  // Upstream's storage leaves it out, which a dry run never comes to.
  if (!context.isDryRun) delete meta.selfLink
  // A patch has no precondition but the object that it was applied to: another uid is a change, and refused as one.
  const said = context.author.verb === 'patch' ? '' : (meta.uid ?? '')
  checkUid(context, name, options.preconditionUid ?? said, kept.uid ?? '')
  if ((meta.uid ?? '') === '' && kept.uid !== undefined) meta.uid = kept.uid
  // These two are the old ones whatever was sent; the third only where nothing was (rest.BeforeUpdate).
  if (kept.creationTimestamp !== undefined) meta.creationTimestamp = kept.creationTimestamp
  if (kept.deletionTimestamp !== undefined) meta.deletionTimestamp = kept.deletionTimestamp
  if (kept.deletionGracePeriodSeconds !== undefined) {
    meta.deletionGracePeriodSeconds ??= kept.deletionGracePeriodSeconds
  }
  if (kept.generation === undefined) delete meta.generation
  else meta.generation = kept.generation
}

/** An object may say which one of its name it means; '' means any. */
function checkUid(context: WriteContext, name: string, wanted: string, found: string): void {
  if (wanted === '' || wanted === found) return
  const { definition, namespace, isDryRun } = context
  throw storagePreconditionError({ definition, namespace, name, isDryRun }, 'UID', wanted, found)
}

function checkResourceVersion(context: WriteContext, name: string, next: AnyObject, previous: AnyObject): void {
  const said = next.metadata.resourceVersion ?? ''
  if (said === '' || said === '0') {
    if (context.definition.strategy.allowsUnconditionalUpdate === true) {
      // Last writer wins: from here on it counts as written against what is stored.
      if (previous.metadata.resourceVersion !== undefined) {
        next.metadata.resourceVersion = previous.metadata.resourceVersion
      }
      return
    }
    const { group, resource } = context.definition
    // Upstream knows only the resource here, and puts it where the kind belongs.
    throw invalidError({ group, kind: resource }, name, [
      invalid('metadata.resourceVersion', 0, 'must be specified for an update'),
    ])
  }
  checkVersionForm(said)
  if (said !== previous.metadata.resourceVersion) {
    throw conflictError(groupResourceOf(context), name, OPTIMISTIC_LOCK_MESSAGE)
  }
}

/**
 * Subresources whose one change the endpoint makes itself; upstream writes them past the kind's own strategy
 * (pkg/registry/core/pod/storage assignPod, pkg/registry/core/namespace/strategy.go namespaceFinalizeStrategy).
 */
const PAST_STRATEGY: ReadonlySet<string> = new Set(['binding', 'finalize'])

/** The half of the strategy that the endpoint of this request follows. */
function endpointOf({ subresource, definition }: WriteContext): EndpointStrategy {
  const { strategy } = definition
  const part = strategy.parts?.[subresource]
  if (part !== undefined) return part
  if (PAST_STRATEGY.has(subresource)) return (subresource === 'finalize' ? strategy.finalize : undefined) ?? {}
  return (subresource === 'status' ? strategy.status : strategy) ?? {}
}

function prepare(context: WriteContext, next: AnyObject, previous: AnyObject): void {
  const { strategy } = context.definition
  if (PAST_STRATEGY.has(context.subresource)) return
  if (context.subresource === 'status') {
    if (strategy.status?.prepareForUpdate !== undefined) {
      strategy.status.prepareForUpdate(next, previous, hooksOf(context))
    } else {
      // As a CRD's status endpoint: only status changes.
      const { status } = next
      for (const field of Object.keys(next)) delete next[field]
      Object.assign(next, cloneJson(previous), status === undefined ? {} : { status })
      if (status === undefined) delete next['status']
    }
    return
  }
  const endpoint = strategy.parts?.[context.subresource] ?? strategy
  endpoint.prepareForUpdate?.(next, previous, hooksOf(context))
  if (strategy.countsGenerations !== true) return
  if (isDesiredStateChanged(withoutEmpty(context.definition, next), previous, strategy)) {
    next.metadata.generation = successor(previous.metadata.generation ?? 0)
  }
}

/** Whether anything but metadata and status differs: what generation counts. */
export function isDesiredStateChanged(
  next: AnyObject,
  previous: AnyObject,
  { countsStatus }: Pick<Strategy, 'countsStatus'> = {},
): boolean {
  const desired = ({ metadata: _metadata, status, ...rest }: AnyObject): unknown =>
    countsStatus === true ? { ...rest, status } : rest
  return !equalJson(desired(next), desired(previous))
}

function validateChanged(context: WriteContext, next: AnyObject, previous: AnyObject): void {
  // Upstream gives a pod its node past all that judges pods, along with whatever labels the binding has.
  if (context.subresource === 'binding') return
  const errors = judgeOne(() => errorsOfChanged(context, next, previous))
  for (const warning of endpointOf(context).judgedWarnings?.(next) ?? []) context.warn(warning)
  if (errors.length > 0) throw invalidError(storedKindOf(context.definition), next.metadata.name ?? '', errors)
}

function errorsOfChanged(context: WriteContext, next: AnyObject, previous: AnyObject): readonly FieldError[] {
  const { group, kind, custom } = context.definition
  const { validateUpdate } = endpointOf(context)
  const scope = { isNamespaced: context.definition.scope === 'Namespaced', group, kind }
  const ownChecks = metadataChecksOf(context.definition, context.subresource)
  const judged = withoutFieldsAmong(context.definition, next.metadata)
  const metadata = validateMetadataOnUpdate(judged, previous.metadata, scope, ownChecks)
  if (custom !== undefined) checkCustomKind(context.definition, next, metadata.first)
  let { later } = metadata
  const metadataAgain = (): FieldError[] => {
    const errors = later
    later = []
    return errors
  }
  const own = validateUpdate?.(next, previous, { ...context.facts, metadataAgain }) ?? []
  return [...metadata.first, ...own, ...later]
}

function writeChanged(
  context: WriteContext,
  current: StoredObject,
  before: Before,
  { next, isStoredOtherwise }: Next,
): WriteResult {
  const { definition, stored } = context
  const object = toBeStored(definition, stored, next)
  let printed = printUnstamped(stored, object)
  const printedAsBefore = (): string => printed.text(current.revision)
  object.metadata.resourceVersion = String(current.revision)
  const wasOtherwise = wasStoredOtherwise(current)
  const isSameText = (): boolean => stored.unshown === undefined && current.text === printedAsBefore()
  // What counts as a generation is a change: no second text of the object need be made to see it.
  const isSame = object.metadata.generation === before.generation &&
    (isStoredOtherwise ? wasOtherwise && isSameText() : isSameText() || isSameObject(before, object))
  if (isSame && isStoredOtherwise === wasOtherwise) {
    return { object, text: current.text, isCreated: false, isDeleted: false }
  }
  if (isSame) {
    // Nobody has changed it; it is only brought into the form in which it is shown.
    if (before.managedFields !== undefined) object.metadata.managedFields = before.managedFields
    printed = printUnstamped(stored, object)
  }
  // The last finalizer of an object that waits for deletion is gone: this write is the deletion.
  if (isReadyToGo(context, object)) {
    // Whoever wrote it is shown what they wrote, of the revision that it was written against, and as it never was stored.
    removeStored(context, current)
    const written = definition.storedAs === undefined ? printUnstamped(stored, next) : printed
    return { object, text: written.text(current.revision), isCreated: false, isDeleted: true }
  }
  if (context.isDryRun) return { object, text: printedAsBefore(), isCreated: false, isDeleted: false }
  const key = keyOf(context, current.name)
  const text = storeText(draftOf(stored, object, { isStoredOtherwise, printed }), (draft) =>
    context.writer.update(key, draft, current.revision, context.author),
  )
  return { object, text, isCreated: false, isDeleted: false }
}

interface Next {
  readonly next: AnyObject
  readonly isStoredOtherwise: boolean
}

/** What is stored, parsed: neither is changed. */
interface Before {
  kept(): AnyObject
  readonly managedFields: ManagedFieldsEntry[] | undefined
  readonly generation: number | undefined
}

/**
 * Whether an object is what is stored, apart from when its managers last wrote: such a write is none (k8s.io/apiserver
 * pkg/endpoints/handlers/fieldmanager/equality.go).
 */
function isSameObject(before: Before, { metadata, ...rest }: AnyObject): boolean {
  const { managedFields: managers = [], ...described } = metadata
  const { managedFields: keptManagers = [] } = before
  // Mostly who owns what has changed, or else what they own.
  if (managers !== keptManagers && !equalJson(managers.map(withoutTime), keptManagers.map(withoutTime))) return false
  const { metadata: { managedFields: _managers, ...keptDescribed }, ...kept } = before.kept()
  // In the metadata the generation tells of most changes at once.
  return equalJson(described, keptDescribed) && equalJson(rest, kept)
}

function withoutTime({ time: _time, ...entry }: ManagedFieldsEntry): ManagedFieldsEntry {
  return entry
}
