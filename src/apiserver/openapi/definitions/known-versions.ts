/**
 * Every version of a group that upstream's scheme knows, whether anything of it is served or not: options of deletions
 * and events of watches are kinds in each (k8s.io/apimachinery pkg/apis/meta/v1 register.go, AddToGroupVersion).
 */
import type { GroupVersionKind } from '../../../apimachinery/meta.ts'

type GroupVersion = Pick<GroupVersionKind, 'group' | 'version'>

const VERSIONS: Readonly<Record<string, string>> = {
  'admission.k8s.io': 'v1 v1beta1',
  'admissionregistration.k8s.io': 'v1 v1alpha1 v1beta1',
  'apiextensions.k8s.io': 'v1 v1beta1',
  'apiregistration.k8s.io': 'v1 v1beta1',
  apps: 'v1 v1beta1 v1beta2',
  'authentication.k8s.io': 'v1 v1alpha1 v1beta1',
  'authorization.k8s.io': 'v1 v1beta1',
  autoscaling: 'v1 v2',
  batch: 'v1 v1beta1',
  'certificates.k8s.io': 'v1 v1alpha1 v1beta1',
  'coordination.k8s.io': 'v1 v1alpha2 v1beta1',
  'discovery.k8s.io': 'v1 v1beta1',
  'events.k8s.io': 'v1 v1beta1',
  extensions: 'v1beta1',
  'flowcontrol.apiserver.k8s.io': 'v1 v1beta1 v1beta2 v1beta3',
  'imagepolicy.k8s.io': 'v1alpha1',
  'internal.apiserver.k8s.io': 'v1alpha1',
  'networking.k8s.io': 'v1 v1beta1',
  'node.k8s.io': 'v1 v1alpha1 v1beta1',
  policy: 'v1 v1beta1',
  'rbac.authorization.k8s.io': 'v1 v1alpha1 v1beta1',
  'resource.k8s.io': 'v1 v1alpha3 v1beta1 v1beta2',
  'scheduling.k8s.io': 'v1 v1alpha2 v1beta1',
  'storage.k8s.io': 'v1 v1alpha1 v1beta1',
  'storagemigration.k8s.io': 'v1beta1',
}

/** Groups that clients know nothing of: only servers read them. */
const OF_SERVERS: readonly string[] = [
  'admission.k8s.io', 'apiextensions.k8s.io', 'apiregistration.k8s.io', 'imagepolicy.k8s.io',
]

export const KNOWN_VERSIONS: readonly GroupVersion[] = Object.entries(VERSIONS).flatMap(([group, versions]) =>
  versions.split(' ').map((version): GroupVersion => ({ group, version })))

/** What upstream's documents of custom resources are made with: the scheme of clients. */
export const CLIENT_VERSIONS: readonly GroupVersion[] = [
  { group: '', version: 'v1' }, ...KNOWN_VERSIONS.filter(({ group }) => !OF_SERVERS.includes(group)),
]
