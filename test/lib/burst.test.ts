/** Few things wait for nothing, many do; a while later they are few again. */
import { expect, it } from 'vitest'
import { Burst } from '../../src/lib/burst.ts'
import { SteppedClock } from '../support/stepped-clock.ts'

it('delays what is more than a few within the time, and starts anew after it', () => {
  const clock = new SteppedClock()
  const burst = new Burst(clock, 3, 1_000)
  expect([burst.delayMs(), burst.delayMs(2), burst.delayMs()]).toEqual([0, 0, 1_000])
  clock.advance(999)
  expect(burst.delayMs()).toBe(1_000)
  clock.advance(1)
  expect([burst.delayMs(), burst.delayMs(3)]).toEqual([0, 1_000])
})
