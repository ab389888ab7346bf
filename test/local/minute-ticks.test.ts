import { expect, it } from 'vitest'
import { ManualClock } from '../../src/lib/clock.ts'
import { everyMinute } from '../../src/local/upkeep/minute-ticks.ts'

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('ticks at every full minute, as Cron does', async () => {
  const clock = new ManualClock(Date.UTC(2026, 0, 1, 0, 0, 20))
  const ticks: string[] = []
  everyMinute(clock, () => {
    ticks.push(new Date(clock.now()).toISOString().slice(11, 19))
    return Promise.resolve()
  })
  for (let second = 0; second < 130; second += 1) {
    clock.advance(1_000)
    await settle()
  }
  expect(ticks).toEqual(['00:01:00', '00:02:00'])
})

it('does not overtake a tick that takes long, and goes on after one that failed', async () => {
  const clock = new ManualClock(0)
  let running = 0
  let most = 0
  let count = 0
  everyMinute(clock, async () => {
    count += 1
    running += 1
    most = Math.max(most, running)
    await new Promise<void>((resolve) => clock.after(90_000, resolve))
    running -= 1
    throw new Error('failed')
  })
  for (let second = 0; second < 600; second += 1) {
    clock.advance(1_000)
    await settle()
  }
  expect(most).toBe(1)
  expect(count).toBe(5)
})

it('stops', () => {
  const clock = new ManualClock(0)
  const stop = everyMinute(clock, () => Promise.resolve())
  stop()
  expect(clock.nextDue()).toBeUndefined()
})
