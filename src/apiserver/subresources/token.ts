/**
 * `serviceaccounts/token`: a TokenRequest answered with a signed, bound token (TokenRequest API,
 * authentication.k8s.io/v1).
 */
import type { KindRef } from '../../apis/define-kind.ts'
import { parseObject } from '../../registry/object-text.ts'
import { answerText } from '../answer.ts'
import { WRITE_MEDIA_TYPES, decodeBody, parseFieldValidation, readBody } from '../writing/body.ts'
import { readStored } from '../handlers/reads.ts'
import type { RequestContext } from '../request-context.ts'
import { answerOptions } from '../request-context.ts'

const TOKEN_REQUEST: KindRef = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenRequest',
  resource: 'serviceaccounts',
  scope: 'Namespaced',
}

export async function answerToken(context: RequestContext): Promise<Response> {
  const { host, definition, request, query, info, warnings, user } = context
  const account = parseObject(readStored(host, definition, info.name).text)
  const body = await readBody(request, WRITE_MEDIA_TYPES)
  const fieldValidation = parseFieldValidation(query)
  const wanted = decodeBody(host, TOKEN_REQUEST, body, { fieldValidation, warn: (text) => warnings.push(text) })
  const issued = await host.calls.issueToken(account, wanted, user.username)
  return answerText(JSON.stringify(issued), answerOptions(context, 201))
}
