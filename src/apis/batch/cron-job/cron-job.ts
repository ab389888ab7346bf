/**
 * CronJob: jobs at given times.
 * This is the kind's one entry (batch/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/batch/cronjob.
 */
import { defineKind } from '../../define-kind.ts'
import { STATUS } from '../../subresources.ts'
import type { V1CronJob } from '../../generated/types.ts'
import { cronJobColumns } from '../columns.ts'
import { cronJobStrategy } from './strategy.ts'

export const cronJob = defineKind<V1CronJob>({
  group: 'batch',
  version: 'v1',
  kind: 'CronJob',
  resource: 'cronjobs',
  scope: 'Namespaced',
  type: 'V1CronJob',
  shortNames: ['cj'],
  categories: ['all'],
  subresources: [STATUS],
  columns: cronJobColumns,
  strategy: cronJobStrategy,
  notActedUpon: 'CronJob: nothing acts on it yet: the CronJob controller is not built',
})
