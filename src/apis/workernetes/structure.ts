/**
 * The types of our own group, workernetes.dev, in the words of the generated structure (see schema.ts in
 * apimachinery/schema). A Cluster is a logical cluster: one API endpoint with its own namespaces.
 */
import type { Condition, KubeObject } from '../../apimachinery/meta.ts'

export interface ClusterSpec {
  /** What the cluster is for, in its owner's words. */
  description?: string
}

export interface ClusterStatus {
  /** Pending until what a cluster starts with is made, then Active; Terminating while it is being deleted. */
  phase?: string
  conditions?: Condition[]
}

export interface Cluster extends KubeObject {
  spec?: ClusterSpec
  status?: ClusterStatus
}

export const OWN_STRUCTURE: Readonly<Record<string, string>> = {
  Cluster: 'apiVersion kind metadata!:V1ObjectMeta spec!:ClusterSpec status!:ClusterStatus',
  ClusterSpec: 'description',
  ClusterStatus: 'conditions:[]V1Condition phase',
}

/** What `kubectl explain` says of them: of a type under '', of its fields by name. */
export const OWN_DESCRIPTIONS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Cluster: {
    '': 'Cluster is a logical cluster: an API endpoint with namespaces of its own, served under /clusters/NAME.',
    spec: 'What is wanted of the cluster.',
    status: 'How the cluster is.',
  },
  ClusterSpec: {
    '': 'ClusterSpec is what is wanted of a cluster.',
    description: "What it is for, in its owner's words.",
  },
  ClusterStatus: {
    '': 'ClusterStatus is how a cluster is.',
    conditions: 'What holds of the cluster, and since when.',
    phase: 'Active, or Terminating while it is being deleted.',
  },
}
