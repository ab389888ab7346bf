/**
 * From a Service and its endpoint slices to the backends a request may go to: ready ones, for the port asked for.
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
  // An endpoint may be in two slices while it moves from one to the other.
  const endpoints = new Map<string, Endpoint>()
  for (const slice of slices) {
    const target = slice.ports?.find(({ name }) => (name ?? '') === portName)?.port
    for (const endpoint of target === undefined ? [] : endpointsOf(slice, target)) {
      const key = `${endpoint.backend.podUid} ${endpoint.backend.address}`
      if (endpoints.get(key)?.isReady !== true) endpoints.set(key, endpoint)
    }
  }
  const all = [...endpoints.values()]
  const ready = all.filter(({ isReady }) => isReady)
  // While none is ready, those that end but still serve are better than nothing (KEP-1669).
  const chosen = ready.length > 0 ? ready : all.filter(({ isLastResort }) => isLastResort)
  const backends = chosen.map(({ backend }) => backend)
  const affinitySeconds =
    service.spec?.sessionAffinity === 'ClientIP'
      ? (service.spec.sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800)
      : 0
  return { backends, affinitySeconds }
}

interface Endpoint {
  readonly backend: Backend
  readonly isReady: boolean
  /** It ends, but still answers. */
  readonly isLastResort: boolean
}

function endpointsOf(slice: RoutedSlice, port: number): Endpoint[] {
  return (slice.endpoints ?? []).flatMap(({ addresses, conditions, nodeName, targetRef }) => {
    const [address] = addresses ?? []
    if (address === undefined || targetRef?.kind !== 'Pod') return []
    const podUid = targetRef.uid ?? ''
    const backend = { podName: targetRef.name ?? '', podUid, nodeName: nodeName ?? '', address, port }
    // An absent condition means ready (discovery/v1 EndpointConditions).
    const isReady = conditions?.ready !== false
    return [{ backend, isReady, isLastResort: conditions?.serving === true && conditions.terminating === true }]
  })
}
