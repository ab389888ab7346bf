/**
 * How an object reaches the servers of other APIs: a Service of the cluster by the router that all requests to Services
 * take, one that is another name for an outside host (ExternalName) over HTTPS. Certificates of outside hosts are
 * verified by the platform against public CAs; within the cluster the way is the platform's own, and nobody else is on
 * it.
 */
import type { V1Service } from '../../apis/generated/types.ts'
import type { Aggregation } from '../../apiserver/handlers/aggregated/proxy.ts'
import { AGGREGATOR } from '../../apiserver/handlers/aggregated/remote-documents.ts'
import { addUser } from '../../apiserver/handlers/aggregated/proxy.ts'
import type { RemoteDiscovery } from '../../controllers/api/api-services/api-services.ts'
import type { Env } from '../../env.ts'
import { scopeStub } from './scope-stub.ts'
import { requestToService } from '../worker/service-routes.ts'

type Reference = Parameters<Aggregation['send']>[0]

const CHECK_TIMEOUT_MS = 5_000

export function aggregationOf(env: Env, cluster: string): Aggregation {
  return { send: (service, request) => send(env, cluster, service, request) }
}

async function send(env: Env, cluster: string, service: Reference, request: Request): Promise<Response> {
  const { namespace, name, port } = service
  const found = await serviceOf(env, cluster, service)
  if (found === undefined) throw new Error(`service "${name}" not found`)
  if (found.spec?.type !== 'ExternalName') {
    return requestToService(env, request, { cluster, namespace, name, port })
  }
  const url = new URL(request.url)
  url.protocol = 'https:'
  url.hostname = found.spec.externalName ?? ''
  url.port = String(port)
  return fetch(new Request(url, request))
}

async function serviceOf(env: Env, cluster: string, { namespace, name }: Reference): Promise<V1Service | undefined> {
  // Asking a namespace's object makes one, so a namespace that is not there is not asked.
  if ((await scopeStub(env, cluster, '').objectText('namespaces', namespace)) === null) return undefined
  const text = await scopeStub(env, cluster, namespace).objectText('services', name)
  return text === null ? undefined : (JSON.parse(text) as V1Service)
}

/** For the controller that checks whether servers answer. */
export function remoteDiscovery(env: Env, cluster: string): RemoteDiscovery {
  return {
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
