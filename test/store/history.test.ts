/** The history on node:sqlite (suite/history-cases.ts), and the deltas that it is made of. */
import { describe, expect, it } from 'vitest'
import { seededRandom } from '../../src/lib/random.ts'
import { applyDelta, encodeDelta } from '../../src/store/history/text-delta.ts'
import { migrationsOnDisk, nodeSqlite } from '../support/sql/node-sqlite.ts'
import { storeModules } from './store-modules.ts'
import { historyCases } from './suite/history-cases.ts'

const place = { migrations: migrationsOnDisk(), newSql: () => nodeSqlite() }

describe('history', () => {
  it.each(historyCases)('$title', ({ run }) => {
    expect.hasAssertions()
    run(storeModules, place)
  })
})

/** As an API server writes it: what changes is at the front (resourceVersion), in the middle and at the end. */
function aDeployment(revision: number, image: string, ready: number): string {
  const container = {
    name: 'app',
    image,
    env: Array.from({ length: 30 }, (_, index) => ({
      name: `VARIABLE_${String(index)}`,
      value: `value ${String(index)}`,
    })),
  }
  return JSON.stringify({
    kind: 'Deployment',
    metadata: {
      name: 'web',
      resourceVersion: String(revision),
      managedFields: Array.from({ length: 20 }, (_, index) => ({ [`f:${String(index)}`]: {} })),
    },
    spec: { replicas: 3, template: { spec: { containers: [container, { name: 'sidecar', image: 'proxy:1' }] } } },
    status: { readyReplicas: ready, conditions: [{ type: 'Available', status: ready > 2 ? 'True' : 'False' }] },
  })
}

describe('text deltas', () => {
  it.each([
    ['', ''],
    ['', 'new'],
    ['old', ''],
    ['same', 'same'],
    ['aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaa'],
    ['one 😀 two', 'one 😁 two'],
    ['\ud83d', '\ude00'],
    ['x'.repeat(300_000) + 'a', 'y'.repeat(300_000) + 'a'],
  ])('restore any text (%#)', (base, target) => {
    expect(applyDelta(base, encodeDelta(base, target))).toBe(target)
  })

  it('restore random edits, moved and repeated pieces among them', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const random = seededRandom(seed)
      const below = (limit: number): number => Math.floor(random.next() * limit)
      const word = (): string => ['alpha', 'beta', '{"gamma":', '1', ' delta '][below(5)] ?? ''
      const base = Array.from({ length: below(200) }, word).join('')
      let target = base
      for (let edit = below(6); edit > 0; edit -= 1) {
        const [from, to] = [below(target.length + 1), below(target.length + 1)]
        target = target.slice(0, from) + (below(2) === 0 ? word() : base.slice(below(base.length))) + target.slice(to)
      }
      expect(applyDelta(base, encodeDelta(base, target)), `seed ${String(seed)}`).toBe(target)
    }
  })

  it('are a tenth of the text when an object changes in three places far apart', () => {
    const next = aDeployment(1_235, 'web:2', 3)
    const before = aDeployment(1_234, 'web:1', 2)
    expect(before.length).toBeGreaterThan(1_500)
    expect(encodeDelta(next, before).length).toBeLessThan(before.length / 10)
  })

  it('do not apply to another text', () => {
    expect(() => applyDelta('short', encodeDelta('a much longer text', 'a much longer text!'))).toThrow('another text')
  })
})
