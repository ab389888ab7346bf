/**
 * Validation of templates of pods: a spec of no pod, and metadata of which only labels and annotations count.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidatePodTemplateSpec;
 * pkg/apis/apps/validation/validation.go, ValidatePodTemplateSpecForReplicaSet.
 */
import {
  childPath,
  forbidden,
  invalid,
  notSupported,
  sortedMap,
  type FieldError,
} from '../../../../apimachinery/field-path.ts'
import { validateAnnotations, validateLabels } from '../../../../apimachinery/metadata-validation.ts'
import { givenEmpty } from '../../../../apimachinery/schema/given-empty.ts'
import { selectorFromSpec, SelectorError } from '../../../../apimachinery/selectors.ts'
import type { V1LabelSelector, V1PodTemplateSpec } from '../../../generated/types.ts'
import { validatePodAnnotations } from '../annotations.ts'
import { validateProfilesMatch } from '../security/profiles.ts'
import { validatePodSpec } from './pod-spec.ts'

export function validateTemplateMetadata(template: V1PodTemplateSpec | undefined, field: string): FieldError[] {
  const { labels, annotations = {} } = template?.metadata ?? {}
  const annotationsAt = childPath(field, 'annotations')
  return [
    ...validateLabels(labels, childPath(field, 'labels')),
    ...validateAnnotations(annotations, annotationsAt),
    ...validatePodAnnotations(annotations, template?.spec ?? { containers: [] }, annotationsAt),
  ]
}

/** `old` is the template before an update. */
export function validatePodTemplate(
  template: V1PodTemplateSpec | undefined,
  field: string,
  old?: V1PodTemplateSpec,
): FieldError[] {
  const { annotations = {} } = template?.metadata ?? {}
  const spec = template?.spec ?? { containers: [] }
  const specAt = childPath(field, 'spec')
  const errors = [
    ...validateTemplateMetadata(template, field),
    ...validatePodSpec(template?.spec, undefined, specAt, old?.spec),
    ...validateProfilesMatch(annotations, spec, specAt),
  ]
  if ((spec.ephemeralContainers ?? []).length === 0) return errors
  const why = 'ephemeral containers not allowed in pod template'
  return [...errors, forbidden(childPath(specAt, 'ephemeralContainers'), why)]
}

/** `undefined` where the selector cannot be read at all. */
export function selectorMatches(
  selector: V1LabelSelector | undefined,
  labels: Record<string, string> | undefined,
): boolean | undefined {
  try {
    return selectorFromSpec(selector).matches(labels ?? {})
  } catch (error) {
    if (error instanceof SelectorError) return undefined
    throw error
  }
}

/** Labels as errors print them: nothing at all is null. */
export function printedLabels(template: V1PodTemplateSpec | undefined): object | undefined {
  const labels = template?.metadata?.labels
  if (labels !== undefined) return sortedMap(labels)
  return givenEmpty(template?.metadata ?? givenEmpty(template, 'metadata'), 'labels')
}

/** An error at the labels, unless they are those that the selector looks for. */
export function validateSelected(
  template: V1PodTemplateSpec | undefined,
  selector: V1LabelSelector | undefined,
  field: string,
): FieldError[] {
  return selectorMatches(selector, template?.metadata?.labels) === false ? [notSelected(template, field)] : []
}

/** `field` is the path of the template. */
export function notSelected(template: V1PodTemplateSpec | undefined, field: string): FieldError {
  const why = '`selector` does not match template `labels`'
  return invalid(childPath(field, 'metadata', 'labels'), printedLabels(template), why)
}

/** What the spec of pods that are kept running for ever may not say; `kind` is whom the text names. */
export function validateKeptRunning(
  template: V1PodTemplateSpec | undefined,
  kind: string,
  field: string,
): FieldError[] {
  const { restartPolicy, activeDeadlineSeconds } = template?.spec ?? {}
  const errors: FieldError[] = []
  if (restartPolicy !== 'Always') {
    errors.push(notSupported(childPath(field, 'spec', 'restartPolicy'), restartPolicy ?? '', ['Always']))
  }
  if (activeDeadlineSeconds !== undefined) {
    const why = `activeDeadlineSeconds in ${kind} is not Supported`
    errors.push(forbidden(childPath(field, 'spec', 'activeDeadlineSeconds'), why))
  }
  return errors
}

/** A template whose pods run for ever: ReplicaSets' and Deployments'. An empty selector takes every pod. */
export function validateLongRunningTemplate(
  template: V1PodTemplateSpec | undefined,
  selector: V1LabelSelector | undefined,
  field: string,
  old?: V1PodTemplateSpec,
): FieldError[] {
  return [
    ...validateSelected(template, selector, field),
    ...validatePodTemplate(template, field, old),
    ...validateKeptRunning(template, 'ReplicaSet', field),
  ]
}
