/**
 * Validation of Job objects as users write them.
 * Upstream: kubernetes/kubernetes pkg/apis/batch/validation/validation.go, ValidateJob, validateJobSpec.
 */
import {
  childPath, invalid, notSupported, quote, required, tooLong, type FieldError,
} from '../../../apimachinery/field-path.ts'
import { isDns1123Label, isDomainPrefixedPath } from '../../../apimachinery/names.ts'
import { validatePodTemplate, validateSelected } from '../../core/pod/spec/template.ts'
import { notNegative, supportedIfSet, validateLabelSelector } from '../../validation/rules.ts'
import type { V1Job, V1JobSpec } from '../../generated/types.ts'
import { validatePolicies } from './policies.ts'
import { validateGeneratedSelector } from './selector.ts'

/** Of Indexed Jobs: their finished indexes are written down in the status. */
const MAX_INDEXED_PARALLELISM = 100_000
const MAX_FAILED_INDEXES = 100_000
/** Above so many completions, the other counts have lower limits. */
const HIGH_COMPLETIONS = 100_000
const MAX_AT_HIGH_COMPLETIONS = 10_000
const MAX_MANAGED_BY_LENGTH = 63
const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const

type Spec = Partial<V1JobSpec>

function atMost(field: string, value: number | undefined, limit: number, why = ''): FieldError[] {
  if (value === undefined || value <= limit) return []
  return [invalid(field, value, `must be less than or equal to ${String(limit)}${why}`)]
}

function validateHighCompletions({ parallelism, maxFailedIndexes }: Spec, at: string): FieldError[] {
  const failedAt = childPath(at, 'maxFailedIndexes')
  const why = ` when completions are above ${String(HIGH_COMPLETIONS)} and used with backoff limit per index`
  return [
    ...(maxFailedIndexes === undefined
      ? [required(failedAt, `must be specified when completions is above ${String(HIGH_COMPLETIONS)}`)]
      : []),
    ...atMost(childPath(at, 'parallelism'), parallelism, MAX_AT_HIGH_COMPLETIONS, why),
    ...atMost(failedAt, maxFailedIndexes, MAX_AT_HIGH_COMPLETIONS, why),
  ]
}

function validateIndexed(spec: Spec, at: string): FieldError[] {
  const { completions, parallelism, maxFailedIndexes } = spec
  const failedAt = childPath(at, 'maxFailedIndexes')
  const errors: FieldError[] = []
  if (completions === undefined) errors.push(required(childPath(at, 'completions'), 'when completion mode is Indexed'))
  errors.push(
    ...atMost(childPath(at, 'parallelism'), parallelism, MAX_INDEXED_PARALLELISM, ' when completion mode is Indexed'),
  )
  if (completions !== undefined && maxFailedIndexes !== undefined && maxFailedIndexes > completions) {
    errors.push(invalid(failedAt, maxFailedIndexes, 'must be less than or equal to completions'))
  }
  errors.push(...atMost(failedAt, maxFailedIndexes, MAX_FAILED_INDEXES))
  const isHigh = completions !== undefined && completions > HIGH_COMPLETIONS
  if (isHigh && spec.backoffLimitPerIndex !== undefined) errors.push(...validateHighCompletions(spec, at))
  return errors
}

function validateCompletionMode(spec: Spec, at: string): FieldError[] {
  const { completionMode = 'NonIndexed' } = spec
  if (completionMode === 'Indexed') return validateIndexed(spec, at)
  if (completionMode !== 'NonIndexed') {
    return supportedIfSet(childPath(at, 'completionMode'), completionMode, ['NonIndexed', 'Indexed'])
  }
  return (['backoffLimitPerIndex', 'maxFailedIndexes'] as const).flatMap((name) =>
    spec[name] === undefined ? [] : [invalid(childPath(at, name), spec[name], 'requires indexed completion mode')],
  )
}

function validateManagedBy(managedBy: string | undefined, field: string): FieldError[] {
  if (managedBy === undefined) return []
  const isLong = managedBy.length > MAX_MANAGED_BY_LENGTH
  return [
    ...isDomainPrefixedPath(field, managedBy),
    ...(isLong ? [tooLong(field, MAX_MANAGED_BY_LENGTH)] : []),
  ]
}

function validateRestartPolicy({ template, podFailurePolicy }: Spec, at: string): FieldError[] {
  const policy = template?.spec?.restartPolicy ?? ''
  const field = childPath(at, 'template', 'spec', 'restartPolicy')
  const supported = ['OnFailure', 'Never']
  // Always is what defaulting gives to those who said nothing.
  if (policy === '' || policy === 'Always') {
    return [required(field, `valid values: ${supported.map(quote).join(', ')}`)]
  }
  if (!supported.includes(policy)) return [notSupported(field, policy, supported)]
  if (podFailurePolicy === undefined || policy === 'Never') return []
  return [invalid(field, policy, 'only "Never" is supported when podFailurePolicy is specified')]
}

/** All but the selector: a CronJob's Jobs get theirs when they are made. */
export function validateJobSpec(spec: Spec, at: string, old?: Spec): FieldError[] {
  const errors = COUNTS.flatMap((name) => notNegative(childPath(at, name), spec[name]))
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    errors.push(required(childPath(at, 'backoffLimitPerIndex'), 'when maxFailedIndexes is specified'))
  }
  return [
    ...errors,
    ...validateManagedBy(spec.managedBy, childPath(at, 'managedBy')),
    ...validateCompletionMode(spec, at),
    ...validatePolicies(spec, at),
    ...validatePodTemplate(spec.template, childPath(at, 'template'), old?.template),
    ...validateRestartPolicy(spec, at),
  ]
}

export function validateSpec(spec: Spec, old?: Spec): FieldError[] {
  return [
    ...validateJobSpec(spec, 'spec', old),
    ...(spec.selector === undefined
      ? [required('spec.selector')]
      : validateLabelSelector(spec.selector, 'spec.selector')),
    ...validateSelected(spec.template, spec.selector, 'spec.template'),
  ]
}

/** An Indexed Job's pods are named after it and their index, and have that name as theirs on the network. */
function validateHostnames({ spec, metadata: { name = '' } }: V1Job): FieldError[] {
  const completions = spec?.completions ?? 0
  if (spec?.completionMode !== 'Indexed' || completions <= 0) return []
  const last = `${name}-${String(completions - 1)}`
  if (isDns1123Label(last).length === 0) return []
  return [invalid('metadata.name', name, `will not able to create pod with invalid DNS label: ${last}`)]
}

export function validateJob(job: V1Job, wantsPrefixedLabels = true, old?: V1Job): FieldError[] {
  return [
    ...validateGeneratedSelector(job, wantsPrefixedLabels),
    ...validateSpec(job.spec ?? {}, old?.spec),
    ...validateHostnames(job),
  ]
}
