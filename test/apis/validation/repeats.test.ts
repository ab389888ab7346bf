import { expect, it } from 'vitest'
import { repeats } from '../../../src/apis/validation/repeats.ts'

it('tells what came before', () => {
  const isRepeat = repeats()
  expect(['a', 'b', 'a', 'a', 'c', 'b'].map(isRepeat)).toEqual([false, false, true, true, false, true])
})

it('takes in proportion to how much it is asked', { timeout: 5_000 }, () => {
  expect(Array.from({ length: 300_000 }, (_, at) => String(at)).some(repeats())).toBe(false)
})
