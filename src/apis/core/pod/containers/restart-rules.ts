/**
 * Restart policies of single containers, and rules by exit code (ContainerRestartRules and
 * RestartAllContainersOnContainerExits are on in 1.36).
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, validateContainerRestartPolicy,
 * validateInitContainerRestartPolicy, validateResizePolicy.
 */
import {
  childPath, duplicate, indexPath, invalid, ofNamedType, required, tooMany, type FieldError,
} from '../../../../apimachinery/field-path.ts'
import type { V1Container, V1ContainerRestartRule } from '../../../generated/types.ts'
import { oneOf, supported, supportedIfSet } from '../../../validation/rules.ts'

const RESTART_POLICIES = ['Always', 'Never', 'OnFailure']
const ACTIONS = ['Restart', 'RestartAllContainers']
const OPERATORS = ['In', 'NotIn']
const MAX_RULES = 20
const MAX_EXIT_CODES = 255
const RESIZED_RESOURCES = ['cpu', 'memory']
const RESIZE_POLICIES = ['NotRequired', 'RestartContainer']

function validateRule({ action, exitCodes }: V1ContainerRestartRule, at: string): FieldError[] {
  const codesAt = childPath(at, 'exitCodes')
  const errors = supported(childPath(at, 'action'), action, ACTIONS)
  if (exitCodes === undefined) return [...errors, required(codesAt, 'must be specified')]
  const { operator, values = [] } = exitCodes
  errors.push(...supported(childPath(codesAt, 'operator'), operator, OPERATORS))
  if (values.length > MAX_EXIT_CODES) {
    errors.push(tooMany(childPath(codesAt, 'values'), values.length, MAX_EXIT_CODES))
  }
  return errors
}

export function validateContainerRestartPolicy(container: V1Container, at: string): FieldError[] {
  const { restartPolicy, restartPolicyRules: rules = [] } = container
  const policyAt = childPath(at, 'restartPolicy')
  const rulesAt = childPath(at, 'restartPolicyRules')
  const errors = supportedIfSet(policyAt, restartPolicy, RESTART_POLICIES)
  if (restartPolicy === undefined && rules.length > 0) {
    errors.push(required(policyAt, 'must specify restartPolicy when restart rules are used'))
  }
  if (rules.length > MAX_RULES) errors.push(tooMany(rulesAt, rules.length, MAX_RULES))
  return [...errors, ...rules.flatMap((rule, index) => validateRule(rule, indexPath(rulesAt, index)))]
}

/** Rules of an init container without a policy are not looked into. */
export function validateInitRestartPolicy(container: V1Container, at: string): FieldError[] {
  const { restartPolicy, restartPolicyRules = [] } = container
  if (restartPolicy !== undefined) return validateContainerRestartPolicy(container, at)
  const why = 'must specify restartPolicy when restart rules are used'
  return restartPolicyRules.length > 0 ? [required(childPath(at, 'restartPolicy'), why)] : []
}

/** What a change of resources does to the container; upstream places most of this at the list. */
export function validateResizePolicy(
  { resizePolicy = [] }: V1Container,
  podPolicy: string | undefined,
  at: string,
): FieldError[] {
  const seen = new Set<string>()
  return resizePolicy.flatMap(({ resourceName, restartPolicy }, index) => {
    const errors = seen.has(resourceName) ? [duplicate(indexPath(at, index), ofNamedType(resourceName))] : []
    seen.add(resourceName)
    errors.push(...oneOf(at, resourceName, RESIZED_RESOURCES), ...oneOf(at, restartPolicy, RESIZE_POLICIES))
    if (podPolicy === 'Never' && restartPolicy !== 'NotRequired') {
      errors.push(invalid(at, ofNamedType(restartPolicy), "must be 'NotRequired' when pod `restartPolicy` is 'Never'"))
    }
    return errors
  })
}

/** An init container that ends is not resized by restarting it. */
export function validateInitResizePolicy({ resizePolicy = [], restartPolicy }: V1Container, at: string): FieldError[] {
  if (restartPolicy === 'Always') return []
  const why = "must not be set to 'RestartContainer' for non-sidecar initContainers"
  return resizePolicy.flatMap((policy, index) =>
    policy.restartPolicy === 'RestartContainer'
      ? [invalid(childPath(indexPath(at, index), 'restartPolicy'), policy.restartPolicy, why)]
      : [],
  )
}
