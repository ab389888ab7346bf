/** Steps and numbers of rollouts, as tables. */
import { describe, expect, it } from 'vitest'
import type { V1Deployment, V1DeploymentSpec, V1ReplicaSet } from '../../../src/apis/generated/types.ts'
import { planStep, setsToForget } from '../../../src/controllers/deployment/plan.ts'
import { planScaling } from '../../../src/controllers/deployment/proportional.ts'
import { maxSurge, maxUnavailable } from '../../../src/controllers/deployment/replica-counts.ts'
import {
  MAX_REPLICAS,
  DESIRED_REPLICAS,
  REVISION,
  REVISION_HISTORY,
  currentSetAnnotations,
  sortRevisions,
  templateHash,
} from '../../../src/controllers/deployment/revision.ts'
import { deploymentStatus } from '../../../src/controllers/deployment/status.ts'
import { aDeployment, aReplicaSet } from '../builders.ts'

const NOW = Date.UTC(2026, 0, 2)

interface SetTraits {
  readonly available?: number
  readonly desired?: number
  readonly max?: number
  readonly revision?: number | bigint
  readonly created?: string
}

function aSet(name: string, image: string, replicas: number, traits: SetTraits = {}): V1ReplicaSet {
  const { available = replicas, desired, max, revision, created = '2026-01-01T00:00:00Z' } = traits
  const set = aReplicaSet(replicas, {
    template: {
      metadata: { labels: { app: 'web', 'pod-template-hash': name } },
      spec: { containers: [{ name: 'main', image }] },
    },
  })
  set.metadata = {
    name,
    creationTimestamp: created,
    generation: 1,
    annotations: {
      ...(desired === undefined ? {} : { [DESIRED_REPLICAS]: String(desired) }),
      ...(max === undefined ? {} : { [MAX_REPLICAS]: String(max) }),
      ...(revision === undefined ? {} : { [REVISION]: String(revision) }),
    },
  }
  set.status = { replicas, availableReplicas: available, readyReplicas: available, observedGeneration: 1 }
  return set
}

const rolling = (surge: number | string, unavailable: number | string): Partial<V1DeploymentSpec> => ({
  strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: surge, maxUnavailable: unavailable } },
})

describe('surge and unavailability', () => {
  const table: readonly [number, number | string, number | string, number, number][] = [
    [10, '25%', '25%', 3, 2],
    [1, '25%', '25%', 1, 0],
    [3, 0, '25%', 0, 1],
    [10, 0, 0, 0, 1],
    [4, '100%', '0%', 4, 0],
    [2, 1, 5, 1, 2],
    [0, '25%', '25%', 0, 0],
  ]
  it.each(table)(
    'of %i replicas with %s and %s are %i and %i',
    (replicas, surge, unavailable, wantSurge, wantUnavailable) => {
      const subject = aDeployment(replicas, rolling(surge, unavailable))
      expect([maxSurge(subject), maxUnavailable(subject)]).toEqual([wantSurge, wantUnavailable])
    },
  )
})

describe('a rolling step', () => {
  const table: readonly [string, V1Deployment, V1ReplicaSet[], Record<string, number>][] = [
    [
      'grows the new set by the surge',
      aDeployment(10, rolling(3, 2), 'app:2'),
      [aSet('old', 'app:1', 10), aSet('new', 'app:2', 0)],
      { new: 3 },
    ],
    [
      'shrinks the old set by what may be unavailable once nothing more fits',
      aDeployment(10, rolling(3, 2), 'app:2'),
      [aSet('old', 'app:1', 10), aSet('new', 'app:2', 3, { available: 0 })],
      { old: 8 },
    ],
    [
      'takes pods first that are not available anyway',
      aDeployment(10, rolling(3, 2), 'app:2'),
      [aSet('old', 'app:1', 10, { available: 8 }), aSet('new', 'app:2', 3, { available: 0 })],
      { old: 8 },
    ],
    [
      'waits while as many are missing as may be',
      aDeployment(10, rolling(3, 2), 'app:2'),
      [aSet('old', 'app:1', 8), aSet('new', 'app:2', 5, { available: 0 })],
      {},
    ],
    [
      'shrinks a new set that is too large',
      aDeployment(3, rolling(1, 0), 'app:2'),
      [aSet('new', 'app:2', 5)],
      { new: 3 },
    ],
    [
      'rests when all is done',
      aDeployment(3, rolling(1, 0), 'app:2'),
      [aSet('new', 'app:2', 3), aSet('old', 'app:1', 0)],
      {},
    ],
  ]
  it.each(table)('%s', (_name, deployment, sets, want) => {
    // The annotation of the wanted size is on every set, so this is a rollout and not a change of size.
    for (const set of sets) {
      const wanted = deployment.spec?.replicas ?? 0
      set.metadata.annotations = {
        [DESIRED_REPLICAS]: String(wanted),
        [MAX_REPLICAS]: String(wanted + maxSurge(deployment)),
      }
    }
    const step = planStep(deployment, sortRevisions(deployment, sets), () => false)
    const got = step.kind === 'scale' ? step.scalings.map(({ set, to }) => [set.metadata.name, to]) : []
    expect(Object.fromEntries(got)).toEqual(want)
  })

  it('makes the new set with as many replicas as the surge leaves room for', () => {
    const deployment = aDeployment(4, rolling(1, 0), 'app:2')
    const step = planStep(
      deployment,
      sortRevisions(deployment, [aSet('old', 'app:1', 4, { desired: 4, revision: 3 })]),
      () => true,
    )
    expect(step).toMatchObject({
      kind: 'create',
      set: {
        spec: { replicas: 1 },
        metadata: { annotations: { [REVISION]: '4', [DESIRED_REPLICAS]: '4', [MAX_REPLICAS]: '5' } },
      },
    })
  })
})

describe('a recreate step', () => {
  const subject = aDeployment(2, { strategy: { type: 'Recreate' } }, 'app:2')
  const table: readonly [string, V1ReplicaSet[], boolean, unknown][] = [
    ['empties old sets first', [aSet('old', 'app:1', 2)], true, { kind: 'scale', scalings: [{ to: 0 }] }],
    ['waits for their pods to be gone', [aSet('old', 'app:1', 0)], true, { kind: 'rest' }],
    [
      'then makes the new set in full',
      [aSet('old', 'app:1', 0)],
      false,
      { kind: 'create', set: { spec: { replicas: 2 } } },
    ],
  ]
  it.each(table)('%s', (_name, sets, hasOldPods, want) => {
    expect(planStep(subject, sortRevisions(subject, sets), () => hasOldPods)).toMatchObject(want as object)
  })
})

describe('a change of size during a rollout', () => {
  const plan = (replicas: number, sets: V1ReplicaSet[]): Record<string, number> => {
    const deployment = aDeployment(replicas, rolling(3, 2), 'app:2')
    return Object.fromEntries(
      planScaling(deployment, sortRevisions(deployment, sets)).map(({ set, to }) => [set.metadata.name, to]),
    )
  }
  it('is shared in proportion, the remainder going to the largest', () => {
    // The example of the Kubernetes documentation: 10 → 15 with 8 old and 5 new pods.
    const sets = [
      aSet('old', 'app:1', 8, { desired: 10, max: 13 }),
      aSet('new', 'app:2', 5, { desired: 10, max: 13, available: 0 }),
    ]
    expect(plan(15, sets)).toEqual({ old: 11, new: 7 })
  })
  it('shrinks in proportion', () => {
    const sets = [
      aSet('old', 'app:1', 8, { desired: 10, max: 13 }),
      aSet('new', 'app:2', 5, { desired: 10, max: 13, available: 0 }),
    ]
    expect(plan(5, sets)).toEqual({ old: 5, new: 3 })
  })
  it('gives everything to the only active set', () => {
    expect(plan(7, [aSet('old', 'app:1', 0), aSet('new', 'app:2', 5)])).toEqual({ new: 7 })
  })
  it('empties old sets once the new one is complete', () => {
    expect(plan(4, [aSet('old', 'app:1', 2), aSet('new', 'app:2', 4, { desired: 4 })])).toEqual({ old: 0 })
  })
})

describe('revisions', () => {
  it('hash equal templates alike and different ones differently, also after a collision', () => {
    const one = templateHash({ metadata: { labels: { a: '1', b: '2' } } }, undefined)
    expect(templateHash({ metadata: { labels: { b: '2', a: '1' } } }, undefined)).toBe(one)
    expect(templateHash({ metadata: { labels: { b: '2', a: '1' } } }, 1)).not.toBe(one)
    expect(one).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]+$/)
  })

  it('an old set that is current again gets the next revision and remembers its own', () => {
    const current = aSet('new', 'app:2', 1, { revision: 1 })
    const annotations = currentSetAnnotations(aDeployment(1), current, [aSet('old', 'app:1', 1, { revision: 2 })])
    expect([annotations[REVISION], annotations[REVISION_HISTORY]]).toEqual(['3', '1'])
  })

  it('grow by one from any 64 bits that an adopted set brings', () => {
    const old = aSet('old', 'app:1', 1, { revision: 3546343826724305832n })
    expect(currentSetAnnotations(aDeployment(1), undefined, [old])[REVISION]).toBe('3546343826724305833')
  })

  it('that are no numbers are kept in the current set and do not count in old ones', () => {
    const [current, old] = [aSet('new', 'app:2', 1), aSet('old', 'app:1', 1)]
    current.metadata.annotations = { [REVISION]: 'mine' }
    old.metadata.annotations = { [REVISION]: '0x7' }
    expect(currentSetAnnotations(aDeployment(1), current, [old])).toEqual({ [REVISION]: 'mine' })
    expect(currentSetAnnotations(aDeployment(1), undefined, [old])[REVISION]).toBe('1')
  })

  it('forgets empty sets beyond the limit, oldest revision first', () => {
    const sets = [3, 1, 2, 4].map((revision) =>
      aSet(`r${String(revision)}`, `app:${String(revision)}`, revision === 1 ? 1 : 0, { revision }),
    )
    const forgotten = setsToForget(aDeployment(1, { revisionHistoryLimit: 1 }), sets)
    expect(forgotten.map(({ metadata }) => metadata.name)).toEqual(['r2', 'r3'])
  })
})

describe('the status', () => {
  it('is complete when every pod is new and available', () => {
    const deployment = aDeployment(2)
    const status = deploymentStatus(deployment, { current: aSet('new', 'app:1', 2), old: [] }, {}, NOW)
    expect(status).toMatchObject({ replicas: 2, updatedReplicas: 2, readyReplicas: 2, availableReplicas: 2 })
    expect(status.unavailableReplicas).toBeUndefined()
    expect(status.conditions?.map(({ type, status: is, reason, message }) => [type, is, reason, message])).toEqual([
      ['Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.'],
      ['Progressing', 'True', 'NewReplicaSetAvailable', 'ReplicaSet "new" has successfully progressed.'],
    ])
  })
})
