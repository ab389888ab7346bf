/**
 * The places of groups and versions in discovery, as upstream gives them to its own (kubernetes
 * cmd/kube-apiserver/app/aggregator.go, pkg/controlplane/apiserver/aggregator.go). Data; the last group is ours.
 */
export interface ApiPriority {
  readonly group: number
  readonly version: number
}

const GROUPS: Readonly<Record<string, readonly [group: number, versions: Readonly<Record<string, number>>]>> = {
  '': [18_000, { v1: 1 }],
  apps: [17_800, { v1: 15 }],
  'events.k8s.io': [17_750, { v1: 15 }],
  'authentication.k8s.io': [17_700, { v1: 15 }],
  'authorization.k8s.io': [17_600, { v1: 15 }],
  autoscaling: [17_500, { v1: 15, v2: 30 }],
  batch: [17_400, { v1: 15 }],
  'certificates.k8s.io': [17_300, { v1: 15 }],
  'networking.k8s.io': [17_200, { v1: 15 }],
  policy: [17_100, { v1: 15 }],
  'rbac.authorization.k8s.io': [17_000, { v1: 15 }],
  'storage.k8s.io': [16_800, { v1: 15 }],
  'apiextensions.k8s.io': [16_700, { v1: 15 }],
  'admissionregistration.k8s.io': [16_700, { v1: 15 }],
  'scheduling.k8s.io': [16_600, { v1: 15 }],
  'coordination.k8s.io': [16_500, { v1: 15 }],
  'node.k8s.io': [16_300, { v1: 15 }],
  'discovery.k8s.io': [16_200, { v1: 15 }],
  'resource.k8s.io': [16_200, { v1: 21 }],
  'flowcontrol.apiserver.k8s.io': [16_100, { v1: 21 }],
  'workernetes.dev': [15_700, { v1: 9 }],
}

/** Undefined for the aggregator's own group, which has no APIService, and for what is not known. */
export function builtInPriority(group: string, version: string): ApiPriority | undefined {
  const [ofGroup, versions] = GROUPS[group] ?? []
  const ofVersion = versions?.[version]
  return ofGroup === undefined || ofVersion === undefined ? undefined : { group: ofGroup, version: ofVersion }
}

/** Of every group that custom resources make (kubernetes pkg/controlplane/controller/crdregistration). */
export const CUSTOM_PRIORITY: ApiPriority = { group: 1_000, version: 100 }
