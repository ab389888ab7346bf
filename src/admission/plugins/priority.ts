/**
 * Resolves a pod's priority class to the number that the scheduler compares, and allows one default class only
 * (plugin/pkg/admission/priority). Classes come from the policy copy; a class made a moment ago is found on the turn's
 * second try, with the newest policy.
 */
import type { AnyObject, KubeObject } from '../../apimachinery/meta.ts'
import type { ClusterPolicy } from '../../auth/cluster-policy.ts'
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from '../plugin.ts'
import { isPodWrite, podOf } from '../pod.ts'
import { refusal } from '../refuse.ts'

interface PriorityClass extends KubeObject {
  value: number
  globalDefault?: boolean
  preemptionPolicy?: string
}

const PRIORITY_CLASSES = 'priorityclasses.scheduling.k8s.io'

/** scheduling.DefaultPriorityWhenNoDefaultClassExists. */
const DEFAULT_PRIORITY = 0
const DEFAULT_PREEMPTION_POLICY = 'PreemptLowerPriority'

export const priority: AdmissionPlugin = {
  name: 'Priority',
  handles: (attributes) =>
    attributes.subresource === '' &&
    (attributes.operation === 'CREATE' || attributes.operation === 'UPDATE') &&
    (isPodWrite(attributes) || isClassWrite(attributes)),
  admit(attributes, context) {
    if (!isPodWrite(attributes)) return
    if (attributes.operation === 'CREATE') setPriority(attributes, context)
    else if (attributes.oldObject !== undefined) keepPriority(attributes.object, attributes.oldObject)
  },
  validate(attributes, { policy }) {
    if (isClassWrite(attributes)) allowOneDefault(attributes, policy)
  },
}

function isClassWrite({ definition }: AdmissionAttributes): boolean {
  return definition.group === 'scheduling.k8s.io' && definition.resource === 'priorityclasses'
}

/** An update that leaves the fields out means no change; other changes are refused by validation. */
function keepPriority(next: AnyObject | undefined, previous: AnyObject): void {
  const { spec } = podOf(next)
  const { priority: value, preemptionPolicy } = podOf(previous).spec
  if (spec.priority === undefined && value !== undefined) spec.priority = value
  if (spec.preemptionPolicy === undefined && preemptionPolicy !== undefined) spec.preemptionPolicy = preemptionPolicy
}

function setPriority(attributes: AdmissionAttributes, { policy }: AdmissionContext): void {
  const { spec } = podOf(attributes.object)
  const chosen = classOf(attributes, policy, spec.priorityClassName ?? '')
  if (spec.priority !== undefined && spec.priority !== chosen.value) {
    throw refusal(
      attributes,
      `the integer value of priority (${String(spec.priority)}) must not be provided in pod spec; priority ` +
        `admission controller computed ${String(chosen.value)} from the given PriorityClass name`,
    )
  }
  if (chosen.name !== '') spec.priorityClassName = chosen.name
  spec.priority = chosen.value
  if (chosen.preemptionPolicy === undefined) return
  if (spec.preemptionPolicy !== undefined && spec.preemptionPolicy !== chosen.preemptionPolicy) {
    throw refusal(
      attributes,
      `the string value of PreemptionPolicy (${spec.preemptionPolicy}) must not be provided in pod spec; priority ` +
        `admission controller computed ${chosen.preemptionPolicy} from the given PriorityClass name`,
    )
  }
  spec.preemptionPolicy = chosen.preemptionPolicy
}

interface ChosenClass {
  readonly name: string
  readonly value: number
  readonly preemptionPolicy: string | undefined
}

function classOf(attributes: AdmissionAttributes, policy: ClusterPolicy, name: string): ChosenClass {
  if (name === '') {
    const found = defaultClass(policy)
    if (found === undefined) return { name, value: DEFAULT_PRIORITY, preemptionPolicy: DEFAULT_PREEMPTION_POLICY }
    return { name: found.metadata.name ?? '', value: found.value, preemptionPolicy: found.preemptionPolicy }
  }
  const found = policy.find<PriorityClass>(PRIORITY_CLASSES, name)
  if (found === undefined) throw refusal(attributes, `no PriorityClass with name ${name} was found`)
  return { name, value: found.value, preemptionPolicy: found.preemptionPolicy }
}

/** Should there ever be two, the lower one counts. */
function defaultClass(policy: ClusterPolicy): PriorityClass | undefined {
  let chosen: PriorityClass | undefined
  for (const candidate of policy.all<PriorityClass>(PRIORITY_CLASSES)) {
    if (candidate.globalDefault === true && (chosen === undefined || candidate.value < chosen.value)) chosen = candidate
  }
  return chosen
}

function allowOneDefault(attributes: AdmissionAttributes, policy: ClusterPolicy): void {
  const { object, operation, name } = attributes
  if (object?.globalDefault !== true) return
  const other = defaultClass(policy)?.metadata.name
  if (other === undefined || (operation === 'UPDATE' && other === name)) return
  throw refusal(attributes, `PriorityClass ${other} is already marked as default. Only one default can exist`)
}
