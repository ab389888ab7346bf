/** What a ReplicaSet does about its pods, as tables. */
import { describe, expect, it } from 'vitest'
import { planReplicas, replicaSetStatus } from '../../../src/controllers/replica-set/plan.ts'
import { podsToDelete } from '../../../src/controllers/replica-set/rank.ts'
import type { PodTraits } from '../builders.ts'
import { aPod, aReplicaSet } from '../builders.ts'

const NOW = Date.UTC(2026, 0, 2)

describe('which pod goes first', () => {
  const table: readonly [string, PodTraits, PodTraits][] = [
    ['an unbound one before a bound one', {}, { node: 'n' }],
    ['a pending one before a running one', { phase: 'Pending' }, { phase: 'Running' }],
    ['an unready one before a ready one', { isReady: false }, { isReady: true }],
    ['one of a lower deletion cost', { isReady: true, cost: '-5' }, { isReady: true }],
    ['an unready one before one of a lower cost', {}, { isReady: true, cost: '-5' }],
    ['one that became ready later', { isReady: true, readySince: '2026-01-01T23:00:00Z' }, { isReady: true }],
    ['one with more restarts', { restarts: 4 }, { restarts: 1 }],
    ['the younger one', { created: '2026-01-01T23:59:00Z' }, {}],
    [
      'the one of the smaller uid when ages are alike',
      { name: 'a', created: '2026-01-01T00:00:00Z' },
      { name: 'b', created: '2026-01-01T00:00:01Z' },
    ],
  ]
  it.each(table)('%s', (_name, first, other) => {
    const goes = aPod({ name: 'goes', ...first })
    const stays = aPod({ name: 'stays', ...other })
    expect(podsToDelete([stays, goes], [stays, goes], 1, NOW)).toEqual([goes])
    expect(podsToDelete([goes, stays], [stays, goes], 1, NOW)).toEqual([goes])
  })

  it('one on the node that has the most related pods', () => {
    const crowded = aPod({ name: 'crowded', node: 'n1', isReady: true })
    const lonely = aPod({ name: 'alone', node: 'n2', isReady: true })
    const related = [crowded, lonely, aPod({ name: 'other', node: 'n1' })]
    expect(podsToDelete([lonely, crowded], related, 1, NOW)).toEqual([crowded])
  })
})

describe('the plan', () => {
  const table: readonly [string, number, readonly PodTraits[], number, number][] = [
    ['makes what is missing', 3, [{}], 2, 0],
    ['deletes what is too much', 1, [{ name: 'a' }, { name: 'b' }, { name: 'c' }], 0, 2],
    ['does nothing when the count is right', 1, [{}], 0, 0],
    ['does not count finished pods', 1, [{ phase: 'Failed' }, { phase: 'Succeeded' }], 1, 0],
    ['does not count pods on their way out', 1, [{ isGoing: true }], 1, 0],
    ['makes at most 500 at a time', 900, [], 500, 0],
  ]
  it.each(table)('%s', (_name, replicas, traits, create, remove) => {
    const pods = traits.map((one) => aPod(one))
    const plan = planReplicas(aReplicaSet(replicas), pods, () => pods, NOW)
    expect([plan.create, plan.remove.length]).toEqual([create, remove])
  })

  it('leaves the pods of a set that is being deleted alone', () => {
    const set = aReplicaSet(3)
    set.metadata.deletionTimestamp = '2026-01-01T00:00:00Z'
    expect(planReplicas(set, [], () => [], NOW)).toEqual({ create: 0, remove: [] })
  })
})

describe('the status', () => {
  it('counts labelled, ready, available and terminating pods', () => {
    const set = aReplicaSet(4, { minReadySeconds: 60 })
    const pods = [
      aPod({ name: 'a', isReady: true }),
      aPod({ name: 'b', isReady: true, readySince: '2026-01-01T23:59:30Z' }),
      aPod({ name: 'c', metadata: { name: 'c', labels: {} } }),
      aPod({ name: 'd', isGoing: true, isReady: true }),
    ]
    expect(replicaSetStatus(set, pods, undefined, NOW)).toEqual({
      replicas: 3,
      fullyLabeledReplicas: 2,
      readyReplicas: 2,
      availableReplicas: 1,
      terminatingReplicas: 1,
      observedGeneration: 0,
    })
  })

  it('says why pods could not be made, and takes that back', () => {
    const set = aReplicaSet(1)
    const failed = replicaSetStatus(set, [], { reason: 'FailedCreate', message: 'quota' }, NOW)
    expect(failed.conditions).toEqual([
      {
        type: 'ReplicaFailure',
        status: 'True',
        reason: 'FailedCreate',
        message: 'quota',
        lastTransitionTime: '2026-01-02T00:00:00Z',
      },
    ])
    expect(replicaSetStatus({ ...set, status: failed }, [], undefined, NOW).conditions).toBeUndefined()
  })
})
