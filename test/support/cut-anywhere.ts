/**
 * What every controller must keep: it may be ended after any of its durable writes and run twice, and the state that it
 * comes to is the same. A scenario is played undisturbed, and then once for each durable write of that run, with
 * everything ended after that write and begun anew on what was written.
 */
import type { KubeObject } from '../../src/apimachinery/meta.ts'
import type { ControllersWorld } from './controllers-world.ts'

export interface Scenario {
  /** Controllers of THE list that it takes besides, by name. */
  readonly with?: readonly string[]
  readonly namespaces?: readonly string[]
  /** Batches stay whole, where cutting them into single writes shows nothing new and takes long. */
  readonly isBatched?: true
  /** What others do, and how time passes. A step that was cut is done again, so it may find its own work done. */
  readonly steps: readonly ((world: ControllersWorld) => Promise<unknown>)[]
}

const ALL = Number.MAX_SAFE_INTEGER

/** After the last step: what a dead process reserved has run out (60 s), and every back-off of those who wait for it. */
const REST_MS = 180_000

/** Nothing is due any more; a controller that writes within these minutes is not at rest. */
const AT_REST_MS = 600_000

export interface Outcome {
  /** The state of each namespace, in the order of their names. */
  readonly states: readonly string[]
  readonly durableWrites: number
}

/** Plays it; `endAfter`: the durable write after which everything ends, once. */
export async function play(scenario: Scenario, world: ControllersWorld, endAfter?: number): Promise<Outcome> {
  world.api.isOneByOne = scenario.isBatched !== true
  await world.api.ready
  const before = world.api.life.writes
  if (endAfter !== undefined) world.api.endAfterWrites(endAfter)
  const steps = [...scenario.steps, (last: ControllersWorld): Promise<unknown> => last.advance(REST_MS)]
  for (const step of steps) await stepThrough(step, world)
  const durableWrites = world.api.life.writes - before
  return { states: stateOf(world), durableWrites }
}

async function stepThrough(step: Scenario['steps'][number], world: ControllersWorld): Promise<void> {
  const { life } = world.api
  try {
    await step(world)
    await world.settle()
  } catch (error) {
    if (!life.isOver) throw error
  }
  if (!life.isOver) return
  world.restart()
  await step(world)
  await world.settle()
}

function stateOf(world: ControllersWorld): string[] {
  const objects = world.namespaces.flatMap((namespace) =>
    world.state(namespace).map((line) => `${namespace}: ${line}`),
  )
  return [...objects, ...reservationsOf(world)]
}

/** How many addresses each Service holds; which ones they are is chance. */
function reservationsOf({ api, namespaces }: ControllersWorld): string[] {
  const names = new Map<string, string>()
  for (const namespace of namespaces) {
    for (const { text } of api.store(namespace).list({ resource: 'services', limit: ALL }).objects) {
      const { metadata } = JSON.parse(text) as KubeObject
      names.set(metadata.uid ?? '', `${namespace}/${metadata.name ?? ''}`)
    }
  }
  const held = api.addresses().lasting()
  return held.map(({ pool, uid }) => `reserved: ${pool} for ${names.get(uid) ?? `nobody (${uid})`}`).sort()
}

/** The writes of a second run of every key, and of ten minutes at rest: there are to be none. */
export async function writesOfSecondRun(world: ControllersWorld): Promise<readonly string[]> {
  const before = world.api.writes.length
  for (const namespace of world.namespaces) world.driver(namespace).resync(true)
  await world.settle()
  const { writes } = world.api.life
  await world.advance(AT_REST_MS)
  const idle = world.api.life.writes - writes
  return [...world.api.writes.slice(before), ...(idle === 0 ? [] : [`${String(idle)} durable writes at rest`])]
}
