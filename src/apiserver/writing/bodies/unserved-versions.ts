/**
 * Versions of kinds that upstream knows and serves no more, or not by default: it can read them, and tells them from
 * what nobody has ever heard of (AddKnownTypes in k8s.io/api, pkg/apis/…/install).
 */
const AUTHORIZATION = 'SelfSubjectRulesReview SelfSubjectAccessReview SubjectAccessReview LocalSubjectAccessReview'
const POLICIES =
  'ValidatingAdmissionPolicy ValidatingAdmissionPolicyBinding MutatingAdmissionPolicy MutatingAdmissionPolicyBinding'
const FLOWS = 'FlowSchema PriorityLevelConfiguration'
const ROLES = 'Role RoleBinding ClusterRole ClusterRoleBinding'
const DEVICES = 'DeviceClass ResourceClaim ResourceClaimTemplate ResourceSlice'

const KINDS: Readonly<Record<string, string>> = {
  'admission.k8s.io/v1': 'AdmissionReview',
  'admission.k8s.io/v1beta1': 'AdmissionReview',
  'admissionregistration.k8s.io/v1alpha1': POLICIES,
  'admissionregistration.k8s.io/v1beta1':
    `ValidatingWebhookConfiguration MutatingWebhookConfiguration ${POLICIES}`,
  'apiextensions.k8s.io/v1beta1': 'CustomResourceDefinition',
  'apiregistration.k8s.io/v1beta1': 'APIService',
  'apps/v1beta1': 'Deployment DeploymentRollback Scale StatefulSet ControllerRevision',
  'apps/v1beta2': 'Deployment Scale StatefulSet DaemonSet ReplicaSet ControllerRevision',
  'authentication.k8s.io/v1alpha1': 'SelfSubjectReview',
  'authentication.k8s.io/v1beta1': 'SelfSubjectReview TokenReview',
  'authorization.k8s.io/v1beta1': AUTHORIZATION,
  'batch/v1beta1': 'CronJob',
  'certificates.k8s.io/v1alpha1': 'ClusterTrustBundle',
  'certificates.k8s.io/v1beta1': 'CertificateSigningRequest ClusterTrustBundle PodCertificateRequest',
  'coordination.k8s.io/v1alpha2': 'LeaseCandidate',
  'coordination.k8s.io/v1beta1': 'Lease LeaseCandidate',
  'discovery.k8s.io/v1beta1': 'EndpointSlice',
  'events.k8s.io/v1beta1': 'Event',
  'extensions/v1beta1': 'Deployment DeploymentRollback Scale DaemonSet Ingress ReplicaSet NetworkPolicy',
  'flowcontrol.apiserver.k8s.io/v1beta1': FLOWS,
  'flowcontrol.apiserver.k8s.io/v1beta2': FLOWS,
  'flowcontrol.apiserver.k8s.io/v1beta3': FLOWS,
  'imagepolicy.k8s.io/v1alpha1': 'ImageReview',
  'internal.apiserver.k8s.io/v1alpha1': 'StorageVersion',
  'networking.k8s.io/v1beta1': 'Ingress IngressClass IPAddress ServiceCIDR',
  'node.k8s.io/v1alpha1': 'RuntimeClass',
  'node.k8s.io/v1beta1': 'RuntimeClass',
  'policy/v1beta1': 'PodDisruptionBudget Eviction',
  'rbac.authorization.k8s.io/v1alpha1': ROLES,
  'rbac.authorization.k8s.io/v1beta1': ROLES,
  'resource.k8s.io/v1alpha3': 'DeviceTaintRule ResourcePoolStatusRequest',
  'resource.k8s.io/v1beta1': DEVICES,
  'resource.k8s.io/v1beta2': `${DEVICES} DeviceTaintRule`,
  'scheduling.k8s.io/v1alpha2': 'Workload PodGroup',
  'scheduling.k8s.io/v1beta1': 'PriorityClass',
  'storage.k8s.io/v1alpha1': 'VolumeAttachment CSIStorageCapacity VolumeAttributesClass',
  'storage.k8s.io/v1beta1': 'StorageClass VolumeAttachment CSIDriver CSINode CSIStorageCapacity VolumeAttributesClass',
  'storagemigration.k8s.io/v1beta1': 'StorageVersionMigration',
}

/** Groups that kinds have moved on from. */
const MOVED: Readonly<Record<string, string>> = {
  'extensions Ingress': 'networking.k8s.io',
  'extensions NetworkPolicy': 'networking.k8s.io',
  'extensions Deployment': 'apps',
  'extensions DaemonSet': 'apps',
  'extensions ReplicaSet': 'apps',
  'extensions Scale': 'autoscaling',
  'apps Scale': 'autoscaling',
  'events.k8s.io Event': '',
}

export interface UnservedKind {
  /** The group of the kind as it is served. */
  readonly group: string
  readonly kind: string
}

/** What upstream makes of a version and kind that have no address; a list of such is known, too. */
export function unservedKind(group: string, version: string, kind: string): UnservedKind | undefined {
  const item = kind.replace(/List$/, '')
  if (KINDS[`${group}/${version}`]?.split(' ').includes(item) !== true) return undefined
  return { group: MOVED[`${group} ${kind}`] ?? group, kind }
}
