/**
 * What a strategy judges by beyond the objects. For what cannot be found out within a turn, the turn ends with the
 * question, and is run again once the answer is there. Answers last as long as one write.
 */
import type { Access, Facts, Rights } from '../../apis/define-kind.ts'
import type { Authorizer } from '../../auth/authorizer.ts'
import { forbiddenAccessError } from '../../auth/forbidden-message.ts'
import { NODE_NAME_KEY, SERVICE_ACCOUNT_PREFIX } from '../../auth/user.ts'
import type { UserInfo } from '../../auth/user.ts'
import { isSignedByKey } from '../../lib/crypto/x509/signature.ts'
import type { ClusterCalls } from '../api-host.ts'

export class FactNeeded extends Error {
  readonly question: string
  readonly find: () => Promise<unknown>

  constructor(question: string, find: () => Promise<unknown>) {
    super(`not known yet: ${question}`)
    this.question = question
    this.find = find
  }
}

/** `known`: answers by question. */
export function factsOf(
  calls: Pick<ClusterCalls, 'ownNamespace'>,
  known: ReadonlyMap<string, unknown>,
  rights: Rights,
): Facts {
  const answerTo = <T>(question: string, find: () => Promise<T>): T => {
    if (!known.has(question)) throw new FactNeeded(question, find)
    // What was found is what this question finds.
    return known.get(question) as T
  }
  return {
    // A write has one request for a certificate.
    isSigned: (signed) => answerTo('the signature', () => isSignedByKey(signed)),
    namespaceLabels: () =>
      answerTo('the labels of the namespace', async () => (await calls.ownNamespace())?.metadata.labels ?? {}),
    rights,
  }
}

/** By the policy that the turn has; `resource` is the one that is written. */
export function rightsOf(
  user: UserInfo,
  verb: string,
  resource: { readonly group: string; readonly version: string; readonly resource: string },
  authorizer: () => Authorizer,
): Rights {
  const { group, version } = resource
  const nodeNames = user.username.startsWith(SERVICE_ACCOUNT_PREFIX) ? (user.extra?.[NODE_NAME_KEY] ?? []) : []
  return {
    verb,
    nodeName: nodeNames.length === 1 ? nodeNames[0] : undefined,
    refusalOf(access: Access) {
      const attributes = { isResource: true, user, group, version, resource: resource.resource, ...access } as const
      const { isAllowed, reason } = authorizer().authorize(attributes)
      return isAllowed ? undefined : forbiddenAccessError(attributes, reason).message
    },
  }
}
