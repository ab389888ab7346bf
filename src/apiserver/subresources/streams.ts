/**
 * exec, attach and port-forward until nodes bring them: a Status that says so, in JSON, because kubectl prints a
 * refused upgrade only when its body is one.
 */
import { ApiStatusError } from '../../apimachinery/status-error.ts'
import { readStored } from '../handlers/reads.ts'
import type { RequestContext } from '../request-context.ts'

export function refuseStream({ host, definition, info }: RequestContext): Response {
  readStored(host, definition, info.name)
  throw new ApiStatusError(
    'MethodNotAllowed',
    `${info.subresource} is not supported by the node that pod "${info.name}" runs on; ` +
      'isolates and simulated nodes have no processes to attach to (see docs/compatibility.md)',
  )
}
