import { expect, it } from 'vitest'
import { ManualClock } from '../../src/lib/clock.ts'
import { GUARD_MS, MAX_GUARD_MS, PodAlarm } from '../../src/objects/pod-worker/pod-alarm.ts'

class World {
  readonly clock = new ManualClock(0)
  readonly writes: string[] = []
  alarmMs: number | undefined
  readonly alarm = new PodAlarm(
    {
      setAlarm: (timeMs) => {
        this.alarmMs = timeMs
        this.writes.push(`set ${String(timeMs)}`)
      },
      deleteAlarm: () => {
        this.alarmMs = undefined
        this.writes.push('delete')
      },
    },
    this.clock,
  )

  /** Time passes until the alarm goes off. */
  goOff(isBusy: boolean): void {
    this.clock.advance((this.alarmMs ?? NaN) - this.clock.now())
    this.alarmMs = undefined
    this.alarm.wentOff(isBusy)
  }
}

it('goes off for whoever comes first, and then for the other', () => {
  const world = new World()
  world.alarm.wakeAt(3_000)
  world.alarm.guard()
  expect(world.alarmMs).toBe(3_000)
  world.goOff(true)
  expect(world.alarmMs).toBe(GUARD_MS)
  world.alarm.wakeAt(undefined)
  expect(world.alarmMs).toBe(GUARD_MS)
})

it('writes nothing for what it already is set to', () => {
  const world = new World()
  for (let entry = 0; entry < 100; entry++) world.alarm.guard()
  world.alarm.wakeAt(9_000)
  world.alarm.wakeAt(9_000)
  world.alarm.wakeAt(undefined)
  expect(world.writes).toEqual([`set ${String(GUARD_MS)}`])
})

it('looks at code that runs on ever less often, and begins anew for what is entered later', () => {
  const world = new World()
  world.alarm.guard()
  const delaysMs: number[] = []
  for (let look = 0; look < 6; look++) {
    const beforeMs = world.clock.now()
    world.goOff(true)
    delaysMs.push((world.alarmMs ?? NaN) - world.clock.now())
    expect(world.clock.now()).toBeGreaterThan(beforeMs)
  }
  expect(delaysMs).toEqual([10_000, 20_000, 40_000, MAX_GUARD_MS, MAX_GUARD_MS, MAX_GUARD_MS])
  world.goOff(false)
  expect(world.alarmMs).toBeUndefined()
  world.alarm.guard()
  expect((world.alarmMs ?? NaN) - world.clock.now()).toBe(GUARD_MS)
})
