import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../src/lib/clock.ts'
import type { ClusterEvent } from '../../src/scheduler/framework.ts'
import { SchedulingQueue } from '../../src/scheduler/queue.ts'
import type { QueuedPod } from '../../src/scheduler/queue.ts'
import { aPod } from './builders.ts'

const clock = new ManualClock()
const names = (taken: readonly QueuedPod[]): string[] => taken.map(({ uid }) => uid)
const NODE_EVENTS: ReadonlySet<ClusterEvent> = new Set(['nodeAdded', 'podUpdated'])

/** Takes what there is and finds no room for it. */
function refuse(queue: SchedulingQueue): string[] {
  const taken = queue.take(10, clock.now())
  for (const queued of taken) queue.setAside(queued, NODE_EVENTS, clock.now())
  return names(taken)
}

function queueOf(...pods: Parameters<typeof aPod>[0][]): SchedulingQueue {
  const queue = new SchedulingQueue()
  for (const sketch of pods) queue.put(aPod(sketch), clock.now())
  return queue
}

describe('the queue gives', () => {
  it('the higher priority first, then the older, and no more than asked for', () => {
    const queue = queueOf({ name: 'old' })
    clock.advance(1)
    queue.put(aPod({ name: 'new' }), clock.now())
    queue.put(aPod({ name: 'important', priority: 5 }), clock.now())
    expect(names(queue.take(2, clock.now()))).toEqual(['important', 'old'])
    expect(names(queue.take(2, clock.now()))).toEqual(['new'])
    expect(queue.size).toBe(0)
  })

  it('a pod once, in its newest state and with its age', () => {
    const queue = queueOf({ name: 'a' })
    const since = clock.now()
    clock.advance(5)
    queue.put(aPod({ name: 'a', priority: 3 }), clock.now())
    expect(queue.take(10, clock.now())).toMatchObject([{ uid: 'a', sinceMs: since, pod: { spec: { priority: 3 } } }])
  })
})

describe('a pod that did not fit', () => {
  it('does not come back for its own status', () => {
    const queue = queueOf({ name: 'a' })
    refuse(queue)
    const due = queue.nextDueMs()
    queue.put(aPod({ name: 'a', status: { conditions: [{ type: 'PodScheduled', status: 'False' }] } }), clock.now())
    expect(queue.nextDueMs()).toBe(due)
    clock.advance(20_000)
    expect(refuse(queue)).toEqual([])
  })

  it('does not come back for an event that cannot help', () => {
    const queue = queueOf({ name: 'a' })
    refuse(queue)
    queue.moveFor('podRemoved', clock.now())
    clock.advance(20_000)
    expect(refuse(queue)).toEqual([])
  })

  it('waits longer after each attempt, however often something happens and however old it is', () => {
    const queue = queueOf({ name: 'a' })
    clock.advance(3_600_000)
    const waits = [1, 2, 3, 4, 5, 6].map(() => {
      expect(refuse(queue)).toEqual(['a'])
      queue.moveFor('nodeAdded', clock.now())
      const waitMs = (queue.nextDueMs() ?? 0) - clock.now()
      clock.advance(waitMs - 1)
      queue.moveFor('nodeAdded', clock.now())
      expect(refuse(queue)).toEqual([])
      clock.advance(1)
      return waitMs
    })
    expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000])
  })

  it('comes back at once for an event after its back-off', () => {
    const queue = queueOf({ name: 'a' })
    refuse(queue)
    clock.advance(1_000)
    queue.moveFor('nodeAdded', clock.now())
    expect(refuse(queue)).toEqual(['a'])
  })

  it('comes back after five minutes in any case', () => {
    const queue = queueOf({ name: 'a' })
    refuse(queue)
    clock.advance(299_999)
    expect(refuse(queue)).toEqual([])
    clock.advance(1)
    expect(refuse(queue)).toEqual(['a'])
  })

  it('comes back for a change of its spec', () => {
    const queue = queueOf({ name: 'a' })
    refuse(queue)
    clock.advance(1_000)
    queue.put(aPod({ name: 'a', generation: 2 }), clock.now())
    expect(refuse(queue)).toEqual(['a'])
  })

  it('is gone when it is removed', () => {
    const queue = queueOf({ name: 'a' })
    refuse(queue)
    queue.remove('a')
    expect(queue.nextDueMs()).toBeUndefined()
    expect(queue.size).toBe(0)
  })
})

it('a pod that is held waits for its own change only, and then without back-off', () => {
  const queue = queueOf({ name: 'gated' })
  for (const queued of queue.take(1, clock.now())) queue.hold(queued, clock.now())
  expect(queue.nextDueMs()).toBeUndefined()
  queue.put(aPod({ name: 'gated', generation: 2 }), clock.now())
  expect(queue.take(1, clock.now())).toMatchObject([{ uid: 'gated', attempts: 0 }])
})

it('a pod whose bind failed comes back after its back-off without any event', () => {
  const queue = queueOf({ name: 'a' })
  for (const queued of queue.take(1, clock.now())) queue.retry(queued, clock.now())
  expect(queue.nextDueMs()).toBe(clock.now() + 1_000)
  queue.put(aPod({ name: 'a', generation: 2 }), clock.now())
  expect(queue.take(1, clock.now())).toEqual([])
  clock.advance(1_000)
  expect(names(queue.take(1, clock.now()))).toEqual(['a'])
})
