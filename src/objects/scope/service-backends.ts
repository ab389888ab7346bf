/** Which backends a Service of this namespace has: its endpoint slices decide. */
import type { ServiceBackends } from '../../proxy/backends.ts'
import { backendsOf } from '../../proxy/backends.ts'
import type { StoreReader } from '../../store/object-store.ts'

/** Undefined: there is no such Service, or it has no such port. */
export function serviceBackends(
  reader: StoreReader,
  name: string,
  port: number | undefined,
): ServiceBackends | undefined {
  const service = reader.get({ resource: 'services', name })
  if (service === undefined) return undefined
  const slices = reader.list({
    resource: 'endpointslices.discovery.k8s.io',
    limit: Number.MAX_SAFE_INTEGER,
    matches: ({ labels }) => labels['kubernetes.io/service-name'] === name,
  })
  return backendsOf(
    JSON.parse(service.text) as Parameters<typeof backendsOf>[0],
    slices.objects.map(({ text }) => JSON.parse(text) as Parameters<typeof backendsOf>[1][number]),
    port,
  )
}
