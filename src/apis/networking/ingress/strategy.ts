/**
 * How Ingress objects behave on writes, beyond their schema.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/networking/ingress/strategy.go.
 */
import { loadBalancerWarnings } from '../../core/service/warnings.ts'
import type { Strategy } from '../../define-kind.ts'
import type { V1Ingress } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import {
  CLASS_ANNOTATION, validateIngress, validateIngressStatusUpdate, validateIngressUpdate,
} from './validation.ts'

const base = specAndStatusStrategy<V1Ingress>('V1Ingress', { countsGenerations: true, allowsUnconditionalUpdate: true })

export const ingressStrategy: Strategy<V1Ingress> = {
  ...base,
  validate: validateIngress,
  validateUpdate: validateIngressUpdate,
  warnings({ metadata, spec }, previous) {
    const isOld = metadata.annotations?.[CLASS_ANNOTATION] !== undefined && spec?.ingressClassName === undefined
    if (previous !== undefined || !isOld) return []
    return [`annotation "${CLASS_ANNOTATION}" is deprecated, please use 'spec.ingressClassName' instead`]
  },
  status: { ...base.status, validateUpdate: validateIngressStatusUpdate, warnings: loadBalancerWarnings },
}
