/** Create-only review kinds: answered from the authorizer, never stored (src/apiserver/reviews.ts has their meaning). */
import { ApiStatusError } from '../../apimachinery/status-error.ts'
import type { RequestContext } from '../request-context.ts'

export function answerReview({ definition }: RequestContext): Promise<Response> {
  throw new ApiStatusError('MethodNotAllowed', `${definition.resource} is not answered by this cluster yet`)
}
