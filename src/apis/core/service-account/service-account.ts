/**
 * ServiceAccount: the identity of pods; serviceaccounts/token issues its tokens.
 * This is the kind's one entry (core/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/core/serviceaccount.
 */
import { defineKind } from '../../define-kind.ts'
import type { V1ServiceAccount } from '../../generated/types.ts'
import { serviceAccountColumns } from '../columns/plain.ts'
import { serviceAccountStrategy } from './strategy.ts'

export const serviceAccount = defineKind<V1ServiceAccount>({
  group: '',
  version: 'v1',
  kind: 'ServiceAccount',
  resource: 'serviceaccounts',
  scope: 'Namespaced',
  type: 'V1ServiceAccount',
  shortNames: ['sa'],
  subresources: [
    {
      name: 'token',
      verbs: ['create'],
      bodyKind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' },
    },
  ],
  columns: serviceAccountColumns,
  strategy: serviceAccountStrategy,
})
