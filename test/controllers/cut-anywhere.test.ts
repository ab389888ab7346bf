/** Each controller of THE list, cut after each of its durable writes, and run twice. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import type { Controller } from '../../src/reconcile/define-controller.ts'
import { seededRandom } from '../../src/lib/random.ts'
import { ControllersWorld } from '../support/controllers-world.ts'
import { play, writesOfSecondRun } from '../support/cut-anywhere.ts'
import { ScopesApi } from '../support/scopes-api.ts'
import { SteppedClock } from '../support/stepped-clock.ts'
import { everyController } from './every-controller.ts'
import { SCENARIOS } from './scenarios.ts'

const listed = everyController(new ScopesApi(new SteppedClock(), seededRandom(1)))
const entries = listed.map((controller): [string, Controller] => [`${controller.scope} ${controller.name}`, controller])

// What a process that is cut says on its way out.
beforeEach(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => undefined)
})

describe('THE list of controllers', () => {
  it('has a scenario for each, and no other', () => {
    expect(Object.keys(SCENARIOS).sort()).toEqual(entries.map(([id]) => id).sort())
  })

  describe.each(entries)('%s', (id, { scope, name }) => {
    const scenario = SCENARIOS[id] ?? { steps: [] }
    const isPlayed = (one: Controller): boolean =>
      (one.scope === scope && one.name === name) || (scenario.with ?? []).includes(one.name)
    const aWorld = (): ControllersWorld =>
      new ControllersWorld((api) => everyController(api).filter(isPlayed), scenario.namespaces)

    // As many plays as there are writes.
    it('ends in the same state after whichever of its writes it is cut', { timeout: 60_000 }, async () => {
      const undisturbed = aWorld()
      const { states, durableWrites } = await play(scenario, undisturbed)
      // Writing the status of what has just gone is refused, which is in order; anything else would be ours to mend.
      expect(undisturbed.errors.filter((text) => !text.endsWith(' not found'))).toEqual([])
      expect(durableWrites).toBeGreaterThan(1)
      for (let count = 1; count <= durableWrites; count++) {
        const cut = await play(scenario, aWorld(), count)
        expect(cut.states, `cut after durable write ${String(count)}`).toEqual(states)
      }
    })

    it('writes nothing when every key runs again, nor in ten minutes at rest', async () => {
      const world = aWorld()
      await play(scenario, world)
      expect(await writesOfSecondRun(world)).toEqual([])
    })
  })
})
