/**
 * Requests to Services, from outside (by host name) and from pods (by cluster name), on their way through the Worker.
 * Who gets them is decided by proxy/router.ts; here are the hops that it takes: to the namespace's object, which knows
 * the endpoints, and to the pods' Worker, which knows the pods.
 */
import { answerError } from '../../apiserver/answer.ts'
import { unauthorizedError } from '../../apimachinery/status-error.ts'
import { ROOT_CLUSTER } from '../../apis/workernetes/root-cluster.ts'
import type { Env } from '../../env.ts'
import { variablesOf } from '../../env.ts'
import { systemClock } from '../../lib/clock.ts'
import type { Backend, Destination } from '../../proxy/backends.ts'
import { refuseUnknownClusterName, refuseUnknownHost } from '../../proxy/refusals.ts'
import { ServiceRouter } from '../../proxy/router.ts'
import type { ServiceAddress } from '../../proxy/service-host.ts'
import { parseClusterHost, parseServiceHost } from '../../proxy/service-host.ts'
import {
  AGAIN_HEADER,
  FROM_POD_HEADER,
  NOT_TAKEN_HEADER,
  POD_HEADER,
  PORT_HEADER,
  SECRET_HEADER,
  SOCKET_HEADER,
  TO_ORIGIN_HEADER,
  withoutHopHeaders,
} from '../calls/hop-headers.ts'
import { scopeStub } from '../calls/scope-stub.ts'
import { knownCluster } from '../clusters/cluster-word.ts'
import { podObjectName } from '../object-names.ts'
import { isInternal } from './internal-routes.ts'

/** Namespaces known to be there; one that goes later has no Services any more. */
const MAX_NAMESPACES = 1_000

const routers = new WeakMap<Env, ServiceRouter>()
const namespaces = new Set<string>()

/** The API as pods reach it: `https://kubernetes.default.svc`. */
export type AnswerApi = (request: Request) => Response | Promise<Response>

/** Undefined: the request is for the API. */
export function answerServiceRequest(env: Env, request: Request, api: AnswerApi): Promise<Response> | undefined {
  if (request.headers.has(FROM_POD_HEADER)) return answerPodRequest(env, request, api)
  const { hostname, host } = new URL(request.url)
  const publicDomain = variablesOf(env).SERVICE_DOMAIN
  const address = parseServiceHost(hostname, { rootCluster: ROOT_CLUSTER, publicDomain })
  if (address !== undefined) return route(env, request, address, clientOf(request))
  // Plain HTTP is for Services only.
  if (request.headers.get(SOCKET_HEADER) === 'services') return Promise.resolve(refuseUnknownHost(host))
  return undefined
}

async function answerPodRequest(env: Env, request: Request, api: AnswerApi): Promise<Response> {
  if (!isInternal(env, request)) return answerError(unauthorizedError())
  const pod = request.headers.get(FROM_POD_HEADER) ?? ''
  const [cluster = ROOT_CLUSTER, namespace = ''] = pod.split('/')
  const origin = new URL(request.headers.get(TO_ORIGIN_HEADER) ?? request.url)
  const address = parseClusterHost(origin, { cluster, namespace })
  if (address === undefined) return refuseUnknownClusterName(origin.hostname)
  const isApi = address.name === 'kubernetes' && address.namespace === 'default' && origin.protocol === 'https:'
  if (!isApi) return route(env, request, address, pod)
  const url = new URL(request.url)
  if (cluster !== ROOT_CLUSTER) url.pathname = `/clusters/${cluster}${url.pathname}`
  return api(new Request(new Request(url, request), { headers: withoutHopHeaders(request.headers) }))
}

async function route(env: Env, request: Request, address: ServiceAddress, client: string): Promise<Response> {
  try {
    await knownCluster(env, address.cluster)
  } catch (error) {
    return answerError(error)
  }
  return routerOf(env).route(request, address, client)
}

function routerOf(env: Env): ServiceRouter {
  let router = routers.get(env)
  if (router === undefined) {
    router = new ServiceRouter({
      clock: systemClock,
      lookUp: (address) => lookUp(env, address),
      send: (address, backend, request, isAgain) => send(env, address, backend, request, isAgain),
      onError: (what, error) => console.warn(what, error),
    })
    routers.set(env, router)
  }
  return router
}

/** At the edge the platform says who the client is; locally it is the connection's other end. */
export function clientOf(request: Request): string {
  const { clientIp = '' } = (request.cf ?? {}) as { readonly clientIp?: string }
  return request.headers.get('cf-connecting-ip') ?? clientIp.replace(/:\d+$/, '')
}

async function lookUp(env: Env, { cluster, namespace, name, port, hostname }: ServiceAddress): Promise<Destination> {
  if (!(await isNamespace(env, cluster, namespace))) return { kind: 'noNamespace' }
  return scopeStub(env, cluster, namespace).serviceDestination(name, { port, hostname })
}

/** Asked first, because asking a namespace's object makes one: whoever invents host names would fill the disk. */
async function isNamespace(env: Env, cluster: string, namespace: string): Promise<boolean> {
  const key = `${cluster}/${namespace}`
  if (namespaces.has(key)) return true
  if ((await scopeStub(env, cluster, '').objectText('namespaces', namespace)) === null) return false
  if (namespaces.size >= MAX_NAMESPACES) namespaces.clear()
  namespaces.add(key)
  return true
}

function send(
  env: Env,
  { cluster, namespace }: ServiceAddress,
  { podName, podUid, port }: Backend,
  request: Request,
  isAgain: boolean,
): Promise<Response | undefined> {
  return requestToPod(env, request, podObjectName(cluster, namespace, podName, podUid), port, isAgain)
}

/** A request that the API lets through to a Service. */
export function requestToService(env: Env, request: Request, address: ServiceAddress): Promise<Response> {
  return routerOf(env).route(request, address, clientOf(request))
}

/** `pod`: the name of the pod's object. Undefined: the pod did not take it. */
export async function requestToPod(
  env: Env,
  request: Request,
  pod: string,
  port: number,
  isAgain = false,
): Promise<Response | undefined> {
  const headers = withoutHopHeaders(request.headers)
  headers.set(SECRET_HEADER, env.INTERNAL_SECRET ?? '')
  headers.set(POD_HEADER, pod)
  headers.set(PORT_HEADER, String(port))
  if (isAgain) headers.set(AGAIN_HEADER, '1')
  const response = await env.PODS.fetch(new Request(request, { headers }))
  return response.headers.has(NOT_TAKEN_HEADER) ? undefined : response
}
