/**
 * Annotations that mean something to Kubernetes on pods and on templates of pods.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidatePodSpecificAnnotations,
 * ValidatePodSpecificAnnotationUpdates.
 */
import { isInt64 } from '../../../lib/exact-json.ts'
import { childPath, forbidden, invalid, keyPath, type FieldError } from '../../../apimachinery/field-path.ts'
import { goKind, isJsonObject } from '../../../apimachinery/patch/json-value.ts'
import { readJson, JsonError } from '../../../apimachinery/wire/json.ts'
import type { V1PodSpec, V1Toleration } from '../../generated/types.ts'
import { MAX_INT32 } from '../../validation/rules.ts'
import { APP_ARMOR_PREFIX, validateProfileAnnotations } from './security/profiles.ts'
import { validateTolerations } from './spec/tolerations.ts'

/** On pods that a kubelet made from a file of its own. */
export const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror'
const TOLERATIONS = 'scheduler.alpha.kubernetes.io/tolerations'
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'

type Annotations = Readonly<Record<string, string>>

/** Tolerations as they were written before they were a field: JSON of upstream's internal type. */
function validateTolerationsText(text: string, at: string): FieldError[] {
  try {
    return validateTolerations(readTolerations(text), childPath(at, TOLERATIONS))
  } catch (error) {
    if (!(error instanceof JsonError)) throw error
    return [invalid(at, TOLERATIONS, error.message)]
  }
}

/** @throws JsonError */
function readTolerations(text: string): V1Toleration[] {
  const value = readJson(text) ?? []
  if (!Array.isArray(value)) throw unreadable(value, 'value of type []core.Toleration')
  return value.map((item: unknown) => {
    const toleration = item ?? {}
    if (!isJsonObject(toleration)) throw unreadable(toleration, 'value of type core.Toleration')
    for (const [field, type] of Object.entries(GO_TYPES)) {
      const said = toleration[field] ?? undefined
      const isRight = type === 'int64' ? isInt64(said) : typeof said === 'string'
      if (said !== undefined && !isRight) throw unreadable(said, `struct field Toleration.${goName(field)} of type ${type}`)
    }
    return toleration
  })
}

/** The fields of a toleration, with the types that Go's messages name. */
const GO_TYPES: Readonly<Record<string, string>> = {
  key: 'string',
  operator: 'core.TolerationOperator',
  value: 'string',
  effect: 'core.TaintEffect',
  tolerationSeconds: 'int64',
}

function goName(field: string): string {
  return field.charAt(0).toUpperCase() + field.slice(1)
}

function unreadable(value: unknown, into: string): JsonError {
  return new JsonError(`json: cannot unmarshal ${goKind(value)} into Go ${into}`)
}

/** No plus sign and no leading zeros. */
function isInt32(text: string): boolean {
  return /^(?:0|-?[1-9]\d*|-0\d*)$/.test(text) && Number(text) <= MAX_INT32 && Number(text) >= -MAX_INT32 - 1
}

export function validatePodAnnotations(annotations: Annotations, spec: V1PodSpec, at: string): FieldError[] {
  const errors: FieldError[] = []
  const mirror = annotations[MIRROR_ANNOTATION]
  if (mirror !== undefined && (spec.nodeName ?? '') === '') {
    const why = 'must set spec.nodeName if mirror pod annotation is set'
    errors.push(invalid(keyPath(at, MIRROR_ANNOTATION), mirror, why))
  }
  const tolerations = annotations[TOLERATIONS] ?? ''
  if (tolerations !== '') errors.push(...validateTolerationsText(tolerations, at))
  const cost = annotations[DELETION_COST]
  if (cost !== undefined && !isInt32(cost)) {
    errors.push(invalid(keyPath(at, DELETION_COST), cost, 'must be a 32bit integer'))
  }
  return [...errors, ...validateProfileAnnotations(annotations, spec, at)]
}

/** What a pod was made with it keeps. */
export function validateAnnotationsKept(next: Annotations, previous: Annotations, at: string): FieldError[] {
  const errors: FieldError[] = []
  const refuse = (key: string, what: string): void => {
    const isProfile = key.startsWith(APP_ARMOR_PREFIX)
    if (isProfile) errors.push(forbidden(keyPath(at, key), `may not ${what} AppArmor annotations`))
    if (key === MIRROR_ANNOTATION) errors.push(forbidden(keyPath(at, key), `may not ${what} mirror pod annotation`))
  }
  for (const [key, value] of Object.entries(previous)) if (next[key] !== value) refuse(key, 'remove or update')
  for (const key of Object.keys(next)) if (previous[key] === undefined) refuse(key, 'add')
  return errors
}
