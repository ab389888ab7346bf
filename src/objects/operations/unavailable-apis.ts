/**
 * Which APIs of other servers do not answer at present (k8s.io/kube-aggregator pkg/controllers/status/metrics): what
 * alerts are usually made of. Worked out when somebody reads, from what the availability controller has written.
 */
import { apiService } from '../../apis/apiregistration/api-service.ts'
import { storeResource } from '../../apis/define-kind.ts'
import type { V1APIService } from '../../apis/generated/types.ts'
import type { MetricSnapshot } from '../../lib/metrics.ts'
import type { StoreReader } from '../../store/object-store.ts'

/** `reader`: of the cluster scope. Those that nobody has looked at yet count as answering. */
export function unavailableApis(reader: StoreReader): MetricSnapshot {
  const { objects } = reader.list({ resource: storeResource(apiService), limit: Number.MAX_SAFE_INTEGER })
  const series = objects.map(({ name, text }) => ({ labels: [name], value: isUnavailable(text) ? 1 : 0 }))
  return {
    name: 'aggregator_unavailable_apiservice',
    help: 'Gauge of APIServices which are marked as unavailable broken down by APIService name.',
    type: 'gauge',
    labels: ['name'],
    series,
  }
}

function isUnavailable(text: string): boolean {
  const { status } = JSON.parse(text) as V1APIService
  return status?.conditions?.some((one) => one.type === 'Available' && one.status !== 'True') ?? false
}
