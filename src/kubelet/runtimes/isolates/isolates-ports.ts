/** What the isolates' runtime needs of the world: the API, time, SQLite, something that makes isolates. */
import type { V1Pod } from '../../../apis/generated/types.ts'
import type { Client } from '../../../client/client.ts'
import type { Clock } from '../../../lib/clock.ts'
import type { IsolateLoader, ProcessEnd } from './isolate-loader.ts'
import type { SandboxStore } from './sandbox-store.ts'

export interface IsolatesPorts {
  readonly client: Client
  readonly clock: Clock
  readonly store: SandboxStore
  readonly loader: IsolateLoader
  /** This life of the kubelet: different after every restart of the process and every eviction. */
  readonly process: string
  /** What is known of the end of the process before this one. */
  readonly lastProcessEnd?: ProcessEnd
  readonly hostIPs: readonly string[]
  durable(): Promise<void>
  /** Code is about to be entered: be woken in a while, even if this life of the kubelet ends within it. */
  guard(): void
  /** A token of the pod's ServiceAccount, bound to the pod. */
  token(pod: V1Pod, audience: string | undefined, expirationSeconds: number): Promise<string>
}
