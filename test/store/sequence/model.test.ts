/**
 * The rules of the sequencer under random interleavings: the production state machines between stores that crash, are
 * replaced while they live on, fall silent, are wiped and compacted, and a network that loses, delays and repeats.
 *
 *   RUNS=200000 npm test -- test/store/sequence/model.test.ts     before a release: some three minutes
 *   SEED=7 …                                                      begins with that seed
 *
 * A seed that fails is printed, and replays exactly.
 */
import { describe, expect, it } from 'vitest'
import { Sequencer } from '../../../src/store/sequence/sequencer.ts'
import { simulate } from './simulation/simulate.ts'
import { SkipsNothing, WITHOUT } from './simulation/without.ts'

const RUNS = Number(process.env['RUNS'] ?? '2000')
const FIRST_SEED = Number(process.env['SEED'] ?? '1')

/** How many runs a broken rule may survive: the rarest one needs a few thousand. */
const RUNS_WITHOUT = 10_000

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

  it('let a list after rows came back open a watch, also while nobody writes (rule 5)', () => {
    const startAfterReturn = (machine: Sequencer): string => {
      const speaker = { store: 'alpha', incarnation: 1 }
      const request = { ...speaker, id: 1, isFirst: true, count: 1, resources: ['pods'], close: undefined }
      expect(machine.reserve(request, 0).kind).toBe('granted')
      expect(machine.tick(6_000).silent).toEqual(['alpha'])
      machine.setAside('alpha')
      machine.confirmAside('alpha')
      const [ask] = machine.tick(7_000).asks
      const { after = 0, floor = 0 } = ask?.request ?? {}
      const answer = { ...speaker, id: 2, after, isNamesOnly: true, rows: [], isCompacted: false, through: floor }
      machine.answered({ ...answer, touched: ['pods'] }, 7_000)
      return machine.start('pods', machine.newest).kind
    }
    const state = { highWater: 0, stores: [], holdings: [], marks: [] }
    expect(startAfterReturn(new Sequencer(state))).not.toBe('gone')
    expect(startAfterReturn(new SkipsNothing(state))).toBe('gone')
  })
})
