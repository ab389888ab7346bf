/**
 * Documents of other servers, as the aggregator itself reads them: kept for a minute, and longer while the server
 * cannot be read, marked as stale then (k8s.io/kube-aggregator pkg/apiserver/handler_discovery.go).
 */
import { MASTERS_GROUP } from '../../../auth/user.ts'
import type { UserInfo } from '../../../auth/user.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { VersionDiscovery } from './merged-discovery.ts'
import { fromLegacy } from './merged-discovery.ts'
import type { Aggregation } from './proxy.ts'
import { addUser, isSuspicious } from './proxy.ts'
import type { RemoteApi } from './remote-api.ts'

const MAX_AGE_MS = 60_000
const TIMEOUT_MS = 5_000
/** Each is a document of a server; the oldest goes. */
const MAX_DOCUMENTS = 256

/** Always let in by servers that follow upstream's library. */
export const AGGREGATOR: UserInfo = { username: 'system:kube-aggregator', groups: [MASTERS_GROUP] }

interface Kept {
  readonly value: unknown
  readonly untilMs: number
}

export interface RemoteDocument {
  readonly value: unknown
  readonly isStale: boolean
}

export class RemoteDocuments {
  readonly #clock: Clock
  readonly #aggregation: Aggregation
  readonly #kept = new Map<string, Kept>()

  constructor(clock: Clock, aggregation: Aggregation) {
    this.#clock = clock
    this.#aggregation = aggregation
  }

  /** Undefined: it was never read. */
  async read(api: RemoteApi, path: string): Promise<RemoteDocument | undefined> {
    const { service, isAvailable } = api
    const key = `${service.namespace}/${service.name}:${String(service.port)} ${path}`
    const kept = this.#kept.get(key)
    const nowMs = this.#clock.now()
    if (kept !== undefined && isAvailable && nowMs < kept.untilMs) return { value: kept.value, isStale: false }
    const value = isAvailable ? await this.#ask(api, path) : undefined
    if (value === undefined) return kept === undefined ? undefined : { value: kept.value, isStale: true }
    if (this.#kept.size >= MAX_DOCUMENTS) this.#kept.delete(this.#kept.keys().next().value ?? '')
    this.#kept.set(key, { value, untilMs: nowMs + MAX_AGE_MS })
    return { value, isStale: false }
  }

  /** The resources of a group and version. */
  async discovery(api: RemoteApi): Promise<VersionDiscovery> {
    const { group, version } = api
    const found = await this.read(api, `/apis/${group}/${version}`)
    if (found === undefined) return { version, freshness: 'Stale' }
    const { resources = [] } = found.value as { resources?: Parameters<typeof fromLegacy>[1] }
    const said = fromLegacy(version, resources)
    return found.isStale ? { ...said, freshness: 'Stale' } : said
  }

  async #ask(api: RemoteApi, path: string): Promise<unknown> {
    const { service } = api
    const abort = new AbortController()
    const cancel = this.#clock.after(TIMEOUT_MS, () => abort.abort())
    try {
      const headers = new Headers({ accept: 'application/json' })
      addUser(headers, AGGREGATOR)
      const request = new Request(`https://${service.name}.${service.namespace}.svc${path}`, {
        headers, signal: abort.signal, redirect: 'manual',
      })
      const response = await this.#aggregation.send(service, request)
      if (response.ok) return await response.json()
      if (isSuspicious(response)) this.#aggregation.suspect(api)
      await response.body?.cancel()
      return undefined
    } catch (error) {
      this.#aggregation.suspect(api)
      console.warn(`${path} of ${service.namespace}/${service.name} cannot be read`, error)
      return undefined
    } finally {
      cancel()
    }
  }
}
