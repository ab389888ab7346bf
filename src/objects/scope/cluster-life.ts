/**
 * How the cluster scope of a logical cluster other than the root comes to serve, and ends: the root's controller says
 * which Cluster (by uid) begins, and seals it before its content is swept. The root cluster itself is always there.
 */
import { serviceUnavailableError } from '../../apimachinery/status-error.ts'
import type { NamespaceState } from './namespace-state.ts'

export interface ClusterLifePorts {
  readonly state: NamespaceState
  readonly isRoot: boolean
  /** Makes what a cluster starts with, as far as it is missing; false: not all of it is there yet. */
  bootstrap(): Promise<boolean>
}

export class ClusterLife {
  readonly #ports: ClusterLifePorts
  #starting: Promise<boolean> | undefined

  constructor(ports: ClusterLifePorts) {
    this.#ports = ports
  }

  /** Whether anything here may act. */
  get isServing(): boolean {
    return this.#ports.isRoot || this.#ports.state.phase === 'active'
  }

  /** Begins, once at a time; true: everything that a cluster starts with is there. */
  start(uid: string): Promise<boolean> {
    this.#starting ??= this.#start(uid).finally(() => {
      this.#starting = undefined
    })
    return this.#starting
  }

  /** Nothing acts here any more. */
  seal(uid: string): void {
    this.#ports.state.seal(uid)
  }

  async #start(uid: string): Promise<boolean> {
    const { state, bootstrap } = this.#ports
    if (state.isOfAnother(uid)) throw serviceUnavailableError('a former cluster of this name is still being deleted')
    state.activate(uid)
    return this.isServing && (await bootstrap())
  }
}
