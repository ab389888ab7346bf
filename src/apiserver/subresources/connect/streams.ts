/**
 * exec, attach and port-forward up to the node: who may, which pod and container, and whether the client asks for a
 * stream at all (kubernetes/kubernetes pkg/registry/core/pod/rest/{subresources,authorize}.go). The streams themselves
 * come with nodes that have processes; until then a Status says so, in JSON, because kubectl prints a refused upgrade
 * only when its body is one.
 */
import { quote } from '../../../apimachinery/field-path.ts'
import { ApiStatusError, badRequestError, forbiddenError, notFoundError } from '../../../apimachinery/status-error.ts'
import type { V1Pod } from '../../../apis/generated/types.ts'
import { parseObject } from '../../../registry/object-text.ts'
import { decide } from '../../authorize.ts'
import { checkNamespace } from '../../handlers/names.ts'
import { readStored } from '../../handlers/reads.ts'
import type { RequestContext } from '../../request-context.ts'
import { asksForUpgrade } from './upgrades.ts'
import { containerOf } from '../pod-containers.ts'
import { admitConnection } from './connecting.ts'

export async function answerStream(context: RequestContext): Promise<Response> {
  const { host, definition, info, query, user, request } = context
  await admitConnection(context, () => {
    if (info.subresource === 'portforward') query.getAll('ports').forEach(checkPorts)
  })
  // A browser can only GET, and may do no more by it than whoever posts (KEP-5579).
  if (info.verb !== 'create') {
    const decision = await decide(host, user, { ...info, verb: 'create' }, query)
    if (!decision.isAllowed) throw forbiddenError(info, info.name, decision.reason)
  }
  checkNamespace(definition, info)
  const pod = parseObject(readStored(host, definition, info.name).text) as V1Pod
  if (info.subresource !== 'portforward') containerOf(pod, query.get('container') ?? '')
  const nodeName = pod.spec?.nodeName ?? ''
  if (nodeName === '') throw badRequestError(`pod ${info.name} does not have a host assigned`)
  // Named after the resource that was asked for, whatever is missing (pkg/registry/generic/registry/store.go).
  if ((await host.calls.node(nodeName)) === undefined) throw notFoundError(info, nodeName)
  if (!isStreamAsked(request.headers)) throw badRequestError('Upgrade request required')
  throw new ApiStatusError(
    'MethodNotAllowed',
    `${info.subresource} is not supported by the node that pod "${info.name}" runs on; ` +
      'isolates and simulated nodes have no processes to attach to (see docs/compatibility.md)',
  )
}

/** One or several, parted by commas; what is wrong is told in Go's words. @throws ApiStatusError 400 */
function checkPorts(ports: string): void {
  for (const port of ports.split(',')) {
    const wrong = /^\d+$/.test(port) ? (Number(port) > MAX_PORT ? 'value out of range' : undefined) : 'invalid syntax'
    if (wrong === undefined) continue
    throw badRequestError(`cannot convert to []int32: strconv.ParseUint: parsing ${quote(port)}: ${wrong}`)
  }
}

const MAX_PORT = 65_535

/** The connection's own headers do not survive every way to the edge; how a stream of SPDY is to be spoken does. */
function isStreamAsked(headers: Headers): boolean {
  return asksForUpgrade(headers) || headers.has('x-stream-protocol-version')
}
