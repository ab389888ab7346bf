/**
 * Reports on Jobs: given → want, texts and paths of pkg/apis/batch/validation/validation.go, ValidateJobUpdateStatus,
 * and of when which is looked at, pkg/registry/batch/job/strategy.go, getStatusValidationOptions.
 */
import { describe, expect, it } from 'vitest'
import { Subject, type UpdateRow } from '../given-want.ts'

const [started, ended] = ['2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z']
const withStatus = (status: object, spec: object = {}): object => ({ spec, status })
const conditions = (...types: readonly string[]): object[] => types.map((type) => ({ type, status: 'True' }))
const complete = { startTime: started, completionTime: ended, conditions: conditions('SuccessCriteriaMet', 'Complete') }

const ROWS: readonly UpdateRow[] = [
  {
    what: 'a Job may complete',
    from: withStatus({ startTime: started, active: 1 }),
    to: withStatus({ ...complete, succeeded: 1 }),
    want: [],
  },
  {
    what: 'what is complete has met its criteria, has a time, and is not failed',
    from: withStatus({ startTime: started }),
    to: withStatus({ startTime: started, conditions: conditions('Complete', 'Failed') }),
    want: [
      'status.conditions: Invalid value: cannot set Complete=True and Failed=true conditions',
      'status.completionTime: Required value: completionTime is required for Complete jobs',
      'status.conditions: Invalid value: cannot set Failed=True condition without the FailureTarget=true condition',
      'status.conditions: Invalid value: cannot set Complete=True condition without the SuccessCriteriaMet=true condition',
    ],
  },
  {
    what: 'what is finished has begun and runs no more',
    from: withStatus({}),
    to: withStatus({
      active: 1,
      terminating: 1,
      conditions: conditions('FailureTarget', 'Failed'),
      uncountedTerminatedPods: { failed: ['a'] },
    }),
    want: [
      'status.active: Invalid value: 1: active>0 is invalid for finished job',
      'status.startTime: Required value: startTime is required for finished job',
      'status.uncountedTerminatedPods: Invalid value: {"Succeeded":null,"Failed":["a"]}: must be empty for finished job',
      'status.terminating: Invalid value: 1: terminating>0 is invalid for finished job',
    ],
  },
  {
    what: 'ends do not go away, counters do not fall',
    from: withStatus({ ...complete, succeeded: 2, failed: 2 }),
    to: withStatus({ startTime: started, succeeded: 1, failed: 1 }),
    want: [
      'status.conditions: Invalid value: cannot disable the terminal Complete=True condition',
      'status.failed: Invalid value: 1: cannot decrease the failed counter',
      'status.succeeded: Invalid value: 1: cannot decrease the succeeded counter',
      'status.conditions: Invalid value: cannot disable the SuccessCriteriaMet=True condition',
    ],
  },
  {
    what: 'times of an end stay, and follow the start',
    from: withStatus(complete),
    to: withStatus({ ...complete, completionTime: '2025-01-01T00:00:00Z' }),
    want: [
      'status.completionTime: Invalid value: "2025-01-01T00:00:00Z": must be equal to or after `startTime`',
      'status.completionTime: Invalid value: "2025-01-01T00:00:00Z": field is immutable',
    ],
  },
  {
    what: 'the start of a Job that runs stays',
    from: withStatus({ startTime: started }),
    to: withStatus({ startTime: ended }),
    want: [
      'status.startTime: Invalid value: "2026-01-01T00:01:00Z": field is immutable for unsuspended job once set',
    ],
  },
  {
    what: 'a resumed Job starts anew',
    from: withStatus({ startTime: started, conditions: conditions('Suspended') }),
    to: withStatus({ startTime: ended, conditions: [{ type: 'Suspended', status: 'False' }] }),
    want: [],
  },
  {
    what: 'counts are not negative, and not more are ready than run',
    from: withStatus({}),
    to: withStatus({ active: -1, succeeded: -1, ready: 1 }),
    want: [
      'status.active: Invalid value: -1: must be greater than or equal to 0',
      'status.succeeded: Invalid value: -1: must be greater than or equal to 0',
      'status.ready: Invalid value: 1: cannot set more ready pods than active',
      'status.succeeded: Invalid value: -1: cannot decrease the succeeded counter',
    ],
  },
  {
    what: 'pods that end are counted once',
    from: withStatus({}),
    to: withStatus({ uncountedTerminatedPods: { succeeded: ['a', ''], failed: ['a'] } }),
    want: [
      'status.uncountedTerminatedPods.succeeded[1]: Invalid value: "": must not be empty',
      'status.uncountedTerminatedPods.failed[0]: Duplicate value: "a"',
    ],
  },
  {
    what: 'indexes are of Jobs by index',
    from: withStatus({}, { completions: 5 }),
    to: withStatus({ completedIndexes: '1', failedIndexes: '2' }, { completions: 5 }),
    want: [
      'status.completedIndexes: Invalid value: "1": cannot set non-empty completedIndexes when non-indexed completion mode',
      'status.failedIndexes: Invalid value: "2": cannot set non-null failedIndexes when backoffLimitPerIndex is null',
    ],
  },
  {
    what: 'indexes can be read, and are done or failed',
    from: withStatus({}, { completionMode: 'Indexed', completions: 5, backoffLimitPerIndex: 1 }),
    to: withStatus(
      { completedIndexes: '1-3,2', failedIndexes: '2,9' },
      { completionMode: 'Indexed', completions: 5, backoffLimitPerIndex: 1 },
    ),
    want: [
      'status.completedIndexes: Invalid value: "1-3,2": error parsing completedIndexes: non-increasing order, previous: 3, current: 2',
      'status.failedIndexes: Invalid value: "2,9": error parsing failedIndexes: too large index: "9"',
      'status.failedIndexes: Invalid value: "2,9": failedIndexes and completedIndexes overlap at index: 2',
    ],
  },
]

describe('validation of what is reported of Jobs', () => {
  const subject = new Subject('batch/v1', 'Job')

  it('goes through long indexes side by side', { timeout: 2_000 }, () => {
    const every = (from: number): string => Array.from({ length: 40_000 }, (_, at) => String(from + 2 * at)).join(',')
    const indexed = { completionMode: 'Indexed', completions: 100_000, backoffLimitPerIndex: 1 } as const
    const reported = withStatus({ completedIndexes: every(0), failedIndexes: `${every(1)},90000` }, indexed)
    expect(subject.onStatus(withStatus({}, indexed), reported)).toEqual([])
  })

  it.each(ROWS)('$what', ({ from, to, want }) => {
    expect(subject.onStatus(from, to)).toEqual(want)
  })
})
