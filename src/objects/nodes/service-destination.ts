/** Where requests to a Service of this scope may go: from its store, and from what its endpoints' nodes can run. */
import type { Destination, RoutedService, RoutedSlice, Wanted } from '../../proxy/backends.ts'
import { destinationOf } from '../../proxy/backends.ts'
import type { StoreReader } from '../../store/object-store.ts'
import type { NodeRuntimes } from './node-runtimes.ts'

export async function serviceDestination(
  reader: StoreReader,
  runtimes: NodeRuntimes,
  name: string,
  wanted: Wanted,
): Promise<Destination> {
  const service = reader.get({ resource: 'services', name })
  const slices = reader.list({
    resource: 'endpointslices.discovery.k8s.io',
    limit: Number.MAX_SAFE_INTEGER,
    matches: ({ labels }) => labels['kubernetes.io/service-name'] === name,
  })
  const destination = destinationOf(
    service === undefined ? undefined : (JSON.parse(service.text) as RoutedService),
    slices.objects.map(({ text }) => JSON.parse(text) as RoutedSlice),
    wanted,
  )
  if (destination.kind !== 'backends' || destination.backends.length === 0) return destination
  const known = await Promise.all(destination.backends.map(({ nodeName }) => runtimes.runtimeOf(nodeName)))
  const backends = destination.backends.filter((_backend, index) => known[index] !== 'simulated')
  return backends.length === 0 ? { kind: 'simulated' } : { ...destination, backends }
}
