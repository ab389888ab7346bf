/**
 * How Pod objects behave on writes, beyond their schema: what users may not set, and what a write may change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/core/pod/strategy.go.
 */
import type { Strategy } from '../../define-kind.ts'
import type { V1Pod } from '../../generated/types.ts'
import { copyMetadata, keepUndeleted, specAndStatusStrategy } from '../../status-strategy.ts'
import { ephemeralContainersEndpoint } from './parts/ephemeral-containers.ts'
import { resizeEndpoint } from './parts/resize.ts'
import { setPodCondition } from './pod-conditions.ts'
import { qosClassOf } from './qos-class.ts'
import { takeAppArmorAnnotations } from './security/profiles.ts'
import { applyLabelKeys } from './spec/label-keys.ts'
import { validatePodStatusUpdate } from './status/validation.ts'
import { validatePodUpdate } from './update-validation.ts'
import { validatePod } from './validation.ts'
import { podStatusWarnings, podWarnings } from './warnings/pod-warnings.ts'

const base = specAndStatusStrategy<V1Pod>('V1Pod', {
  countsGenerations: true,
  allowsUnconditionalUpdate: true,
})

/** What a pod is labelled with narrows its own selectors, once and for all. */
function applyOwnLabels({ metadata, spec }: V1Pod): void {
  const labels = metadata.labels ?? {}
  for (const affinity of [spec?.affinity?.podAffinity, spec?.affinity?.podAntiAffinity]) {
    for (const { podAffinityTerm } of affinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []) {
      applyLabelKeys(podAffinityTerm, labels)
    }
    for (const term of affinity?.requiredDuringSchedulingIgnoredDuringExecution ?? []) applyLabelKeys(term, labels)
  }
  for (const constraint of spec?.topologySpreadConstraints ?? []) applyLabelKeys(constraint, labels)
}

/** A reporter that knows nothing of generations does not take back what others have said of them. */
function keepObservedGenerations(next: V1Pod, previous: V1Pod): void {
  const { status } = next
  const before = previous.status?.observedGeneration
  if (status === undefined) return
  if ((status.observedGeneration ?? 0) === 0 && before !== undefined) status.observedGeneration = before
  const known = new Map((previous.status?.conditions ?? []).map((one) => [one.type, one.observedGeneration]))
  for (const condition of status.conditions ?? []) {
    const generation = known.get(condition.type)
    if ((condition.observedGeneration ?? 0) === 0 && generation !== undefined) condition.observedGeneration = generation
  }
}

export const podStrategy: Strategy<V1Pod> = {
  ...base,
  prepareForCreate(next, context) {
    const said = next.status?.qosClass ?? ''
    base.prepareForCreate?.(next, context)
    applyOwnLabels(next)
    takeAppArmorAnnotations(next, context.warn)
    next.status = { phase: 'Pending', qosClass: said === '' ? qosClassOf(next) : said }
    if ((next.spec?.schedulingGates ?? []).length === 0) return
    const message = 'Scheduling is blocked due to non-empty scheduling gates'
    const gated = { type: 'PodScheduled', status: 'False', reason: 'SchedulingGated', message }
    setPodCondition(next, gated, context.nowMs)
  },
  validate: validatePod,
  validateUpdate: validatePodUpdate,
  gracePeriodSeconds({ spec, status }, asked) {
    // Nobody is there to end it, or nothing of it runs any more.
    const isAtRest = status?.phase === 'Succeeded' || status?.phase === 'Failed'
    if ((spec?.nodeName ?? '') === '' || isAtRest) return 0
    return asked ?? spec?.terminationGracePeriodSeconds ?? 0
  },
  warnings: podWarnings,
  status: {
    prepareForUpdate(next, previous, context) {
      base.status?.prepareForUpdate?.(next, previous, context)
      keepUndeleted(next, previous)
      copyMetadata(next, previous, 'ownerReferences')
      const qosClass = previous.status?.qosClass
      if ((next.status?.qosClass ?? '') === '' && qosClass !== undefined) next.status = { ...next.status, qosClass }
      keepObservedGenerations(next, previous)
    },
    validateUpdate: validatePodStatusUpdate,
    warnings: podStatusWarnings,
  },
  parts: { ephemeralcontainers: ephemeralContainersEndpoint, resize: resizeEndpoint },
}
