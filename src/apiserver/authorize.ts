/**
 * Who may: impersonation and authorization of a request, in the object that owns the data. A no is only said with the
 * newest cluster policy at hand.
 */
import type { Attributes, Authorizer, Decision } from '../auth/authorizer.ts'
import { forbiddenMessage } from '../auth/forbidden-message.ts'
import { impersonate } from '../auth/impersonation/impersonate.ts'
import type { WantedUser } from '../auth/impersonation/wanted-user.ts'
import { isImpersonating, wantedUserOf } from '../auth/impersonation/wanted-user.ts'
import type { UserInfo } from '../auth/user.ts'
import { SelectorError } from '../apimachinery/selector-parser.ts'
import { parseFieldSelector } from '../apimachinery/selectors.ts'
import { forbiddenError, hasReason } from '../apimachinery/status-error.ts'
import type { ApiHost } from './api-host.ts'
import type { Way } from './operations/way.ts'
import type { RequestInfo } from './request-info.ts'

/** What authorization needs of the object it runs in. */
export interface Gatekeeper
  extends Pick<ApiHost, 'policy' | 'refreshPolicy' | 'authorizer' | 'namespace' | 'operations' | 'clock'> {
  readonly calls: Pick<ApiHost['calls'], 'authorizeInNamespace'>
}

/** Goes with what is refused before any handler (k8s.io/apiserver pkg/endpoints/handlers/responsewriters/errors.go). */
const NOT_TO_BE_GUESSED: [name: string, value: string] = ['x-content-type-options', 'nosniff']

/** The user a request is carried out as: whom the headers name, if that is allowed. @throws ApiStatusError 400, 403 */
export async function impersonated(host: Gatekeeper, way: Way): Promise<UserInfo> {
  const { user, info, query } = way
  const { access } = host.operations.metrics
  const wanted = wantedUser(way)
  if (wanted === undefined) {
    access.filters.constrainedimpersonation.observe(0)
    return user
  }
  const startMs = host.clock.now()
  const tookMs = (sinceMs: number): number => host.clock.now() - sinceMs
  const authorizer = host.authorizer(await host.refreshPolicy())
  try {
    const allowed = await impersonate(wanted, attributesOf(user, info, query), async (attributes) => {
      const askedMs = host.clock.now()
      const decision = await decideOn(host, authorizer, attributes)
      access.impersonationAsked(attributes.verb, decision, tookMs(askedMs))
      return decision
    }, host.operations.lastAllowed)
    access.impersonated(allowed.verb, tookMs(startMs))
    way.user = allowed.user
    way.trail?.impersonated(allowed)
    return allowed.user
  } catch (error) {
    access.impersonated(undefined, tookMs(startMs))
    if (hasReason(error, 'Forbidden')) way.headers.push(NOT_TO_BE_GUESSED)
    throw error
  }
}

/** @throws ApiStatusError 400 */
function wantedUser({ request, headers }: Way): WantedUser | undefined {
  if (!isImpersonating(request.headers)) return undefined
  try {
    return wantedUserOf(request.headers)
  } catch (error) {
    headers.push(NOT_TO_BE_GUESSED)
    throw error
  }
}

/** Roles of other namespaces, as those about their service accounts, are known there. */
async function decideOn(host: Gatekeeper, authorizer: Authorizer, attributes: Attributes): Promise<Decision> {
  const decision = authorizer.authorize(attributes)
  if (decision.isAllowed || !attributes.isResource) return decision
  const { namespace } = attributes
  if (namespace === '' || namespace === host.namespace) return decision
  return host.calls.authorizeInNamespace(namespace, attributes)
}

/** Refuses with 403 unless a role allows it. */
export async function authorize(
  host: Gatekeeper,
  { info, query, trail, headers }: Pick<Way, 'info' | 'query'> & Partial<Pick<Way, 'trail' | 'headers'>>,
  user: UserInfo,
): Promise<void> {
  const decision = await decide(host, user, info, query)
  trail?.decided(decision)
  const { isAllowed, reason } = decision
  if (isAllowed) return
  const attributes = attributesOf(user, info, query)
  const resource = info.isResource ? { group: info.group, resource: info.resource } : { group: '', resource: '' }
  const name = attributes.isResource ? attributes.name : ''
  headers?.push(NOT_TO_BE_GUESSED)
  throw forbiddenError(resource, name, forbiddenMessage(attributes, reason))
}

/** Whether a role allows it; a no is only said with the newest policy at hand. */
export async function decide(
  host: Gatekeeper,
  user: UserInfo,
  info: RequestInfo,
  query: URLSearchParams,
): Promise<Decision> {
  const startMs = host.clock.now()
  const attributes = attributesOf(user, info, query)
  const known = host.policy()
  const policy = known instanceof Promise ? await known : known
  let decision = host.authorizer(policy).authorize(attributes)
  if (!decision.isAllowed) {
    const newest = await host.refreshPolicy()
    decision = host.authorizer(newest).authorize(attributes)
  }
  if (!decision.isAllowed && host.namespace === '' && attributes.isResource && attributes.namespace !== '') {
    decision = await host.calls.authorizeInNamespace(attributes.namespace, attributes)
  }
  host.operations.metrics.access.authorized(decision, host.clock.now() - startMs)
  return decision
}

export function attributesOf(user: UserInfo, info: RequestInfo, query: URLSearchParams): Attributes {
  if (!info.isResource) return { isResource: false, user, verb: info.verb, path: info.path }
  const { verb, group, version, namespace, resource, subresource } = info
  return {
    isResource: true,
    user,
    verb,
    group,
    version,
    namespace,
    resource,
    subresource,
    name: info.name || selectedName(verb, query),
  }
}

/** The request with the name that it selects by, if it has no other. */
export function withSelectedName(info: RequestInfo, query: URLSearchParams): RequestInfo {
  return info.isResource && info.name === '' ? { ...info, name: selectedName(info.verb, query) } : info
}

/** `fieldSelector=metadata.name=X` on list and watch names the object, so that resourceNames rules apply. */
export function selectedName(verb: string, query: URLSearchParams): string {
  if (verb !== 'list' && verb !== 'watch') return ''
  const selector = query.get('fieldSelector') ?? ''
  if (!selector.includes('metadata.name')) return ''
  try {
    return parseFieldSelector(selector).requirement('metadata.name') ?? ''
  } catch (error) {
    // What cannot be read names nothing here, and is refused where the options are read.
    if (error instanceof SelectorError) return ''
    throw error
  }
}
