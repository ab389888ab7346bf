/**
 * The mirroring controller: hand-made Endpoints of Services without a selector become slices, which is all that routers
 * read (kubernetes pkg/controller/endpointslicemirroring/endpointslicemirroring_controller.go).
 */
import { endpoints } from '../../apis/core/endpoints/endpoints.ts'
import { service } from '../../apis/core/service/service.ts'
import { endpointSlice } from '../../apis/discovery/endpoint-slice/endpoint-slice.ts'
import type { V1Endpoints, V1EndpointSlice } from '../../apis/generated/types.ts'
import { statusErrorFrom } from '../../apimachinery/status-error.ts'
import type { Operation } from '../../client/client.ts'
import type { Controller, ReconcileContext } from '../../reconcile/define-controller.ts'
import { defineController, done } from '../../reconcile/define-controller.ts'
import { MANAGED_BY_LABEL, SERVICE_NAME_LABEL } from '../endpoint-slice/plan.ts'
import { isNamespaceTerminating } from '../pods/waves.ts'
import type { MirrorPlan } from './plan.ts'
import { MAX_ENDPOINTS_PER_SUBSET, MIRRORING_MANAGER, isMirrored, planMirror } from './plan.ts'

export const endpointSliceMirroringController: Controller = defineController({
  name: 'endpointslicemirroring',
  eventSource: 'endpoint-slice-mirroring-controller',
  scope: 'namespace',
  for: endpoints,
  owns: [endpointSlice],
  watches: [{ kind: service, keysOf: ({ name }) => [name] }],
  resyncSeconds: 600,
  async reconcile(context, key) {
    const { lister } = context
    const existing = lister.list(
      endpointSlice,
      ({ labels }) => labels[SERVICE_NAME_LABEL] === key && labels[MANAGED_BY_LABEL] === MIRRORING_MANAGER,
    )
    const subject = lister.get(endpoints, key)
    const owner = lister.get(service, key)
    const hasSelector = Object.keys(owner?.spec?.selector ?? {}).length > 0
    if (subject === undefined || !isMirrored(subject) || owner === undefined || hasSelector) {
      await write(context, existing.map(removal))
      return done
    }
    const plan = planMirror(subject, existing)
    await report(context, subject, plan)
    await write(context, [
      ...plan.create.map((object): Operation => ({ verb: 'create', kind: endpointSlice, object })),
      ...plan.update.map((object): Operation => ({ verb: 'update', kind: endpointSlice, object })),
      ...plan.remove.map(removal),
    ])
    return done
  },
})

function removal({ metadata: { name = '' } }: V1EndpointSlice): Operation {
  return { verb: 'delete', kind: endpointSlice, name }
}

async function write({ client, namespace }: ReconcileContext, operations: readonly Operation[]): Promise<void> {
  if (operations.length === 0) return
  for (const { error } of await client.batch(namespace, operations)) {
    if (error === undefined || error.reason === 'NotFound' || isNamespaceTerminating(error)) continue
    throw statusErrorFrom(error)
  }
}

async function report(
  { events }: ReconcileContext,
  subject: V1Endpoints,
  { invalidCount, skippedCount }: MirrorPlan,
): Promise<void> {
  if (invalidCount > 0) {
    const message = `Skipped ${String(invalidCount)} invalid IP addresses when mirroring to EndpointSlices`
    await events.record(subject, 'Warning', 'InvalidIPAddress', message)
  }
  if (skippedCount > invalidCount) {
    const message =
      `A max of ${String(MAX_ENDPOINTS_PER_SUBSET)} addresses can be mirrored to EndpointSlices per Endpoints subset. ` +
      `${String(skippedCount)} addresses were skipped`
    await events.record(subject, 'Warning', 'TooManyAddressesToMirror', message)
  }
}
