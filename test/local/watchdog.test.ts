import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/lib/clock.ts'
import { Watchdog } from '../../src/local/upkeep/watchdog.ts'

/** Lets the answers that are under way arrive. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

function watched(ask: () => Promise<void>) {
  const clock = new ManualClock(0)
  const silences: { atMs: number; silentMs: number }[] = []
  const watchdog = new Watchdog({ clock, ask, onSilent: (silentMs) => silences.push({ atMs: clock.now(), silentMs }) })
  const advance = async (durationMs: number): Promise<void> => {
    for (let moved = 0; moved < durationMs; moved += 100) {
      clock.advance(100)
      await settle()
    }
  }
  return { clock, silences, watchdog, advance }
}

describe('the watchdog', () => {
  it('says nothing while every question is answered', async () => {
    const { watchdog, advance, silences } = watched(() => Promise.resolve())
    watchdog.start()
    await advance(60_000)
    expect(silences).toEqual([])
  })

  it('reports a process that stops answering within 5 s of its last answer', async () => {
    let isSpinning = false
    const { watchdog, advance, silences } = watched(() =>
      isSpinning ? new Promise(() => undefined) : Promise.resolve(),
    )
    watchdog.start()
    await advance(3_000)
    isSpinning = true
    await advance(6_000)
    expect(silences).toHaveLength(1)
    expect(silences[0]?.atMs).toBeLessThanOrEqual(3_000 + 5_000)
  })

  it('reports a process whose port stays closed, though it refuses at once', async () => {
    const { watchdog, advance, silences } = watched(() => Promise.reject(new Error('refused')))
    watchdog.start()
    await advance(4_900)
    expect(silences).toHaveLength(1)
  })

  it('forgives a pause shorter than the limit', async () => {
    let isPaused = false
    const { watchdog, advance, silences } = watched(() =>
      isPaused ? Promise.reject(new Error('refused')) : Promise.resolve(),
    )
    watchdog.start()
    await advance(1_000)
    isPaused = true
    await advance(3_000)
    isPaused = false
    await advance(10_000)
    expect(silences).toEqual([])
  })

  it('watches on after a report, and reports the next silence anew', async () => {
    const { watchdog, advance, silences } = watched(() => new Promise(() => undefined))
    watchdog.start()
    await advance(10_000)
    expect(silences.length).toBeGreaterThanOrEqual(2)
  })

  it('is quiet once stopped', async () => {
    const { clock, watchdog, silences } = watched(() => new Promise(() => undefined))
    watchdog.start()
    watchdog.stop()
    clock.advance(60_000)
    await settle()
    expect(silences).toEqual([])
    expect(clock.nextDue()).toBeUndefined()
  })
})
