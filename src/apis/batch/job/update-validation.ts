/**
 * What a write may change of a Job: little, unless it waits suspended.
 * Upstream: kubernetes/kubernetes pkg/apis/batch/validation/validation.go, ValidateJobSpecUpdate;
 * pkg/registry/batch/job/strategy.go, validationOptionsForJob.
 */
import { cloneJson } from '../../../apimachinery/patch/json-value.ts'
import { invalid, type FieldError } from '../../../apimachinery/field-path.ts'
import { FIELD_IMMUTABLE_MESSAGE } from '../../../apimachinery/metadata-validation.ts'
import type { ObjectFacts } from '../../define-kind.ts'
import type { V1Container, V1Job, V1JobSpec, V1PodTemplateSpec } from '../../generated/types.ts'
import { internalForm } from '../../validation/internal-form.ts'
import { immutable, immutableNamed, immutableSelector, isEqual } from '../../validation/rules.ts'
import { hasPrefixedLabels } from './selector.ts'
import { validateJob, validateSpec } from './validation.ts'

/** Indexed Jobs grow and shrink, as long as completions and parallelism stay equal. */
function validateCompletions(next: Partial<V1JobSpec>, previous: Partial<V1JobSpec>): FieldError[] {
  if (next.completionMode !== 'Indexed') return immutable('spec.completions', next.completions, previous.completions)
  if (next.completions === previous.completions) return []
  // That they are said is judged by itself.
  if (next.completions !== undefined && next.completions !== next.parallelism) {
    return [invalid('spec.completions', next.completions, 'can only be modified in tandem with spec.parallelism')]
  }
  return []
}

/** No pod of it runs, nor did since it was suspended. */
function isIdle({ spec, status }: V1Job): boolean {
  const isSuspended = status?.conditions?.some(({ type, status: is }) => type === 'Suspended' && is === 'True')
  const hasNotBegun = status?.startTime === undefined || isSuspended === true
  return spec?.suspend === true && hasNotBegun && (status?.active ?? 0) === 0
}

/** Of the same name at the same place, in lists of one length. */
function withResourcesOf(previous: V1Container[] | undefined, next: V1Container[] | undefined): void {
  if (previous?.length !== next?.length) return
  for (const [index, container] of (previous ?? []).entries()) {
    const other = next?.[index]
    if (other?.name !== container.name) continue
    if (other.resources === undefined) delete container.resources
    else container.resources = other.resources
  }
}

/** The previous template with what may change taken from the next: where its pods may run, and what they ask for. */
function withChangesOf(previous: V1PodTemplateSpec, next: V1PodTemplateSpec): V1PodTemplateSpec {
  const old = cloneJson(previous)
  const { labels, annotations } = next.metadata ?? {}
  const changed = { ...(labels && { labels }), ...(annotations && { annotations }) }
  const { labels: _labels, annotations: _annotations, ...rest } = old.metadata ?? {}
  const metadata = { ...rest, ...changed }
  if (Object.keys(metadata).length > 0) old.metadata = metadata
  else delete old.metadata
  if (old.spec === undefined || next.spec === undefined) return old
  for (const field of ['nodeSelector', 'tolerations', 'schedulingGates'] as const) {
    delete old.spec[field]
    if (next.spec[field] !== undefined) Object.assign(old.spec, { [field]: next.spec[field] })
  }
  const { nodeAffinity: _nodeAffinity, ...otherAffinity } = old.spec.affinity ?? {}
  const { nodeAffinity } = next.spec.affinity ?? {}
  const affinity = { ...otherAffinity, ...(nodeAffinity && { nodeAffinity }) }
  if (Object.keys(affinity).length > 0 || next.spec.affinity !== undefined) old.spec.affinity = affinity
  else delete old.spec.affinity
  withResourcesOf(old.spec.containers, next.spec.containers)
  withResourcesOf(old.spec.initContainers, next.spec.initContainers)
  return old
}

function validateTemplate(next: V1PodTemplateSpec = {}, previous: V1PodTemplateSpec = {}, old: V1Job): FieldError[] {
  if (isIdle(old)) {
    if (isEqual(next.spec, withChangesOf(previous, next).spec)) return []
    return [invalid('spec.template.spec', internalForm('PodSpec', next.spec), FIELD_IMMUTABLE_MESSAGE)]
  }
  if (isEqual(next, previous)) return []
  return [invalid('spec.template', internalForm('PodTemplateSpec', next), FIELD_IMMUTABLE_MESSAGE)]
}

export function validateJobUpdate(job: V1Job, old: V1Job, facts?: ObjectFacts): FieldError[] {
  const next: Partial<V1JobSpec> = job.spec ?? {}
  const previous: Partial<V1JobSpec> = old.spec ?? {}
  const fixed = (name: 'completionMode' | 'managedBy'): FieldError[] =>
    immutableNamed(`spec.${name}`, next[name], previous[name])
  const fixedPolicy = (name: 'podFailurePolicy' | 'successPolicy', type: 'PodFailurePolicy' | 'SuccessPolicy') =>
    isEqual(next[name], previous[name])
      ? []
      : [invalid(`spec.${name}`, next[name] && internalForm(type, next[name]), FIELD_IMMUTABLE_MESSAGE)]
  return [
    ...validateJob(job, hasPrefixedLabels(old), old),
    ...(facts?.metadataAgain() ?? []),
    // Upstream's update validation judges the whole spec once more, so clients are told of its errors twice.
    ...validateSpec(next, previous),
    ...validateCompletions(next, previous),
    ...immutableSelector('spec.selector', next.selector, previous.selector),
    ...validateTemplate(next.template, previous.template, old),
    ...fixed('completionMode'),
    ...fixedPolicy('podFailurePolicy', 'PodFailurePolicy'),
    ...immutable('spec.backoffLimitPerIndex', next.backoffLimitPerIndex, previous.backoffLimitPerIndex),
    ...fixed('managedBy'),
    ...fixedPolicy('successPolicy', 'SuccessPolicy'),
  ]
}
