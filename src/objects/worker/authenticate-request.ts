/**
 * Who makes a request, asked once in the Worker before anything else. Keys and tokens come from the deployment's
 * variables; whether the objects behind a ServiceAccount token still live is asked of its namespace.
 */
import type { Authenticator } from '../../auth/authenticate.ts'
import { createAuthenticator } from '../../auth/authenticate.ts'
import type { ServiceAccountKeys } from '../../auth/service-account/service-account-keys.ts'
import { loadServiceAccountKeys } from '../../auth/service-account/service-account-keys.ts'
import type { UserInfo } from '../../auth/user.ts'
import { AUTHENTICATED_GROUP, MASTERS_GROUP } from '../../auth/user.ts'
import type { Env } from '../../env.ts'
import { variablesOf } from '../../env.ts'
import { systemClock } from '../../lib/clock.ts'
import { scopeStub } from '../calls/scope-stub.ts'
import { metricsOf } from '../operations/cluster-metrics.ts'
import type { KnownCluster } from '../clusters/cluster-word.ts'
import { ROOT_CLUSTER } from '../../apis/workernetes/root-cluster.ts'
import { asksForSocket } from '../../apiserver/subresources/connect/upgrades.ts'
import { readSocketProtocols } from './socket-protocols.ts'

/** Who the bootstrap token stands for: kubeadm's name for the first administrator. */
const BOOTSTRAP_ADMIN: UserInfo = { username: 'kubernetes-admin', groups: [MASTERS_GROUP, AUTHENTICATED_GROUP] }

const ISSUER = 'https://kubernetes.default.svc.cluster.local'

const keys = new WeakMap<Env, Promise<ServiceAccountKeys | undefined>>()
const authenticators = new WeakMap<Env, Promise<Authenticator>>()

/** Tokens of one logical cluster mean nothing in another: each has an issuer of its own. */
export function issuerOfCluster(cluster: string): string {
  return cluster === ROOT_CLUSTER ? ISSUER : `${ISSUER}/clusters/${cluster}`
}

/** Undefined when the deployment has no key: there are no ServiceAccount tokens then. */
export function serviceAccountKeys(env: Env): Promise<ServiceAccountKeys | undefined> {
  let loading = keys.get(env)
  if (loading === undefined) {
    const text = variablesOf(env).SERVICE_ACCOUNT_KEY
    loading = text === '' ? Promise.resolve(undefined) : loadServiceAccountKeys(text)
    keys.set(env, loading)
  }
  return loading
}

export function authenticatorOf(env: Env): Promise<Authenticator> {
  let made = authenticators.get(env)
  if (made === undefined) {
    made = serviceAccountKeys(env).then((loaded) => authenticatorWith(env, loaded))
    authenticators.set(env, made)
  }
  return made
}

function authenticatorWith(env: Env, loaded: ServiceAccountKeys | undefined): Authenticator {
  const hash = variablesOf(env).BOOTSTRAP_TOKEN_SHA256
  const bootstrap: readonly (readonly [string, UserInfo])[] = hash === '' ? [] : [[hash, BOOTSTRAP_ADMIN]]
  return createAuthenticator({
    bootstrapUser: () => bootstrap,
    serviceAccountKeys: loaded,
    issuerOfCluster,
    isBoundObjectLive: (cluster, bound) => scopeStub(env, cluster, bound.namespace).areBoundObjectsLive(bound),
    clock: systemClock,
    watch: {
      looked: (cluster, isHit) => metricsOf(cluster).api.access.tokenLooked(isHit),
      checked: (cluster, ...how) => metricsOf(cluster).api.access.tokenChecked(...how),
    },
  })
}

/** The user behind a request; throws ApiStatusError 401. */
export async function authenticateRequest(
  env: Env,
  { name: cluster, uid: incarnation }: KnownCluster,
  request: Request,
): Promise<UserInfo> {
  const authenticator = await authenticatorOf(env)
  const { access } = metricsOf(cluster).api
  const startMs = systemClock.now()
  try {
    const user = await authenticator.authenticate({
      cluster,
      incarnation,
      authorization: authorizationOf(request.headers),
      isSecure: request.url.startsWith('https:'),
    })
    access.authenticated('success', systemClock.now() - startMs, user.username)
    return user
  } catch (error) {
    // Who shows nothing is anonymous, so whoever is refused showed something wrong, which upstream calls an error.
    access.authenticated('error', systemClock.now() - startMs)
    throw error
  }
}

function authorizationOf(headers: Headers): string | null {
  const authorization = headers.get('authorization')
  return authorization === null && asksForSocket(headers) ? readSocketProtocols(headers).authorization : authorization
}
