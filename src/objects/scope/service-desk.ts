/**
 * What is asked of a scope's object about Services: the cluster scope gives out their addresses and node ports; a
 * namespace says which backends a Service has.
 */
import type { AddressedService } from '../../apis/core/service/allocation.ts'
import { allocateAddresses, heldAddresses } from '../../apis/core/service/allocation.ts'
import { invalidError } from '../../apimachinery/status-error.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import type { ServiceBackends } from '../../proxy/backends.ts'
import { backendsOf } from '../../proxy/backends.ts'
import type { StoreReader } from '../../store/object-store.ts'
import { Reservations } from '../../store/reservations.ts'
import type { Sql } from '../../store/sql.ts'
import { CLUSTER_IP_POOL, NODE_PORT_POOL, serviceAllocator } from './service-allocator.ts'

export interface ServiceDeskOptions {
  readonly reader: StoreReader
  readonly sql: Sql
  readonly clock: Clock
  readonly random: Random
}

export class ServiceDesk {
  readonly #options: ServiceDeskOptions
  readonly #reservations: Reservations

  constructor(options: ServiceDeskOptions) {
    this.#options = options
    this.#reservations = new Reservations(options.sql)
  }

  /** The Service's spec with addresses filled in; reserved for its uid until its commit is seen. */
  allocate(text: string, previousText: string | null, isDryRun: boolean): string {
    const { clock, random } = this.#options
    const service = JSON.parse(text) as AddressedService
    const previous = previousText === null ? undefined : (JSON.parse(previousText) as AddressedService)
    const uid = service.metadata.uid ?? ''
    const nowMs = clock.now()
    const allocator = serviceAllocator({ reservations: this.#reservations, uid, nowMs, random, isDryRun })
    const errors = allocateAddresses(service, previous, allocator)
    if (errors.length > 0) throw invalidError({ group: '', kind: 'Service' }, service.metadata.name ?? '', errors)
    return JSON.stringify(service)
  }

  /** A Service was committed with these addresses, or is gone (null). */
  confirm(uid: string, text: string | null): void {
    const held = text === null ? { addresses: [], ports: [] } : heldAddresses(JSON.parse(text) as AddressedService)
    this.#reservations.confirm(uid, [
      ...held.addresses.map((value) => ({ pool: CLUSTER_IP_POOL, value })),
      ...held.ports.map((value) => ({ pool: NODE_PORT_POOL, value })),
    ])
  }

  /** Undefined: there is no such Service. */
  backends(name: string, port: number | undefined): ServiceBackends | undefined {
    const { reader } = this.#options
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
}
