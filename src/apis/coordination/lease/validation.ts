/**
 * Validation of Lease objects. Upstream: kubernetes/kubernetes pkg/apis/coordination/validation/validation.go,
 * ValidateLeaseSpec.
 */
import { invalid, required, type FieldError } from '../../../apimachinery/field-path.ts'
import type { V1Lease } from '../../generated/types.ts'
import { notNegative } from '../../core/pod/validation-rules.ts'

export function validateLease({ spec }: V1Lease): FieldError[] {
  const { leaseDurationSeconds, leaseTransitions, strategy, preferredHolder } = spec ?? {}
  const errors: FieldError[] = []
  if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) {
    errors.push(invalid('spec.leaseDurationSeconds', leaseDurationSeconds, 'must be greater than 0'))
  }
  errors.push(...notNegative('spec.leaseTransitions', leaseTransitions))
  if ((preferredHolder ?? '') !== '' && (strategy ?? '') === '') {
    errors.push(required('spec.strategy', 'must be specified when `preferredHolder` is set'))
  }
  return errors
}
