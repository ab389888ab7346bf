/**
 * What is said of the server itself: which features of upstream are on, by their names there (kubernetes
 * pkg/features, k8s.io/apiserver pkg/features; k8s.io/component-base metrics/prometheus/feature), and which release it
 * follows. Only features that can be seen from outside are listed: those that are here, and those whose fields are
 * dropped because they are off.
 */
import type { MetricSnapshot, Stability } from '../../../lib/metrics.ts'
import { KUBERNETES_MAJOR, KUBERNETES_MINOR } from '../../discovery/version.ts'

type Stage = '' | 'BETA' | 'ALPHA' | 'DEPRECATED'

/** Upstream prints the stage of what is generally available as nothing. */
const ON: readonly (readonly [name: string, stage: Stage])[] = [
  ['APIResponseCompression', 'BETA'],
  ['APIServerIdentity', 'BETA'],
  ['AggregatedDiscoveryRemoveBetaType', 'DEPRECATED'],
  ['AuthorizePodWebsocketUpgradeCreatePermission', 'BETA'],
  ['CRDObservedGenerationTracking', 'BETA'],
  ['CRDValidationRatcheting', ''],
  ['ComponentFlagz', 'BETA'],
  ['ComponentStatusz', 'BETA'],
  ['ConstrainedImpersonation', 'BETA'],
  ['CustomResourceFieldSelectors', ''],
  ['OpenAPIEnums', 'BETA'],
  ['OrderedNamespaceDeletion', ''],
  ['RetryGenerateName', ''],
  ['ServiceAccountTokenJTI', ''],
  ['ServiceAccountTokenNodeBinding', ''],
  ['SizeBasedListCostEstimate', 'BETA'],
  ['StorageVersionHash', 'BETA'],
  ['StreamingCollectionEncodingToJSON', ''],
  ['StreamingCollectionEncodingToProtobuf', ''],
  ['WatchList', 'BETA'],
]

/** Off in 1.36 unless somebody switches them on (apis/facts/disabled-fields.ts). */
const OFF: readonly (readonly [name: string, stage: Stage])[] = [
  ['CBORServingAndStorage', 'ALPHA'],
  ['ClusterTrustBundleProjection', 'BETA'],
  ['ContainerStopSignals', 'ALPHA'],
  ['CoordinatedLeaderElection', 'BETA'],
  ['CrossNamespaceVolumeDataSource', 'ALPHA'],
  ['DRAListTypeAttributes', 'ALPHA'],
  ['DRANodeAllocatableResources', 'ALPHA'],
  ['GenericWorkload', 'ALPHA'],
  ['ImageVolumeWithDigest', 'ALPHA'],
  ['MaxUnavailableStatefulSet', 'BETA'],
  ['PodCertificateRequest', 'BETA'],
  ['StorageVersionAPI', 'ALPHA'],
  ['VolumeLimitScaling', 'ALPHA'],
]

export function serverFacts(): MetricSnapshot[] {
  const release = `${KUBERNETES_MAJOR}.${KUBERNETES_MINOR}`
  const oldest = `${KUBERNETES_MAJOR}.${String(Number(KUBERNETES_MINOR) - 1)}`
  return [
    {
      name: 'kubernetes_feature_enabled',
      help: 'This metric records the data about the stage and enablement of a k8s feature.',
      type: 'gauge',
      stability: 'BETA',
      labels: ['name', 'stage'],
      series: [
        ...ON.map((labels) => ({ labels, value: 1 })),
        ...OFF.map((labels) => ({ labels, value: 0 })),
      ].toSorted((one, other) => ((one.labels[0] ?? '') < (other.labels[0] ?? '') ? -1 : 1)),
    },
    {
      name: 'version_info',
      help: 'Provides the compatibility version info of the component. The component label is the name of the component, usually kube, but is relevant for aggregated-apiservers.',
      type: 'gauge',
      labels: ['binary', 'component', 'emulation', 'min_compat'],
      series: [{ labels: [release, 'kube', release, oldest], value: 1 }],
    },
  ]
}

/** How many metrics there are, by what is promised of them. */
export function registeredMetrics(all: readonly MetricSnapshot[]): MetricSnapshot {
  const counts = new Map<Stability, number>()
  for (const { stability = 'ALPHA' } of all) counts.set(stability, (counts.get(stability) ?? 0) + 1)
  return {
    name: 'registered_metrics_total',
    help: 'The count of registered metrics broken by stability level and deprecation version.',
    type: 'counter',
    stability: 'BETA',
    labels: ['stability_level', 'deprecated_version'],
    series: [...counts].map(([stability, value]) => ({ labels: [stability, ''], value })),
  }
}
