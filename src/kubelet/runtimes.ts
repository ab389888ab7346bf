/**
 * THE list of what can run pods: the value of a node's label `workernetes.dev/runtime`, where its kubelet runs, and
 * what a node of it offers. A new runtime is one file or folder below runtimes/, one line here, and a run of
 * `podRuntimeSuite`.
 */
import { ISOLATES_CAPACITY } from './runtimes/isolates/capacity.ts'
import { SIMULATED_CAPACITY } from './runtimes/simulated/capacity.ts'

export interface RuntimeEntry {
  readonly name: string
  /** Where its kubelet runs: a PodObject per pod, or the namespace's own object. */
  readonly kubelet: 'pod-object' | 'namespace-object'
  readonly capacity: Readonly<Record<string, string>>
  /** The RuntimeClass handler that asks for it; none: any pod that tolerates the node. */
  readonly handler?: string
}

/** @public */
export const RUNTIMES: readonly RuntimeEntry[] = [
  { name: 'isolates', kubelet: 'pod-object', capacity: ISOLATES_CAPACITY, handler: 'worker' },
  { name: 'simulated', kubelet: 'namespace-object', capacity: SIMULATED_CAPACITY },
]

export const RUNTIME_LABEL = 'workernetes.dev/runtime'
