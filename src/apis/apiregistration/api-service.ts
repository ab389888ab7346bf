/**
 * APIService: who serves a group and version of the API.
 * This is the kind's one entry (apiregistration.k8s.io/v1); it says what the kind is, and does nothing itself.
 * Upstream: k8s.io/kube-aggregator pkg/registry/apiservice.
 */
import { formatTime } from '../../apimachinery/meta.ts'
import type { Column } from '../../apimachinery/table.ts'
import { defineKind } from '../define-kind.ts'
import { STATUS } from '../subresources.ts'
import type { V1APIService } from '../generated/types.ts'
import { copyField, copyMetadata, specAndStatusStrategy } from '../status-strategy.ts'
import { ageColumn, column, nameColumn } from '../table-columns.ts'
import { validateApiService, validateApiServiceStatus } from './validation.ts'

/** What is served here needs no check. */
export const LOCAL_CONDITION = {
  type: 'Available',
  status: 'True',
  reason: 'Local',
  message: 'Local APIServices are always available',
} as const

function availableText({ status }: V1APIService): string {
  const condition = status?.conditions?.find(({ type }) => type === 'Available')
  if (condition === undefined) return 'Unknown'
  const { status: outcome, reason = '' } = condition
  return outcome === 'True' || reason === '' ? outcome : `${outcome} (${reason})`
}

// etcd/etcd.go, ConvertToTable
const columns: readonly Column<V1APIService>[] = [
  nameColumn,
  column('Service', ({ spec }) => {
    const { namespace = '', name = '' } = spec?.service ?? {}
    return spec?.service === undefined ? 'Local' : `${namespace}/${name}`
  }, { description: 'The Service that serves it; Local: this server does.' }),
  column('Available', availableText, { description: 'Whether this service is available.' }),
  ageColumn,
]

const UNUSED_CA_BUNDLE =
  'spec.caBundle: has no effect: Services are reached by a way of the platform, hosts outside are verified by public CAs'

const base = specAndStatusStrategy<V1APIService>('V1APIService')

export const apiService = defineKind<V1APIService>({
  group: 'apiregistration.k8s.io',
  version: 'v1',
  kind: 'APIService',
  resource: 'apiservices',
  scope: 'Cluster',
  type: 'V1APIService',
  categories: ['api-extensions'],
  subresources: [STATUS],
  columns,
  repeatsColumns: true,
  strategy: {
    ...base,
    prepareForCreate(next, context) {
      base.prepareForCreate?.(next, context)
      if (next.spec?.service !== undefined) return
      next.status = { conditions: [{ ...LOCAL_CONDITION, lastTransitionTime: formatTime(context.nowMs) }] }
    },
    validate: validateApiService,
    validateUpdate: (next, _previous, facts) => validateApiService(next, facts),
    warnings({ spec }) {
      const { service, caBundle = '' } = spec ?? {}
      return service === undefined || caBundle === '' ? [] : [UNUSED_CA_BUNDLE]
    },
    status: {
      prepareForUpdate(next, previous) {
        copyField(next, previous, 'spec')
        for (const field of ['annotations', 'labels', 'ownerReferences'] as const) copyMetadata(next, previous, field)
        delete next.metadata.finalizers
        if (previous.metadata.finalizers !== undefined) next.metadata.finalizers = previous.metadata.finalizers
      },
      validateUpdate: validateApiServiceStatus,
    },
  },
})
