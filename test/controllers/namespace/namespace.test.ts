/** A namespace on its way out: pods first, conditions meanwhile, gone when sealed and empty. */
import { describe, expect, it } from 'vitest'
import { namespace } from '../../../src/apis/core/namespace/namespace.ts'
import type { V1Namespace } from '../../../src/apis/generated/types.ts'
import type { NamespaceContent, Remaining } from '../../../src/controllers/namespace/namespace.ts'
import { namespaceController } from '../../../src/controllers/namespace/namespace.ts'
import { namespaceConditions } from '../../../src/controllers/namespace/plan.ts'
import { ControllersWorld } from '../../support/controllers-world.ts'

const EMPTY: Remaining = { isSealed: true, resources: {}, finalizers: {}, graceSeconds: 0, errors: [] }

/** Content in memory: pods are gone once `hasStopped`, everything else goes when it is told to. */
class FakeContent implements NamespaceContent {
  readonly asked: string[] = []
  readonly resources: Record<string, number>
  finalizers: Record<string, number> = {}
  hasStopped = false

  constructor(resources: Record<string, number>) {
    this.resources = resources
  }

  deleteAll(name: string, _uid: string, what: 'pods' | 'rest'): Promise<Remaining> {
    this.asked.push(`${name} ${what}`)
    if (this.hasStopped) this.resources['pods'] = 0
    if (what === 'rest' && Object.keys(this.finalizers).length === 0) {
      for (const resource of Object.keys(this.resources)) this.resources[resource] = 0
    }
    const graceSeconds = (this.resources['pods'] ?? 0) > 0 ? 30 : 0
    return Promise.resolve({ ...EMPTY, resources: { ...this.resources }, finalizers: this.finalizers, graceSeconds })
  }
}

const aNamespace = (): V1Namespace => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'x' },
  spec: { finalizers: ['kubernetes'] },
  status: { phase: 'Active' },
})

describe('a namespace', () => {
  it('is left alone while it lives', async () => {
    const content = new FakeContent({ pods: 1 })
    const world = new ControllersWorld([namespaceController(content)])
    await world.api.create(namespace, aNamespace())
    await world.advance(60_000)
    expect(content.asked).toEqual([])
  })

  it('loses its pods first, then the rest, and then goes', async () => {
    const content = new FakeContent({ pods: 2, configmaps: 1 })
    const world = new ControllersWorld([namespaceController(content)])
    await world.api.create(namespace, aNamespace())
    await world.api.delete(namespace, { name: 'x' })
    await world.settle()
    const { status } = await world.api.get(namespace, { name: 'x' })
    expect(status?.phase).toBe('Terminating')
    expect(status?.conditions?.find(({ type }) => type === 'NamespaceContentRemaining')).toMatchObject({
      status: 'True',
      reason: 'SomeResourcesRemain',
      message: 'Some resources are remaining: configmaps. has 1 resource instances, pods. has 2 resource instances',
    })
    expect(content.asked).not.toContain('x rest')
    content.hasStopped = true
    await world.advance(16_000)
    expect(content.asked.slice(-2)).toEqual(['x pods', 'x rest'])
    expect(await world.api.find(namespace, { name: 'x' })).toBeUndefined()
  })

  it('waits for finalizers, and says for which', async () => {
    const content = new FakeContent({ 'widgets.example.org': 1 })
    content.finalizers = { 'example.org/hold': 1 }
    const world = new ControllersWorld([namespaceController(content)])
    await world.api.create(namespace, aNamespace())
    await world.api.delete(namespace, { name: 'x' })
    await world.advance(30_000)
    const { status } = await world.api.get(namespace, { name: 'x' })
    expect(status?.conditions?.at(-1)).toMatchObject({
      type: 'NamespaceFinalizersRemaining',
      status: 'True',
      reason: 'SomeFinalizersRemain',
      message: 'Some content in the namespace has finalizers remaining: example.org/hold in 1 resource instances',
    })
    content.finalizers = {}
    await world.advance(16_000)
    expect(await world.api.find(namespace, { name: 'x' })).toBeUndefined()
  })
})

describe('the five conditions', () => {
  it('are all False when nothing is left', () => {
    const conditions = namespaceConditions([], EMPTY, 0)
    expect(
      conditions.map(({ type, status, reason, message }) => `${type} ${status} ${reason ?? ''}: ${message ?? ''}`),
    ).toEqual([
      'NamespaceDeletionDiscoveryFailure False ResourcesDiscovered: All resources successfully discovered',
      'NamespaceDeletionGroupVersionParsingFailure False ParsedGroupVersions: ' +
        'All legacy kube types successfully parsed',
      'NamespaceDeletionContentFailure False ContentDeleted: ' +
        'All content successfully deleted, may be waiting on finalization',
      'NamespaceContentRemaining False ContentRemoved: All content successfully removed',
      'NamespaceFinalizersRemaining False ContentHasNoFinalizers: All content-preserving finalizers finished',
    ])
  })
  it('say what could not be deleted', () => {
    const condition = namespaceConditions([], { ...EMPTY, errors: ['pods is forbidden'] }, 0)[2]
    expect(condition).toMatchObject({
      status: 'True',
      reason: 'ContentDeletionFailed',
      message: 'Failed to delete all resource types, 1 remaining: pods is forbidden',
    })
  })
})
