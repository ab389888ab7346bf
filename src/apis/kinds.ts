/**
 * THE list of built-in kinds, sorted by group, version and kind. A kind is served if it is in KINDS; a kind that
 * enforces something (policies, quotas, …) is in UNSERVED_KINDS until it does, because an object that promises
 * protection and gives none is worse than an answer of 404. Adding a kind is one file and one line here.
 */
import { mutatingAdmissionPolicyBinding } from './admissionregistration/mutating-admission-policy-binding.ts'
import { mutatingAdmissionPolicy } from './admissionregistration/mutating-admission-policy.ts'
import { mutatingWebhookConfiguration } from './admissionregistration/mutating-webhook-configuration.ts'
import { validatingAdmissionPolicyBinding } from './admissionregistration/validating-admission-policy-binding.ts'
import { validatingAdmissionPolicy } from './admissionregistration/validating-admission-policy.ts'
import { validatingWebhookConfiguration } from './admissionregistration/validating-webhook-configuration.ts'
import { customResourceDefinition } from './apiextensions/custom-resource-definition.ts'
import { apiService } from './apiregistration/api-service.ts'
import { controllerRevision } from './apps/controller-revision/controller-revision.ts'
import { daemonSet } from './apps/daemon-set/daemon-set.ts'
import { deployment } from './apps/deployment/deployment.ts'
import { replicaSet } from './apps/replica-set/replica-set.ts'
import { statefulSet } from './apps/stateful-set/stateful-set.ts'
import { selfSubjectReview } from './authentication/self-subject-review.ts'
import { tokenReview } from './authentication/token-review.ts'
import { localSubjectAccessReview } from './authorization/local-subject-access-review.ts'
import { selfSubjectAccessReview } from './authorization/self-subject-access-review.ts'
import { selfSubjectRulesReview } from './authorization/self-subject-rules-review.ts'
import { subjectAccessReview } from './authorization/subject-access-review.ts'
import { horizontalPodAutoscalerV1 } from './autoscaling/horizontal-pod-autoscaler/horizontal-pod-autoscaler-v1.ts'
import { horizontalPodAutoscaler } from './autoscaling/horizontal-pod-autoscaler/horizontal-pod-autoscaler-v2.ts'
import { cronJob } from './batch/cron-job/cron-job.ts'
import { job } from './batch/job/job.ts'
import { certificateSigningRequest } from './certificates/certificate-signing-request/certificate-signing-request.ts'
import { lease } from './coordination/lease/lease.ts'
import { binding } from './core/binding.ts'
import { componentStatus } from './core/component-status.ts'
import { configMap } from './core/config-map/config-map.ts'
import { endpoints } from './core/endpoints/endpoints.ts'
import { event } from './core/event/event.ts'
import { limitRange } from './core/limits/limit-range.ts'
import { resourceQuota } from './core/limits/resource-quota.ts'
import { namespace } from './core/namespace/namespace.ts'
import { node } from './core/node/node.ts'
import { podTemplate } from './core/pod-template/pod-template.ts'
import { pod } from './core/pod/pod.ts'
import { replicationController } from './core/replication-controller/replication-controller.ts'
import { secret } from './core/secret/secret.ts'
import { serviceAccount } from './core/service-account/service-account.ts'
import { service } from './core/service/service.ts'
import { persistentVolumeClaim } from './core/volume/persistent-volume-claim/persistent-volume-claim.ts'
import { persistentVolume } from './core/volume/persistent-volume/persistent-volume.ts'
import { endpointSlice } from './discovery/endpoint-slice/endpoint-slice.ts'
import { eventsEvent } from './events/event.ts'
import { flowSchema } from './flowcontrol/flow-schema.ts'
import { priorityLevelConfiguration } from './flowcontrol/priority-level-configuration.ts'
import { ingressClass } from './networking/ingress-class/ingress-class.ts'
import { ingress } from './networking/ingress/ingress.ts'
import { ipAddress } from './networking/ip-address/ip-address.ts'
import { networkPolicy } from './networking/network-policy/network-policy.ts'
import { serviceCIDR } from './networking/service-cidr/service-cidr.ts'
import { runtimeClass } from './node/runtime-class/runtime-class.ts'
import { podDisruptionBudget } from './policy/pod-disruption-budget/pod-disruption-budget.ts'
import { clusterRoleBinding } from './rbac/cluster-role-binding/cluster-role-binding.ts'
import { clusterRole } from './rbac/cluster-role/cluster-role.ts'
import { roleBinding } from './rbac/role-binding/role-binding.ts'
import { role } from './rbac/role/role.ts'
import { deviceClass } from './resource/device-class/device-class.ts'
import { resourceClaimTemplate } from './resource/resource-claim-template/resource-claim-template.ts'
import { resourceClaim } from './resource/resource-claim/resource-claim.ts'
import { resourceSlice } from './resource/resource-slice/resource-slice.ts'
import { priorityClass } from './scheduling/priority-class/priority-class.ts'
import { csiDriver } from './storage/csi-driver/csi-driver.ts'
import { csiNode } from './storage/csi-node/csi-node.ts'
import { csiStorageCapacity } from './storage/csi-storage-capacity/csi-storage-capacity.ts'
import { storageClass } from './storage/storage-class/storage-class.ts'
import { volumeAttachment } from './storage/volume-attachment/volume-attachment.ts'
import { volumeAttributesClass } from './storage/volume-attributes-class/volume-attributes-class.ts'
import { cluster } from './workernetes/cluster.ts'
import type { KindDefinition } from './define-kind.ts'

export const KINDS: readonly KindDefinition[] = [
  binding,
  componentStatus,
  configMap,
  endpoints,
  event,
  namespace,
  node,
  persistentVolume,
  persistentVolumeClaim,
  pod,
  podTemplate,
  replicationController,
  secret,
  service,
  serviceAccount,
  customResourceDefinition,
  apiService,
  controllerRevision,
  daemonSet,
  deployment,
  replicaSet,
  statefulSet,
  selfSubjectReview,
  tokenReview,
  localSubjectAccessReview,
  selfSubjectAccessReview,
  selfSubjectRulesReview,
  subjectAccessReview,
  horizontalPodAutoscalerV1,
  horizontalPodAutoscaler,
  cronJob,
  job,
  certificateSigningRequest,
  lease,
  endpointSlice,
  eventsEvent,
  flowSchema,
  priorityLevelConfiguration,
  ipAddress,
  ingress,
  ingressClass,
  serviceCIDR,
  runtimeClass,
  podDisruptionBudget,
  clusterRole,
  clusterRoleBinding,
  role,
  roleBinding,
  deviceClass,
  resourceClaim,
  resourceClaimTemplate,
  resourceSlice,
  priorityClass,
  csiDriver,
  csiNode,
  csiStorageCapacity,
  storageClass,
  volumeAttachment,
  volumeAttributesClass,
  cluster,
]

export interface UnservedKind {
  readonly definition: KindDefinition
  readonly reason: string
}

export const UNSERVED_KINDS: readonly UnservedKind[] = [
  { definition: limitRange, reason: 'limit ranges are not enforced yet' },
  { definition: resourceQuota, reason: 'quotas are not enforced yet' },
  { definition: mutatingAdmissionPolicy, reason: 'admission webhooks and policies are not enforced yet' },
  { definition: mutatingAdmissionPolicyBinding, reason: 'admission webhooks and policies are not enforced yet' },
  { definition: mutatingWebhookConfiguration, reason: 'admission webhooks and policies are not enforced yet' },
  { definition: validatingAdmissionPolicy, reason: 'admission webhooks and policies are not enforced yet' },
  { definition: validatingAdmissionPolicyBinding, reason: 'admission webhooks and policies are not enforced yet' },
  { definition: validatingWebhookConfiguration, reason: 'admission webhooks and policies are not enforced yet' },
  { definition: networkPolicy, reason: 'network policies are not enforced yet' },
]

/** Subresources of served kinds that upstream has and this server does not answer yet. */
export const UNSERVED_SUBRESOURCES: Readonly<Record<string, readonly string[]>> = {
}
