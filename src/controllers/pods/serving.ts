/**
 * What a Service sees of its pods: which count, under which ports (kubernetes pkg/api/v1/pod/util.go FindPort,
 * k8s.io/endpointslice util/controller_utils.go). Shared by endpoint slices and Endpoints. Pure.
 */
import type { V1Pod, V1Service, V1ServicePort } from '../../apis/generated/types.ts'
import { selectorFromMap } from '../../apimachinery/selectors.ts'
import type { Change } from '../../store/object-store.ts'
import type { Lister } from '../../reconcile/lister.ts'
import { service } from '../../apis/core/service/service.ts'
import { isPodFinished } from './readiness.ts'

/** Says that a Service has no cluster IP, on what is made for it. */
export const HEADLESS_LABEL = 'service.kubernetes.io/headless'

/** Services without a selector, and names of other hosts, have hand-made endpoints or none. */
export function hasSelectedPods({ spec }: V1Service): boolean {
  return spec?.type !== 'ExternalName' && Object.keys(spec?.selector ?? {}).length > 0
}

export function isHeadless({ spec }: V1Service): boolean {
  return spec?.clusterIP === 'None' || (spec?.clusterIP ?? '') === ''
}

/** Whether a pod can be an endpoint at all, ready or not. */
export function hasAddress(pod: V1Pod): boolean {
  const { podIP = '', podIPs = [] } = pod.status ?? {}
  return !isPodFinished(pod) && (podIP !== '' || podIPs.length > 0)
}

/** The pod's addresses of one family. */
export function addressesOf({ status }: V1Pod, isIPv6: boolean): string[] {
  const all = status?.podIPs?.map(({ ip }) => ip) ?? []
  const known = all.length > 0 ? all : [status?.podIP ?? '']
  return known.filter((ip) => ip !== '' && ip.includes(':') === isIPv6)
}

/** The number of the port that a Service's port leads to in this pod; undefined when it has no port of that name. */
export function targetPortOf(pod: V1Pod, { targetPort, port, protocol = 'TCP' }: V1ServicePort): number | undefined {
  if (targetPort === undefined || targetPort === 0 || targetPort === '') return port
  if (typeof targetPort === 'number') return targetPort
  const sidecars = (pod.spec?.initContainers ?? []).filter(({ restartPolicy }) => restartPolicy === 'Always')
  for (const { ports = [] } of [...(pod.spec?.containers ?? []), ...sidecars]) {
    const found = ports.find((one) => one.name === targetPort && (one.protocol ?? 'TCP') === protocol)
    if (found !== undefined) return found.containerPort
  }
  return undefined
}

/** The host name that the pod has in the Service's domain, if it asks for one. */
export function hostnameIn({ spec }: V1Pod, { metadata }: V1Service): string | undefined {
  return spec?.hostname !== undefined && spec.hostname !== '' && spec.subdomain === metadata.name
    ? spec.hostname
    : undefined
}

/** The Services that select a changed pod, or selected it before. */
export function servicesOfPod({ selectable, previousSelectable }: Change, lister: Lister): string[] {
  return lister
    .list(service)
    .filter((one) => {
      if (!hasSelectedPods(one)) return false
      const selector = selectorFromMap(one.spec?.selector)
      return selector.matches(selectable.labels) || selector.matches(previousSelectable?.labels ?? selectable.labels)
    })
    .map(({ metadata }) => metadata.name ?? '')
}
