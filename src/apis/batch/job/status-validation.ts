/**
 * Validation of what a controller reports of a Job. Most rules are looked at only when what they are about changes, so
 * that a status that is wrong already does not stop other reports.
 * Upstream: kubernetes/kubernetes pkg/apis/batch/validation/validation.go, validateJobStatus, ValidateJobStatusUpdate;
 * pkg/registry/batch/job/strategy.go, getStatusValidationOptions.
 */
import {
  duplicate, indexPath, invalid, invalidCombination, ofNamedType, required, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { FIELD_IMMUTABLE_MESSAGE } from '../../../apimachinery/metadata-validation.ts'
import { isEarlier, printedTime } from '../../../apimachinery/schema/times.ts'
import type { V1Job, V1UncountedTerminatedPods } from '../../generated/types.ts'
import { internalForm } from '../../validation/internal-form.ts'
import { isEqual, notNegative } from '../../validation/rules.ts'
import { countIndexes, firstShared, IndexRangeError } from './index-ranges.ts'

const CONDITIONS_AT = 'status.conditions'

function is({ status }: V1Job, type: string, value = 'True'): boolean {
  return status?.conditions?.some((condition) => condition.type === type && condition.status === value) === true
}

function isFinished(job: V1Job): boolean {
  return is(job, 'Complete') || is(job, 'Failed')
}

function validateUncounted({ succeeded = [], failed = [] }: V1UncountedTerminatedPods): FieldError[] {
  const seen = new Set<string>()
  return Object.entries({ succeeded, failed }).flatMap(([list, uids]) =>
    uids.flatMap((uid, index) => {
      const at = indexPath(`status.uncountedTerminatedPods.${list}`, index)
      if (uid === '') return [invalid(at, uid, 'must not be empty')]
      if (seen.has(uid)) return [duplicate(at, ofNamedType(uid))]
      seen.add(uid)
      return []
    }),
  )
}

function validateIndexText(field: string, text: string, completions: number): FieldError[] {
  try {
    countIndexes(text, completions)
    return []
  } catch (error) {
    if (!(error instanceof IndexRangeError)) throw error
    // What failed is a pointer.
    const printed = field === 'failedIndexes' ? ofNamedType(text) : text
    return [invalid(`status.${field}`, printed, `error parsing ${field}: ${error.message}`)]
  }
}

/** What `next` says that `old` did not. */
interface Change {
  readonly next: V1Job
  readonly old: V1Job
  readonly has: (...fields: readonly (keyof NonNullable<V1Job['status']>)[]) => boolean
  /** Any of these conditions came or went. */
  readonly turned: (...types: readonly string[]) => boolean
  readonly isFinishedChanged: boolean
}

function changeOf(next: V1Job, old: V1Job): Change {
  return {
    next,
    old,
    has: (...fields) => fields.some((field) => !isEqual(next.status?.[field], old.status?.[field])),
    turned: (...types) => types.some((type) => is(next, type) !== is(old, type)),
    isFinishedChanged: isFinished(next) !== isFinished(old),
  }
}

function validateCompletionTime({ next, turned, has }: Change): FieldError[] {
  const { startTime, completionTime } = next.status ?? {}
  const field = 'status.completionTime'
  const errors: FieldError[] = []
  if (turned('Complete') || has('completionTime')) {
    if (completionTime !== undefined && !is(next, 'Complete')) {
      errors.push(invalid(field, printedTime(completionTime), 'cannot set completionTime when there is no Complete=True condition'))
    }
    if (completionTime === undefined && is(next, 'Complete')) {
      errors.push(required(field, 'completionTime is required for Complete jobs'))
    }
  }
  const isBefore =
    completionTime !== undefined && startTime !== undefined && isEarlier(completionTime, startTime)
  if (has('startTime', 'completionTime') && isBefore) {
    errors.push(invalid(field, printedTime(completionTime), 'must be equal to or after `startTime`'))
  }
  return errors
}

function validateOneOutcome({ next, turned }: Change): FieldError[] {
  const messages: string[] = []
  const isComplete = is(next, 'Complete')
  if (turned('Complete', 'Failed') && isComplete && is(next, 'Failed')) {
    messages.push('cannot set Complete=True and Failed=true conditions')
  }
  if (turned('Complete', 'FailureTarget') && isComplete && is(next, 'FailureTarget')) {
    messages.push('cannot set Complete=True and FailureTarget=true conditions')
  }
  return messages.map((message) => invalidCombination(CONDITIONS_AT, message))
}

/** What will be the outcome is said before it is one. */
function validateForeseen({ next, turned, has }: Change): FieldError[] {
  const messages: string[] = []
  if ((turned('Failed') || has('failedIndexes')) && is(next, 'Failed') && !is(next, 'FailureTarget')) {
    messages.push('cannot set Failed=True condition without the FailureTarget=true condition')
  }
  if (turned('Complete', 'SuccessCriteriaMet') && is(next, 'Complete') && !is(next, 'SuccessCriteriaMet')) {
    messages.push('cannot set Complete=True condition without the SuccessCriteriaMet=true condition')
  }
  return messages.map((message) => invalidCombination(CONDITIONS_AT, message))
}

function validateFinished({ next, has, isFinishedChanged }: Change): FieldError[] {
  const { active = 0, startTime, uncountedTerminatedPods: uncounted } = next.status ?? {}
  const { suspend, completions } = next.spec ?? {}
  const isForNothing = suspend === true && completions === 0
  const ended = isFinished(next)
  const errors: FieldError[] = []
  if ((isFinishedChanged || has('active')) && ended && active > 0) {
    errors.push(invalid('status.active', active, 'active>0 is invalid for finished job'))
  }
  if ((isFinishedChanged || has('startTime')) && ended && !isForNothing && startTime === undefined) {
    errors.push(required('status.startTime', 'startTime is required for finished job'))
  }
  const left = (uncounted?.failed ?? []).length + (uncounted?.succeeded ?? []).length
  if ((isFinishedChanged || has('uncountedTerminatedPods')) && ended && left > 0) {
    const printed = internalForm('UncountedTerminatedPods', uncounted)
    errors.push(invalid('status.uncountedTerminatedPods', printed, 'must be empty for finished job'))
  }
  return errors
}

function validateRunning({ next, has, isFinishedChanged }: Change): FieldError[] {
  const { active = 0, terminating = 0, ready } = next.status ?? {}
  const errors: FieldError[] = []
  if ((isFinishedChanged || has('terminating')) && isFinished(next) && terminating > 0) {
    errors.push(invalid('status.terminating', terminating, 'terminating>0 is invalid for finished job'))
  }
  if (has('ready', 'active') && ready !== undefined && ready > active) {
    errors.push(invalid('status.ready', ready, 'cannot set more ready pods than active'))
  }
  return errors
}

function validateIndexes({ next, has }: Change): FieldError[] {
  const { completedIndexes = '', failedIndexes } = next.status ?? {}
  const { completions, backoffLimitPerIndex, completionMode } = next.spec ?? {}
  const hasPerIndex = backoffLimitPerIndex !== undefined
  const errors: FieldError[] = []
  if (completions !== undefined && has('completedIndexes')) {
    errors.push(...validateIndexText('completedIndexes', completedIndexes, completions))
  }
  if (completions !== undefined && hasPerIndex && has('failedIndexes')) {
    errors.push(...validateIndexText('failedIndexes', failedIndexes ?? '', completions))
  }
  if (has('completedIndexes') && completedIndexes !== '' && completionMode !== 'Indexed') {
    const why = 'cannot set non-empty completedIndexes when non-indexed completion mode'
    errors.push(invalid('status.completedIndexes', completedIndexes, why))
  }
  if (has('failedIndexes') && !hasPerIndex && failedIndexes !== undefined) {
    const why = 'cannot set non-null failedIndexes when backoffLimitPerIndex is null'
    errors.push(invalid('status.failedIndexes', ofNamedType(failedIndexes), why))
  }
  if (completions !== undefined && failedIndexes !== undefined && has('failedIndexes', 'completedIndexes')) {
    const shared = firstShared(completedIndexes, failedIndexes, completions)
    const why = `failedIndexes and completedIndexes overlap at index: ${String(shared)}`
    if (shared !== undefined) errors.push(invalid('status.failedIndexes', ofNamedType(failedIndexes), why))
  }
  return errors
}

function validateSuccessCriteria({ next }: Change): FieldError[] {
  const isMet = is(next, 'SuccessCriteriaMet')
  const messages: string[] = []
  if (isMet && is(next, 'Failed')) messages.push('cannot set SuccessCriteriaMet=True and Failed=true conditions')
  if (isMet && is(next, 'FailureTarget')) {
    messages.push('cannot set SuccessCriteriaMet=True and FailureTarget=true conditions')
  }
  if (next.spec?.successPolicy !== undefined && !isMet && is(next, 'Complete')) {
    messages.push('cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True')
  }
  return messages.map((message) => invalidCombination(CONDITIONS_AT, message))
}

/** What was once reported stays: conditions that end a Job, counters, times. */
function validateNoReturn({ next, old, has }: Change): FieldError[] {
  const { spec, status } = next
  const errors = ['Failed', 'Complete', 'FailureTarget']
    .filter((type) => is(old, type) && !is(next, type))
    .map((type) => invalidCombination(CONDITIONS_AT, `cannot disable the terminal ${type}=True condition`))
  const decreases = (field: 'failed' | 'succeeded'): boolean => (status?.[field] ?? 0) < (old.status?.[field] ?? 0)
  const isElastic = spec?.completionMode === 'Indexed' && spec.completions === spec.parallelism
  for (const field of ['failed', 'succeeded'] as const) {
    if (!decreases(field) || (field === 'succeeded' && isElastic)) continue
    errors.push(invalid(`status.${field}`, status?.[field] ?? 0, `cannot decrease the ${field} counter`))
  }
  const wasCompleted = old.status?.completionTime !== undefined
  if (has('completionTime') && wasCompleted && status?.completionTime !== undefined) {
    errors.push(invalid('status.completionTime', printedTime(status.completionTime), FIELD_IMMUTABLE_MESSAGE))
  }
  // The user resumes the Job first; its controller's report of that sets the time anew.
  const isResuming = is(old, 'Suspended') && is(next, 'Suspended', 'False')
  if (has('startTime') && !isResuming && old.status?.startTime !== undefined && spec?.suspend !== true) {
    const time = printedTime(status?.startTime)
    errors.push(invalid('status.startTime', time, 'field is immutable for unsuspended job once set'))
  }
  const wasMet = is(old, 'SuccessCriteriaMet')
  const isMet = is(next, 'SuccessCriteriaMet')
  if (wasMet && !isMet) {
    errors.push(invalidCombination(CONDITIONS_AT, 'cannot disable the SuccessCriteriaMet=True condition'))
  }
  if (is(old, 'Complete') && !wasMet && isMet) {
    const why = 'cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions'
    errors.push(invalidCombination(CONDITIONS_AT, why))
  }
  return errors
}

export function validateJobStatusUpdate(next: V1Job, old: V1Job): FieldError[] {
  const change = changeOf(next, old)
  const { status } = next
  const counts = (['active', 'succeeded', 'failed', 'ready', 'terminating'] as const).flatMap((field) =>
    notNegative(`status.${field}`, status?.[field]),
  )
  return [
    ...counts,
    ...validateUncounted(status?.uncountedTerminatedPods ?? {}),
    ...validateOneOutcome(change),
    ...validateCompletionTime(change),
    ...validateForeseen(change),
    ...validateFinished(change),
    ...validateIndexes(change),
    ...validateRunning(change),
    ...validateSuccessCriteria(change),
    ...validateNoReturn(change),
  ]
}
