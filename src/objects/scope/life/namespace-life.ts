/**
 * How a namespace's object comes to serve a Namespace: the cluster scope says which one of its name is live; the store
 * of a former one is wiped first, and what a namespace has from the start (its ServiceAccount, the root CA) is made
 * before others may create. One such step at a time, whoever asks.
 */
import type { KubeObject } from '../../../apimachinery/meta.ts'
import type { NamespaceState } from './namespace-state.ts'

export interface NamespaceLifePorts {
  readonly state: NamespaceState
  /** The text of the Namespace of this object's name, as the cluster scope has it; null: there is none. */
  ask(): Promise<string | null>
  /** Empties the store of a former Namespace and restarts the state with this uid. */
  wipe(uid: string): Promise<void>
  /** Runs the controllers on the (empty) store of a namespace that begins. */
  start(): Promise<void>
}

export class NamespaceLife {
  readonly #ports: NamespaceLifePorts
  #refreshing: Promise<void> | undefined
  #starting: Promise<void> | undefined

  constructor(ports: NamespaceLifePorts) {
    this.#ports = ports
  }

  /** While it lasts, what the namespace starts with is being made. */
  get starting(): Promise<void> | undefined {
    return this.#starting
  }

  /** Begins to serve the live Namespace, unless that is the one served already. The controllers run on behind. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#refresh().finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  async #refresh(): Promise<void> {
    const { state, ask, wipe, start } = this.#ports
    const text = await ask()
    if (text === null) return
    const { uid = '', deletionTimestamp } = (JSON.parse(text) as KubeObject).metadata
    if (deletionTimestamp !== undefined || uid === state.uid) return
    if (state.isOfAnother(uid)) await wipe(uid)
    else state.activate(uid)
    // Not awaited: a controller's own write may be what asked, and must not wait for itself.
    this.#starting = start().finally(() => {
      this.#starting = undefined
    })
  }
}
