import { afterEach, describe, expect, it, vi } from 'vitest'
import type { KubeObject, ObjectList } from '../../src/apimachinery/meta.ts'
import { System } from '../support/platform/system.ts'

let system: System | undefined

afterEach(async () => {
  await system?.end()
  vi.restoreAllMocks()
})

describe('a fresh deployment', () => {
  it('makes the root cluster at the first tick of Cron and warns of nothing', async () => {
    const warnings = vi.spyOn(console, 'warn')
    system = new System()
    await system.cron()
    await system.advance(2_000)
    const { body } = await system.json<ObjectList<KubeObject>>('GET', '/api/v1/namespaces')
    expect(body.items.map(({ metadata }) => metadata.name)).toEqual([
      'default', 'kube-node-lease', 'kube-public', 'kube-system',
    ])
    expect(warnings.mock.calls).toEqual([])
  })
})
