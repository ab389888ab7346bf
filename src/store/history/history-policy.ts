/**
 * For how long superseded states are kept beyond the watch window: days for what people edit, hours for what machines
 * rewrite all day, nothing for what only says "still there". A table by resource, so that it can be read at a glance.
 */

/** Resources whose history goes together; the name is kept in the store's settings and must not change. */
export interface HistoryClass {
  readonly name: string
  /** 0: nothing is kept beyond the watch window. */
  readonly keepMs: number
}

export interface HistoryPolicy {
  /** The classes that keep something. */
  readonly kept: readonly HistoryClass[]
  classOf(resource: string): HistoryClass
}

const HOUR_MS = 3_600_000

/** A working week and its weekend: "what did this look like before last Monday's change". */
const EDITED: HistoryClass = { name: 'edited', keepMs: 7 * 24 * HOUR_MS }

/** Long enough to look into last night's trouble; ten changes a pod make more of it too dear. */
const MACHINE_WRITTEN: HistoryClass = { name: 'machine-written', keepMs: 24 * HOUR_MS }

const NONE: HistoryClass = { name: 'none', keepMs: 0 }

const MACHINE_WRITTEN_RESOURCES: ReadonlySet<string> = new Set(['pods', 'nodes', 'replicasets.apps', 'jobs.batch'])

const FOLLOWING_RESOURCES: ReadonlySet<string> = new Set([
  'endpoints',
  'endpointslices.discovery.k8s.io',
  'leases.coordination.k8s.io',
])

const EVENT_RESOURCES: ReadonlySet<string> = new Set(['events', 'events.events.k8s.io'])

/** `eventsKeepMs`: Events tell a story by themselves, so by default earlier states of them are not kept. */
export function historyPolicy({ eventsKeepMs = 0 }: { readonly eventsKeepMs?: number } = {}): HistoryPolicy {
  const events: HistoryClass = { name: 'events', keepMs: eventsKeepMs }
  return {
    kept: [EDITED, MACHINE_WRITTEN, events].filter(({ keepMs }) => keepMs > 0),
    classOf(resource) {
      if (FOLLOWING_RESOURCES.has(resource)) return NONE
      if (EVENT_RESOURCES.has(resource)) return events
      return MACHINE_WRITTEN_RESOURCES.has(resource) ? MACHINE_WRITTEN : EDITED
    },
  }
}
