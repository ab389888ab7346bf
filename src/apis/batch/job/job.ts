/**
 * Job: pods that run until enough of them have succeeded.
 * This is the kind's one entry (batch/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/batch/job.
 */
import { defineKind } from '../../define-kind.ts'
import { STATUS } from '../../subresources.ts'
import type { V1Job } from '../../generated/types.ts'
import { jobColumns } from '../columns.ts'
import { jobStrategy } from './strategy.ts'

export const job = defineKind<V1Job>({
  group: 'batch',
  version: 'v1',
  kind: 'Job',
  resource: 'jobs',
  scope: 'Namespaced',
  type: 'V1Job',
  categories: ['all'],
  subresources: [STATUS],
  columns: jobColumns,
  strategy: jobStrategy,
  fieldRefusal: (field) => `field label ${JSON.stringify(field)} not supported for Job`,
  selectableFields: (subject) => ({
    'status.successful': String(subject.status?.succeeded ?? 0),
  }),
})
