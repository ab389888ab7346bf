/**
 * Validation of ReplicationController objects, whose selector is a plain map.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateReplicationControllerSpec,
 * ValidateReplicationControllerStatus; pkg/registry/core/replicationcontroller/strategy.go, ValidateUpdate.
 */
import { required, type FieldError } from '../../../apimachinery/field-path.ts'
import { validateCounts } from '../../apps/replica-set/validation.ts'
import type { V1PodTemplateSpec, V1ReplicationController } from '../../generated/types.ts'
import { notNegative } from '../../validation/rules.ts'
import { notSelected, validateKeptRunning, validatePodTemplate } from '../pod/spec/template.ts'

const OF_ALL = 'cannot be greater than status.replicas'

/** The map is not judged: what cannot be a label is on no pod. */
function validateSelectedByMap(template: V1PodTemplateSpec, selector: Record<string, string>): FieldError[] {
  const labels = template.metadata?.labels ?? {}
  if (Object.entries(selector).every(([key, value]) => labels[key] === value)) return []
  return [notSelected(template, 'spec.template')]
}

export function validateReplicationController(
  { spec }: V1ReplicationController,
  old?: V1ReplicationController,
): FieldError[] {
  const { template, selector = {} } = spec ?? {}
  const hasSelector = Object.keys(selector).length > 0
  const errors = notNegative('spec.minReadySeconds', spec?.minReadySeconds)
  if (!hasSelector) errors.push(required('spec.selector'))
  if (spec?.replicas === undefined) errors.push(required('spec.replicas'))
  errors.push(...notNegative('spec.replicas', spec?.replicas))
  if (template === undefined) return [...errors, required('spec.template')]
  return [
    ...errors,
    ...(hasSelector ? validateSelectedByMap(template, selector) : []),
    ...validatePodTemplate(template, 'spec.template', old?.spec?.template),
    ...validateKeptRunning(template, 'ReplicationController', 'spec.template'),
  ]
}

export function validateReplicationControllerStatusUpdate({ status }: V1ReplicationController): FieldError[] {
  return validateCounts(
    status ?? {},
    ['replicas', 'fullyLabeledReplicas', 'readyReplicas', 'availableReplicas', 'observedGeneration'],
    [
      ['fullyLabeledReplicas', 'replicas', OF_ALL],
      ['readyReplicas', 'replicas', OF_ALL],
      ['availableReplicas', 'replicas', OF_ALL],
      ['availableReplicas', 'readyReplicas', 'cannot be greater than readyReplicas'],
    ],
  )
}
