/**
 * `serviceaccounts/token`: a TokenRequest answered with a signed, bound token (TokenRequest API,
 * authentication.k8s.io/v1).
 */
import { trackUpdate, type ManagedEndpoint } from '../../apimachinery/apply/ownership.ts'
import { formatGroupVersion } from '../../apimachinery/meta.ts'
import type { KindRef } from '../../apis/define-kind.ts'
import type { V1TokenRequestStatus } from '../../apis/generated/types.ts'
import { mergeNodeOf } from '../../apis/merge-schema.ts'
import { printTyped } from '../../apis/schema.ts'
import { credentialIdOf } from '../../auth/service-account/service-account-token.ts'
import { parseObject } from '../../registry/object-text.ts'
import { answerObject } from '../answer.ts'
import { readStored } from '../handlers/reads.ts'
import type { RequestContext } from '../request-context.ts'
import { answerOptions, targetOf } from '../request-context.ts'
import { admitUnstored } from '../writing/turn.ts'
import { readObject } from '../writing/written-object.ts'

const TOKEN_REQUEST: KindRef = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenRequest',
  resource: 'serviceaccounts',
  scope: 'Namespaced',
}

const NODE = mergeNodeOf('AuthenticationV1TokenRequest')

const ENDPOINT: ManagedEndpoint = {
  apiVersion: formatGroupVersion(TOKEN_REQUEST),
  node: NODE,
  subresource: 'token',
  reset: {},
  empty: { kind: TOKEN_REQUEST.kind, apiVersion: formatGroupVersion(TOKEN_REQUEST), metadata: {} },
  mayHaveChanged: false,
  nodeIn: () => NODE,
  convert: (request) => request,
}

export async function answerToken(context: RequestContext): Promise<Response> {
  const { host, definition, info, user } = context
  const { object: wanted, caller } = await readObject(context, TOKEN_REQUEST)
  trackUpdate(ENDPOINT, undefined, wanted, { manager: caller.manager, nowMs: host.clock.now() })
  const account = parseObject(readStored(host, definition, info.name).text)
  await admitUnstored(host, caller, targetOf(context), wanted)
  const issued = await host.calls.issueToken(account, wanted, user.username)
  const { trail } = context
  const id = trail === undefined ? undefined : credentialIdOf((issued['status'] as V1TokenRequestStatus).token ?? '')
  // As upstream's pkg/registry/core/serviceaccount/storage/token.go.
  if (id !== undefined) trail?.annotate('authentication.kubernetes.io/issued-credential-id', id)
  return answerObject(definition, printTyped('AuthenticationV1TokenRequest', issued), answerOptions(context, 201))
}
