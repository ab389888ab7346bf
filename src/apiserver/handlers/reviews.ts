/** Create-only review kinds: answered from the authorizer, never stored. What each means is in ../reviews.ts. */
import { ApiStatusError, methodNotAllowedError } from '../../apimachinery/status-error.ts'
import { answerText } from '../answer.ts'
import { WRITE_MEDIA_TYPES, decodeBody, parseFieldValidation, readBody } from '../writing/body.ts'
import type { RequestContext } from '../request-context.ts'
import { answerOptions } from '../request-context.ts'
import { REVIEWS } from '../reviews.ts'

export async function answerReview(context: RequestContext): Promise<Response> {
  const { host, definition, request, query, info, user, warnings } = context
  const review = REVIEWS[definition.kind]
  if (review === undefined) throw methodNotAllowedError(info, info.verb)
  if (context.form.shape !== 'object') {
    throw new ApiStatusError(
      'NotAcceptable',
      'only the following media types are accepted: application/json, application/yaml',
    )
  }
  const body = await readBody(request, WRITE_MEDIA_TYPES)
  const fieldValidation = parseFieldValidation(query)
  const subject = decodeBody(host, definition, body, { fieldValidation, warn: (text) => warnings.push(text) })
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
  return answerText(JSON.stringify(answered), answerOptions(context, 201))
}
