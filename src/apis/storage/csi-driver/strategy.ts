/**
 * How CSIDriver objects behave on writes, beyond their schema. A new one has no generation; changes are counted.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/storage/csidriver/strategy.go.
 */
import { successor } from '../../../lib/exact-json.ts'
import type { Strategy } from '../../define-kind.ts'
import type { V1CSIDriver } from '../../generated/types.ts'
import { isEqual } from '../../validation/rules.ts'
import { validateCsiDriver, validateCsiDriverUpdate } from './validation.ts'

const TOKENS_WARNING =
  'spec.serviceAccountTokenInSecrets is unset; if supported by this CSI driver, set to true to prevent possible ' +
  'logging of tokens in volume attributes'

export const csiDriverStrategy: Strategy<V1CSIDriver> = {
  validate: validateCsiDriver,
  prepareForUpdate(next, previous) {
    if (!isEqual(next.spec, previous.spec)) next.metadata.generation = successor(previous.metadata.generation ?? 0)
  },
  validateUpdate: validateCsiDriverUpdate,
  warnings({ spec }, previous) {
    const { tokenRequests = [], serviceAccountTokenInSecrets } = spec
    const isAsBefore = previous !== undefined && isEqual(tokenRequests, previous.spec.tokenRequests)
    const isWarned = !isAsBefore && tokenRequests.length > 0 && serviceAccountTokenInSecrets === undefined
    return isWarned ? [TOKENS_WARNING] : []
  },
}
