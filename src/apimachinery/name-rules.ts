/**
 * Which rule the names of a kind follow. Most are DNS subdomains; this table holds the exceptions, each with the
 * upstream file that makes it one. A name outside its rule could not be addressed, or would not fit where the cluster
 * puts it (a host name, a DNS record), so the rule never loosens on update: names are immutable.
 */
import { canonicalIpMessages } from './ip-validation.ts'
import { isDns1123Label, isDns1123Subdomain, isPathSegmentName } from './names.ts'

/** What is wrong with a name; `isPrefix` when it is a generateName, to which something will be appended. */
export type NameRule = (name: string, isPrefix: boolean) => string[]

/** A trailing dash of a prefix is fine: what follows it ends the name. Upstream drops the letter before it as well. */
function maskTrailingDash(name: string): string {
  return name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name
}

export const nameIsDnsSubdomain: NameRule = (name, isPrefix) =>
  isDns1123Subdomain(isPrefix ? maskTrailingDash(name) : name)
export const nameIsDnsLabel: NameRule = (name, isPrefix) => isDns1123Label(isPrefix ? maskTrailingDash(name) : name)
/** The canonical text of an address; upstream does not expect it to be generated. */
const nameIsIpAddress: NameRule = (name) => canonicalIpMessages(name)
/** What holds for all kinds: anything that fits into a path. */
export const nameIsPathSegment: NameRule = (name, isPrefix) =>
  isPathSegmentName(name).filter((message) => !isPrefix || !message.startsWith('may not be'))

/** A rule that refuses none; what holds for all kinds is judged after everything else. */
const nameIsAnything: NameRule = () => []

/** As declarative validation has it (k8s.io/apimachinery pkg/api/validate, LongName), which leaves prefixes alone. */
const nameIsLongName: NameRule = (name, isPrefix) =>
  isPrefix ? [] : isDns1123Subdomain(name).map((message) => message.replace(/ characters$/, ' bytes'))

/** RBAC takes prefixes for names. */
const nameIsOfRole: NameRule = (name) => isPathSegmentName(name)

const RBAC = 'rbac.authorization.k8s.io'

/** A kind and the group that it is in; the same name means other things in other groups. */
interface GroupKind {
  readonly group: string
  readonly kind: string
}

const keyOf = ({ group, kind }: GroupKind): string => `${kind}.${group}`

/** Kind and group → rule, where it is not a DNS subdomain. */
const EXCEPTIONS: ReadonlyMap<string, NameRule> = new Map([
  // kubernetes/kubernetes pkg/apis/core/validation/validation.go
  ['Namespace.', nameIsDnsLabel],
  // The same, ValidateServiceCreate: RelaxedServiceNameValidation is on in 1.36, a name may begin with a digit
  ['Service.', nameIsDnsLabel],
  // Ours: a label of Services' host names
  ['Cluster.workernetes.dev', nameIsDnsLabel],
  // pkg/apis/core/validation/events.go: only the generic path rule binds names of core events
  ['Event.', nameIsPathSegment],
  // The same, ValidateReplicationController, and pkg/apis/resource/validation/validation.go, validateDeviceClass
  ['ReplicationController.', nameIsLongName],
  ['DeviceClass.resource.k8s.io', nameIsLongName],
  // pkg/apis/apps/validation/validation.go, ValidateStatefulSetName
  ['StatefulSet.apps', nameIsDnsLabel],
  // pkg/apis/rbac/validation/validation.go, ValidateRBACName
  [`Role.${RBAC}`, nameIsOfRole],
  [`RoleBinding.${RBAC}`, nameIsOfRole],
  [`ClusterRole.${RBAC}`, nameIsOfRole],
  [`ClusterRoleBinding.${RBAC}`, nameIsOfRole],
  // pkg/apis/policy/validation/validation.go, which judges no metadata
  ['PodDisruptionBudget.policy', nameIsPathSegment],
  // pkg/apis/certificates/validation/validation.go, ValidateCertificateRequestName
  ['CertificateSigningRequest.certificates.k8s.io', nameIsAnything],
  // pkg/apis/networking/validation/validation.go, ValidateIPAddressName
  ['IPAddress.networking.k8s.io', nameIsIpAddress],
  // k8s.io/kube-aggregator pkg/apis/apiregistration/validation: `v1.` is one; the rest is said by the kind itself
  ['APIService.apiregistration.k8s.io', nameIsPathSegment],
])

export function nameRuleOf(kind: GroupKind): NameRule {
  return EXCEPTIONS.get(keyOf(kind)) ?? nameIsDnsSubdomain
}

/** Groups whose kinds are validated by ValidateObjectMeta of pkg/apis/core/validation, which knows finalizers. */
const GROUPS_OF_STANDARD_FINALIZERS: ReadonlySet<string> = new Set([
  '',
  'apps',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'discovery.k8s.io',
  'events.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'networking.k8s.io',
  RBAC,
  'resource.k8s.io',
  'scheduling.k8s.io',
  'storage.k8s.io',
])

/** Whether finalizers without a domain must be Kubernetes' own. */
export function hasStandardFinalizers(kind: GroupKind): boolean {
  return GROUPS_OF_STANDARD_FINALIZERS.has(kind.group) && keyOf(kind) !== 'Event.'
}
