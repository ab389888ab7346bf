/**
 * The rules of the sequencer under random interleavings: the production state machines between stores that crash, fall
 * silent, are wiped and compacted, and a network that loses, delays and repeats. RUNS raises the number of runs
 * (200,000 before a release), SEED begins elsewhere; a failing seed is printed and replays exactly.
 */
import { describe, expect, it } from 'vitest'
import { simulate } from './simulation/simulate.ts'
import { WITHOUT } from './simulation/without.ts'

const RUNS = Number(process.env['RUNS'] ?? '4000')
const FIRST_SEED = Number(process.env['SEED'] ?? '1')

/** How many runs a broken rule may survive: the rarest one needs a few thousand. */
const RUNS_WITHOUT = 30_000

/** For the slowest machine: a run takes about a millisecond. */
const timeoutMs = 60_000 + RUNS * 10

describe('the rules of the sequencer', () => {
  it(`hold in ${String(RUNS)} random runs from seed ${String(FIRST_SEED)}`, { timeout: timeoutMs }, () => {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + RUNS; seed += 1) {
      const { violation } = simulate(seed)
      expect(violation, `seed ${String(seed)}`).toBeUndefined()
    }
  })

  it('replay exactly from a seed', () => {
    expect(simulate(7, undefined, true)).toEqual(simulate(7, undefined, true))
  })

  for (const [rule, variant] of Object.entries(WITHOUT)) {
    it(`are needed: the runs fail when ${rule}`, { timeout: 120_000 }, () => {
      let seed = 1
      while (seed <= RUNS_WITHOUT && simulate(seed, variant).violation === undefined) seed += 1
      expect(seed).toBeLessThanOrEqual(RUNS_WITHOUT)
    })
  }
})
