/**
 * Bindings of the Worker that runs pods' code (pod-worker.ts): another process than the control plane locally, the same
 * deployment at the edge.
 */
import * as z from 'zod'
import type { ProcessEnd } from '../../kubelet/runtimes/isolates/isolate-loader.ts'
import type { PodObject } from '../pod-object.ts'

export interface PodEnv {
  /** One object per pod. */
  readonly POD_OBJECTS: DurableObjectNamespace<PodObject>
  /** Makes isolates for pods' code. */
  readonly LOADER: WorkerLoader
  /** The control plane's Worker, which knows us by INTERNAL_SECRET. */
  readonly CONTROL_PLANE: Fetcher
  /** What callers of this Worker, and this Worker as a caller of the control plane, must know. */
  readonly INTERNAL_SECRET?: string
  /** The addresses that pods show as their node's, separated by commas. */
  readonly HOST_IPS?: string
  /**
   * Hosts that pods may reach outside the cluster: empty for none, `*` for all, else names separated by commas
   * (`.example.com` for all below).
   */
  readonly POD_OUTBOUND_HOSTS?: string
  /**
   * How the process before this one ended, as JSON: {"reason": "Unresponsive" | "OutOfMemory" | "Crashed" |
   * "Stopped", "suspects"?: [uid]}.
   */
  readonly LAST_PROCESS_END?: string
  /** Set where a watchdog reads the process's output: each entry into a pod's code prints `workernetes-enter UID`. */
  readonly TRACE_ENTRIES?: string
}

const processEnd = z.object({
  reason: z.enum(['Unresponsive', 'OutOfMemory', 'Crashed', 'Stopped']),
  suspects: z.array(z.string()).optional(),
})

export function lastProcessEndOf({ LAST_PROCESS_END: text = '' }: PodEnv): ProcessEnd | undefined {
  if (text === '') return undefined
  const { reason, suspects } = processEnd.parse(JSON.parse(text))
  return suspects === undefined ? { reason } : { reason, suspects }
}
