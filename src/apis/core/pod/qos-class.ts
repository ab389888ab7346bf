/**
 * The quality-of-service class of a pod, from what it or its containers ask for; only cpu and memory count. A pod gets
 * it on creation and keeps it.
 * Upstream: kubernetes/kubernetes pkg/apis/core/helper/qos/qos.go, ComputePodQOS.
 */
import { compareQuantities } from '../../../apimachinery/quantity.ts'
import type { V1Pod, V1ResourceRequirements } from '../../generated/types.ts'
import { itemsOf } from '../../validation/rules.ts'

const COUNTED = ['cpu', 'memory'] as const

/** Zero is as good as not said. */
function said(quantity: string | undefined): string | undefined {
  return quantity === undefined || compareQuantities(quantity, 0) <= 0 ? undefined : quantity
}

/** What the pod says as a whole counts instead of what its containers say. */
function counted({ spec }: V1Pod): readonly (V1ResourceRequirements | undefined)[] {
  if (spec?.resources !== undefined) return [spec.resources]
  return [...itemsOf(spec?.containers), ...(spec?.initContainers ?? [])].map(({ resources }) => resources)
}

export function qosClassOf(pod: V1Pod): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const pairs = counted(pod).flatMap((resources) =>
    COUNTED.map((name) => ({ request: said(resources?.requests?.[name]), limit: said(resources?.limits?.[name]) })),
  )
  if (pairs.every(({ request, limit }) => request === undefined && limit === undefined)) return 'BestEffort'
  const isGuaranteed = pairs.every(
    ({ request, limit }) => request !== undefined && limit !== undefined && compareQuantities(request, limit) === 0,
  )
  return isGuaranteed ? 'Guaranteed' : 'Burstable'
}
