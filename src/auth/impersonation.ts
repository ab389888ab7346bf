/**
 * Acting as somebody else: the Impersonate-* headers, each of which must be allowed to the one who asks (upstream:
 * k8s.io/apiserver pkg/endpoints/filters/impersonation/impersonation.go).
 * Invariant: either every single identity asked for is allowed, or nothing changes.
 */
import { badRequestError } from '../apimachinery/status-error.ts'
import { nameIsDnsLabel, nameIsDnsSubdomain } from '../apimachinery/name-rules.ts'
import type { Attributes, Authorizer } from './authorizer.ts'
import { forbiddenAccessError } from './forbidden-message.ts'
import type { UserInfo } from './user.ts'
import { ANONYMOUS_USER, AUTHENTICATED_GROUP, SERVICE_ACCOUNT_PREFIX, UNAUTHENTICATED_GROUP } from './user.ts'

const USER_HEADER = 'impersonate-user'
const GROUP_HEADER = 'impersonate-group'
const UID_HEADER = 'impersonate-uid'
const EXTRA_PREFIX = 'impersonate-extra-'
const AUTHENTICATION_GROUP = 'authentication.k8s.io'

/** One identity asked for; upstream keeps these as object references and prints them so. */
interface Wish {
  readonly kind: 'ServiceAccount' | 'User' | 'Group' | 'UserExtra' | 'UID'
  readonly namespace: string
  readonly name: string
  readonly extraKey: string
}

/** Whether the request asks to act as somebody else at all. */
export function isImpersonating(headers: Headers): boolean {
  if (headers.has(USER_HEADER) || headers.has(GROUP_HEADER) || headers.has(UID_HEADER)) return true
  for (const name of headers.keys()) if (name.startsWith(EXTRA_PREFIX)) return true
  return false
}

/** Who the request acts as; `user` itself without such headers. Throws 403 or 400. */
export function impersonate(headers: Headers, user: UserInfo, authorizer: Authorizer): UserInfo {
  if (!isImpersonating(headers)) return user
  const wishes = wishesOf(headers)
  if (wishes.length === 0) return user
  for (const wish of wishes) {
    const attributes = attributesOf(wish, user)
    const decision = authorizer.authorize(attributes)
    if (!decision.isAllowed) throw forbiddenAccessError(attributes, decision.reason)
  }
  return userOf(wishes)
}

function wishesOf(headers: Headers): Wish[] {
  const name = headers.get(USER_HEADER) ?? ''
  const wishes: Wish[] = []
  if (name !== '') {
    const account = splitServiceAccount(name)
    wishes.push(
      account === undefined
        ? { kind: 'User', namespace: '', name, extraKey: '' }
        : { kind: 'ServiceAccount', ...account, extraKey: '' },
    )
  }
  for (const group of valuesOf(headers.get(GROUP_HEADER))) {
    wishes.push({ kind: 'Group', namespace: '', name: group, extraKey: '' })
  }
  for (const [header, text] of headers) {
    if (!header.startsWith(EXTRA_PREFIX)) continue
    const extraKey = unescapeKey(header.slice(EXTRA_PREFIX.length))
    for (const value of valuesOf(text)) wishes.push({ kind: 'UserExtra', namespace: '', name: value, extraKey })
  }
  const uid = headers.get(UID_HEADER) ?? ''
  if (uid !== '') wishes.push({ kind: 'UID', namespace: '', name: uid, extraKey: '' })
  if (wishes.length > 0 && name === '') {
    throw badRequestError(`requested [${wishes.map(printWish).join(' ')}] without impersonating a user`)
  }
  return wishes
}

/** Repeated headers arrive joined by a comma and a blank; a comma without a blank belongs to a value. */
function valuesOf(text: string | null): string[] {
  return text === null ? [] : text.split(', ')
}

function unescapeKey(encoded: string): string {
  try {
    return decodeURIComponent(encoded)
  } catch (error) {
    // Extra keys are recorded even when their encoding is broken.
    if (error instanceof URIError) return encoded
    throw error
  }
}

function splitServiceAccount(username: string): { namespace: string; name: string } | undefined {
  if (!username.startsWith(SERVICE_ACCOUNT_PREFIX)) return undefined
  const [namespace = '', name = '', ...rest] = username.slice(SERVICE_ACCOUNT_PREFIX.length).split(':')
  if (rest.length > 0 || nameIsDnsLabel(namespace, false).length > 0 || nameIsDnsSubdomain(name, false).length > 0) {
    return undefined
  }
  return { namespace, name }
}

function attributesOf(wish: Wish, user: UserInfo): Attributes {
  const { kind, namespace, name } = wish
  const base = { isResource: true, user, verb: 'impersonate', namespace, name } as const
  switch (kind) {
    case 'UserExtra':
      return { ...base, group: AUTHENTICATION_GROUP, version: 'v1', resource: 'userextras', subresource: wish.extraKey }
    case 'UID':
      return { ...base, group: AUTHENTICATION_GROUP, version: 'v1', resource: 'uids', subresource: '' }
    default:
      return { ...base, group: '', version: '', resource: `${kind.toLowerCase()}s`, subresource: '' }
  }
}

function userOf(wishes: readonly Wish[]): UserInfo {
  const namesOf = (kind: Wish['kind']): string[] => wishes.filter((wish) => wish.kind === kind).map(({ name }) => name)
  const [who] = wishes
  const account = who?.kind === 'ServiceAccount' ? who : undefined
  const username =
    account === undefined ? (who?.name ?? '') : `${SERVICE_ACCOUNT_PREFIX}${account.namespace}:${account.name}`
  const [uid] = namesOf('UID')
  const extra: Record<string, string[]> = {}
  for (const { kind, name, extraKey } of wishes) if (kind === 'UserExtra') (extra[extraKey] ??= []).push(name)
  return {
    username,
    ...(uid === undefined ? {} : { uid }),
    groups: withAuthenticated(username, groupsOf(namesOf('Group'), account?.namespace)),
    ...(Object.keys(extra).length === 0 ? {} : { extra }),
  }
}

/** Groups that are said are all there are; a service account's own are known otherwise. */
function groupsOf(said: string[], accountNamespace: string | undefined): string[] {
  if (said.length > 0 || accountNamespace === undefined) return said
  return ['system:serviceaccounts', `system:serviceaccounts:${accountNamespace}`]
}

function withAuthenticated(username: string, groups: string[]): string[] {
  if (username === ANONYMOUS_USER) {
    return groups.includes(UNAUTHENTICATED_GROUP) ? groups : [...groups, UNAUTHENTICATED_GROUP]
  }
  const isSaid = groups.includes(AUTHENTICATED_GROUP) || groups.includes(UNAUTHENTICATED_GROUP)
  return isSaid ? groups : [...groups, AUTHENTICATED_GROUP]
}

/** As Go prints an ObjectReference: kind, namespace, name, uid, apiVersion, resourceVersion, fieldPath. */
function printWish({ kind, namespace, name, extraKey }: Wish): string {
  const version = kind === 'UserExtra' || kind === 'UID' ? `${AUTHENTICATION_GROUP}/v1` : ''
  return `{${kind} ${namespace} ${name}  ${version}  ${extraKey}}`
}
