/**
 * Constraints on how pods spread over zones, nodes and the like.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, validateTopologySpreadConstraints.
 */
import {
  childPath, duplicate, indexPath, invalid, required, type FieldError,
} from '../../../../apimachinery/field-path.ts'
import type { V1TopologySpreadConstraint } from '../../../generated/types.ts'
import { supportedIfSet, validateLabelSelector } from '../../../validation/rules.ts'
import { validateLabelKeys } from './label-keys.ts'

const ACTIONS = ['DoNotSchedule', 'ScheduleAnyway']
const NODE_POLICIES = ['Honor', 'Ignore']

function positive(field: string, value: number): FieldError[] {
  return value <= 0 ? [invalid(field, value, 'must be greater than zero')] : []
}

/** Domains are counted only where a pod would have to wait for them. */
function validateMinDomains({ minDomains, whenUnsatisfiable }: V1TopologySpreadConstraint, at: string): FieldError[] {
  if (minDomains === undefined) return []
  const why = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${whenUnsatisfiable}`
  return [
    ...positive(at, minDomains),
    ...(whenUnsatisfiable === 'DoNotSchedule' ? [] : [invalid(at, minDomains, why)]),
  ]
}

function placeOf({ topologyKey, whenUnsatisfiable }: V1TopologySpreadConstraint): string {
  return JSON.stringify([topologyKey, whenUnsatisfiable])
}

function validateConstraint(
  constraint: V1TopologySpreadConstraint,
  isRepeated: boolean,
  at: string,
): FieldError[] {
  const { maxSkew, topologyKey, whenUnsatisfiable, labelSelector } = constraint
  return [
    ...positive(childPath(at, 'maxSkew'), maxSkew),
    ...(topologyKey === '' ? [required(childPath(at, 'topologyKey'), 'can not be empty')] : []),
    ...supportedIfSet(childPath(at, 'whenUnsatisfiable'), whenUnsatisfiable, ACTIONS),
    ...(isRepeated
      ? [duplicate(childPath(at, '{topologyKey, whenUnsatisfiable}'), `{${topologyKey}, ${whenUnsatisfiable}}`)]
      : []),
    ...validateMinDomains(constraint, childPath(at, 'minDomains')),
    ...supportedIfSet(childPath(at, 'nodeAffinityPolicy'), constraint.nodeAffinityPolicy, NODE_POLICIES),
    ...supportedIfSet(childPath(at, 'nodeTaintsPolicy'), constraint.nodeTaintsPolicy, NODE_POLICIES),
    ...validateLabelKeys(constraint, at),
    ...(labelSelector === undefined ? [] : validateLabelSelector(labelSelector, childPath(at, 'labelSelector'))),
  ]
}

export function validateTopologySpread(
  constraints: readonly V1TopologySpreadConstraint[],
  field: string,
): FieldError[] {
  // Of those that repeat one another the last is the one that stays.
  const last = new Map(constraints.map((constraint, index) => [placeOf(constraint), index]))
  return constraints.flatMap((constraint, index) =>
    validateConstraint(constraint, last.get(placeOf(constraint)) !== index, indexPath(field, index)),
  )
}
