/**
 * What a strategy judges by and cannot find out within a turn: the first time it asks, the turn ends with the question,
 * and is run again once the answer is there. Answers last as long as one write.
 */
import type { Facts } from '../../apis/define-kind.ts'
import { isSignedByKey } from '../../lib/x509/signature.ts'
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
export function factsOf(calls: Pick<ClusterCalls, 'ownNamespace'>, known: ReadonlyMap<string, unknown>): Facts {
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
  }
}
