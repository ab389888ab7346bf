/** How long a terminating namespace is left alone before it is looked at again. */
import { describe, expect, it } from 'vitest'
import type { Remaining } from '../../../src/controllers/namespace/plan.ts'
import { waitMs } from '../../../src/controllers/namespace/wait.ts'

const rest: Remaining = { isSealed: true, resources: { configmaps: 1 }, finalizers: {}, graceSeconds: 0, errors: [] }
const held: Remaining = { ...rest, finalizers: { 'example.com/hold': 1 } }
const ending: Remaining = { ...rest, resources: { pods: 1 }, graceSeconds: 30 }

describe('the wait for a terminating namespace', () => {
  it.each([
    ['pods that have just been told to end', ending, 0, 5_000],
    ['pods that take their time', ending, 16_000, 8_000],
    ['pods at the end of half their grace', ending, 60_000, 16_000],
    ['a finalizer that may go at once', held, 0, 500],
    ['a finalizer that takes its time', held, 8_000, 4_000],
    ['a finalizer that has been there for minutes', held, 300_000, 15_000],
    ['content that goes at once', rest, 60_000, 1_000],
  ])('for %s', (_, remaining, terminatingMs, want) => {
    expect(waitMs(remaining, terminatingMs)).toBe(want)
  })
})
