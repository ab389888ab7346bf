/**
 * The delete verb, once for all kinds: preconditions, grace, finalizers and propagation, decided in one turn
 * (k8s.io/apiserver pkg/registry/rest/delete.go, generic/registry/store.go). An object goes at once only when no
 * finalizer, no grace period and no spec.finalizers hold it; otherwise it is marked, and the write that removes what
 * holds it (update.ts) is the deletion.
 */
import { conflictError, notFoundError } from '../apimachinery/status-error.ts'
import type { AnyObject } from '../apimachinery/meta.ts'
import { formatTime } from '../apimachinery/meta.ts'
import { draftOf, parseObject, printObject } from './object-text.ts'
import type { WriteContext, WriteResult } from './write-context.ts'
import { groupResourceOf, keyOf } from './write-context.ts'

export const ORPHAN_FINALIZER = 'orphan'
export const FOREGROUND_FINALIZER = 'foregroundDeletion'

export interface DeletionOptions {
  readonly gracePeriodSeconds?: number
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan'
  readonly uid?: string
  readonly resourceVersion?: string
}

export function deleteObject(context: WriteContext, name: string, options: DeletionOptions): WriteResult {
  const current = context.reader.get(keyOf(context, name))
  if (current === undefined) throw notFoundError(groupResourceOf(context), name)
  const object = parseObject(current.text)
  checkPreconditions(context, name, object, options)
  context.review('DELETE', undefined, structuredClone(object))
  const before = printObject(context.stored, object)
  propagate(context, object, options)
  const graceSeconds = context.stored.strategy.gracePeriodSeconds?.(object, options.gracePeriodSeconds) ?? 0
  if (graceSeconds <= 0 && !isHeld(context, object)) return removeObject(context, object, current.revision)
  mark(context, object, graceSeconds)
  if (printObject(context.stored, object) === before) {
    return { object, text: current.text, isCreated: false, isDeleted: false }
  }
  return rewrite(context, object, current.revision)
}

/** Whether an object that was marked for deletion is held by nothing any more. */
export function isReadyToGo(context: WriteContext, object: AnyObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = object.metadata
  return deletionTimestamp !== undefined && (deletionGracePeriodSeconds ?? 0) === 0 && !isHeld(context, object)
}

/** The deletion itself: the last state is logged with the deletion's own revision. */
export function removeObject(context: WriteContext, object: AnyObject, revision: number): WriteResult {
  const { stored } = context
  if (context.isDryRun) {
    return { object, text: printObject(stored, object), isCreated: false, isDeleted: true }
  }
  let text = ''
  const draft = draftOf(stored, object)
  const key = keyOf(context, object.metadata.name ?? '')
  context.writer.delete(key, { ...draft, text: (at) => (text = draft.text(at)) }, revision, context.author)
  return { object, text, isCreated: false, isDeleted: true }
}

function isHeld({ stored }: WriteContext, object: AnyObject): boolean {
  return (object.metadata.finalizers?.length ?? 0) > 0 || (stored.strategy.isHeldBySpec?.(object) ?? false)
}

function checkPreconditions(context: WriteContext, name: string, object: AnyObject, options: DeletionOptions): void {
  const { uid, resourceVersion } = object.metadata
  const refuse = (why: string): never => {
    throw conflictError(groupResourceOf(context), name, why)
  }
  if (options.uid !== undefined && options.uid !== uid) {
    refuse(`Precondition failed: UID in precondition: ${options.uid}, UID in object meta: ${uid ?? ''}`)
  }
  if (options.resourceVersion !== undefined && options.resourceVersion !== resourceVersion) {
    refuse(
      `Precondition failed: ResourceVersion in precondition: ${options.resourceVersion}, ` +
        `ResourceVersion in object meta: ${resourceVersion ?? ''}`,
    )
  }
}

/** Sets the finalizer that says what becomes of the dependents; what was said before gives way to what is said now. */
function propagate(context: WriteContext, object: AnyObject, { propagationPolicy }: DeletionOptions): void {
  const before = object.metadata.finalizers ?? []
  const others = before.filter((name) => name !== ORPHAN_FINALIZER && name !== FOREGROUND_FINALIZER)
  const policy =
    propagationPolicy ?? (others.length === before.length ? context.stored.strategy.defaultPropagation : undefined)
  if (policy === undefined) return
  if (policy === 'Orphan') others.push(ORPHAN_FINALIZER)
  if (policy === 'Foreground') others.push(FOREGROUND_FINALIZER)
  if (others.length > 0) object.metadata.finalizers = others
  else delete object.metadata.finalizers
}

/** Marks for deletion; a second request may only shorten the grace. */
function mark(context: WriteContext, object: AnyObject, graceSeconds: number): void {
  const meta = object.metadata
  if (meta.deletionTimestamp !== undefined) {
    const left = meta.deletionGracePeriodSeconds ?? 0
    if (graceSeconds >= left) return
    const requestedMs = Date.parse(meta.deletionTimestamp) - left * 1_000
    meta.deletionTimestamp = formatTime(Math.max(context.nowMs, requestedMs + graceSeconds * 1_000))
    meta.deletionGracePeriodSeconds = graceSeconds
    return
  }
  meta.deletionTimestamp = formatTime(context.nowMs + graceSeconds * 1_000)
  meta.deletionGracePeriodSeconds = graceSeconds
  if (meta.generation !== undefined && meta.generation > 0) meta.generation += 1
}

function rewrite(context: WriteContext, object: AnyObject, revision: number): WriteResult {
  if (context.isDryRun) {
    return { object, text: printObject(context.stored, object), isCreated: false, isDeleted: false }
  }
  let text = ''
  const draft = draftOf(context.stored, object)
  const key = keyOf(context, object.metadata.name ?? '')
  context.writer.update(key, { ...draft, text: (at) => (text = draft.text(at)) }, revision, context.author)
  return { object, text, isCreated: false, isDeleted: false }
}
