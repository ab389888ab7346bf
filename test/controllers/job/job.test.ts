/** Jobs: counting each pod once, and the ways they end. */
import { describe, expect, it } from 'vitest'
import { job } from '../../../src/apis/batch/job/job.ts'
import { event } from '../../../src/apis/core/event/event.ts'
import { pod } from '../../../src/apis/core/pod/pod.ts'
import type { V1Job, V1JobSpec, V1Pod } from '../../../src/apis/generated/types.ts'
import { formatTime } from '../../../src/apimachinery/meta.ts'
import { garbageCollector } from '../../../src/controllers/garbage-collector/garbage-collector.ts'
import { formatIndexes, parseIndexes } from '../../../src/controllers/job/indexes.ts'
import { jobController } from '../../../src/controllers/job/job.ts'
import { ttlAfterFinishedController } from '../../../src/controllers/job/ttl-after-finished.ts'
import { backoffUntilMs } from '../../../src/controllers/job/plan.ts'
import { ControllersWorld } from '../../support/controllers-world.ts'
import { aPod, containers } from '../builders.ts'

const aWorld = (): ControllersWorld =>
  new ControllersWorld([jobController, ttlAfterFinishedController, garbageCollector('namespace')])
const work = { namespace: 'ns', name: 'work' }

function aJob(spec: Partial<V1JobSpec> = {}): V1Job {
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name: 'work', namespace: 'ns' },
    spec: {
      parallelism: 1,
      completions: 1,
      backoffLimit: 6,
      completionMode: 'NonIndexed',
      template: { metadata: { labels: { job: 'work' } }, spec: { containers, restartPolicy: 'Never' } },
      ...spec,
    },
  }
}

/** Ends `count` running pods in a phase; true when there were any. */
async function end(world: ControllersWorld, phase: 'Succeeded' | 'Failed', count = Infinity): Promise<boolean> {
  const running = world
    .pods()
    .filter(({ status, metadata }) => status?.phase === 'Running' && metadata.deletionTimestamp === undefined)
  for (const { metadata } of running.slice(0, count)) await finish(world, metadata.name ?? '', phase)
  return running.length > 0
}

async function finish(world: ControllersWorld, name: string, phase: string): Promise<void> {
  const one = await world.api.get(pod, { namespace: 'ns', name })
  const finishedAt = formatTime(world.clock.now())
  const exitCode = phase === 'Failed' ? 1 : 0
  const state = { terminated: { exitCode, finishedAt } }
  await world.api.updateStatus(pod, {
    ...one,
    status: {
      ...one.status,
      phase,
      conditions: [],
      containerStatuses: [{ name: 'main', image: '', imageID: '', ready: false, restartCount: 0, state }],
    },
  })
}

const conditions = ({ status }: V1Job): string[] =>
  (status?.conditions ?? []).map(({ type, status: is, reason = '' }) => `${type}=${is} ${reason}`)

describe('a Job', () => {
  it('runs pods until enough have succeeded, and says so in both conditions', async () => {
    const world = aWorld()
    await world.api.create(job, aJob({ completions: 5, parallelism: 2 }))
    await world.settle()
    expect((await world.api.get(job, work)).status).toMatchObject({ active: 2, ready: 2, terminating: 0 })
    while (await end(world, 'Succeeded')) await world.settle()
    const ended = await world.api.get(job, work)
    expect(ended.status).toMatchObject({
      succeeded: 5,
      ready: 0,
      terminating: 0,
      uncountedTerminatedPods: {},
      completionTime: '2026-01-01T00:00:00Z',
    })
    expect(ended.status?.active).toBeUndefined()
    expect(conditions(ended)).toEqual([
      'SuccessCriteriaMet=True CompletionsReached',
      'Complete=True CompletionsReached',
    ])
    expect(world.pods().flatMap(({ metadata }) => metadata.finalizers ?? [])).toEqual([])
    expect(world.pods()).toHaveLength(5)
  })

  it('tries again after 10 s, 20 s, … and fails when its limit is passed', async () => {
    const world = aWorld()
    await world.api.create(job, aJob({ backoffLimit: 2 }))
    const waits: number[] = []
    for (let attempt = 0; attempt < 3; attempt++) {
      const before = world.clock.now()
      while (!(await end(world, 'Failed'))) await world.advance(1_000)
      waits.push((world.clock.now() - before) / 1_000)
      await world.settle()
    }
    expect(waits).toEqual([1, 10, 20])
    const failed = await world.api.get(job, work)
    expect(failed.status).toMatchObject({ failed: 3 })
    expect(conditions(failed)).toEqual([
      'FailureTarget=True BackoffLimitExceeded',
      'Failed=True BackoffLimitExceeded',
    ])
    expect(failed.status?.completionTime).toBeUndefined()
  })

  it('ends its pods at the deadline, and fails when they are gone', async () => {
    const world = aWorld()
    await world.api.create(job, aJob({ parallelism: 2, completions: 2, activeDeadlineSeconds: 30 }))
    await world.advance(29_000)
    expect(conditions(await world.api.get(job, work))).toEqual([])
    world.hasKubelet = false
    await world.advance(1_000)
    expect(conditions(await world.api.get(job, work))).toEqual(['FailureTarget=True DeadlineExceeded'])
    world.hasKubelet = true
    await world.settle()
    const failed = await world.api.get(job, work)
    expect(conditions(failed)).toEqual(['FailureTarget=True DeadlineExceeded', 'Failed=True DeadlineExceeded'])
    expect(world.pods()).toEqual([])
  })

  it('stops when suspended, without counting failures, and goes on when resumed', async () => {
    const world = aWorld()
    await world.api.create(job, aJob())
    await world.settle()
    await world.api.patch(job, work, 'merge', { spec: { suspend: true } })
    await world.settle()
    const suspended = await world.api.get(job, work)
    expect([world.pods().length, suspended.status?.failed, suspended.status?.startTime]).toEqual([
      0,
      undefined,
      undefined,
    ])
    expect(conditions(suspended)).toEqual(['Suspended=True JobSuspended'])
    await world.api.patch(job, work, 'merge', { spec: { suspend: false } })
    await world.settle()
    expect(conditions(await world.api.get(job, work))).toEqual(['Suspended=False JobResumed'])
    expect(world.pods()).toHaveLength(1)
  })

  it('gives Indexed pods their index and repeats a failed one', async () => {
    const world = aWorld()
    await world.api.create(job, aJob({ completionMode: 'Indexed', completions: 3, parallelism: 3 }))
    await world.settle()
    const indexOf = ({ metadata }: V1Pod): string =>
      metadata.annotations?.['batch.kubernetes.io/job-completion-index'] ?? ''
    expect(world.pods().map(indexOf).sort()).toEqual(['0', '1', '2'])
    const second = world.pods().find((one) => indexOf(one) === '1')?.metadata.name ?? ''
    await finish(world, second, 'Failed')
    await world.settle()
    await end(world, 'Succeeded')
    await world.advance(15_000)
    expect((await world.api.get(job, work)).status).toMatchObject({
      completedIndexes: '0,2',
      succeeded: 2,
      failed: 1,
    })
    expect(
      world
        .pods()
        .filter(({ status }) => status?.phase === 'Running')
        .map(indexOf),
    ).toEqual(['1'])
    await end(world, 'Succeeded')
    await world.settle()
    expect((await world.api.get(job, work)).status).toMatchObject({ completedIndexes: '0-2', succeeded: 3 })
  })

  it('is deleted with its pods when its time to live has passed', async () => {
    const world = aWorld()
    await world.api.create(job, aJob({ ttlSecondsAfterFinished: 60 }))
    await world.settle()
    await end(world, 'Succeeded')
    await world.advance(59_000)
    expect(await world.api.find(job, work)).toBeDefined()
    await world.advance(2_000)
    expect(await world.api.find(job, work)).toBeUndefined()
    expect(world.pods()).toEqual([])
  })

  it('does not hold its pods back when it is deleted', async () => {
    const world = aWorld()
    await world.api.create(job, aJob())
    await world.settle()
    await world.api.delete(job, work, { propagationPolicy: 'Background' })
    await world.settle()
    expect(world.pods()).toEqual([])
  })
})

describe('the Events of a Job', () => {
  const created = 'Normal SuccessfulCreate: Created pod: POD'
  const deleted = 'Normal SuccessfulDelete: Deleted pod: POD'
  const completed = 'Normal Completed: Job completed'
  const change = (world: ControllersWorld, spec: Partial<V1JobSpec>): Promise<unknown> =>
    world.api.patch(job, work, 'merge', { spec })
  type Life = readonly ((world: ControllersWorld) => Promise<unknown>)[]
  const table: readonly [string, Partial<V1JobSpec>, Life, string[]][] = [
    ['that completes', {}, [(world) => end(world, 'Succeeded')], [created, completed]],
    [
      'that adopts a pod which has succeeded, too',
      {},
      [
        async (world) => {
          const [own] = world.pods()
          const { labels = {}, finalizers = [] } = own?.metadata ?? {}
          const found = aPod({ name: 'found' })
          await world.api.create(pod, { ...found, metadata: { ...found.metadata, labels, finalizers } })
          await finish(world, 'found', 'Succeeded')
          await end(world, 'Succeeded')
        },
      ],
      [
        created,
        'Warning TooManySucceededPods: Too many succeeded pods running after completion count reached',
        completed,
      ],
    ],
    [
      'that is suspended and resumed',
      {},
      [(world) => change(world, { suspend: true }), (world) => change(world, { suspend: false })],
      [created, deleted, 'Normal Suspended: Job suspended', created, 'Normal Resumed: Job resumed'],
    ],
    [
      'that fails too often',
      { backoffLimit: 0 },
      [(world) => end(world, 'Failed')],
      [created, 'Warning BackoffLimitExceeded: Job has reached the specified backoff limit'],
    ],
    [
      'that takes too long',
      { activeDeadlineSeconds: 5 },
      [(world) => world.advance(5_000)],
      [created, deleted, 'Warning DeadlineExceeded: Job was active longer than specified deadline'],
    ],
  ]
  it.each(table)('%s', async (_name, spec, life, want) => {
    const world = aWorld()
    await world.api.create(job, aJob(spec))
    await world.settle()
    for (const step of life) {
      world.clock.advance(1)
      await step(world)
      await world.settle()
    }
    const { items } = await world.api.list(event, { namespace: 'ns' })
    const told = items.map(({ type = '', reason = '', message = '' }) => `${type} ${reason}: ${message}`)
    expect(told.map((line) => line.replace(/work-\S+/, 'POD'))).toEqual(want)
    expect(new Set(items.map(({ source }) => source?.component))).toEqual(new Set(['job-controller']))
  })
})

describe('completion indexes', () => {
  const table: readonly [number[], string][] = [
    [[], ''],
    [[3], '3'],
    [[0, 1], '0,1'],
    [[0, 1, 2, 5], '0-2,5'],
    [[9, 1, 3, 4, 5, 10, 11], '1,3-5,9-11'],
  ]
  it.each(table)('%j are written %j', (indexes, text) => {
    expect(formatIndexes(indexes)).toBe(text)
    expect(parseIndexes(text)).toEqual([...indexes].sort((one, other) => one - other))
  })
})

describe('the back-off of a Job', () => {
  const at = (seconds: number, phase: string): V1Pod => {
    const made = aPod({ name: `p${String(seconds)}`, phase })
    const state = { terminated: { exitCode: 1, finishedAt: formatTime(seconds * 1_000) } }
    return {
      ...made,
      status: {
        ...made.status,
        containerStatuses: [{ name: 'm', image: '', imageID: '', ready: false, restartCount: 0, state }],
      },
    }
  }
  const table: readonly [string, V1Pod[], number | undefined][] = [
    ['is none without failures', [at(5, 'Succeeded')], undefined],
    ['is 10 s after the first', [at(5, 'Failed')], 15_000],
    ['doubles', [at(5, 'Failed'), at(20, 'Failed')], 40_000],
    ['begins anew after a success', [at(5, 'Failed'), at(20, 'Succeeded'), at(30, 'Failed')], 40_000],
    ['ends at 10 minutes', Array.from({ length: 12 }, (_, index) => at(index, 'Failed')), 611_000],
  ]
  it.each(table)('%s', (_name, pods, want) => {
    expect(backoffUntilMs(aJob(), pods, 0)).toBe(want)
  })
})
