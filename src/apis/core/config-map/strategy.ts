/**
 * How ConfigMap objects behave on writes, beyond their schema: what users may not set, and what a write may
 * change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/core/configmap/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1ConfigMap } from '../../generated/types.ts'
import { validateConfigMap, validateConfigMapUpdate } from './validation.ts'

export const configMapStrategy: Strategy<V1ConfigMap> = {
  allowsUnconditionalUpdate: true,
  validate: validateConfigMap,
  validateUpdate: validateConfigMapUpdate,
}
