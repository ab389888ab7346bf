/**
 * The quality-of-service class of a pod, from what its containers ask for; only cpu and memory count. A pod gets it on
 * creation and keeps it.
 * Upstream: kubernetes/kubernetes pkg/apis/core/v1/helper/qos/qos.go, ComputePodQOS.
 */
import { compareQuantities } from '../../../apimachinery/quantity.ts'
import type { V1Container, V1Pod } from '../../generated/types.ts'

const COUNTED = ['cpu', 'memory'] as const

/** Zero is as good as not said. */
function said(quantity: string | undefined): string | undefined {
  return quantity === undefined || compareQuantities(quantity, 0) === 0 ? undefined : quantity
}

export function qosClassOf({ spec }: V1Pod): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  const regular = (spec?.containers as V1Container[] | null | undefined) ?? []
  const pairs = [...regular, ...(spec?.initContainers ?? [])].flatMap(({ resources }) =>
    COUNTED.map((name) => ({ request: said(resources?.requests?.[name]), limit: said(resources?.limits?.[name]) })),
  )
  if (pairs.every(({ request, limit }) => request === undefined && limit === undefined)) return 'BestEffort'
  const isGuaranteed = pairs.every(
    ({ request, limit }) => limit !== undefined && compareQuantities(request ?? limit, limit) === 0,
  )
  return isGuaranteed ? 'Guaranteed' : 'Burstable'
}
