/**
 * Who makes a request, by its bearer token: a bootstrap token (known by its SHA-256 only) or a ServiceAccount token.
 * Whatever is wrong with a token, the client reads the same 401. Positive results are kept for seconds, per logical
 * cluster.
 * Invariants: no token is accepted over plain HTTP; none is accepted for another cluster than it was issued for; a
 * result is never kept past the token's expiry.
 */
import { ApiStatusError, unauthorizedError } from '../apimachinery/status-error.ts'
import type { Clock } from '../lib/clock.ts'
import { hexOf } from '../lib/crypto/hex.ts'
import { isSameSecret } from '../lib/crypto/secret.ts'
import { isBoundToNode } from './service-account/bound-object.ts'
import type { ServiceAccountKeys } from './service-account/service-account-keys.ts'
import type { BoundClaims } from './service-account/service-account-token.ts'
import { issuerOf, userOfClaims, verifyToken } from './service-account/service-account-token.ts'
import type { UserInfo } from './user.ts'
import { ANONYMOUS_USER, SERVICE_ACCOUNT_PREFIX, UNAUTHENTICATED_GROUP } from './user.ts'

/**
 * How long a result is reused: a token whose pod or account was deleted works on for at most this long (as upstream).
 */
export const TOKEN_CACHE_MS = 10_000

/** Results kept per isolate; the oldest goes first. A token is some 1 KB, so this is 2 MB at worst. */
const MAX_CACHED_TOKENS = 2_048

/** Longer tokens are not ours: they are refused unread. */
const MAX_TOKEN_LENGTH = 16_384

const ANONYMOUS: UserInfo = { username: ANONYMOUS_USER, groups: [UNAUTHENTICATED_GROUP] }

export interface AuthenticatorOptions {
  /** SHA-256 of a token in lower-case hexadecimal → who it stands for, in which logical cluster. */
  bootstrapUser(cluster: string): Iterable<readonly [hash: string, user: UserInfo]>
  /** Undefined: no ServiceAccount tokens. */
  readonly serviceAccountKeys: ServiceAccountKeys | undefined
  issuerOfCluster(cluster: string): string
  /** Whether account, pod, secret or node of a token are there still, with the same uids: one call for all. */
  isBoundObjectLive(cluster: string, bound: BoundClaims): Promise<boolean>
  /** The same for the node of a token that is bound to a node alone; left out, such tokens are refused. */
  isNodeLive?(cluster: string, node: { readonly name: string; readonly uid?: string }): Promise<boolean>
  readonly clock: Clock
  /**
   * Requests without a token, whatever else they show, become system:anonymous (and RBAC decides) rather than 401.
   * Default: true, as upstream.
   */
  readonly allowsAnonymous?: boolean
  readonly watch?: TokenWatch
}

/** Is told what became of tokens. */
export interface TokenWatch {
  /** Whether the result was at hand. */
  looked(cluster: string, isHit: boolean): void
  /** One was checked; `isAccount`: it is a ServiceAccount's. */
  checked(cluster: string, isValid: boolean, isAccount: boolean, tookMs: number): void
}

export interface Credentials {
  readonly cluster: string
  /** Which cluster of that name: what was found out about a token of a former one says nothing. */
  readonly incarnation?: string
  /** The Authorization header. */
  readonly authorization: string | null
  /** The request came over TLS. */
  readonly isSecure: boolean
}

export type TokenResult =
  | { readonly user: UserInfo; readonly audiences: readonly string[]; readonly failure?: never }
  | { readonly failure: string; readonly user?: never }

export interface Authenticator {
  /** Who it is; a promise only when the token was not seen lately. Throws (or rejects with) ApiStatusError 401. */
  authenticate(credentials: Credentials): UserInfo | Promise<UserInfo>
  /** For TokenReview: a token for the given audiences (this API's own when empty), never from the cache. */
  reviewToken(cluster: string, token: string, audiences: readonly string[]): Promise<TokenResult>
}

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  return new BearerAuthenticator(options)
}

interface CachedUser {
  readonly user: UserInfo
  readonly untilMs: number
}

class BearerAuthenticator implements Authenticator {
  readonly #options: AuthenticatorOptions
  /**
   * By cluster and the token itself: hashing it first would cost more than the whole lookup may, and the text is in
   * memory with every request anyway. Entries go after TOKEN_CACHE_MS when they are touched, or when room is needed.
   */
  readonly #cache = new Map<string, CachedUser>()

  constructor(options: AuthenticatorOptions) {
    this.#options = options
  }

  authenticate({ cluster, incarnation = '', authorization, isSecure }: Credentials): UserInfo | Promise<UserInfo> {
    const token = bearerToken(authorization)
    if (token === undefined) {
      if (this.#options.allowsAnonymous === false) throw unauthorizedError()
      return ANONYMOUS
    }
    if (!isSecure) throw new ApiStatusError('Unauthorized', 'bearer tokens are accepted over HTTPS only')
    const key = `${cluster}\n${incarnation}\n${token}`
    const cached = this.#cache.get(key)
    if (cached !== undefined) {
      if (this.#options.clock.now() < cached.untilMs) {
        this.#options.watch?.looked(cluster, true)
        return cached.user
      }
      this.#cache.delete(key)
    }
    this.#options.watch?.looked(cluster, false)
    return this.#authenticateAnew(cluster, token, key)
  }

  async reviewToken(cluster: string, token: string, audiences: readonly string[]): Promise<TokenResult> {
    const own = [this.#options.issuerOfCluster(cluster)]
    const result = await this.#check(cluster, token, audiences.length === 0 ? own : audiences)
    return result.user === undefined ? { failure: result.failure } : { user: result.user, audiences: result.audiences }
  }

  async #authenticateAnew(cluster: string, token: string, key: string): Promise<UserInfo> {
    const { clock, watch } = this.#options
    const startMs = clock.now()
    const result = await this.#check(cluster, token, [this.#options.issuerOfCluster(cluster)])
    const isAccount = result.user?.username.startsWith(SERVICE_ACCOUNT_PREFIX) === true
    watch?.checked(cluster, result.user !== undefined, isAccount, clock.now() - startMs)
    if (result.user === undefined) throw unauthorizedError()
    const untilMs = Math.min(this.#options.clock.now() + TOKEN_CACHE_MS, result.expiresMs)
    if (this.#cache.size >= MAX_CACHED_TOKENS) this.#cache.delete(this.#cache.keys().next().value ?? '')
    this.#cache.set(key, { user: result.user, untilMs })
    return result.user
  }

  async #check(cluster: string, token: string, audiences: readonly string[]): Promise<Checked> {
    if (token.length > MAX_TOKEN_LENGTH) return { failure: 'the token is too long' }
    const { serviceAccountKeys: keys } = this.#options
    const issuer = this.#options.issuerOfCluster(cluster)
    if (keys !== undefined && issuerOf(token) === issuer) return this.#checkServiceAccount(
      keys,
      cluster,
      token,
      audiences,
    )
    const user = await this.#bootstrapUser(cluster, token)
    if (user === undefined) return { failure: 'invalid bearer token' }
    return { user, audiences, expiresMs: Number.POSITIVE_INFINITY }
  }

  async #checkServiceAccount(
    keys: ServiceAccountKeys,
    cluster: string,
    token: string,
    audiences: readonly string[],
  ): Promise<Checked> {
    const issuer = this.#options.issuerOfCluster(cluster)
    const { claims, failure } = await verifyToken(keys, token, { issuer, audiences, nowMs: this.#options.clock.now() })
    if (claims === undefined) return { failure }
    if (!(await this.#isLive(cluster, claims['kubernetes.io']))) {
      return { failure: 'service account token has been invalidated' }
    }
    const shared = claims.aud.filter((audience) => audiences.includes(audience))
    return { user: userOfClaims(claims), audiences: shared, expiresMs: claims.exp * 1_000 }
  }

  async #isLive(cluster: string, bound: BoundClaims): Promise<boolean> {
    if (!(await this.#options.isBoundObjectLive(cluster, bound))) return false
    if (bound.node === undefined || !isBoundToNode(bound)) return true
    return (await this.#options.isNodeLive?.(cluster, bound.node)) ?? false
  }

  async #bootstrapUser(cluster: string, token: string): Promise<UserInfo | undefined> {
    const digest = hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token))))
    let found: UserInfo | undefined
    // Every entry is compared in full, so that time tells nothing about any of them.
    for (const [hash, user] of this.#options.bootstrapUser(cluster)) {
      if (isSameSecret(digest, hash)) found = user
    }
    return found
  }
}

type Checked =
  | {
      readonly user: UserInfo
      readonly audiences: readonly string[]
      readonly expiresMs: number
      readonly failure?: never
    }
  | { readonly failure: string; readonly user?: never }

/** The scheme is case-insensitive; blanks around the token are none of it (k8s.io/apiserver …/request/bearertoken). */
function bearerToken(authorization: string | null): string | undefined {
  const [scheme, token] = partsOf(authorization)
  return scheme === 'bearer' && token !== '' ? token : undefined
}

/** What is said to whoever sends a token behind two blanks, and so is nobody; undefined: nothing. */
export function warningOfToken(authorization: string | null): string | undefined {
  const [scheme, token, more] = partsOf(authorization)
  if (scheme !== 'bearer' || token !== '' || more === undefined) return undefined
  return 'the provided Authorization header contains extra space before the bearer token, and is ignored'
}

function partsOf(authorization: string | null): [scheme: string, token: string, more: string | undefined] {
  const [scheme = '', token = '', more] = (authorization ?? '').trim().split(' ')
  return [scheme.toLowerCase(), token, more]
}
