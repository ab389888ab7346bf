/**
 * The claim that an ephemeral volume makes for its pod.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidatePersistentVolumeClaimTemplate.
 */
import { childPath, forbidden, type FieldError } from '../../../../apimachinery/field-path.ts'
import { validateAnnotations, validateLabels } from '../../../../apimachinery/metadata-validation.ts'
import type { V1PersistentVolumeClaimTemplate } from '../../../generated/types.ts'
import { validateClaimSpec } from '../../volume/claim-spec.ts'

/** In the order of metav1.ObjectMeta; labels and annotations are what a template may have. */
const FORBIDDEN_METADATA = [
  'name',
  'generateName',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'ownerReferences',
  'finalizers',
  'managedFields',
] as const

export function validateClaimTemplate({ metadata, spec }: V1PersistentVolumeClaimTemplate, at: string): FieldError[] {
  const metaAt = childPath(at, 'metadata')
  return [
    ...validateAnnotations(metadata?.annotations, childPath(metaAt, 'annotations')),
    ...validateLabels(metadata?.labels, childPath(metaAt, 'labels')),
    ...FORBIDDEN_METADATA.flatMap((field) => {
      const isSet = metadata?.[field] !== undefined && metadata[field] !== ''
      return isSet ? [forbidden(childPath(metaAt, field), 'cannot be set')] : []
    }),
    ...validateClaimSpec(spec, childPath(at, 'spec')),
  ]
}
