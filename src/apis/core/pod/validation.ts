/**
 * Validation of Pod objects on create; on update and of their status see the files beside.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidatePodCreate,
 * validatePodMetadataAndSpec.
 */
import { childPath, forbidden, indexPath, type FieldError } from '../../../apimachinery/field-path.ts'
import type { V1Pod, V1PodSpec } from '../../generated/types.ts'
import { itemsOf } from '../../validation/rules.ts'
import { validatePodAnnotations } from './annotations.ts'
import { validateImageSpaces } from './containers/other-containers.ts'
import { validateProfilesMatch } from './security/profiles.ts'
import { validatePodSpec } from './spec/pod-spec.ts'

const NO_SPEC: V1PodSpec = { containers: [] }

/** A token is somebody's: a pod without an account can have none. */
function validateTokens({ serviceAccountName = '', volumes = [] }: V1PodSpec): FieldError[] {
  if (serviceAccountName !== '') return []
  return volumes.flatMap(({ projected }, index) =>
    (projected?.sources ?? []).flatMap(({ serviceAccountToken }, place) => {
      const sourceAt = indexPath(childPath(indexPath('spec.volumes', index), 'projected', 'sources'), place)
      if (serviceAccountToken === undefined) return []
      const why = 'must not be specified when serviceAccountName is not set'
      return [forbidden(childPath(sourceAt, 'serviceAccountToken'), why)]
    }),
  )
}

/** What holds for a pod at any time; `old` is it before an update. */
export function validateWholePod({ metadata, spec = NO_SPEC }: V1Pod, old?: V1Pod): FieldError[] {
  const annotations = metadata.annotations ?? {}
  const placed = [
    ...itemsOf(spec.containers).map((container, index) => [container, indexPath('spec.containers', index)] as const),
    ...(spec.initContainers ?? []).map((one, index) => [one, indexPath('spec.initContainers', index)] as const),
  ]
  return [
    ...validatePodAnnotations(annotations, spec, 'metadata.annotations'),
    ...validatePodSpec(spec, { name: metadata.name ?? '', annotations }, 'spec', old?.spec),
    ...validateTokens(spec),
    ...placed.flatMap(([container, at]) => validateImageSpaces(container, at)),
  ]
}

export function validatePod(pod: V1Pod): FieldError[] {
  const spec = pod.spec ?? NO_SPEC
  const errors = validateWholePod(pod)
  if ((spec.ephemeralContainers ?? []).length > 0) {
    errors.push(forbidden('spec.ephemeralContainers', 'cannot be set on create'))
  }
  if ((spec.nodeName ?? '') !== '' && (spec.schedulingGates ?? []).length > 0) {
    errors.push(forbidden('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'))
  }
  return [...errors, ...validateProfilesMatch(pod.metadata.annotations ?? {}, spec, 'spec')]
}
