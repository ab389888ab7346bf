/**
 * How HorizontalPodAutoscaler objects behave on writes, beyond their schema. Both versions are judged as the stored
 * one: errors about a metric name its place there.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/autoscaling/horizontalpodautoscaler/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1HorizontalPodAutoscaler, V2HorizontalPodAutoscaler } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import { hpaToStored } from '../conversion.ts'
import {
  validateHorizontalPodAutoscaler,
  validateHorizontalPodAutoscalerStatusUpdate,
  validateHorizontalPodAutoscalerUpdate,
} from './validation.ts'

const base = specAndStatusStrategy<V2HorizontalPodAutoscaler>('V2HorizontalPodAutoscaler', {
  allowsUnconditionalUpdate: true,
})
const baseV1 = specAndStatusStrategy<V1HorizontalPodAutoscaler>('V1HorizontalPodAutoscaler', {
  allowsUnconditionalUpdate: true,
})

export const horizontalPodAutoscalerStrategy: Strategy<V2HorizontalPodAutoscaler> = {
  ...base,
  validate: validateHorizontalPodAutoscaler,
  validateUpdate: validateHorizontalPodAutoscalerUpdate,
  status: { ...base.status, validateUpdate: validateHorizontalPodAutoscalerStatusUpdate },
}

export const horizontalPodAutoscalerV1Strategy: Strategy<V1HorizontalPodAutoscaler> = {
  ...baseV1,
  validate: (next) => validateHorizontalPodAutoscaler(hpaToStored(next)),
  validateUpdate: (next, previous) => validateHorizontalPodAutoscalerUpdate(hpaToStored(next), hpaToStored(previous)),
  status: {
    ...baseV1.status,
    validateUpdate: (next) => validateHorizontalPodAutoscalerStatusUpdate(hpaToStored(next)),
  },
}
