/** Priority and fairness of one object, over HTTP: who runs, who waits, and what a client is told. */
import { describe, expect, it } from 'vitest'
import {
  mandatoryLevels, mandatorySchemas, suggestedLevels, suggestedSchemas,
} from '../../../../src/apis/flowcontrol/bootstrap-objects.ts'
import { OBJECT_SEATS } from '../../../../src/apiserver/operations/flow/flow-control.ts'
import { flowTable } from '../../../../src/apiserver/operations/flow/flow-dump.ts'
import { ApiMetrics } from '../../../../src/apiserver/operations/metrics/api-metrics.ts'
import type { UserInfo } from '../../../../src/auth/user.ts'
import { ManualClock } from '../../../../src/lib/clock.ts'
import { MetricRegistry } from '../../../../src/lib/metrics.ts'
import { PolicyCopy } from '../../../../src/objects/scope/policy-copy.ts'
import type { TestApi } from '../../../support/api.ts'
import { ADMIN, testApi } from '../../../support/api.ts'

const PATH = '/api/v1/namespaces/team/configmaps'
const ann: UserInfo = { username: 'ann', groups: ['system:authenticated'] }
const bob: UserInfo = { username: 'bob', groups: ['system:authenticated'] }

interface World {
  readonly api: TestApi
  readonly clock: ManualClock
  readonly metrics: ApiMetrics
  /** Requests that have been let in stay until this is called. */
  release(): void
  readonly pending: () => number
}

/** An object whose disk is slow: whoever writes holds a seat. */
function aWorld(objects: readonly { kind?: string; metadata: { name?: string } }[]): World {
  const clock = new ManualClock()
  const metrics = new ApiMetrics(new MetricRegistry())
  let held: (() => void)[] = []
  let isHeld = true
  const roles = [
    {
      kind: 'ClusterRole',
      metadata: { name: 'all' },
      rules: [{ apiGroups: ['*'], resources: ['*'], verbs: ['*'] }],
    },
    {
      kind: 'ClusterRoleBinding',
      metadata: { name: 'all' },
      roleRef: { kind: 'ClusterRole', name: 'all' },
      subjects: [{ kind: 'Group', name: 'system:authenticated' }],
    },
  ]
  const groups: Readonly<Record<string, string>> = {
    ClusterRole: 'rbac.authorization.k8s.io',
    ClusterRoleBinding: 'rbac.authorization.k8s.io',
    FlowSchema: 'flowcontrol.apiserver.k8s.io',
    PriorityLevelConfiguration: 'flowcontrol.apiserver.k8s.io',
  }
  const changes = [...roles, ...objects].map((object) => ({
    resource: `${object.kind?.toLowerCase() ?? ''}s.${groups[object.kind ?? ''] ?? ''}`,
    name: object.metadata.name ?? '',
    text: JSON.stringify(object),
  }))
  const api = testApi('team', {
    clock,
    ports: {
      operations: { metrics },
      policy: new PolicyCopy(clock, () => ({ revision: 1, isWhole: true, definitionsRevision: 0, changes })),
      namespaceStarting: () => (isHeld ? new Promise<void>((resolve) => held.push(resolve)) : undefined),
    },
  })
  return {
    api,
    clock,
    metrics,
    pending: () => held.length,
    release() {
      isHeld = false
      for (const resolve of held) resolve()
      held = []
    },
  }
}

/** As many macrotasks as a request needs to come to where it is held. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
}

const create = (world: World, user: UserInfo, name: string): Promise<Response> =>
  world.api.request('POST', PATH, { user, body: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } } })

const WHOLE = [...mandatoryLevels(), ...suggestedLevels(), ...mandatorySchemas(), ...suggestedSchemas()].map(
  (object) => ({ ...object, metadata: { ...object.metadata, uid: `${object.kind ?? ''}-${object.metadata.name ?? ''}` } }),
)

function counted(world: World, name: string): Record<string, number> {
  const found = world.metrics.registry.snapshots().find((one) => one.name === `apiserver_flowcontrol_${name}`)
  return Object.fromEntries((found?.series ?? []).map(({ labels, value }) => [labels.join('/'), value]))
}

describe('answers', () => {
  it('name the flow schema and the priority level by uid, errors as well', async () => {
    const { api } = aWorld(WHOLE)
    for (const path of [PATH, `${PATH}/missing`, '/api/v1/namespaces/team/unknowns']) {
      const { headers } = await api.request('GET', path, { user: ann })
      expect(headers.get('x-kubernetes-pf-flowschema-uid')).toBe('FlowSchema-global-default')
      expect(headers.get('x-kubernetes-pf-prioritylevel-uid')).toBe('PriorityLevelConfiguration-global-default')
    }
    const { headers } = await api.request('GET', PATH, { user: ADMIN })
    expect(headers.get('x-kubernetes-pf-flowschema-uid')).toBe('FlowSchema-exempt')
  })
})

describe('a level without queues that is full', () => {
  it('refuses more with 429, Retry-After and upstream’s text, while system:masters go on', async () => {
    const world = aWorld([])
    const running = Array.from({ length: OBJECT_SEATS }, (_, index) => create(world, ann, `c-${String(index)}`))
    await settled()
    const refused = await world.api.request('GET', PATH, { user: bob })
    expect([refused.status, refused.headers.get('retry-after'), await refused.text()]).toEqual([
      429, '1', 'Too many requests, please try again later.\n',
    ])
    expect((await world.api.request('GET', PATH, { user: ADMIN })).status).toBe(200)
    expect(counted(world, 'rejected_requests_total')).toEqual({ 'catch-all/catch-all/concurrency-limit': 1 })
    expect(counted(world, 'current_executing_seats')['catch-all/catch-all']).toBe(OBJECT_SEATS)
    world.release()
    for (const answer of await Promise.all(running)) expect(answer.status).toBe(201)
    expect((await world.api.request('GET', PATH, { user: bob })).status).toBe(200)
    expect(counted(world, 'current_executing_seats')['catch-all/catch-all']).toBe(0)
  })
})

describe('a level of no seats at all', () => {
  const ofAnn = {
    kind: 'FlowSchema',
    metadata: { name: 'ann' },
    spec: {
      matchingPrecedence: 2,
      priorityLevelConfiguration: { name: 'none' },
      rules: [
        {
          subjects: [{ kind: 'User', user: { name: 'ann' } }],
          resourceRules: [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'] }],
        },
      ],
    },
  }

  it.each([
    ['lets one after the other in, where others are rejected', { type: 'Reject' }, [1, 1]],
    ['lets nobody out of its queues', { type: 'Queue', queuing: { queues: 1, handSize: 1, queueLengthLimit: 9 } }, [0, 0]],
  ])('%s', async (_what, limitResponse, [atOnce, rejected]) => {
    const limited = { nominalConcurrencyShares: 0, lendablePercent: 0, borrowingLimitPercent: 0, limitResponse }
    const none = { kind: 'PriorityLevelConfiguration', metadata: { name: 'none' }, spec: { type: 'Limited', limited } }
    const world = aWorld([...WHOLE, none, ofAnn])
    for (const name of ['a', 'b']) void create(world, ann, name)
    await settled()
    expect(world.pending()).toBe(atOnce)
    expect(counted(world, 'rejected_requests_total')['none/ann/concurrency-limit'] ?? 0).toBe(rejected)
    world.release()
  })
})

describe('a level with queues that is full', () => {
  /** More than ever run of global-default at once, without borrowing. */
  const SOME = 40

  it('lets others wait, and serves them once there is room', async () => {
    const world = aWorld(WHOLE)
    const running = Array.from({ length: SOME }, (_, index) => create(world, ann, `c-${String(index)}`))
    await settled()
    const let_in = world.pending()
    expect(let_in).toBeLessThan(SOME)
    expect(counted(world, 'current_inqueue_requests')['global-default/global-default']).toBe(SOME - let_in)
    world.release()
    for (const answer of await Promise.all(running)) expect(answer.status).toBe(201)
    expect(counted(world, 'current_inqueue_requests')['global-default/global-default']).toBe(0)
    expect(counted(world, 'dispatched_requests_total')['global-default/global-default']).toBe(SOME)
  })

  it('refuses who has waited too long', async () => {
    const world = aWorld(WHOLE)
    const running = Array.from({ length: SOME }, (_, index) => create(world, ann, `c-${String(index)}`))
    await settled()
    const waiting = SOME - world.pending()
    world.clock.advance(15_000)
    world.release()
    const codes = (await Promise.all(running)).map(({ status }) => status)
    expect(codes.filter((code) => code === 429)).toHaveLength(waiting)
    expect(counted(world, 'rejected_requests_total')).toEqual({ 'global-default/global-default/time-out': waiting })
  })

  // k8s.io/apiserver pkg/server/filters/priority-and-fairness.go, getRequestWaitContext
  it('refuses who has waited for a quarter of the time that the client gives', async () => {
    const world = aWorld(WHOLE)
    const running = Array.from({ length: SOME }, (_, index) => create(world, ann, `c-${String(index)}`))
    const hurried = world.api.request('GET', `${PATH}?timeout=4s`, { user: ann })
    await settled()
    world.clock.advance(1_000)
    const { status, headers } = await hurried
    expect([status, headers.get('retry-after')]).toEqual([429, '1'])
    world.release()
    for (const answer of await Promise.all(running)) expect(answer.status).toBe(201)
  })

  it('refuses a flow whose queues are full, and still takes another one', async () => {
    const world = aWorld(WHOLE)
    // A hand of six queues, fifty each.
    const flood = Array.from({ length: 400 }, (_, index) => create(world, ann, `c-${String(index)}`))
    await settled()
    const polite = create(world, bob, 'polite')
    await settled()
    world.release()
    const codes = (await Promise.all(flood)).map(({ status }) => status)
    expect(codes.filter((code) => code === 429).length).toBeGreaterThan(50)
    expect(codes.filter((code) => code === 201).length).toBeGreaterThanOrEqual(300)
    expect((await polite).status).toBe(201)
  })

  it('borrows what other levels do not need, as long as the pressure lasts', async () => {
    const world = aWorld(WHOLE)
    const running = Array.from({ length: 150 }, (_, index) => create(world, ann, `c-${String(index)}`))
    await settled()
    const before = world.pending()
    world.clock.advance(1_000)
    running.push(create(world, ann, 'one-more'))
    await settled()
    expect(world.pending()).toBeGreaterThan(2 * before)
    world.release()
    for (const answer of await Promise.all(running)) expect(answer.status).toBe(201)
  })

  it('keeps nobody from what has another level', async () => {
    const world = aWorld(WHOLE)
    const running = Array.from({ length: SOME }, (_, index) => create(world, ann, `c-${String(index)}`))
    await settled()
    const before = world.pending()
    const node: UserInfo = { username: 'system:node:a', groups: ['system:nodes', 'system:authenticated'] }
    running.push(create(world, node, 'of-a-node'))
    await settled()
    expect(world.pending()).toBe(before + 1)
    world.release()
    await Promise.all(running)
  })
})

it('streams into pods take no seat', async () => {
  const world = aWorld([])
  const running = Array.from({ length: OBJECT_SEATS }, (_, index) => create(world, ann, `c-${String(index)}`))
  await settled()
  const log = await world.api.request('GET', '/api/v1/namespaces/team/pods/p/log', { user: ann })
  expect(log.status).toBe(404)
  world.release()
  await Promise.all(running)
})

describe('a request that makes more work', () => {
  const watchers = async (world: World, count: number): Promise<void> => {
    for (let index = 0; index < count; index++) await world.api.request('GET', `${PATH}?watch=true`, { user: ADMIN })
  }

  it('keeps seats after its answer, while watchers are told of it', async () => {
    const world = aWorld(WHOLE)
    world.release()
    await watchers(world, 25)
    expect((await create(world, ann, 'a')).status).toBe(201)
    const inUse = (): number | undefined => counted(world, 'current_executing_seats')['global-default/global-default']
    expect(inUse()).toBe(3)
    expect(counted(world, 'current_executing_requests')['global-default/global-default']).toBe(0)
    world.clock.advance(5)
    expect(inUse()).toBe(0)
    expect(counted(world, 'watch_count_samples')['global-default/global-default']).toBe(1)
  })

  it('is told in the tables, and in what waits', async () => {
    const world = aWorld(WHOLE)
    await watchers(world, 20)
    const running = Array.from({ length: 30 }, (_, index) => create(world, ann, `c-${String(index)}`))
    await settled()
    const executing = world.pending()
    expect(counted(world, 'current_executing_seats')['global-default/global-default']).toBe(2 * executing)
    expect(counted(world, 'current_inqueue_seats')['global-default/global-default']).toBe(2 * (30 - executing))
    const dump = world.api.scope.host.operations.flow.dump()
    const table = flowTable('/debug/api_priority_and_fairness/dump_requests')?.([dump], false) ?? ''
    expect(table.split('\n')[1]?.split(/, */).slice(6, 9)).toEqual(['1', '2', '5ms'])
    const queues = flowTable('/debug/api_priority_and_fairness/dump_queues')?.([dump], false) ?? ''
    const sums = queues.trimEnd().split('\n').slice(1).map((line) => line.split(/, */))
    const sum = (column: number): number => sums.reduce((total, row) => total + Number(row[column]), 0)
    expect([sum(4), sum(6), sum(7)]).toEqual([2 * executing, 30 - executing, 2 * (30 - executing)])
    world.release()
    for (let turn = 0; turn < 30; turn++) {
      world.clock.advance(5)
      await settled()
    }
    for (const answer of await Promise.all(running)) expect(answer.status).toBe(201)
    expect(counted(world, 'current_inqueue_seats')['global-default/global-default']).toBe(0)
  })

  it('is estimated by what is stored', async () => {
    const world = aWorld(WHOLE)
    world.release()
    const data = { x: 'x'.repeat(100_000) }
    const map = (name: string) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data })
    for (const name of ['a', 'b', 'c']) await world.api.request('POST', PATH, { user: ADMIN, body: map(name) })
    const taken = async (path: string): Promise<number> => {
      const sum = (): number =>
        world.metrics.registry
          .snapshots()
          .find(({ name }) => name === 'apiserver_flowcontrol_work_estimated_seats')
          ?.series.find(({ labels }) => labels[0] === 'exempt')?.sum ?? 0
      const before = sum()
      expect((await world.api.request('GET', path, { user: ADMIN })).status).toBe(200)
      return sum() - before
    }
    expect(await taken(PATH)).toBe(4)
    expect(await taken(`${PATH}?limit=1`)).toBe(2)
    expect(await taken(`${PATH}?fieldSelector=metadata.name%3Da`)).toBe(2)
    expect(await taken(`${PATH}/a`)).toBe(1)
    expect(await taken('/api/v1/namespaces/team/secrets')).toBe(1)
  })
})

describe('the tables for who looks into it', () => {
  const ROOT = '/debug/api_priority_and_fairness/'
  const cells = (text: string): string[][] => text.trimEnd().split('\n').map((line) => line.split(/, */))

  it('say what runs and what waits, of all objects together', async () => {
    const world = aWorld(WHOLE)
    const running = Array.from({ length: 40 }, (_, index) => create(world, ann, `c-${String(index)}`))
    await settled()
    const dump = world.api.scope.host.operations.flow.dump()
    const executing = world.pending()
    const [headers, ...levels] = cells(flowTable(`${ROOT}dump_priority_levels`)?.([dump, dump], false) ?? '')
    expect(headers?.slice(0, 6)).toEqual([
      'PriorityLevelName', 'ActiveQueues', 'IsIdle', 'IsQuiescing', 'WaitingRequests', 'ExecutingRequests',
    ])
    const both = (count: number): string => String(2 * count)
    expect(levels.find(([name]) => name === 'global-default')?.slice(2)).toEqual([
      'false', 'false', both(40 - executing), both(executing), both(executing), '0', '0', '0',
    ])
    expect(levels.find(([name]) => name === 'exempt')?.slice(1, 6)).toEqual(['0', 'true', 'false', '0', '0'])
    const [, ...queues] = cells(flowTable(`${ROOT}dump_queues`)?.([dump], false) ?? '')
    expect(queues.reduce((sum, queue) => sum + Number(queue[2]), 0)).toBe(40 - executing)
    expect(queues.reduce((sum, queue) => sum + Number(queue[3]), 0)).toBe(executing)
    world.release()
    await Promise.all(running)
    expect(world.api.scope.host.operations.flow.dump().requests).toEqual([])
  })

  it('count who left its queue among those that were refused', async () => {
    const world = aWorld(WHOLE)
    const running = Array.from({ length: 40 }, (_, index) => create(world, ann, `c-${String(index)}`))
    await settled()
    const executing = world.pending()
    world.clock.advance(15_000)
    await settled()
    const dump = world.api.scope.host.operations.flow.dump()
    const [, ...levels] = cells(flowTable(`${ROOT}dump_priority_levels`)?.([dump], false) ?? '')
    const left = String(40 - executing)
    expect(levels.find(([name]) => name === 'global-default')?.slice(4)).toEqual([
      '0', String(executing), String(executing), left, '0', left,
    ])
    world.release()
    await Promise.all(running)
  })

  it('have every queue of a level, those in which nothing is as well', async () => {
    const world = aWorld(WHOLE)
    world.release()
    await create(world, ann, 'c')
    const dump = world.api.scope.host.operations.flow.dump()
    const [, ...queues] = cells(flowTable(`${ROOT}dump_queues`)?.([dump, dump], false) ?? '')
    const zero = '0.00000000ss'
    const ofLevel = (name: string): string[][] => queues.filter(([level]) => level === name)
    expect(ofLevel('leader-election').map(([, index]) => Number(index))).toEqual([...Array(16).keys()])
    expect(ofLevel('workload-low')[127]).toEqual(['workload-low', '127', '0', '0', '0', zero, '0', '0', zero])
    expect(queues).toHaveLength(16 + 64 + 64 + 3 * 128)
  })

  it('name each request, and who asks for what where that is wanted', async () => {
    const world = aWorld(WHOLE)
    const one = create(world, ADMIN, 'c')
    await settled()
    const dump = world.api.scope.host.operations.flow.dump()
    const table = flowTable(`${ROOT}dump_requests`)
    const [headers = [], asked = []] = cells(table?.([dump], true) ?? '')
    expect(Object.fromEntries(headers.map((header, index) => [header, asked[index]]))).toEqual({
      PriorityLevelName: 'exempt', FlowSchemaName: 'exempt', QueueIndex: '-1', RequestIndexInQueue: '-1',
      FlowDistingsher: '', ArriveTime: '2026-01-01T00:00:00.000Z', InitialSeats: '1', FinalSeats: '0',
      AdditionalLatency: '0s', StartTime: '2026-01-01T00:00:00.000Z', UserName: 'admin', Verb: 'create', APIPath: PATH,
      Namespace: 'team', Name: '', APIVersion: 'v1', Resource: 'configmaps', SubResource: '',
    })
    // Columns are as wide as their longest cell, the last one as it is.
    expect(table?.([dump], false).split('\n')[1]).toBe(
      'exempt,            exempt,         -1,         -1,                  ,                ' +
        '2026-01-01T00:00:00.000Z, 1,            0,          0s,                2026-01-01T00:00:00.000Z',
    )
    expect(table?.([dump], false)).not.toContain('admin')
    world.release()
    await one
  })

  it('are three', () => {
    expect(flowTable(`${ROOT}dump_nothing`)).toBeUndefined()
  })
})
