/**
 * APIServices: those of what is served here are made and kept (k8s.io/kube-aggregator pkg/controllers/autoregister),
 * those of other servers are checked and say whether they answer (pkg/controllers/status). Services and endpoints live
 * in other objects, which say when they changed, as does whoever met a server that did not answer. Differs: one that
 * answers is looked at for no other reason but the resync, which a cluster at rest does not get; one that does not, at
 * growing intervals, as it alone is waited for.
 */
import { equalJson } from '../../../apimachinery/patch/json-value.ts'
import { customResourceDefinition } from '../../../apis/apiextensions/custom-resource-definition.ts'
import { apiService } from '../../../apis/apiregistration/api-service.ts'
import { service as serviceKind } from '../../../apis/core/service/service.ts'
import { endpointSlice } from '../../../apis/discovery/endpoint-slice/endpoint-slice.ts'
import { groupOfDefinition } from '../../../apis/custom/definition-state.ts'
import { summaryIn } from '../../../apis/custom/definition-strategy.ts'
import type { KindRef } from '../../../apis/define-kind.ts'
import type { V1APIService, V1CustomResourceDefinition } from '../../../apis/generated/types.ts'
import { statusErrorFrom } from '../../../apimachinery/status-error.ts'
import type { Operation } from '../../../client/client.ts'
import type { Controller, ReconcileContext } from '../../../reconcile/define-controller.ts'
import { again, defineController, done } from '../../../reconcile/define-controller.ts'
import type { Change } from '../../../store/object-store.ts'
import type { Lister } from '../../../reconcile/lister.ts'
import type { Reference, Said } from './plan.ts'
import {
  MANAGED_LABEL, PASSED, checkAgainMs, customApiServices, failedCheck, isAvailable, localApiService, missing,
  referenceOf, withAvailable,
} from './plan.ts'
import { builtInPriority } from './priorities.ts'

/** The key of all of them; any other key is the name of one. */
const ALL = 'all'

/** Which definitions a group has. */
export interface DefinitionsOfGroup {
  inGroup(group: string): readonly { readonly name: string }[]
}

/** Asks a server for its discovery document, as the aggregator itself. Rejects with why it could not be reached. */
export interface RemoteDiscovery {
  /** The address is for messages; the code is the answer's. */
  ask(reference: Reference, path: string): Promise<{ readonly address: string; readonly httpCode: number }>
  /** Is told of each API that answered until now, and why it does not. */
  wentDown?(name: string, reason: string): void
}

/** One that changed is looked at alone: of a thousand definitions all others stay as they are. */
export function apiServiceRegistration(
  served: readonly Pick<KindRef, 'group' | 'version'>[],
  definitions: DefinitionsOfGroup,
): Controller {
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
      { kind: customResourceDefinition, keysOf: namesOfVersions },
      {
        kind: apiService,
        keysOf: ({ name, selectable }) => (selectable.labels[MANAGED_LABEL] === undefined ? [] : [name]),
      },
    ],
    startKeys: [ALL],
    resyncSeconds: 600,
    async reconcile({ lister, client }, key) {
      const operations = key === ALL ? planAll(lister, builtIn) : planOne(lister, key, builtIn.get(key), definitions)
      if (operations.length === 0) return done
      for (const { error } of await client.batch('', operations)) {
        if (error !== undefined && error.reason !== 'AlreadyExists') throw statusErrorFrom(error)
      }
      return done
    },
  })
}

type ApiServices = ReadonlyMap<string, V1APIService>

function planAll(lister: Lister, builtIn: ApiServices): Operation[] {
  const wanted = new Map([...byName(customApiServices(lister.list(customResourceDefinition))), ...builtIn])
  const existing = byName(lister.list(apiService))
  const names = new Set([...wanted.keys(), ...existing.keys()])
  return [...names].flatMap((name) => operationOf(wanted.get(name), existing.get(name)))
}

function planOne(
  lister: Lister,
  name: string,
  builtIn: V1APIService | undefined,
  definitions: DefinitionsOfGroup,
): Operation[] {
  const existing = lister.get(apiService, name)
  if (builtIn !== undefined) return operationOf(builtIn, existing)
  const ofGroup = definitions.inGroup(groupOfDefinition(name))
  const custom = ofGroup.flatMap((one) => lister.get(customResourceDefinition, one.name) ?? [])
  return operationOf(byName(customApiServices(custom)).get(name), existing)
}

/** One that was taken by somebody, by a service or without the label, is theirs. */
function operationOf(wanted: V1APIService | undefined, existing: V1APIService | undefined): Operation[] {
  if (existing === undefined) return wanted === undefined ? [] : [{ verb: 'create', kind: apiService, object: wanted }]
  const managed = existing.metadata.labels?.[MANAGED_LABEL]
  if (wanted === undefined) {
    return managed === 'true' ? [{ verb: 'delete', kind: apiService, name: existing.metadata.name ?? '' }] : []
  }
  if (managed === undefined || equalJson(existing.spec, wanted.spec)) return []
  const next = wanted.spec === undefined ? existing : { ...existing, spec: wanted.spec }
  return [{ verb: 'update', kind: apiService, object: next }]
}

function byName(apiServices: readonly V1APIService[]): ApiServices {
  return new Map(apiServices.map((one) => [one.metadata.name ?? '', one]))
}

/** Those of a definition's versions as they are, and as they were served before. */
function namesOfVersions({ name, text, previousSelectable }: Change): string[] {
  const group = groupOfDefinition(name)
  const { spec } = JSON.parse(text) as V1CustomResourceDefinition
  const before = previousSelectable === undefined ? [] : summaryIn(previousSelectable).versions
  const versions = new Set([...spec.versions.map((one) => one.name), ...before.map((one) => one.version)])
  return [...versions].map((version) => `${version}.${group}`)
}

/** Whoever has reason to doubt that a server answers has its key looked at (Driver.look). */
export const AVAILABILITY = 'apiservice-availability'

export function apiServiceAvailability(discovery: RemoteDiscovery): Controller {
  return defineController({
    name: AVAILABILITY,
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
      if (status !== undefined) {
        await context.client.updateStatus(apiService, next)
        if (isAvailable(found) && said[0] === 'False') discovery.wentDown?.(key, said[1])
      }
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
