import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/lib/clock.ts'
import { ObjectAlarm } from '../../src/objects/scope/actors/object-alarm.ts'

function made() {
  const clock = new ManualClock(0)
  const set: number[] = []
  const alarm = new ObjectAlarm({ set: (timeMs) => Promise.resolve(void set.push(timeMs)) }, clock)
  return { alarm, clock, set }
}

describe('the one alarm of an object', () => {
  it('is set to the earliest time that anybody names, and costs nothing for later ones', async () => {
    const { alarm, set } = made()
    for (const timeMs of [5_000, 7_000, undefined, 1_000, 1_000]) await alarm.atLatest(timeMs)
    expect(set).toEqual([5_000, 1_000])
  })

  it('is set again once it fired, and never into the past', async () => {
    const { alarm, clock, set } = made()
    await alarm.atLatest(1_000)
    clock.advance(2_000)
    alarm.fired()
    await alarm.atLatest(0)
    expect(set).toEqual([1_000, 2_001])
  })

  it('is set anew when it does not come', async () => {
    const { alarm, clock, set } = made()
    await alarm.atLatest(1_000)
    clock.advance(5_000)
    await alarm.atLatest(9_000)
    clock.advance(10_000)
    await alarm.atLatest(16_000)
    expect(set).toEqual([1_000, 16_000])
  })
})
