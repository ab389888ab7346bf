/**
 * The EndpointSlice controller: keeps each Service's slices in step with the pods it selects
 * (kubernetes pkg/controller/endpointslice/endpointslice_controller.go).
 * Differs: no trigger-time annotation, and a pod on a node that is not known yet counts.
 */
import type { V1EndpointSlice, V1Pod, V1Service } from '../../apis/generated/types.ts'
import { selectorFromMap } from '../../apimachinery/selectors.ts'
import { statusErrorFrom } from '../../apimachinery/status-error.ts'
import { node } from '../../apis/core/node/node.ts'
import { pod } from '../../apis/core/pod/pod.ts'
import { service } from '../../apis/core/service/service.ts'
import { endpointSlice } from '../../apis/discovery/endpoint-slice/endpoint-slice.ts'
import type { Operation } from '../../client/client.ts'
import type { Controller, ReconcileContext } from '../../reconcile/define-controller.ts'
import { defineController, done } from '../../reconcile/define-controller.ts'
import { hasAddress, hasSelectedPods, servicesOfPod } from '../pods/serving.ts'
import { MANAGED_BY_LABEL, MANAGER, SERVICE_NAME_LABEL, planSlices } from './plan.ts'

const ZONE_LABEL = 'topology.kubernetes.io/zone'

export const endpointSliceController: Controller = defineController({
  name: 'endpointslice',
  eventSource: 'endpoint-slice-controller',
  scope: 'namespace',
  for: service,
  owns: [endpointSlice],
  watches: [{ kind: pod, keysOf: (change, { lister }) => servicesOfPod(change, lister) }],
  resyncSeconds: 600,
  async reconcile(context, key) {
    const { lister, client, namespace, events } = context
    const owner = lister.get(service, key)
    // The slices of a Service that is gone are the garbage collector's.
    if (owner === undefined || owner.metadata.deletionTimestamp !== undefined || !hasSelectedPods(owner)) return done
    const selector = selectorFromMap(owner.spec?.selector)
    const pods = lister.list(pod, ({ labels }) => selector.matches(labels))
    const existing = lister.list(
      endpointSlice,
      ({ labels }) => labels[SERVICE_NAME_LABEL] === key && labels[MANAGED_BY_LABEL] === MANAGER,
    )
    const plan = planSlices(owner, pods, existing, await zones(context, pods, existing))
    const operations: Operation[] = [
      ...plan.create.map((object): Operation => ({ verb: 'create', kind: endpointSlice, object })),
      ...plan.update.map((object): Operation => ({ verb: 'update', kind: endpointSlice, object })),
      ...plan.remove.map(({ metadata: { name = '' } }): Operation => ({ verb: 'delete', kind: endpointSlice, name })),
    ]
    if (operations.length === 0) return done
    for (const { error } of await client.batch(namespace, operations)) {
      if (error === undefined || error.reason === 'NotFound') continue
      if (error.reason !== 'Conflict') await report(events, owner, error.message ?? '')
      throw statusErrorFrom(error)
    }
    return done
  },
})

function report(events: ReconcileContext['events'], owner: V1Service, why: string): Promise<void> {
  const { namespace = '', name = '' } = owner.metadata
  const message = `Error updating Endpoint Slices for Service ${namespace}/${name}: ${why}`
  return events.record(owner, 'Warning', 'FailedToUpdateEndpointSlices', message)
}

/** Zones of the pods' nodes. Nodes live in the cluster scope: only those that no slice names yet are asked about. */
async function zones(
  { client }: ReconcileContext,
  pods: readonly V1Pod[],
  existing: readonly V1EndpointSlice[],
): Promise<(nodeName: string) => string | undefined> {
  const known = new Map<string, string | undefined>()
  for (const { endpoints } of existing) {
    for (const { nodeName, zone } of endpoints ?? []) if (nodeName !== undefined) known.set(nodeName, zone)
  }
  const isUnknown = ({ spec }: V1Pod): boolean => spec?.nodeName !== undefined && !known.has(spec.nodeName)
  if (pods.some((one) => hasAddress(one) && isUnknown(one))) {
    const { items } = await client.list(node)
    for (const { metadata } of items) known.set(metadata.name ?? '', metadata.labels?.[ZONE_LABEL])
  }
  return (nodeName) => known.get(nodeName)
}
