/**
 * Validation of Pod objects: on create, on update (nearly everything of the spec is fixed) and of their status.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidatePodCreate, ValidatePodUpdate,
 * ValidatePodStatusUpdate.
 * Differs: upstream adds a Go-formatted diff below the message about fields that may not change.
 */
import { childPath, forbidden, indexPath, invalid, type FieldError } from '../../../apimachinery/field-path.ts'
import { isInRange } from '../../../apimachinery/names.ts'
import type { V1ContainerStatus, V1Pod, V1PodSpec, V1Toleration } from '../../generated/types.ts'
import { validatePodSpec } from './pod-spec-validation.ts'
import { invalidFor, isEqual, MAX_INT32 } from './validation-rules.ts'

export const POD_UPDATE_MESSAGE =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,' +
  '`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),' +
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)'

export function validatePod(pod: V1Pod): FieldError[] {
  return validatePodSpec(pod.spec, 'spec')
}

function validateDeadline(next: number | undefined, previous: number | undefined): FieldError[] {
  const field = 'spec.activeDeadlineSeconds'
  if (next === undefined) {
    return previous === undefined
      ? []
      : [invalid(field, undefined, 'must not update from a positive integer to nil value')]
  }
  const messages = isInRange(next, 0, MAX_INT32)
  if (messages.length > 0) return invalidFor(field, next, messages)
  return previous !== undefined && previous < next
    ? [invalid(field, next, 'must be less than or equal to previous value')]
    : []
}

/** The kubelet and node controllers lengthen tolerations; taking them away could end a running pod. */
function validateTolerations(next: readonly V1Toleration[], previous: readonly V1Toleration[]): FieldError[] {
  const withoutTime = ({ tolerationSeconds: _seconds, ...rest }: V1Toleration): object => rest
  const isKept = (old: V1Toleration): boolean =>
    next.some(
      (toleration) =>
        isEqual(toleration, old) || (old.effect === 'NoExecute' && isEqual(withoutTime(toleration), withoutTime(old))),
    )
  const why = 'existing toleration can not be modified except its tolerationSeconds'
  return previous.every(isKept) ? [] : [forbidden('spec.tolerations', why)]
}

function validateGates(next: V1PodSpec, previous: V1PodSpec): FieldError[] {
  const names = new Set((previous.schedulingGates ?? []).map(({ name }) => name))
  return (next.schedulingGates ?? []).flatMap(({ name }, index) => {
    if (names.has(name)) return []
    const why = `only deletion is allowed, but found new scheduling gate '${name}'`
    return [forbidden(childPath(indexPath('spec.schedulingGates', index), 'name'), why)]
  })
}

/** The new spec with all that may change put back: what is left over to differ may not. */
function withOldMutableFields(next: V1PodSpec, previous: V1PodSpec): V1PodSpec {
  const munged: V1PodSpec = structuredClone(next)
  for (const list of ['containers', 'initContainers'] as const) {
    for (const [index, container] of (munged[list] ?? []).entries()) {
      const image = previous[list]?.[index]?.image
      if (image === undefined) delete container.image
      else container.image = image
    }
  }
  for (const field of ['activeDeadlineSeconds', 'tolerations', 'schedulingGates'] as const) {
    delete munged[field]
    if (previous[field] !== undefined) Object.assign(munged, { [field]: previous[field] })
  }
  const grace = previous.terminationGracePeriodSeconds
  if (grace !== undefined && grace < 0 && munged.terminationGracePeriodSeconds === 1) {
    munged.terminationGracePeriodSeconds = grace
  }
  // While a pod is gated, its node selection may become narrower.
  if ((previous.schedulingGates ?? []).length > 0 && isNarrower(next.nodeSelector, previous.nodeSelector)) {
    delete munged.nodeSelector
    if (previous.nodeSelector !== undefined) munged.nodeSelector = previous.nodeSelector
  }
  return munged
}

function isNarrower(next: Record<string, string> = {}, previous: Record<string, string> = {}): boolean {
  return Object.entries(previous).every(([key, value]) => next[key] === value)
}

export function validatePodUpdate(pod: V1Pod, old: V1Pod): FieldError[] {
  const next = pod.spec ?? { containers: [] }
  const previous = old.spec ?? { containers: [] }
  const errors = validatePodSpec(pod.spec, 'spec')
  const counts = ['containers', 'initContainers'] as const
  const changed = counts.filter((list) => (next[list]?.length ?? 0) !== (previous[list]?.length ?? 0))
  if (changed.length > 0) {
    const why = 'pod updates may not add or remove containers'
    return [...errors, ...changed.slice(0, 1).map((list) => forbidden(childPath('spec', list), why))]
  }
  errors.push(
    ...validateDeadline(next.activeDeadlineSeconds, previous.activeDeadlineSeconds),
    ...validateTolerations(next.tolerations ?? [], previous.tolerations ?? []),
    ...validateGates(next, previous),
  )
  if (!isEqual(withOldMutableFields(next, previous), previous)) errors.push(forbidden('spec', POD_UPDATE_MESSAGE))
  return errors
}

/** A container that has ended for good stays ended. */
function validateTransitions(
  next: readonly V1ContainerStatus[],
  previous: readonly V1ContainerStatus[],
  restartPolicy: string | undefined,
  field: string,
): FieldError[] {
  if (restartPolicy === undefined || restartPolicy === 'Always') return []
  const errors: FieldError[] = []
  for (const [index, old] of previous.entries()) {
    const ended = old.state?.terminated
    if (ended === undefined || (ended.exitCode !== 0 && restartPolicy === 'OnFailure')) continue
    const same = next.find(({ name }) => name === old.name)
    if (same !== undefined && same.state?.terminated === undefined) {
      const at = childPath(indexPath(field, index), 'state')
      errors.push(forbidden(at, 'may not be transitioned to non-terminated state'))
    }
  }
  return errors
}

export function validatePodStatusUpdate(pod: V1Pod, old: V1Pod): FieldError[] {
  const field = 'status.containerStatuses'
  const [next, previous] = [pod.status?.containerStatuses ?? [], old.status?.containerStatuses ?? []]
  return validateTransitions(next, previous, old.spec?.restartPolicy, field)
}
