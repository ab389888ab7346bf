/**
 * Binding: places a pod on a node; answered and never stored. Pods take it at pods/binding, too.
 * This is the kind's one entry (core/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/core/pod/storage.
 */
import { defineKind } from '../define-kind.ts'
import type { V1Binding } from '../generated/types.ts'

export const binding = defineKind<V1Binding>({
  group: '',
  version: 'v1',
  kind: 'Binding',
  resource: 'bindings',
  scope: 'Namespaced',
  type: 'V1Binding',
  verbs: ['create'],
  isVirtual: true,
})
