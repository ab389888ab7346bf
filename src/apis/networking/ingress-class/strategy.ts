/**
 * How IngressClass objects behave on writes, beyond their schema.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/networking/ingressclass/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1IngressClass } from '../../generated/types.ts'
import { startGeneration } from '../../status-strategy.ts'
import { validateIngressClass, validateIngressClassUpdate } from './validation.ts'

export const ingressClassStrategy: Strategy<V1IngressClass> = {
  allowsUnconditionalUpdate: true,
  prepareForCreate: startGeneration,
  validate: validateIngressClass,
  validateUpdate: validateIngressClassUpdate,
}
