/** `serviceaccounts/token`: a TokenRequest answered with a signed, bound token (TokenRequest API, authentication.k8s.io/v1). */
import { pathNotFoundError } from '../../apimachinery/status-error.ts'
import { parseObject } from '../../registry/object-text.ts'
import { answerText } from '../answer.ts'
import { WRITE_MEDIA_TYPES, decodeBody, parseFieldValidation, readBody } from '../body.ts'
import { readStored } from '../handlers/reads.ts'
import type { RequestContext } from '../request-context.ts'
import { answerOptions } from '../request-context.ts'

export async function answerToken(context: RequestContext): Promise<Response> {
  const { host, definition, request, query, info, warnings, user } = context
  const tokenRequest = host.scheme.byKind('authentication.k8s.io', 'v1', 'TokenRequest')
  if (tokenRequest === undefined) throw pathNotFoundError()
  const account = parseObject(readStored(host, definition, info.name).text)
  const body = await readBody(request, WRITE_MEDIA_TYPES)
  const fieldValidation = parseFieldValidation(query)
  const wanted = decodeBody(host, tokenRequest, body, { fieldValidation, warn: (text) => warnings.push(text) })
  const issued = await host.calls.issueToken(account, wanted, user.username)
  return answerText(JSON.stringify(issued), answerOptions(context, 201))
}
