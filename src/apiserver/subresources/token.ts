/**
 * `serviceaccounts/token`: a TokenRequest answered with a signed, bound token (TokenRequest API,
 * authentication.k8s.io/v1).
 */
import { trackUpdate, type ManagedEndpoint } from '../../apimachinery/apply/ownership.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import { formatGroupVersion } from '../../apimachinery/meta.ts'
import { zeroOf } from '../../apimachinery/schema/decode.ts'
import type { KindRef } from '../../apis/define-kind.ts'
import type { V1TokenRequestStatus } from '../../apis/generated/types.ts'
import { mergeNodeOf } from '../../apis/merge-schema.ts'
import { printTyped, schema } from '../../apis/schema.ts'
import { credentialIdOf } from '../../auth/service-account/service-account-token.ts'
import { checkAccountName } from '../../auth/service-account/token-request.ts'
import { placeInNamespace } from '../../registry/create.ts'
import { parseObject } from '../../registry/object-text.ts'
import { answerObject } from '../answer.ts'
import { readStored } from '../handlers/reads.ts'
import type { RequestContext } from '../request-context.ts'
import { answerOptions, targetOf } from '../request-context.ts'
import { admitUnstored } from '../writing/turn.ts'
import { readObject } from '../writing/written-object.ts'

const TOKEN_REQUEST = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenRequest',
  resource: 'serviceaccounts',
  scope: 'Namespaced',
  type: 'AuthenticationV1TokenRequest',
} as const satisfies KindRef & { type: string }

const API_VERSION = formatGroupVersion(TOKEN_REQUEST)

const ENDPOINT: ManagedEndpoint = {
  apiVersion: API_VERSION,
  node: mergeNodeOf(TOKEN_REQUEST.type),
  subresource: 'token',
  reset: {},
  empty: {
    ...(zeroOf(schema.structOf(TOKEN_REQUEST.type)) as Partial<AnyObject>),
    kind: TOKEN_REQUEST.kind,
    apiVersion: API_VERSION,
    metadata: {},
  },
  mayHaveChanged: false,
  nodeIn: (apiVersion) => (apiVersion === API_VERSION ? mergeNodeOf(TOKEN_REQUEST.type) : undefined),
  convert: (request, apiVersion) => (apiVersion === API_VERSION ? request : undefined),
}

export async function answerToken(context: RequestContext): Promise<Response> {
  const { host, definition, info, user } = context
  const { object: wanted, caller } = await readObject(context, TOKEN_REQUEST)
  placeInNamespace(info, wanted)
  trackUpdate(ENDPOINT, undefined, wanted, { manager: caller.manager, nowMs: host.clock.now() })
  checkAccountName(info.name, wanted)
  const account = parseObject(readStored(host, definition, info.name).text)
  await admitUnstored(host, caller, targetOf(context), wanted)
  const issued = await host.calls.issueToken(account, wanted, user.username)
  const { trail } = context
  const id = trail === undefined ? undefined : credentialIdOf((issued['status'] as V1TokenRequestStatus).token ?? '')
  // As upstream's pkg/registry/core/serviceaccount/storage/token.go.
  if (id !== undefined) trail?.annotate('authentication.kubernetes.io/issued-credential-id', id)
  return answerObject(definition, printTyped('AuthenticationV1TokenRequest', issued), answerOptions(context, 201))
}
