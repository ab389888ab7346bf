/**
 * What a runtime class adds to its pods: overhead, a node selector, tolerations; a class that is not there refuses
 * the pod (plugin/pkg/admission/runtimeclass).
 */
import { quote } from '../../apimachinery/field-path.ts'
import type { KubeObject } from '../../apimachinery/meta.ts'
import { compareQuantities } from '../../apimachinery/quantity.ts'
import { unclassifiedError } from '../../apimachinery/status-error.ts'
import type { AdmissionAttributes, AdmissionContext, AdmissionPlugin } from '../plugin.ts'
import type { AdmittedPod, Toleration } from '../pod.ts'
import { isPodWrite, podOf } from '../pod.ts'
import { refusal } from '../refuse.ts'
import { mergeTolerations } from '../tolerations.ts'

interface RuntimeClass extends KubeObject {
  overhead?: { podFixed?: Record<string, string | number> }
  scheduling?: { nodeSelector?: Record<string, string>; tolerations?: Toleration[] }
}

type Quantities = Readonly<Record<string, string | number>>

const OVERHEAD_MISMATCH = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead"

export const runtimeClass: AdmissionPlugin = {
  name: 'RuntimeClass',
  handles: (attributes) => attributes.operation === 'CREATE' && isPodWrite(attributes),
  admit(attributes, context) {
    const pod = podOf(attributes.object)
    const found = classOf(attributes, pod, context)
    if (found?.overhead !== undefined) setOverhead(attributes, pod, found.overhead.podFixed ?? {})
    if (found?.scheduling !== undefined) setScheduling(attributes, pod, found.scheduling)
  },
  validate(attributes, context) {
    const pod = podOf(attributes.object)
    const found = classOf(attributes, pod, context)
    const { overhead } = pod.spec
    if (found?.overhead === undefined) {
      if (overhead === undefined) return
      throw refusal(attributes, 'pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead')
    }
    if (!isSame(found.overhead.podFixed ?? {}, overhead ?? {})) throw refusal(attributes, OVERHEAD_MISMATCH)
  },
}

function classOf(
  attributes: AdmissionAttributes,
  pod: AdmittedPod,
  { policy }: AdmissionContext,
): RuntimeClass | undefined {
  const name = pod.spec.runtimeClassName
  if (name === undefined) return undefined
  // Upstream asks for it by name, and its client knows that there can be none.
  if (name === '') throw unclassifiedError('resource name may not be empty')
  const found = policy.find<RuntimeClass>('runtimeclasses.node.k8s.io', name)
  if (found === undefined) throw refusal(attributes, `pod rejected: RuntimeClass ${quote(name)} not found`)
  return found
}

function setOverhead(attributes: AdmissionAttributes, { spec }: AdmittedPod, fixed: Quantities): void {
  const said = spec.overhead ?? {}
  if (Object.keys(said).length > 0 && !isSame(fixed, said)) throw refusal(attributes, OVERHEAD_MISMATCH)
  spec.overhead = { ...fixed }
}

function setScheduling(
  attributes: AdmissionAttributes,
  { spec }: AdmittedPod,
  { nodeSelector, tolerations }: NonNullable<RuntimeClass['scheduling']>,
): void {
  const selector = { ...spec.nodeSelector }
  for (const [key, wanted] of Object.entries(nodeSelector ?? {})) {
    const said = selector[key]
    if (said !== undefined && said !== wanted) {
      throw refusal(
        attributes,
        `conflict: runtimeClass.scheduling.nodeSelector[${key}] = ${wanted}; pod.spec.nodeSelector[${key}] = ${said}`,
      )
    }
    selector[key] = wanted
  }
  if (Object.keys(selector).length > 0) spec.nodeSelector = selector
  const merged = mergeTolerations(spec.tolerations ?? [], tolerations ?? [])
  if (merged.length > 0) spec.tolerations = merged
}

/** The same resources with the same amounts, however they are written. */
function isSame(left: Quantities, right: Quantities): boolean {
  const names = Object.keys(left)
  return names.length === Object.keys(right).length && names.every((name) => isSameAmount(left[name], right[name]))
}

function isSameAmount(left: string | number | undefined, right: string | number | undefined): boolean {
  return left !== undefined && right !== undefined && compareQuantities(left, right) === 0
}
