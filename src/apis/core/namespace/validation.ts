/**
 * Validation of Namespace objects: the names of finalizers. Upstream: kubernetes/kubernetes
 * pkg/apis/core/validation/validation.go, ValidateNamespace, validateFinalizerName. An update cannot change the spec,
 * so there is nothing of it to judge.
 */
import { indexPath, invalid, type FieldError } from '../../../apimachinery/field-path.ts'
import { isQualifiedName } from '../../../apimachinery/names.ts'
import type { V1Namespace } from '../../generated/types.ts'
import { invalidFor } from '../pod/validation-rules.ts'

const STANDARD_FINALIZERS = ['kubernetes', 'orphan', 'foregroundDeletion']
const NOT_STANDARD = 'name is neither a standard finalizer name nor is it fully qualified'

export function validateNamespace({ spec }: V1Namespace): FieldError[] {
  return (spec?.finalizers ?? []).flatMap((finalizer, index) => {
    const at = indexPath('spec.finalizers', index)
    const errors = invalidFor(at, finalizer, isQualifiedName(finalizer))
    const isKnown = finalizer.includes('/') || STANDARD_FINALIZERS.includes(finalizer)
    return isKnown ? errors : [...errors, invalid(at, finalizer, NOT_STANDARD)]
  })
}
