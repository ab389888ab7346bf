/**
 * Validation of a pod's spec, alone and in templates: what pods, ReplicaSets, Deployments and Jobs share. All errors at
 * once, in upstream's order.
 * Upstream: kubernetes/kubernetes pkg/apis/core/validation/validation.go, ValidatePodSpec, ValidatePodTemplateSpec.
 * Differs: affinity, DNS config, security contexts of the pod and resource claims are not looked into.
 */
import {
  childPath,
  duplicate,
  forbidden,
  indexPath,
  invalid,
  notSupported,
  required,
  type FieldError,
} from '../../../apimachinery/field-path.ts'
import { validateAnnotations, validateLabels } from '../../../apimachinery/metadata-validation.ts'
import {
  isDns1123Label,
  isDns1123Subdomain,
  isInRange,
  isQualifiedName,
  isValidLabelValue,
} from '../../../apimachinery/names.ts'
import { selectorFromSpec, SelectorError } from '../../../apimachinery/selectors.ts'
import type {
  V1LabelSelector,
  V1PodSpec,
  V1PodTemplateSpec,
  V1Toleration,
  V1TopologySpreadConstraint,
} from '../../generated/types.ts'
import { validateContainers, validateInitContainers } from './validation-containers.ts'
import { invalidFor, MAX_INT32, oneOf, optionallyOneOf, requiredText } from './validation-rules.ts'
import { validateVolumes } from './validation-volumes.ts'

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never']
const DNS_POLICIES = ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None']
const TAINT_EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute']
const SCHEDULE_ACTIONS = ['DoNotSchedule', 'ScheduleAnyway']
const OPERATOR_MESSAGE = 'operator must be Exists when `key` is empty, which means "match all values and all keys"'

export function validateTaintEffect(effect: string | undefined, mayBeEmpty: boolean, at: string): FieldError[] {
  return mayBeEmpty ? optionallyOneOf(at, effect, TAINT_EFFECTS) : oneOf(at, effect, TAINT_EFFECTS)
}

function validateToleration(toleration: V1Toleration, at: string): FieldError[] {
  const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration
  const operatorAt = childPath(at, 'operator')
  const errors = key === '' ? [] : invalidFor(childPath(at, 'key'), key, isQualifiedName(key))
  if (key === '' && operator !== 'Exists') errors.push(invalid(operatorAt, operator, OPERATOR_MESSAGE))
  if (tolerationSeconds !== undefined && effect !== 'NoExecute') {
    const why = "effect must be 'NoExecute' when `tolerationSeconds` is set"
    errors.push(invalid(childPath(at, 'effect'), effect, why))
  }
  if (operator === '' || operator === 'Equal') {
    const messages = isValidLabelValue(value)
    if (messages.length > 0) errors.push(invalid(operatorAt, value, messages.join(';')))
  } else if (operator === 'Exists') {
    if (value !== '') errors.push(invalid(operatorAt, toleration, "value must be empty when `operator` is 'Exists'"))
  } else errors.push(notSupported(operatorAt, operator, ['Equal', 'Exists']))
  return [...errors, ...validateTaintEffect(effect, true, childPath(at, 'effect'))]
}

function validateSpread(constraint: V1TopologySpreadConstraint, at: string): FieldError[] {
  const { maxSkew, topologyKey, whenUnsatisfiable } = constraint
  return [
    ...(maxSkew <= 0 ? [invalid(childPath(at, 'maxSkew'), maxSkew, 'must be greater than zero')] : []),
    ...(topologyKey === ''
      ? [required(childPath(at, 'topologyKey'), 'can not be empty')]
      : invalidFor(childPath(at, 'topologyKey'), topologyKey, isQualifiedName(topologyKey))),
    ...(SCHEDULE_ACTIONS.includes(whenUnsatisfiable)
      ? []
      : [notSupported(childPath(at, 'whenUnsatisfiable'), whenUnsatisfiable, SCHEDULE_ACTIONS)]),
  ]
}

function validateGates(gates: NonNullable<V1PodSpec['schedulingGates']>, field: string): FieldError[] {
  const names = new Set<string>()
  return gates.flatMap(({ name }, index) => {
    const at = indexPath(field, index)
    const nameAt = childPath(at, 'name')
    const errors = invalidFor(nameAt, name, isQualifiedName(name))
    if (names.has(name)) errors.push(duplicate(nameAt, name))
    names.add(name)
    return errors
  })
}

/** Everything that is said once for the whole pod, after its volumes and containers. */
function validateScalars(spec: V1PodSpec, field: string): FieldError[] {
  const at = (name: string): string => childPath(field, name)
  const optionalName = (name: 'serviceAccountName' | 'nodeName' | 'priorityClassName' | 'runtimeClassName') =>
    (spec[name] ?? '') === '' ? [] : invalidFor(at(name), spec[name], isDns1123Subdomain(spec[name] ?? ''))
  const optionalLabel = (name: 'hostname' | 'subdomain') =>
    (spec[name] ?? '') === '' ? [] : invalidFor(at(name), spec[name], isDns1123Label(spec[name] ?? ''))
  const deadline = spec.activeDeadlineSeconds
  return [
    ...oneOf(at('restartPolicy'), spec.restartPolicy, RESTART_POLICIES),
    ...oneOf(at('dnsPolicy'), spec.dnsPolicy, DNS_POLICIES),
    ...validateLabels(spec.nodeSelector, at('nodeSelector')),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }, index) =>
      requiredText(childPath(indexPath(at('imagePullSecrets'), index), 'name'), name),
    ),
    ...(spec.readinessGates ?? []).flatMap(({ conditionType }, index) =>
      invalidFor(
        childPath(indexPath(at('readinessGates'), index), 'conditionType'),
        conditionType,
        isQualifiedName(conditionType),
      ),
    ),
    ...validateGates(spec.schedulingGates ?? [], at('schedulingGates')),
    ...(spec.topologySpreadConstraints ?? []).flatMap((constraint, index) =>
      validateSpread(constraint, indexPath(at('topologySpreadConstraints'), index)),
    ),
    ...optionalName('serviceAccountName'),
    ...optionalName('nodeName'),
    ...(deadline === undefined
      ? []
      : invalidFor(at('activeDeadlineSeconds'), deadline, isInRange(deadline, 1, MAX_INT32))),
    ...optionalLabel('hostname'),
    ...optionalLabel('subdomain'),
    ...(spec.tolerations ?? []).flatMap((toleration, index) =>
      validateToleration(toleration, indexPath(at('tolerations'), index)),
    ),
    ...optionalName('priorityClassName'),
    ...optionalName('runtimeClassName'),
    ...optionallyOneOf(at('preemptionPolicy'), spec.preemptionPolicy, ['Never', 'PreemptLowerPriority']),
  ]
}

/** A spec that is missing is judged as an empty one, as Go has it. */
export function validatePodSpec(spec: V1PodSpec | undefined, field: string): FieldError[] {
  const said = spec ?? { containers: [] }
  // Decoding keeps null for a list that was not sent, because Go prints it so.
  const containers = (said.containers as V1PodSpec['containers'] | null) ?? []
  const volumes = validateVolumes(said.volumes ?? [], childPath(field, 'volumes'))
  const surroundings = { volumes: volumes.sound, grace: said.terminationGracePeriodSeconds ?? 0 }
  return [
    ...volumes.errors,
    ...validateContainers(containers, surroundings, childPath(field, 'containers')),
    ...validateInitContainers(said.initContainers ?? [], containers, surroundings, childPath(field, 'initContainers')),
    ...validateScalars(said, field),
  ]
}

export function validatePodTemplate(template: V1PodTemplateSpec | undefined, field: string): FieldError[] {
  const specAt = childPath(field, 'spec')
  const errors = [
    ...validateLabels(template?.metadata?.labels, childPath(field, 'labels')),
    ...validateAnnotations(template?.metadata?.annotations, childPath(field, 'annotations')),
    ...validatePodSpec(template?.spec, specAt),
  ]
  if ((template?.spec?.ephemeralContainers ?? []).length > 0) {
    errors.push(forbidden(childPath(specAt, 'ephemeralContainers'), 'ephemeral containers not allowed in pod template'))
  }
  return errors
}

/** `undefined` where the selector cannot be read at all. */
export function selectorMatches(
  selector: V1LabelSelector | undefined,
  labels: Record<string, string> | undefined,
): boolean | undefined {
  try {
    return selectorFromSpec(selector).matches(labels ?? {})
  } catch (error) {
    if (error instanceof SelectorError) return undefined
    throw error
  }
}

/** A template whose pods are kept running for ever: ReplicaSets' and Deployments'. */
export function validateLongRunningTemplate(
  template: V1PodTemplateSpec | undefined,
  selector: V1LabelSelector | undefined,
  field: string,
): FieldError[] {
  const labels = template?.metadata?.labels
  const { restartPolicy, activeDeadlineSeconds } = template?.spec ?? {}
  const errors: FieldError[] = []
  if (selectorMatches(selector, labels) === false) {
    errors.push(invalid(childPath(field, 'metadata', 'labels'), labels, '`selector` does not match template `labels`'))
  }
  errors.push(...validatePodTemplate(template, field))
  if (restartPolicy !== 'Always') {
    errors.push(notSupported(childPath(field, 'spec', 'restartPolicy'), restartPolicy ?? '', ['Always']))
  }
  if (activeDeadlineSeconds !== undefined) {
    const why = 'activeDeadlineSeconds in ReplicaSet is not Supported'
    errors.push(forbidden(childPath(field, 'spec', 'activeDeadlineSeconds'), why))
  }
  return errors
}
