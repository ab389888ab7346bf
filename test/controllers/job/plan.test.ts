/** What a Job needs next, as tables: how it ends, which pods are made and removed, what is counted. */
import { describe, expect, it } from 'vitest'
import { jobStrategy } from '../../../src/apis/batch/job/strategy.ts'
import type { V1Job, V1JobSpec, V1JobStatus, V1Pod } from '../../../src/apis/generated/types.ts'
import { jobStatus, planPods, planVerdict } from '../../../src/controllers/job/plan.ts'
import { TRACKING_FINALIZER, tally } from '../../../src/controllers/job/tracking.ts'
import type { PodTraits } from '../builders.ts'
import { aPod, containers } from '../builders.ts'

const START = '2026-01-01T00:00:00Z'
const at = (seconds: number): number => Date.parse(START) + seconds * 1_000

function aJob(spec: Partial<V1JobSpec>, status: V1JobStatus = {}): V1Job {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'work', namespace: 'ns', uid: 'job' },
    spec: { parallelism: 1, backoffLimit: 6, template: { spec: { containers, restartPolicy: 'Never' } }, ...spec },
    status: { startTime: START, ...status },
  }
}

interface Traits extends PodTraits {
  readonly index?: number
  readonly isReleased?: boolean
}

function pods(...all: readonly Traits[]): V1Pod[] {
  return all.map(({ index, isReleased, ...traits }, number) => {
    const one = aPod({ name: `p${String(number)}`, ...traits })
    const annotations = index === undefined ? {} : { 'batch.kubernetes.io/job-completion-index': String(index) }
    const finalizers = isReleased === true ? [] : [TRACKING_FINALIZER]
    return { ...one, metadata: { ...one.metadata, annotations, finalizers } }
  })
}

const running: Traits = { phase: 'Running' }
const succeeded: Traits = { phase: 'Succeeded' }
const failed: Traits = { phase: 'Failed' }
const leaving: Traits = { phase: 'Running', isGoing: true }

describe('the verdict on a Job', () => {
  const table: readonly [string, V1Job, V1Pod[], number, string | undefined][] = [
    ['is open while pods run', aJob({ completions: 1 }), pods(running), 0, undefined],
    [
      'is success with enough completions',
      aJob({ completions: 2 }),
      pods(succeeded, succeeded),
      0,
      'CompletionsReached',
    ],
    ['waits for pods that still run', aJob({ completions: 1 }), pods(succeeded, running), 0, undefined],
    [
      'is success of a work queue when one succeeded and none runs',
      aJob({}),
      pods(succeeded, failed),
      0,
      'CompletionsReached',
    ],
    ['is open for a work queue of which pods run', aJob({}), pods(succeeded, running), 0, undefined],
    [
      'is failure beyond the limit',
      aJob({ completions: 9, backoffLimit: 1 }),
      pods(failed, failed),
      0,
      'BackoffLimitExceeded',
    ],
    ['is open at the limit', aJob({ completions: 9, backoffLimit: 1 }), pods(failed), 0, undefined],
    [
      'counts a pod on its way out as failed',
      aJob({ completions: 9, backoffLimit: 0 }),
      pods(leaving),
      0,
      'BackoffLimitExceeded',
    ],
    [
      'counts it only once it has failed when only those are replaced',
      aJob({ completions: 9, backoffLimit: 0, podReplacementPolicy: 'Failed' }),
      pods(leaving),
      0,
      undefined,
    ],
    [
      'is failure after the deadline',
      aJob({ completions: 1, activeDeadlineSeconds: 30 }),
      pods(running),
      30,
      'DeadlineExceeded',
    ],
    ['is open before the deadline', aJob({ completions: 1, activeDeadlineSeconds: 30 }), pods(running), 29, undefined],
    [
      'knows no deadline while suspended',
      aJob({ completions: 1, activeDeadlineSeconds: 30, suspend: true }),
      [],
      99,
      undefined,
    ],
    [
      'counts restarts in place against the limit',
      aJob({ completions: 1, backoffLimit: 2, template: { spec: { containers, restartPolicy: 'OnFailure' } } }),
      pods({ ...running, restarts: 2 }),
      0,
      'BackoffLimitExceeded',
    ],
    ['is success at once of no completions', aJob({ completions: 0 }), [], 0, 'CompletionsReached'],
    [
      'stands once it was written down',
      aJob({ completions: 1 }, { conditions: [{ type: 'FailureTarget', status: 'True', reason: 'DeadlineExceeded' }] }),
      pods(succeeded),
      0,
      'DeadlineExceeded',
    ],
  ]
  it.each(table)('%s', (_name, job, all, seconds, want) => {
    expect(planVerdict(job, all, tally(job, all), at(seconds))?.reason).toBe(want)
  })
})

describe('the pods of a Job', () => {
  const table: readonly [string, V1Job, V1Pod[], { create: (number | undefined)[]; remove: string[] }][] = [
    [
      'are as many as may run together',
      aJob({ completions: 5, parallelism: 2 }),
      [],
      { create: [undefined, undefined], remove: [] },
    ],
    [
      'are no more than are still to complete',
      aJob({ completions: 2, parallelism: 3 }),
      pods(succeeded),
      { create: [undefined], remove: [] },
    ],
    [
      'of a work queue are not replaced once one succeeded',
      aJob({ parallelism: 2 }),
      pods(succeeded, running),
      { create: [], remove: [] },
    ],
    [
      'are fewer when fewer may run together',
      aJob({ completions: 5, parallelism: 1 }),
      pods(running, running),
      { create: [], remove: ['p0'] },
    ],
    [
      'go when it is suspended',
      aJob({ completions: 5, parallelism: 2, suspend: true }),
      pods(running),
      { create: [], remove: ['p0'] },
    ],
    [
      'are replaced while they leave',
      aJob({ completions: 2, parallelism: 1 }),
      pods(leaving),
      { create: [undefined], remove: [] },
    ],
    [
      'are not replaced while they leave when only failed ones are',
      aJob({ completions: 2, parallelism: 1, podReplacementPolicy: 'Failed' }),
      pods(leaving),
      { create: [], remove: [] },
    ],
    [
      'get the lowest free indexes',
      aJob({ completions: 5, parallelism: 3, completionMode: 'Indexed' }),
      pods({ ...succeeded, index: 0 }, { ...running, index: 2 }),
      { create: [1, 3], remove: [] },
    ],
    [
      'with an index twice or out of range are removed',
      aJob({ completions: 2, parallelism: 2, completionMode: 'Indexed' }),
      pods({ ...running, index: 1 }, { ...running, index: 1 }, { ...running, index: 7 }),
      { create: [], remove: ['p1', 'p2'] },
    ],
  ]
  it.each(table)('%s', (_name, job, all, want) => {
    const plan = planPods(job, all, tally(job, all), at(1_000))
    expect({ create: [...plan.create], remove: plan.remove.map(({ metadata }) => metadata.name) }).toEqual(want)
  })

  it('are held back after a failure, until its back-off is over', () => {
    const job = aJob({ completions: 1 })
    const all = pods({ ...failed, readySince: START })
    expect(planPods(job, all, tally(job, all), at(9))).toMatchObject({ create: [], heldUntilMs: at(10) })
    expect(planPods(job, all, tally(job, all), at(10)).create).toHaveLength(1)
  })
})

describe('the count of finished pods', () => {
  it('notes uids before it lets pods go, and counts them after', () => {
    const job = aJob({ completions: 3 })
    const { noted, released, settled } = tally(job, pods(succeeded, failed, running))
    const uncountedTerminatedPods = { succeeded: ['uid-p0'], failed: ['uid-p1'] }
    expect(noted).toMatchObject({ succeeded: 0, failed: 0, uncountedTerminatedPods })
    expect(released.map(({ metadata }) => metadata.name)).toEqual(['p0', 'p1'])
    expect(settled).toMatchObject({ succeeded: 1, failed: 1, uncountedTerminatedPods: {} })
  })

  it('does not count again what was noted and let go in an earlier run', () => {
    const job = aJob({ completions: 3 }, { succeeded: 1, uncountedTerminatedPods: { succeeded: ['uid-p0'] } })
    const { noted, settled } = tally(job, pods({ ...succeeded, isReleased: true }, succeeded))
    expect(noted).toMatchObject({ succeeded: 2, uncountedTerminatedPods: { succeeded: ['uid-p1'] } })
    expect(settled).toMatchObject({ succeeded: 3 })
  })

  it('of an Indexed Job is that of its indexes', () => {
    const job = aJob({ completions: 3, completionMode: 'Indexed' }, { completedIndexes: '0', succeeded: 1 })
    const again = tally(job, pods({ ...succeeded, index: 0 }, { ...succeeded, index: 2 }, { ...succeeded, index: 9 }))
    expect(again.settled).toMatchObject({ completedIndexes: '0,2', succeeded: 2 })
  })
})

it('a write of what the controller does not act upon is warned of', () => {
  const rules = [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }]
  const warned = (spec: Partial<V1JobSpec>): unknown => jobStrategy.warnings?.(aJob(spec), undefined)
  expect(warned({ podFailurePolicy: { rules } })).toEqual([
    'spec.podFailurePolicy: is stored, but not acted upon by this version',
  ])
  expect(warned({ completions: 3 })).toEqual([])
})

describe('the status of a Job', () => {
  const verdict = { type: 'FailureTarget', reason: 'DeadlineExceeded', message: 'late' } as const
  it('says that it failed only when no pod is left', () => {
    const job = aJob({ completions: 1 })
    const types = (all: V1Pod[]): unknown => jobStatus(job, {}, all, verdict, at(1)).conditions?.map(({ type }) => type)
    expect([types(pods(running)), types(pods(leaving)), types([])]).toEqual([
      ['FailureTarget'],
      ['FailureTarget'],
      ['FailureTarget', 'Failed'],
    ])
  })
})
