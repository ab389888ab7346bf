/**
 * `pods/proxy`, `services/proxy` and `nodes/proxy`: decides here who may reach what; the request itself is carried
 * there by whoever answers `calls.connect` (kubernetes/kubernetes pkg/registry/core/{pod/rest/subresources,
 * service/proxy,node/rest/proxy}.go).
 */
import { ApiStatusError, notFoundError } from '../../../apimachinery/status-error.ts'
import type { V1Endpoints, V1Pod, V1Service } from '../../../apis/generated/types.ts'
import { checkNamespace } from '../../handlers/names.ts'
import { readStored } from '../../handlers/reads.ts'
import type { RequestContext } from '../../request-context.ts'
import { admitConnection } from './connecting.ts'
import type { ProxyTarget } from './proxy-location.ts'
import { UPGRADE_HEADER } from './upgrades.ts'
import { podTarget, serviceTarget, splitProxiedName } from './proxy-location.ts'

export async function answerProxy(context: RequestContext): Promise<Response> {
  await admitConnection(context)
  const target = locate(context)
  return isBare(context) ? slashed(new URL(context.request.url)) : context.host.calls.connect(target)
}

/** A page at the proxy's own address would lead its readers beside the proxy, were there no slash at the end. */
function isBare({ request: { method, headers, url }, info }: RequestContext): boolean {
  const isRead = method === 'GET' || method === 'HEAD'
  return isRead && info.rest === '' && !new URL(url).pathname.endsWith('/') && !headers.has(UPGRADE_HEADER)
}

/** `said`: further headers of the answer. */
export function slashed({ pathname, search }: URL, said: Headers = new Headers()): Response {
  const headers = new Headers(said)
  headers.set('location', `${decodedPath(pathname)}/${search}`)
  headers.set('cache-control', 'no-cache, private')
  return new Response(null, { status: 301, headers })
}

/** As Go has it, where a header can hold that. */
function decodedPath(path: string): string {
  try {
    const decoded = decodeURIComponent(path)
    return /^[!-~]*$/.test(decoded) ? decoded : path
  } catch {
    return path
  }
}

function locate(context: RequestContext): ProxyTarget {
  const { host, definition, info } = context
  const read = (name: string): unknown => JSON.parse(readStored(host, definition, name).text)
  switch (info.resource) {
    case 'pods': {
      const name = splitProxiedName(info.name, 'pod')
      checkNamespace(definition, info)
      return podTarget(read(name.name) as V1Pod, name)
    }
    case 'services': {
      const name = splitProxiedName(info.name, 'service')
      checkNamespace(definition, info)
      const service = (): V1Service => read(name.name) as V1Service
      return serviceTarget(info.name, name, service, () => endpointsOf(context, name.name))
    }
    default: {
      const { name } = splitProxiedName(info.name, 'node')
      read(name)
      throw new ApiStatusError(
        'MethodNotAllowed',
        `nodes/proxy is not supported by node "${name}": isolates and simulated nodes have no kubelet of their own ` +
          'to ask (see docs/compatibility.md)',
      )
    }
  }
}

/** Named after the resource that was asked for, whatever is missing (pkg/registry/generic/registry/store.go). */
function endpointsOf({ host }: RequestContext, name: string): V1Endpoints {
  const stored = host.reader.get({ resource: 'endpoints', name })
  if (stored === undefined) throw notFoundError({ group: '', resource: 'services' }, name)
  return JSON.parse(stored.text) as V1Endpoints
}
