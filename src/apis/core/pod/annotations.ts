/**
 * Annotations that mean something to Kubernetes on pods and on templates of pods.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidatePodSpecificAnnotations,
 * ValidatePodSpecificAnnotationUpdates.
 */
import { addErrors, childPath, forbidden, invalid, keyPath, type FieldError } from '../../../apimachinery/field-path.ts'
import type { V1PodSpec } from '../../generated/types.ts'
import { MAX_INT32 } from '../../validation/rules.ts'
import { AnnotationError, readAnnotationList, type GoStruct } from '../annotation-json.ts'
import { APP_ARMOR_PREFIX, validateProfileAnnotations } from './security/profiles.ts'
import { validateTolerations } from './spec/tolerations.ts'

/** On pods that a kubelet made from a file of its own. */
export const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror'
const TOLERATIONS = 'scheduler.alpha.kubernetes.io/tolerations'
const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost'

type Annotations = Readonly<Record<string, string>>

const TOLERATION: GoStruct = {
  type: 'Toleration',
  fields: {
    Key: 'string',
    Operator: 'core.TolerationOperator',
    Value: 'string',
    Effect: 'core.TaintEffect',
    TolerationSeconds: 'int64',
  },
}

/** Tolerations as they were written before they were a field. */
function validateTolerationsText(text: string, at: string): FieldError[] {
  try {
    const tolerations = readAnnotationList(text, TOLERATION)
    return validateTolerations(tolerations, childPath(at, TOLERATIONS))
  } catch (error) {
    if (!(error instanceof AnnotationError)) throw error
    return [invalid(at, TOLERATIONS, error.message)]
  }
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
  if (tolerations !== '') addErrors(errors, validateTolerationsText(tolerations, at))
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
