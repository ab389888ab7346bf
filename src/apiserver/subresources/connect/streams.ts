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
import { readStored } from '../../handlers/reads.ts'
import type { RequestContext } from '../../request-context.ts'
import { containerOf } from '../pod-containers.ts'
import { admitConnection } from './connecting.ts'

export async function answerStream(context: RequestContext): Promise<Response> {
  const { host, definition, info, query, user, request } = context
  if (info.subresource === 'portforward') query.getAll('ports').forEach(checkPort)
  await admitConnection(context)
  // A browser can only GET, and may do no more by it than whoever posts (KEP-5579).
  if (info.verb !== 'create') {
    const decision = await decide(host, user, { ...info, verb: 'create' }, query)
    if (!decision.isAllowed) throw forbiddenError(info, info.name, decision.reason)
  }
  const pod = parseObject(readStored(host, definition, info.name).text) as V1Pod
  if (info.subresource !== 'portforward') containerOf(pod, query.get('container') ?? '')
  const nodeName = pod.spec?.nodeName ?? ''
  if (nodeName === '') throw badRequestError(`pod ${info.name} does not have a host assigned`)
  // Named after the resource that was asked for, whatever is missing (pkg/registry/generic/registry/store.go).
  if ((await host.calls.node(nodeName)) === undefined) throw notFoundError(info, nodeName)
  if (!asksForUpgrade(request.headers)) throw badRequestError('Upgrade request required')
  throw new ApiStatusError(
    'MethodNotAllowed',
    `${info.subresource} is not supported by the node that pod "${info.name}" runs on; ` +
      'isolates and simulated nodes have no processes to attach to (see docs/compatibility.md)',
  )
}

/** Options are read before anything else, in Go's words. @throws ApiStatusError 400 */
function checkPort(port: string): void {
  if (/^\d+$/.test(port)) return
  throw badRequestError(`cannot convert to []int32: strconv.ParseUint: parsing ${quote(port)}: invalid syntax`)
}

/** The connection's own headers do not survive every hop; what is to be spoken then does. */
function asksForUpgrade(headers: Headers): boolean {
  const connection = headers.get('connection')?.toLowerCase() ?? ''
  return connection.includes('upgrade') || headers.has('upgrade') || headers.has('x-stream-protocol-version')
}
