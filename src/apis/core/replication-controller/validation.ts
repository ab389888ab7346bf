/**
 * Validation of ReplicationController objects, whose selector is a plain map.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidateReplicationControllerSpec,
 * ValidateReplicationControllerStatus; pkg/registry/core/replicationcontroller/strategy.go, ValidateUpdate.
 */
import { required, type FieldError } from '../../../apimachinery/field-path.ts'
import { validateCounts } from '../../apps/replica-set/validation.ts'
import type { V1ReplicationController } from '../../generated/types.ts'
import { notNegative } from '../../validation/rules.ts'
import { validateKeptRunning, validatePodTemplate, validateSelected } from '../pod/spec/template.ts'

const OF_ALL = 'cannot be greater than status.replicas'

export function validateReplicationController({ spec }: V1ReplicationController): FieldError[] {
  const { template, selector = {} } = spec ?? {}
  const hasSelector = Object.keys(selector).length > 0
  const errors = notNegative('spec.minReadySeconds', spec?.minReadySeconds)
  if (!hasSelector) errors.push(required('spec.selector'))
  if (spec?.replicas === undefined) errors.push(required('spec.replicas'))
  errors.push(...notNegative('spec.replicas', spec?.replicas))
  if (template === undefined) return [...errors, required('spec.template')]
  return [
    ...errors,
    ...(hasSelector ? validateSelected(template, { matchLabels: selector }, 'spec.template') : []),
    ...validatePodTemplate(template, 'spec.template'),
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
