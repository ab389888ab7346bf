/**
 * Columns of Services and Endpoints. Upstream: kubernetes/kubernetes pkg/printers/internalversion/printers.go,
 * printService, getServiceExternalIP, printEndpoints.
 */
import type { Column } from '../../../apimachinery/table.ts'
import type { V1Endpoints, V1Service } from '../../generated/types.ts'
import {
  NONE,
  UNKNOWN,
  ageColumn,
  column,
  ingressAddresses,
  labelsText,
  listed,
  nameColumn,
  orNone,
} from '../../table-columns.ts'

function externalText({ spec, status }: V1Service): string {
  const external = spec?.externalIPs ?? []
  switch (spec?.type) {
    case 'ClusterIP':
    case 'NodePort':
      return orNone(external.join(','))
    case 'LoadBalancer': {
      const all = [...ingressAddresses(status?.loadBalancer?.ingress), ...external]
      return all.length > 0 ? all.join(',') : '<pending>'
    }
    case 'ExternalName':
      return spec.externalName ?? ''
    default:
      return UNKNOWN
  }
}

function portsText({ spec }: V1Service): string {
  const ports = (spec?.ports ?? []).map(({ port, nodePort = 0, protocol = 'TCP' }) =>
    nodePort > 0 ? `${String(port)}:${String(nodePort)}/${protocol}` : `${String(port)}/${protocol}`,
  )
  return orNone(ports.join(','))
}

export const serviceColumns: readonly Column<V1Service>[] = [
  nameColumn,
  column('Type', ({ spec }) => spec?.type ?? ''),
  column('Cluster-IP', ({ spec }) => orNone(spec?.clusterIP)),
  column('External-IP', externalText),
  column('Port(s)', portsText),
  ageColumn,
  column('Selector', ({ spec }) => labelsText(spec?.selector), { isWide: true }),
]

function joinHostPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${String(port)}` : `${host}:${String(port)}`
}

/** Every address with every port; headless Services may have none of the latter. */
function endpointsText({ subsets }: V1Endpoints): string {
  const pairs = (subsets ?? []).flatMap(({ ports = [], addresses = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip)
      : ports.flatMap(({ port }) => addresses.map(({ ip }) => joinHostPort(ip, port))),
  )
  return listed(pairs, (subsets ?? []).length === 0 ? NONE : '')
}

export const endpointsColumns: readonly Column<V1Endpoints>[] = [
  nameColumn,
  column('Endpoints', endpointsText),
  ageColumn,
]
