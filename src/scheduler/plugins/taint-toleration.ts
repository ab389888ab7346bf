/**
 * Taints: NoSchedule and NoExecute keep pods away unless tolerated, PreferNoSchedule costs score (upstream:
 * plugins/tainttoleration, component-helpers scheduling/corev1/helpers.go).
 */
import type { V1Taint, V1Toleration } from '../../apis/generated/types.ts'
import type { Plugin } from '../framework.ts'
import { normalizeScores, unresolvable } from '../framework.ts'

export const taintToleration: Plugin = {
  name: 'TaintToleration',
  events: ['nodeAdded', 'nodeChanged', 'podUpdated'],
  filter(_state, pod, { node }) {
    const tolerations = pod.spec?.tolerations ?? []
    const taint = (node.spec?.taints ?? []).find(
      (candidate) => candidate.effect !== 'PreferNoSchedule' && !tolerates(tolerations, candidate),
    )
    return taint === undefined ? [] : [unresolvable('node(s) had untolerated taint(s)')]
  },
  score(_state, pod, { node }) {
    const tolerations = (pod.spec?.tolerations ?? []).filter(
      ({ effect }) => (effect ?? '') === '' || effect === 'PreferNoSchedule',
    )
    return (node.spec?.taints ?? []).filter(
      (taint) => taint.effect === 'PreferNoSchedule' && !tolerates(tolerations, taint),
    ).length
  },
  normalize: (scores) => normalizeScores(scores, true),
}

/** Whether any of the tolerations tolerates the taint. */
export function tolerates(
  tolerations: readonly V1Toleration[],
  taint: Pick<V1Taint, 'key' | 'effect'> & { value?: string },
): boolean {
  return tolerations.some(({ key = '', operator = 'Equal', value = '', effect = '' }) => {
    if (effect !== '' && effect !== taint.effect) return false
    if (key !== '' && key !== taint.key) return false
    switch (operator || 'Equal') {
      case 'Exists':
        return true
      case 'Equal':
        return key !== '' && value === (taint.value ?? '')
      default:
        return false
    }
  })
}
