/** Tolerations of a pod and of its runtime class, joined. */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Toleration } from '../../src/admission/pod.ts'
import { mergeTolerations } from '../../src/admission/tolerations.ts'

const toleration: fc.Arbitrary<Toleration> = fc.record(
  {
    key: fc.constantFrom('', 'a', 'b'),
    operator: fc.constantFrom('', 'Equal', 'Exists', 'Other'),
    value: fc.constantFrom('', 'x', 'y'),
    effect: fc.constantFrom('', 'NoExecute', 'NoSchedule'),
    tolerationSeconds: fc.constantFrom(1, 2, 3),
  },
  { requiredKeys: ['key', 'operator', 'value', 'effect'], noNullPrototype: true },
)

const covers = (wide: Toleration, narrow: Toleration): boolean =>
  isDeepStrictEqual(wide, narrow) || !mergeTolerations([narrow], [wide]).includes(narrow)

describe('tolerations, joined', () => {
  const whole: Toleration = { key: 'a', operator: 'Exists', effect: 'NoExecute' }

  it.each<[string, Toleration[], Toleration[], Toleration[]]>([
    ['equal ones are one', [whole], [{ ...whole }], [whole]],
    ['a later one covers', [{ ...whole, operator: 'Equal', value: 'x' }], [whole], [whole]],
    ['the longest stays', [{ ...whole, tolerationSeconds: 3 }], [whole, { ...whole, tolerationSeconds: 2 }], [whole]],
    ['others stay in their order', [{ key: 'b' }, { key: 'a', value: 'x' }], [{ key: 'a', value: 'y' }],
      [{ key: 'b' }, { key: 'a', value: 'x' }, { key: 'a', value: 'y' }]],
  ])('%s', (_what, first, second, joined) => {
    expect(mergeTolerations(first, second)).toEqual(joined)
  })

  it('cover all that there were, and none is covered by another that stays', () => {
    fc.assert(
      fc.property(fc.array(toleration, { maxLength: 6 }), fc.array(toleration, { maxLength: 4 }), (first, second) => {
        const joined = mergeTolerations(first, second)
        for (const one of [...first, ...second]) expect(joined.some((wide) => covers(wide, one))).toBe(true)
        expect(mergeTolerations(joined, [])).toEqual(joined)
      }),
    )
  })

  it('are joined in no time, however many there are', { timeout: 5_000 }, () => {
    const many = Array.from({ length: 50_000 }, (_, at): Toleration[] => [
      { key: 'a', effect: 'NoExecute', value: 'x', tolerationSeconds: at },
      { key: 'a', effect: 'NoExecute', operator: 'Equal', value: String(at) },
    ]).flat()
    expect(mergeTolerations(many, [])).toHaveLength(many.length)
  })
})
