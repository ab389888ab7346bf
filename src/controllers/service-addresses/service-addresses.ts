/**
 * Keeps what Services use and what is reserved for them the same. In each namespace: a Service that was committed holds
 * its addresses and one that is gone gives them back, though the write itself could not say so. In the cluster scope:
 * the repair loop, which frees what leaked and gives back what was lost
 * (kubernetes pkg/registry/core/service/{ipallocator,portallocator}/controller).
 */
import { service } from '../../apis/core/service/service.ts'
import type { V1Service } from '../../apis/generated/types.ts'
import type { Controller, EventRecorder, ReconcileKey } from '../../reconcile/define-controller.ts'
import { defineController, done } from '../../reconcile/define-controller.ts'
import type { Change } from '../../store/object-store.ts'
import type { AddressFinding, HeldAddress } from './findings.ts'
import { eventOf } from './findings.ts'

/** The cluster scope's reservations, as a namespace reaches them. */
export interface AddressBook {
  /** The Service is stored with these addresses. Says which of them it did not hold. */
  restore(service: V1Service): Promise<readonly AddressFinding[]>
  /** The Service of this uid is gone. */
  release(uid: string): Promise<void>
}

/** All reservations, where they are kept. */
export interface AddressLedger {
  /** Those of Services whose commit was seen, now. */
  lasting(): readonly HeldAddress[]
  release(leaked: readonly HeldAddress[]): void
  restore(service: V1Service): readonly AddressFinding[]
}

/** A Service that is gone is known by its uid alone; a later one of its name is another one. */
const keyOf = (name: string, uid: string): ReconcileKey => `${name} ${uid}`

export function serviceAddressController(book: AddressBook): Controller {
  return defineController({
    name: 'service-addresses',
    eventSource: 'ipallocator-repair-controller',
    actsAs: 'bootstrap',
    scope: 'namespace',
    for: service,
    ignoresFor: true,
    watches: [{ kind: service, keysOf: (change) => [keyOf(change.name, uidOf(change))] }],
    // Where the log was not followed to its end; no resync besides, as the repair loop looks at all Services at once.
    allKeys: ({ lister }) => lister.list(service).map(({ metadata }) => keyOf(metadata.name ?? '', metadata.uid ?? '')),
    async reconcile({ lister, events }, key) {
      const [name = '', uid = ''] = key.split(' ')
      const subject = lister.get(service, name)
      if (subject?.metadata.uid === uid) await report(events, subject, await book.restore(subject))
      else await book.release(uid)
      return done
    },
  })
}

function uidOf({ text }: Change): string {
  return (JSON.parse(text) as V1Service).metadata.uid ?? ''
}

const ALL = 'all'

export function addressRepairController(ledger: AddressLedger): Controller {
  return defineController({
    name: 'ipallocator-repair',
    actsAs: 'bootstrap',
    scope: 'cluster',
    for: service,
    ignoresFor: true,
    startKeys: [ALL],
    resyncSeconds: 600,
    async reconcile({ client, events }) {
      // In this order: what was confirmed by now belongs to a Service that the list shows, if it still lives.
      const held = ledger.lasting()
      const { items } = await client.list(service)
      ledger.release(leakedOf(held, items))
      for (const subject of items) await report(events, subject, ledger.restore(subject))
      return done
    },
  })
}

/** What is held for Services that are not there, or that use it no longer. */
export function leakedOf(held: readonly HeldAddress[], services: readonly V1Service[]): readonly HeldAddress[] {
  const used = new Map(services.map(({ metadata, spec }) => [metadata.uid ?? '', usedBy(spec)]))
  return held.filter(({ pool, value, uid }) => used.get(uid)?.has(`${pool} ${value}`) !== true)
}

function usedBy(spec: V1Service['spec']): ReadonlySet<string> {
  const { clusterIPs = [], ports = [], healthCheckNodePort = 0 } = spec ?? {}
  const nodePorts = [healthCheckNodePort, ...ports.map(({ nodePort = 0 }) => nodePort)]
  return new Set([
    ...clusterIPs.map((address) => `clusterIP ${address}`),
    ...nodePorts.map((port) => `nodePort ${String(port)}`),
  ])
}

async function report(
  events: EventRecorder,
  subject: V1Service,
  findings: readonly AddressFinding[],
): Promise<void> {
  for (const finding of findings) {
    const { reason, message } = eventOf(finding)
    await events.record(subject, 'Warning', reason, message)
  }
}
