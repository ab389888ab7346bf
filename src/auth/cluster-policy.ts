/**
 * The cluster scope's rules, as every namespace's object sees them: a copy of a few cluster-scoped resources with the
 * revision they are as of. At most POLICY_MAX_AGE_MS old, and refreshed before anybody is told no.
 */
import type { KubeObject } from '../apimachinery/meta.ts'

/** The resources that are copied, as the store names them. */
export const POLICY_RESOURCES = [
  'clusterroles.rbac.authorization.k8s.io',
  'clusterrolebindings.rbac.authorization.k8s.io',
  'priorityclasses.scheduling.k8s.io',
  'runtimeclasses.node.k8s.io',
  'storageclasses.storage.k8s.io',
  'flowschemas.flowcontrol.apiserver.k8s.io',
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io',
  'apiservices.apiregistration.k8s.io',
] as const

export type PolicyResource = (typeof POLICY_RESOURCES)[number]

/** How old a copy may be when a request is allowed by it: a revocation works within this time. */
export const POLICY_MAX_AGE_MS = 1_000

export interface ClusterPolicy {
  readonly revision: number
  find<T extends KubeObject>(resource: PolicyResource, name: string): T | undefined
  all<T extends KubeObject>(resource: PolicyResource): Iterable<T>
}
