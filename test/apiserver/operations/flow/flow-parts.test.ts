/** The pure parts of priority and fairness: matching, dealing of queues, fair order, limits and borrowing, retries. */
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  mandatoryLevels, mandatorySchemas, suggestedLevels, suggestedSchemas,
} from '../../../../src/apis/flowcontrol/bootstrap-objects.ts'
import type { KubeObject } from '../../../../src/apimachinery/meta.ts'
import { borrowedLimits, seatLimits } from '../../../../src/apiserver/operations/flow/concurrency.ts'
import { FairQueues } from '../../../../src/apiserver/operations/flow/fair-queues.ts'
import { flowConfiguration, schemaOf } from '../../../../src/apiserver/operations/flow/flow-schemas.ts'
import { RetryAfter } from '../../../../src/apiserver/operations/flow/retry-after.ts'
import { SeatDemand } from '../../../../src/apiserver/operations/flow/seat-demand.ts'
import { dealHand } from '../../../../src/apiserver/operations/flow/shuffle-sharding.ts'
import { parseRequest } from '../../../../src/apiserver/request-info.ts'
import type { ClusterPolicy } from '../../../../src/auth/cluster-policy.ts'

const policyOf = (objects: readonly KubeObject[]): ClusterPolicy => ({
  revision: 1,
  find: () => undefined,
  all: <T>(resource: string) =>
    objects.filter(({ kind }) => resource.startsWith(`${kind?.toLowerCase() ?? ''}s.`)) as Iterable<T>,
})

const WHOLE = [...mandatoryLevels(), ...suggestedLevels(), ...mandatorySchemas(), ...suggestedSchemas()]
const account = (name: string) => ['system:serviceaccounts', 'system:authenticated', name]

describe('a request', () => {
  const configuration = flowConfiguration(policyOf(WHOLE))
  it.each([
    ['admin', ['system:masters'], 'GET /api/v1/pods', 'exempt'],
    ['ann', ['system:authenticated'], 'GET /healthz', 'probes'],
    ['ann', ['system:authenticated'], 'GET /readyz/ping', 'probes'],
    ['ann', ['system:authenticated'], 'POST /livez', 'global-default'],
    ['ann', ['system:authenticated'], 'GET /api/v1/pods', 'global-default'],
    ['nobody', [], 'GET /api/v1/pods', 'catch-all'],
    ['system:node:a', ['system:nodes'], 'PUT /api/v1/nodes/a/status', 'system-node-high'],
    ['system:node:a', ['system:nodes'], 'PUT /apis/coordination.k8s.io/v1/namespaces/n/leases/a', 'system-node-high'],
    ['system:node:a', ['system:nodes'], 'PUT /api/v1/namespaces/n/pods/a/status', 'system-nodes'],
    ['system:kube-scheduler', [], 'PUT /apis/coordination.k8s.io/v1/namespaces/n/leases/a', 'system-leader-election'],
    ['system:kube-scheduler', [], 'PATCH /apis/coordination.k8s.io/v1/namespaces/n/leases/a', 'kube-scheduler'],
    ['system:serviceaccount:kube-system:job', account('x'), 'GET /api/v1/pods', 'kube-system-service-accounts'],
    ['system:serviceaccount:kube-systems:job', account('x'), 'GET /api/v1/pods', 'service-accounts'],
    ['system:serviceaccount:team:job', account('x'), 'GET /api/v1/pods', 'service-accounts'],
  ])('of %s (%s): %s belongs to %s', (username, groups, line, wanted) => {
    const [method = '', path = ''] = line.split(' ')
    const info = parseRequest(method, path, new URLSearchParams())
    expect(schemaOf(configuration, { username, groups }, info)?.metadata.name).toBe(wanted)
  })

  it('finds exempt and catch-all where there are no objects', () => {
    const { schemas, levels } = flowConfiguration(policyOf([]))
    expect(schemas.map(({ metadata }) => metadata.name)).toEqual(['exempt', 'catch-all'])
    expect(levels.map(({ metadata }) => metadata.name)).toEqual(['catch-all', 'exempt'])
  })

  it('passes over a schema whose level is not there', () => {
    const lost = WHOLE.filter(({ kind, metadata }) => kind === 'FlowSchema' || metadata.name !== 'system')
    const { schemas } = flowConfiguration(policyOf(lost))
    expect(schemas.map(({ metadata }) => metadata.name)).not.toContain('system-nodes')
  })
})

it('a flow is dealt different queues, always the same ones', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat({ max: 9_999 }), fc.integer({ min: 1, max: 6 }), (flow, more, size) => {
      const queues = 1 + more
      const handSize = Math.min(size, queues)
      const hand = dealHand(flow, queues, handSize)
      expect(new Set(hand).size).toBe(handSize)
      expect(hand.every((index) => index >= 0 && index < queues)).toBe(true)
      expect(dealHand(flow, queues, handSize)).toEqual(hand)
    }),
  )
})

it('flows are dealt evenly', () => {
  const counts = Array.from({ length: 16 }, () => 0)
  for (let flow = 0; flow < 4_000; flow++) {
    for (const index of dealHand(`schema user-${String(flow)}`, 16, 4)) counts[index] = (counts[index] ?? 0) + 1
  }
  expect(Math.min(...counts)).toBeGreaterThan(850)
  expect(Math.max(...counts)).toBeLessThan(1_150)
})

describe('fair queues', () => {
  it('serve a polite flow in turn with one that has filled its queue', () => {
    const queues = new FairQueues<string>()
    for (let index = 0; index < 100; index++) queues.enqueue(0, 'greedy')
    for (let index = 0; index < 3; index++) queues.enqueue(1, 'polite')
    const order = Array.from({ length: 6 }, () => {
      const next = queues.next()
      queues.end(next?.index ?? 0, 3)
      return next?.item
    })
    expect(order.filter((item) => item === 'polite')).toHaveLength(3)
  })

  it('give a queue of long requests fewer turns', () => {
    const queues = new FairQueues<string>()
    for (let index = 0; index < 100; index++) {
      queues.enqueue(0, 'long')
      queues.enqueue(1, 'short')
    }
    const served = { long: 0, short: 0 }
    for (let index = 0; index < 60; index++) {
      const { index: queue, item } = queues.next() ?? { index: 0, item: 'long' }
      queues.end(queue, item === 'long' ? 45 : 5)
      served[item === 'long' ? 'long' : 'short'] += 1
    }
    expect(served.short / served.long).toBeCloseTo(9, 0)
  })

  it('lose nothing and serve each queue in order', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 90 }))), (given) => {
        const queues = new FairQueues<number>()
        const wanted = new Map<number, number[]>()
        for (const [order, [queue]] of given.entries()) {
          queues.enqueue(queue, order)
          wanted.set(queue, [...(wanted.get(queue) ?? []), order])
        }
        const got = new Map<number, number[]>()
        for (const [, durationMs] of given) {
          const next = queues.next()
          if (next === undefined) throw new Error('something was lost')
          got.set(next.index, [...(got.get(next.index) ?? []), next.item])
          queues.end(next.index, durationMs)
        }
        expect(queues.next()).toBeUndefined()
        expect(got).toEqual(wanted)
      }),
    )
  })

  it('put a request into the queue of its hand that has the least to do', () => {
    const queues = new FairQueues<string>()
    queues.enqueue(3, 'one')
    expect(queues.pick([3, 7])).toBe(7)
    queues.begin(7)
    queues.begin(7)
    expect(queues.pick([3, 7])).toBe(3)
  })
})

describe('limits', () => {
  const shares = suggestedLevels().concat(mandatoryLevels())
  it('are in proportion to shares, rounded up', () => {
    const limits = Object.fromEntries(
      shares.map((level) => [level.metadata.name, seatLimits(level, 245, 600)]),
    )
    // As upstream's server has them with 600 seats: apiserver_flowcontrol_nominal_limit_seats.
    expect(limits['workload-low']).toEqual({ nominal: 245, min: 24, max: 845 })
    expect(limits['global-default']).toEqual({ nominal: 49, min: 24, max: 649 })
    expect(limits['catch-all']).toEqual({ nominal: 13, min: 13, max: 613 })
    expect(limits['exempt']).toEqual({ nominal: 0, min: 0, max: 600 })
  })

  it('follow what each level needs, and stay within its bounds', () => {
    const demand = fc.record({
      highest: fc.integer({ min: 0, max: 300 }),
      smoothed: fc.double({ min: 0, max: 300, noNaN: true }),
    })
    fc.assert(
      fc.property(fc.array(demand, { minLength: shares.length, maxLength: shares.length }), (demands) => {
        const levels = shares.map((level, index) => ({
          limits: seatLimits(level, 245, 256),
          isExempt: level.spec?.type === 'Exempt',
          demand: demands[index] ?? { highest: 0, smoothed: 0 },
        }))
        const { limits: current } = borrowedLimits(levels)
        for (const [index, { limits, isExempt }] of levels.entries()) {
          if (isExempt) continue
          expect(current[index]).toBeGreaterThanOrEqual(limits.min)
          expect(current[index]).toBeLessThanOrEqual(limits.max)
        }
      }),
    )
  })

  it('lend what the others do not need to the one that does', () => {
    const levels = shares.map((level) => ({
      limits: seatLimits(level, 245, 256),
      isExempt: level.spec?.type === 'Exempt',
      demand: level.metadata.name === 'global-default' ? { highest: 200, smoothed: 200 } : { highest: 0, smoothed: 0 },
    }))
    const names = shares.map(({ metadata }) => metadata.name)
    const before = levels.map(({ limits }) => limits.nominal)
    const { limits: current } = borrowedLimits(levels)
    expect(before[names.indexOf('global-default')]).toBe(21)
    expect(current[names.indexOf('global-default')]).toBeGreaterThan(100)
  })
})

it('demand is an average over time, and is forgotten slowly', () => {
  const demand = new SeatDemand(0)
  demand.add(10, 0)
  demand.add(-10, 500)
  expect(demand.look(1_000)).toEqual({ highest: 10, average: 5, deviation: 5, smoothed: 10 })
  expect(demand.look(301_000).smoothed).toBeCloseTo(5, 5)
})

it('who is refused comes back later while many are refused, and sooner when few are', () => {
  const retry = new RetryAfter()
  const seconds: number[] = []
  for (let second = 0; second < 8; second++) {
    for (let count = 0; count < 100; count++) retry.refused(second * 1_000)
    seconds.push(retry.seconds)
  }
  expect(seconds).toEqual([1, 2, 2, 4, 4, 4, 4, 8])
  for (let second = 100; second < 120; second += 10) retry.refused(second * 1_000)
  expect(retry.seconds).toBe(6)
})
