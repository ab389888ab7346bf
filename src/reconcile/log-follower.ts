/**
 * Follows the log for the controllers: turns what it has brought into wakes, from a position in memory. A log that was
 * compacted beyond the position no longer tells what changed, so every key is woken instead.
 *
 * Invariant: the position moves only after the wakes of what it passes have been told.
 */
import type { Change, StoreReader } from '../store/object-store.ts'
import { StoreError } from '../store/store-error.ts'
import type { ControllerSet } from './controller-set.ts'
import type { Controller } from './define-controller.ts'
import type { Wake } from './wake-ups.ts'
import { wakesOf, wakingResources } from './wake-ups.ts'

/** Changes read from the log at a time. */
const CHANGES_PER_READ = 500

export class LogFollower {
  readonly #reader: StoreReader
  readonly #controllers: ControllerSet
  /** Undefined: changes of any resource can wake a controller. */
  readonly #resources: readonly string[] | undefined
  #position: number

  constructor(reader: StoreReader, controllers: ControllerSet, position: number) {
    this.#reader = reader
    this.#controllers = controllers
    this.#resources = wakingResources(controllers.all)
    this.#position = position
  }

  /** The revision up to which the log was read. */
  get position(): number {
    return this.#position
  }

  hasUnread(): boolean {
    if (this.#position >= this.#reader.revision) return false
    return this.#resources === undefined || this.#read(1).length > 0
  }

  /** Reads to the log's end and tells `wake` each key. True: some were woken, or had to be looked for. */
  async read(wake: (wake: Wake) => void): Promise<boolean> {
    const end = this.#reader.revision
    let hasWoken = false
    while (this.#position < end) {
      const changes = this.#changes(end)
      if (changes === undefined) {
        for (const each of this.#allWakes(end)) wake(each)
        this.#position = end
        return true
      }
      const contextOf = (controller: Controller) => this.#controllers.contextOf(controller)
      const wakes = await wakesOf(changes, this.#controllers.all, contextOf)
      for (const each of wakes) wake(each)
      hasWoken ||= wakes.length > 0
      const last = changes.at(-1)
      this.#position = changes.length < CHANGES_PER_READ || last === undefined ? end : last.revision
    }
    return hasWoken
  }

  /** Undefined: the log no longer reaches back to the position. */
  #changes(end: number): readonly Change[] | undefined {
    try {
      return this.#read(CHANGES_PER_READ).filter(({ revision }) => revision <= end)
    } catch (error) {
      if (error instanceof StoreError && error.code === 'compacted') return undefined
      throw error
    }
  }

  #read(limit: number): readonly Change[] {
    const resources = this.#resources
    return this.#reader.changes({ after: this.#position, limit, ...(resources === undefined ? {} : { resources }) })
  }

  #allWakes(revision: number): Wake[] {
    const wakes = this.#controllers.all.flatMap((controller) =>
      this.#controllers.keysOf(controller).map((key) => ({ controller, key, revision })),
    )
    return [...wakes, ...this.#controllers.startWakes()]
  }
}
