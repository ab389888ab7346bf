/**
 * ControllerRevision: an immutable snapshot of a template, kept by DaemonSets and StatefulSets for roll-back.
 * This is the kind's one entry (apps/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/apps/controllerrevision.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1ControllerRevision } from '../../generated/types.ts'
import { controllerRevisionColumns } from '../columns.ts'
import { controllerRevisionStrategy } from './strategy.ts'

export const controllerRevision = defineKind<V1ControllerRevision>({
  group: 'apps',
  version: 'v1',
  kind: 'ControllerRevision',
  resource: 'controllerrevisions',
  scope: 'Namespaced',
  type: 'V1ControllerRevision',
  columns: controllerRevisionColumns,
  strategy: controllerRevisionStrategy,
})
