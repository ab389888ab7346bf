/**
 * Documents of other servers, as the aggregator itself reads them: kept for a minute, and longer while the server
 * cannot be read, marked as stale then (k8s.io/kube-aggregator pkg/apiserver/handler_discovery.go).
 */
import { MASTERS_GROUP } from '../../../auth/user.ts'
import type { UserInfo } from '../../../auth/user.ts'
import type { Clock } from '../../../lib/clock.ts'
import { AGGREGATED_PARAMETERS } from '../../discovery/discovery.ts'
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

const JSON_TYPE = 'application/json'
const AGGREGATED = `${JSON_TYPE}${AGGREGATED_PARAMETERS}`

interface GroupDiscoveryList {
  readonly items?: readonly {
    readonly metadata?: { readonly name?: string }
    readonly versions?: readonly Omit<VersionDiscovery, 'freshness'>[]
  }[]
}

/** What is merged is gone through level by level, and printed: nobody's document is deeper. */
const MAX_DEPTH = 500

/** @throws RangeError */
function shallow(document: unknown): unknown {
  const waiting: [value: unknown, depth: number][] = [[document, 0]]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [value, depth] = next
    if (typeof value !== 'object' || value === null) continue
    if (depth > MAX_DEPTH) throw new RangeError(`it has more than ${String(MAX_DEPTH)} levels`)
    for (const inside of Object.values(value)) waiting.push([inside, depth + 1])
  }
  return document
}

/** Old servers answer who asks for it with a list of groups, or with nothing. */
function isGroupDiscoveryList(value: unknown): value is GroupDiscoveryList {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'APIGroupDiscoveryList'
}

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
  async read(api: RemoteApi, path: string, accept = JSON_TYPE): Promise<RemoteDocument | undefined> {
    const { service, isAvailable } = api
    const key = `${service.namespace}/${service.name}:${String(service.port)} ${path} ${accept}`
    const kept = this.#kept.get(key)
    const nowMs = this.#clock.now()
    if (kept !== undefined && isAvailable && nowMs < kept.untilMs) return { value: kept.value, isStale: false }
    const value = isAvailable ? await this.#ask(api, path, accept) : undefined
    if (value === undefined) return kept === undefined ? undefined : { value: kept.value, isStale: true }
    if (this.#kept.size >= MAX_DOCUMENTS) this.#kept.delete(this.#kept.keys().next().value ?? '')
    this.#kept.set(key, { value, untilMs: nowMs + MAX_AGE_MS })
    return { value, isStale: false }
  }

  /** The resources of a group and version, as the server itself tells of all of its own, or of one after the other. */
  async discovery(api: RemoteApi): Promise<VersionDiscovery> {
    try {
      return await this.#told(api)
    } catch (error) {
      // What is no such document, in whatever it is none, says nothing.
      if (!(error instanceof TypeError)) throw error
      return { version: api.version, freshness: 'Stale' }
    }
  }

  async #told(api: RemoteApi): Promise<VersionDiscovery> {
    const { group, version } = api
    const whole = await this.read(api, '/apis', AGGREGATED)
    if (whole !== undefined && isGroupDiscoveryList(whole.value)) {
      const own = whole.value.items?.find(({ metadata }) => metadata?.name === group)
      const said = own?.versions?.find((one) => one.version === version)
      return { ...(said ?? { version }), freshness: whole.isStale ? 'Stale' : 'Current' }
    }
    const found = await this.read(api, `/apis/${group}/${version}`)
    if (found === undefined) return { version, freshness: 'Stale' }
    const { resources } = found.value as { resources?: Parameters<typeof fromLegacy>[1] | null }
    const said = fromLegacy(version, resources ?? [])
    return found.isStale ? { ...said, freshness: 'Stale' } : said
  }

  async #ask(api: RemoteApi, path: string, accept: string): Promise<unknown> {
    const { service } = api
    const abort = new AbortController()
    const cancel = this.#clock.after(TIMEOUT_MS, () => abort.abort())
    try {
      const headers = new Headers({ accept })
      addUser(headers, AGGREGATOR)
      const request = new Request(`https://${service.name}.${service.namespace}.svc${path}`, {
        headers, signal: abort.signal, redirect: 'manual',
      })
      const response = await this.#aggregation.send(service, request)
      if (response.ok) return shallow(await response.json())
      if (isSuspicious(response)) this.#aggregation.suspect(api)
      await response.body?.cancel()
      // A server that tells of all its groups in no such form is not asked again and again.
      return accept === AGGREGATED && response.status < 500 ? null : undefined
    } catch (error) {
      this.#aggregation.suspect(api)
      console.warn(`${path} of ${service.namespace}/${service.name} cannot be read`, error)
      return undefined
    } finally {
      cancel()
    }
  }
}
