/** One run: a seed, a set of rules, a time of faults and then calm in which everything must come right again. */
import { NamespaceWatcher } from './namespace-watcher.ts'
import { SequencerActor } from './sequencer-actor.ts'
import { StoreActor } from './store-actor.ts'
import { Watcher } from './watcher.ts'
import type { Variant } from './world.ts'
import { RESOURCES, SOUND, STORES, Violation, World } from './world.ts'

/** Calm that is long enough for every deadline of the rules to pass, with retries. */
const CALM_MS = 25_000

export interface Outcome {
  /** What went wrong, or undefined. */
  readonly violation: string | undefined
  readonly trace: readonly string[]
}

export function simulate(seed: number, variant: Variant = SOUND, isTraced = false): Outcome {
  const world = new World(seed, variant, isTraced)
  try {
    runOnce(world)
    return { violation: undefined, trace: world.trace ?? [] }
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    return { violation: error.message, trace: world.trace ?? [] }
  }
}

function runOnce(world: World): void {
  const sequencer = new SequencerActor(world)
  for (const name of STORES) sequencer.stores.set(name, new StoreActor(name, world, sequencer))
  const watchers = Array.from({ length: 3 }, () => new Watcher(world, sequencer, world.pick(RESOURCES)))
  const inOne = Array.from(
    { length: 2 },
    () => new NamespaceWatcher(world, sequencer, world.pick(STORES), world.pick(RESOURCES)),
  )
  writeOften(world, sequencer)
  failOften(world, sequencer)
  world.run(world.calmAtMs + CALM_MS)
  const newest = world.committed.size === 0 ? 0 : Math.max(...world.committed.keys())
  for (const { isLive, position, resource } of watchers) {
    if (!isLive) throw new Violation(`the watch of ${resource} does not come back`)
    const lastOfIt = [...world.committed].filter(([, { change }]) => change.resource === resource)
    const last = Math.max(0, ...lastOfIt.map(([revision]) => revision))
    if (position >= last) continue
    throw new Violation(`the watch of ${resource} stays at ${String(position)} of ${String(newest)}`)
  }
  judgeCalm(world)
  for (const watcher of [...watchers, ...inOne]) watcher.judge()
}

/** In bursts, and once more in every store when it is calm: those writes must get through. */
function writeOften(world: World, { stores }: SequencerActor): void {
  const write = (): void => {
    if (world.isCalm) return
    for (let burst = world.chance(0.3) ? 1 + world.below(6) : 1; burst > 0; burst -= 1) {
      world.pick([...stores.values()]).write(world.pick(RESOURCES))
    }
    world.after(world.below(world.chance(0.2) ? 1_500 : 250), write)
  }
  write()
  world.after(world.calmAtMs + 15_000, () => {
    for (const store of stores.values()) for (const resource of RESOURCES) store.write(resource)
  })
}

function judgeCalm(world: World): void {
  const since = world.calmAtMs + 15_000
  for (const name of STORES) {
    const isServed = [...world.committed.values()].some(
      ({ store, acknowledgedAtMs }) => store === name && (acknowledgedAtMs ?? 0) >= since,
    )
    if (!isServed) throw new Violation(`${name} takes no writes any more`)
  }
}

function failOften(world: World, sequencer: SequencerActor): void {
  const every = (meanMs: number, fault: () => void): void => {
    const again = (): void => {
      if (world.isCalm) return
      fault()
      world.after(world.below(2 * meanMs), again)
    }
    world.after(world.below(2 * meanMs), again)
  }
  const { faults } = world
  const someStore = (): StoreActor => world.pick([...sequencer.stores.values()])
  if (faults.crashes) every(2_500, () => someStore().crash())
  if (faults.sequencerCrashes) every(4_000, () => sequencer.crash())
  if (faults.partitions) every(5_000, () => someStore().fallSilent(500 + world.below(9_000)))
  if (faults.wipes) every(4_000, () => someStore().wipe())
  if (faults.compactions) every(3_000, () => someStore().compact())
  every(1_500, () => sequencer.turnSomeOff())
}
