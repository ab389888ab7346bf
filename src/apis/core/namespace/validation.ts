/**
 * Validation of Namespace objects: the names of finalizers, and a phase that goes with the deletion. Upstream:
 * kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateNamespace, ValidateNamespaceStatusUpdate,
 * ValidateNamespaceFinalizeUpdate.
 */
import { indexPath, invalid, ofNamedType, type FieldError } from '../../../apimachinery/field-path.ts'
import { validateStandardFinalizer } from '../../../apimachinery/metadata-validation.ts'
import type { V1Namespace } from '../../generated/types.ts'
import { qualifiedName } from '../../validation/rules.ts'

const FINALIZERS = 'spec.finalizers'

/** On create and update upstream's paths have no index. */
export function validateNamespace({ spec }: V1Namespace): FieldError[] {
  return (spec?.finalizers ?? []).flatMap((finalizer) => [
    ...qualifiedName(FINALIZERS, finalizer),
    ...validateStandardFinalizer(finalizer, FINALIZERS),
  ])
}

export function validateNamespaceFinalize({ spec }: V1Namespace): FieldError[] {
  return (spec?.finalizers ?? []).flatMap((finalizer, index) => {
    const at = indexPath(FINALIZERS, index)
    return [...qualifiedName(at, finalizer), ...validateStandardFinalizer(finalizer, at)]
  })
}

export function validateNamespaceStatusUpdate({ metadata, status }: V1Namespace): FieldError[] {
  const isDeleted = metadata.deletionTimestamp !== undefined
  const [wanted, which] = isDeleted ? ['Terminating', 'not empty'] : ['Active', 'empty']
  const phase = status?.phase ?? ''
  if (phase === wanted) return []
  return [invalid('status.Phase', ofNamedType(phase), `may only be '${wanted}' if \`deletionTimestamp\` is ${which}`)]
}
