/**
 * Endpoints that take and give the object itself, of which a write changes only a part: `status`, `resize`, `approval`.
 * What that part is says the kind's strategy.
 */
import { methodNotAllowedError } from '../../apimachinery/status-error.ts'
import { getOne } from '../handlers/reads.ts'
import { patchOne, updateOne } from '../handlers/writes.ts'
import type { RequestContext } from '../request-context.ts'

export function answerPart(context: RequestContext): Response | Promise<Response> {
  switch (context.info.verb) {
    case 'get':
      return getOne(context)
    case 'update':
      return updateOne(context)
    case 'patch':
      return patchOne(context)
    default:
      throw methodNotAllowedError(context.info, context.info.verb)
  }
}
