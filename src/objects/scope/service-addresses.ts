/**
 * The cluster scope's side of Services' addresses: fills them in before a Service is committed, reserved for its uid,
 * and learns what was committed. Everything here is a few rows of the cluster scope's own database.
 */
import type { AddressedService } from '../../apis/core/service/allocation.ts'
import { allocateAddresses, heldAddresses } from '../../apis/core/service/allocation.ts'
import { invalidError } from '../../apimachinery/status-error.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import { Reservations } from '../../store/reservations.ts'
import type { Sql } from '../../store/sql.ts'
import { CLUSTER_IP_POOL, NODE_PORT_POOL, serviceAllocator } from './service-allocator.ts'

export class ServiceAddresses {
  readonly #reservations: Reservations
  readonly #clock: Clock
  readonly #random: Random

  constructor(sql: Sql, clock: Clock, random: Random) {
    this.#reservations = new Reservations(sql)
    this.#clock = clock
    this.#random = random
  }

  /** The Service's spec with addresses filled in; reserved for its uid until its commit is seen. */
  allocate(text: string, previousText: string | null, isDryRun: boolean): string {
    const service = JSON.parse(text) as AddressedService
    const previous = previousText === null ? undefined : (JSON.parse(previousText) as AddressedService)
    const uid = service.metadata.uid ?? ''
    const nowMs = this.#clock.now()
    const options = { reservations: this.#reservations, uid, nowMs, random: this.#random, isDryRun }
    const errors = allocateAddresses(service, previous, serviceAllocator(options))
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
}
