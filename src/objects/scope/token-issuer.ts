/**
 * Signs ServiceAccount tokens for a scope: TokenRequest's meaning is in auth/, the key in the deployment's variables.
 */
import type { AnyObject, KubeObject } from '../../apimachinery/meta.ts'
import { ApiStatusError } from '../../apimachinery/status-error.ts'
import type { ClusterCalls } from '../../apiserver/api-host.ts'
import { answerTokenRequest } from '../../auth/service-account/token-request.ts'
import type { Env } from '../../env.ts'
import { systemClock } from '../../lib/clock.ts'
import { systemRandom } from '../../lib/random.ts'
import { issuerOfCluster, serviceAccountKeys } from '../worker/authenticate-request.ts'
import { scopeStub } from '../calls/scope-stub.ts'
import type { ScopeName } from '../object-names.ts'

/** `find` gives an object of the scope's own store. */
export function issueToken(
  env: Env,
  { cluster }: ScopeName,
  find: (resource: string, name: string) => KubeObject | undefined,
): ClusterCalls['issueToken'] {
  return async (account, request) => {
    const keys = await serviceAccountKeys(env)
    if (keys === undefined) {
      throw new ApiStatusError(
        'ServiceUnavailable',
        'this deployment has no key for ServiceAccount tokens (SERVICE_ACCOUNT_KEY)',
      )
    }
    const issuer = issuerOfCluster(cluster)
    return answerTokenRequest(
      {
        keys,
        issuer,
        audiences: [issuer],
        source: {
          find,
          async findNode(name) {
            const text = await scopeStub(env, cluster, '').objectText('nodes', name)
            return text === null ? undefined : (JSON.parse(text) as AnyObject)
          },
        },
        nowMs: systemClock.now(),
        uuid: () => systemRandom.uuid(),
      },
      account,
      request,
    )
  }
}
