/**
 * Labels that a node may give itself: any of nobody's prefix, of the Kubernetes ones those of its place and its machine
 * (kubernetes/kubernetes plugin/pkg/admission/noderestriction, k8s.io/kubelet pkg/apis/well_known_labels.go). Others
 * would let it draw workloads to itself.
 */
type Labels = Readonly<Record<string, string>> | undefined

const OWN_LABELS: ReadonlySet<string> = new Set([
  'beta.kubernetes.io/arch',
  'beta.kubernetes.io/instance-type',
  'beta.kubernetes.io/os',
  'failure-domain.beta.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'kubernetes.io/arch',
  'kubernetes.io/hostname',
  'kubernetes.io/os',
  'node.kubernetes.io/instance-type',
  'topology.kubernetes.io/region',
  'topology.kubernetes.io/zone',
])

const OWN_PREFIXES = ['kubelet.kubernetes.io', 'node.kubernetes.io']
const RESTRICTED_PREFIX = 'node-restriction.kubernetes.io'

/** The keys, sorted, that differ between the two and are not the node's to change. */
export function forbiddenNodeLabels(next: Labels = {}, previous: Labels = {}): string[] {
  const keys = new Set([...Object.keys(next), ...Object.keys(previous)])
  return [...keys].filter((key) => next[key] !== previous[key] && isForbidden(key)).toSorted()
}

function isForbidden(key: string): boolean {
  const slash = key.indexOf('/')
  const prefix = slash < 0 ? '' : key.slice(0, slash)
  if (isWithin(prefix, RESTRICTED_PREFIX)) return true
  if (!isWithin(prefix, 'kubernetes.io') && !isWithin(prefix, 'k8s.io')) return false
  return !OWN_LABELS.has(key) && !OWN_PREFIXES.some((own) => isWithin(prefix, own))
}

function isWithin(prefix: string, domain: string): boolean {
  return prefix === domain || prefix.endsWith(`.${domain}`)
}
