/**
 * How IngressClass objects behave on writes, beyond their schema.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/networking/ingressclass/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1IngressClass } from '../../generated/types.ts'
import { validateIngressClass, validateIngressClassUpdate } from './validation.ts'

export const ingressClassStrategy: Strategy<V1IngressClass> = {
  allowsUnconditionalUpdate: true,
  countsGenerations: true,
  validate: validateIngressClass,
  validateUpdate: validateIngressClassUpdate,
}
