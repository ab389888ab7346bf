/**
 * Requests to Services from outside: the host says which Service, its namespace's object which backends are ready, and
 * the pod's own object answers. A backend that is gone before it took the request is no failure as long as there is
 * another one.
 */
import { answerError } from '../../apiserver/answer.ts'
import { serviceUnavailableError, unauthorizedError } from '../../apimachinery/status-error.ts'
import type { Env } from '../../env.ts'
import { variablesOf } from '../../env.ts'
import { systemClock } from '../../lib/clock.ts'
import type { Backend, ServiceBackends } from '../../proxy/backends.ts'
import { Balancer } from '../../proxy/balancer.ts'
import type { ServiceAddress } from '../../proxy/service-host.ts'
import { parseClusterHost, parseServiceHost } from '../../proxy/service-host.ts'
import { SECRET_HEADER, isInternal } from './internal-routes.ts'
import { ROOT_CLUSTER, podObjectName, scopeObjectName } from '../object-names.ts'

/** A pod's object answers with this header when the pod did not take the request, so that another one may. */
export const NOT_TAKEN_HEADER = 'x-workernetes-not-taken'

/** How long a Service's backends are used without asking again. */
const BACKENDS_MAX_AGE_MS = 250

/** Services remembered per isolate; the oldest goes first. */
const MAX_SERVICES = 1_000

/** Bodies up to this size are kept, so that the request can go to another backend. */
const MAX_REPLAYED_BYTES = 1024 * 1024

interface Known {
  readonly untilMs: number
  readonly service: Promise<ServiceBackends | undefined>
}

const balancer = new Balancer(systemClock)
const known = new Map<string, Known>()

/** Requests of pods to cluster DNS names name the pod that they come from. */
export const FROM_POD_HEADER = 'x-workernetes-from-pod'

/** A request of a pod's code to a Service, from the pods' Worker. */
export async function answerPodRequest(env: Env, request: Request): Promise<Response> {
  if (!(await isInternal(env, request))) return answerError(unauthorizedError())
  const [cluster = ROOT_CLUSTER, namespace = ''] = (request.headers.get(FROM_POD_HEADER) ?? '').split('/')
  const address = parseClusterHost(new URL(request.url), { cluster, namespace })
  if (address === undefined)
    return answerError(serviceUnavailableError('not the name of a Service'))
  return routeToService(env, request, address)
}

export function isServiceHost(env: Env, request: Request): boolean {
  return addressOf(env, request) !== undefined
}

function addressOf(env: Env, request: Request): ServiceAddress | undefined {
  const publicDomain = variablesOf(env).SERVICE_DOMAIN
  return parseServiceHost(new URL(request.url).hostname, { rootCluster: ROOT_CLUSTER, publicDomain })
}

export async function answerServiceHost(env: Env, request: Request): Promise<Response> {
  const address = addressOf(env, request)
  if (address === undefined)
    return answerError(serviceUnavailableError('not the host of a Service'))
  return routeToService(env, request, address)
}

/** Sends a request to a ready backend of a Service: from outside, and from pods (cluster DNS names). */
export async function routeToService(env: Env, request: Request, address: ServiceAddress): Promise<Response> {
  const label = `${address.namespace}/${address.name}`
  try {
    const service = await backendsOf(env, address)
    if (service === undefined) throw serviceUnavailableError(`there is no Service ${label} with such a port`)
    const client = {
      key: `${label} ${request.headers.get('cf-connecting-ip') ?? ''}`,
      affinitySeconds: service.affinitySeconds,
    }
    const excluded = new Set<string>()
    const replay = await replayable(request)
    for (;;) {
      const backend = balancer.choose(service.backends, excluded, client)
      if (backend === undefined) throw serviceUnavailableError(`no endpoint of Service ${label} is ready`)
      const response = await callBackend(env, address, backend, replay())
      if (!response.headers.has(NOT_TAKEN_HEADER)) return response
      excluded.add(backend.podUid)
      known.delete(keyOf(address))
    }
  } catch (error) {
    return answerError(error)
  }
}

async function callBackend(env: Env, address: ServiceAddress, backend: Backend, request: Request): Promise<Response> {
  const end = balancer.begin(backend)
  try {
    const { cluster, namespace } = address
    const headers = new Headers(request.headers)
    headers.set(SECRET_HEADER, env.INTERNAL_SECRET ?? '')
    headers.set('x-workernetes-pod', podObjectName(cluster, namespace, backend.podName, backend.podUid))
    headers.set('x-workernetes-port', String(backend.port))
    return await env.PODS.fetch(new Request(request, { headers }))
  } catch (error) {
    console.warn(`backend ${backend.podName} did not answer`, error)
    return new Response(null, { status: 502, headers: { [NOT_TAKEN_HEADER]: '1' } })
  } finally {
    end()
  }
}

/** Gives the same request again and again; large bodies can be given once only. */
async function replayable(request: Request): Promise<() => Request> {
  const sizeBytes = Number(request.headers.get('content-length') ?? '0')
  if (request.body === null || sizeBytes > MAX_REPLAYED_BYTES || !request.headers.has('content-length'))
    return () => request
  const body = await request.arrayBuffer()
  return () => new Request(request.url, { method: request.method, headers: request.headers, body, redirect: 'manual' })
}

function keyOf({ cluster, namespace, name, port }: ServiceAddress): string {
  return `${cluster}/${namespace}/${name}:${String(port ?? '')}`
}

/** Single-flight and a quarter of a second old at most; what is gone by then says so itself. */
function backendsOf(env: Env, address: ServiceAddress): Promise<ServiceBackends | undefined> {
  const key = keyOf(address)
  const nowMs = systemClock.now()
  const hit = known.get(key)
  if (hit !== undefined && hit.untilMs > nowMs) return hit.service
  const object = env.NAMESPACE_OBJECTS.get(env.NAMESPACE_OBJECTS.idFromName(scopeObjectName(address)))
  const service = Promise.resolve(object.serviceBackends(address.name, address.port))
  service.catch(() => known.delete(key))
  if (known.size >= MAX_SERVICES) known.delete(known.keys().next().value ?? '')
  known.set(key, { untilMs: nowMs + BACKENDS_MAX_AGE_MS, service })
  return service
}
