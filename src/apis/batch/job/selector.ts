/**
 * The selector that a Job gets from its uid, the labels that go with it, and what is wrong when a Job's own differ.
 * Upstream: kubernetes/kubernetes pkg/registry/batch/job/strategy.go, generateSelector;
 * pkg/apis/batch/validation/validation.go, validateGeneratedSelector.
 */
import { invalid, keyPath, required, type FieldError } from '../../../apimachinery/field-path.ts'
import { printedLabels, selectorMatches } from '../../core/pod/spec/template.ts'
import type { V1Job } from '../../generated/types.ts'
import { printedSelector } from '../../validation/rules.ts'

const CONTROLLER_UID = 'batch.kubernetes.io/controller-uid'
const LEGACY_CONTROLLER_UID = 'controller-uid'
const JOB_NAME = 'batch.kubernetes.io/job-name'
const LEGACY_JOB_NAME = 'job-name'

/** Labels that a Job of this name and uid gives its pods; what is said already is left for validation to refuse. */
export function generateSelector(job: V1Job): void {
  const { spec } = job
  if (spec === undefined || spec.manualSelector === true) return
  const template = spec.template ?? {}
  const { name = '', uid = '' } = job.metadata
  const sharesLabels = job.metadata.labels !== undefined && job.metadata.labels === template.metadata?.labels
  const own = { [LEGACY_JOB_NAME]: name, [JOB_NAME]: name, [LEGACY_CONTROLLER_UID]: uid, [CONTROLLER_UID]: uid }
  template.metadata = { ...template.metadata, labels: { ...own, ...template.metadata?.labels } }
  if (sharesLabels) job.metadata.labels = template.metadata.labels ?? {}
  spec.template = template
  const said = spec.selector?.matchLabels ?? {}
  spec.selector = { ...spec.selector, matchLabels: { ...said, [CONTROLLER_UID]: said[CONTROLLER_UID] ?? uid } }
}

/** Jobs made before the labels had prefixes go on without them. */
export function hasPrefixedLabels({ spec }: V1Job): boolean {
  const labels = spec?.template?.metadata?.labels ?? {}
  return labels[JOB_NAME] !== undefined && labels[CONTROLLER_UID] !== undefined
}

export function validateGeneratedSelector({ spec, metadata }: V1Job, wantsPrefixedLabels: boolean): FieldError[] {
  if (spec === undefined || spec.manualSelector === true || spec.selector === undefined) return []
  const { name = '', uid = '' } = metadata
  const errors = uid === '' ? [required('metadata.uid')] : []
  const legacy = { [LEGACY_CONTROLLER_UID]: uid, [LEGACY_JOB_NAME]: name }
  const wanted = wantsPrefixedLabels ? { ...legacy, [CONTROLLER_UID]: uid, [JOB_NAME]: name } : legacy
  const labels = spec.template?.metadata?.labels
  for (const [key, value] of Object.entries(wanted)) {
    const at = keyPath('spec.template.metadata.labels', key)
    const why = `must be '${value}'`
    if (labels?.[key] === undefined) errors.push(required(at, why))
    else if (labels[key] !== value) errors.push(invalid(at, printedLabels(spec.template), why))
  }
  if (selectorMatches(spec.selector, wanted) === false) {
    errors.push(invalid('spec.selector', printedSelector(spec.selector), '`selector` not auto-generated'))
  }
  return errors
}
