/** Create-only review kinds: answered from the authorizer, never stored. What each means is in ../reviews.ts. */
import { printObject } from '../../registry/object-text.ts'
import { methodNotAllowedError } from '../../apimachinery/status-error.ts'
import { forgetSystemMetadata, placeInNamespace } from '../../registry/create.ts'
import { answerObject } from '../answer.ts'
import type { RequestContext } from '../request-context.ts'
import { answerOptions, targetOf } from '../request-context.ts'
import { REVIEWS } from '../reviews.ts'
import { trackCreate } from '../writing/tracking.ts'
import { readObject } from '../writing/written-object.ts'

export async function answerReview(context: RequestContext): Promise<Response> {
  const { host, definition, info, user } = context
  const review = REVIEWS[definition.kind]
  if (review === undefined) throw methodNotAllowedError(info, info.verb)
  const { object: subject, caller } = await readObject(context)
  placeInNamespace({ namespace: info.namespace }, subject)
  forgetSystemMetadata(subject)
  trackCreate(host, caller, targetOf(context), subject)
  const authorizer = host.authorizer(await host.refreshPolicy())
  const isElsewhere = (namespace: string): boolean => namespace !== '' && namespace !== host.namespace
  const answered = await review(subject, {
    user,
    namespace: info.namespace,
    nowMs: host.clock.now(),
    authorize: (attributes) =>
      attributes.isResource && isElsewhere(attributes.namespace)
        ? host.calls.authorizeInNamespace(attributes.namespace, attributes)
        : authorizer.authorize(attributes),
    rulesFor: (subjectUser, namespace) =>
      isElsewhere(namespace)
        ? host.calls.rulesInNamespace(namespace, subjectUser)
        : authorizer.rulesFor(subjectUser, namespace),
    reviewToken: (token, audiences) => host.calls.reviewToken(token, audiences),
  })
  return answerObject(definition, printObject(definition, answered), answerOptions(context, 201))
}
