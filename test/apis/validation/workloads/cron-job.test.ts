/** CronJobs: given → want, texts of pkg/apis/batch/validation/validation.go and of robfig/cron's parser. */
import { describe, expect, it } from 'vitest'
import { Subject, type Row, type UpdateRow } from '../given-want.ts'

const jobs = new Subject('batch/v1', 'CronJob')
const podSpec = { containers: [{ name: 'web', image: 'web:1' }], restartPolicy: 'Never' }
const jobTemplate = { spec: { template: { spec: podSpec } } }
const plain = { schedule: '*/5 * * * *', jobTemplate }
const at = (schedule: string, more: object = {}): object => ({ spec: { ...plain, schedule, ...more } })
const inZone = (timeZone: string): object => at('* * * * *', { timeZone })

const GOOD = [
  '* * * * *', '0 0 1 1 0', '*/15 0-5,22 ? jan-MAR Mon-Fri', '5/10 * * * *', '1,,2 * * * *', '@yearly', '@midnight',
  '@every 1h30m', '@every 1.5s', '* *  *\t* *', ', * * * *', '*-7 * * * *',
]
const BAD: readonly (readonly [schedule: string, why: string])[] = [
  ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
  ['0 * * * * *', 'expected exactly 5 fields, found 6: [0 * * * * *]'],
  ['60 * * * *', 'end of range (60) above maximum (59): 60'],
  ['* 24 * * *', 'end of range (24) above maximum (23): 24'],
  ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
  ['* * * 13 *', 'end of range (13) above maximum (12): 13'],
  ['* * * * 7', 'end of range (7) above maximum (6): 7'],
  ['5-3 * * * *', 'beginning of range (5) beyond end of range (3): 5-3'],
  ['*/0 * * * *', 'step of range should be a positive number: */0'],
  ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
  ['*/1/2 * * * *', 'too many slashes: */1/2'],
  ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
  ['-1 * * * *', 'failed to parse int from : strconv.Atoi: parsing "": invalid syntax'],
  [
    '99999999999999999999 * * * *',
    'failed to parse int from 99999999999999999999: strconv.Atoi: parsing "99999999999999999999": value out of range',
  ],
  ['@hourli', 'unrecognized descriptor: @hourli'],
  ['@every x', 'failed to parse duration @every x: time: invalid duration "x"'],
  ['@every 1', 'failed to parse duration @every 1: time: missing unit in duration "1"'],
  ['@every 1d', 'failed to parse duration @every 1d: time: unknown unit "d" in duration "1d"'],
]

const NO_TZ = 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'
const CREATES: readonly Row[] = [
  { what: 'a plain one is fine', given: { spec: plain }, want: [] },
  {
    what: 'a schedule is required',
    given: { spec: { jobTemplate } },
    want: ['spec.schedule: Required value'],
  },
  {
    what: 'the zone stands in its own field',
    given: at('TZ=UTC * * * * *'),
    want: [`spec.schedule: Invalid value: "TZ=UTC * * * * *": ${NO_TZ}`],
  },
  {
    what: 'a zone in the schedule is one',
    given: at('CRON_TZ=Foo * * * * *'),
    want: [
      'spec.schedule: Invalid value: "CRON_TZ=Foo * * * * *": provided bad location Foo: unknown time zone Foo',
      `spec.schedule: Invalid value: "CRON_TZ=Foo * * * * *": ${NO_TZ}`,
    ],
  },
  {
    what: 'a zone without a schedule is none',
    given: at('TZ=UTC'),
    want: [
      'spec.schedule: Invalid value: "TZ=UTC": invalid schedule format: runtime error: slice bounds out of range [:-1]',
      `spec.schedule: Invalid value: "TZ=UTC": ${NO_TZ}`,
    ],
  },
  { what: 'a zone of the database is known', given: inZone('America/Argentina/Buenos_Aires'), want: [] },
  {
    what: 'a zone is not empty',
    given: inZone(''),
    want: ['spec.timeZone: Invalid value: "": timeZone must be nil or non-empty string'],
  },
  {
    what: 'a zone is named by place',
    given: inZone('Local'),
    want: [
      'spec.timeZone: Invalid value: "Local": timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones',
    ],
  },
  ...['Foo/Bar', 'europe/berlin', '../etc', 'Europe//Berlin', '+01', 'Europe/-Berlin'].map((zone) => ({
    what: `${zone} is no zone`,
    given: inZone(zone),
    want: [`spec.timeZone: Invalid value: "${zone}": unknown time zone ${zone}`],
  })),
  {
    what: 'counts are not negative, and the policy is a known one',
    given: at('* * * * *', {
      startingDeadlineSeconds: -1,
      concurrencyPolicy: 'Any',
      successfulJobsHistoryLimit: -2,
      failedJobsHistoryLimit: -3,
    }),
    want: [
      'spec.startingDeadlineSeconds: Invalid value: -1: must be greater than or equal to 0',
      'spec.concurrencyPolicy: Unsupported value: "Any": supported values: "Allow", "Forbid", "Replace"',
      'spec.successfulJobsHistoryLimit: Invalid value: -2: must be greater than or equal to 0',
      'spec.failedJobsHistoryLimit: Invalid value: -3: must be greater than or equal to 0',
    ],
  },
  {
    what: 'its Jobs are judged as Jobs, but for the selector',
    given: at('* * * * *', {
      jobTemplate: {
        spec: { template: { spec: { containers: [] } }, manualSelector: true, selector: {}, parallelism: -1 },
      },
    }),
    want: [
      'spec.jobTemplate.spec.parallelism: Invalid value: -1: must be greater than or equal to 0',
      'spec.jobTemplate.spec.template.spec.containers: Required value',
      'spec.jobTemplate.spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
      'spec.jobTemplate.spec.selector: Invalid value: {}: `selector` will be auto-generated',
      'spec.jobTemplate.spec.manualSelector: Unsupported value: true: supported values: "nil", "false"',
    ],
  },
  {
    what: 'policies of its Jobs have their paths',
    given: at('* * * * *', {
      jobTemplate: {
        spec: {
          template: { spec: podSpec },
          podFailurePolicy: { rules: [{ action: 'Any', onPodConditions: [] }] },
          successPolicy: { rules: [] },
          podReplacementPolicy: 'TerminatingOrFailed',
        },
      },
    }),
    want: [
      'spec.jobTemplate.spec.podFailurePolicy.rules[0].action: Unsupported value: "Any": supported values: "Count", "FailIndex", "FailJob", "Ignore"',
      'spec.jobTemplate.spec.podFailurePolicy.rules[0]: Invalid value: specifying one of OnExitCodes and OnPodConditions is required',
      'spec.jobTemplate.spec.successPolicy: Invalid value: {"Rules":[]}: requires indexed completion mode',
      'spec.jobTemplate.spec.podReplacementPolicy: Unsupported value: "TerminatingOrFailed": supported values: "Failed"',
    ],
  },
  {
    what: 'its name leaves room for the time of a Job',
    given: { metadata: { name: 'x'.repeat(53), namespace: 'default' }, spec: plain },
    want: [`metadata.name: Invalid value: "${'x'.repeat(53)}": must be no more than 52 characters`],
  },
]

const UPDATES: readonly UpdateRow[] = [
  {
    what: 'a zone that was in the schedule may stay there',
    from: at('TZ=UTC * * * * *'),
    to: at('TZ=UTC 1 * * * *'),
    want: [],
  },
  {
    what: 'the zone is said once',
    from: at('TZ=UTC * * * * *'),
    to: at('TZ=UTC * * * * *', { timeZone: 'Etc/UTC' }),
    want: [
      'spec.schedule: Invalid value: "TZ=UTC * * * * *": cannot use both timeZone field and TZ or CRON_TZ in schedule',
    ],
  },
  { what: 'a zone that was wrong already may stay', from: inZone('Foo/Bar'), to: inZone('Foo/Bar'), want: [] },
  {
    what: 'a long name may stay',
    from: { metadata: { name: 'x'.repeat(53), namespace: 'default' }, spec: plain },
    to: { metadata: { name: 'x'.repeat(53), namespace: 'default' }, spec: plain },
    want: [],
  },
]

describe('validation of CronJobs', () => {
  it.each(GOOD)('%s is a schedule', (schedule) => {
    expect(jobs.onCreate(at(schedule))).toEqual([])
  })

  it.each(BAD)('%s is no schedule', (schedule, why) => {
    expect(jobs.onCreate(at(schedule))).toEqual([`spec.schedule: Invalid value: "${schedule}": ${why}`])
  })

  it.each(CREATES)('$what', ({ given, want }) => {
    expect(jobs.onCreate(given)).toEqual(want)
  })

  it.each(UPDATES)('on update, $what', ({ from, to, want }) => {
    expect(jobs.onUpdate(from, to)).toEqual(want)
  })

  it('warns of names and of zones in schedules', () => {
    const dotted = { metadata: { name: 'a.b', namespace: 'default' }, spec: plain }
    expect(jobs.warnings(dotted)).toEqual([
      'metadata.name: this is used in Pod names and hostnames, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]',
    ])
    expect(jobs.warnings(at('TZ=UTC * * * * *'), at('TZ=UTC * * * * *'))).toEqual([
      'cannot use TZ or CRON_TZ in spec.spec.schedule, use timeZone instead, see https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/ for more details',
    ])
  })
})
