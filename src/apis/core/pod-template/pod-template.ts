/**
 * PodTemplate: a template of pods, stored for whoever reads it; no controller of upstream does.
 * This is the kind's one entry (core/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/core/podtemplate.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1PodTemplate } from '../../generated/types.ts'
import { podTemplateColumns } from '../columns/plain.ts'
import { podTemplateStrategy } from './strategy.ts'

export const podTemplate = defineKind<V1PodTemplate>({
  group: '',
  version: 'v1',
  kind: 'PodTemplate',
  resource: 'podtemplates',
  scope: 'Namespaced',
  type: 'V1PodTemplate',
  columns: podTemplateColumns,
  strategy: podTemplateStrategy,
})
