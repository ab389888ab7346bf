/**
 * How an object reaches the servers of other APIs: a Service of the cluster by the router that all requests to Services
 * take, one that is another name for an outside host (ExternalName) over HTTPS, where the deployment's client
 * certificate is shown if it has one. Certificates of outside hosts are verified by the platform; within the cluster
 * the way is the platform's own, and nobody else is on it.
 */
import { service as serviceKind } from '../../apis/core/service/service.ts'
import { storeResource } from '../../apis/define-kind.ts'
import { endpointSlice } from '../../apis/discovery/endpoint-slice/endpoint-slice.ts'
import type { V1Service } from '../../apis/generated/types.ts'
import type { Aggregation } from '../../apiserver/handlers/aggregated/proxy.ts'
import { AGGREGATOR } from '../../apiserver/handlers/aggregated/remote-documents.ts'
import { NowhereError, addUser } from '../../apiserver/handlers/aggregated/proxy.ts'
import { remoteApis } from '../../apiserver/handlers/aggregated/remote-api.ts'
import type { ClusterPolicy } from '../../auth/cluster-policy.ts'
import type { RemoteDiscovery } from '../../controllers/api/api-services/api-services.ts'
import type { FrontProxy } from '../../controllers/bootstrap/cluster-authentication.ts'
import type { Env } from '../../env.ts'
import { variablesOf } from '../../env.ts'
import { systemClock } from '../../lib/clock.ts'
import { isRefusal } from '../../proxy/refusals.ts'
import type { Change } from '../../store/object-store.ts'
import type { ScopeName } from '../object-names.ts'
import { metricsOf } from '../operations/cluster-metrics.ts'
import { scopeStub } from './scope-stub.ts'
import { failureOf } from './webhook-client.ts'
import { requestToService } from '../worker/service-routes.ts'

type Reference = Parameters<Aggregation['send']>[0]

const CHECK_TIMEOUT_MS = 5_000

const SERVICES = storeResource(serviceKind)
const SLICES = storeResource(endpointSlice)
const SERVICE_LABEL = 'kubernetes.io/service-name'

/** A server that keeps failing is suspected once in that time by each object, however many ask for it. */
const SUSPECTED_MS = 1_000

export function aggregationOf(env: Env, cluster: string): Aggregation {
  const suspectedMs = new Map<string, number>()
  return {
    send: (service, request) => send(env, cluster, service, request),
    suspect({ group, version }) {
      const name = `${version}.${group}`
      const nowMs = systemClock.now()
      if (nowMs - (suspectedMs.get(name) ?? -Infinity) < SUSPECTED_MS) return
      suspectedMs.set(name, nowMs)
      lookAgain(env, cluster, [name])
    },
  }
}

/**
 * Services of this namespace, or their endpoints, changed: if APIs are served behind them, whether those answer is
 * looked at. A hint: what is lost of these is found by the next request, or by the check that is due anyway.
 */
export function lookAgainBehind(
  env: Env,
  { cluster, namespace }: ScopeName,
  policy: ClusterPolicy,
  changes: readonly Change[],
): void {
  const apis = remoteApis(policy)
  if (apis.size === 0) return
  const changed = new Set(changes.map(serviceNameOf))
  const concerned = [...apis.values()].filter(
    ({ service }) => service.namespace === namespace && changed.has(service.name),
  )
  if (concerned.length > 0) lookAgain(env, cluster, concerned.map(({ group, version }) => `${version}.${group}`))
}

function serviceNameOf({ resource, name, selectable }: Change): string | undefined {
  if (resource === SERVICES) return name
  return resource === SLICES ? selectable.labels[SERVICE_LABEL] : undefined
}

function lookAgain(env: Env, cluster: string, names: readonly string[]): void {
  const asked = scopeStub(env, cluster, '').lookAtApis(names)
  asked.catch((error: unknown) => console.warn('nobody looks whether other API servers answer', error))
}

async function send(env: Env, cluster: string, service: Reference, request: Request): Promise<Response> {
  const { namespace, name, port } = service
  const found = await serviceOf(env, cluster, service)
  if (found === undefined) throw new NowhereError(`service "${name}" not found`)
  if (found.spec?.type !== 'ExternalName') {
    return notRefused(await requestToService(env, request, { cluster, namespace, name, port }))
  }
  const url = new URL(request.url)
  url.protocol = 'https:'
  url.hostname = found.spec.externalName ?? ''
  url.port = String(port)
  try {
    return await (env.FRONT_PROXY ?? globalThis).fetch(new Request(url, request))
  } catch (error) {
    throw new Error(failureOf(error), { cause: error })
  }
}

/** What the router says itself is for people who ask for a Service. */
function notRefused(answer: Response): Response {
  if (!isRefusal(answer)) return answer
  if (answer.status === 502) throw new Error('EOF')
  throw new NowhereError('no endpoint took the request')
}

/** What servers outside may believe by that certificate. */
export function frontProxyOf(env: Env): FrontProxy | undefined {
  const { FRONT_PROXY_CA, FRONT_PROXY_NAMES } = variablesOf(env)
  if (env.FRONT_PROXY === undefined || FRONT_PROXY_CA === '') return undefined
  return { authority: FRONT_PROXY_CA, names: FRONT_PROXY_NAMES.split(',') }
}

export async function serviceOf(
  env: Env,
  cluster: string,
  { namespace, name }: Pick<Reference, 'namespace' | 'name'>,
): Promise<V1Service | undefined> {
  // Asking a namespace's object makes one, so a namespace that is not there is not asked.
  if ((await scopeStub(env, cluster, '').objectText('namespaces', namespace)) === null) return undefined
  const text = await scopeStub(env, cluster, namespace).objectText('services', name)
  return text === null ? undefined : (JSON.parse(text) as V1Service)
}

/** For the controller that checks whether servers answer. */
export function remoteDiscovery(env: Env, cluster: string): RemoteDiscovery {
  return {
    wentDown: (name, reason) => metricsOf(cluster).api.unavailable.of(name, reason).add(),
    async ask(reference, path) {
      const service = await serviceOf(env, cluster, reference)
      const { type, externalName, clusterIP = '' } = service?.spec ?? {}
      const address = `https://${type === 'ExternalName' ? (externalName ?? '') : clusterIP}:${String(reference.port)}`
      const headers = new Headers({ accept: 'application/json' })
      addUser(headers, AGGREGATOR)
      const signal = AbortSignal.timeout(CHECK_TIMEOUT_MS)
      const request = new Request(`${address}${path}`, { headers, redirect: 'manual', signal })
      try {
        const response = await send(env, cluster, reference, request)
        await response.body?.cancel()
        return { address, httpCode: response.status }
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        throw new Error(`failing or missing response from ${address}${path}: Get "${address}${path}": ${why}`, {
          cause: error,
        })
      }
    },
  }
}
