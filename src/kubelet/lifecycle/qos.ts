/** The quality-of-service class: pkg/apis/core/v1/helper/qos/qos.go. Only cpu and memory count. */
import type { V1Pod } from '../../apis/generated/types.ts'
import { compareQuantities } from '../../apimachinery/quantity.ts'
import { allContainers } from './pod-life.ts'

const COUNTED = ['cpu', 'memory'] as const

export function qosClass(pod: V1Pod): 'Guaranteed' | 'Burstable' | 'BestEffort' {
  let isAnySaid = false
  let isGuaranteed = true
  for (const { resources } of allContainers(pod)) {
    for (const name of COUNTED) {
      const request = nonZero(resources?.requests?.[name])
      const limit = nonZero(resources?.limits?.[name])
      isAnySaid ||= request !== undefined || limit !== undefined
      // A request that is not given is the limit.
      isGuaranteed &&= limit !== undefined && compareQuantities(request ?? limit, limit) === 0
    }
  }
  if (!isAnySaid) return 'BestEffort'
  return isGuaranteed ? 'Guaranteed' : 'Burstable'
}

function nonZero(quantity: string | undefined): string | undefined {
  return quantity === undefined || compareQuantities(quantity, '0') === 0 ? undefined : quantity
}
