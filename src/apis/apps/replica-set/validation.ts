/**
 * Validation of ReplicaSet objects. Upstream: kubernetes/kubernetes pkg/apis/apps/validation/validation.go,
 * ValidateReplicaSetSpec, ValidateReplicaSetStatus, ValidateReplicaSetUpdate.
 */
import { childPath, invalid, required, type FieldError } from '../../../apimachinery/field-path.ts'
import { selectorMatches, validateLongRunningTemplate } from '../../core/pod/spec/template.ts'
import {
  immutableSelector, isEmptySelector, notNegative, printedSelector, validateLabelSelector,
} from '../../validation/rules.ts'
import type { V1LabelSelector, V1PodTemplateSpec, V1ReplicaSet } from '../../generated/types.ts'

/** What Deployments have as well, with the same texts (upstream says "deployment" for both). */
export function validateSelectorAndTemplate(
  selector: V1LabelSelector | undefined,
  template: V1PodTemplateSpec | undefined,
  field: string,
  old?: V1PodTemplateSpec,
): FieldError[] {
  const at = childPath(field, 'selector')
  const errors = selector === undefined ? [required(at)] : validateLabelSelector(selector, at)
  if (selector !== undefined && isEmptySelector(selector)) {
    errors.push(invalid(at, selector, 'empty selector is invalid for deployment'))
  }
  if (selectorMatches(selector, {}) === undefined) {
    return [...errors, invalid(at, printedSelector(selector), 'invalid label selector')]
  }
  return [...errors, ...validateLongRunningTemplate(template, selector, childPath(field, 'template'), old)]
}

/** The decoder keeps null where Go prints a pointer that is always there. */
export function saidSelector(
  spec: { readonly selector?: V1LabelSelector | null } | undefined,
): V1LabelSelector | undefined {
  return spec?.selector ?? undefined
}

export function validateReplicaSet({ spec }: V1ReplicaSet, old?: V1ReplicaSet): FieldError[] {
  return [
    ...notNegative('spec.replicas', spec?.replicas),
    ...notNegative('spec.minReadySeconds', spec?.minReadySeconds),
    ...validateSelectorAndTemplate(saidSelector(spec), spec?.template, 'spec', old?.spec?.template),
  ]
}

export function validateReplicaSetUpdate(next: V1ReplicaSet, previous: V1ReplicaSet): FieldError[] {
  return [
    ...validateReplicaSet(next, previous),
    ...immutableSelector('spec.selector', saidSelector(next.spec), saidSelector(previous.spec)),
  ]
}

/** Counts of a status: none is negative, and no part is larger than its whole. */
export function validateCounts(
  status: object,
  names: readonly string[],
  wholes: readonly (readonly [part: string, whole: string, message: string])[],
): FieldError[] {
  const counts = new Map(Object.entries(status))
  const count = (name: string): number => Number(counts.get(name) ?? 0)
  return [
    ...names.flatMap((name) => notNegative(`status.${name}`, count(name))),
    ...wholes.flatMap(([part, whole, message]) =>
      count(part) > count(whole) ? [invalid(`status.${part}`, count(part), message)] : [],
    ),
  ]
}

/** Collisions of names are counted on, never back, once they are counted. */
export function validateNotDecremented(next: number | undefined, previous: number | undefined): FieldError[] {
  if (previous === undefined || (next !== undefined && next >= previous)) return []
  return [invalid('status.collisionCount', next ?? 0, 'cannot be decremented')]
}

const OF_ALL = 'cannot be greater than status.replicas'

export function validateReplicaSetStatusUpdate({ status }: V1ReplicaSet): FieldError[] {
  return validateCounts(
    status ?? {},
    [
      'replicas',
      'fullyLabeledReplicas',
      'readyReplicas',
      'availableReplicas',
      'observedGeneration',
      'terminatingReplicas',
    ],
    [
      ['fullyLabeledReplicas', 'replicas', OF_ALL],
      ['readyReplicas', 'replicas', OF_ALL],
      ['availableReplicas', 'replicas', OF_ALL],
      ['availableReplicas', 'readyReplicas', 'cannot be greater than readyReplicas'],
    ],
  )
}
