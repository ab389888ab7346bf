/**
 * How HorizontalPodAutoscaler objects behave on writes, beyond their schema. Both versions are judged as the stored
 * one: errors about a metric name its place there.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1HorizontalPodAutoscaler, V2HorizontalPodAutoscaler } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import {
  validateHorizontalPodAutoscaler,
  validateHorizontalPodAutoscalerStatusUpdate,
  validateHorizontalPodAutoscalerUpdate,
} from './validation.ts'

const base = specAndStatusStrategy<V2HorizontalPodAutoscaler>('V2HorizontalPodAutoscaler', {
  allowsUnconditionalUpdate: true,
})

export const horizontalPodAutoscalerStrategy: Strategy<V2HorizontalPodAutoscaler> = {
  ...base,
  validate: validateHorizontalPodAutoscaler,
  validateUpdate: validateHorizontalPodAutoscalerUpdate,
  status: { ...base.status, validateUpdate: validateHorizontalPodAutoscalerStatusUpdate },
}

/** Writes of the first version are judged in the form that is stored. */
export const horizontalPodAutoscalerV1Strategy: Strategy<V1HorizontalPodAutoscaler> = {
  allowsUnconditionalUpdate: true,
}
