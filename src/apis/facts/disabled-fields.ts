/**
 * Fields of GA types whose features are off in Kubernetes 1.36 unless somebody switches them on: the server knows them,
 * so they are no unknown fields, and drops them. The feature is named before each (k8s.io/api v0.36, +featureGate;
 * kubernetes/kubernetes pkg/features/kube_features.go). What had nothing but a signal that stops a container goes with it
 * (core/pod/defaults.ts).
 * Differs: upstream keeps such a field in an object that has it already; here no object can have it.
 */
export const DISABLED_FIELDS: Readonly<Record<string, readonly string[]>> = {
  // GenericWorkload
  V1PodSpec: ['schedulingGroup'],
  // ContainerStopSignals
  V1Lifecycle: ['stopSignal'],
  // ClusterTrustBundleProjection, PodCertificateRequest
  V1VolumeProjection: ['clusterTrustBundle', 'podCertificate'],
  // ImageVolumeWithDigest
  V1VolumeMountStatus: ['volumeStatus'],
  // MaxUnavailableStatefulSet
  V1RollingUpdateStatefulSetStrategy: ['maxUnavailable'],
  // VolumeLimitScaling
  V1CSIDriverSpec: ['preventPodSchedulingIfMissing'],
  // DRAListTypeAttributes
  V1DeviceAttribute: ['bools', 'ints', 'strings', 'versions'],
  // CoordinatedLeaderElection
  V1LeaseSpec: ['preferredHolder', 'strategy'],
  // DRANodeAllocatableResources
  V1PodStatus: ['nodeAllocatableResourceClaimStatuses'],
  V1Device: ['nodeAllocatableResourceMappings'],
}
