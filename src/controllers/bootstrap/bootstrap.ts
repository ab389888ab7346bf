/**
 * Makes what every logical cluster starts with, and makes it again where it was taken away: namespaces, the API's own
 * Service and the range of Services' addresses, priority classes, the `worker` RuntimeClass, roles and bindings
 * (kubernetes pkg/registry/rbac/rest/storage_rbac.go, pkg/controlplane/controller).
 *
 * It acts as the system itself (no role exists before it ran), so its client must be a system:masters one.
 */
import { equalJson } from '../../apimachinery/patch/json-value.ts'
import type { KindRef } from '../../apis/define-kind.ts'
import { endpoints } from '../../apis/core/endpoints/endpoints.ts'
import { namespace } from '../../apis/core/namespace/namespace.ts'
import { service } from '../../apis/core/service/service.ts'
import { serviceCIDR } from '../../apis/networking/service-cidr/service-cidr.ts'
import { endpointSlice } from '../../apis/discovery/endpoint-slice/endpoint-slice.ts'
import { runtimeClass } from '../../apis/node/runtime-class/runtime-class.ts'
import { clusterRoleBinding } from '../../apis/rbac/cluster-role-binding/cluster-role-binding.ts'
import { clusterRole } from '../../apis/rbac/cluster-role/cluster-role.ts'
import { roleBinding } from '../../apis/rbac/role-binding/role-binding.ts'
import { role } from '../../apis/rbac/role/role.ts'
import { priorityClass } from '../../apis/scheduling/priority-class/priority-class.ts'
import type { KubeObject } from '../../apimachinery/meta.ts'
import { hasReason, statusErrorFrom } from '../../apimachinery/status-error.ts'
import {
  bootstrapClusterRoleBindings,
  bootstrapClusterRoles,
  bootstrapRoleBindings,
  bootstrapRoles,
} from '../../auth/bootstrap-policy/bootstrap-policy.ts'
import type { Client, Operation } from '../../client/client.ts'
import type { Controller, ReconcileContext } from '../../reconcile/define-controller.ts'
import { defineController, done } from '../../reconcile/define-controller.ts'
import { ensureIdentityLease } from './identity-lease.ts'
import { ensureTokenTracking } from './legacy-token-tracking.ts'
import type { ApiAddress } from './objects.ts'
import {
  SYSTEM_NAMESPACES,
  apiEndpointSlice,
  apiEndpoints,
  apiService,
  systemNamespaces,
  systemPriorityClasses,
  workerRuntimeClass,
} from './objects.ts'
import type { RbacPlan } from './rbac-plan.ts'
import { planBinding, planRole } from './rbac-plan.ts'
import { RANGE_NAME, ensureServiceRange } from './service-range.ts'

/** One key, since the API's Service needs its namespace first. */
const CLUSTER = 'cluster'

export function bootstrapController(address: ApiAddress): Controller {
  return defineController({
    name: 'bootstrap',
    scope: 'cluster',
    for: namespace,
    ignoresFor: true,
    watches: [
      { kind: namespace, keysOf: ({ type, name }) => (type === 'DELETED' && isSystem(name) ? [CLUSTER] : []) },
      {
        kind: serviceCIDR,
        keysOf: ({ type, name }) => (type === 'DELETED' && name === RANGE_NAME ? [CLUSTER] : []),
      },
    ],
    startKeys: [CLUSTER],
    resyncSeconds: 600,
    async reconcile(context) {
      await ensureCluster(context)
      await ensureApi(context.client, address)
      await ensureIdentityLease(context, address)
      await ensureServiceRange(context, address.serviceRange)
      await ensureTokenTracking(context)
      return done
    },
  })
}

function isSystem(name: string): boolean {
  return (SYSTEM_NAMESPACES as readonly string[]).includes(name)
}

/** All of the cluster scope, in its order; then the roles of namespaces, which live elsewhere. */
async function ensureCluster({ lister, client }: ReconcileContext): Promise<void> {
  const operations: Operation[] = []
  const make = (kind: KindRef, objects: readonly KubeObject[]): void => {
    for (const object of objects) {
      if (lister.get(kind, object.metadata.name ?? '') === undefined)
        operations.push({ verb: 'create', kind, object })
    }
  }
  const find = (kind: KindRef) => (name: string) => lister.get(kind, name)
  operations.push(...ensureEach(clusterRole, bootstrapClusterRoles(), find(clusterRole), planRole))
  operations.push(
    ...ensureEach(clusterRoleBinding, bootstrapClusterRoleBindings(), find(clusterRoleBinding), planBinding),
  )
  make(priorityClass, systemPriorityClasses())
  make(runtimeClass, [workerRuntimeClass()])
  // Last: controllers act in a namespace as soon as it is there, and may do nothing without their roles.
  make(namespace, systemNamespaces())
  await write(client, '', operations)
  await ensureNamespaced(client, role, bootstrapRoles(), planRole)
  await ensureNamespaced(client, roleBinding, bootstrapRoleBindings(), planBinding)
}

function ensureEach<T extends KubeObject>(
  kind: KindRef,
  expected: readonly T[],
  find: (name: string) => KubeObject | undefined,
  plan: (existing: T, expected: T) => RbacPlan<T>,
): Operation[] {
  return expected.flatMap((object): Operation[] => {
    const { name = '' } = object.metadata
    // What is stored under the kind has its type.
    const existing = find(name) as T | undefined
    if (existing === undefined) return [{ verb: 'create', kind, object }]
    const verdict = plan(existing, object)
    if (verdict.kind === 'update') return [{ verb: 'update', kind, object: verdict.next }]
    if (verdict.kind === 'replace')
      return [
        { verb: 'delete', kind, name },
        { verb: 'create', kind, object },
      ]
    return []
  })
}

async function ensureNamespaced<T extends KubeObject>(
  client: Client,
  kind: KindRef,
  expected: readonly T[],
  plan: (existing: T, expected: T) => RbacPlan<T>,
): Promise<void> {
  for (const [name, group] of Map.groupBy(expected, ({ metadata }) => metadata.namespace ?? '')) {
    const { items } = await client.list(kind, { namespace: name })
    const existing = new Map<string, KubeObject>(items.map((item) => [item.metadata.name ?? '', item]))
    await write(
      client,
      name,
      ensureEach(kind, group, (one) => existing.get(one), plan),
    )
  }
}

async function write(client: Client, name: string, operations: readonly Operation[]): Promise<void> {
  if (operations.length === 0) return
  for (const { error } of await client.batch(name, operations)) {
    if (error !== undefined && error.reason !== 'AlreadyExists') throw statusErrorFrom(error)
  }
}

/** default/kubernetes, as Service, Endpoints and slice. */
async function ensureApi(client: Client, address: ApiAddress): Promise<void> {
  await ensureOne(client, service, apiService(address), (found) => found.spec?.ports?.[0]?.port === 443)
  const wanted = apiEndpoints(address)
  await ensureOne(client, endpoints, wanted, (found) => equalJson(found.subsets, wanted.subsets))
  const slice = apiEndpointSlice(address)
  await ensureOne(client, endpointSlice, slice, (found) =>
    equalJson([found.endpoints, found.ports], [slice.endpoints, slice.ports]),
  )
}

async function ensureOne<T extends KubeObject>(
  client: Client,
  kind: KindRef<T>,
  expected: T,
  isRight: (found: T) => boolean,
): Promise<void> {
  const { namespace: where = '', name = '' } = expected.metadata
  const found = await client.find(kind, { namespace: where, name })
  if (found === undefined) {
    try {
      await client.create(kind, expected)
    } catch (error) {
      if (!hasReason(error, 'AlreadyExists')) throw error
    }
  } else if (!isRight(found)) {
    await client.update(kind, { ...found, ...expected, metadata: { ...found.metadata, ...expected.metadata } })
  }
}
