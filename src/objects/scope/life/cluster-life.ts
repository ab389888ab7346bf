/**
 * How the cluster scope of a logical cluster other than the root comes to serve, and ends: the root's controller says
 * which Cluster (by uid) begins, and seals it before its content is swept. The root cluster itself is always there.
 */
import type { NamespaceState } from './namespace-state.ts'

export interface ClusterLifePorts {
  readonly state: NamespaceState
  readonly isRoot: boolean
  /** The uid of the Cluster that the root has under this name, unless it is being deleted. */
  liveUid(): Promise<string | undefined>
  /** Makes what a cluster starts with, as far as it is missing; false: not all of it is there yet. */
  bootstrap(): Promise<boolean>
}

/**
 * How far a cluster has come: everything that it starts with is there, or not yet, or what is there is of a former
 * cluster and has to go first.
 */
export type ClusterStart = 'started' | 'starting' | 'former'

export class ClusterLife {
  readonly #ports: ClusterLifePorts
  #starting: Promise<ClusterStart> | undefined

  constructor(ports: ClusterLifePorts) {
    this.#ports = ports
  }

  /** Whether anything here may act. */
  get isServing(): boolean {
    return this.#ports.isRoot || this.#ports.state.phase === 'active'
  }

  /** Begins, once at a time. */
  start(uid: string): Promise<ClusterStart> {
    this.#starting ??= this.#start(uid).finally(() => {
      this.#starting = undefined
    })
    return this.#starting
  }

  /** Nothing acts here any more. */
  seal(uid: string): void {
    this.#ports.state.seal(uid)
  }

  async #start(uid: string): Promise<ClusterStart> {
    const { state, liveUid, bootstrap } = this.#ports
    // Whoever asks may have been on the way for long: a cluster that was deleted since must not begin again.
    if ((await liveUid()) !== uid) return 'starting'
    if (state.isOfAnother(uid)) return 'former'
    state.activate(uid)
    return this.isServing && (await bootstrap()) ? 'started' : 'starting'
  }
}
