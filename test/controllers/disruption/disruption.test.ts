/**
 * What PodDisruptionBudgets say of their pods. The expected side is kubernetes/kubernetes
 * pkg/controller/disruption/disruption.go.
 */
import { describe, expect, it } from 'vitest'
import { deployment } from '../../../src/apis/apps/deployment/deployment.ts'
import { replicaSet } from '../../../src/apis/apps/replica-set/replica-set.ts'
import { event } from '../../../src/apis/core/event/event.ts'
import { pod } from '../../../src/apis/core/pod/pod.ts'
import type {
  V1Pod,
  V1PodDisruptionBudget,
  V1PodDisruptionBudgetSpec,
  V1PodDisruptionBudgetStatus,
} from '../../../src/apis/generated/types.ts'
import { podDisruptionBudget } from '../../../src/apis/policy/pod-disruption-budget/pod-disruption-budget.ts'
import type { OwnerReference } from '../../../src/apimachinery/meta.ts'
import { disruptionController } from '../../../src/controllers/disruption/disruption.ts'
import { formatGoSelector, planBudget } from '../../../src/controllers/disruption/plan.ts'
import { staleDisruptionController } from '../../../src/controllers/disruption/stale-target.ts'
import { deploymentController } from '../../../src/controllers/deployment/deployment.ts'
import { replicaSetController } from '../../../src/controllers/replica-set/replica-set.ts'
import type { Controller } from '../../../src/reconcile/define-controller.ts'
import { ControllersWorld } from '../../support/controllers-world.ts'
import type { ScopesApi } from '../../support/scopes-api.ts'
import { aDeployment, aPod, anUnboundPod } from '../builders.ts'

const NOW = Date.parse('2026-01-02T00:00:00Z')

const aBudget = (
  spec: V1PodDisruptionBudgetSpec,
  status?: V1PodDisruptionBudgetStatus,
): V1PodDisruptionBudget => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: { name: 'web', namespace: 'ns', generation: 1 },
  spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  ...(status === undefined ? {} : { status }),
})

const ownedBy = (uid: string): { ownerReferences: OwnerReference[] } => ({
  ownerReferences: [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', name: uid, uid, controller: true }],
})

const owned = (name: string, uid: string, isReady = true): V1Pod => {
  const one = aPod({ name, isReady })
  return { ...one, metadata: { ...one.metadata, ...ownedBy(uid) } }
}

const scale = (replicas: number) => ({ uid }: OwnerReference) => ({ uid, replicas })

describe('the status of a budget', () => {
  const three = ['a', 'b', 'c'].map((name) => owned(name, 'set'))

  it.each([
    ['a number of available', { minAvailable: 2 }, 3, 2, 1],
    ['more than there are', { minAvailable: 5 }, 3, 5, 0],
    ['a share, rounded up, of what is wanted', { minAvailable: '50%' }, 5, 3, 0],
    ['none of what is wanted', { minAvailable: '0%' }, 5, 0, 3],
    ['a number of unavailable', { maxUnavailable: 1 }, 5, 4, 0],
    ['a share of unavailable, rounded up', { maxUnavailable: '50%' }, 5, 2, 1],
    ['more unavailable than there are', { maxUnavailable: 7 }, 5, 0, 3],
    ['nothing said', {}, 0, 0, 0],
  ])('with %s', (_what, spec, expectedPods, desiredHealthy, disruptionsAllowed) => {
    const { status } = planBudget(aBudget(spec), three, scale(5), NOW)
    expect(status).toEqual({
      currentHealthy: 3,
      desiredHealthy,
      disruptionsAllowed,
      expectedPods,
      observedGeneration: 1,
      conditions: [
        {
          type: 'DisruptionAllowed',
          status: disruptionsAllowed > 0 ? 'True' : 'False',
          observedGeneration: 1,
          lastTransitionTime: '2026-01-02T00:00:00Z',
          reason: disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
          message: '',
        },
      ],
    })
  })

  it('counts each controller once, and names pods that have none', () => {
    const pods = [owned('a', 'one'), owned('b', 'one'), owned('c', 'two'), aPod({ name: 'd', isReady: true })]
    const { status, unmanaged } = planBudget(aBudget({ maxUnavailable: 1 }), pods, scale(2), NOW)
    expect([status.expectedPods, status.desiredHealthy, status.currentHealthy, unmanaged]).toEqual([4, 3, 4, ['d']])
  })

  it('counts neither what goes, nor what is not ready, nor what was just let go', () => {
    const going = { ...owned('b', 'set') }
    going.metadata = { ...going.metadata, deletionTimestamp: '2026-01-02T00:00:00Z' }
    const pods = [owned('a', 'set'), going, owned('c', 'set', false), owned('d', 'set')]
    const since = '2026-01-01T23:59:00Z'
    const before = { disruptedPods: { d: since, b: since, gone: since } }
    const { status, recheckMs } = planBudget(aBudget({ minAvailable: 1 }, before), pods, scale(4), NOW)
    expect(status).toMatchObject({ currentHealthy: 1, disruptedPods: { d: since } })
    expect(recheckMs).toBe(NOW + 60_000)
  })

  it('counts pods whatever they are called', () => {
    const pods = [owned('constructor', 'set'), owned('valueof', 'set')]
    expect(planBudget(aBudget({ minAvailable: 1 }), pods, scale(2), NOW).status).toMatchObject({ currentHealthy: 2 })
  })

  it('gives up on evictions that came to nothing', () => {
    const before = { disruptedPods: { a: '2026-01-01T23:58:00Z' } }
    const { status, notDeleted, recheckMs } = planBudget(aBudget({ minAvailable: 1 }, before), three, scale(3), NOW)
    expect([status.disruptedPods, status.currentHealthy, recheckMs]).toEqual([undefined, 3, undefined])
    expect(notDeleted.map(({ metadata }) => metadata.name)).toEqual(['a'])
  })

  it('keeps the time of its condition while that says the same', () => {
    const first = planBudget(aBudget({ minAvailable: 1 }), three, scale(3), NOW).status
    const again = planBudget(aBudget({ minAvailable: 2 }, first), three, scale(3), NOW + 5_000).status
    expect(again.conditions).toEqual(first.conditions)
    expect(again.disruptionsAllowed).toBe(1)
  })

  it.each([
    ['lots', 'invalid value for IntOrString: invalid type: string is not a percentage'],
    ['x%', 'invalid value for IntOrString: invalid value "x%": strconv.Atoi: parsing "x": invalid syntax'],
  ])('cannot be told from %j', (maxUnavailable, message) => {
    expect(() => planBudget(aBudget({ maxUnavailable }), three, scale(3), NOW)).toThrow(message)
  })
})

it('a selector is printed as Go prints it', () => {
  const matchExpressions = [{ key: 'tier', operator: 'In', values: ['a', 'b'] }]
  expect(formatGoSelector({ matchLabels: { b: '2', a: '1' }, matchExpressions })).toBe(
    '&LabelSelector{MatchLabels:map[string]string{a: 1,b: 2,},MatchExpressions:[]LabelSelectorRequirement{' +
      'LabelSelectorRequirement{Key:tier,Operator:In,Values:[a b],},},}',
  )
})

const budgetsOnly = (api: ScopesApi): Controller[] => [disruptionController(api.namespacePorts().readScale)]
const allOfThem = (api: ScopesApi): Controller[] => [
  ...budgetsOnly(api), staleDisruptionController, deploymentController, replicaSetController,
]

async function told(world: ControllersWorld): Promise<string[]> {
  const { items } = await world.api.list(event, { namespace: 'ns' })
  return items
    .filter(({ source }) => source?.component === 'controllermanager')
    .map(({ involvedObject, type, reason, message }) =>
      [involvedObject.kind ?? '', type ?? '', reason ?? '', message ?? ''].join(' '),
    )
}

const statusOf = async (world: ControllersWorld): Promise<V1PodDisruptionBudgetStatus | undefined> => {
  await world.settle()
  return (await world.api.get(podDisruptionBudget, { namespace: 'ns', name: 'web' })).status
}

describe('the disruption controller', () => {
  it('follows the pods of a Deployment, its scale, and its own budget', async () => {
    const world = new ControllersWorld(allOfThem)
    await world.api.create(podDisruptionBudget, aBudget({ maxUnavailable: 1 }))
    expect(await statusOf(world)).toMatchObject({ disruptionsAllowed: 0, expectedPods: 0, observedGeneration: 1 })
    await world.api.create(deployment, aDeployment(3))
    expect(await statusOf(world)).toMatchObject({ disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2 })
    const [one] = world.pods()
    await world.setPod('ns', one?.metadata.name ?? '', 'Running', false)
    expect(await statusOf(world)).toMatchObject({ disruptionsAllowed: 0, currentHealthy: 2, desiredHealthy: 2 })
    const wider = { spec: { maxUnavailable: 2 } }
    await world.api.patch(podDisruptionBudget, { namespace: 'ns', name: 'web' }, 'merge', wider)
    expect(await statusOf(world)).toMatchObject({ disruptionsAllowed: 1, observedGeneration: 2 })
    await world.api.patch(deployment, { namespace: 'ns', name: 'web' }, 'merge', { spec: { replicas: 1 } })
    expect(await statusOf(world)).toMatchObject({ expectedPods: 1, desiredHealthy: 0 })
    expect(world.errors).toEqual([])
  })

  it('allows nothing, and says why, where pods are controlled by what has no scale', async () => {
    const world = new ControllersWorld(allOfThem)
    const ownerReferences = [{ apiVersion: 'batch/v1', kind: 'Job', name: 'j', uid: 'u', controller: true }]
    const one = anUnboundPod('p')
    await world.api.create(pod, { ...one, metadata: { ...one.metadata, labels: { app: 'web' }, ownerReferences } })
    await world.api.create(podDisruptionBudget, aBudget({ maxUnavailable: 1 }))
    expect(await statusOf(world)).toMatchObject({
      disruptionsAllowed: 0,
      conditions: [
        {
          type: 'DisruptionAllowed',
          status: 'False',
          reason: 'SyncFailed',
          message: 'jobs.batch does not implement the scale subresource',
        },
      ],
    })
    expect(await told(world)).toEqual([
      'PodDisruptionBudget Warning CalculateExpectedPodCountFailed Failed to calculate the number of expected pods: ' +
        'jobs.batch does not implement the scale subresource',
    ])
  })

  it.each([
    ['apps/v1', 'ReplicaSet', 'found no controllers for pod "p"'],
    ['example.com/v1', 'Thing', 'no matches for kind "Thing" in version "example.com/v1"'],
  ])('says so when the controller %s %s is not there', async (apiVersion, kind, message) => {
    const world = new ControllersWorld(budgetsOnly)
    const ownerReferences = [{ apiVersion, kind, name: 'x', uid: 'u', controller: true }]
    const one = anUnboundPod('p')
    await world.api.create(pod, { ...one, metadata: { ...one.metadata, labels: { app: 'web' }, ownerReferences } })
    await world.api.create(podDisruptionBudget, aBudget({ maxUnavailable: 1 }))
    expect((await statusOf(world))?.conditions).toMatchObject([{ reason: 'SyncFailed', message }])
  })

  it('tells of pods without a controller, and of pods with two budgets', async () => {
    const world = new ControllersWorld(budgetsOnly)
    await world.api.create(podDisruptionBudget, aBudget({ maxUnavailable: 1 }))
    const other = aBudget({ minAvailable: 1 })
    await world.api.create(podDisruptionBudget, { ...other, metadata: { name: 'z', namespace: 'ns' } })
    await world.settle()
    const one = anUnboundPod('p')
    await world.api.create(pod, { ...one, metadata: { ...one.metadata, labels: { app: 'web' } } })
    await world.settle()
    const lines = await told(world)
    expect(lines).toContain(
      'Pod Warning MultiplePodDisruptionBudgets Pod "ns"/"p" matches multiple PodDisruptionBudgets.' +
        '  Chose "web" arbitrarily.',
    )
    expect(lines).toContain('PodDisruptionBudget Normal NoPods No matching pods found')
  })

  it('lets go of a pod whose eviction came to nothing, and takes back its word about it', async () => {
    const world = new ControllersWorld(allOfThem)
    await world.api.create(replicaSet, {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: { name: 'web', namespace: 'ns' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'c', image: 'i' }] } },
      },
    })
    await world.api.create(podDisruptionBudget, aBudget({ maxUnavailable: 1 }))
    await world.settle()
    const [one] = world.pods()
    const name = one?.metadata.name ?? ''
    const at = { namespace: 'ns', name }
    const budget = await world.api.get(podDisruptionBudget, { namespace: 'ns', name: 'web' })
    const time = new Date(world.clock.now()).toISOString().replace(/\.\d+/, '')
    const taken = { ...budget.status, disruptionsAllowed: 0, disruptedPods: { [name]: time } }
    await world.api.updateStatus(podDisruptionBudget, { ...budget, status: taken })
    const target = { type: 'DisruptionTarget', status: 'True', reason: 'EvictionByEvictionAPI', message: 'm' }
    const conditions = [{ ...target, lastTransitionTime: time }]
    await world.api.patch(pod, at, 'strategic', { status: { conditions } }, { subresource: 'status' })
    expect(await statusOf(world)).toMatchObject({ currentHealthy: 1, disruptedPods: { [name]: time } })
    await world.advance(121_000)
    expect(await statusOf(world)).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 1 })
    expect(await told(world)).toContain(
      `Pod Warning NotDeleted Pod was expected by PDB ns/web to be deleted but it wasn't`,
    )
    const left = (await world.api.get(pod, at)).status?.conditions?.find(({ type }) => type === 'DisruptionTarget')
    expect([left?.status, left?.reason, left?.message]).toEqual(['False', undefined, undefined])
  })
})
