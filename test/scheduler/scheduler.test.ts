import { describe, expect, it, vi } from 'vitest'
import type { V1Pod } from '../../src/apis/generated/types.ts'
import { ManualClock } from '../../src/lib/clock.ts'
import { seededRandom } from '../../src/lib/random.ts'
import { DEFAULT_PROFILE } from '../../src/scheduler/profile.ts'
import { ANNOUNCED_AT_ONCE, ANNOUNCE_AFTER_MS, Scheduler } from '../../src/scheduler/scheduler.ts'
import type { Bind, Binder, BindOutcome } from '../../src/scheduler/scheduler.ts'
import { aNode, aPod } from './builders.ts'

type Fault = 'none' | 'refused' | 'lost' | 'thrown'

/** An API of pods: binds are conditional, and faults come on cue. `changes` is what a feed would serve. */
class World implements Binder {
  readonly clock = new ManualClock()
  readonly pods = new Map<string, V1Pod>()
  readonly bound: string[] = []
  readonly reports: string[] = []
  readonly announced: string[] = []
  changes: V1Pod[] = []
  fault: () => Fault = () => 'none'
  /** Runs while a bind is under way. */
  during: () => void = () => undefined
  scheduler = this.rebuild()

  rebuild(): Scheduler {
    const { clock } = this
    const made = new Scheduler({ profile: DEFAULT_PROFILE, binder: this, clock, random: seededRandom(3) })
    made.setNode(aNode({ name: 'n0', cpu: '2' }))
    made.setNode(aNode({ name: 'n1', cpu: '2' }))
    this.changes = []
    for (const pod of this.pods.values()) made.setPod(pod)
    this.scheduler = made
    return made
  }

  add(pod: V1Pod): void {
    this.pods.set(pod.metadata.uid ?? '', pod)
    this.scheduler.setPod(pod)
  }

  deliver(): void {
    for (const pod of this.changes.splice(0)) this.scheduler.setPod(pod)
  }

  async bind(_namespace: string, binds: readonly Bind[]): Promise<readonly BindOutcome[]> {
    await Promise.resolve()
    const fault = this.fault()
    const outcomes =
      fault === 'refused' ? binds.map((): BindOutcome => 'failed') : binds.map((bind) => this.#commit(bind))
    this.during()
    if (fault === 'thrown' || fault === 'lost') throw new Error(fault)
    return outcomes
  }

  announce(_namespace: string, bound: readonly Bind[]): Promise<void> {
    this.announced.push(...bound.map(({ uid }) => uid))
    return Promise.resolve()
  }

  report(_namespace: string, failures: readonly { readonly name: string; readonly message: string }[]): Promise<void> {
    for (const { name, message } of failures) this.reports.push(`${name}: ${message}`)
    return Promise.resolve()
  }

  #commit({ uid, nodeName }: Bind): BindOutcome {
    const pod = this.pods.get(uid)
    if (pod?.spec === undefined || (pod.spec.nodeName ?? '') !== '') return 'gone'
    const next = { ...pod, spec: { ...pod.spec, nodeName } }
    this.pods.set(uid, next)
    this.changes.push(next)
    this.bound.push(`${uid}@${nodeName}`)
    return 'bound'
  }
}

const nodeOf = (world: World, uid: string): string | undefined => world.pods.get(uid)?.spec?.nodeName
const placed = (world: World): string[] => [...world.pods.keys()].filter((uid) => nodeOf(world, uid) !== undefined)

describe('a scheduler', () => {
  it('binds pods of one batch with regard to each other, and reports who is left over', async () => {
    const world = new World()
    for (const name of ['a', 'b', 'c']) world.add(aPod({ name, cpu: '2' }))
    await world.scheduler.run()
    expect(placed(world)).toEqual(['a', 'b'])
    expect(nodeOf(world, 'a')).not.toBe(nodeOf(world, 'b'))
    expect(world.reports).toEqual([expect.stringContaining('c: 0/2 nodes are available: 2 Insufficient cpu. ')])
  })

  it('announces at once where few pods come, and a while later and together where many do', async () => {
    const world = new World()
    world.scheduler.setNode(aNode({ name: 'n2', cpu: '8' }))
    const add = (prefix: string, count: number): void => {
      for (let n = 0; n < count; n++) world.add(aPod({ name: `${prefix}${String(n)}`, cpu: '100m' }))
    }
    add('few', 2)
    await world.scheduler.run()
    world.clock.advance(0)
    await vi.waitFor(() => expect(world.announced).toEqual(['few0', 'few1']))
    add('many', ANNOUNCED_AT_ONCE)
    await world.scheduler.run()
    world.clock.advance(ANNOUNCE_AFTER_MS - 1)
    expect(world.announced).toHaveLength(2)
    world.clock.advance(1)
    await vi.waitFor(() => expect(world.announced).toHaveLength(2 + ANNOUNCED_AT_ONCE))
  })

  it('announces what was bound, and only that', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const world = new World()
    const announce = vi.spyOn(world, 'announce').mockImplementation((_namespace, bound) => {
      world.announced.push(...bound.map(({ uid }) => uid))
      return Promise.reject(new Error('not now'))
    })
    world.during = () => {
      world.during = () => undefined
      world.add(aPod({ name: 'late', cpu: '1' }))
    }
    const taken = aPod({ name: 'taken', cpu: '1' })
    world.pods.set('taken', { ...taken, spec: { containers: [], ...taken.spec, nodeName: 'n0' } })
    world.scheduler.setPod(taken)
    world.add(aPod({ name: 'a', cpu: '1' }))
    await world.scheduler.run()
    world.clock.advance(0)
    await vi.waitFor(() => expect(warn).toHaveBeenCalled())
    expect([world.announced, announce.mock.calls.length]).toEqual([['a', 'late'], 1])
    warn.mockRestore()
  })

  it('tries a pod again when one that took its place is gone', async () => {
    const world = new World()
    for (const name of ['a', 'b', 'c']) world.add(aPod({ name, cpu: '2' }))
    await world.scheduler.run()
    world.deliver()
    world.pods.delete('a')
    world.scheduler.removePod('a')
    world.clock.advance((world.scheduler.nextDueMs() ?? 0) - world.clock.now())
    await world.scheduler.run()
    expect(placed(world)).toContain('c')
  })

  it('does not decide again on a pod whose old state is served during or after its bind', async () => {
    const world = new World()
    const labeled = aPod({ name: 'a', cpu: '2', generation: 2 })
    world.during = () => world.scheduler.setPod(labeled)
    world.add(aPod({ name: 'a', cpu: '2' }))
    await world.scheduler.run()
    world.scheduler.setPod(labeled)
    await world.scheduler.run()
    expect(world.bound).toHaveLength(1)
    // Its room stays taken: only one more of its size fits.
    for (const name of ['b', 'c']) world.add(aPod({ name, cpu: '2' }))
    await world.scheduler.run()
    expect(placed(world)).toEqual(['a', 'b'])
  })

  it('keeps the room of a pod whose answer is lost but whose change was served', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const world = new World()
    world.fault = () => 'lost'
    world.during = () => world.deliver()
    world.add(aPod({ name: 'a', cpu: '2' }))
    await world.scheduler.run()
    expect(world.scheduler.nextDueMs()).toBeUndefined()
    world.fault = () => 'none'
    for (const name of ['b', 'c']) world.add(aPod({ name, cpu: '2' }))
    await world.scheduler.run()
    expect(placed(world)).toEqual(['a', 'b'])
    warn.mockRestore()
  })

  it('gives the room of a failed bind to pods that were turned away because of it', async () => {
    const world = new World()
    world.fault = () => 'refused'
    for (const name of ['a', 'b', 'c']) world.add(aPod({ name, cpu: '2' }))
    await world.scheduler.run()
    world.fault = () => 'none'
    world.clock.advance(1_000)
    await world.scheduler.run()
    expect(placed(world)).toHaveLength(2)
  })

  it('forgets a pod that is deleted while it is bound', async () => {
    const world = new World()
    world.fault = () => 'refused'
    world.during = () => {
      world.pods.delete('a')
      world.scheduler.removePod('a')
    }
    world.add(aPod({ name: 'a' }))
    await world.scheduler.run()
    expect(world.scheduler.nextDueMs()).toBeUndefined()
  })

  it('leaves pods of other schedulers, deleted ones and ended ones alone', async () => {
    const world = new World()
    world.add(aPod({ name: 'a', spec: { schedulerName: 'mine' } }))
    world.add(aPod({ name: 'b', status: { phase: 'Failed' } }))
    const deleted = aPod({ name: 'c' })
    world.add({ ...deleted, metadata: { ...deleted.metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } })
    await world.scheduler.run()
    expect(placed(world)).toEqual([])
  })

  it('waits for the gates of a pod without trying', async () => {
    const world = new World()
    world.add(aPod({ name: 'a', spec: { schedulingGates: [{ name: 'g' }] } }))
    await world.scheduler.run()
    expect(world.scheduler.nextDueMs()).toBeUndefined()
    expect(world.reports).toEqual(['a: Scheduling is blocked due to non-empty scheduling gates'])
    world.add(aPod({ name: 'a', generation: 2 }))
    await world.scheduler.run()
    expect(placed(world)).toEqual(['a'])
  })

  it('is not kept busy by nodes that only say that they are alive', async () => {
    const world = new World()
    world.add(aPod({ name: 'a', cpu: '3' }))
    await world.scheduler.run()
    const due = world.scheduler.nextDueMs()
    world.scheduler.setNode(aNode({ name: 'n0', cpu: '2' }))
    expect(world.scheduler.nextDueMs()).toBe(due)
    world.scheduler.setNode(aNode({ name: 'n0', cpu: '4' }))
    world.clock.advance(1_000)
    await world.scheduler.run()
    expect(nodeOf(world, 'a')).toBe('n0')
  })

  it('goes on with the others when one pod cannot be read', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const world = new World()
    world.add(aPod({ name: 'a', cpu: 'many' }))
    world.add(aPod({ name: 'b', cpu: '1' }))
    await world.scheduler.run()
    expect(placed(world)).toEqual(['b'])
    expect(world.scheduler.nextDueMs()).toBe(world.clock.now() + 1_000)
    warn.mockRestore()
  })
})

const FAULTS: readonly Fault[] = ['none', 'none', 'refused', 'lost', 'thrown']

it.each(Array.from({ length: 60 }, (_, seed) => ({ seed })))(
  'history $seed of faults and restarts: each pod is bound once and none is forgotten',
  async ({ seed }) => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const random = seededRandom(seed)
    const world = new World()
    const isNow = (chance: number): boolean => random.next() < chance
    world.fault = () => FAULTS[Math.floor(random.next() * FAULTS.length)] ?? 'none'
    world.during = () => {
      if (isNow(0.3)) world.deliver()
      if (isNow(0.2)) world.rebuild()
    }
    for (let step = 0; step < 12; step++) {
      if (step < 8) world.add(aPod({ name: `p${String(step)}`, cpu: '400m' }))
      const { scheduler } = world
      await scheduler.run()
      if (isNow(0.5)) world.deliver()
      if (isNow(0.3)) world.rebuild()
      if (isNow(0.5)) world.clock.advance(1_500)
    }
    world.fault = () => 'none'
    world.during = () => undefined
    world.deliver()
    for (let round = 0; round < 5; round++) {
      world.clock.advance(10_000)
      await world.scheduler.run()
      world.deliver()
    }
    expect(placed(world)).toHaveLength(8)
    expect(new Set(world.bound.map((one) => one.split('@')[0])).size).toBe(world.bound.length)
    expect(world.scheduler.nextDueMs()).toBeUndefined()
    warn.mockRestore()
  },
)
