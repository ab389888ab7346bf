/**
 * Validation of Job objects, and the selector that a Job gets from its uid. Upstream: kubernetes/kubernetes
 * pkg/apis/batch/validation/validation.go, ValidateJob, ValidateJobSpecUpdate; pkg/registry/batch/job/strategy.go,
 * generateSelector.
 * Differs: rules of podFailurePolicy and successPolicy are not looked into.
 */
import { invalid, keyPath, notSupported, required, type FieldError } from '../../../apimachinery/field-path.ts'
import { selectorMatches, validatePodTemplate } from '../../core/pod/pod-spec-validation.ts'
import {
  immutable,
  isEqual,
  notNegative,
  optionallyOneOf,
  validateLabelSelector,
} from '../../core/pod/validation-rules.ts'
import type { V1Job, V1JobSpec, V1PodTemplateSpec } from '../../generated/types.ts'

const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid'
const LEGACY_CONTROLLER_UID = 'controller-uid'
const JOB_NAME = 'batch.kubernetes.io/job-name'
const LEGACY_JOB_NAME = 'job-name'
/** Of Indexed Jobs: their finished indexes are written down in the status. */
const MAX_INDEXED_PARALLELISM = 100_000
const COUNTS = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
] as const

/** Labels that a Job of this name and uid gives its pods; what is said already is left for validation to refuse. */
export function generateSelector(job: V1Job): void {
  const { spec } = job
  if (spec === undefined || spec.manualSelector === true) return
  const template = spec.template ?? {}
  const { name = '', uid = '' } = job.metadata
  const own = { [LEGACY_JOB_NAME]: name, [JOB_NAME]: name, [LEGACY_CONTROLLER_UID]: uid, [CONTROLLER_UID]: uid }
  template.metadata = { ...template.metadata, labels: { ...own, ...template.metadata?.labels } }
  spec.template = template
  const said = spec.selector?.matchLabels ?? {}
  spec.selector = { ...spec.selector, matchLabels: { ...said, [CONTROLLER_UID]: said[CONTROLLER_UID] ?? uid } }
}

function validateGeneratedSelector({ spec, metadata }: V1Job): FieldError[] {
  if (spec === undefined || spec.manualSelector === true || spec.selector === undefined) return []
  const { name = '', uid = '' } = metadata
  const errors = uid === '' ? [required('metadata.uid')] : []
  const labels = spec.template?.metadata?.labels ?? {}
  const wanted = [
    [LEGACY_CONTROLLER_UID, uid],
    [LEGACY_JOB_NAME, name],
    [CONTROLLER_UID, uid],
    [JOB_NAME, name],
  ] as const
  for (const [key, value] of wanted) {
    const at = keyPath('spec.template.metadata.labels', key)
    if (labels[key] === undefined) errors.push(required(at, `must be '${value}'`))
    else if (labels[key] !== value) {
      errors.push(invalid('spec.template.metadata.labels', labels, `must contain \`${key}\` with value '${value}'`))
    }
  }
  const generated = [{ matchLabels: { [CONTROLLER_UID]: uid } }, { matchLabels: { [LEGACY_CONTROLLER_UID]: uid } }]
  if (!generated.some((selector) => isEqual(spec.selector, selector))) {
    errors.push(invalid('spec.selector', spec.selector, '`selector` not auto-generated'))
  }
  return errors
}

function validateCompletionMode(spec: Partial<V1JobSpec>): FieldError[] {
  const { completionMode, completions, parallelism = 0 } = spec
  const isIndexed = completionMode === 'Indexed'
  const errors = optionallyOneOf('spec.completionMode', completionMode, ['NonIndexed', 'Indexed'])
  if (isIndexed && completions === undefined) {
    errors.push(required('spec.completions', 'when completion mode is Indexed'))
  }
  if (isIndexed && parallelism > MAX_INDEXED_PARALLELISM) {
    const why = `must be less than or equal to ${String(MAX_INDEXED_PARALLELISM)} when completion mode is Indexed`
    errors.push(invalid('spec.parallelism', parallelism, why))
  }
  if (!isIndexed && spec.backoffLimitPerIndex !== undefined) {
    errors.push(invalid('spec.backoffLimitPerIndex', spec.backoffLimitPerIndex, 'requires indexed completion mode'))
  }
  return errors
}

function validateRestartPolicy(template: V1PodTemplateSpec | undefined): FieldError[] {
  const policy = template?.spec?.restartPolicy ?? ''
  const field = 'spec.template.spec.restartPolicy'
  // Always is what defaulting gives to those who said nothing.
  if (policy === '' || policy === 'Always') return [required(field, 'valid values: "OnFailure", "Never"')]
  return policy === 'OnFailure' || policy === 'Never' ? [] : [notSupported(field, policy, ['OnFailure', 'Never'])]
}

function validateSpec(spec: Partial<V1JobSpec>): FieldError[] {
  const errors = COUNTS.flatMap((name) => notNegative(`spec.${name}`, spec[name]))
  if (spec.maxFailedIndexes !== undefined && spec.backoffLimitPerIndex === undefined) {
    errors.push(required('spec.backoffLimitPerIndex', 'when maxFailedIndexes is specified'))
  }
  errors.push(
    ...validateCompletionMode(spec),
    ...optionallyOneOf('spec.podReplacementPolicy', spec.podReplacementPolicy, ['Failed', 'TerminatingOrFailed']),
    ...validatePodTemplate(spec.template, 'spec.template'),
    ...validateRestartPolicy(spec.template),
  )
  if (spec.selector === undefined) errors.push(required('spec.selector'))
  else errors.push(...validateLabelSelector(spec.selector, 'spec.selector'))
  const labels = spec.template?.metadata?.labels
  if (selectorMatches(spec.selector, labels) === false) {
    const at = 'spec.template.metadata.labels'
    errors.push(invalid(at, labels, '`selector` does not match template `labels`'))
  }
  return errors
}

export function validateJob(job: V1Job): FieldError[] {
  return [...validateGeneratedSelector(job), ...validateSpec(job.spec ?? {})]
}

/** Indexed Jobs grow and shrink, as long as completions and parallelism stay equal. */
function validateCompletions(next: Partial<V1JobSpec>, previous: Partial<V1JobSpec>): FieldError[] {
  if (next.completionMode !== 'Indexed') return immutable('spec.completions', next.completions, previous.completions)
  if (next.completions === previous.completions) return []
  if (next.completions === undefined || next.completions !== next.parallelism) {
    return [invalid('spec.completions', next.completions, 'can only be modified in tandem with spec.parallelism')]
  }
  return []
}

/** While a Job is suspended and has not begun, where its pods may run is still open. */
function withSchedulingOf(template: V1PodTemplateSpec | undefined, previous: V1Job): V1PodTemplateSpec | undefined {
  const { spec, status } = previous
  const isOpen = spec?.suspend === true && status?.startTime === undefined
  if (!isOpen || template?.spec === undefined) return template
  const munged = structuredClone(template)
  const old = spec?.template
  const { labels: _labels, annotations: _annotations, ...rest } = munged.metadata ?? {}
  munged.metadata = rest
  for (const field of ['labels', 'annotations'] as const) {
    if (old?.metadata?.[field] !== undefined) Object.assign(munged.metadata, { [field]: old.metadata[field] })
  }
  for (const field of ['affinity', 'nodeSelector', 'tolerations', 'schedulingGates'] as const) {
    delete munged.spec?.[field]
    if (old?.spec?.[field] !== undefined) Object.assign(munged.spec ?? {}, { [field]: old.spec[field] })
  }
  return munged
}

export function validateJobUpdate(job: V1Job, old: V1Job): FieldError[] {
  const next: Partial<V1JobSpec> = job.spec ?? {}
  const previous: Partial<V1JobSpec> = old.spec ?? {}
  const fixed = (name: keyof V1JobSpec): FieldError[] => immutable(`spec.${name}`, next[name], previous[name])
  const template = isEqual(withSchedulingOf(next.template, old), previous.template)
    ? []
    : immutable('spec.template', next.template, previous.template)
  return [
    ...validateSpec(next),
    ...validateCompletions(next, previous),
    ...fixed('selector'),
    ...template,
    ...fixed('completionMode'),
    ...fixed('podFailurePolicy'),
    ...fixed('backoffLimitPerIndex'),
    ...fixed('managedBy'),
    ...fixed('successPolicy'),
  ]
}

export function validateJobStatusUpdate({ status }: V1Job): FieldError[] {
  return [
    ...notNegative('status.active', status?.active),
    ...notNegative('status.succeeded', status?.succeeded),
    ...notNegative('status.failed', status?.failed),
    ...notNegative('status.ready', status?.ready),
    ...notNegative('status.terminating', status?.terminating),
  ]
}
