/** Each controller of THE list, cut after each of its durable writes, and run twice. */
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { clusterControllers, namespaceControllers } from '../../src/controllers/controllers.ts'
import type { Controller } from '../../src/reconcile/define-controller.ts'
import type { ServiceAddresses } from '../../src/objects/scope/service-addresses.ts'
import { ControllersWorld } from '../support/controllers-world.ts'
import { play, writesOfSecondRun } from '../support/cut-anywhere.ts'
import type { ScopesApi } from '../support/scopes-api.ts'
import { SCENARIOS } from './scenarios.ts'

/** Without an API: to be listed only. */
function allControllers(api?: ScopesApi): readonly Controller[] {
  const addresses = (): ServiceAddresses => {
    if (api === undefined) throw new Error('there are no addresses')
    return api.addresses()
  }
  return [
    ...clusterControllers({
      addressLedger: {
        lasting: () => addresses().lasting(),
        release: (leaked) => addresses().release(leaked),
        restore: (service) => addresses().restore(JSON.stringify(service)),
      },
      apiAddress: { clusterIP: '10.96.0.1', ip: '192.0.2.1', port: 6443 },
      namespaceContent: {
        deleteAll: (name, uid, what) =>
          api?.deleteContent(name, uid, what) ?? Promise.reject(new Error('there are no namespaces')),
      },
      version: 'v1.36.0',
    }),
    ...namespaceControllers({
      addressBook: {
        restore: async (service) => addresses().restore(JSON.stringify(service)),
        release: async (uid) => addresses().confirm(uid, null),
      },
      rootCertificates: () => 'PEM',
    }),
  ]
}

const entries = allControllers().map((controller): [string, Controller] => [
  `${controller.scope} ${controller.name}`,
  controller,
])

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
      new ControllersWorld((api) => allControllers(api).filter(isPlayed), scenario.namespaces)

    it('ends in the same state after whichever of its writes it is cut', async () => {
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
