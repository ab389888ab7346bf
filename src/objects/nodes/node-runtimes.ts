/**
 * Which runtime a node has (its label `workernetes.dev/runtime`), as a namespace's object knows it: asked once, kept
 * a while.
 */
import type { Clock } from '../../lib/clock.ts'

/** A node's runtime hardly ever changes; an unknown node is asked about at once. */
const MAX_AGE_MS = 60_000

export class NodeRuntimes {
  readonly #ask: () => Promise<Readonly<Record<string, string>>>
  readonly #clock: Clock
  #known: Readonly<Record<string, string>> = {}
  #untilMs = 0

  constructor(clock: Clock, ask: () => Promise<Readonly<Record<string, string>>>) {
    this.#clock = clock
    this.#ask = ask
  }

  /** Undefined: no such node, or one that its own kubelet looks after. */
  async runtimeOf(node: string): Promise<string | undefined> {
    if (this.#clock.now() >= this.#untilMs || !(node in this.#known)) {
      this.#known = await this.#ask()
      this.#untilMs = this.#clock.now() + MAX_AGE_MS
    }
    return this.#known[node]
  }
}
