/**
 * Which runtime a node has (its label `workernetes.dev/runtime`) and its addresses, as a namespace's object knows them:
 * asked once, kept a while.
 */
import type { Clock } from '../../lib/clock.ts'

/** A node's runtime hardly ever changes; an unknown node is asked about at once. */
const MAX_AGE_MS = 60_000

/** A node whose kubelet is ours. */
export interface PlatformNode {
  readonly runtime: string
  /** None until it has been given its range of addresses. */
  readonly hostIPs: readonly string[]
}

type PlatformNodes = Readonly<Record<string, PlatformNode>>

export class NodeRuntimes {
  readonly #ask: () => Promise<PlatformNodes>
  readonly #clock: Clock
  #known: PlatformNodes = {}
  #untilMs = 0

  constructor(clock: Clock, ask: () => Promise<PlatformNodes>) {
    this.#clock = clock
    this.#ask = ask
  }

  /** Undefined: no such node, or one that its own kubelet looks after. */
  async runtimeOf(node: string): Promise<string | undefined> {
    if (this.#clock.now() >= this.#untilMs || this.hostIPsOf(node).length === 0) {
      this.#known = await this.#ask()
      this.#untilMs = this.#clock.now() + MAX_AGE_MS
    }
    return this.#known[node]?.runtime
  }

  /** Of a node that was asked about. */
  hostIPsOf(node: string): readonly string[] {
    return this.#known[node]?.hostIPs ?? []
  }
}
