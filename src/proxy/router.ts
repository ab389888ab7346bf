/**
 * The way of a request to a Service: look up where it may go, choose, send, and go on to another backend when the
 * chosen one did not take it. Copies of endpoints are young, and dropped as soon as one of them turns out to be gone.
 * Requests share copies but never a promise: one that is cut off would leave all that wait for its look-up hanging.
 *
 * Invariant: a request that a backend may have carried out is not sent again, unless its method says that twice is as
 * good as once. It must not know how backends are reached.
 */
import type { Clock } from '../lib/clock.ts'
import type { Backend, Destination } from './backends.ts'
import { Balancer } from './balancer.ts'
import { refuse, refuseLost, refuseNoneAnswered, refuseNoneReady, refuseNotLookedUp } from './refusals.ts'
import type { ServiceAddress } from './service-host.ts'

/** How long a Service's endpoints are used without asking again. */
export const MAX_AGE_MS = 250

/** While one request asks anew, the others go on with the copy for this long. */
const REFRESH_MS = 100

/** Services remembered; the oldest goes first. */
const MAX_SERVICES = 1_000

/** Bodies up to this size are kept, so that the request can go to another backend. */
export const MAX_REPLAYED_BYTES = 1024 * 1024

/**
 * Where an endpoint broke off, its process may just be starting again, with all others in it: a request is sent once
 * more, and endpoints are waited for so long.
 */
const PATIENCE_MS = 2_000
const PAUSE_MS = 100

/** RFC 9110, 9.2.2: carried out twice, they have the effect of once. */
const IDEMPOTENT: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE'])

export interface RouterPorts {
  readonly clock: Clock
  lookUp(address: ServiceAddress): Promise<Destination>
  /**
   * Undefined: the backend is there no more, or not yet, and has not taken the request. Throws when it broke off, and
   * nobody knows how far it came. `isAgain`: a request that broke off before.
   */
  send(address: ServiceAddress, backend: Backend, request: Request, isAgain: boolean): Promise<Response | undefined>
  /** For the log: the client is told in its answer. */
  onError(what: string, error: unknown): void
}

interface Known {
  untilMs: number
  readonly destination: Destination
}

/** What became of one attempt. */
type Outcome = Response | 'notTaken' | 'brokeOff'

export class ServiceRouter {
  readonly #ports: RouterPorts
  readonly #balancer: Balancer
  readonly #known = new Map<string, Known>()

  constructor(ports: RouterPorts) {
    this.#ports = ports
    this.#balancer = new Balancer(ports.clock)
  }

  /** `client`: whoever asks, for session affinity. Never rejects for what backends do. */
  async route(request: Request, address: ServiceAddress, client: string): Promise<Response> {
    const key = keyOf(address)
    const copies = await copiesOf(request)
    const tried = new Set<string>()
    /** Until when others are waited for, since one broke off. */
    let patientUntilMs: number | undefined
    for (;;) {
      const destination = await this.#lookUp(key, address)
      if (destination === undefined) return refuseNotLookedUp(address)
      if (destination.kind !== 'backends') return refuse(destination, address)
      const { backends, affinitySeconds } = destination
      const backend = this.#balancer.choose(backends, tried, { key: `${key} ${client}`, affinitySeconds })
      if (backend === undefined) {
        if (tried.size === 0) return refuseNoneReady(address)
        if (!(await this.#waits(patientUntilMs))) return refuseNoneAnswered(address)
        tried.clear()
        continue
      }
      const outcome = await this.#send(address, backend, copies.next(), patientUntilMs !== undefined)
      if (outcome instanceof Response) return outcome
      tried.add(backend.podUid)
      this.#known.delete(key)
      if (outcome === 'brokeOff') patientUntilMs ??= this.#ports.clock.now() + PATIENCE_MS
      const isRepeatable = copies.areMany && (outcome === 'notTaken' || IDEMPOTENT.has(request.method))
      if (!isRepeatable) return refuseLost(address)
    }
  }

  /** A pause before all are tried again; false when there is no more time for one. */
  async #waits(untilMs: number | undefined): Promise<boolean> {
    const { clock } = this.#ports
    if (untilMs === undefined || clock.now() >= untilMs) return false
    await new Promise<void>((resolve) => {
      clock.after(PAUSE_MS, resolve)
    })
    return true
  }

  /** Counts as outstanding until the response's head is there: bodies pass by untouched. */
  async #send(address: ServiceAddress, backend: Backend, request: Request, isAgain: boolean): Promise<Outcome> {
    const end = this.#balancer.begin(backend)
    try {
      return (await this.#ports.send(address, backend, request, isAgain)) ?? 'notTaken'
    } catch (error) {
      this.#ports.onError(`${backend.podName}, an endpoint of ${keyOf(address)}, broke off`, error)
      return 'brokeOff'
    } finally {
      end()
    }
  }

  /** Undefined: it failed, and is asked anew for the next request. */
  async #lookUp(key: string, address: ServiceAddress): Promise<Destination | undefined> {
    const { clock, lookUp, onError } = this.#ports
    const nowMs = clock.now()
    const known = this.#known.get(key)
    if (known !== undefined && known.untilMs > nowMs) return known.destination
    if (known !== undefined) known.untilMs = nowMs + REFRESH_MS
    try {
      const destination = await lookUp(address)
      this.#known.delete(key)
      if (this.#known.size >= MAX_SERVICES) this.#known.delete(this.#known.keys().next().value ?? '')
      this.#known.set(key, { untilMs: nowMs + MAX_AGE_MS, destination })
      return destination
    } catch (error) {
      this.#known.delete(key)
      onError(`the endpoints of ${key} cannot be looked up`, error)
      return undefined
    }
  }
}

function keyOf({ cluster, namespace, name, port, hostname = '' }: ServiceAddress): string {
  return [cluster, namespace, name, port ?? '', hostname].join('/')
}

interface Copies {
  /** False: the body is a stream that can be read once. */
  readonly areMany: boolean
  next(): Request
}

async function copiesOf(request: Request): Promise<Copies> {
  const { url, method, headers } = request
  if (request.body === null) return { areMany: true, next: () => request }
  // A GET of some clients says `content-length: 0`, which reads as an empty body and may not be passed on as one.
  if (method === 'GET' || method === 'HEAD') {
    return { areMany: true, next: () => new Request(url, { method, headers, redirect: 'manual' }) }
  }
  const sizeBytes = Number(request.headers.get('content-length') ?? Infinity)
  if (sizeBytes > MAX_REPLAYED_BYTES) return { areMany: false, next: () => request }
  const body = await request.arrayBuffer()
  return { areMany: true, next: () => new Request(url, { method, headers, body, redirect: 'manual' }) }
}
