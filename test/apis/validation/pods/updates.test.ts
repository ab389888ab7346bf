/**
 * What may change of a pod that is there: given → want, texts and paths of pkg/apis/core/validation/validation.go,
 * ValidatePodUpdate.
 */
import { describe, expect, it } from 'vitest'
import { Subject, type UpdateRow } from '../given-want.ts'

const web = { name: 'web', image: 'web:1' }
const withSpec = (more: object): object => ({ spec: { containers: [web], ...more } })
const gated = (more: object): object => withSpec({ schedulingGates: [{ name: 'g' }, { name: 'h' }], ...more })
const inZone = (...values: readonly string[]): object => ({
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchExpressions: values.map((value) => ({ key: 'zone', operator: 'In', values: [value] })) },
        ],
      },
    },
  },
})

const labelledBy = (seLinuxChangePolicy: string): object => withSpec({ securityContext: { seLinuxChangePolicy } })

const ROWS: readonly UpdateRow[] = [
  {
    what: 'what has a way of labelling volumes may have either, and one alone may be taken up',
    from: labelledBy('Recursive'),
    to: labelledBy('X'),
    want: [
      'spec.securityContext.seLinuxChangePolicy: Unsupported value: "X": supported values: "MountOption", "Recursive"',
      expect.stringContaining('spec: Forbidden: pod updates may not change fields other than') as string,
    ],
  },
  {
    what: 'what may change is no part of what is said to have changed, even where it is given empty',
    from: withSpec({}),
    to: withSpec({ schedulingGates: [], tolerations: [], initContainers: [], hostAliases: [], nodeName: 'n' }),
    want: [
      expect.stringMatching(/^spec: Forbidden: (?!.*\n[+-] "(?:SchedulingGates|Tolerations|InitContainers)").*\+ "HostAliases": \[\]/s) as string,
    ],
  },
  {
    what: 'a selector that is given empty is told from none',
    from: gated({ nodeSelector: { a: 'b' } }),
    to: gated({ nodeSelector: {} }),
    want: [
      'spec.nodeSelector: Invalid value: {}: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    ],
  },
  {
    what: 'an image stays an image',
    from: withSpec({}),
    to: { spec: { containers: [{ ...web, image: '' }] } },
    want: [
      'spec.containers[0].image: Required value',
      'spec.containers[0].image: Required value',
    ],
  },
  {
    what: 'an image has no spaces around',
    from: withSpec({}),
    to: { spec: { containers: [{ ...web, image: ' a' }] } },
    want: [
      'spec.containers[0].image: Invalid value: " a": must not have leading or trailing whitespace',
      'spec.containers[0].image: Invalid value: " a": must not have leading or trailing whitespace',
    ],
  },
  {
    what: 'init containers are not taken away',
    from: withSpec({ initContainers: [{ ...web, name: 'i' }] }),
    to: withSpec({}),
    want: [
      'spec.initContainers: Forbidden: pod updates may not add or remove containers',
    ],
  },
  {
    what: 'a deadline comes nearer only',
    from: withSpec({ activeDeadlineSeconds: 10 }),
    to: withSpec({ activeDeadlineSeconds: 11 }),
    want: [
      'spec.activeDeadlineSeconds: Invalid value: 11: must be less than or equal to previous value',
    ],
  },
  {
    what: 'a deadline that is set stays',
    from: withSpec({ activeDeadlineSeconds: 10 }),
    to: withSpec({}),
    want: [
      'spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value',
    ],
  },
  {
    what: 'a deadline is not negative',
    from: withSpec({}),
    to: withSpec({ activeDeadlineSeconds: -1 }),
    want: [
      'spec.activeDeadlineSeconds: Invalid value: -1: must be between 1 and 2147483647, inclusive',
      'spec.activeDeadlineSeconds: Invalid value: -1: must be between 0 and 2147483647, inclusive',
    ],
  },
  {
    what: 'tolerations may grow and last longer',
    from: withSpec({ tolerations: [{ key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 1 }] }),
    to: withSpec({
      tolerations: [
        { key: 'a', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 2 },
        { key: 'b', operator: 'Exists' },
      ],
    }),
    want: [],
  },
  {
    what: 'gates may go',
    from: gated({}),
    to: withSpec({ schedulingGates: [{ name: 'h' }] }),
    want: [],
  },
  {
    what: 'gates may not come',
    from: withSpec({ schedulingGates: [{ name: 'h' }] }),
    to: gated({}),
    want: [
      "spec.schedulingGates[0].name: Forbidden: only deletion is allowed, but found new scheduling gate 'g'",
    ],
  },
  {
    what: 'behind a gate, the selector of nodes may grow',
    from: gated({ nodeSelector: { a: 'b' } }),
    to: gated({ nodeSelector: { a: 'b', c: 'd' } }),
    want: [],
  },
  {
    what: 'behind a gate, the selector of nodes may not shrink',
    from: gated({ nodeSelector: { a: 'b' } }),
    to: gated({ nodeSelector: { c: 'd' } }),
    want: [
      'spec.nodeSelector: Invalid value: {"c":"d"}: only additions to spec.nodeSelector are allowed (no mutations or deletions)',
    ],
  },
  {
    what: 'behind a gate, terms of nodes may narrow',
    from: gated(inZone('a')),
    to: gated(inZone('a', 'b')),
    want: [],
  },
  {
    what: 'behind a gate, terms of nodes may not widen',
    from: gated(inZone('a', 'b')),
    to: gated(inZone('a')),
    want: [
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0]: Invalid value: {"MatchExpressions":[{"Key":"zone","Operator":"In","Values":["a"]}],"MatchFields":null}: only additions are allowed (no mutations or deletions)',
    ],
  },
]

describe('validation of updates of pods', () => {
  const subject = new Subject('v1', 'Pod')

  it.each(ROWS)('$what', ({ from, to, want }) => {
    expect(subject.onUpdate(from, to)).toEqual(want)
  })
})
