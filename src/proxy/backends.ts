/**
 * From a Service and its endpoint slices to the backends a request may go to: ready ones only, for the port asked for.
 * Pure (kube-proxy's rules, kubernetes/kubernetes pkg/proxy/endpointslicecache.go).
 */
import type { KubeObject } from '../apimachinery/meta.ts'

export interface Backend {
  readonly podName: string
  readonly podUid: string
  readonly nodeName: string
  readonly address: string
  readonly port: number
}

export interface ServiceBackends {
  readonly backends: readonly Backend[]
  /** ClientIP affinity keeps a client with one backend for this long; 0: none. */
  readonly affinitySeconds: number
}

export interface RoutedService extends KubeObject {
  spec?: {
    ports?: { name?: string; port: number; appProtocol?: string; protocol?: string }[]
    sessionAffinity?: string
    sessionAffinityConfig?: { clientIP?: { timeoutSeconds?: number } }
    publishNotReadyAddresses?: boolean
  }
}

export interface RoutedSlice extends KubeObject {
  ports?: { name?: string; port?: number; protocol?: string }[]
  endpoints?: {
    addresses?: string[]
    conditions?: { ready?: boolean; serving?: boolean; terminating?: boolean }
    nodeName?: string
    targetRef?: { kind?: string; name?: string; uid?: string }
  }[] | null
}

/** The port's name that serves a request: the one with that number, or else the one most likely to speak HTTP. */
export function servicePortName(service: RoutedService, port: number | undefined): string | undefined {
  const ports = (service.spec?.ports ?? []).filter(({ protocol }) => (protocol ?? 'TCP') === 'TCP')
  const chosen =
    port === undefined
      ? (ports.find(({ port: number }) => number === 80) ?? ports.find(({ name }) => name === 'http') ?? ports[0])
      : ports.find(({ port: number }) => number === port)
  return chosen === undefined ? undefined : (chosen.name ?? '')
}

/** Undefined when the Service has no such port. */
export function backendsOf(
  service: RoutedService,
  slices: readonly RoutedSlice[],
  port: number | undefined,
): ServiceBackends | undefined {
  const portName = servicePortName(service, port)
  if (portName === undefined) return undefined
  const backends = slices.flatMap((slice) => {
    const target = slice.ports?.find(({ name }) => (name ?? '') === portName)?.port
    return target === undefined ? [] : readyBackends(slice, target)
  })
  const affinitySeconds =
    service.spec?.sessionAffinity === 'ClientIP'
      ? (service.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800)
      : 0
  return { backends, affinitySeconds }
}

function readyBackends(slice: RoutedSlice, port: number): Backend[] {
  return (slice.endpoints ?? []).flatMap(({ addresses, conditions, nodeName, targetRef }) => {
    const [address] = addresses ?? []
    // An absent condition means ready (discovery/v1 EndpointConditions).
    if (address === undefined || conditions?.ready === false || targetRef?.kind !== 'Pod') return []
    return [{ podName: targetRef.name ?? '', podUid: targetRef.uid ?? '', nodeName: nodeName ?? '', address, port }]
  })
}
