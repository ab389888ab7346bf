/**
 * HorizontalPodAutoscaler: scales something by metrics of its pods, in the first form: one CPU target. Stored as
 * autoscaling/v2.
 * This is the kind's one entry (autoscaling/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/autoscaling/horizontalpodautoscaler.
 */
import { defineKind } from '../../define-kind.ts'
import { STATUS } from '../../subresources.ts'
import type { V1HorizontalPodAutoscaler } from '../../generated/types.ts'
import { horizontalPodAutoscalerV1Columns } from '../columns.ts'
import { hpaFromStored, hpaToStored } from '../conversion.ts'
import { horizontalPodAutoscaler } from './horizontal-pod-autoscaler-v2.ts'
import { horizontalPodAutoscalerV1Strategy } from './strategy.ts'

export const horizontalPodAutoscalerV1 = defineKind<V1HorizontalPodAutoscaler>({
  group: 'autoscaling',
  version: 'v1',
  kind: 'HorizontalPodAutoscaler',
  resource: 'horizontalpodautoscalers',
  scope: 'Namespaced',
  type: 'V1HorizontalPodAutoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  subresources: [STATUS],
  columns: horizontalPodAutoscalerV1Columns,
  strategy: horizontalPodAutoscalerV1Strategy,
  storedAs: { definition: horizontalPodAutoscaler, toStored: hpaToStored, fromStored: hpaFromStored },
  notActedUpon: 'HorizontalPodAutoscaler: nothing acts on it yet: the HorizontalPodAutoscaler controller is not built',
})
