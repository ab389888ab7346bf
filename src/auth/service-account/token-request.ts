/**
 * The TokenRequest API, decided in the namespace's own object: defaults, limits, what a token may be bound to
 * (upstream: pkg/registry/core/serviceaccount/storage/token.go, pkg/apis/authentication/validation). Pure but for
 * signing.
 */
import { invalid } from '../../apimachinery/field-path.ts'
import type { AnyObject, KubeObject } from '../../apimachinery/meta.ts'
import { formatTime } from '../../apimachinery/meta.ts'
import { badRequestError, conflictError, invalidError, notFoundError } from '../../apimachinery/status-error.ts'
import type { ServiceAccountKeys } from './service-account-keys.ts'
import type { BoundClaims, ObjectRef } from './service-account-token.ts'
import { signToken } from './service-account-token.ts'
import { SERVICE_ACCOUNT_PREFIX } from '../user.ts'

const KIND = { group: 'authentication.k8s.io', kind: 'TokenRequest' } as const

const DEFAULT_EXPIRATION_SECONDS = 3_600
const MIN_EXPIRATION_SECONDS = 600
const MAX_EXPIRATION_SECONDS = 2 ** 32

/**
 * What projected volumes ask for; such tokens live on for a year, with a warning, for clients that never reload them.
 */
const WARN_ONLY_EXPIRATION_SECONDS = 3_607
const EXTENDED_EXPIRATION_SECONDS = 365 * 24 * 60 * 60

interface BoundObjectRef {
  kind?: string
  apiVersion?: string
  name?: string
  uid?: string
}

interface TokenRequestSpec {
  audiences?: string[] | null
  expirationSeconds?: number
  boundObjectRef?: BoundObjectRef | null
}

/** A TokenRequest as it is read and answered. */
export interface TokenRequest extends KubeObject {
  spec?: TokenRequestSpec
  status?: { token: string; expirationTimestamp: string }
}

/** What may be bound to; read at one moment. `find` sees the account's namespace, `findNode` the cluster scope. */
export interface TokenRequestSource {
  find(resource: 'pods' | 'secrets', name: string): KubeObject | undefined
  findNode(name: string): Promise<KubeObject | undefined>
}

export interface TokenIssuer {
  readonly keys: ServiceAccountKeys
  readonly issuer: string
  /** Audiences of this API server: those of a token for which none are asked. */
  readonly audiences: readonly string[]
  readonly source: TokenRequestSource
  readonly nowMs: number
  uuid(): string
}

type PodLike = KubeObject & { readonly spec?: { readonly serviceAccountName?: string; readonly nodeName?: string } }

/** The request with its status filled in. Throws ApiStatusError 400, 404, 409, 422. */
export async function answerTokenRequest(
  issuer: TokenIssuer,
  account: KubeObject,
  request: AnyObject,
): Promise<AnyObject> {
  const wanted = completed(issuer, account, request)
  const { audiences = [], expirationSeconds = DEFAULT_EXPIRATION_SECONDS, boundObjectRef } = wanted.spec ?? {}
  const bound = await bind(issuer.source, account, boundObjectRef ?? undefined)
  const nowSeconds = Math.floor(issuer.nowMs / 1_000)
  const isExtended =
    bound.pod !== undefined &&
    expirationSeconds === WARN_ONLY_EXPIRATION_SECONDS &&
    (audiences ?? []).every((audience) => issuer.audiences.includes(audience))
  const namespace = account.metadata.namespace ?? ''
  const token = await signToken(issuer.keys, {
    iss: issuer.issuer,
    aud: audiences ?? [],
    sub: `${SERVICE_ACCOUNT_PREFIX}${namespace}:${account.metadata.name ?? ''}`,
    iat: nowSeconds,
    nbf: nowSeconds,
    exp: nowSeconds + (isExtended ? EXTENDED_EXPIRATION_SECONDS : expirationSeconds),
    jti: issuer.uuid(),
    'kubernetes.io': {
      namespace,
      serviceaccount: refOf(account),
      ...bound,
      ...(isExtended ? { warnafter: nowSeconds + expirationSeconds } : {}),
    },
  })
  const status = { token, expirationTimestamp: formatTime((nowSeconds + expirationSeconds) * 1_000) }
  return { ...wanted, status }
}

/** A copy with defaults filled in and checked; nothing of the caller's object is changed. */
function completed(
  issuer: TokenIssuer,
  account: KubeObject,
  request: AnyObject & TokenRequest,
): AnyObject & TokenRequest {
  const { name = '', namespace, uid } = account.metadata
  checkUid(account, request)
  const said = request.spec ?? {}
  const audiences = (said.audiences ?? []).length === 0 ? [...issuer.audiences] : [...(said.audiences ?? [])]
  const expirationSeconds = said.expirationSeconds ?? DEFAULT_EXPIRATION_SECONDS
  const path = 'spec.expirationSeconds'
  if (expirationSeconds < MIN_EXPIRATION_SECONDS) {
    throw invalidError(KIND, '', [invalid(path, expirationSeconds, 'may not specify a duration less than 10 minutes')])
  }
  if (expirationSeconds > MAX_EXPIRATION_SECONDS) {
    throw invalidError(
      KIND,
      '',
      [invalid(path, expirationSeconds, 'may not specify a duration larger than 2^32 seconds')],
    )
  }
  const { managedFields, ...metadata } = request.metadata
  return {
    ...request,
    metadata: {
      ...metadata,
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      creationTimestamp: formatTime(issuer.nowMs),
      ...(managedFields === undefined ? {} : { managedFields }),
    },
    spec: { ...said, audiences, expirationSeconds, boundObjectRef: said.boundObjectRef ?? null },
  }
}

/** Before it is looked whether there is such an account. @throws ApiStatusError 422 */
export function checkAccountName(name: string, { metadata }: TokenRequest): void {
  const said = metadata.name ?? ''
  if (said === '' || said === name) return
  const detail = 'must match the service account name if specified'
  throw invalidError(KIND, name, [invalid('metadata.name', said, detail)])
}

/** A uid in the body must be the account's. */
function checkUid(account: KubeObject, { metadata }: TokenRequest): void {
  const { name = '', uid = '' } = account.metadata
  const said = metadata.uid ?? ''
  if (said === '' || said === uid) return
  throw conflictError(
    { group: KIND.group, resource: KIND.kind },
    name,
    `the UID in the token request (${said}) does not match the UID of the service account (${uid})`,
  )
}

type Bindings = Pick<BoundClaims, 'pod' | 'secret' | 'node'>

async function bind(
  source: TokenRequestSource,
  account: KubeObject,
  ref: BoundObjectRef | undefined,
): Promise<Bindings> {
  if (ref === undefined) return {}
  const { kind = '', apiVersion = '', name = '' } = ref
  const isCore = !apiVersion.includes('/')
  if (isCore && kind === 'Pod') return bindPod(source, account, ref)
  if (isCore && kind === 'Secret') return {
    secret: sameUid(found(source.find('secrets', name), 'secrets', name), kind, ref),
  }
  if (isCore && kind === 'Node') return { node: sameUid(found(await source.findNode(name), 'nodes', name), kind, ref) }
  throw badRequestError(`cannot bind token to object of type ${isCore ? `/${apiVersion}` : apiVersion}, Kind=${kind}`)
}

async function bindPod(source: TokenRequestSource, account: KubeObject, ref: BoundObjectRef): Promise<Bindings> {
  const { name = '' } = ref
  const pod: PodLike = found(source.find('pods', name), 'pods', name)
  const accountName = account.metadata.name ?? ''
  if (pod.spec?.serviceAccountName !== accountName) {
    throw badRequestError(
      `cannot bind token for serviceaccount ${JSON.stringify(accountName)} to pod running with different ` +
        'serviceaccount name.',
    )
  }
  const bound = sameUid(pod, 'Pod', ref)
  const nodeName = pod.spec.nodeName ?? ''
  if (nodeName === '') return { pod: bound }
  // The node's name is worth having even when the node itself is gone.
  const node = await source.findNode(nodeName)
  return { pod: bound, node: node === undefined ? { name: nodeName } : refOf(node) }
}

function found(subject: KubeObject | undefined, resource: string, name: string): KubeObject {
  if (subject === undefined) throw notFoundError({ group: '', resource }, name)
  return subject
}

function sameUid(subject: KubeObject, kind: string, { name = '', uid = '' }: BoundObjectRef): ObjectRef {
  const bound = refOf(subject)
  if (uid !== '' && uid !== bound.uid) {
    throw conflictError(
      { group: '', resource: kind },
      name,
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have ` +
        'been deleted and then recreated',
    )
  }
  return bound
}

function refOf({ metadata }: KubeObject): ObjectRef {
  return { name: metadata.name ?? '', uid: metadata.uid ?? '' }
}
