/**
 * An audit event as one line of words, the older form of upstream's log (k8s.io/apiserver pkg/audit/format.go): a part
 * of what the event says, quoted as Go quotes it. Pure.
 */
import { quote } from '../../apimachinery/field-path.ts'

interface Event {
  readonly auditID: string
  readonly stage: string
  readonly verb: string
  readonly requestURI: string
  readonly requestReceivedTimestamp: string
  readonly user: { readonly username?: string; readonly groups?: readonly string[] }
  readonly impersonatedUser?: { readonly username: string; readonly groups?: readonly string[] }
  readonly sourceIPs?: readonly string[]
  readonly userAgent?: string
  readonly objectRef?: { readonly namespace?: string }
  readonly responseStatus?: { readonly code?: number }
}

/** `event`: its JSON text. */
export function legacyLine(event: string): string {
  const { user, impersonatedUser: actsAs, responseStatus, ...said } = JSON.parse(event) as Event
  const { username = '', groups = [] } = user
  const fields: readonly (readonly [name: string, value: string])[] = [
    ['id', said.auditID],
    ['stage', said.stage],
    ['ip', said.sourceIPs?.[0] ?? '<unknown>'],
    ['method', said.verb],
    ['user', username === '' ? '<none>' : username],
    ['groups', username === '' || groups.length === 0 ? '<none>' : groups.map(quote).join(',')],
    ['as', actsAs?.username ?? '<self>'],
    ['asgroups', actsAs?.groups?.map(quote).join(',') ?? '<lookup>'],
    ['user-agent', said.userAgent ?? ''],
    ['namespace', said.objectRef?.namespace ?? '<none>'],
    ['uri', said.requestURI],
    ['response', responseStatus === undefined ? '<deferred>' : String(responseStatus.code ?? 0)],
  ]
  const text = fields.map(([name, value]) => `${name}=${quote(value)}`).join(' ')
  return `${nanoTime(said.requestReceivedTimestamp)} AUDIT: ${text}`
}

/** Go's time.RFC3339Nano, which ends where its digits do. */
function nanoTime(time: string): string {
  return time.replace(/\.?0*Z$/, 'Z')
}
