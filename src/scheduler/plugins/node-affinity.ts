/**
 * nodeSelector and node affinity: required terms filter, preferred terms score (upstream: plugins/nodeaffinity,
 * component-helpers scheduling/corev1/nodeaffinity).
 */
import type { SelectorOperator } from '../../apimachinery/selector-parser.ts'
import type { Labels } from '../../apimachinery/selectors.ts'
import { matchesRequirement } from '../../apimachinery/selectors.ts'
import type { V1Node, V1NodeSelectorRequirement, V1NodeSelectorTerm, V1Pod } from '../../apis/generated/types.ts'
import type { Plugin } from '../framework.ts'
import { normalizeScores, unresolvable } from '../framework.ts'

export const nodeAffinity: Plugin = {
  name: 'NodeAffinity',
  events: ['nodeAdded', 'nodeChanged', 'podUpdated'],
  nodeNames: (pod) => namedNodes(pod),
  filter(_state, pod, { node }) {
    return matchesRequired(pod, node) ? [] : [unresolvable("node(s) didn't match Pod's node affinity/selector")]
  },
  score(_state, pod, { node }) {
    const preferred = pod.spec?.affinity?.nodeAffinity?.preferredDuringSchedulingIgnoredDuringExecution ?? []
    return preferred.reduce((sum, { weight, preference }) => sum + (matchesTerm(preference, node) ? weight : 0), 0)
  },
  normalize: (scores) => normalizeScores(scores, false),
}

/** The nodes that the required terms name, when every one of them does (as for pods of a DaemonSet). */
function namedNodes(pod: V1Pod): ReadonlySet<string> | undefined {
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  if (required === undefined) return undefined
  const names = new Set<string>()
  for (const { matchFields } of required.nodeSelectorTerms) {
    const named = (matchFields ?? []).filter(({ key, operator }) => key === 'metadata.name' && operator === 'In')
    if (named.length === 0) return undefined
    for (const { values } of named) for (const name of values ?? []) names.add(name)
  }
  return names
}

/** Whether the node satisfies the pod's nodeSelector and required node affinity. */
export function matchesRequired(pod: V1Pod, node: V1Node): boolean {
  const labels = node.metadata.labels ?? {}
  const selector = Object.entries(pod.spec?.nodeSelector ?? {})
  if (!selector.every(([key, value]) => labels[key] === value)) return false
  const required = pod.spec?.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution
  return required === undefined || required.nodeSelectorTerms.some((term) => matchesTerm(term, node))
}

/** A term matches when all of it does; an empty one matches nothing. */
function matchesTerm(term: V1NodeSelectorTerm, node: V1Node): boolean {
  const expressions = term.matchExpressions ?? []
  const fields = term.matchFields ?? []
  if (expressions.length === 0 && fields.length === 0) return false
  const { name = '', labels = {} } = node.metadata
  const fieldsOfNode = { 'metadata.name': name }
  return (
    expressions.every((requirement) => matches(requirement, labels)) &&
    fields.every((requirement) => matches(requirement, fieldsOfNode))
  )
}

const OPERATORS: ReadonlyMap<string, SelectorOperator> = new Map([
  ['In', 'in'], ['NotIn', 'notin'], ['Exists', 'exists'], ['DoesNotExist', '!'], ['Gt', 'gt'], ['Lt', 'lt'],
])

/** A requirement on nodes is one on labels, by its operator's other name; an unknown one matches nothing. */
function matches({ key, operator, values = [] }: V1NodeSelectorRequirement, labels: Labels): boolean {
  const known = OPERATORS.get(operator)
  return known !== undefined && matchesRequirement({ key, operator: known, values }, labels)
}
