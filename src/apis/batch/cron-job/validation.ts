/**
 * Validation of CronJob objects: when Jobs are made, and what they are.
 * Upstream: kubernetes/kubernetes pkg/apis/batch/validation/validation.go, ValidateCronJobCreate,
 * validateCronJobSpec, ValidateJobTemplateSpec.
 */
import { invalid, notSupported, ofNamedType, required, type FieldError } from '../../../apimachinery/field-path.ts'
import { byteLength } from '../../../apimachinery/names.ts'
import type { V1CronJob, V1CronJobSpec, V1JobTemplateSpec } from '../../generated/types.ts'
import { notNegative, oneOf, printedSelector } from '../../validation/rules.ts'
import { validateJobSpec } from '../job/validation.ts'
import { checkSchedule, ScheduleError } from './schedule.ts'
import { isTimeZone } from './time-zone.ts'

type Spec = Partial<V1CronJobSpec>

/** A Job's name is its CronJob's and eleven characters more. */
const MAX_NAME_LENGTH = 52
const ZONE_PART = /^[A-Za-z.\-_0-9+]{1,14}$/

function validateSchedule({ schedule = '', timeZone }: Spec, previous: Spec | undefined): FieldError[] {
  const at = 'spec.schedule'
  if (schedule === '') return [required(at)]
  const errors: FieldError[] = []
  try {
    checkSchedule(schedule)
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error
    errors.push(invalid(at, schedule, error.message))
  }
  if (!schedule.includes('TZ')) return errors
  const hadZone = previous?.schedule?.includes('TZ') === true
  if (!hadZone) {
    errors.push(invalid(at, schedule, 'cannot use TZ or CRON_TZ in schedule, use timeZone field instead'))
  } else if (timeZone !== undefined) {
    errors.push(invalid(at, schedule, 'cannot use both timeZone field and TZ or CRON_TZ in schedule'))
  }
  return errors
}

function validateTimeZone(timeZone: string | undefined): FieldError[] {
  const at = 'spec.timeZone'
  if (timeZone === undefined) return []
  if (timeZone === '') return [invalid(at, timeZone, 'timeZone must be nil or non-empty string')]
  const isOdd = (part: string): boolean =>
    part === '.' || part === '..' || part.startsWith('-') || !ZONE_PART.test(part)
  const unknown = invalid(at, ofNamedType(timeZone), `unknown time zone ${timeZone}`)
  if (timeZone.split('/').some(isOdd)) return [unknown]
  const errors: FieldError[] = []
  if (timeZone.toLowerCase() === 'local') {
    const why = 'timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones'
    errors.push(invalid(at, ofNamedType(timeZone), why))
  }
  return isTimeZone(timeZone) ? errors : [...errors, unknown]
}

function validateJobTemplate({ spec }: V1JobTemplateSpec, old: V1JobTemplateSpec | undefined): FieldError[] {
  const at = 'spec.jobTemplate.spec'
  const errors = validateJobSpec(spec ?? {}, at, old?.spec)
  if (spec?.selector !== undefined) {
    errors.push(invalid(`${at}.selector`, printedSelector(spec.selector), '`selector` will be auto-generated'))
  }
  if (spec?.manualSelector === true) errors.push(notSupported(`${at}.manualSelector`, true, ['nil', 'false']))
  return errors
}

function validateSpec(spec: Spec, previous: Spec | undefined): FieldError[] {
  const isZoneKept = previous !== undefined && previous.timeZone === spec.timeZone
  return [
    ...validateSchedule(spec, previous),
    ...notNegative('spec.startingDeadlineSeconds', spec.startingDeadlineSeconds),
    ...(isZoneKept ? [] : validateTimeZone(spec.timeZone)),
    ...oneOf('spec.concurrencyPolicy', spec.concurrencyPolicy, ['Allow', 'Forbid', 'Replace']),
    ...validateJobTemplate(spec.jobTemplate ?? {}, previous?.jobTemplate),
    ...notNegative('spec.successfulJobsHistoryLimit', spec.successfulJobsHistoryLimit),
    ...notNegative('spec.failedJobsHistoryLimit', spec.failedJobsHistoryLimit),
  ]
}

export function validateCronJob({ spec, metadata: { name = '' } }: V1CronJob): FieldError[] {
  const errors = validateSpec(spec ?? {}, undefined)
  if (byteLength(name) <= MAX_NAME_LENGTH) return errors
  return [...errors, invalid('metadata.name', name, 'must be no more than 52 characters')]
}

export function validateCronJobUpdate({ spec }: V1CronJob, previous: V1CronJob): FieldError[] {
  return validateSpec(spec ?? {}, previous.spec ?? {})
}
