/**
 * Labels of nodes that have newer names.
 * Upstream: kubernetes/kubernetes pkg/api/node/util.go.
 */
import { ownValue } from '../../../../lib/own-value.ts'
import { childPath, indexPath, keyPath } from '../../../../apimachinery/field-path.ts'
import { isValidLabelValue } from '../../../../apimachinery/names.ts'
import type { V1LabelSelector, V1NodeSelectorTerm, V1PodSpec } from '../../../generated/types.ts'

const DEPRECATED: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
}

export function labelDeprecation(key: string): string | undefined {
  return ownValue(DEPRECATED, key)
}

/** Of the keys of expressions, be it of a term or of a selector of labels. */
export function keyWarnings(
  { matchExpressions = [] }: Pick<V1LabelSelector, 'matchExpressions'>,
  at: string,
): string[] {
  return matchExpressions.flatMap(({ key }, index) => {
    const message = labelDeprecation(key)
    const keyAt = childPath(indexPath(childPath(at, 'matchExpressions'), index), 'key')
    return message === undefined ? [] : [`${keyAt}: ${key} is ${message}`]
  })
}

/** Values that no label can have; of required terms, they are refused. */
function valueWarnings({ matchExpressions = [] }: V1NodeSelectorTerm, at: string): string[] {
  return matchExpressions.flatMap(({ values = [] }, index) =>
    values.flatMap((value, place) => {
      const valuesAt = childPath(indexPath(childPath(at, 'matchExpressions'), index), 'values')
      return isValidLabelValue(value).map((why) => `${indexPath(valuesAt, place)}: ${value} is invalid, ${why}`)
    }),
  )
}

/** `field` is the path of the spec. */
export function nodeLabelWarnings(spec: V1PodSpec, field: string): string[] {
  const affinity = spec.affinity?.nodeAffinity
  const required = affinity?.requiredDuringSchedulingIgnoredDuringExecution
  const preferred = affinity?.preferredDuringSchedulingIgnoredDuringExecution
  const affinityAt = childPath(field, 'affinity', 'nodeAffinity')
  const termsAt = childPath(affinityAt, 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms')
  const preferredAt = childPath(affinityAt, 'preferredDuringSchedulingIgnoredDuringExecution')
  return [
    ...Object.keys(spec.nodeSelector ?? {}).flatMap((key) => {
      const message = labelDeprecation(key)
      return message === undefined ? [] : [`${keyPath(childPath(field, 'nodeSelector'), key)}: ${message}`]
    }),
    ...(required?.nodeSelectorTerms ?? []).flatMap((term, index) => keyWarnings(term, indexPath(termsAt, index))),
    ...(preferred ?? []).flatMap(({ preference }, index) => {
      const at = childPath(indexPath(preferredAt, index), 'preference')
      return [...keyWarnings(preference, at), ...valueWarnings(preference, at)]
    }),
    ...(spec.topologySpreadConstraints ?? []).flatMap(({ topologyKey, labelSelector }, index) => {
      const at = indexPath(childPath(field, 'topologySpreadConstraints'), index)
      const message = labelDeprecation(topologyKey)
      return [
        ...(message === undefined ? [] : [`${childPath(at, 'topologyKey')}: ${topologyKey} is ${message}`]),
        ...(labelSelector === undefined
          ? [`${childPath(at, 'labelSelector')}: a null labelSelector results in matching no pod`]
          : []),
      ]
    }),
  ]
}
