/**
 * What a scope's object asks of others: the cluster scope for policy and addresses, a namespace for its own role
 * bindings, the pods' Worker for logs.
 */
import { parseJson } from '../../lib/exact-json.ts'
import type { AnyObject } from '../../apimachinery/meta.ts'
import type { ClusterCalls } from '../../apiserver/api-host.ts'
import type { Env } from '../../env.ts'
import { authenticatorOf } from '../worker/authenticate-request.ts'
import { componentWrong } from '../operations/component-health.ts'
import { callWebhook } from './conversion-webhook.ts'
import { scopeStub, uncarry } from './scope-stub.ts'

export interface CallOptions {
  readonly env: Env
  readonly cluster: string
  readonly namespace: string
  readonly issueToken: ClusterCalls['issueToken']
  readonly podLog: ClusterCalls['podLog']
  readonly connect: ClusterCalls['connect']
}

export function createClusterCalls(options: CallOptions): ClusterCalls {
  const { env, cluster, namespace: own, issueToken, podLog, connect } = options
  const clusterObject = async (resource: string, name: string): Promise<AnyObject | undefined> => {
    const text = await scopeStub(env, cluster, '').objectText(resource, name)
    return text === null ? undefined : (parseJson(text) as AnyObject)
  }
  return {
    authorizeInNamespace: (namespace, attributes) =>
      uncarry(scopeStub(env, cluster, namespace).authorizeHere(attributes)),
    rulesInNamespace: (namespace, user) => uncarry(scopeStub(env, cluster, namespace).rulesHere(user)),
    reviewToken: async (token, audiences) => (await authenticatorOf(env)).reviewToken(cluster, token, audiences),
    sealNamespace: (namespace, uid) => uncarry(scopeStub(env, cluster, namespace).seal(uid)),
    async allocateService(service, previous, isDryRun) {
      const text = await uncarry(
        scopeStub(env, cluster, '').allocateService(
          JSON.stringify(service),
          previous === undefined ? null : JSON.stringify(previous),
          isDryRun,
        ),
      )
      return parseJson(text) as AnyObject
    },
    async settleService(uid, service) {
      await scopeStub(env, cluster, '').confirmService(uid, service === undefined ? null : JSON.stringify(service))
    },
    registerWithOwners: (uids) => uncarry(scopeStub(env, cluster, '').registerDependents(own, uids)),
    registerWithDefinition: (definition) =>
      uncarry(scopeStub(env, cluster, '').registerWithDefinition(own, definition)),
    callWebhook: (config, body) => callWebhook(env, cluster, config, body),
    componentWrong: (component) => componentWrong(env, cluster, component),
    node: (name) => clusterObject('nodes', name),
    ownNamespace: () => clusterObject('namespaces', own),
    issueToken,
    podLog,
    connect,
  }
}
