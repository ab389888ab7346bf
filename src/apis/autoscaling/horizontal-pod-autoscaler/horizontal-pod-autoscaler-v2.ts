/**
 * HorizontalPodAutoscaler: scales something by metrics of its pods: the form that is stored.
 * This is the kind's one entry (autoscaling/v2); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/autoscaling/horizontalpodautoscaler.
 */
import { defineKind } from '../../define-kind.ts'
import { STATUS } from '../../subresources.ts'
import type { V2HorizontalPodAutoscaler } from '../../generated/types.ts'
import { horizontalPodAutoscalerColumns } from '../columns.ts'
import { horizontalPodAutoscalerStrategy } from './strategy.ts'

export const horizontalPodAutoscaler = defineKind<V2HorizontalPodAutoscaler>({
  group: 'autoscaling',
  version: 'v2',
  kind: 'HorizontalPodAutoscaler',
  resource: 'horizontalpodautoscalers',
  scope: 'Namespaced',
  type: 'V2HorizontalPodAutoscaler',
  shortNames: ['hpa'],
  categories: ['all'],
  subresources: [STATUS],
  columns: horizontalPodAutoscalerColumns,
  strategy: horizontalPodAutoscalerStrategy,
  notActedUpon: 'HorizontalPodAutoscaler: nothing acts on it yet: the HorizontalPodAutoscaler controller is not built',
})
