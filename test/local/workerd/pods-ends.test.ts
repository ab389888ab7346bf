import { expect, it } from 'vitest'
import { ManualClock } from '../../../src/lib/clock.ts'
import { PodsEnds } from '../../../src/local/workerd/pods-ends.ts'

function world() {
  const clock = new ManualClock(0)
  return { clock, ends: new PodsEnds(clock) }
}

it('takes the first start for one after an orderly stop', () => {
  expect(world().ends.last).toEqual({ reason: 'Stopped' })
})

it('keeps traces to itself and passes on what pods print', () => {
  const { ends } = world()
  expect(ends.isTrace('workernetes-enter uid-1')).toBe(true)
  expect(ends.isTrace('hello from a pod')).toBe(false)
})

it('blames the pod that was entered last when the process stays silent', () => {
  const { clock, ends } = world()
  ends.isTrace('workernetes-enter uid-1')
  ends.isTrace('workernetes-enter uid-2')
  clock.advance(4_500)
  ends.killedFor({ reason: 'Unresponsive', silentMs: 4_400 })
  ends.ended('it was ended by SIGKILL')
  expect(ends.last).toEqual({ reason: 'Unresponsive', suspects: ['uid-2'] })
})

it('blames nobody in particular when the last entry was long before the silence', () => {
  const { clock, ends } = world()
  ends.isTrace('workernetes-enter uid-1')
  clock.advance(60_000)
  ends.killedFor({ reason: 'Unresponsive', silentMs: 4_400 })
  ends.ended('it was ended by SIGKILL')
  expect(ends.last).toEqual({ reason: 'Unresponsive' })
})

it.each([
  ['FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory', 'OutOfMemory'],
  ['*** Received signal #11: Segmentation fault', 'Crashed'],
])('tells from the last lines how it died: %s', (said, reason) => {
  const { ends } = world()
  ends.ended(said)
  expect(ends.last).toEqual({ reason })
})

it('blames the pod that was entered last when memory is exhausted, or when it is killed for that', () => {
  const { ends } = world()
  ends.isTrace('workernetes-enter uid-1')
  ends.ended('message = : allocation failed: JavaScript heap out of memory')
  expect(ends.last).toEqual({ reason: 'OutOfMemory', suspects: ['uid-1'] })
  ends.isTrace('workernetes-enter uid-2')
  ends.killedFor({ reason: 'OutOfMemory' })
  ends.ended('it was ended by SIGKILL')
  expect(ends.last).toEqual({ reason: 'OutOfMemory', suspects: ['uid-2'] })
})

it('forgets the kill once it was accounted for', () => {
  const { ends } = world()
  ends.killedFor({ reason: 'Unresponsive', silentMs: 4_400 })
  ends.ended('it was ended by SIGKILL')
  ends.ended('crashed')
  expect(ends.last).toEqual({ reason: 'Crashed' })
})
