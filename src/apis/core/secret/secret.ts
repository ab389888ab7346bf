/**
 * Secret: bytes that not everybody may read.
 * This is the kind's one entry (core/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/core/secret.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1Secret } from '../../generated/types.ts'
import { secretColumns } from '../columns/plain.ts'
import { secretStrategy } from './strategy.ts'

export const secret = defineKind<V1Secret>({
  group: '',
  version: 'v1',
  kind: 'Secret',
  resource: 'secrets',
  scope: 'Namespaced',
  type: 'V1Secret',
  columns: secretColumns,
  strategy: secretStrategy,
  selectableFields: (subject) => ({
    type: subject.type ?? '',
  }),
})
