/**
 * The sequencer in the simulation: the production machine with a disk, crashes and a timer. Where a run has doubles, a
 * former instance goes on beside its successor for a while, for whoever had called it before: what it writes is never
 * durable any more, and so whatever depends on a write never leaves it.
 */
import type { RowsAnswer, RowsRequest } from '../../../../src/store/sequence/messages.ts'
import type { Sequencer } from '../../../../src/store/sequence/sequencer.ts'
import type {
  MarkRow,
  SequencerState,
  SequencerWrite,
  StoreRow,
} from '../../../../src/store/sequence/sequencer-state.ts'
import type { StoreActor } from './store-actor.ts'
import type { World } from './world.ts'
import { RESOURCES } from './world.ts'

const TICK_MS = 250

/** One life of the sequencer. */
export class SequencerInstance {
  readonly machine: Sequencer
  /** Streams that are open, by resource: rows are turned off only when there are none. */
  readonly streams = new Map<string, number>()
  isReplaced = false
  isOver = false

  constructor(machine: Sequencer) {
    this.machine = machine
  }
}

export class SequencerActor {
  readonly #world: World
  readonly #disk = {
    highWater: 0,
    stores: new Map<string, StoreRow>(),
    holdings: new Map<string, { store: string; resource: string }>(),
    marks: new Map<string, MarkRow>(),
  }
  readonly stores = new Map<string, StoreActor>()
  #current: SequencerInstance | undefined

  constructor(world: World) {
    this.#world = world
    this.#start()
  }

  /** The instance that new calls go to, while there is one. */
  get current(): SequencerInstance | undefined {
    return this.#current
  }

  crash(): void {
    const former = this.#current
    if (former === undefined) return
    this.#current = undefined
    const lives = this.#world.faults.doubles && this.#world.chance(0.6)
    this.#world.note(() => `sequencer ${lives ? 'is replaced' : 'crashes'}`)
    former.isReplaced = true
    if (lives) this.#world.after(this.#world.below(4_000), () => void (former.isOver = true))
    else former.isOver = true
    this.#world.after(this.#world.below(lives ? 200 : 1_500), () => this.#start())
  }

  /**
   * A call to the instance that was there when it was sent, or to its successor. What the machine decides is on disk
   * before anything leaves.
   */
  call<T>(to: SequencerInstance | undefined, ask: (machine: Sequencer) => T): T | undefined {
    const instance = to === undefined || to.isOver ? this.#current : to
    if (instance === undefined) return undefined
    const reply = ask(instance.machine)
    const writes = instance.machine.takeWrites()
    if (!instance.isReplaced) this.#keep(writes)
    else if (writes.length > 0 && !this.#world.variant.leaksWrites) instance.isOver = true
    return instance.isOver ? undefined : reply
  }

  answered(to: SequencerInstance | undefined, answer: RowsAnswer): RowsRequest | undefined {
    return this.call(to, (machine) => {
      const before = machine.newest
      const next = machine.answered(answer, this.#world.now)
      // Rows may have come back below what was shown.
      if (answer.isNamesOnly || answer.isCompacted) this.#world.excuse(before)
      return next
    })
  }

  /** The namespace's object that a call finds. */
  store(name: string): StoreActor | undefined {
    const store = this.stores.get(name)
    const { former } = store ?? {}
    return this.#world.variant.reachesFormer && former?.isUp === true && this.#world.chance(0.5) ? former : store
  }

  /** Turns a resource off that nobody watches. */
  turnSomeOff(): void {
    const resource = this.#world.pick(RESOURCES)
    if ((this.#current?.streams.get(resource) ?? 0) === 0) this.#current?.machine.turnOff(resource)
  }

  #start(): void {
    const { highWater, stores, holdings, marks } = this.#disk
    const forgets = new Set(this.#world.variant.forgets)
    const isLost = ({ kind }: MarkRow): boolean => forgets.has(kind === 'gone' ? 'aside' : 'wiped')
    const state: SequencerState = {
      highWater,
      stores: [...stores.values()].map((row) => (forgets.has('aside') ? { ...row, asideAfter: undefined } : row)),
      holdings: forgets.has('holdings') ? [] : [...holdings.values()],
      marks: [...marks.values()].filter((mark) => !isLost(mark)),
    }
    const characters = this.#world.faults.trimming ? 10 : 100_000
    const { variant } = this.#world
    const instance = new SequencerInstance(variant.sequencer(state, (start) => variant.feed(start, characters)))
    this.#world.note(() => `sequencer starts at ${String(instance.machine.newest)}`)
    this.#current = instance
    this.#tick(instance)
  }

  #keep(writes: readonly SequencerWrite[]): void {
    for (const write of writes) {
      this.#world.note(() => `disk ${JSON.stringify(write)}`)
      if (write.kind === 'highWater') this.#disk.highWater = write.revision
      else if (write.kind === 'store') this.#disk.stores.set(write.store, write)
      else if (write.kind === 'holding') this.#disk.holdings.set(`${write.store} ${write.resource}`, write)
      else if (write.kind === 'mark') this.#disk.marks.set(`${write.mark.kind} ${write.mark.resource}`, write.mark)
      else {
        this.#disk.stores.delete(write.store)
        for (const [key, { store }] of this.#disk.holdings) if (store === write.store) this.#disk.holdings.delete(key)
      }
    }
  }

  #tick(instance: SequencerInstance): void {
    if (instance.isOver) return
    const duties = instance.machine.tick(this.#world.now)
    for (const { store, request } of duties.asks) this.#ask(instance, store, request)
    for (const store of duties.silent) {
      this.#world.note(() => `sets ${store} aside`)
      const confirm = (): void => {
        if (!instance.isOver) this.call(instance, (machine) => machine.confirmAside(store))
      }
      if (this.#world.variant.passesAtOnce) {
        instance.machine.setAside(store)
        instance.machine.confirmAside(store)
      } else this.call(instance, (machine) => machine.setAside(store))
      this.#world.after(this.#world.below(20), confirm)
    }
    this.#world.after(TICK_MS, () => this.#tick(instance))
  }

  #ask(instance: SequencerInstance, store: string, request: RowsRequest): void {
    this.store(store)?.ask(request, (answer) => {
      if (instance.isOver) return
      const next = this.answered(instance, answer)
      if (next !== undefined) this.#ask(instance, store, next)
    })
  }
}
