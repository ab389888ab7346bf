/**
 * ResourceQuota: limits on what a namespace may hold in total.
 * This is the kind's one entry (core/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/core/resourcequota.
 */
import { defineKind } from '../../define-kind.ts'
import { STATUS } from '../../subresources.ts'
import type { V1ResourceQuota } from '../../generated/types.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import {
  resourceQuotaWarnings, validateResourceQuota, validateResourceQuotaStatusUpdate, validateResourceQuotaUpdate,
} from './resource-quota-validation.ts'

const base = specAndStatusStrategy<V1ResourceQuota>('V1ResourceQuota', { allowsUnconditionalUpdate: true })

export const resourceQuota = defineKind<V1ResourceQuota>({
  group: '',
  version: 'v1',
  kind: 'ResourceQuota',
  resource: 'resourcequotas',
  scope: 'Namespaced',
  type: 'V1ResourceQuota',
  shortNames: ['quota'],
  subresources: [STATUS],
  strategy: {
    ...base,
    validate: validateResourceQuota,
    validateUpdate: validateResourceQuotaUpdate,
    warnings: (next, previous) => (previous === undefined ? resourceQuotaWarnings(next) : []),
    status: { ...base.status, validateUpdate: validateResourceQuotaStatusUpdate },
  },
})
