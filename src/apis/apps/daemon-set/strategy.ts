/**
 * How DaemonSet objects behave on writes, beyond their schema: what users may not set, and what a write may change.
 * Templates are counted by themselves, in an annotation that stands for a field of older versions; nobody but this may
 * set it.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/apps/daemonset/strategy.go; pkg/apis/apps/v1/conversion.go,
 * Convert_apps_DaemonSet_To_v1_DaemonSet.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1DaemonSet } from '../../generated/types.ts'
import { podTemplateWarnings } from '../../core/pod/warnings/pod-warnings.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import { isEqual } from '../../validation/rules.ts'
import { TEMPLATE_GENERATION } from './template-generation.ts'
import { validateDaemonSet, validateDaemonSetStatusUpdate, validateDaemonSetUpdate } from './validation.ts'

const base = specAndStatusStrategy<V1DaemonSet>('V1DaemonSet', {
  countsGenerations: true,
  allowsUnconditionalUpdate: true,
})

function templateGenerationOf({ metadata }: V1DaemonSet): number {
  const text = metadata.annotations?.[TEMPLATE_GENERATION] ?? ''
  return /^[+-]?\d+$/.test(text) ? Number(text) : 0
}

function setTemplateGeneration({ metadata }: V1DaemonSet, generation: number): void {
  metadata.annotations = { ...metadata.annotations, [TEMPLATE_GENERATION]: String(generation) }
}

export const daemonSetStrategy: Strategy<V1DaemonSet> = {
  ...base,
  prepareForCreate(next, context) {
    base.prepareForCreate?.(next, context)
    setTemplateGeneration(next, Math.max(templateGenerationOf(next), 1))
  },
  validate: (next) => validateDaemonSet(next),
  prepareForUpdate(next, previous, context) {
    base.prepareForUpdate?.(next, previous, context)
    const isChanged = !isEqual(next.spec?.template, previous.spec?.template)
    setTemplateGeneration(next, templateGenerationOf(previous) + (isChanged ? 1 : 0))
  },
  validateUpdate: validateDaemonSetUpdate,
  warnings(next, previous) {
    const isAsBefore = previous !== undefined && templateGenerationOf(next) === templateGenerationOf(previous)
    return isAsBefore ? [] : podTemplateWarnings(next.spec?.template, 'spec.template')
  },
  status: {
    prepareForUpdate(next, previous, context) {
      base.status?.prepareForUpdate?.(next, previous, context)
      setTemplateGeneration(next, templateGenerationOf(previous))
    },
    validateUpdate: validateDaemonSetStatusUpdate,
  },
}
