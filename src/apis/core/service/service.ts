/**
 * Service: a stable name and address for a changing set of pods.
 * This is the kind's one entry (core/v1); it says what the kind is, and does nothing itself.
 * Upstream: kubernetes/kubernetes pkg/registry/core/service.
 */
import { PROXY_VERBS, defineKind } from '../../define-kind.ts'
import type { V1Service } from '../../generated/types.ts'
import { serviceColumns } from '../columns/service.ts'
import { serviceStrategy } from './strategy.ts'
import { STATUS } from '../../subresources.ts'
import { unshownPolicy } from './unshown-policy.ts'

export const service = defineKind<V1Service>({
  group: '',
  version: 'v1',
  kind: 'Service',
  resource: 'services',
  scope: 'Namespaced',
  type: 'V1Service',
  shortNames: ['svc'],
  categories: ['all'],
  subresources: [
    { name: 'proxy', verbs: PROXY_VERBS, bodyKind: { group: '', version: 'v1', kind: 'ServiceProxyOptions' } },
    STATUS,
  ],
  columns: serviceColumns,
  strategy: serviceStrategy,
  hiddenFields: unshownPolicy.fields,
  unshown: unshownPolicy,
  selectableFields: (subject) => ({
    'spec.clusterIP': subject.spec?.clusterIP ?? '',
    'spec.type': subject.spec?.type ?? '',
  }),
})
