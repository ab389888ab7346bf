/**
 * When the failure of a pod, or the success of some, ends a Job: its podFailurePolicy and its successPolicy.
 * Upstream: kubernetes/kubernetes pkg/apis/batch/validation/validation.go, validatePodFailurePolicy,
 * validateSuccessPolicy, validatePodReplacementPolicy.
 */
import {
  addErrors, childPath, duplicate, indexPath, invalid, invalidCombination, notSupported, quote, required, tooLong,
  tooMany, type FieldError,
} from '../../../apimachinery/field-path.ts'
import type {
  V1JobSpec,
  V1PodFailurePolicyOnExitCodesRequirement,
  V1PodFailurePolicyOnPodConditionsPattern,
  V1PodFailurePolicyRule,
  V1SuccessPolicyRule,
} from '../../generated/types.ts'
import { internalForm } from '../../validation/internal-form.ts'
import { itemsOf, notNegative, qualifiedName } from '../../validation/rules.ts'
import { countIndexes, IndexRangeError } from './index-ranges.ts'
import { repeats } from '../../validation/repeats.ts'

const MAX_RULES = 20
const MAX_EXIT_CODES = 255
const MAX_PATTERNS = 20
const MAX_INDEXES_LENGTH = 64 * 1024
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore']

/** One of a list; upstream names the list where nothing was said. */
function oneOfNamed(field: string, value: string | undefined, supported: readonly string[]): FieldError[] {
  if ((value ?? '') === '') return [required(field, `valid values: [${supported.map(quote).join(' ')}]`)]
  return supported.includes(value ?? '') ? [] : [notSupported(field, value, supported)]
}

function validateExitCodes(
  { operator, containerName, values: given }: V1PodFailurePolicyOnExitCodesRequirement,
  names: ReadonlySet<string>,
  at: string,
): FieldError[] {
  const values = itemsOf(given)
  const valuesAt = childPath(at, 'values')
  const errors = oneOfNamed(childPath(at, 'operator'), operator, ['In', 'NotIn'])
  if (containerName !== undefined && !names.has(containerName)) {
    const why = 'must be one of the container or initContainer names in the pod template'
    errors.push(invalid(childPath(at, 'containerName'), containerName, why))
  }
  if (values.length === 0) errors.push(invalid(valuesAt, given, 'at least one value is required'))
  else if (values.length > MAX_EXIT_CODES) errors.push(tooMany(valuesAt, values.length, MAX_EXIT_CODES))
  const isRepeat = repeats()
  for (const [index, value] of values.entries()) {
    const valueAt = indexPath(valuesAt, index)
    if (operator === 'In' && value === 0) errors.push(invalid(valueAt, value, 'must not be 0 for the In operator'))
    if (isRepeat(value)) errors.push(duplicate(valueAt, value))
  }
  const isOrdered = values.every((value, index) => index === 0 || (values[index - 1] ?? value) <= value)
  return isOrdered ? errors : [...errors, invalid(valuesAt, values, 'must be ordered')]
}

function validatePatterns(patterns: readonly V1PodFailurePolicyOnPodConditionsPattern[], at: string): FieldError[] {
  const errors = patterns.length > MAX_PATTERNS ? [tooMany(at, patterns.length, MAX_PATTERNS)] : []
  for (const [index, { type, status }] of patterns.entries()) {
    const patternAt = indexPath(at, index)
    errors.push(
      ...qualifiedName(childPath(patternAt, 'type'), type),
      ...oneOfNamed(childPath(patternAt, 'status'), status, ['False', 'True', 'Unknown']),
    )
  }
  return errors
}

function validateFailureRule(
  { action, onExitCodes, onPodConditions = [] }: V1PodFailurePolicyRule,
  spec: Partial<V1JobSpec>,
  at: string,
): FieldError[] {
  const { containers, initContainers } = spec.template?.spec ?? {}
  const names = new Set([...itemsOf(containers), ...itemsOf(initContainers)].map(({ name }) => name))
  const actionAt = childPath(at, 'action')
  const errors = oneOfNamed(actionAt, action, ACTIONS)
  if (action === 'FailIndex' && spec.backoffLimitPerIndex === undefined) {
    errors.push(invalid(actionAt, action, 'requires the backoffLimitPerIndex to be set'))
  }
  if (onExitCodes !== undefined) addErrors(errors, validateExitCodes(onExitCodes, names, childPath(at, 'onExitCodes')))
  addErrors(errors, validatePatterns(onPodConditions, childPath(at, 'onPodConditions')))
  if (onExitCodes !== undefined && onPodConditions.length > 0) {
    errors.push(invalidCombination(at, 'specifying both OnExitCodes and OnPodConditions is not supported'))
  }
  if (onExitCodes === undefined && onPodConditions.length === 0) {
    errors.push(invalidCombination(at, 'specifying one of OnExitCodes and OnPodConditions is required'))
  }
  return errors
}

function validateFailurePolicy(spec: Partial<V1JobSpec>, field: string): FieldError[] {
  if (spec.podFailurePolicy === undefined) return []
  const rules = itemsOf(spec.podFailurePolicy.rules)
  const at = childPath(field, 'podFailurePolicy', 'rules')
  const errors = rules.length > MAX_RULES ? [tooMany(at, rules.length, MAX_RULES)] : []
  return [...errors, ...rules.flatMap((rule, index) => validateFailureRule(rule, spec, indexPath(at, index)))]
}

/** The number of indexes that the rule names, or what is wrong with them. */
function judgeIndexes(text: string, completions: number, at: string): { total: number; errors: FieldError[] } {
  const errors = text.length > MAX_INDEXES_LENGTH ? [tooLong(at, MAX_INDEXES_LENGTH)] : []
  try {
    return { total: countIndexes(text, completions), errors }
  } catch (error) {
    if (!(error instanceof IndexRangeError)) throw error
    return { total: 0, errors: [...errors, invalid(at, text, `error parsing succeededIndexes: ${error.message}`)] }
  }
}

function validateSuccessRule(
  { succeededCount, succeededIndexes }: V1SuccessPolicyRule,
  completions: number,
  at: string,
): FieldError[] {
  if (succeededCount === undefined && succeededIndexes === undefined) {
    return [required(at, 'at least one of succeededCount or succeededIndexes must be specified')]
  }
  const { total, errors } = judgeIndexes(succeededIndexes ?? '', completions, childPath(at, 'succeededIndexes'))
  const countAt = childPath(at, 'succeededCount')
  errors.push(...notNegative(countAt, succeededCount))
  const atMost = (limit: number, ofWhat: string): void => {
    if (succeededCount === undefined || succeededCount <= limit) return
    errors.push(invalid(countAt, succeededCount, `must be less than or equal to ${String(limit)} (${ofWhat})`))
  }
  atMost(completions, 'the number of specified completions')
  if (succeededIndexes !== undefined) {
    atMost(total, 'the number of indexes in the specified succeededIndexes field')
  }
  return errors
}

function validateSuccessPolicy(
  { successPolicy, completionMode, completions = 0 }: Partial<V1JobSpec>,
  field: string,
): FieldError[] {
  const policyAt = childPath(field, 'successPolicy')
  if (successPolicy === undefined) return []
  if (completionMode !== 'Indexed') {
    const printed = internalForm('SuccessPolicy', successPolicy)
    return [invalid(policyAt, printed, 'requires indexed completion mode')]
  }
  const rules = itemsOf(successPolicy.rules)
  const at = childPath(policyAt, 'rules')
  const errors: FieldError[] = []
  if (rules.length === 0) {
    errors.push(required(at, 'at least one rules must be specified when the successPolicy is specified'))
  }
  if (rules.length > MAX_RULES) errors.push(tooMany(at, rules.length, MAX_RULES))
  return [...errors, ...rules.flatMap((rule, index) => validateSuccessRule(rule, completions, indexPath(at, index)))]
}

function validateReplacementPolicy(
  { podReplacementPolicy, podFailurePolicy }: Partial<V1JobSpec>,
  field: string,
): FieldError[] {
  // With a podFailurePolicy, a pod that is still ending may turn out not to have failed.
  const supported = podFailurePolicy === undefined ? ['Failed', 'TerminatingOrFailed'] : ['Failed']
  if (podReplacementPolicy === undefined || supported.includes(podReplacementPolicy)) return []
  return [notSupported(childPath(field, 'podReplacementPolicy'), podReplacementPolicy, supported)]
}

/** `field` is the path of the spec. */
export function validatePolicies(spec: Partial<V1JobSpec>, field: string): FieldError[] {
  return [
    ...validateFailurePolicy(spec, field),
    ...validateSuccessPolicy(spec, field),
    ...validateReplacementPolicy(spec, field),
  ]
}
