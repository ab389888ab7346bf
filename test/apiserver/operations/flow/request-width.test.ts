/** How many seats requests take, and what a priority level makes of wide ones. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PriorityLevel } from '../../../../src/apiserver/operations/flow/priority-level.ts'
import type { Stored, Width } from '../../../../src/apiserver/operations/flow/request-width.ts'
import {
  ONE_SEAT, listWidth, maxSeatsOf, writeWidth,
} from '../../../../src/apiserver/operations/flow/request-width.ts'
import { StoredSizes, storedOf } from '../../../../src/apiserver/operations/flow/stored-sizes.ts'
import type { ListQuery } from '../../../../src/store/object-store.ts'
import { parseRequest } from '../../../../src/apiserver/request-info.ts'

const PATH = '/api/v1/namespaces/team/pods'

function widthOf(asked: string, stored: Stored | undefined, most?: number): Width {
  const query = new URLSearchParams(asked)
  const info = parseRequest('GET', PATH, query)
  if (!info.isResource) throw new Error('no resource')
  return listWidth(info, query, most, () => stored)
}

describe('a list', () => {
  const many = { count: 1_000, averageSize: 2_000 }
  const large = { count: 100, averageSize: 150_000 }
  it.each([
    ['', many, 10],
    ['', { count: 100, averageSize: 2_000 }, 2],
    ['', { count: 101, averageSize: 2_000 }, 3],
    ['', { count: 0, averageSize: 0 }, 1],
    ['', undefined, 1],
    ['limit=100', many, 2],
    ['limit=5000', many, 10],
    ['fieldSelector=metadata.name=a', large, 2],
    ['labelSelector=a=b', many, 10],
    ['limit=10', large, 10],
    // Read as of a revision, all at once.
    ['continue=x&limit=20', large, 30],
    ['continue=x&limit=20&labelSelector=a', large, 75],
    ['limit=20&resourceVersion=7', large, 30],
    ['limit=20&resourceVersion=0', large, 10],
    ['resourceVersion=7&resourceVersionMatch=Exact', large, 100],
    ['resourceVersion=7&resourceVersionMatch=NotOlderThan', large, 10],
    ['limit=junk', undefined, 100],
    // Of watches those that begin with what there is.
    ['watch=true', many, 10],
    ['watch=true&resourceVersion=0', many, 10],
    ['watch=true&resourceVersion=7', many, 1],
    ['watch=true&resourceVersion=7&sendInitialEvents=true', many, 10],
    ['watch=true&resourceVersion=7&sendInitialEvents=false', many, 1],
  ])('with "%s" of %j takes %i seats', (asked, stored, seats) => {
    expect(widthOf(asked, stored)).toEqual({ seats, initialSeats: seats, finalSeats: 0, finalMs: 0 })
  })

  it('takes no more than its level gives to one', () => {
    expect(widthOf('', many, 4).seats).toBe(4)
    expect(widthOf('limit=junk', many, 4).seats).toBe(4)
  })
})

describe('a write', () => {
  it.each([
    [0, undefined, ONE_SEAT],
    [9, undefined, ONE_SEAT],
    [10, undefined, { seats: 1, initialSeats: 1, finalSeats: 1, finalMs: 5 }],
    [25, undefined, { seats: 3, initialSeats: 1, finalSeats: 3, finalMs: 5 }],
    [100, undefined, { seats: 10, initialSeats: 1, finalSeats: 10, finalMs: 5 }],
    [200, undefined, { seats: 10, initialSeats: 1, finalSeats: 10, finalMs: 10 }],
    [200, 4, { seats: 4, initialSeats: 1, finalSeats: 4, finalMs: 25 }],
  ])('that %i watch takes seats for a while after its answer', (watchers, most, wanted) => {
    expect(writeWidth(watchers, most)).toEqual(wanted)
  })
})

it.each([
  [256, undefined, undefined],
  [0, 8, 1],
  [20, 8, 2],
  [64, 6, 10],
  [64, 1, 10],
])('a level of %i seats and hands of %j gives at most %j to one request', (nominal, handSize, wanted) => {
  expect(maxSeatsOf(nominal, handSize)).toBe(wanted)
})

describe('sizes of what is stored', () => {
  const reader = (asked: ListQuery[]) => ({
    list(query: ListQuery) {
      asked.push(query)
      const object = (name: string, text: string) => ({
        resource: query.resource, name, text, revision: 1, selectable: { labels: {}, fields: {} },
      })
      return { objects: [object('a', 'xxxx'), object('b', 'xx')], hasMore: true, remaining: 40 }
    },
  })

  it('are counted once a minute, from a few objects', () => {
    const asked: ListQuery[] = []
    const sizes = new StoredSizes()
    for (const nowMs of [0, 1, 59_999]) {
      expect(sizes.of('pods', nowMs, reader(asked))).toMatchObject({ count: 42, averageSize: 3 })
    }
    expect(asked).toHaveLength(1)
    sizes.of('pods', 60_000, reader(asked))
    expect(asked).toHaveLength(2)
  })

  it('are those of the last whole list where there is no store', () => {
    const sizes = new StoredSizes()
    expect(sizes.of('pods', 0, undefined)).toBeUndefined()
    sizes.learn('pods', storedOf(4, 10), 0)
    expect(sizes.of('pods', 100_000, undefined)).toMatchObject({ count: 4, averageSize: 3 })
  })
})

interface Running {
  readonly queue: number
  readonly width: Width
}

/** A level of so many seats, and what runs in it. */
function aLevel(seats: number) {
  const level = new PriorityLevel('it', 0)
  level.configure(
    {
      apiVersion: 'flowcontrol.apiserver.k8s.io/v1',
      kind: 'PriorityLevelConfiguration',
      metadata: { name: 'it' },
      spec: {
        type: 'Limited',
        limited: { limitResponse: { type: 'Queue', queuing: { queues: 8, handSize: 2, queueLengthLimit: 100 } } },
      },
    },
    { nominal: seats, min: seats, max: seats },
  )
  const running: Running[] = []
  const started: number[] = []
  let arrived = 0
  return {
    level,
    running,
    started,
    inUse: () => running.reduce((sum, { width }) => sum + width.seats, 0),
    arrive(hand: readonly number[], width: Width): void {
      const id = arrived++
      const start = (queue: number): void => {
        running.push({ queue, width })
        started.push(id)
      }
      if (level.hasRoomFor(width)) start(level.begin(hand, width))
      else level.enqueue(hand, { width, dispatch: start })
    },
    finish(at: number, durationMs: number): void {
      const [done] = running.splice(at % Math.max(1, running.length), 1)
      if (done === undefined) return
      level.end(done.queue, done.width, durationMs)
      level.release(done.width, 0)
    },
    get arrived() {
      return arrived
    },
  }
}

const wide = (seats: number): Width => ({ seats, initialSeats: seats, finalSeats: 0, finalMs: 0 })
const step = fc.record({
  isArrival: fc.boolean(),
  hand: fc.uniqueArray(fc.nat({ max: 7 }), { minLength: 2, maxLength: 2 }),
  seats: fc.integer({ min: 1, max: 14 }),
  at: fc.nat({ max: 50 }),
  durationMs: fc.nat({ max: 200 }),
})

describe('a priority level', () => {
  it('never has more seats in use than it has, but for one request that is wider and runs alone', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), fc.integer({ min: 1, max: 10 }), (steps, seats) => {
        const it = aLevel(seats)
        for (const { isArrival, hand, seats: width, at, durationMs } of steps) {
          if (isArrival) it.arrive(hand, wide(width))
          else it.finish(at, durationMs)
          expect(it.inUse() <= seats || it.running.length === 1).toBe(true)
          // Nobody waits where nobody runs.
          expect(it.running.length > 0 || it.level.waiting === 0).toBe(true)
        }
      }),
    )
  })

  it('serves everything that comes, however wide', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), fc.integer({ min: 1, max: 10 }), (steps, seats) => {
        const it = aLevel(seats)
        for (const { hand, seats: width } of steps) it.arrive(hand, wide(width))
        for (let left = steps.length; left > 0; left--) it.finish(left, 3)
        expect([it.started.length, it.level.waiting, it.level.executing]).toEqual([steps.length, 0, 0])
      }),
    )
  })

  it('lets a wide request have its turn, however many narrow ones keep coming', () => {
    const it = aLevel(10)
    for (let index = 0; index < 10; index++) it.arrive([0, 1], ONE_SEAT)
    it.arrive([2, 3], wide(8))
    const id = it.arrived - 1
    let turns = 0
    while (!it.started.includes(id) && turns < 100) {
      it.arrive([0, 1], ONE_SEAT)
      it.finish(0, 3)
      turns++
    }
    expect(turns).toBeLessThan(30)
  })

  it('lets those go on who waited behind a wide request that gave up', () => {
    const it = aLevel(10)
    it.arrive([0, 1], wide(5))
    const item = { width: wide(8), dispatch: () => undefined }
    const queue = it.level.enqueue([2, 3], item)
    it.arrive([4, 5], ONE_SEAT)
    expect([it.running.length, it.level.waiting]).toEqual([1, 2])
    it.level.leave(queue, item)
    expect([it.running.length, it.level.waiting]).toEqual([2, 0])
  })

  it('counts a wide request as that much of the share of its queue', () => {
    const it = aLevel(8)
    for (let index = 0; index < 200; index++) {
      it.arrive([0, 0], wide(4))
      for (let narrow = 0; narrow < 4; narrow++) it.arrive([1, 1], ONE_SEAT)
    }
    const served = { wide: 0, narrow: 0 }
    for (let turn = 0; turn < 300; turn++) {
      served[it.running[0]?.width.seats === 4 ? 'wide' : 'narrow'] += 1
      it.finish(0, 10)
    }
    expect(served.narrow / served.wide).toBeGreaterThan(3)
    expect(served.narrow / served.wide).toBeLessThan(5)
  })
})
