/**
 * Which rule the names of a kind follow. Most are DNS subdomains; this table holds the exceptions, each with the
 * upstream file that makes it one. A name outside its rule could not be addressed, or would not fit where the cluster
 * puts it (a host name, a DNS record), so the rule never loosens on update: names are immutable.
 */
import { isDns1035Label, isDns1123Label, isDns1123Subdomain, isPathSegmentName } from './names.ts'

/** What is wrong with a name; `isPrefix` when it is a generateName, to which something will be appended. */
export type NameRule = (name: string, isPrefix: boolean) => string[]

/** A trailing dash of a prefix is fine: what follows it ends the name. Upstream drops the letter before it as well. */
function maskTrailingDash(name: string): string {
  return name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name
}

export const nameIsDnsSubdomain: NameRule = (name, isPrefix) =>
  isDns1123Subdomain(isPrefix ? maskTrailingDash(name) : name)
export const nameIsDnsLabel: NameRule = (name, isPrefix) => isDns1123Label(isPrefix ? maskTrailingDash(name) : name)
export const nameIsDns1035Label: NameRule = (name, isPrefix) =>
  isDns1035Label(isPrefix ? maskTrailingDash(name) : name)
/** RBAC's rule: anything that fits into a path. */
export const nameIsPathSegment: NameRule = (name, isPrefix) =>
  isPathSegmentName(name).filter((message) => !isPrefix || !message.startsWith('may not be'))

/** Kind → rule, where it is not a DNS subdomain. Kinds of the same name in several groups follow the same rule. */
const EXCEPTIONS: ReadonlyMap<string, NameRule> = new Map([
  // kubernetes/kubernetes pkg/apis/core/validation/validation.go
  ['Namespace', nameIsDnsLabel],
  ['Service', nameIsDns1035Label],
  // Ours: a label of Services' host names
  ['Cluster', nameIsDnsLabel],
  // pkg/apis/core/validation/events.go: only the generic path rule binds names of core events
  ['Event', nameIsPathSegment],
  // pkg/apis/rbac/validation/validation.go, ValidateRBACName
  ['Role', nameIsPathSegment],
  ['RoleBinding', nameIsPathSegment],
  ['ClusterRole', nameIsPathSegment],
  ['ClusterRoleBinding', nameIsPathSegment],
  // pkg/apis/certificates/validation/validation.go, ValidateCertificateRequestName
  ['CertificateSigningRequest', nameIsPathSegment],
  // pkg/apis/networking/validation/validation.go: an address, checked with the object
  ['IPAddress', nameIsPathSegment],
])

export function nameRuleOf(kind: string): NameRule {
  return EXCEPTIONS.get(kind) ?? nameIsDnsSubdomain
}
