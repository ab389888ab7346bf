/**
 * The Endpoints controller: the older, single list of a Service's addresses, for clients that still read it
 * (kubernetes pkg/controller/endpoint/endpoints_controller.go).
 */
import type { V1Endpoints, V1Service } from '../../apis/generated/types.ts'
import { selectorFromMap } from '../../apimachinery/selectors.ts'
import { hasReason } from '../../apimachinery/status-error.ts'
import { endpoints } from '../../apis/core/endpoints/endpoints.ts'
import { pod } from '../../apis/core/pod/pod.ts'
import { service } from '../../apis/core/service/service.ts'
import type { Controller } from '../../reconcile/define-controller.ts'
import { defineController, done } from '../../reconcile/define-controller.ts'
import { HEADLESS_LABEL, hasSelectedPods, isHeadless, servicesOfPod } from '../pods/serving.ts'
import { isSameJson } from '../status-writes.ts'
import { planSubsets } from './plan.ts'

const MANAGED_BY_LABEL = 'endpoints.kubernetes.io/managed-by'
const MANAGER = 'endpoint-controller'

export const endpointsController: Controller = defineController({
  name: 'endpoint',
  scope: 'namespace',
  for: service,
  watches: [
    { kind: pod, keysOf: (change, { lister }) => servicesOfPod(change, lister) },
    { kind: endpoints, keysOf: ({ name }) => [name] },
  ],
  resyncSeconds: 600,
  async reconcile({ lister, client, namespace }, key) {
    const owner = lister.get(service, key)
    const existing = lister.get(endpoints, key)
    if (owner === undefined) {
      // Hand-made ones have no such label and stay.
      if (existing?.metadata.labels?.[MANAGED_BY_LABEL] !== MANAGER) return done
      try {
        await client.delete(endpoints, { namespace, name: key })
      } catch (error) {
        if (!hasReason(error, 'NotFound')) throw error
      }
      return done
    }
    if (owner.metadata.deletionTimestamp !== undefined || !hasSelectedPods(owner)) return done
    const selector = selectorFromMap(owner.spec?.selector)
    const subsets = planSubsets(
      owner,
      lister.list(pod, ({ labels }) => selector.matches(labels)),
    )
    const labels = labelsFor(owner)
    if (existing === undefined) {
      const metadata = { name: key, namespace, labels }
      await client.create<V1Endpoints>(endpoints, {
        apiVersion: 'v1',
        kind: 'Endpoints',
        metadata,
        ...withSubsets(subsets),
      })
    } else if (!isSameJson(existing.subsets ?? [], subsets) || !isSameJson(existing.metadata.labels, labels)) {
      const { subsets: _before, ...rest } = existing
      await client.update<V1Endpoints>(endpoints, {
        ...rest,
        metadata: { ...existing.metadata, labels },
        ...withSubsets(subsets),
      })
    }
    return done
  },
})

function withSubsets(subsets: NonNullable<V1Endpoints['subsets']>): Pick<V1Endpoints, 'subsets'> {
  return subsets.length === 0 ? {} : { subsets }
}

function labelsFor(owner: V1Service): Record<string, string> {
  const { [HEADLESS_LABEL]: _headless, ...labels } = owner.metadata.labels ?? {}
  return { ...labels, ...(isHeadless(owner) ? { [HEADLESS_LABEL]: '' } : {}), [MANAGED_BY_LABEL]: MANAGER }
}
