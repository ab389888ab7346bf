/**
 * Validation of metadata in templates of objects: labels and annotations, and nothing else.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateTemplateObjectMeta.
 */
import { childPath, forbidden, type FieldError } from '../../apimachinery/field-path.ts'
import { validateAnnotations, validateLabels } from '../../apimachinery/metadata-validation.ts'
import { givenEmpty } from '../../apimachinery/schema/given-empty.ts'
import type { ObjectMeta } from '../../apimachinery/meta.ts'

/** In the order of metav1.ObjectMeta, and upstream makes `uID` of UID; labels and annotations are what a template may have. */
const FORBIDDEN_METADATA = [
  'name',
  'generateName',
  'namespace',
  'selfLink',
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

export function validateTemplateMeta(metadata: Partial<ObjectMeta> | undefined, at: string): FieldError[] {
  return [
    ...validateAnnotations(metadata?.annotations, childPath(at, 'annotations')),
    ...validateLabels(metadata?.labels, childPath(at, 'labels')),
    ...FORBIDDEN_METADATA.flatMap((field) => {
      const said = metadata?.[field] ?? givenEmpty(metadata, field)
      const isSet = said !== undefined && said !== ''
      return isSet ? [forbidden(childPath(at, field === 'uid' ? 'uID' : field), 'cannot be set')] : []
    }),
  ]
}
