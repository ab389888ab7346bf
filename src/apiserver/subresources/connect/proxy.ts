/**
 * `pods/proxy`, `services/proxy` and `nodes/proxy`: decides here who may reach what; the request itself is carried
 * there by whoever answers `calls.connect` (kubernetes/kubernetes pkg/registry/core/{pod/rest/subresources,
 * service/proxy,node/rest/proxy}.go).
 */
import { ApiStatusError, notFoundError } from '../../../apimachinery/status-error.ts'
import type { V1Endpoints, V1Pod, V1Service } from '../../../apis/generated/types.ts'
import { readStored } from '../../handlers/reads.ts'
import type { RequestContext } from '../../request-context.ts'
import { admitConnection } from './connecting.ts'
import type { ProxyTarget } from './proxy-location.ts'
import { podTarget, serviceTarget, splitProxiedName } from './proxy-location.ts'

export async function answerProxy(context: RequestContext): Promise<Response> {
  await admitConnection(context)
  return context.host.calls.connect(locate(context))
}

function locate(context: RequestContext): ProxyTarget {
  const { host, definition, info } = context
  const read = (name: string): unknown => JSON.parse(readStored(host, definition, name).text)
  switch (info.resource) {
    case 'pods': {
      const name = splitProxiedName(info.name, 'pod')
      return podTarget(read(name.name) as V1Pod, name)
    }
    case 'services': {
      const name = splitProxiedName(info.name, 'service')
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
