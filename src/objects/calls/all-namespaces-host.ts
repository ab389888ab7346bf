/** What reading over all namespaces needs of its object: a policy copy, and authorization by cluster bindings alone. */
import { Operations } from '../../apiserver/operations/operations.ts'
import type { AllNamespacesHost } from '../../apiserver/reading/all-namespaces.ts'
import type { ClusterPolicy } from '../../auth/cluster-policy.ts'
import type { RbacAuthorizer } from '../../auth/rbac/rbac.ts'
import { rbacAuthorizer } from '../../auth/rbac/rbac.ts'
import type { Env } from '../../env.ts'
import { systemClock } from '../../lib/clock.ts'
import { systemRandom } from '../../lib/random.ts'
import type { AllNamespaces } from '../../registry/sequence/all-namespaces.ts'
import { aggregationOf } from './aggregation.ts'
import { ServedKinds } from '../../registry/kinds/served-kinds.ts'
import { operationsPorts } from '../operations/operations-ports.ts'
import { callWebhook } from './conversion-webhook.ts'
import { scopeStub } from './scope-stub.ts'
import { PolicyCopy } from '../scope/policy-copy.ts'
import { builtInScheme } from '../scope/scope.ts'
import { sharedDefinitions } from '../scope/shared-definitions.ts'

export function allNamespacesHost(env: Env, cluster: string, all: AllNamespaces): AllNamespacesHost {
  const copy = new PolicyCopy(systemClock, (since) => scopeStub(env, cluster, '').policyChanges(since))
  let last: { readonly policy: ClusterPolicy; readonly authorizer: RbacAuthorizer } | undefined
  const source = {
    pull: async (group: string, known: Readonly<Record<string, number>>) =>
      scopeStub(env, cluster, '').definitionsOf(group, known),
    freshness: () => copy.definitionsRevision(),
    newest: () => copy.newestDefinitionsRevision(),
  }
  const kinds = new ServedKinds(builtInScheme, source, sharedDefinitions.of(cluster))
  return {
    all,
    kinds,
    scheme: kinds.scheme,
    clock: systemClock,
    random: systemRandom,
    aggregation: aggregationOf(env, cluster),
    operations: new Operations(systemClock, operationsPorts(env, cluster)),
    namespace: '',
    policy: () => copy.current(),
    refreshPolicy: () => copy.refresh(),
    authorizer(policy) {
      if (last?.policy !== policy) {
        const source = { policy, namespace: '', roleRevision: () => 0, role: () => undefined, roleBindings: () => [] }
        last = { policy, authorizer: rbacAuthorizer(source) }
      }
      return last.authorizer
    },
    calls: {
      callWebhook: (config, body) => callWebhook(env, cluster, config, body),
      authorizeInNamespace: () => Promise.resolve({ isAllowed: false, reason: '' }),
    },
  }
}
