/**
 * Fields of which the wire has two for one thing, and what older servers left behind: upstream brings them into line
 * whenever it converts a pod, so here it goes with the defaults. Mutate what they are given, any number of times.
 * Upstream: kubernetes/kubernetes pkg/apis/core/v1/conversion.go, the function named before each.
 */
import type { V1NodeSpec, V1Pod, V1PodSpec, V1PodStatus, V1PodTemplateSpec } from '../../generated/types.ts'
import type { Fields } from '../../defaulting.ts'

/** Where the first betas of init containers were kept. */
const INIT_CONTAINER_ANNOTATIONS = ['alpha', 'beta'].flatMap((stage) => [
  `pod.${stage}.kubernetes.io/init-containers`,
  `pod.${stage}.kubernetes.io/init-container-statuses`,
])

/** dropInitContainerAnnotations, of pods and templates. */
export function dropInitContainerAnnotations(owner: Fields): void {
  const { metadata } = owner as Partial<V1Pod | V1PodTemplateSpec>
  const { annotations } = metadata ?? {}
  if (annotations === undefined) return
  for (const key of INIT_CONTAINER_ANNOTATIONS) delete annotations[key]
}

/** Convert_v1_Pod_To_core_Pod: a time below zero is as short as can be. Templates keep theirs. */
export function shortenGracePeriod(owner: Fields): void {
  const { spec } = owner as Partial<V1Pod>
  if (spec !== undefined && (spec.terminationGracePeriodSeconds ?? 0) < 0) spec.terminationGracePeriodSeconds = 1
}

/** Convert_v1_PodSpec_To_core_PodSpec: `serviceAccount` is the older name of `serviceAccountName`. */
export function alignServiceAccount(owner: Fields): void {
  const spec = owner as Partial<V1PodSpec>
  const name = [spec.serviceAccountName, spec.serviceAccount].find((one) => (one ?? '') !== '')
  if (name === undefined) return
  spec.serviceAccountName = name
  spec.serviceAccount = name
}

/** Convert_v1_PodStatus_To_core_PodStatus: the one address is the first of all; where they differ, the one counts. */
export function alignPodAddresses(owner: Fields): void {
  const status = owner as Partial<V1PodStatus>
  const { podIP = '', podIPs: [first] = [] } = status
  if (podIP !== '' && podIP !== first?.ip) status.podIPs = [{ ip: podIP }]
  else if (first !== undefined) status.podIP = first.ip
}

/** Convert_v1_NodeSpec_To_core_NodeSpec: as the addresses of a pod. */
export function alignPodRanges(owner: Fields): void {
  const spec = owner as Partial<V1NodeSpec>
  const { podCIDR = '', podCIDRs: [first] = [] } = spec
  if (podCIDR !== '' && podCIDR !== first) spec.podCIDRs = [podCIDR]
  else if (first !== undefined) spec.podCIDR = first
}
