/**
 * APIServices: those of what is served here are made and kept (k8s.io/kube-aggregator pkg/controllers/autoregister),
 * those of other servers are checked and say whether they answer (pkg/controllers/status). Services and endpoints live
 * in other objects, so nothing of theirs wakes a check. Differs: a server that answers is looked at again by the resync
 * only, which a cluster at rest does not get; one that does not, at growing intervals, as it alone is waited for.
 */
import { equalJson } from '../../../apimachinery/patch/json-value.ts'
import { customResourceDefinition } from '../../../apis/apiextensions/custom-resource-definition.ts'
import { apiService } from '../../../apis/apiregistration/api-service.ts'
import { service as serviceKind } from '../../../apis/core/service/service.ts'
import { endpointSlice } from '../../../apis/discovery/endpoint-slice/endpoint-slice.ts'
import type { KindRef } from '../../../apis/define-kind.ts'
import type { V1APIService } from '../../../apis/generated/types.ts'
import { statusErrorFrom } from '../../../apimachinery/status-error.ts'
import type { Operation } from '../../../client/client.ts'
import type { Controller, ReconcileContext } from '../../../reconcile/define-controller.ts'
import { again, defineController, done } from '../../../reconcile/define-controller.ts'
import type { Lister } from '../../../reconcile/lister.ts'
import type { Reference, Said } from './plan.ts'
import {
  MANAGED_LABEL, PASSED, checkAgainMs, customApiServices, failedCheck, localApiService, missing, referenceOf,
  withAvailable,
} from './plan.ts'
import { builtInPriority } from './priorities.ts'

const LOCAL = 'local'

/** Asks a server for its discovery document, as the aggregator itself. Rejects with why it could not be reached. */
export interface RemoteDiscovery {
  /** The address is for messages; the code is the answer's. */
  ask(reference: Reference, path: string): Promise<{ readonly address: string; readonly httpCode: number }>
}

export function apiServiceRegistration(served: readonly Pick<KindRef, 'group' | 'version'>[]): Controller {
  const builtIn = new Map<string, V1APIService>()
  for (const { group, version } of served) {
    const priority = builtInPriority(group, version)
    if (priority === undefined) continue
    const one = localApiService(group, version, priority, 'onstart')
    builtIn.set(one.metadata.name ?? '', one)
  }
  return defineController({
    name: 'apiservice-registration',
    actsAs: 'bootstrap',
    scope: 'cluster',
    for: apiService,
    ignoresFor: true,
    watches: [
      { kind: customResourceDefinition, keysOf: () => [LOCAL] },
      { kind: apiService, keysOf: ({ selectable }) => (selectable.labels[MANAGED_LABEL] === undefined ? [] : [LOCAL]) },
    ],
    startKeys: [LOCAL],
    resyncSeconds: 600,
    async reconcile({ lister, client }) {
      const operations = plan(lister, [...builtIn.values()])
      if (operations.length === 0) return done
      for (const { error } of await client.batch('', operations)) {
        if (error !== undefined && error.reason !== 'AlreadyExists') throw statusErrorFrom(error)
      }
      return done
    },
  })
}

/** One that was taken by somebody, by a service or without the label, is theirs. */
function plan(lister: Lister, builtIn: readonly V1APIService[]): Operation[] {
  const local = [...customApiServices(lister.list(customResourceDefinition)), ...builtIn]
  const wanted = new Map(local.map((one) => [one.metadata.name ?? '', one]))
  const writes = [...wanted.values()].flatMap((object): Operation[] => {
    const existing = lister.get(apiService, object.metadata.name ?? '')
    if (existing === undefined) return [{ verb: 'create', kind: apiService, object }]
    if (existing.metadata.labels?.[MANAGED_LABEL] === undefined || equalJson(existing.spec, object.spec)) return []
    const next = object.spec === undefined ? existing : { ...existing, spec: object.spec }
    return [{ verb: 'update', kind: apiService, object: next }]
  })
  const gone = lister
    .list(apiService)
    .filter(({ metadata }) => metadata.labels?.[MANAGED_LABEL] === 'true' && !wanted.has(metadata.name ?? ''))
  const names = gone.map(({ metadata }) => metadata.name ?? '')
  return [...writes, ...names.map((name): Operation => ({ verb: 'delete', kind: apiService, name }))]
}

export function apiServiceAvailability(discovery: RemoteDiscovery): Controller {
  return defineController({
    name: 'apiservice-availability',
    actsAs: 'bootstrap',
    scope: 'cluster',
    for: apiService,
    resyncSeconds: 600,
    async reconcile(context, key) {
      const found = context.lister.get(apiService, key)
      const reference = found?.spec === undefined ? undefined : referenceOf(found.spec)
      if (found === undefined || reference === undefined) return done
      const nowMs = context.clock.now()
      const said = await check(context, discovery, found, reference)
      const status = withAvailable(found, said, nowMs)
      const next = status === undefined ? found : { ...found, status }
      if (status !== undefined) await context.client.updateStatus(apiService, next)
      return said[0] === 'True' ? done : again(checkAgainMs(next, nowMs))
    },
  })
}

async function check(
  { client }: ReconcileContext,
  discovery: RemoteDiscovery,
  { spec }: V1APIService,
  reference: Reference,
): Promise<Said> {
  const { namespace, name } = reference
  const found = await client.find(serviceKind, { namespace, name })
  const labelSelector = `kubernetes.io/service-name=${name}`
  const slices = found === undefined ? [] : (await client.list(endpointSlice, { namespace, labelSelector })).items
  const problem = missing(reference, found, slices)
  if (problem !== undefined) return problem
  const { group = '', version = '' } = spec ?? {}
  const path = group === '' ? `/api/${version}` : `/apis/${group}/${version}`
  try {
    const { address, httpCode } = await discovery.ask(reference, path)
    if (httpCode >= 200 && httpCode < 300) return PASSED
    const url = `${address}${path}`
    return failedCheck(`failing or missing response from ${url}: bad status from ${url}: ${String(httpCode)}`)
  } catch (error) {
    return failedCheck(error instanceof Error ? error.message : String(error))
  }
}
