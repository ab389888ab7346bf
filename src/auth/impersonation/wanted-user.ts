/**
 * Whom the Impersonate-* headers name, as they name them: nothing is filled in, and nothing is decided (upstream:
 * k8s.io/apiserver pkg/endpoints/filters/impersonation/constrained_impersonation.go, processImpersonationHeaders).
 */
import { badRequestError } from '../../apimachinery/status-error.ts'

const USER_HEADER = 'impersonate-user'
const GROUP_HEADER = 'impersonate-group'
const UID_HEADER = 'impersonate-uid'
const EXTRA_PREFIX = 'impersonate-extra-'

const NAMED: ReadonlySet<string> = new Set([USER_HEADER, GROUP_HEADER, UID_HEADER])

export interface WantedUser {
  readonly username: string
  readonly uid: string
  readonly groups: readonly string[]
  readonly extra: Readonly<Record<string, readonly string[]>>
}

/** Whether the request asks to act as somebody else at all. */
export function isImpersonating(headers: Headers): boolean {
  // Every request is asked: one look at the names costs less than three at the headers.
  for (const name of headers.keys()) if (NAMED.has(name) || name.startsWith(EXTRA_PREFIX)) return true
  return false
}

/** Undefined without such headers. Throws 400 for headers that name everything but a user. */
export function wantedUserOf(headers: Headers): WantedUser | undefined {
  const values = new Map<string, string[]>()
  for (const [header, text] of headers) {
    if (!header.startsWith(EXTRA_PREFIX)) continue
    const key = unescapeKey(header.slice(EXTRA_PREFIX.length))
    values.set(key, [...(values.get(key) ?? []), ...valuesOf(text)])
  }
  const extra = Object.fromEntries(values)
  const wanted: WantedUser = {
    username: headers.get(USER_HEADER) ?? '',
    uid: headers.get(UID_HEADER) ?? '',
    groups: valuesOf(headers.get(GROUP_HEADER)),
    extra,
  }
  if (wanted.username !== '') return wanted
  if (wanted.uid === '' && wanted.groups.length === 0 && Object.keys(extra).length === 0) return undefined
  throw badRequestError(`requested ${printed(wanted)} without impersonating a user name`)
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

/** As Go prints a user.DefaultInfo. */
function printed({ username, uid, groups, extra }: WantedUser): string {
  const strings = (values: readonly string[]): string => `{${values.map((value) => JSON.stringify(value)).join(', ')}}`
  const pairs = Object.entries(extra).map(([key, values]) => `${JSON.stringify(key)}:[]string${strings(values)}`)
  const fields = [
    `Name:${JSON.stringify(username)}`,
    `UID:${JSON.stringify(uid)}`,
    `Groups:[]string${groups.length === 0 ? '(nil)' : strings(groups)}`,
    `Extra:map[string][]string${pairs.length === 0 ? '(nil)' : `{${pairs.toSorted().join(', ')}}`}`,
  ]
  return `&user.DefaultInfo{${fields.join(', ')}}`
}
