/**
 * `pods/resize`: changes what the containers of a pod ask for and may use of processor and memory, and nothing else.
 * Upstream: kubernetes/kubernetes pkg/registry/core/pod/strategy.go (podResizeStrategy),
 * pkg/apis/core/validation/validation.go (ValidatePodResize).
 */
import {
  addErrors, childPath, forbidden, indexPath, invalid, ofNamedType, type FieldError,
} from '../../../../apimachinery/field-path.ts'
import type { EndpointStrategy } from '../../../define-kind.ts'
import type { V1Container, V1Pod, V1PodSpec, V1ResourceRequirements } from '../../../generated/types.ts'
import { copyField, keepMetadata } from '../../../status-strategy.ts'
import { isEqual } from '../../../validation/rules.ts'
import { MIRROR_ANNOTATION } from '../annotations.ts'
import { qosClassOf } from '../qos-class.ts'
import { validateWholePod } from '../validation.ts'
import { NO_FIELD } from './kept.ts'

const LISTS = ['containers', 'initContainers'] as const
const NO_SPEC: V1PodSpec = { containers: [] }
const ONLY_CPU_AND_MEMORY = 'only cpu and memory resources are mutable'

type Quantities = Record<string, string>

const specOf = ({ spec }: V1Pod): V1PodSpec => spec ?? NO_SPEC

/** Containers that are others than before are left for validation to refuse. */
function withNewResources(next: readonly V1Container[], previous: readonly V1Container[]): V1Container[] {
  if (next.some(({ name }, index) => name !== previous[index]?.name)) return [...next]
  return previous.map((container, index) => {
    const { resources: _old, resizePolicy: _before, ...kept } = container
    const { resources, resizePolicy } = next[index] ?? {}
    return {
      ...kept,
      ...(resizePolicy === undefined ? {} : { resizePolicy }),
      ...(resources === undefined ? {} : { resources }),
    }
  })
}

function keepAllButResources(next: V1Pod, previous: V1Pod): void {
  const [wanted, before] = [specOf(next), specOf(previous)]
  if (LISTS.some((list) => (wanted[list] ?? []).length !== (before[list] ?? []).length)) return
  const { resources: _old, ...kept } = before
  const merged: V1PodSpec = { ...kept, containers: withNewResources(wanted.containers, before.containers) }
  if (before.initContainers !== undefined) {
    merged.initContainers = withNewResources(wanted.initContainers ?? [], before.initContainers)
  }
  if (wanted.resources !== undefined) merged.resources = wanted.resources
  next.spec = merged
  copyField(next, previous, 'status')
  keepMetadata(next, previous)
}

/** A kubelet that reports resources can change them; while nothing runs it is given the benefit of the doubt. */
function isSupported({ status }: V1Pod): boolean {
  const running = status?.containerStatuses?.find(({ state }) => state?.running !== undefined)
  return running === undefined || running.resources !== undefined
}

function wasRemoved(next: Quantities = {}, previous: Quantities = {}): boolean {
  return Object.keys(previous).some((name) => next[name] === undefined)
}

/** `next` with cpu and memory as they were: what is left over to differ may not. */
function munged(next: Quantities = {}, previous: Quantities = {}): Quantities | undefined {
  const { cpu: _cpu, memory: _memory, ...others } = next
  const { cpu, memory } = previous
  const all = { ...others, ...(cpu === undefined ? {} : { cpu }), ...(memory === undefined ? {} : { memory }) }
  return Object.keys(all).length === 0 ? undefined : all
}

function mungedResources(
  next: V1ResourceRequirements | undefined,
  previous: V1ResourceRequirements | undefined,
): V1ResourceRequirements {
  const limits = munged(next?.limits, previous?.limits)
  const requests = munged(next?.requests, previous?.requests)
  return { ...(limits === undefined ? {} : { limits }), ...(requests === undefined ? {} : { requests }) }
}

/** Resources that say nothing are as good as none. Claims differ always, as upstream munges them away. */
function isOtherwiseSame(next: V1Container, previous: V1Container): boolean {
  const { limits: _limits, requests: _requests, ...others } = previous.resources ?? {}
  const before = { ...others, ...mungedResources(previous.resources, previous.resources) }
  return isEqual(
    { ...next, resources: mungedResources(next.resources, previous.resources) },
    { ...previous, resources: before },
  )
}

function validatePodResources(next: V1PodSpec, previous: V1PodSpec): FieldError[] {
  const isSaid = ({ resources }: V1PodSpec): boolean =>
    Object.keys(resources?.requests ?? {}).length + Object.keys(resources?.limits ?? {}).length > 0
  if (!isSaid(next) && !isSaid(previous)) return []
  if (previous.resources !== undefined && next.resources === undefined) {
    return [forbidden('spec.resources', 'pod-level resources cannot be removed')]
  }
  const errors = (['requests', 'limits'] as const).flatMap((list) =>
    wasRemoved(next.resources?.[list], previous.resources?.[list])
      ? [forbidden(childPath('spec.resources', list), `pod-level resource ${list} cannot be removed`)]
      : [],
  )
  const { limits: _limits, requests: _requests, ...others } = next.resources ?? {}
  const now = { ...mungedResources(next.resources, previous.resources), ...others }
  const was = { ...previous.resources }
  return isEqual(now, was) ? errors : [...errors, forbidden('spec', `${ONLY_CPU_AND_MEMORY} at pod-level`)]
}

function validateOrder(next: V1PodSpec, previous: V1PodSpec): FieldError[] {
  return LISTS.flatMap((list) => {
    const at = childPath('spec', list)
    const [now, before] = [next[list] ?? [], previous[list] ?? []]
    if (now.length !== before.length) return [forbidden(at, `${list} may not be added or removed on resize`)]
    return before.flatMap(({ name }, index) =>
      now[index]?.name === name
        ? []
        : [forbidden(childPath(indexPath(at, index), 'name'), `${list} may not be renamed or reordered on resize`)],
    )
  })
}

/** What a container asks for can be changed, not taken back. */
function validateKept(next: V1PodSpec, previous: V1PodSpec, list: (typeof LISTS)[number]): FieldError[] {
  return (previous[list] ?? []).flatMap(({ resources: before }, index) => {
    const now = next[list]?.[index]?.resources
    const at = childPath(indexPath(childPath('spec', list), index), 'resources')
    return (['requests', 'limits'] as const).flatMap((kind) =>
      wasRemoved(now?.[kind], before?.[kind])
        ? [forbidden(childPath(at, kind), `resource ${kind} cannot be removed`)]
        : [],
    )
  })
}

function validateInitContainer(next: V1Container, previous: V1Container, index: number): FieldError[] {
  const at = indexPath('spec.initContainers', index)
  const errors: FieldError[] = []
  if (!isOtherwiseSame(next, previous)) {
    errors.push(forbidden(at, 'only cpu and memory resources for init or sidecar containers are mutable'))
  }
  if (next.restartPolicy === 'Always' || isEqual(next, previous)) return errors
  const why = 'non-sidecar init containers with a resize policy of RestartContainer cannot be resized'
  const restarting = (next.resizePolicy ?? []).filter(({ restartPolicy }) => restartPolicy === 'RestartContainer')
  return [...errors, ...restarting.map(() => forbidden(at, why))]
}

function validateResize(pod: V1Pod, old: V1Pod): FieldError[] {
  const [next, previous] = [specOf(pod), specOf(old)]
  const errors = validateWholePod(pod, old)
  if (old.metadata.annotations?.[MIRROR_ANNOTATION] !== undefined) {
    return [forbidden(NO_FIELD, 'static pods cannot be resized')]
  }
  if (previous.os?.name === 'windows') return [forbidden(NO_FIELD, 'windows pods cannot be resized')]
  if ((old.status?.qosClass ?? qosClassOf(old)) !== qosClassOf(pod)) {
    const why = 'Pod QOS Class may not change as a result of resizing'
    errors.push(invalid('spec', ofNamedType(pod.status?.qosClass ?? ''), why))
  }
  if (!isSupported(old)) errors.push(forbidden('spec', 'Pod running on node without support for resize'))
  addErrors(errors, validatePodResources(next, previous))
  if ((old.status?.nodeAllocatableResourceClaimStatuses ?? []).length > 0) {
    errors.push(forbidden('spec', 'pods with node allocatable resource claims cannot be resized'))
  }
  const misplaced = validateOrder(next, previous)
  if (misplaced.length > 0) return [...errors, ...misplaced]
  for (const list of ['initContainers', 'containers'] as const) addErrors(errors, validateKept(next, previous, list))
  for (const [index, container] of previous.containers.entries()) {
    const now = next.containers[index]
    if (now !== undefined && !isOtherwiseSame(now, container)) errors.push(forbidden('spec', ONLY_CPU_AND_MEMORY))
  }
  for (const [index, container] of (previous.initContainers ?? []).entries()) {
    const now = next.initContainers?.[index]
    if (now !== undefined) addErrors(errors, validateInitContainer(now, container, index))
  }
  return errors
}

export const resizeEndpoint: EndpointStrategy<V1Pod> = {
  prepareForUpdate: keepAllButResources,
  validateUpdate: validateResize,
}
