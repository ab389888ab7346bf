/** The sequencer in the simulation: the production machine with a disk, crashes and a timer. */
import { Feed } from '../../../../src/store/sequence/feed.ts'
import type { RowsAnswer, RowsRequest } from '../../../../src/store/sequence/messages.ts'
import type { Sequencer } from '../../../../src/store/sequence/sequencer.ts'
import type { MarkRow, SequencerState, StoreRow } from '../../../../src/store/sequence/sequencer-state.ts'
import type { StoreActor } from './store-actor.ts'
import type { World } from './world.ts'
import { RESOURCES } from './world.ts'

const TICK_MS = 250

export class SequencerActor {
  readonly #world: World
  readonly #disk = {
    highWater: 0,
    stores: new Map<string, StoreRow>(),
    holdings: new Map<string, { store: string; resource: string }>(),
    marks: new Map<string, MarkRow>(),
  }
  stores = new Map<string, StoreActor>()
  #machine: Sequencer | undefined
  life = 0
  /** Streams that are open, by resource: rows are turned off only when there are none. */
  readonly streams = new Map<string, number>()

  constructor(world: World) {
    this.#world = world
    this.#start()
    this.#tick()
  }

  /** The machine, while the sequencer is up. */
  get machine(): Sequencer | undefined {
    return this.#machine
  }

  crash(): void {
    if (this.#machine === undefined) return
    this.#world.note(() => 'sequencer crashes')
    this.#machine = undefined
    this.life += 1
    this.streams.clear()
    this.#world.after(this.#world.below(1_500), () => this.#start())
  }

  /** A call: what the machine decides is on disk before anything leaves. */
  call<T>(ask: (machine: Sequencer) => T): T | undefined {
    const machine = this.#machine
    if (machine === undefined) return undefined
    const reply = ask(machine)
    this.#keep(machine)
    return reply
  }

  answered(answer: RowsAnswer): RowsRequest | undefined {
    return this.call((machine) => machine.answered(answer, this.#world.now))
  }

  /** Turns a resource off that nobody watches. */
  turnSomeOff(): void {
    const resource = this.#world.pick(RESOURCES)
    if ((this.streams.get(resource) ?? 0) === 0) this.#machine?.turnOff(resource)
  }

  #start(): void {
    const { highWater, stores, holdings, marks } = this.#disk
    const isForgetful = this.#world.variant.forgetsAside && this.life > 0
    const state: SequencerState = {
      highWater,
      stores: [...stores.values()].map((row) => (isForgetful ? { ...row, asideAfter: undefined } : row)),
      holdings: [...holdings.values()],
      marks: [...marks.values()].filter(({ kind }) => !isForgetful || kind === 'wiped'),
    }
    const characters = this.#world.faults.trimming ? 10 : 100_000
    this.#machine = this.#world.variant.sequencer(state, (start) => new Feed(start, characters))
    this.#world.note(() => `sequencer starts at ${String(this.#machine?.newest)}`)
  }

  #keep(machine: Sequencer): void {
    for (const write of machine.takeWrites()) {
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

  #tick(): void {
    const duties = this.#machine?.tick(this.#world.now)
    for (const { store, request } of duties?.asks ?? []) this.#ask(store, request)
    for (const store of duties?.silent ?? []) {
      this.#world.excuses += 1
      this.#world.note(() => `sets ${store} aside`)
      this.call((machine) => machine.setAside(store))
      const { life } = this
      this.#world.after(this.#world.below(20), () => {
        if (life === this.life) this.call((machine) => machine.confirmAside(store))
      })
    }
    this.#world.after(TICK_MS, () => this.#tick())
  }

  #ask(store: string, request: RowsRequest): void {
    this.stores.get(store)?.ask(request, (answer) => {
      const next = this.answered(answer)
      if (next !== undefined) this.#ask(store, next)
    })
  }
}
