/**
 * From a Service and its endpoint slices to where a request may go: the ready endpoints of the port asked for, or why
 * there is none to ask. Pure (kube-proxy's rules, kubernetes/kubernetes pkg/proxy/endpointslicecache.go).
 */
import type { KubeObject } from '../apimachinery/meta.ts'

export interface Backend {
  readonly podName: string
  readonly podUid: string
  readonly nodeName: string
  readonly address: string
  readonly port: number
}

export interface Backends {
  readonly kind: 'backends'
  /** Empty: the Service has such a port, but nothing behind it is ready. */
  readonly backends: readonly Backend[]
  /** ClientIP affinity keeps a client with one backend for this long; 0: none. */
  readonly affinitySeconds: number
}

export type Destination =
  | Backends
  | { readonly kind: 'noNamespace' }
  | { readonly kind: 'noService' }
  /** `ports`: what the Service has, as a reader wants to see it: `80 (http)`. */
  | { readonly kind: 'noPort'; readonly ports: readonly string[] }
  /** The Service is another name for a host outside the cluster. */
  | { readonly kind: 'externalName'; readonly host: string }
  /** Nothing really runs in what is ready. */
  | { readonly kind: 'simulated' }

export interface RoutedService extends KubeObject {
  spec?: {
    type?: string
    clusterIP?: string
    externalName?: string
    ports?: { name?: string; port: number; appProtocol?: string; protocol?: string }[]
    sessionAffinity?: string
    sessionAffinityConfig?: { clientIP?: { timeoutSeconds?: number } }
  }
}

export interface RoutedSlice extends KubeObject {
  ports?: { name?: string; port?: number; protocol?: string }[] | null
  endpoints?:
    | {
        addresses?: string[]
        conditions?: { ready?: boolean; serving?: boolean; terminating?: boolean }
        hostname?: string
        nodeName?: string
        targetRef?: { kind?: string; name?: string; uid?: string }
      }[]
    | null
}

export interface Wanted {
  /** Of the Service, by number or name; undefined: whichever speaks HTTP. */
  readonly port: number | string | undefined
  /** One endpoint of a headless Service, by its hostname (`web-0` of `web-0.web.NAMESPACE.svc`). */
  readonly hostname?: string | undefined
}

/** The port's name that serves a request: the one asked for, or else the one most likely to speak HTTP. */
export function servicePortName(service: RoutedService, port: number | string | undefined): string | undefined {
  const ports = tcpPorts(service)
  const chosen =
    port === undefined
      ? (ports.find(({ port: number }) => number === 80) ?? ports.find(({ name }) => name === 'http') ?? ports[0])
      : ports.find(({ port: number, name }) => number === port || name === port)
  return chosen === undefined ? undefined : (chosen.name ?? '')
}

export function destinationOf(
  service: RoutedService | undefined,
  slices: readonly RoutedSlice[],
  { port, hostname }: Wanted,
): Destination {
  if (service === undefined) return { kind: 'noService' }
  const { spec } = service
  if (spec?.type === 'ExternalName') return { kind: 'externalName', host: spec.externalName ?? '' }
  const portName = servicePortName(service, port)
  // The names of a headless Service are its pods' own: a port that it does not list is the pods' port of that number.
  const podPort = portName === undefined && spec?.clusterIP === 'None' && typeof port === 'number' ? port : undefined
  if (portName === undefined && podPort === undefined) return { kind: 'noPort', ports: portTexts(service) }
  const endpoints = slices.flatMap((slice) => {
    const target = podPort ?? slice.ports?.find(({ name }) => (name ?? '') === portName)?.port
    return target === undefined ? [] : endpointsOf(slice, target, hostname)
  })
  const { sessionAffinity, sessionAffinityConfig } = spec ?? {}
  const affinitySeconds =
    sessionAffinity === 'ClientIP' ? (sessionAffinityConfig?.clientIP?.timeoutSeconds ?? 10_800) : 0
  return { kind: 'backends', backends: chosenBackends(endpoints), affinitySeconds }
}

function tcpPorts({ spec }: RoutedService) {
  return (spec?.ports ?? []).filter(({ protocol }) => (protocol ?? 'TCP') === 'TCP')
}

function portTexts(service: RoutedService): string[] {
  return tcpPorts(service).map(({ name, port }) => `${String(port)}${name === undefined ? '' : ` (${name})`}`)
}

interface Endpoint {
  readonly backend: Backend
  readonly isReady: boolean
  /** It ends, but still answers. */
  readonly isLastResort: boolean
}

function endpointsOf(slice: RoutedSlice, port: number, wantedHostname: string | undefined): Endpoint[] {
  return (slice.endpoints ?? []).flatMap(({ addresses, conditions, hostname, nodeName, targetRef }) => {
    const [address] = addresses ?? []
    if (address === undefined || targetRef?.kind !== 'Pod') return []
    if (wantedHostname !== undefined && wantedHostname !== hostname) return []
    const podUid = targetRef.uid ?? ''
    const backend = { podName: targetRef.name ?? '', podUid, nodeName: nodeName ?? '', address, port }
    // An absent condition means ready (discovery/v1 EndpointConditions).
    const isReady = conditions?.ready !== false
    return [{ backend, isReady, isLastResort: conditions?.serving === true && conditions.terminating === true }]
  })
}

function chosenBackends(endpoints: readonly Endpoint[]): Backend[] {
  // An endpoint may be in two slices while it moves from one to the other.
  const distinct = new Map<string, Endpoint>()
  for (const endpoint of endpoints) {
    const key = `${endpoint.backend.podUid} ${endpoint.backend.address}`
    if (distinct.get(key)?.isReady !== true) distinct.set(key, endpoint)
  }
  const all = [...distinct.values()]
  const ready = all.filter(({ isReady }) => isReady)
  // While none is ready, those that end but still serve are better than nothing (KEP-1669).
  const chosen = ready.length > 0 ? ready : all.filter(({ isLastResort }) => isLastResort)
  return chosen.map(({ backend }) => backend)
}
