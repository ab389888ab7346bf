/**
 * A durable note that a container's code is being run by this process. It is on disk before the code is entered, so
 * when the process dies of it (a loop that never ends, memory) the next one knows whose code it was. It is taken away
 * a little after the last call has returned, so that steady traffic costs no writes.
 */
import type { Clock } from '../../../lib/clock.ts'
import type { SandboxStore } from './sandbox-store.ts'

/** How long after the last call the note stays. */
const LINGER_MS = 200

export interface BusyPorts {
  readonly clock: Clock
  readonly store: SandboxStore
  /** This process, different from every other before and after it. */
  readonly process: string
  /** Resolves when everything written is on disk. */
  durable(): Promise<void>
  /** Somebody comes back to look, whatever becomes of this process. */
  guard(): void
}

export class BusyMarker {
  readonly #ports: BusyPorts
  readonly #container: string
  #calls = 0
  #written: Promise<void> | undefined
  #cancel: () => void = () => undefined

  constructor(ports: BusyPorts, container: string) {
    this.#ports = ports
    this.#container = container
  }

  get calls(): number {
    return this.#calls
  }

  async enter(): Promise<void> {
    this.#calls += 1
    this.#cancel()
    this.#ports.guard()
    this.#written ??= this.#write()
    await this.#written
  }

  leave(): void {
    this.#calls -= 1
    if (this.#calls === 0) this.#cancel = this.#ports.clock.after(LINGER_MS, () => this.clear())
  }

  clear(): void {
    this.#cancel()
    if (this.#calls > 0) return
    this.#ports.store.setBusy(this.#container, undefined)
    this.#written = undefined
  }

  #write(): Promise<void> {
    this.#ports.store.setBusy(this.#container, this.#ports.process)
    return this.#ports.durable()
  }
}
