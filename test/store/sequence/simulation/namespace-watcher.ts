/**
 * A client of one namespace in the simulation. It begins with a list of the namespace, or with the revision of
 * somebody's list over all namespaces; a list may also say a revision that the namespace has not reached. It watches
 * from there, resumes from a row or a bookmark, and lists again on 410. All rows of the namespace above where it began
 * are due.
 */
import type { SequencerActor } from './sequencer-actor.ts'
import { stateAsOf, stateText } from './store-actor.ts'
import type { World } from './world.ts'
import { Violation } from './world.ts'

interface Stretch {
  readonly from: number
  position: number
  readonly shown: Set<number>
}

interface OneList {
  readonly revision: number
  readonly objects: ReadonlyMap<string, number>
}

export class NamespaceWatcher {
  readonly #world: World
  readonly #sequencer: SequencerActor
  readonly #name: string
  readonly #resource: string
  readonly #stretches: Stretch[] = []
  readonly #lists: OneList[] = []
  /** Counts the lists, so that an answer which comes late is not taken for another. */
  #attempt = 0

  constructor(world: World, sequencer: SequencerActor, name: string, resource: string) {
    this.#world = world
    this.#sequencer = sequencer
    this.#name = name
    this.#resource = resource
    world.after(world.below(3_000), () => this.#begin())
  }

  #begin(): void {
    const store = this.#sequencer.stores.get(this.#name)
    const newest = this.#sequencer.current?.machine.newest
    const listed = this.#world.listed.get(this.#resource)
    if (store?.isUp !== true || newest === undefined) {
      this.#world.after(100, () => this.#begin())
      return
    }
    if (listed !== undefined && this.#world.chance(0.4)) {
      this.#watch(listed)
      return
    }
    // "Not older than what the sequencer has given out": the store promises, if it is not that far.
    const revision = this.#world.chance(0.3) ? Math.max(newest, store.shownRevision) : store.shownRevision
    this.#attempt += 1
    const attempt = this.#attempt
    store.list(this.#resource, revision, (objects) => {
      if (attempt !== this.#attempt) return
      this.#attempt += 1
      this.#lists.push({ revision, objects })
      this.#watch(revision)
    })
    this.#world.after(1_500, () => {
      if (attempt === this.#attempt) this.#begin()
    })
  }

  #watch(from: number): void {
    this.#world.note(() => `watch of ${this.#resource} in ${this.#name} from ${String(from)}`)
    const stretch = { from, position: from, shown: new Set<number>() }
    this.#stretches.push(stretch)
    this.#step(stretch)
  }

  #step(stretch: Stretch): void {
    const store = this.#sequencer.stores.get(this.#name)
    if (store?.isUp === true) {
      if (stretch.position < store.compactedRevision) {
        this.#world.checkExcuse(stretch.position)
        this.#begin()
        return
      }
      const shown = store.shownRevision
      let last = stretch.from
      for (const { revision } of store.changes({ after: stretch.position, limit: 99, resources: [this.#resource] })) {
        if (revision > shown) break
        stretch.shown.add(revision)
        last = revision
      }
      // Now and then the stream ends before the next bookmark, and the client knows the last row only.
      const isBookmarked = last === stretch.from || this.#world.chance(0.7)
      stretch.position = Math.max(stretch.position, isBookmarked ? shown : last)
    }
    this.#world.after(this.#world.below(120), () => this.#step(stretch))
  }

  judge(): void {
    const rows = [...this.#world.committed.values()]
      .filter(({ store, change }) => store === this.#name && change.resource === this.#resource)
      .map(({ change }) => change)
      .sort((left, right) => left.revision - right.revision)
    for (const { from, position, shown } of this.#stretches) {
      for (const { revision } of rows) {
        if (revision <= from || revision > position || shown.has(revision)) continue
        throw new Violation(`watch of ${this.#resource} in ${this.#name} from ${String(from)} lost ${String(revision)}`)
      }
    }
    for (const { revision, objects } of this.#lists) {
      const expected = stateAsOf(rows, this.#resource, revision)
      if (stateText(expected) === stateText(objects)) continue
      const got = `${stateText(objects)} instead of ${stateText(expected)}`
      throw new Violation(`list of ${this.#resource} in ${this.#name} at ${String(revision)}: ${got}`)
    }
    const last = rows.at(-1)?.revision ?? 0
    const position = this.#stretches.at(-1)?.position ?? 0
    if (position < last) throw new Violation(`the watch of ${this.#name} stays at ${String(position)}`)
  }
}
