/**
 * The delete verb, once for all kinds: preconditions, grace, finalizers and propagation, decided in one turn
 * (k8s.io/apiserver pkg/registry/rest/delete.go, generic/registry/store.go). An object goes at once only when no
 * finalizer, no grace period and no spec.finalizers hold it; otherwise it is marked, and the write that removes what
 * holds it (update.ts) is the deletion.
 */
import { near, successor } from '../lib/exact-json.ts'
import { cloneJson } from '../apimachinery/patch/json-value.ts'
import { conflictError, notFoundError } from '../apimachinery/status-error.ts'
import type { AnyObject } from '../apimachinery/meta.ts'
import { formatTime } from '../apimachinery/meta.ts'
import { draftOf, parseStored, printObject, readStored, restamped, storeText, storedText } from './object-text.ts'
import type { StoredObject } from '../store/object-store.ts'
import type { WriteContext, WriteResult } from './write-context.ts'
import { storagePreconditionError } from './storage-precondition.ts'
import { storedKindOf } from './create.ts'
import { groupResourceOf, keyOf } from './write-context.ts'

export const ORPHAN_FINALIZER = 'orphan'
export const FOREGROUND_FINALIZER = 'foregroundDeletion'

const SHORTEST_GRACE_SECONDS = 1

export interface DeletionOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  /** It was asked for background in the old way, by `orphanDependents: false`. */
  readonly isOldBackground?: true
  readonly uid?: string
  readonly resourceVersion?: string
}

/**
 * `amend` changes the object in a write of its own, once nothing can refuse its deletion any more: what evicts a pod.
 * What could have had grace and has none is marked in a write of its own, too: watchers see that before it goes.
 */
export function deleteObject(
  context: WriteContext,
  name: string,
  options: DeletionOptions,
  amend?: (object: AnyObject) => void,
): WriteResult {
  const current = context.reader.get(keyOf(context, name))
  if (current === undefined) throw notFoundError(groupResourceOf(context), name)
  const object = readForDeletion(context, current)
  checkPreconditions(context, name, object, options)
  context.review('DELETE', undefined, cloneJson(object))
  const graceSeconds = graceOf(context, object, options.gracePeriodSeconds)
  const writing = new Rewriting(context, object, current)
  if (amend !== undefined) {
    amend(object)
    writing.write()
  }
  if (!isPending(object, graceSeconds) && !isLeftAlone(context, object)) {
    if (saysWhatFollows(context, object)) propagate(context, object, options)
    if (graceSeconds <= 0 && !isHeld(context, object) && !isMarkedFirst(context, object)) {
      if (canHaveGrace(context, object)) {
        mark(context, object, 0)
        writing.write()
      } else if (writing.isChanged()) {
        if (context.isDryRun) return { object, text: writing.text, isCreated: false, isDeleted: true, isUnset: true }
        checkUntouched(context, name, object, options)
        // Of all else the last state is what is stored, with the finalizer that has just lost its meaning.
        Object.assign(object, readForDeletion(context, current))
      }
      return removeObject(context, object, writing.revision)
    }
    mark(context, object, graceSeconds)
  }
  writing.write()
  return { object, text: writing.text, isCreated: false, isDeleted: false }
}

/** As it will be stored again. What the answer shows is converted now: afterwards it would be too late to wait. */
function readForDeletion({ definition, stored }: WriteContext, current: StoredObject): AnyObject {
  if (definition.custom === undefined) return parseStored(stored, storedText(current))
  readStored(definition, storedText(current))
  return readStored(stored, storedText(current))
}

/** Whether an object that was marked for deletion is held by nothing any more. */
export function isReadyToGo(context: WriteContext, object: AnyObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = object.metadata
  return deletionTimestamp !== undefined && (deletionGracePeriodSeconds ?? 0) === 0 && !isHeld(context, object)
}

/** The deletion itself: the last state is logged with the deletion's own revision. */
function removeObject(context: WriteContext, object: AnyObject, revision: number): WriteResult {
  const { stored } = context
  if (context.isDryRun) {
    return { object, text: printObject(stored, object), isCreated: false, isDeleted: true }
  }
  const key = keyOf(context, object.metadata.name ?? '')
  const text = storeText(draftOf(stored, object), (draft) =>
    context.writer.delete(key, draft, revision, context.author),
  )
  return { object, text, isCreated: false, isDeleted: true }
}

/** The deletion of what a write has set free: that write is never stored, so the last state is the one before it. */
export function removeStored(context: WriteContext, { name, revision, text, selectable }: StoredObject): void {
  if (context.isDryRun) return
  const last = { selectable, text: (deletion: number) => restamped(text, deletion) }
  context.writer.delete(keyOf(context, name), last, revision, context.author)
}

function isHeld({ stored }: WriteContext, object: AnyObject): boolean {
  return (object.metadata.finalizers?.length ?? 0) > 0 || (stored.strategy.isHeldBySpec?.(object) ?? false)
}

function checkPreconditions(context: WriteContext, name: string, object: AnyObject, options: DeletionOptions): void {
  const { uid = '', resourceVersion = '' } = object.metadata
  const { group, kind } = storedKindOf(context.definition)
  const { strategy } = context.definition
  const refuse = (what: string, wanted: string, found: string, so: string): never => {
    if (strategy.marksItself !== undefined) {
      const why = `Precondition failed: ${what} in precondition: ${wanted}, ${what} in object meta: ${found}`
      throw conflictError(groupResourceOf(context), name, why)
    }
    const why = `the ${what} in the precondition (${wanted}) does not match the ${what} in record (${found}). ${so}`
    // Upstream knows only the kind here.
    throw conflictError({ group, resource: kind }, name, why)
  }
  if (options.uid !== undefined && options.uid !== uid) {
    refuse('UID', options.uid, uid, 'The object might have been deleted and then recreated')
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    refuse('ResourceVersion', options.resourceVersion, resourceVersion, 'The object might have been modified')
  }
}

/** Negative periods are the shortest there is; one that runs already can only be shortened. */
function graceOf({ stored }: WriteContext, object: AnyObject, asked: number | undefined): number {
  const { strategy } = stored
  if (strategy.gracePeriodSeconds === undefined) return 0
  const wanted = asked === undefined || asked >= 0 ? asked : SHORTEST_GRACE_SECONDS
  const { deletionTimestamp, deletionGracePeriodSeconds: left = 0 } = object.metadata
  if (deletionTimestamp !== undefined) return (wanted ?? left) < left ? (wanted ?? left) : left
  const graceSeconds = strategy.gracePeriodSeconds(object, wanted) ?? 0
  return graceSeconds < 0 ? SHORTEST_GRACE_SECONDS : graceSeconds
}

/** What marks itself is never gone at the first request. */
function isMarkedFirst({ stored: { strategy } }: WriteContext, { metadata }: AnyObject): boolean {
  return strategy.marksItself !== undefined && metadata.deletionTimestamp === undefined
}

/**
 * Upstream takes the revision that the last finalizer's removal would have had for the one that was asked for, though
 * that is never written: such a deletion is refused, and goes well without the precondition.
 */
function checkUntouched(
  { definition, namespace, isDryRun }: WriteContext,
  name: string,
  { metadata: { resourceVersion = '' } }: AnyObject,
  { resourceVersion: wanted }: DeletionOptions,
): void {
  if (wanted === undefined) return
  throw storagePreconditionError({ definition, namespace, name, isDryRun }, 'ResourceVersion', '', resourceVersion)
}

/** Whether it is one that is given time, and has not had all of it: nobody marks it again then. */
function canHaveGrace({ stored }: WriteContext, { metadata }: AnyObject): boolean {
  if (stored.strategy.gracePeriodSeconds === undefined) return false
  return metadata.deletionTimestamp === undefined || (metadata.deletionGracePeriodSeconds ?? 0) > 0
}

/** Its grace period runs already and is not shortened: nothing about its deletion may be changed any more. */
function isPending({ metadata }: AnyObject, graceSeconds: number): boolean {
  const left = metadata.deletionGracePeriodSeconds ?? 0
  return metadata.deletionTimestamp !== undefined && left > 0 && graceSeconds >= left
}

/** What marks itself has said all, for as long as its spec holds it. */
function isLeftAlone({ stored: { strategy } }: WriteContext, object: AnyObject): boolean {
  if (strategy.marksItself === undefined || object.metadata.deletionTimestamp === undefined) return false
  return strategy.isHeldBySpec?.(object) ?? false
}

function saysWhatFollows({ stored: { strategy } }: WriteContext, { metadata }: AnyObject): boolean {
  return strategy.marksItself !== 'alone' || metadata.deletionTimestamp !== undefined
}

/** Sets the finalizer that says what becomes of the dependents; what was said before gives way to what is said now. */
function propagate(context: WriteContext, object: AnyObject, options: DeletionOptions): void {
  // To what marks itself the old way of asking means another policy.
  const isForeground = options.isOldBackground === true && isMarkedFirst(context, object)
  const propagationPolicy = isForeground ? 'Foreground' : options.propagationPolicy
  const before = object.metadata.finalizers ?? []
  const others = before.filter((name) => name !== ORPHAN_FINALIZER && name !== FOREGROUND_FINALIZER)
  const { defaultPropagation } = context.stored.strategy
  const said = propagationPolicy ?? (others.length === before.length ? defaultPropagation : undefined)
  const policy = defaultPropagation === 'None' ? defaultPropagation : said
  if (policy === undefined) return
  if (policy === 'Orphan') others.push(ORPHAN_FINALIZER)
  if (policy === 'Foreground') others.push(FOREGROUND_FINALIZER)
  // They keep their order where they say it already.
  if (others.length === before.length && new Set(others).isSubsetOf(new Set(before))) return
  if (others.length > 0) object.metadata.finalizers = others
  else delete object.metadata.finalizers
}

/** What Go's durations hold; later than that is no time that can be written down. */
const MAX_GRACE_SECONDS = 9_223_372_036

function graceMs(seconds: number): number {
  return Math.min(near(seconds), MAX_GRACE_SECONDS) * 1_000
}

/** Marks for deletion; a second request may only shorten the grace. */
function mark(context: WriteContext, object: AnyObject, graceSeconds: number): void {
  const meta = object.metadata
  if (meta.deletionTimestamp !== undefined) {
    // Whatever marked itself is an object like any other the second time.
    const left = (meta.deletionGracePeriodSeconds ??= 0)
    if (graceSeconds >= left) return
    const requestedMs = Date.parse(meta.deletionTimestamp) - graceMs(left)
    const endsMs = requestedMs + graceMs(graceSeconds)
    const isOver = endsMs < context.nowMs
    meta.deletionTimestamp = formatTime(isOver ? context.nowMs : endsMs)
    // Asked for graciously, it stays with whoever runs it, if for the shortest time there is.
    meta.deletionGracePeriodSeconds = isOver && graceSeconds > 0 ? SHORTEST_GRACE_SECONDS : graceSeconds
    return
  }
  meta.deletionTimestamp = formatTime(context.nowMs + graceMs(graceSeconds))
  const { strategy } = context.stored
  if (strategy.marksItself === undefined) {
    meta.deletionGracePeriodSeconds = graceSeconds
    if (meta.generation !== undefined && meta.generation > 0) meta.generation = successor(meta.generation)
  }
  strategy.prepareForDelete?.(object)
}

/** Writes an object anew, as often as it was changed; a dry run only says what it would have been. */
class Rewriting {
  readonly #context: WriteContext
  readonly #object: AnyObject
  #printed: string
  /** What is stored, which has `revision`. */
  text: string
  revision: number

  constructor(context: WriteContext, object: AnyObject, { text, revision }: StoredObject) {
    this.#context = context
    this.#object = object
    this.#printed = printObject(context.stored, object)
    this.text = text
    this.revision = revision
  }

  isChanged(): boolean {
    return printObject(this.#context.stored, this.#object) !== this.#printed
  }

  write(): void {
    if (!this.isChanged()) return
    const { stored, writer, author, isDryRun } = this.#context
    if (isDryRun) {
      this.text = printObject(stored, this.#object)
      return
    }
    const key = keyOf(this.#context, this.#object.metadata.name ?? '')
    this.text = storeText(draftOf(stored, this.#object), (draft) => {
      this.revision = writer.update(key, draft, this.revision, author)
    })
    this.#printed = this.text
  }
}
