/**
 * How PodTemplate objects behave on writes, beyond their schema.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/core/podtemplate/strategy.go; pkg/apis/core/validation/validation.go,
 * ValidatePodTemplate, ValidatePodTemplateUpdate.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1PodTemplate } from '../../generated/types.ts'
import { validatePodTemplate } from '../pod/spec/template.ts'
import { podTemplateWarnings } from '../pod/warnings/pod-warnings.ts'

export const podTemplateStrategy: Strategy<V1PodTemplate> = {
  countsGenerations: true,
  validate: ({ template }) => validatePodTemplate(template, 'template'),
  validateUpdate: ({ template }, old) => validatePodTemplate(template, 'template', old.template),
  warnings({ metadata, template }, previous) {
    const isAsBefore = previous !== undefined && metadata.generation === previous.metadata.generation
    return isAsBefore ? [] : podTemplateWarnings(template, 'template')
  },
  allowsUnconditionalUpdate: true,
}
