/**
 * How much one scope's object stores, by kind: counted when somebody asks, and not more often than upstream counts
 * (once a minute), as counting reads a row for each object.
 */
import { storeResource } from '../../apis/define-kind.ts'
import type { ApiHost } from '../../apiserver/api-host.ts'
import type { Clock } from '../../lib/clock.ts'
import type { MetricSnapshot } from '../../lib/metrics.ts'
import type { Sql } from '../../store/sql.ts'
import type { StoreReader } from '../../store/object-store.ts'

interface Counted {
  readonly host: Pick<ApiHost, 'scheme' | 'operations'>
  readonly store: StoreReader
  readonly sql: Sql
}

const COUNT_AGAIN_MS = 60_000

export class ObjectCounts {
  readonly #clock: Clock
  #counted: { readonly atMs: number; readonly snapshots: readonly MetricSnapshot[] } | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  snapshots(cluster: string, { host, store, sql }: Counted): readonly MetricSnapshot[] {
    const nowMs = this.#clock.now()
    if (this.#counted === undefined || nowMs - this.#counted.atMs >= COUNT_AGAIN_MS) {
      this.#counted = { atMs: nowMs, snapshots: [...countsOf(host, store, nowMs), sizeOf(cluster, sql)] }
    }
    return this.#counted.snapshots
  }
}

function countsOf({ scheme, operations }: Counted['host'], reader: StoreReader, nowMs: number): MetricSnapshot[] {
  const { sizes } = operations.flow
  const stored = scheme.definitions.filter(({ isVirtual, storedAs }) => isVirtual !== true && storedAs === undefined)
  const counts = stored
    .map((definition) => ({ definition, count: reader.count(storeResource(definition)) }))
    .filter(({ count }) => count > 0)
  const help = 'Number of stored objects at the time of last check split by kind.'
  return [
    {
      name: 'apiserver_resource_objects',
      help,
      type: 'gauge',
      labels: ['group', 'resource'],
      series: counts.map(({ definition: { group, resource }, count }) => ({ labels: [group, resource], value: count })),
    },
    {
      name: 'apiserver_resource_size_estimate_bytes',
      help: 'Estimated size of stored objects in database. Estimate is based on the sizes of a few serialized objects.',
      type: 'gauge',
      labels: ['group', 'resource'],
      series: counts.map(({ definition, count }) => {
        const { averageSize = 0 } = sizes.of(storeResource(definition), nowMs, reader) ?? {}
        return { labels: [definition.group, definition.resource], value: count * averageSize }
      }),
    },
    {
      name: 'apiserver_storage_objects',
      help: `(Deprecated since 1.34.0) [DEPRECATED, consider using apiserver_resource_objects instead] ${help}`,
      type: 'gauge',
      stability: 'STABLE',
      labels: ['resource'],
      series: counts.map(({ definition, count }) => ({ labels: [storeResource(definition)], value: count })),
    },
  ]
}

function sizeOf(cluster: string, sql: Sql): MetricSnapshot {
  return {
    name: 'apiserver_storage_size_bytes',
    help: 'Size of the storage database file physically allocated in bytes; the sum over the objects that were asked.',
    type: 'gauge',
    stability: 'STABLE',
    labels: ['storage_cluster_id'],
    series: [{ labels: [cluster], value: sql.sizeBytes() }],
  }
}
