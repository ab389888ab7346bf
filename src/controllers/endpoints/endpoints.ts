/**
 * The Endpoints controller: the older, single list of a Service's addresses, for clients that still read it
 * (kubernetes pkg/controller/endpoint/endpoints_controller.go).
 */
import { equalJson } from '../../apimachinery/patch/json-value.ts'
import type { V1Endpoints, V1Service } from '../../apis/generated/types.ts'
import { selectorFromMap } from '../../apimachinery/selectors.ts'
import { ApiStatusError, hasReason } from '../../apimachinery/status-error.ts'
import { endpoints } from '../../apis/core/endpoints/endpoints.ts'
import { pod } from '../../apis/core/pod/pod.ts'
import { service } from '../../apis/core/service/service.ts'
import type { Controller, ReconcileContext } from '../../reconcile/define-controller.ts'
import { defineController, done } from '../../reconcile/define-controller.ts'
import { HEADLESS_LABEL, hasSelectedPods, isHeadless, servicesOfPod } from '../pods/serving.ts'
import { isNamespaceTerminating } from '../pods/waves.ts'
import type { SubsetsPlan } from './plan.ts'
import { planSubsets } from './plan.ts'

const MANAGED_BY_LABEL = 'endpoints.kubernetes.io/managed-by'
const MANAGER = 'endpoint-controller'

/** Says that not all addresses are there. */
const OVER_CAPACITY = 'endpoints.kubernetes.io/over-capacity'

export const endpointsController: Controller = defineController({
  name: 'endpoint',
  scope: 'namespace',
  for: service,
  watches: [
    { kind: pod, keysOf: (change, { lister }) => servicesOfPod(change, lister) },
    { kind: endpoints, keysOf: ({ name }) => [name] },
  ],
  resyncSeconds: 600,
  async reconcile(context, key) {
    const { lister, client, namespace } = context
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
    const pods = lister.list(pod, ({ labels }) => selector.matches(labels))
    await write(context, owner, existing, planSubsets(owner, pods))
    return done
  },
})

async function write(
  { client, events, namespace }: ReconcileContext,
  owner: V1Service,
  existing: V1Endpoints | undefined,
  { subsets, isTruncated }: SubsetsPlan,
): Promise<void> {
  const { name = '' } = owner.metadata
  const { [OVER_CAPACITY]: _before, ...others } = existing?.metadata.annotations ?? {}
  const annotations = { ...others, ...(isTruncated ? { [OVER_CAPACITY]: 'truncated' } : {}) }
  const wanted: V1Endpoints = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {
      ...existing?.metadata,
      name,
      namespace,
      labels: labelsFor(owner),
      ...(Object.keys(annotations).length === 0 && existing?.metadata.annotations === undefined ? {} : { annotations }),
    },
    ...(subsets.length === 0 ? {} : { subsets }),
  }
  const isRight =
    existing !== undefined &&
    equalJson(existing.subsets ?? [], subsets) &&
    equalJson(existing.metadata.labels, wanted.metadata.labels) &&
    equalJson(existing.metadata.annotations ?? {}, annotations)
  if (isRight) return
  try {
    if (existing === undefined) await client.create<V1Endpoints>(endpoints, wanted)
    else await client.update<V1Endpoints>(endpoints, wanted)
  } catch (error) {
    if (!(error instanceof ApiStatusError) || error.reason === 'Conflict') throw error
    if (existing === undefined && isNamespaceTerminating(error.status)) return
    const [reason, what] =
      existing === undefined
        ? ['FailedToCreateEndpoint', 'Failed to create endpoint for service']
        : ['FailedToUpdateEndpoint', 'Failed to update endpoint']
    await events.record(wanted, 'Warning', reason, `${what} ${namespace}/${name}: ${error.message}`)
    throw error
  }
}

function labelsFor(owner: V1Service): Record<string, string> {
  const { [HEADLESS_LABEL]: _headless, ...labels } = owner.metadata.labels ?? {}
  return { ...labels, ...(isHeadless(owner) ? { [HEADLESS_LABEL]: '' } : {}), [MANAGED_BY_LABEL]: MANAGER }
}
