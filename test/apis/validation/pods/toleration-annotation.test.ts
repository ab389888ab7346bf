/** Tolerations in an annotation are JSON of upstream's internal type, whose reader's words stand (validation.go). */
import { expect, it } from 'vitest'
import { formatFieldError } from '../../../../src/apimachinery/field-path.ts'
import { validatePodAnnotations } from '../../../../src/apis/core/pod/annotations.ts'

const NAME = 'scheduler.alpha.kubernetes.io/tolerations'

const unreadable = (why: string): string => `metadata.annotations: Invalid value: "${NAME}": ${why}`
const KEYLESS = `metadata.annotations.${NAME}[0].operator: Invalid value: "": operator must be Exists when`

it.each([
  ['null', []],
  ['[{"key":"a","operator":"Exists"}]', []],
  ['{}', [unreadable('json: cannot unmarshal object into Go value of type []core.Toleration')]],
  ['5', [unreadable('json: cannot unmarshal number into Go value of type []core.Toleration')]],
  ['["a"]', [unreadable('json: cannot unmarshal string into Go value of type core.Toleration')]],
  ['[{"key":5}]', [unreadable('json: cannot unmarshal number into Go struct field Toleration.Key of type string')]],
  [
    '[{"tolerationSeconds":"x"}]',
    [unreadable('json: cannot unmarshal string into Go struct field Toleration.TolerationSeconds of type int64')],
  ],
  ['[null]', [KEYLESS]],
])('%s', (text, want) => {
  const errors = validatePodAnnotations({ [NAME]: text }, { containers: [] }, 'metadata.annotations')
  const told = errors.map(formatFieldError)
  expect(told).toEqual(want.map((start) => expect.stringContaining(start) as unknown))
})
