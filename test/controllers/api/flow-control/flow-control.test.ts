/** The objects of priority and fairness: what every cluster has, what is put right, and what a schema's status says. */
import { describe, expect, it } from 'vitest'
import { storeResource } from '../../../../src/apis/define-kind.ts'
import { flowSchema } from '../../../../src/apis/flowcontrol/flow-schema.ts'
import { priorityLevelConfiguration } from '../../../../src/apis/flowcontrol/priority-level-configuration.ts'
import type { V1FlowSchema } from '../../../../src/apis/generated/types.ts'
import {
  flowControlDefaultsController, flowSchemaStatusController,
} from '../../../../src/controllers/api/flow-control/flow-control.ts'
import { ControllersWorld } from '../../../support/controllers-world.ts'

async function aWorld(): Promise<ControllersWorld> {
  const world = new ControllersWorld([flowControlDefaultsController, flowSchemaStatusController])
  await world.settle()
  return world
}

const KEEPS = 'apf.kubernetes.io/autoupdate-spec'

// k8s.io/apiserver pkg/apis/flowcontrol/bootstrap/default.go
describe('a new logical cluster', () => {
  it('has the mandatory and the suggested objects, kept by the server', async () => {
    const world = await aWorld()
    const levels = (await world.api.list(priorityLevelConfiguration)).items
    expect(levels.map(({ metadata, spec }) => [metadata.name, spec?.limited?.nominalConcurrencyShares])).toEqual([
      ['catch-all', 5], ['exempt', undefined], ['global-default', 20], ['leader-election', 10], ['node-high', 40],
      ['system', 30], ['workload-high', 40], ['workload-low', 100],
    ])
    const schemas = (await world.api.list(flowSchema)).items
    const row = ({ metadata, spec }: V1FlowSchema) =>
      [spec?.matchingPrecedence, metadata.name, spec?.priorityLevelConfiguration.name]
    expect(schemas.map(row)).toEqual([
      [10_000, 'catch-all', 'catch-all'], [1, 'exempt', 'exempt'], [9900, 'global-default', 'global-default'],
      [800, 'kube-controller-manager', 'workload-high'], [800, 'kube-scheduler', 'workload-high'],
      [900, 'kube-system-service-accounts', 'workload-high'], [2, 'probes', 'exempt'],
      [9000, 'service-accounts', 'workload-low'], [100, 'system-leader-election', 'leader-election'],
      [400, 'system-node-high', 'node-high'], [500, 'system-nodes', 'system'],
    ])
    for (const { metadata } of [...levels, ...schemas]) {
      expect([metadata.annotations?.[KEEPS], metadata.generation]).toEqual(['true', 1])
    }
    expect(world.errors).toEqual([])
  })

  it('says of each schema that its level is there', async () => {
    const world = await aWorld()
    const { status } = await world.api.get(flowSchema, { name: 'exempt' })
    expect(status?.conditions).toMatchObject([
      {
        type: 'Dangling',
        status: 'False',
        reason: 'Found',
        message: 'This FlowSchema references the PriorityLevelConfiguration object named "exempt" and it exists',
      },
    ])
  })

  it('says so by applying its condition, so that conditions of others are theirs', async () => {
    const world = await aWorld()
    const stored = world.api.store('').get({ resource: storeResource(flowSchema), name: 'exempt' })
    const { metadata } = JSON.parse(stored?.text ?? '{}') as V1FlowSchema
    const own = (metadata.managedFields ?? []).find(({ subresource }) => subresource === 'status')
    const f = { '.': {}, 'f:lastTransitionTime': {}, 'f:message': {}, 'f:reason': {}, 'f:status': {}, 'f:type': {} }
    expect(own).toMatchObject({ manager: 'api-priority-and-fairness-config-consumer-v1', operation: 'Apply' })
    expect(own?.fieldsV1).toEqual({ 'f:status': { 'f:conditions': { 'k:{"type":"Dangling"}': f } } })
  })
})

describe('what people change', () => {
  const change = async (world: ControllersWorld, name: string, edit: (schema: V1FlowSchema) => V1FlowSchema) => {
    const before = await world.api.get(flowSchema, { name })
    await world.api.update(flowSchema, edit(before))
    await world.settle()
    const { metadata, spec } = await world.api.get(flowSchema, { name })
    return [spec?.matchingPrecedence, metadata.annotations?.[KEEPS]]
  }
  const withPrecedence = (schema: V1FlowSchema, annotations: Record<string, string>): V1FlowSchema => ({
    ...schema,
    metadata: { ...schema.metadata, annotations },
    spec: { ...schema.spec, priorityLevelConfiguration: { name: 'system' }, matchingPrecedence: 555 },
  })

  it('is put back while the annotation says so', async () => {
    const world = await aWorld()
    const edit = (one: V1FlowSchema) => withPrecedence(one, { [KEEPS]: 'true' })
    expect(await change(world, 'system-nodes', edit)).toEqual([500, 'true'])
  })

  it('stays once the annotation is gone, and is marked as theirs', async () => {
    const world = await aWorld()
    expect(await change(world, 'system-nodes', (one) => withPrecedence(one, {}))).toEqual([555, 'false'])
  })

  it('is made anew when it was deleted, a mandatory one whatever its annotation says', async () => {
    const world = await aWorld()
    await world.api.delete(flowSchema, { name: 'catch-all' })
    await world.settle()
    expect(await change(world, 'catch-all', (one) => ({ ...one, metadata: { ...one.metadata, annotations: {} } }))).toEqual(
      [10_000, 'true'],
    )
  })

  it('leaves the shares of the exempt level to them', async () => {
    const world = await aWorld()
    const level = await world.api.get(priorityLevelConfiguration, { name: 'exempt' })
    const exempt = { nominalConcurrencyShares: 7, lendablePercent: 0 }
    await world.api.update(priorityLevelConfiguration, { ...level, spec: { type: 'Exempt', exempt } })
    await world.settle()
    const { spec } = await world.api.get(priorityLevelConfiguration, { name: 'exempt' })
    expect(spec?.exempt).toEqual(exempt)
  })

  it('goes when it is of a former release', async () => {
    const world = await aWorld()
    const old = await world.api.get(flowSchema, { name: 'probes' })
    const metadata = { name: 'old', annotations: { [KEEPS]: 'true' } }
    await world.api.create(flowSchema, { ...old, metadata })
    world.driver('').resync(true)
    await world.settle()
    expect(await world.api.find(flowSchema, { name: 'old' })).toBeUndefined()
  })
})

it('a schema says that its level is missing, and since when', async () => {
  const world = await aWorld()
  const { metadata } = await world.api.get(priorityLevelConfiguration, { name: 'system' })
  expect(metadata.name).toBe('system')
  await world.api.create(flowSchema, {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
    kind: 'FlowSchema',
    metadata: { name: 'lost' },
    spec: { priorityLevelConfiguration: { name: 'nowhere' }, matchingPrecedence: 7 },
  })
  await world.settle()
  const { status } = await world.api.get(flowSchema, { name: 'lost' })
  expect(status?.conditions).toEqual([
    {
      type: 'Dangling',
      status: 'True',
      reason: 'NotFound',
      message:
        'This FlowSchema references the PriorityLevelConfiguration object named "nowhere" but there is no such object',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    },
  ])
})
