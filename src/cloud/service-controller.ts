/**
 * The service controller: gives Services of type LoadBalancer their balancer and takes it back, with the finalizer
 * that keeps a Service until its balancer is gone (k8s.io/cloud-provider controllers/service/controller.go). Takes
 * one Service and nothing else; what is planned is pure.
 */
import type { V1LoadBalancerStatus, V1Service } from '../apis/generated/types.ts'
import { service as serviceKind } from '../apis/core/service/service.ts'
import type { Client, Operation } from '../client/client.ts'
import type { CloudProvider, LoadBalancerRequest } from './provider.ts'

export const LOAD_BALANCER_FINALIZER = 'service.kubernetes.io/load-balancer-cleanup'

export type Plan = 'nothing' | 'ensure' | 'delete'

/** A foreign loadBalancerClass is somebody else's business from beginning to end. */
export function planService({ metadata, spec }: V1Service): Plan {
  const hasFinalizer = metadata.finalizers?.includes(LOAD_BALANCER_FINALIZER) === true
  if (spec?.type === 'LoadBalancer' && (spec.loadBalancerClass ?? '') !== '') return 'nothing'
  const isWanted = spec?.type === 'LoadBalancer' && metadata.deletionTimestamp === undefined
  if (isWanted) return 'ensure'
  return hasFinalizer ? 'delete' : 'nothing'
}

/** Brings one Service to what its plan says. Throws what the provider throws, to be called again. */
export async function reconcileService(
  client: Client,
  provider: CloudProvider,
  request: LoadBalancerRequest,
): Promise<void> {
  const { loadBalancers } = provider
  if (loadBalancers === undefined) return
  switch (planService(request.service)) {
    case 'nothing':
      return
    case 'ensure':
      return ensure(client, await withFinalizer(client, request), loadBalancers.ensureLoadBalancer(request))
    case 'delete':
      await loadBalancers.ensureLoadBalancerDeleted(request)
      return release(client, request.service)
  }
}

/** The finalizer is on the Service before anything is made in the cloud. */
async function withFinalizer(client: Client, { service }: LoadBalancerRequest): Promise<V1Service> {
  if (service.metadata.finalizers?.includes(LOAD_BALANCER_FINALIZER) === true) return service
  const { name = '', namespace = '', uid = '' } = service.metadata
  const finalizers = [...(service.metadata.finalizers ?? []), LOAD_BALANCER_FINALIZER]
  // Through the status endpoint, as upstream's helper does: the controller's role allows no more.
  return client.patch(
    serviceKind,
    { name, namespace },
    'merge',
    { metadata: { uid, finalizers } },
    { subresource: 'status' },
  )
}

async function ensure(client: Client, service: V1Service, made: Promise<V1LoadBalancerStatus>): Promise<void> {
  const status = await made
  if (textOf(service.status?.loadBalancer) === textOf(status)) return
  await writeStatus(client, service, status)
}

/** To compare: fields in one order, and the mode that the API fills in for addresses. */
function textOf(status: V1LoadBalancerStatus | undefined): string {
  const ingress = (status?.ingress ?? []).map(({ ip = '', hostname = '', ipMode }) => ({
    ip,
    hostname,
    ipMode: ipMode ?? (ip === '' ? '' : 'VIP'),
  }))
  return JSON.stringify(ingress)
}

async function release(client: Client, service: V1Service): Promise<void> {
  const { name = '', namespace = '', uid = '' } = service.metadata
  if ((service.status?.loadBalancer?.ingress ?? []).length > 0) await writeStatus(client, service, {})
  const finalizers = (service.metadata.finalizers ?? []).filter((finalizer) => finalizer !== LOAD_BALANCER_FINALIZER)
  await client.patch(
    serviceKind,
    { name, namespace },
    'merge',
    { metadata: { uid, finalizers } },
    { subresource: 'status' },
  )
}

async function writeStatus(client: Client, { metadata }: V1Service, loadBalancer: V1LoadBalancerStatus): Promise<void> {
  const { name = '', namespace = '', uid = '' } = metadata
  const operation: Operation = {
    verb: 'patch',
    kind: serviceKind,
    name,
    type: 'merge',
    patch: { metadata: { uid }, status: { loadBalancer: { ingress: loadBalancer.ingress ?? null } } },
    options: { subresource: 'status' },
  }
  const [result] = await client.batch(namespace, [operation])
  if (result?.error !== undefined) throw new Error(result.error.message ?? 'the status of the Service was refused')
}
