/**
 * Pod: containers that live and die together on one node.
 * This is the kind's one entry (core/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/core/pod.
 */
import { PROXY_VERBS, defineKind } from '../../define-kind.ts'
import type { V1Pod } from '../../generated/types.ts'
import { podColumns, podRowConditions } from '../columns/pod.ts'
import { podStrategy } from './strategy.ts'
import { STATUS } from '../../subresources.ts'

export const pod = defineKind<V1Pod>({
  group: '',
  version: 'v1',
  kind: 'Pod',
  resource: 'pods',
  scope: 'Namespaced',
  type: 'V1Pod',
  shortNames: ['po'],
  categories: ['all'],
  subresources: [
    { name: 'attach', verbs: ['create', 'get'], bodyKind: { group: '', version: 'v1', kind: 'PodAttachOptions' } },
    { name: 'binding', verbs: ['create'], bodyKind: { group: '', version: 'v1', kind: 'Binding' } },
    { name: 'ephemeralcontainers', verbs: ['get', 'patch', 'update'] },
    { name: 'eviction', verbs: ['create'], bodyKind: { group: 'policy', version: 'v1', kind: 'Eviction' } },
    { name: 'exec', verbs: ['create', 'get'], bodyKind: { group: '', version: 'v1', kind: 'PodExecOptions' } },
    { name: 'log', verbs: ['get'] },
    {
      name: 'portforward',
      verbs: ['create', 'get'],
      bodyKind: { group: '', version: 'v1', kind: 'PodPortForwardOptions' },
    },
    { name: 'proxy', verbs: PROXY_VERBS, bodyKind: { group: '', version: 'v1', kind: 'PodProxyOptions' } },
    { name: 'resize', verbs: ['get', 'patch', 'update'] },
    STATUS,
  ],
  columns: podColumns,
  rowConditions: podRowConditions,
  strategy: podStrategy,
  fieldAliases: { 'spec.host': 'spec.nodeName', 'status.podIPs': '' },
  selectableFields: (subject) => ({
    'spec.nodeName': subject.spec?.nodeName ?? '',
    'spec.restartPolicy': subject.spec?.restartPolicy ?? '',
    'spec.schedulerName': subject.spec?.schedulerName ?? '',
    'spec.serviceAccountName': subject.spec?.serviceAccountName ?? '',
    'spec.hostNetwork': String(subject.spec?.hostNetwork ?? false),
    'status.phase': subject.status?.phase ?? '',
    'status.podIP': subject.status?.podIP ?? '',
    'status.nominatedNodeName': subject.status?.nominatedNodeName ?? '',
  }),
})
