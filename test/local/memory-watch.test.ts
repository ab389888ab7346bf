import { expect, it } from 'vitest'
import { ManualClock } from '../../src/lib/clock.ts'
import { residentBytes, watchMemory } from '../../src/local/upkeep/memory-watch.ts'

it('reports each look at more than the limit, and nothing else', () => {
  const clock = new ManualClock()
  const readings = [90, 101, 100, undefined, 150]
  const exceeded: number[] = []
  const stop = watchMemory({
    clock,
    limitBytes: 100,
    read: () => readings.shift(),
    onExceeded: (bytes) => exceeded.push(bytes),
  })
  clock.advance(2_000)
  expect(readings).toEqual([])
  expect(exceeded).toEqual([101, 150])
  stop()
  expect(clock.nextDue()).toBeUndefined()
})

it.skipIf(process.platform !== 'linux')('reads what a process holds (skipped elsewhere: there is no /proc)', () => {
  const bytes = residentBytes(process.pid) ?? 0
  expect(bytes).toBeGreaterThan(10 * 1024 ** 2)
  expect(bytes).toBeLessThan(8 * 1024 ** 3)
  expect(residentBytes(2 ** 22 + 1)).toBeUndefined()
})
