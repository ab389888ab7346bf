/**
 * The questions that impersonating somebody comes down to: one for each identity that is asked for, with the verb of
 * the mode (upstream: k8s.io/apiserver pkg/endpoints/filters/impersonation/mode.go, impersonationModeState).
 * Invariant: a check that is refused throws; what comes back is only what every single check allowed.
 */
import { formatFieldErrors } from '../../apimachinery/field-path.ts'
import { nameIsDnsLabel, nameIsDnsSubdomain } from '../../apimachinery/name-rules.ts'
import { isDomainPrefixedPath } from '../../apimachinery/names.ts'
import type { ApiStatusError } from '../../apimachinery/status-error.ts'
import type { Attributes, Decision } from '../authorizer.ts'
import { forbiddenAccessError } from '../forbidden-message.ts'
import type { UserInfo } from '../user.ts'
import {
  ANONYMOUS_USER,
  AUTHENTICATED_GROUP,
  MASTERS_GROUP,
  SERVICE_ACCOUNT_PREFIX,
  UNAUTHENTICATED_GROUP,
} from '../user.ts'
import type { WantedUser } from './wanted-user.ts'

const AUTHENTICATION = { group: 'authentication.k8s.io', version: 'v1' }
const NODE_PREFIX = 'system:node:'
const NODES_GROUP = 'system:nodes'

/** From so many on, one question about all of them comes first (manyAuthorizationChecksInLoop). */
const MANY = 4

export type ResourceAttributes = Extract<Attributes, { isResource: true }>
export type Ask = (attributes: Attributes) => Promise<Decision>

/** How a mode asks. */
export interface Asking {
  readonly ask: Ask
  readonly requestor: UserInfo
  readonly verb: string
  /** Upstream's modes since 1.36; the older way asks in other words and refuses less. */
  readonly isConstrained: boolean
  /** A node is asked for by this name instead of its own. */
  readonly nodeName?: string
}

export function nodeOf(username: string): string | undefined {
  if (!username.startsWith(NODE_PREFIX)) return undefined
  const name = username.slice(NODE_PREFIX.length)
  return nameIsDnsSubdomain(name, false).length === 0 ? name : undefined
}

export function serviceAccountOf(username: string): { namespace: string; name: string } | undefined {
  if (!username.startsWith(SERVICE_ACCOUNT_PREFIX)) return undefined
  const [namespace = '', name = '', ...rest] = username.slice(SERVICE_ACCOUNT_PREFIX.length).split(':')
  if (rest.length > 0 || nameIsDnsLabel(namespace, false).length > 0 || nameIsDnsSubdomain(name, false).length > 0) {
    return undefined
  }
  return { namespace, name }
}

/** Throws 403 unless the answer is yes. */
export async function requireAllowed(ask: Ask, attributes: Attributes): Promise<void> {
  const { isAllowed, reason } = await ask(attributes)
  if (!isAllowed) throw forbiddenAccessError(attributes, reason)
}

/** The user that the request is carried out as. */
export async function checkedUser(asking: Asking, wanted: WantedUser): Promise<UserInfo> {
  const groups = await checkUsername(asking, wanted)
  if (wanted.uid !== '') {
    const uid = attributesOf(asking, { ...AUTHENTICATION, resource: 'uids' }, wanted.uid)
    await requireAllowed(asking.ask, uid)
  }
  await checkGroups(asking, wanted.groups)
  await checkExtra(asking, wanted.extra)
  return {
    username: wanted.username,
    ...(wanted.uid === '' ? {} : { uid: wanted.uid }),
    groups: withAuthenticated(wanted.username, groups),
    ...(Object.keys(wanted.extra).length === 0 ? {} : { extra: wanted.extra }),
  }
}

/** Groups that are said are all there are; a node's and a service account's own are known otherwise. */
async function checkUsername(asking: Asking, { username, groups }: WantedUser): Promise<readonly string[]> {
  const node = asking.isConstrained ? nodeOf(username) : undefined
  if (node !== undefined) {
    const attributes = attributesOf(asking, { ...AUTHENTICATION, resource: 'nodes' }, asking.nodeName ?? node)
    await requireAllowed(asking.ask, attributes)
    return [NODES_GROUP]
  }
  const account = serviceAccountOf(username)
  if (account === undefined) {
    await requireAllowed(asking.ask, attributesOf(asking, { ...nameGroup(asking), resource: 'users' }, username))
    return groups
  }
  const { namespace, name } = account
  const attributes = attributesOf(asking, { ...nameGroup(asking), resource: 'serviceaccounts' }, name)
  await requireAllowed(asking.ask, { ...attributes, namespace })
  return groups.length > 0 ? groups : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`]
}

async function checkGroups(asking: Asking, groups: readonly string[]): Promise<void> {
  if (groups.length === 0) return
  const attributes = attributesOf(asking, { ...nameGroup(asking), resource: 'groups' }, '')
  if (asking.isConstrained) {
    if (groups.includes('')) throw refusal(attributes, 'impersonating the empty string group is not allowed')
    if (groups.includes(MASTERS_GROUP)) {
      const masters = { ...attributes, name: MASTERS_GROUP }
      throw refusal(masters, `impersonating the ${MASTERS_GROUP} group is not allowed`)
    }
    if (groups.length >= MANY && (await asking.ask({ ...attributes, name: '*' })).isAllowed) return
  }
  for (const name of groups) await requireAllowed(asking.ask, { ...attributes, name })
}

async function checkExtra(asking: Asking, extra: WantedUser['extra']): Promise<void> {
  const pairs = Object.entries(extra)
  if (pairs.length === 0) return
  const attributes = attributesOf(asking, { ...AUTHENTICATION, resource: 'userextras' }, '')
  if (asking.isConstrained) {
    const fault = faultOf(pairs)
    if (fault !== undefined) throw refusal(attributes, fault)
    const isLarge = pairs.length >= MANY || pairs.flatMap(([, values]) => values).length >= MANY
    if (isLarge && (await asking.ask({ ...attributes, subresource: '*', name: '*' })).isAllowed) return
  }
  for (const [subresource, values] of pairs) {
    for (const name of values) await requireAllowed(asking.ask, { ...attributes, subresource, name })
  }
}

/** What the constrained modes do not let through whoever asks. */
function faultOf(pairs: readonly [string, readonly string[]][]): string | undefined {
  for (const [key, values] of pairs) {
    if (key === '') return 'impersonating the empty string key in extra is not allowed'
    const errors = isDomainPrefixedPath('extra.key', key)
    if (errors.length > 0) return `impersonating an invalid key in extra is not allowed: ${formatFieldErrors(errors)}`
    if (values.includes('')) return 'impersonating the empty string value in extra is not allowed'
  }
  return undefined
}

function withAuthenticated(username: string, groups: readonly string[]): readonly string[] {
  if (username === ANONYMOUS_USER) {
    return groups.includes(UNAUTHENTICATED_GROUP) ? groups : [...groups, UNAUTHENTICATED_GROUP]
  }
  const isSaid = groups.includes(AUTHENTICATED_GROUP) || groups.includes(UNAUTHENTICATED_GROUP)
  return isSaid ? groups : [...groups, AUTHENTICATED_GROUP]
}

function refusal(attributes: Attributes, why: string): ApiStatusError {
  return forbiddenAccessError(attributes, why)
}

/** Where users, groups and service accounts are: the older way knows them as core's. */
function nameGroup({ isConstrained }: Asking): { readonly group: string; readonly version: string } {
  return isConstrained ? AUTHENTICATION : { group: '', version: 'v1' }
}

function attributesOf(
  { requestor, verb }: Asking,
  what: { readonly group: string; readonly version: string; readonly resource: string },
  name: string,
): ResourceAttributes {
  return { isResource: true, user: requestor, verb, ...what, subresource: '', namespace: '', name }
}
