/**
 * How much a pod asks for and a node has, as numbers: CPU in milli-cores, everything else in whole units
 * (kubernetes/component-helpers resource/helpers.go, PodRequests). Pure.
 */
import { milliValue, quantityValue } from '../apimachinery/quantity.ts'
import type { V1Container, V1Pod } from '../apis/generated/types.ts'

export type ResourceAmounts = Record<string, number>

/** What a container without a request is counted as when nodes are compared (scheduler/util/pod_resources.go). */
const DEFAULT_MILLI_CPU = 100
const DEFAULT_MEMORY_BYTES = 200 * 1024 * 1024

export function amountsOf(quantities: Readonly<Record<string, string>> | undefined): ResourceAmounts {
  const amounts: ResourceAmounts = {}
  for (const [name, quantity] of Object.entries(quantities ?? {})) {
    amounts[name] = name === 'cpu' ? milliValue(quantity) : quantityValue(quantity)
  }
  return amounts
}

export function addAmounts(into: ResourceAmounts, amounts: ResourceAmounts, sign: 1 | -1 = 1): void {
  for (const [name, amount] of Object.entries(amounts)) into[name] = (into[name] ?? 0) + sign * amount
}

function raiseTo(into: ResourceAmounts, amounts: ResourceAmounts): void {
  for (const [name, amount] of Object.entries(amounts)) into[name] = Math.max(into[name] ?? 0, amount)
}

export const isSidecar = (container: V1Container): boolean => container.restartPolicy === 'Always'

/**
 * The pod's requests: the containers' sum, or the most that any init step needs while the sidecars before it run, plus
 * overhead.
 */
export function podRequests(
  pod: V1Pod,
  requestsOf: (container: V1Container) => ResourceAmounts = containerRequests,
): ResourceAmounts {
  const total: ResourceAmounts = {}
  for (const container of pod.spec?.containers ?? []) addAmounts(total, requestsOf(container))
  const sidecars: ResourceAmounts = {}
  const initPeak: ResourceAmounts = {}
  for (const container of pod.spec?.initContainers ?? []) {
    const needed = { ...requestsOf(container) }
    if (isSidecar(container)) {
      addAmounts(total, needed)
      addAmounts(sidecars, needed)
      raiseTo(initPeak, sidecars)
    } else {
      addAmounts(needed, sidecars)
      raiseTo(initPeak, needed)
    }
  }
  raiseTo(total, initPeak)
  // What the pod asks for as a whole stands for what its containers would add up to.
  Object.assign(total, amountsOf(pod.spec?.resources?.requests))
  addAmounts(total, amountsOf(pod.spec?.overhead))
  return total
}

function containerRequests(container: V1Container): ResourceAmounts {
  return amountsOf(container.resources?.requests)
}

/** CPU and memory with a floor for containers that ask for none, so that empty requests still spread. */
export function nonZeroRequests(pod: V1Pod): ResourceAmounts {
  return podRequests(pod, (container) => {
    const { cpu = DEFAULT_MILLI_CPU, memory = DEFAULT_MEMORY_BYTES } = containerRequests(container)
    return { cpu, memory }
  })
}
