/**
 * ConfigMap: configuration as text and bytes, mounted into pods or read by anybody.
 * This is the kind's one entry (core/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/core/configmap.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1ConfigMap } from '../../generated/types.ts'
import { configMapColumns } from '../columns/plain.ts'
import { configMapStrategy } from './strategy.ts'

export const configMap = defineKind<V1ConfigMap>({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  resource: 'configmaps',
  scope: 'Namespaced',
  type: 'V1ConfigMap',
  shortNames: ['cm'],
  columns: configMapColumns,
  strategy: configMapStrategy,
})
