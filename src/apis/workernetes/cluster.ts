/**
 * Cluster: a logical cluster: one more API endpoint with its own namespaces, at /clusters/NAME. Lives in the root
 * cluster.
 * This is the kind's one entry (workernetes.dev/v1); it says what the kind is, and does nothing itself.
 * Ours alone: upstream has no such kind.
 */
import { defineKind } from '../define-kind.ts'
import { STATUS } from '../subresources.ts'
import { clusterColumns } from '../small-group-columns.ts'
import { clusterStrategy } from './strategy.ts'
import type { Cluster } from './structure.ts'

export const cluster = defineKind<Cluster>({
  group: 'workernetes.dev',
  version: 'v1',
  kind: 'Cluster',
  resource: 'clusters',
  scope: 'Cluster',
  type: 'Cluster',
  subresources: [STATUS],
  columns: clusterColumns,
  strategy: clusterStrategy,
})
