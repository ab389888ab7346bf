/**
 * ComponentStatus: health of parts that this control plane does not have as processes of their own; deprecated
 * upstream.
 * This is the kind's one entry (core/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/core/componentstatus.
 */
import { defineKind } from '../define-kind.ts'
import type { V1ComponentStatus } from '../generated/types.ts'

export const componentStatus = defineKind<V1ComponentStatus>({
  group: '',
  version: 'v1',
  kind: 'ComponentStatus',
  resource: 'componentstatuses',
  scope: 'Cluster',
  type: 'V1ComponentStatus',
  shortNames: ['cs'],
  verbs: ['get', 'list'],
  isVirtual: true,
})
