/** One place per key, one run at a time. */
import { describe, expect, it } from 'vitest'
import { WorkQueue } from '../../src/reconcile/work-queue.ts'

describe('the work queue', () => {
  it('gives keys in the order of their first wake, each once', () => {
    const queue = new WorkQueue()
    for (const key of ['a', 'b', 'a']) queue.add('c', key, 1, 0)
    expect([queue.take(0)?.key, queue.take(0)?.key, queue.take(0)?.key]).toEqual(['a', 'b', undefined])
  })

  it('gives a key that was woken while it runs again only after it has finished', () => {
    const queue = new WorkQueue()
    queue.add('c', 'a', 1, 0)
    const first = queue.take(0)
    queue.add('c', 'a', 5, 0)
    expect(queue.take(0)).toBeUndefined()
    if (first !== undefined) queue.finish(first)
    expect(queue.take(0)).toMatchObject({ key: 'a', revision: 5 })
  })

  it('knows the oldest change that is not dealt with, running keys included', () => {
    const queue = new WorkQueue()
    queue.add('c', 'a', 7, 0)
    const running = queue.take(0)
    queue.add('c', 'b', 9, 0)
    expect(queue.lowestRevision()).toBe(7)
    if (running !== undefined) queue.finish(running)
    expect(queue.lowestRevision()).toBe(9)
  })

  it('holds a key back until it is ready', () => {
    const queue = new WorkQueue()
    queue.add('c', 'a', 1, 0, 20)
    expect(queue.take(19)).toBeUndefined()
    expect(queue.nextReadyMs(0)).toBe(20)
    expect(queue.take(20)?.key).toBe('a')
  })
})
