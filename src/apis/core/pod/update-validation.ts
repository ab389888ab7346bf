/**
 * Validation of changes of a pod: nearly everything of the spec is fixed.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidatePodUpdate,
 * validateNodeSelectorMutation, validateNodeAffinityMutation.
 */
import { cloneDecoded, forgetGivenEmpty, givenEmpty } from '../../../apimachinery/schema/given-empty.ts'
import {
  addErrors, childPath, forbidden, goJson, indexPath, invalid, required, sortedMap, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { isInRange } from '../../../apimachinery/names.ts'
import { unifiedDiff } from '../../../lib/unified-diff.ts'
import type { V1NodeSelectorTerm, V1Pod, V1PodSpec, V1Toleration } from '../../generated/types.ts'
import { internalForm } from '../../validation/internal-form.ts'
import { invalidFor, isEqual, MAX_INT32 } from '../../validation/rules.ts'
import { validateAnnotationsKept } from './annotations.ts'
import { validateImageSpaces } from './containers/other-containers.ts'
import { validateTolerations } from './spec/tolerations.ts'
import { validateWholePod } from './validation.ts'

export const POD_UPDATE_MESSAGE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'
const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution'

/** undefined: containers were added or removed, and there is no more to say. */
function validateImages(next: V1PodSpec, previous: V1PodSpec): { errors: FieldError[]; isOver: boolean } {
  const errors: FieldError[] = []
  for (const list of ['containers', 'initContainers'] as const) {
    const containers = next[list] ?? []
    if (containers.length !== (previous[list] ?? []).length) {
      errors.push(forbidden(childPath('spec', list), 'pod updates may not add or remove containers'))
      return { errors, isOver: true }
    }
    for (const [index, container] of containers.entries()) {
      const at = indexPath(childPath('spec', list), index)
      if ((container.image ?? '') === '') errors.push(required(childPath(at, 'image')))
      errors.push(...validateImageSpaces(container, at))
    }
  }
  return { errors, isOver: false }
}

/** A pod may be given less time than it had, never more. */
function validateDeadline(
  next: number | undefined,
  previous: number | undefined,
): { errors: FieldError[]; isOver: boolean } {
  const field = 'spec.activeDeadlineSeconds'
  if (next === undefined) {
    const why = 'must not update from a positive integer to nil value'
    return { errors: previous === undefined ? [] : [invalid(field, undefined, why)], isOver: false }
  }
  const errors = invalidFor(field, next, isInRange(next, 0, MAX_INT32))
  if (errors.length === 0 && previous !== undefined && previous < next) {
    errors.push(invalid(field, next, 'must be less than or equal to previous value'))
  }
  return { errors, isOver: errors.length > 0 }
}

/** The kubelet and node controllers lengthen tolerations; taking them away could end a running pod. */
function validateTolerationsKept(next: readonly V1Toleration[], previous: readonly V1Toleration[]): FieldError[] {
  const withoutTime = ({ key, operator, value, effect }: V1Toleration): string =>
    JSON.stringify([key, operator, value, effect])
  const kept = new Set(next.map(withoutTime))
  if (previous.every((old) => kept.has(withoutTime(old)))) return validateTolerations(next, 'spec.tolerations')
  return [forbidden('spec.tolerations', 'existing toleration can not be modified except its tolerationSeconds')]
}

function validateGates(next: V1PodSpec, previous: V1PodSpec): FieldError[] {
  const names = new Set((previous.schedulingGates ?? []).map(({ name }) => name))
  return (next.schedulingGates ?? []).flatMap(({ name }, index) => {
    if (names.has(name)) return []
    const why = `only deletion is allowed, but found new scheduling gate '${name}'`
    return [forbidden(childPath(indexPath('spec.schedulingGates', index), 'name'), why)]
  })
}

function hasOnlyAdditions(next: V1NodeSelectorTerm, previous: V1NodeSelectorTerm): boolean {
  const parts = ['matchExpressions', 'matchFields'] as const
  const wasEmpty = parts.every((part) => (previous[part] ?? []).length === 0)
  if (wasEmpty) return parts.every((part) => (next[part] ?? []).length === 0)
  return parts.every((part) => {
    const before = previous[part] ?? []
    return before.length === 0 || isEqual((next[part] ?? []).slice(0, before.length), before)
  })
}

/** While a pod is gated, the nodes that it may run on may become fewer. */
function validateNarrowing(next: V1PodSpec, previous: V1PodSpec): FieldError[] {
  const errors: FieldError[] = []
  const selector = next.nodeSelector ?? {}
  if (Object.entries(previous.nodeSelector ?? {}).some(([key, value]) => selector[key] !== value)) {
    const why = 'only additions to spec.nodeSelector are allowed (no mutations or deletions)'
    const printed = next.nodeSelector === undefined ? givenEmpty(next, 'nodeSelector') : sortedMap(selector)
    errors.push(invalid('spec.nodeSelector', printed, why))
  }
  const termsAt = `spec.affinity.nodeAffinity.${REQUIRED}.nodeSelectorTerms`
  const before = previous.affinity?.nodeAffinity?.[REQUIRED]?.nodeSelectorTerms ?? []
  const terms = next.affinity?.nodeAffinity?.[REQUIRED]?.nodeSelectorTerms
  const printed = (term: V1NodeSelectorTerm): object => internalForm('NodeSelectorTerm', term)
  if (before.length > 0 && before.length !== (terms ?? []).length) {
    const why = 'no additions/deletions to non-empty NodeSelectorTerms list are allowed'
    return [...errors, invalid(termsAt, terms?.map(printed), why)]
  }
  for (const [index, term] of before.entries()) {
    const now = terms?.[index] ?? {}
    if (hasOnlyAdditions(now, term)) continue
    const why = 'only additions are allowed (no mutations or deletions)'
    errors.push(invalid(indexPath(termsAt, index), printed(now), why))
  }
  return errors
}

function withField<Field extends keyof V1PodSpec>(spec: V1PodSpec, field: Field, source: V1PodSpec): void {
  delete spec[field]
  if (source[field] !== undefined) Object.assign(spec, { [field]: source[field] })
}

/** The new spec with all that may change put back: what is left over to differ may not. */
function withOldMutableFields(next: V1PodSpec, previous: V1PodSpec): V1PodSpec {
  const munged: V1PodSpec = cloneDecoded(next)
  for (const list of ['containers', 'initContainers'] as const) {
    for (const [index, container] of (munged[list] ?? []).entries()) {
      const image = previous[list]?.[index]?.image
      if (image === undefined) delete container.image
      else container.image = image
    }
  }
  for (const field of ['activeDeadlineSeconds', 'tolerations', 'schedulingGates'] as const) {
    withField(munged, field, previous)
  }
  forgetGivenEmpty(munged, ['tolerations', 'schedulingGates', 'initContainers'])
  const grace = previous.terminationGracePeriodSeconds
  if (grace !== undefined && grace < 0 && munged.terminationGracePeriodSeconds === 1) {
    munged.terminationGracePeriodSeconds = grace
  }
  if ((previous.schedulingGates ?? []).length === 0) return munged
  withField(munged, 'nodeSelector', previous)
  const nodeAffinity = previous.affinity?.nodeAffinity
  const { nodeAffinity: _narrowed, ...affinity } = munged.affinity ?? {}
  if (nodeAffinity !== undefined) munged.affinity = { ...affinity, nodeAffinity }
  else if (previous.affinity === undefined && Object.keys(affinity).length === 0) delete munged.affinity
  else if (munged.affinity !== undefined) munged.affinity = affinity
  return munged
}

/** What upstream writes below the message: the two specs, in the names of its internal types. */
function diffOf(previous: V1PodSpec, next: V1PodSpec): string {
  const printed = (spec: V1PodSpec): string => goJson(internalForm('PodSpec', spec), 1)
  return unifiedDiff(printed(previous), printed(next))
}

export function validatePodUpdate(pod: V1Pod, old: V1Pod): FieldError[] {
  const next = pod.spec ?? { containers: [] }
  const previous = old.spec ?? { containers: [] }
  const errors = [
    ...validateWholePod(pod, old),
    ...validateAnnotationsKept(pod.metadata.annotations ?? {}, old.metadata.annotations ?? {}, 'metadata.annotations'),
  ]
  for (const step of [
    validateImages(next, previous),
    validateDeadline(next.activeDeadlineSeconds, previous.activeDeadlineSeconds),
  ]) {
    errors.push(...step.errors)
    if (step.isOver) return errors
  }
  addErrors(errors, validateTolerationsKept(next.tolerations ?? [], previous.tolerations ?? []))
  addErrors(errors, validateGates(next, previous))
  if (isEqual(next, previous)) return errors
  if ((previous.schedulingGates ?? []).length > 0) addErrors(errors, validateNarrowing(next, previous))
  const munged = withOldMutableFields(next, previous)
  if (isEqual(munged, previous)) return errors
  return [...errors, forbidden('spec', `${POD_UPDATE_MESSAGE}\n${diffOf(previous, munged)}`)]
}
