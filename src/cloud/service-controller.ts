/**
 * The service controller: gives Services of type LoadBalancer their balancer and takes it back, with the finalizer
 * that keeps a Service until its balancer is gone (k8s.io/cloud-provider controllers/service/controller.go). Takes
 * one Service and nothing else; what is planned is pure. Differs: its Events tell of what changes, not of every look.
 */
import type { V1LoadBalancerStatus, V1Service } from '../apis/generated/types.ts'
import { service as serviceKind } from '../apis/core/service/service.ts'
import type { Client, Operation } from '../client/client.ts'
import type { EventsRecorder } from '../client/events-recorder.ts'
import type { CloudProvider, LoadBalancerRequest, LoadBalancers } from './provider.ts'

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

export interface ServiceControllerPorts {
  readonly client: Client
  readonly events: EventsRecorder
}

/** Brings one Service to what its plan says. Throws what the provider throws, to be called again. */
export async function reconcileService(
  ports: ServiceControllerPorts,
  provider: CloudProvider,
  request: LoadBalancerRequest,
): Promise<void> {
  const { loadBalancers } = provider
  const plan = planService(request.service)
  if (loadBalancers === undefined || plan === 'nothing') return
  try {
    await (plan === 'ensure' ? ensure(ports, loadBalancers, request) : giveBack(ports, loadBalancers, request))
  } catch (error) {
    const message = `Error syncing load balancer: failed to ${plan} load balancer: ${textOfError(error)}`
    await ports.events.record(request.service, 'Warning', 'SyncLoadBalancerFailed', message)
    throw error
  }
}

function textOfError(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
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

async function ensure(
  { client, events }: ServiceControllerPorts,
  loadBalancers: LoadBalancers,
  request: LoadBalancerRequest,
): Promise<void> {
  const { service } = request
  const isNew = (service.status?.loadBalancer?.ingress ?? []).length === 0
  if (isNew) await events.record(service, 'Normal', 'EnsuringLoadBalancer', 'Ensuring load balancer')
  const held = await withFinalizer(client, request)
  const status = await loadBalancers.ensureLoadBalancer(request)
  const isChanged = textOf(held.status?.loadBalancer) !== textOf(status)
  if (isNew || isChanged) await events.record(service, 'Normal', 'EnsuredLoadBalancer', 'Ensured load balancer')
  if (isChanged) await writeStatus(client, held, status)
}

async function giveBack(
  { client, events }: ServiceControllerPorts,
  loadBalancers: LoadBalancers,
  request: LoadBalancerRequest,
): Promise<void> {
  const { service } = request
  await events.record(service, 'Normal', 'DeletingLoadBalancer', 'Deleting load balancer')
  await loadBalancers.ensureLoadBalancerDeleted(request)
  await release(client, service)
  await events.record(service, 'Normal', 'DeletedLoadBalancer', 'Deleted load balancer')
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
