/**
 * Node: anything that can run a pod. Spec and status are written by whoever is the node.
 * This is the kind's one entry (core/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/core/node.
 */
import { PROXY_VERBS, defineKind } from '../../define-kind.ts'
import type { V1Node } from '../../generated/types.ts'
import { nodeColumns } from '../columns/node.ts'
import { nodeStrategy } from './strategy.ts'
import { STATUS } from '../../subresources.ts'

export const node = defineKind<V1Node>({
  group: '',
  version: 'v1',
  kind: 'Node',
  resource: 'nodes',
  scope: 'Cluster',
  type: 'V1Node',
  shortNames: ['no'],
  subresources: [
    { name: 'proxy', verbs: PROXY_VERBS, bodyKind: { group: '', version: 'v1', kind: 'NodeProxyOptions' } },
    STATUS,
  ],
  columns: nodeColumns,
  strategy: nodeStrategy,
  selectableFields: (subject) => ({
    'spec.unschedulable': String(subject.spec?.unschedulable ?? false),
  }),
})
