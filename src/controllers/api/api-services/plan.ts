/**
 * What APIServices there are to be, and what the condition of one says (k8s.io/kube-aggregator
 * pkg/controllers/{autoregister,status}). Pure.
 */
import type {
  V1APIService,
  V1APIServiceCondition,
  V1APIServiceSpec,
  V1CustomResourceDefinition,
  V1EndpointSlice,
  V1Service,
} from '../../../apis/generated/types.ts'
import { formatTime } from '../../../apimachinery/meta.ts'
import type { ApiPriority } from './priorities.ts'
import { CUSTOM_PRIORITY } from './priorities.ts'

/** `onstart`: of what the server always serves; `true`: of what comes and goes with custom resources. */
export const MANAGED_LABEL = 'kube-aggregator.kubernetes.io/automanaged'
export type Managed = 'onstart' | 'true'

export function localApiService(group: string, version: string, place: ApiPriority, managed: Managed): V1APIService {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `${version}.${group}`, labels: { [MANAGED_LABEL]: managed } },
    spec: { group, version, groupPriorityMinimum: place.group, versionPriority: place.version },
  }
}

/** One for each group and version that some definition serves. */
export function customApiServices(definitions: readonly V1CustomResourceDefinition[]): V1APIService[] {
  const found = new Map<string, V1APIService>()
  for (const { metadata, spec } of definitions) {
    if (metadata.deletionTimestamp !== undefined) continue
    for (const { name, served } of spec.versions) {
      if (!served) continue
      const one = localApiService(spec.group, name, CUSTOM_PRIORITY, 'true')
      found.set(one.metadata.name ?? '', one)
    }
  }
  return [...found.values()]
}

/** What a check says. */
export type Said = readonly [status: 'True' | 'False' | 'Unknown', reason: string, message: string]

/** Where the server of an API is to be found. */
export interface Reference {
  readonly namespace: string
  readonly name: string
  readonly port: number
}

export function referenceOf({ service }: V1APIServiceSpec): Reference | undefined {
  if (service === undefined) return undefined
  return { namespace: service.namespace ?? '', name: service.name ?? '', port: service.port ?? 443 }
}

/** Why there is nobody to ask; undefined: somebody is. */
export function missing(
  { namespace, name, port }: Reference,
  service: V1Service | undefined,
  slices: readonly V1EndpointSlice[],
): Said | undefined {
  const where = `service/${name} in "${namespace}"`
  if (service === undefined) return ['False', 'ServiceNotFound', `${where} is not present`]
  if ((service.spec?.type ?? 'ClusterIP') !== 'ClusterIP') return undefined
  const found = service.spec?.ports?.find((one) => one.port === port)
  if (found === undefined) return ['False', 'ServicePortError', `${where} is not listening on port ${String(port)}`]
  if (slices.length === 0) return ['False', 'EndpointsNotFound', `cannot find endpointslices for ${where}`]
  const portName = found.name ?? ''
  if (slices.some((slice) => isReady(slice, portName))) return undefined
  const why = `endpointslices for ${where} have no addresses with port name "${portName}"`
  return ['False', 'MissingEndpoints', why]
}

function isReady({ endpoints, ports }: V1EndpointSlice, portName: string): boolean {
  const hasAddress = (endpoints as V1EndpointSlice['endpoints'] | null)?.some(({ conditions }) => conditions?.ready !== false)
  return hasAddress === true && (ports ?? []).some(({ name = '', port }) => name === portName && port !== undefined)
}

export const PASSED: Said = ['True', 'Passed', 'all checks passed']

export function failedCheck(message: string): Said {
  return ['False', 'FailedDiscoveryCheck', message]
}

/** The condition, with the time of its last change; undefined when it already says so. */
export function withAvailable(
  { status }: V1APIService,
  [outcome, reason, message]: Said,
  nowMs: number,
): V1APIService['status'] | undefined {
  const before = status?.conditions?.find(({ type }) => type === 'Available')
  if (before?.status === outcome && before.reason === reason && before.message === message) return undefined
  const lastTransitionTime = before?.status === outcome ? before.lastTransitionTime : formatTime(nowMs)
  const next: V1APIServiceCondition = {
    type: 'Available',
    status: outcome,
    ...(lastTransitionTime === undefined ? {} : { lastTransitionTime }),
    reason,
    message,
  }
  return { conditions: [...(status?.conditions ?? []).filter(({ type }) => type !== 'Available'), next] }
}

export function isAvailable({ status }: V1APIService): boolean {
  return status?.conditions?.some((one) => one.type === 'Available' && one.status === 'True') ?? false
}

/** Checked again soon while it has just failed, and seldom once that lasts. */
const MIN_AGAIN_MS = 5_000
const MAX_AGAIN_MS = 60_000

export function checkAgainMs({ status }: V1APIService, nowMs: number): number {
  const since = status?.conditions?.find(({ type }) => type === 'Available')?.lastTransitionTime
  const lastedMs = since === undefined ? 0 : nowMs - Date.parse(since)
  return Math.min(MAX_AGAIN_MS, Math.max(MIN_AGAIN_MS, lastedMs))
}
