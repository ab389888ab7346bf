/**
 * What the containers of a pod ask for together: regular ones and sidecars at the same time, init containers one
 * after another beside the sidecars begun before them. Upstream: k8s.io/component-helpers resource/helpers.go,
 * AggregateContainerRequests, AggregateContainerLimits.
 */
import { ownValue } from '../../../lib/own-value.ts'
import { addQuantities, compareQuantities, formatQuantity } from '../../../apimachinery/quantity.ts'
import type { V1PodSpec } from '../../generated/types.ts'
import { itemsOf } from '../../validation/rules.ts'

export type Resources = Record<string, string>

function added(one: Resources, other: Resources): Resources {
  const sum = { ...one }
  for (const [name, quantity] of Object.entries(other)) {
    const known = ownValue(sum, name)
    sum[name] = known === undefined ? quantity : formatQuantity(addQuantities(known, quantity))
  }
  return sum
}

function largest(one: Resources, other: Resources): Resources {
  const most = { ...one }
  for (const [name, quantity] of Object.entries(other)) {
    const known = ownValue(most, name)
    if (known === undefined || compareQuantities(quantity, known) > 0) most[name] = quantity
  }
  return most
}

export function aggregateResources(spec: V1PodSpec, which: 'limits' | 'requests'): Resources {
  let together: Resources = {}
  for (const { resources } of itemsOf(spec.containers)) together = added(together, resources?.[which] ?? {})
  let sidecars: Resources = {}
  let starting: Resources = {}
  for (const { resources, restartPolicy } of spec.initContainers ?? []) {
    const own = resources?.[which] ?? {}
    if (restartPolicy === 'Always') {
      together = added(together, own)
      sidecars = added(sidecars, own)
      starting = largest(starting, sidecars)
    } else starting = largest(starting, added(own, sidecars))
  }
  return largest(together, starting)
}

/** Which resources may be said of a pod as a whole. */
export function isPodLevelResource(name: string): boolean {
  return name === 'cpu' || name === 'memory' || name.startsWith('hugepages-')
}
