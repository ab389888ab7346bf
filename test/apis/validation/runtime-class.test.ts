/**
 * RuntimeClasses: given → want, texts and paths of pkg/apis/node/validation/validation.go; an update is judged as a new
 * one, too (pkg/registry/node/runtimeclass/strategy.go).
 */
import { describe, expect, it } from 'vitest'
import { Subject } from './given-want.ts'

const subject = new Subject('node.k8s.io/v1', 'RuntimeClass')
const stored = { handler: 'gvisor' }
const toleration = { key: 'k', operator: 'Exists' }

it('keeps quantities of a RuntimeClass as they are, as nothing of its group is defaulted', () => {
  const made = subject.created({ ...stored, overhead: { podFixed: { cpu: '0.0000000001' } } })
  expect(made['overhead']).toEqual({ podFixed: { cpu: '1n' } })
})

describe('an update of a RuntimeClass', () => {
  it.each<{ what: string; to: object; want: readonly string[] }>([
    { what: 'that changes nothing passes', to: stored, want: [] },
    {
      what: 'keeps the handler',
      to: { handler: 'kata' },
      want: ['handler: Invalid value: "kata": field is immutable'],
    },
    {
      what: 'has a handler',
      to: {},
      want: ['handler: Required value', 'handler: Invalid value: "": field is immutable'],
    },
    {
      what: 'has no toleration twice, and an overhead that can be',
      to: {
        ...stored,
        overhead: { podFixed: { cpu: '-1' } },
        scheduling: { tolerations: [toleration, toleration] },
      },
      want: [
        'overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0',
        'scheduling.tolerations[1]: Duplicate value: ' +
          '{"Key":"k","Operator":"Exists","Value":"","Effect":"","TolerationSeconds":null}',
      ],
    },
  ])('$what', ({ to, want }) => {
    expect(subject.onUpdate(stored, to)).toEqual(want)
  })
})
