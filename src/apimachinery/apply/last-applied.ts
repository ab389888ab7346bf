/**
 * kubectl's way from client-side to server-side apply: what its annotation says it applied last may be taken over
 * without a conflict, and where the annotation is, it is kept up to date (k8s.io/apimachinery
 * pkg/util/managedfields/internal/{lastappliedmanager,lastappliedupdater}.go).
 */
import { parseJson } from '../../lib/exact-json.ts'
import type { AnyObject } from '../meta.ts'
import { TOTAL_ANNOTATION_SIZE_LIMIT_BYTES } from '../metadata-validation.ts'
import { byteLength } from '../names.ts'
import { isJsonObject } from '../patch/json-value.ts'
import { printAsMaps } from '../wire/raw/raw-json.ts'
import { compareObjects } from './compare.ts'
import { ConflictError } from './conflict.ts'
import { applyFields, type Applied, type ApplyResult, type FieldWriter, type ManagedEndpoint } from './ownership.ts'
import { difference, isEmptySet, type FieldSet } from './field-set.ts'
import { fieldsOf } from './fields-of.ts'
import { DEDUCED } from './merge-schema.ts'
import { checkTyped } from './typed-validation.ts'
import { TypedError } from './typed-errors.ts'

export const LAST_APPLIED_ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration'
/** The one manager that this is for. */
const KUBECTL = 'kubectl'

/** As {@link applyFields}; conflicts about what kubectl itself applied last are none. @throws ConflictError */
export function applyTakingOver(
  endpoint: ManagedEndpoint,
  live: AnyObject | undefined,
  applied: Applied,
  writer: FieldWriter & { readonly isForced: boolean },
): ApplyResult {
  try {
    return applyFields(endpoint, live, applied, writer)
  } catch (error) {
    if (!(error instanceof ConflictError) || writer.manager !== KUBECTL || live === undefined) throw error
    const allowed = lastAppliedFields(endpoint, live)
    if (allowed === undefined) throw error
    const left = error.conflicts.map(({ manager, fields }) => ({ manager, fields: difference(fields, allowed) }))
      .filter(({ fields }) => !isEmptySet(fields))
    if (left.length > 0) throw new ConflictError(left)
    return applyFields(endpoint, live, applied, { ...writer, isForced: true })
  }
}

/** The fields that the annotation has and the object has just so; undefined when the annotation cannot be used. */
function lastAppliedFields({ apiVersion, node = DEDUCED }: ManagedEndpoint, live: AnyObject): FieldSet | undefined {
  const text = live.metadata.annotations?.[LAST_APPLIED_ANNOTATION] ?? ''
  const last = text === '' ? undefined : parse(text)
  if (last?.['apiVersion'] !== apiVersion) return undefined
  try {
    checkTyped(node, last)
  } catch (error) {
    if (error instanceof TypedError) return undefined
    throw error
  }
  const { modified, added, removed } = compareObjects(node, last, live)
  return [modified, added, removed].reduce(difference, fieldsOf(node, last))
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = parseJson(text)
    return isJsonObject(value) ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * Brings the annotation up to date when kubectl applies and the object has it. Changes `object`. `uncounted` is a field
 * to upstream, and does not count among its annotations.
 */
export function refreshLastApplied(object: AnyObject, applied: AnyObject, manager: string, uncounted?: string): void {
  const { annotations } = object.metadata
  if (manager !== KUBECTL || (annotations?.[LAST_APPLIED_ANNOTATION] ?? '') === '') return
  const next = { ...annotations, [LAST_APPLIED_ANNOTATION]: printLastApplied(applied) }
  const counted = Object.entries(next).filter(([key]) => key !== uncounted)
  const sizeBytes = counted.reduce((size, [key, value]) => size + byteLength(key) + byteLength(value), 0)
  if (sizeBytes > TOTAL_ANNOTATION_SIZE_LIMIT_BYTES) Reflect.deleteProperty(next, LAST_APPLIED_ANNOTATION)
  object.metadata.annotations = next
}

/** As kubectl and Go's JSON print it: keys sorted, and a line's end. A null among annotations is an empty text there. */
function printLastApplied(applied: AnyObject): string {
  const { annotations: said, ...metadata } = applied.metadata
  const { [LAST_APPLIED_ANNOTATION]: _last, ...others } = said ?? {}
  const annotations = Object.fromEntries(Object.entries(others).map(([key, value]) => [key, value ?? '']))
  const kept = isJsonObject(said) ? { ...metadata, annotations } : metadata
  return `${printAsMaps({ ...applied, metadata: kept })}\n`
}

