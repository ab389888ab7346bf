/**
 * Where a proxied request goes: NAME, NAME:PORT or SCHEME:NAME:PORT, and what the pod or the Service makes of it
 * (k8s.io/apimachinery pkg/util/net/port_split.go, kubernetes/kubernetes pkg/registry/core/{pod,service}). Pure.
 */
import { parseGoInt } from '../../../lib/go-number.ts'
import { ApiStatusError, badRequestError } from '../../../apimachinery/status-error.ts'
import type { V1Endpoints, V1Pod, V1Service } from '../../../apis/generated/types.ts'

export interface ProxiedName {
  /** '': not said, which is http. */
  readonly scheme: string
  readonly name: string
  /** By number or name; '': not said. */
  readonly port: string
}

/** @throws ApiStatusError 400 */
export function splitProxiedName(id: string, what: 'pod' | 'service' | 'node'): ProxiedName {
  const parts = id.split(':')
  const [scheme = '', name = '', port = ''] = parts.length === 3 ? parts : ['', ...parts]
  const isScheme = ['', 'http', 'https'].includes(scheme)
  if (parts.length > 3 || name === '' || !isScheme) throw badRequestError(`invalid ${what} request "${id}"`)
  return { scheme, name, port }
}

export interface PodTarget {
  readonly kind: 'pod'
  readonly scheme: string
  readonly pod: V1Pod
  readonly address: string
  readonly port: number
}

export interface ServiceTarget {
  readonly kind: 'service'
  readonly scheme: string
  readonly name: string
  /** As the request named the Service, for what is said of it. */
  readonly id: string
  /** Of the Service. */
  readonly port: number | string
}

export type ProxyTarget = PodTarget | ServiceTarget

/** The port that was said, or the first that a container names. */
export function podTarget(pod: V1Pod, { scheme, port }: ProxiedName): PodTarget {
  const declared = (pod.spec?.containers ?? []).flatMap(({ ports }) => ports?.slice(0, 1) ?? [])[0]?.containerPort
  const usual = scheme === 'https' ? 443 : 80
  const address = pod.status?.podIP ?? ''
  if (!isGlobalUnicast(address)) throw badRequestError('address not allowed')
  const number = port === '' ? (declared ?? usual) : Number(port)
  if (!Number.isInteger(number) || number < 1 || number > 65_535) {
    throw unavailable(`error trying to reach service: dial tcp: lookup tcp/${port}: unknown port`)
  }
  return { kind: 'pod', scheme: scheme || 'http', pod, address, port: number }
}

/** No loopback, link-local, multicast or unspecified address: those are the node's own. */
function isGlobalUnicast(address: string): boolean {
  return address !== '' && !/^(?:0\.0\.0\.0$|127\.|169\.254\.|22[4-9]\.|23\d\.|255\.255\.255\.255$|::1?$|fe[89ab].*:|ff.*:)/i.test(address)
}

/** `endpoints` are asked for with the error of whoever has none. */
export function serviceTarget(
  id: string,
  { scheme, name, port }: ProxiedName,
  service: () => V1Service,
  endpoints: () => V1Endpoints,
): ServiceTarget {
  // Anything else is a name.
  const isNumber = parseGoInt(port) !== undefined
  const declared = isNumber ? service().spec?.ports?.find((one) => one.port === Number(port)) : undefined
  if (isNumber && declared === undefined) {
    throw unavailable(`no service port ${String(Number(port))} found for service "${name}"`)
  }
  const portName = isNumber ? (declared?.name ?? '') : port
  const subsets = endpoints().subsets ?? []
  if (subsets.length === 0) throw unavailable(`no endpoints available for service "${name}"`)
  const hasPod = subsets.some(
    ({ addresses = [], ports = [] }) =>
      ports.some((one) => (one.name ?? '') === portName) && addresses.some(({ targetRef }) => targetRef?.kind === 'Pod'),
  )
  if (!hasPod) throw unavailable(`no endpoints available for service "${id}"`)
  const number = declared?.port ?? service().spec?.ports?.find((one) => (one.name ?? '') === portName)?.port
  return { kind: 'service', scheme: scheme || 'http', name, id, port: number ?? portName }
}

/** Without a time to come again: who is proxied is not told how soon that will help. */
export function unavailable(message: string): ApiStatusError {
  return new ApiStatusError('ServiceUnavailable', message)
}
