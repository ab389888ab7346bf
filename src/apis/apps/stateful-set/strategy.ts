/**
 * How StatefulSet objects behave on writes, beyond their schema: what users may not set, and what a write may
 * change.
 * Pure: knows neither store nor request.
 * Upstream: kubernetes/kubernetes pkg/registry/apps/statefulset/strategy.go.
 */
import { childPath, indexPath } from '../../../apimachinery/field-path.ts'
import type { Strategy } from '../../define-kind.ts'
import type { V1StatefulSet } from '../../generated/types.ts'
import { podTemplateWarnings } from '../../core/pod/warnings/pod-warnings.ts'
import { claimSpecWarnings } from '../../core/volume/claim-warnings.ts'
import { specAndStatusStrategy } from '../../status-strategy.ts'
import { validateStatefulSet, validateStatefulSetStatusUpdate, validateStatefulSetUpdate } from './validation.ts'

const base = specAndStatusStrategy<V1StatefulSet>('V1StatefulSet', {
  countsGenerations: true,
  allowsUnconditionalUpdate: true,
})

function warnings({ metadata, spec }: V1StatefulSet, previous: V1StatefulSet | undefined): string[] {
  const isAsBefore = previous !== undefined && metadata.generation === previous.metadata.generation
  const claimsAt = 'spec.volumeClaimTemplates'
  // Upstream's path is another one on updates.
  const specName = previous === undefined ? [] : ['Spec']
  const ofClaims = (spec?.volumeClaimTemplates ?? []).flatMap((claim, index) =>
    claimSpecWarnings(claim.spec, childPath(indexPath(claimsAt, index), ...specName)),
  )
  const isEndless = (spec?.revisionHistoryLimit ?? 0) < 0
  const why = 'a negative value retains all historical revisions; a value >= 0 is recommended'
  return [
    ...(isAsBefore ? [] : podTemplateWarnings(spec?.template, 'spec.template')),
    ...ofClaims,
    ...(isEndless ? [`spec.revisionHistoryLimit: ${why}`] : []),
  ]
}

export const statefulSetStrategy: Strategy<V1StatefulSet> = {
  ...base,
  validate: validateStatefulSet,
  validateUpdate: validateStatefulSetUpdate,
  warnings,
  status: { ...base.status, validateUpdate: validateStatefulSetStatusUpdate },
}
