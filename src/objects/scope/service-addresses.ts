/**
 * The cluster scope's side of Services' addresses: fills them in before a Service is committed, reserved for its uid,
 * and learns what was committed. Everything here is a few rows of the cluster scope's own database.
 */
import { parseJson } from '../../lib/exact-json.ts'
import type { AddressedService } from '../../apis/core/service/allocation.ts'
import { allocateAddresses, heldAddresses } from '../../apis/core/service/allocation.ts'
import type { AddressFinding, HeldAddress } from '../../controllers/service-addresses/findings.ts'
import type { AddressLedger } from '../../controllers/service-addresses/service-addresses.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Random } from '../../lib/random.ts'
import { Reservations } from '../../store/reservations.ts'
import type { Sql } from '../../store/sql.ts'
import { CLUSTER_IP_POOL, NODE_PORT_POOL, isInPool, serviceAllocator } from './service-allocator.ts'

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
    const service = parseJson(text) as AddressedService
    const previous = previousText === null ? undefined : (parseJson(previousText) as AddressedService)
    const uid = service.metadata.uid ?? ''
    const nowMs = this.#clock.now()
    const options = { reservations: this.#reservations, uid, nowMs, random: this.#random, isDryRun }
    allocateAddresses(service, previous, serviceAllocator(options))
    return JSON.stringify(service)
  }

  /** A Service was committed with these addresses, or is gone (null). */
  confirm(uid: string, text: string | null): void {
    this.#reservations.confirm(uid, text === null ? [] : heldBy(parseJson(text) as AddressedService))
  }

  /** Makes sure that a stored Service holds what it uses; says what it did not hold. */
  restore(text: string): AddressFinding[] {
    const service = parseJson(text) as AddressedService
    const nowMs = this.#clock.now()
    return heldBy(service).flatMap(({ pool, value }): AddressFinding[] => {
      if (!isInPool(pool, value)) return [{ pool, value, is: 'outOfRange' }]
      const was = this.#reservations.restore(pool, value, service.metadata.uid ?? '', nowMs)
      if (was === 'held') return []
      return [{ pool, value, is: was === 'restored' ? 'notAllocated' : 'alreadyAllocated' }]
    })
  }

  lasting(): readonly HeldAddress[] {
    this.#reservations.removeExpired(this.#clock.now())
    return this.#reservations.lasting()
  }

  release(leaked: readonly HeldAddress[]): void {
    for (const { pool, value, uid } of leaked) this.#reservations.releaseOne(pool, value, uid)
  }
}

/** The repair loop's hold on them, within the same object. */
export function addressLedger(addresses: ServiceAddresses): AddressLedger {
  return {
    lasting: () => addresses.lasting(),
    release: (leaked) => addresses.release(leaked),
    restore: (service) => addresses.restore(JSON.stringify(service)),
  }
}

function heldBy(service: AddressedService): { readonly pool: string; readonly value: string }[] {
  const { addresses, ports } = heldAddresses(service)
  return [
    ...addresses.map((value) => ({ pool: CLUSTER_IP_POOL, value })),
    ...ports.map((value) => ({ pool: NODE_PORT_POOL, value })),
  ]
}
