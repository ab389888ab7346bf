/**
 * How Secret objects behave on writes, beyond their schema: what users may not set, and what a write may change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/core/secret/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1Secret } from '../../generated/types.ts'
import { validateSecret, validateSecretUpdate } from './validation.ts'
import { secretWarnings } from './warnings.ts'

export const secretStrategy: Strategy<V1Secret> = {
  allowsUnconditionalUpdate: true,
  validate: validateSecret,
  prepareForUpdate(next, previous) {
    // A type left out is the one it had (strategy.go, PrepareForUpdate).
    if ((next.type ?? '') === '' && previous.type !== undefined) next.type = previous.type
  },
  validateUpdate: validateSecretUpdate,
  warnings: secretWarnings,
}
