/**
 * ServiceAccount tokens: what is in them, how they are signed and checked, and who they stand for (upstream:
 * pkg/serviceaccount/{claims,jwt}.go, k8s.io/apiserver pkg/authentication/serviceaccount/util.go). Whether what a
 * token is bound to still lives is asked elsewhere (authenticate.ts).
 */
import { SignJWT, decodeJwt, errors, jwtVerify } from 'jose'
import type { JWTPayload } from 'jose'
import type { ServiceAccountKeys } from './service-account-keys.ts'
import { TOKEN_ALGORITHM } from './service-account-keys.ts'
import type { UserInfo } from '../user.ts'
import { NODE_NAME_KEY, SERVICE_ACCOUNT_PREFIX } from '../user.ts'

export interface ObjectRef {
  readonly name: string
  readonly uid: string
}

/** The claim `kubernetes.io`. */
export interface BoundClaims {
  readonly namespace: string
  readonly serviceaccount: ObjectRef
  readonly pod?: ObjectRef
  readonly secret?: ObjectRef
  /** With a pod: where it runs. Alone: what the token is bound to. */
  readonly node?: { readonly name: string; readonly uid?: string }
  /** Seconds since the epoch after which using the token is worth a warning. */
  readonly warnafter?: number
}

export interface TokenClaims {
  readonly iss: string
  readonly aud: readonly string[]
  readonly sub: string
  readonly exp: number
  readonly iat: number
  readonly nbf: number
  readonly jti: string
  readonly 'kubernetes.io': BoundClaims
}

/** Clocks may differ by this much (go-jose's DefaultLeeway, which upstream uses). */
const LEEWAY_SECONDS = 60

export async function signToken({ signing }: ServiceAccountKeys, claims: TokenClaims): Promise<string> {
  const payload: JWTPayload = { ...claims, aud: [...claims.aud] }
  return new SignJWT(payload).setProtectedHeader({ alg: TOKEN_ALGORITHM, kid: signing.id }).sign(signing.key)
}

/** The issuer a token names, unverified: undefined when it is no token of this kind at all. */
export function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}

/** What a token is called where it is used, and never more of it. */
export function credentialIdOf(token: string): string | undefined {
  const { jti } = decodeJwt(token)
  return jti === undefined ? undefined : credentialId(jti)
}

function credentialId(jti: string): string {
  return `JTI=${jti}`
}

export interface Expected {
  readonly issuer: string
  /** One of them must be in the token. */
  readonly audiences: readonly string[]
  readonly nowMs: number
}

export type Verified =
  | { readonly claims: TokenClaims; readonly failure?: never }
  | { readonly failure: string; readonly claims?: never }

/** Checks signature, issuer, audience and time. The failure's text is for logs and TokenReviews. */
export async function verifyToken(keys: ServiceAccountKeys, token: string, expected: Expected): Promise<Verified> {
  try {
    const { payload } = await jwtVerify(
      token,
      ({ kid }) => {
        const key = keys.verifying.get(kid ?? '')
        if (key === undefined) throw new errors.JWKSNoMatchingKey('invalid signature, no keys found')
        return key
      },
      {
        algorithms: [TOKEN_ALGORITHM],
        issuer: expected.issuer,
        clockTolerance: LEEWAY_SECONDS,
        currentDate: new Date(expected.nowMs),
      },
    )
    const claims = claimsOf(payload)
    if (claims === undefined) return { failure: 'service account token claims could not be validated' }
    if (claims.iat * 1_000 > expected.nowMs + LEEWAY_SECONDS * 1_000) {
      return { failure: 'service account token is issued in the future' }
    }
    if (!claims.aud.some((audience) => expected.audiences.includes(audience))) {
      return {
        failure:
          `token audiences ${quoted(claims.aud)} is invalid for the target audiences ` +
          `${quoted(expected.audiences)}`,
      }
    }
    return { claims }
  } catch (error) {
    if (error instanceof errors.JOSEError) return { failure: failureOf(error) }
    throw error
  }
}

function failureOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired) return 'service account token has expired'
  const isEarly = error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf'
  if (isEarly) return 'service account token is not valid yet'
  return error.message
}

/** As Go prints a list of strings with %q. */
function quoted(values: readonly string[]): string {
  return `[${values.map((value) => JSON.stringify(value)).join(' ')}]`
}

function claimsOf(payload: JWTPayload): TokenClaims | undefined {
  const { iss, sub, exp, iat, nbf, jti } = payload
  const bound = boundClaimsOf(payload['kubernetes.io'])
  const aud = typeof payload.aud === 'string' ? [payload.aud] : (payload.aud ?? [])
  if (iss === undefined || exp === undefined || iat === undefined || bound === undefined) return undefined
  if (sub !== `${SERVICE_ACCOUNT_PREFIX}${bound.namespace}:${bound.serviceaccount.name}`) return undefined
  return { iss, aud, sub, exp, iat, nbf: nbf ?? iat, jti: jti ?? '', 'kubernetes.io': bound }
}

/** What we signed ourselves, but perhaps in an older version: nothing is taken for granted but what is used. */
function boundClaimsOf(value: unknown): BoundClaims | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (!('namespace' in value) || typeof value.namespace !== 'string') return undefined
  if (!('serviceaccount' in value) || !isRef(value.serviceaccount)) return undefined
  for (const key of ['pod', 'secret'] as const) {
    if (key in value && !isRef((value as Record<string, unknown>)[key])) return undefined
  }
  return value as BoundClaims
}

function isRef(value: unknown): value is ObjectRef {
  return (
    typeof value === 'object' &&
    value !== null &&
    'name' in value &&
    typeof value.name === 'string' &&
    'uid' in value &&
    typeof value.uid === 'string'
  )
}

/** Who a token stands for, with what it is bound to as extra. */
export function userOfClaims({ jti, 'kubernetes.io': bound }: TokenClaims): UserInfo {
  const { namespace, serviceaccount, pod, node } = bound
  const extra: Record<string, string[]> = {}
  if (jti !== '') extra['authentication.kubernetes.io/credential-id'] = [credentialId(jti)]
  if (pod !== undefined) {
    extra['authentication.kubernetes.io/pod-name'] = [pod.name]
    extra['authentication.kubernetes.io/pod-uid'] = [pod.uid]
  }
  if (node !== undefined) {
    extra[NODE_NAME_KEY] = [node.name]
    if (node.uid !== undefined && node.uid !== '') extra['authentication.kubernetes.io/node-uid'] = [node.uid]
  }
  return {
    username: `${SERVICE_ACCOUNT_PREFIX}${namespace}:${serviceaccount.name}`,
    uid: serviceaccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    extra,
  }
}
