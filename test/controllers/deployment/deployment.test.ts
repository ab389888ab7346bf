/** Rollouts played with the ReplicaSet controller on a manual clock. */
import { describe, expect, it } from 'vitest'
import type { V1Deployment, V1DeploymentSpec, V1ReplicaSet } from '../../../src/apis/generated/types.ts'
import { deploymentController } from '../../../src/controllers/deployment/deployment.ts'
import { deployment } from '../../../src/apis/apps/deployment/deployment.ts'
import { event } from '../../../src/apis/core/event/event.ts'
import { replicaSet } from '../../../src/apis/apps/replica-set/replica-set.ts'
import { replicaSetController } from '../../../src/controllers/replica-set/replica-set.ts'
import { ControllersWorld } from '../../support/controllers-world.ts'
import { aDeployment, aReplicaSet, containers } from '../builders.ts'

const aWorld = (): ControllersWorld => new ControllersWorld([deploymentController, replicaSetController])
const web = { namespace: 'ns', name: 'web' }

async function setsOf(world: ControllersWorld): Promise<Record<string, number>> {
  const { items } = await world.api.list<V1ReplicaSet>(replicaSet, { namespace: 'ns' })
  return Object.fromEntries(
    items.map((set) => [set.spec?.template?.spec?.containers[0]?.image ?? '', set.spec?.replicas ?? -1]),
  )
}

async function condition(world: ControllersWorld, type: string): Promise<string> {
  const { status } = await world.api.get<V1Deployment>(deployment, web)
  const found = status?.conditions?.find((one) => one.type === type)
  return found === undefined ? 'none' : `${found.status} ${found.reason ?? ''}`
}

async function change(world: ControllersWorld, spec: Partial<V1DeploymentSpec>): Promise<void> {
  await world.api.patch(deployment, web, 'merge', { spec })
}

const image = (name: string): Partial<V1DeploymentSpec> => aDeployment(1, {}, name).spec ?? {}
const template = (name: string): Partial<V1DeploymentSpec> => {
  const { template: one } = image(name)
  return one === undefined ? {} : { template: one }
}

describe('a Deployment', () => {
  it('gets a ReplicaSet of revision 1 and becomes complete', async () => {
    const world = aWorld()
    await world.api.create(deployment, aDeployment(3))
    await world.settle()
    const subject = await world.api.get(deployment, web)
    expect(subject.metadata.annotations).toEqual({ 'deployment.kubernetes.io/revision': '1' })
    expect(subject.status).toMatchObject({
      observedGeneration: 1,
      replicas: 3,
      updatedReplicas: 3,
      readyReplicas: 3,
      availableReplicas: 3,
    })
    expect(await condition(world, 'Progressing')).toBe('True NewReplicaSetAvailable')
    expect(await condition(world, 'Available')).toBe('True MinimumReplicasAvailable')
  })

  it('never has fewer available pods than allowed while it rolls, nor more in all', async () => {
    const world = aWorld()
    await world.api.create(deployment, aDeployment(10, {}, 'app:1'))
    await world.settle()
    await change(world, template('app:2'))
    let least = Infinity
    let most = 0
    for (let step = 0; step < 400; step++) {
      await world.driver('ns').run()
      const pods = world.pods().filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      least = Math.min(least, pods.filter(({ status }) => status?.phase === 'Running').length)
      most = Math.max(most, pods.length)
      if (step % 3 === 0) await world.runKubelets()
    }
    expect([least, most]).toEqual([8, 13])
    expect(await setsOf(world)).toEqual({ 'app:1': 0, 'app:2': 10 })
    expect(await condition(world, 'Progressing')).toBe('True NewReplicaSetAvailable')
  })

  it('goes back to an old template in its old ReplicaSet, as the newest revision', async () => {
    const world = aWorld()
    await world.api.create(deployment, aDeployment(2, {}, 'app:1'))
    await world.settle()
    for (const name of ['app:2', 'app:1']) {
      await change(world, template(name))
      await world.settle()
    }
    expect(await setsOf(world)).toEqual({ 'app:1': 2, 'app:2': 0 })
    expect((await world.api.get(deployment, web)).metadata.annotations).toEqual({
      'deployment.kubernetes.io/revision': '3',
    })
  })

  it('recreates: no new pod before the last old one is gone', async () => {
    const world = aWorld()
    await world.api.create(deployment, aDeployment(2, { strategy: { type: 'Recreate' } }))
    await world.settle()
    world.hasKubelet = false
    await change(world, template('app:2'))
    await world.settle()
    expect(await setsOf(world)).toEqual({ 'app:1': 0 })
    world.hasKubelet = true
    await world.settle()
    expect(await setsOf(world)).toEqual({ 'app:1': 0, 'app:2': 2 })
  })

  it('does nothing about its template while paused, but follows its size', async () => {
    const world = aWorld()
    await world.api.create(deployment, aDeployment(2))
    await world.settle()
    await change(world, { ...template('app:2'), paused: true, replicas: 3 })
    await world.settle()
    expect(await setsOf(world)).toEqual({ 'app:1': 3 })
    expect(await condition(world, 'Progressing')).toBe('Unknown DeploymentPaused')
    await world.api.patch(deployment, web, 'merge', { spec: { paused: null } })
    await world.settle()
    expect(await setsOf(world)).toEqual({ 'app:1': 0, 'app:2': 3 })
  })

  it('says so when it stands still for longer than its deadline, once', async () => {
    const world = aWorld()
    const stuck = aDeployment(1, { progressDeadlineSeconds: 60 })
    if (stuck.spec !== undefined)
      stuck.spec.template.metadata = { labels: { app: 'web' }, annotations: { 'test/never-ready': 'yes' } }
    await world.api.create(deployment, stuck)
    await world.advance(59_000)
    expect(await condition(world, 'Progressing')).toBe('True ReplicaSetUpdated')
    await world.advance(3_000)
    expect(await condition(world, 'Progressing')).toBe('False ProgressDeadlineExceeded')
    expect(await condition(world, 'Available')).toBe('False MinimumReplicasUnavailable')
    const writes = world.api.writes.length
    await world.advance(600_000)
    expect(world.api.writes.length).toBe(writes)
  })

  it('keeps as many old ReplicaSets as its limit says', async () => {
    const world = aWorld()
    await world.api.create(deployment, aDeployment(1, { revisionHistoryLimit: 2 }, 'app:0'))
    await world.settle()
    for (const name of ['app:1', 'app:2', 'app:3', 'app:4']) {
      await change(world, template(name))
      await world.settle()
    }
    expect(Object.keys(await setsOf(world)).sort()).toEqual(['app:2', 'app:3', 'app:4'])
  })

  it('takes another name for its ReplicaSet when a foreign one has that of its template', async () => {
    const world = aWorld()
    await world.api.create(deployment, aDeployment(1))
    await world.settle()
    const [own] = (await world.api.list<V1ReplicaSet>(replicaSet, { namespace: 'ns' })).items
    const name = own?.metadata.name ?? ''
    const other = aWorld()
    const labels = { app: 'foreign' }
    const spec = { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } }
    await other.api.create(replicaSet, { ...aReplicaSet(0, spec), metadata: { name, namespace: 'ns' } })
    await other.api.create(deployment, aDeployment(1))
    await other.settle()
    const { status } = await other.api.get<V1Deployment>(deployment, web)
    expect(status).toMatchObject({ collisionCount: 1, availableReplicas: 1 })
    const { items } = await other.api.list<V1ReplicaSet>(replicaSet, { namespace: 'ns' })
    expect(items.filter(({ metadata }) => metadata.name !== name)).toMatchObject([{ spec: { replicas: 1 } }])
    expect(other.errors).toEqual([])
  })

  it('says as upstream does what it scales, and from what to what', async () => {
    const world = aWorld()
    await world.api.create(deployment, aDeployment(2, { strategy: { type: 'Recreate' } }))
    await world.settle()
    await change(world, template('app:2'))
    await world.settle()
    const said = (await world.api.list(event, { namespace: 'ns' })).items
      .map((one) => one as unknown as Record<string, string>)
      .filter(({ reason }) => reason === 'ScalingReplicaSet')
      .map(({ type, message }) => `${type ?? ''} ${message ?? ''}`)
    expect(said).toEqual([
      expect.stringMatching(/^Normal Scaled up replica set web-\w+ from 0 to 2$/),
      expect.stringMatching(/^Normal Scaled down replica set web-\w+ from 2 to 0$/),
      expect.stringMatching(/^Normal Scaled up replica set web-\w+ from 0 to 2$/),
    ])
  })
})
